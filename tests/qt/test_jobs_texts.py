"""Every text of the Jobs page and its dialogs is translated, none is cut off, and all that takes input has a name."""

import re
import time
from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QAbstractButton,
    QAbstractItemView,
    QAbstractSpinBox,
    QApplication,
    QComboBox,
    QDialog,
    QLabel,
    QLineEdit,
    QPlainTextEdit,
    QTableView,
    QWidget,
)

from avdesk import i18n
from avdesk.bridge.job_archive import OlderTold
from avdesk.bridge.remembered import AuditTold
from avdesk.core.actions import ActionKind
from avdesk.core.jobs import JobError, JobState
from avdesk.core.snapshot import Reach, Snapshot, VertexView
from avdesk.ui.dialogs.results import ResultsDialog
from avdesk.ui.main_window import MainWindow
from avdesk.ui.models.job_table import JobTableModel
from avdesk.ui.pages.jobs import JobsPage
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.text import plain
from tests.harness.job_lists import many_jobs, raw_job, records
from tests.harness.snapshots import all_states, job
from tests.qt.conftest import MakeWindow
from tests.qt.walk import cut_off, untranslated, visible_texts

JOBS = many_jobs(14)
SMALLEST, USUAL = (800, 560), (1080, 720)
ENGLISH = None


def _snapshot(**changes: object) -> Snapshot:
    return replace(all_states()["idle"], environment="dev", jobs=JOBS, **changes)  # type: ignore[arg-type]


def _choose(window: MainWindow, state: JobState) -> None:
    assert _page(window).show_job(next(each.key for each in JOBS if each.state is state))


def _page(window: MainWindow) -> JobsPage:
    page = window.stack.page_at(window.stack.row_of("jobs"))
    assert isinstance(page, JobsPage)
    return page


def _with_notes(window: MainWindow) -> None:
    for record in records(JOBS):
        window.show_action(record)
    _choose(window, JobState.FAILED)


def _with_specification(window: MainWindow) -> None:
    _choose(window, JobState.RUNNING)
    window.show_specification(JOBS[0], raw_job(JOBS[0]), None)


def _loading(window: MainWindow) -> None:
    window.show_older_jobs(
        OlderTold("dev", (), running=True, loaded=0, limit=1060, regions_left=("us-west1",), troubles={})
    )


SHOWN: dict[str, Callable[[MainWindow], object]] = {
    "nothing selected": lambda window: _page(window).table.clearSelection(),
    "running": lambda window: _choose(window, JobState.RUNNING),
    "failed": lambda window: _choose(window, JobState.FAILED),
    "several": lambda window: _page(window).table.selectAll(),
    "notes": _with_notes,
    "specification": _with_specification,
    "loading": _loading,
    "wrong query": lambda window: _page(window).query.set_text("regoin:x state:nowhere"),
    "no match": lambda window: _page(window).query.set_text("nothing-has-this"),
    "no jobs": lambda window: window.show_snapshot(replace(_snapshot(), jobs=())),
    "off": lambda window: window.show_snapshot(replace(_snapshot(), jobs=(), vertex=VertexView(Reach.OFF))),
    "denied": lambda window: window.show_snapshot(replace(all_states()["denied"], environment="dev")),
    "denied with jobs": lambda window: window.show_snapshot(
        replace(all_states()["denied"], environment="dev", jobs=JOBS)
    ),
}
DIALOGS: dict[str, Callable[[MainWindow], object]] = {
    "cancel one": lambda window: window.asker.ask(window.environment, ActionKind.CANCEL, JOBS[:1]),
    "cancel many": lambda window: window.asker.ask(window.environment, ActionKind.CANCEL, JOBS[:3]),
    "restart": lambda window: window.asker.ask(window.environment, ActionKind.RESTART, JOBS[:1]),
    "retry": lambda window: window.asker.ask(window.environment, ActionKind.RETRY, JOBS[4:5]),
    "reset": lambda window: window.asker.ask(window.environment, ActionKind.RESET, ()),
    "machine": lambda window: window.asker.ask(window.environment, ActionKind.RENDER_VM, ()),
    "resubmit": lambda window: window.asker.ask(window.environment, ActionKind.RESUBMIT, JOBS[4:5]),
    "video": lambda window: window.asker.ask_video(window.environment),
}


def _open_results(window: MainWindow) -> None:
    told = records(JOBS)
    dialog = ResultsDialog([record.request for record in told], {}, "dev", window)
    window.asker._open(dialog, "dev")  # noqa: SLF001 - as the asker does after a bulk action
    for record in told:
        window.show_action(record)


def _open_audit(window: MainWindow) -> None:
    window.asker.open_audit(window.environment)
    window.asker.show_audit(AuditTold(window.environment, tuple(records(JOBS)), 1000))


DIALOGS["results"] = _open_results
DIALOGS["audit"] = _open_audit


