"""The doctor's window and that of the diagnostics: what comes in, what stands there, what is written and when."""

from datetime import UTC, datetime
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QAbstractButton, QApplication, QLabel
from pytestqt.qtbot import QtBot

from avdesk import i18n
from avdesk.bridge.doctor import ExaminationBegan, ExaminationEnded, Found, Gathered, Saved
from avdesk.core.findings import Finding, Verdict
from avdesk.core.snapshot import Trouble
from avdesk.core.summary import Sign
from avdesk.services.diagnostics import Bundle, BundleFile
from avdesk.ui.doctor.bundle_dialog import BundleDialog
from avdesk.ui.doctor.dialog import DoctorDialog
from avdesk.ui.main_window import MainWindow
from avdesk.ui.pages.health import HealthPage
from avdesk.ui.widgets.text import plain
from avdesk.ui.wishes import Wishes
from tests.qt.conftest import MakeWindow
from tests.qt.walk import cut_off

PLANNED = (("tray", None), ("keyring", None), ("server", "prod"), ("server", "dev"))
FOUND = (
    Finding("server", Verdict.BAD, "Nothing listens at <b>127.0.0.1</b>:8080.", "Start the server.", "prod"),
    Finding("tray", Verdict.OK, "A tray host is there"),
    Finding("keyring", Verdict.WARNING, "No keyring was found.", "Install gnome-keyring."),
    Finding("server", Verdict.OK, "reachable · 31 ms", environment="dev"),
)
BUNDLE = Bundle(
    (
        BundleFile("README.txt", "what this is", "hello\n"),
        BundleFile("logs/avdesk.log", "AVDesk's own log", "first\n" + "x" * 300_000 + "\nlast\n"),
    ),
    datetime(2026, 11, 24, 3, 0, tzinfo=UTC),
)


@pytest.fixture
def window(make_window: MakeWindow) -> MainWindow:
    return make_window()


@pytest.fixture
def dialog(window: MainWindow, wishes: Wishes) -> DoctorDialog:
    """Return the doctor's window, opened from the Health page."""
    window.navigation.setCurrentRow(2)
    page = window.stack.currentWidget()
    assert isinstance(page, HealthPage)
    asked: list[bool] = []
    wishes.doctor_asked.connect(lambda: asked.append(True))
    page.doctor.click()
    assert asked == [True]
    assert window.doctor.dialog is not None
    return window.doctor.dialog


def open_dialog(window: MainWindow) -> DoctorDialog | None:
    return window.doctor.dialog


def examined(window: MainWindow) -> None:
    window.doctor.take(ExaminationBegan(PLANNED))
    for finding in FOUND:
        window.doctor.take(Found(finding))
    window.doctor.take(ExaminationEnded("as text\n"))


def test_results_stand_where_they_belong_as_they_come(window: MainWindow, dialog: DoctorDialog) -> None:
    window.doctor.take(ExaminationBegan(PLANNED))
    assert plain(dialog.sum.text()) == "0 of 4 looked at…"
    assert [row.detail.text() for row in dialog.rows.values()] == ["Looking…"] * 4
    window.doctor.take(Found(FOUND[0]))
    row = dialog.rows["server", "prod"]
    assert row.sign.sign is Sign.FAILED
    assert plain(row.advice.text()) == "Start the server."
    assert plain(dialog.sum.text()) == "1 of 4 looked at…"
    assert not dialog.again.isEnabled()
    assert not dialog.copy.isEnabled()


def test_at_the_end_it_says_how_all_stands(window: MainWindow, dialog: DoctorDialog) -> None:
    examined(window)
    assert plain(dialog.sum.text()) == "1 thing does not work · 1 thing needs a look"
    assert dialog.sign.sign is Sign.FAILED
    assert dialog.again.isEnabled()
    titles = [label.text() for label in dialog.content.findChildren(QLabel) if label.text() in ("prod", "dev")]
    assert titles == ["prod", "dev"]


def test_only_what_needs_a_look_can_be_shown(window: MainWindow, dialog: DoctorDialog) -> None:
    examined(window)
    dialog.only.setChecked(True)
    shown = [key for key, row in dialog.rows.items() if row.isVisibleTo(dialog)]
    assert shown == [("keyring", None), ("server", "prod")]


def test_all_of_it_is_copied_as_text(window: MainWindow, dialog: DoctorDialog) -> None:
    examined(window)
    dialog.copy.click()
    assert QGuiApplication.clipboard().text() == "as text\n"


