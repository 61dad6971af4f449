"""Our own faults are logged and told once; nothing ends by them."""

import sys
import threading
from pathlib import Path

import pytest
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QPlainTextEdit, QPushButton
from pytestqt.qtbot import QtBot

from avdesk import __version__
from avdesk.app.crash import CrashHooks, FaultFile, report_of
from avdesk.app.crash_dialog import CrashDialog
from tests.harness.logwatch import LogWatch


def caught() -> ZeroDivisionError:
    """Return an error with a trace and a secret."""

    def fail() -> None:
        raise ZeroDivisionError("Authorization: Bearer abcdefgh12345678")

    with pytest.raises(ZeroDivisionError) as caught_here:
        fail()
    return caught_here.value


def test_a_report_names_versions_and_place_and_no_secret() -> None:
    error = caught()
    report = report_of(type(error), error, error.__traceback__, "a thread")
    assert f"AVDesk {__version__}" in report
    assert "in a thread" in report
    assert "test_crash.py" in report
    assert "abcdefgh12345678" not in report


def test_the_first_fault_is_shown_and_each_is_logged(logged_errors: LogWatch) -> None:
    logged_errors.expect("unexpected error")
    shown: list[str] = []
    hooks = CrashHooks(shown.append)
    error = caught()
    hooks.on_error(type(error), error, error.__traceback__)
    hooks.on_error(type(error), error, error.__traceback__)
    assert len(shown) == 1


def test_a_fault_while_a_fault_is_shown_ends_in_itself(logged_errors: LogWatch) -> None:
    logged_errors.expect("unexpected error")
    error = caught()
    calls: list[str] = []

    def show(report: str) -> None:
        calls.append(report)
        hooks.on_error(type(error), error, error.__traceback__)
        raise ValueError

    hooks = CrashHooks(show)
    hooks.on_error(type(error), error, error.__traceback__)
    assert len(calls) == 1


def test_a_fault_in_a_thread_is_caught_too(logged_errors: LogWatch) -> None:
    logged_errors.expect("unexpected error")
    shown: list[str] = []
    hooks = CrashHooks(shown.append)
    hooks.install()
    try:
        thread = threading.Thread(target=lambda: 1 // 0, name="reader")
        thread.start()
        thread.join()
    finally:
        hooks.restore()
    assert len(shown) == 1
    assert "in reader" in shown[0]
    assert "ZeroDivisionError" in shown[0]


def test_the_hooks_are_given_back() -> None:
    before = (sys.excepthook, threading.excepthook)
    hooks = CrashHooks(lambda _report: None)
    hooks.install()
    assert (sys.excepthook, threading.excepthook) != before
    hooks.restore()
    assert (sys.excepthook, threading.excepthook) == before


def test_a_report_can_be_copied(qtbot: QtBot) -> None:
    dialog = CrashDialog("the report\nof it")
    qtbot.addWidget(dialog)
    buttons = {button.text().replace("&", ""): button for button in dialog.findChildren(QPushButton)}
    shown = dialog.findChild(QPlainTextEdit)
    assert isinstance(shown, QPlainTextEdit)
    assert shown.toPlainText() == "the report\nof it"
    buttons["Copy report"].click()
    assert QGuiApplication.clipboard().text() == "the report\nof it"


def test_what_a_dying_interpreter_wrote_is_told_at_the_next_start(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("faulthandler.enable", lambda _file: None)
    monkeypatch.setattr("faulthandler.disable", lambda: None)
    (tmp_path / "fault.txt").write_text("Fatal Python error: Segmentation fault")
    file = FaultFile(tmp_path)
    assert file.open() == "Fatal Python error: Segmentation fault"
    file.close()
    again = FaultFile(tmp_path)
    assert again.open() == ""
    again.close()
    assert (tmp_path / "fault-last.txt").read_text().startswith("Fatal")


def test_faults_are_not_caught_where_nothing_can_be_written(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way")
    assert FaultFile(tmp_path / "logs").open() == ""