@pytest.fixture
def open_window(make_window: MakeWindow) -> Callable[..., MainWindow]:
    def make(language: str | None, size: tuple[int, int], environment: str = "dev") -> MainWindow:
        i18n.install(language)
        window = make_window(environment, size=size)
        window.navigation.setCurrentRow(1)
        window.show_snapshot(replace(_snapshot(), environment=environment))
        settle()
        return window

    return make


def settle() -> None:
    """Let tables take in what they were told, and layouts come to rest."""
    models = [model for window in QApplication.topLevelWidgets() for model in window.findChildren(JobTableModel)]
    deadline = time.monotonic() + 30.0
    while any(model.busy for model in models) and time.monotonic() < deadline:
        QApplication.processEvents()
    for _turn in range(12):
        QApplication.processEvents()


def open_dialog(window: MainWindow) -> QDialog:
    """Return the dialog that is open."""
    settle()
    return next(dialog for dialog in window.asker.dialogs if dialog.isVisible())


@pytest.mark.parametrize("language", [ENGLISH, i18n.PSEUDO_LOCALE])
@pytest.mark.parametrize("size", [SMALLEST, USUAL])
@pytest.mark.parametrize("shown", SHOWN)
def test_no_text_is_cut_off(
    open_window: Callable[..., MainWindow], shown: str, size: tuple[int, int], language: str | None
) -> None:
    window = open_window(language, size)
    SHOWN[shown](window)
    settle()
    assert (window.width(), window.height()) == size
    assert list(cut_off(window)) == []


@pytest.mark.parametrize("language", [ENGLISH, i18n.PSEUDO_LOCALE])
@pytest.mark.parametrize("shown", DIALOGS)
@pytest.mark.parametrize("environment", ["dev", "prod"])
def test_no_text_of_a_dialog_is_cut_off(
    open_window: Callable[..., MainWindow], shown: str, environment: str, language: str | None
) -> None:
    window = open_window(language, SMALLEST, environment)
    DIALOGS[shown](window)
    dialog = open_dialog(window)
    assert list(cut_off(dialog)) == []
    assert dialog.height() <= 640


@pytest.mark.parametrize("shown", [*SHOWN, *DIALOGS])
def test_every_text_comes_from_the_catalogue(open_window: Callable[..., MainWindow], shown: str) -> None:
    window = open_window(i18n.PSEUDO_LOCALE, USUAL)
    (SHOWN | DIALOGS)[shown](window)
    settle()
    for disclosure in window.findChildren(Disclosure):
        disclosure.toggle.setChecked(True)
    texts = [text for _widget, text in visible_texts(window)]
    assert len(texts) > 15
    assert [text for text in texts if _words_left(untranslated(text))] == []
    header = _page(window).table.horizontalHeader()
    titles = [str(header.model().headerData(n, Qt.Orientation.Horizontal)) for n in range(header.count())]
    assert all(title.startswith("⟦") for title in titles)


@pytest.mark.parametrize("shown", [*SHOWN, *DIALOGS])
def test_everything_that_takes_input_has_a_name(open_window: Callable[..., MainWindow], shown: str) -> None:
    window = open_window(ENGLISH, USUAL)
    (SHOWN | DIALOGS)[shown](window)
    settle()
    kinds: tuple[type[QWidget], ...] = (
        QAbstractButton,
        QComboBox,
        QAbstractItemView,
        QPlainTextEdit,
        QLineEdit,
        QAbstractSpinBox,
    )
    for kind in kinds:
        for widget in window.findChildren(kind):
            inner = isinstance(widget.parentWidget(), QAbstractSpinBox | QComboBox | QTableView | QLineEdit)
            if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus and widget.isVisibleTo(window) and not inner:
                assert widget.accessibleName(), (type(widget), widget)


def test_text_from_outside_is_never_markup(open_window: Callable[..., MainWindow]) -> None:
    window = open_window(ENGLISH, USUAL)
    hostile = job(
        JobState.FAILED,
        display_name="<b>x</b><img src='http://evil/'>" + "y" * 300,
        id="7",
        labels={"a": "<i>b</i>"},
        error=JobError(2, "<a href='http://evil/'>x</a>" + "w" * 3000),
    )
    window.show_snapshot(replace(_snapshot(), jobs=(hostile,)))
    assert _page(window).show_job(hostile.key)
    settle()
    for label in window.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText, label.text()
    assert list(cut_off(window)) == []


def _words_left(text: str) -> bool:
    """Return whether a text holds words that are not of the jobs shown."""
    text = plain(text)
    for data in _DATA:
        text = text.replace(data, "")
    return re.search("[A-Za-z]", text) is not None


_DATA = sorted(
    {
        *(value for each in JOBS for value in (*each.labels, *each.labels.values(), each.display_name, each.id)),
        *(each.machine_type for each in JOBS if each.machine_type),
        *re.findall(r"[^'\", \[\]{}]{2,}", str(raw_job(JOBS[0]))),
        *(plain(text).strip(".") for record in records(JOBS) for text in (record.detail, record.advice) if text),
        "dev",
        "somebody",
        "--api-key",
        "--token=",
    },
    key=len,
    reverse=True,
)