def test_it_can_be_run_again_and_one_that_broke_off_says_why(window: MainWindow, dialog: DoctorDialog) -> None:
    examined(window)
    dialog.again.click()
    window.doctor.take(ExaminationBegan(PLANNED[:1]))
    assert len(dialog.rows) == 1
    window.doctor.take(ExaminationEnded("", Trouble("BugError", "AVDesk itself failed.", "Look into the log.")))
    assert plain(dialog.sum.text()) == "AVDesk itself failed. Look into the log."
    assert dialog.again.isEnabled()


def test_there_is_one_window_and_a_closed_one_hears_nothing(
    window: MainWindow, dialog: DoctorDialog, wishes: Wishes
) -> None:
    wishes.doctor_wanted.emit()
    assert open_dialog(window) is dialog
    dialog.close()
    assert open_dialog(window) is None
    examined(window)
    wishes.doctor_wanted.emit()
    assert open_dialog(window) not in (None, dialog)


def test_words_from_outside_are_never_markup_and_everything_has_a_name(
    window: MainWindow, dialog: DoctorDialog
) -> None:
    examined(window)
    for label in dialog.findChildren(QLabel):
        assert label.textFormat() is Qt.TextFormat.PlainText
    for button in dialog.findChildren(QAbstractButton):
        if button.isVisibleTo(dialog) and button.focusPolicy() is not Qt.FocusPolicy.NoFocus:
            assert button.accessibleName()


@pytest.mark.parametrize("language", [None, i18n.PSEUDO_LOCALE])
def test_no_text_of_either_window_is_cut_off(make_window: MakeWindow, wishes: Wishes, language: str | None) -> None:
    i18n.install(language)
    window = make_window(size=(800, 560))
    wishes.doctor_wanted.emit()
    examined(window)
    assert window.doctor.dialog is not None
    window.doctor.open_bundle()
    window.doctor.take(Gathered(BUNDLE))
    for _turn in range(5):
        QApplication.processEvents()
    assert list(cut_off(window.doctor.dialog)) == []
    assert window.doctor.bundle is not None
    assert list(cut_off(window.doctor.bundle)) == []


@pytest.fixture
def bundle(window: MainWindow, dialog: DoctorDialog, wishes: Wishes) -> BundleDialog:
    """Return the window of the diagnostics, opened from the doctor's."""
    asked: list[bool] = []
    wishes.bundle_asked.connect(lambda: asked.append(True))
    examined(window)
    dialog.bundle.click()
    assert asked == [True]
    assert window.doctor.bundle is not None
    return window.doctor.bundle


def test_contents_are_shown_file_by_file_before_anything_is_written(window: MainWindow, bundle: BundleDialog) -> None:
    assert not bundle.save.isEnabled()
    window.doctor.take(Gathered(BUNDLE))
    assert plain(bundle.sum.text()).startswith("Nothing is written or sent yet. These are the 2 files")
    assert [bundle.files.item(row).text() for row in range(2)] == ["README.txt · 1 KB", "logs/avdesk.log · 300 KB"]
    assert bundle.text.toPlainText() == "hello\n"
    bundle.files.setCurrentRow(1)
    assert bundle.text.toPlainText().startswith("… the newest part is shown")
    assert bundle.text.toPlainText().endswith("last\n")


def test_it_is_written_where_its_user_says(
    window: MainWindow, bundle: BundleDialog, wishes: Wishes, qtbot: QtBot, tmp_path: Path
) -> None:
    wanted: list[str] = []
    wishes.bundle_save_asked.connect(wanted.append)
    window.doctor.take(Gathered(BUNDLE))
    bundle.save.click()
    chooser = bundle.chooser
    assert chooser is not None
    qtbot.waitUntil(chooser.isVisible)
    chooser.setDirectory(str(tmp_path))
    chooser.selectFile(str(tmp_path / "mine.zip"))
    chooser.accept()
    assert wanted == [str(tmp_path / "mine.zip")]
    window.doctor.take(Saved(tmp_path / "mine.zip"))
    assert "Only you can read it." in plain(bundle.sum.text())
    window.doctor.take(
        Saved(tmp_path / "mine.zip", Trouble("StoreError", "It cannot be written.", "Free some space."))
    )
    assert plain(bundle.sum.text()) == "It cannot be written. Free some space."


def test_diagnostics_that_cannot_be_gathered_say_why(window: MainWindow, bundle: BundleDialog) -> None:
    window.doctor.take(Gathered(None, Trouble("BugError", "AVDesk itself failed.", "")))
    assert plain(bundle.sum.text()) == "AVDesk itself failed."
    assert not bundle.save.isEnabled()
