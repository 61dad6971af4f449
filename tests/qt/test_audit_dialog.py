"""The view of what was done: when, who, via, what, result; and its export."""

from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QFileDialog, QMenu
from pytestqt.qtbot import QtBot

from avdesk.bridge.remembered import AuditTold, ExportTold
from avdesk.core.actions import ActionKind, ActionState
from avdesk.core.snapshot import Trouble
from avdesk.ui.dialogs.audit import MOST_SHOWN, AuditDialog
from avdesk.ui.jobs.offers import label
from avdesk.ui.main_window import MainWindow
from avdesk.ui.pages.jobs import JobsPage
from avdesk.ui.widgets.text import plain
from avdesk.ui.wishes import Wishes
from tests.harness.job_lists import many_jobs, records
from tests.qt.conftest import MakeWindow

JOBS = many_jobs(14)
RECORDS = tuple(records(JOBS))
pytestmark = pytest.mark.qt_log_ignore("This plugin does not support .*")  # of the offscreen platform


class Asked:
    """Collects what is asked for."""

    def __init__(self, wishes: Wishes) -> None:
        self.lists: list[tuple[str, int]] = []
        self.exports: list[tuple[str, str]] = []
        wishes.audit_asked.connect(lambda *wish: self.lists.append(wish))
        wishes.audit_export_asked.connect(lambda *wish: self.exports.append(wish))


@pytest.fixture
def asked(wishes: Wishes) -> Asked:
    return Asked(wishes)


@pytest.fixture
def window(make_window: MakeWindow) -> MainWindow:
    return make_window("dev")


def open_from_menu(window: MainWindow) -> AuditDialog:
    """Open the view as a user does, from the Jobs page."""
    page = window.stack.page_at(window.stack.row_of("jobs"))
    assert isinstance(page, JobsPage)
    menu = page.actions_bar.server.menu()
    assert isinstance(menu, QMenu)
    [entry] = [action for action in menu.actions() if action.text() == "What was done…"]
    entry.trigger()
    [dialog] = [each for each in window.asker.dialogs if isinstance(each, AuditDialog)]
    return dialog


def cell(dialog: AuditDialog, row: int, title: str) -> str:
    """Return what a cell shows."""
    titles = [dialog.model.headerData(each, Qt.Orientation.Horizontal) for each in range(dialog.model.columnCount())]
    return str(dialog.model.index(row, titles.index(title)).data())


def test_it_is_read_when_it_is_opened_and_says_when_who_via_what_and_result(window: MainWindow, asked: Asked) -> None:
    dialog = open_from_menu(window)
    assert dialog.isVisible()
    assert not dialog.isModal()
    assert asked.lists == [("dev", MOST_SHOWN)]
    window.asker.show_audit(AuditTold("dev", RECORDS, MOST_SHOWN))
    assert dialog.model.rows == RECORDS
    first = RECORDS[0]
    assert cell(dialog, 0, "Who") == (first.who or "–")
    assert cell(dialog, 0, "Via") == {"window": "window", "cli": "command line"}[first.via]
    assert label(first.request.kind).removesuffix("…") in cell(dialog, 0, "What")
    assert first.request.job_id in cell(dialog, 0, "What")
    assert plain(dialog.sum.text()) == f"{len(RECORDS)} actions"
    hint = dialog.model.index(0, 0).data(Qt.ItemDataRole.ToolTipRole)
    assert str(hint).endswith(" UTC")
    open_from_menu(window)
    assert len(window.asker.dialogs) == 1


def test_all_environments_are_a_click_away_and_a_late_answer_for_one_is_not_shown(
    window: MainWindow, asked: Asked
) -> None:
    dialog = open_from_menu(window)
    dialog.all.click()
    assert asked.lists[-1] == ("", MOST_SHOWN)
    window.asker.show_audit(AuditTold("dev", RECORDS, MOST_SHOWN))
    assert dialog.model.rows == ()
    window.asker.show_audit(AuditTold(None, RECORDS, MOST_SHOWN))
    assert dialog.model.rows == RECORDS


def test_what_is_done_meanwhile_comes_in(window: MainWindow, asked: Asked, qtbot: QtBot) -> None:
    open_from_menu(window)
    for record in RECORDS:
        window.show_action(record)
    assert len(asked.lists) == 1
    qtbot.waitUntil(lambda: len(asked.lists) == 2)


def test_nothing_done_and_a_list_that_cannot_be_read_are_not_the_same(window: MainWindow) -> None:
    dialog = open_from_menu(window)
    window.asker.show_audit(AuditTold("dev", (), MOST_SHOWN))
    assert plain(dialog.sum.text()) == "Nothing was done from AVDesk yet."
    assert not dialog.export.isEnabled()
    trouble = Trouble("StoreError", "The disk is full.", "Free some space.")
    window.asker.show_audit(AuditTold("dev", (), MOST_SHOWN, trouble))
    assert plain(dialog.sum.text()) == "The disk is full. Free some space."


def test_more_than_is_shown_is_said(window: MainWindow) -> None:
    dialog = open_from_menu(window)
    window.asker.show_audit(AuditTold("dev", RECORDS, len(RECORDS)))
    assert "the export has all" in plain(dialog.sum.text())


def test_the_export_goes_to_the_file_that_is_chosen_and_says_how_it_came_out(
    window: MainWindow, asked: Asked, tmp_path: Path
) -> None:
    dialog = open_from_menu(window)
    window.asker.show_audit(AuditTold("dev", RECORDS, MOST_SHOWN))
    dialog.export.click()
    files = dialog.files
    assert isinstance(files, QFileDialog)
    assert files.acceptMode() is QFileDialog.AcceptMode.AcceptSave
    files.filterSelected.emit(files.nameFilters()[1])
    assert files.defaultSuffix() == "csv"
    file = str(tmp_path / "list.csv")
    files.fileSelected.emit(file)
    files.close()
    assert asked.exports == [("dev", file)]
    window.asker.show_export(ExportTold(Path(file), 2))
    assert plain(dialog.sum.text()) == f"2 actions are now in {file}."
    window.asker.show_export(ExportTold(Path(file), 0, Trouble("StoreError", "The disk is full.", "")))
    assert plain(dialog.sum.text()) == "The disk is full."


def test_the_whole_of_what_happened_is_a_click_away(window: MainWindow) -> None:
    dialog = open_from_menu(window)
    window.asker.show_audit(AuditTold("dev", RECORDS, MOST_SHOWN))
    place = next(row for row, each in enumerate(RECORDS) if each.state is ActionState.FAILED and each.detail)
    dialog.view.setCurrentIndex(dialog.model.index(place, 0))
    assert RECORDS[place].detail in dialog.whole.text.toPlainText()
    assert RECORDS[place].request.kind in ActionKind
