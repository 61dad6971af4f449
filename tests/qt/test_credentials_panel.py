"""An environment’s credentials in the window: told, set, tried, held and cleared, without a secret being shown."""

import json
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import keyring
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QLineEdit, QMessageBox, QPushButton
from pytestqt.qtbot import QtBot

from avdesk.bridge.credentials import CredentialDesk
from avdesk.config.settings import Environment
from avdesk.core.credentials import Kind
from avdesk.core.redact import forget_known_secrets
from avdesk.emulator.access import Access
from avdesk.emulator.server import Emulator
from avdesk.services.credentials import Credentials
from avdesk.store.session_secrets import SESSION
from avdesk.ui.settings.credentials import CredentialsPanel
from avdesk.ui.settings.secret_dialog import SecretDialog
from avdesk.ui.widgets.text import plain
from tests.harness.keyring_memory import MemoryKeyring

OPAQUE = "opaque-text-of-a-server-0123"


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(utc_offset_s=0.0) as running:
        yield running


@pytest.fixture
def backend() -> Iterator[MemoryKeyring]:
    before = keyring.get_keyring()
    own = MemoryKeyring()
    keyring.set_keyring(own)
    yield own
    keyring.set_keyring(before)
    for kind in Kind:
        SESSION.drop("prod", kind.value)
    forget_known_secrets()


@pytest.fixture
def desk(tmp_path: Path, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch) -> Iterator[CredentialDesk]:
    del qtbot
    monkeypatch.setenv("PATH", str(tmp_path))  # no gcloud
    made = CredentialDesk(lambda: Credentials(tmp_path / "config", deadline_s=2.0))
    yield made
    made.ask_to_stop()
    assert made.wait(30.0)


Show = Callable[..., CredentialsPanel]


@pytest.fixture
def show(qtbot: QtBot, desk: CredentialDesk, emulator: Emulator) -> Show:
    def make(**changes: object) -> CredentialsPanel:
        settings: dict[str, object] = {
            "url": emulator.autovideo_url,
            "auth": "bearer",
            "project": emulator.project,
            "regions": emulator.regions,
            "vertex": "rest",
            "google_endpoint": emulator.google_url,
        }
        panel = CredentialsPanel(Environment("prod", **(settings | changes)), desk)  # type: ignore[arg-type]
        qtbot.addWidget(panel)
        panel.resize(700, 500)
        with qtbot.waitSignal(desk.viewed):
            panel.show()
        return panel

    return make


def give(panel: CredentialsPanel, text: str, press: str = "save") -> SecretDialog:
    """Open the dialog for a token, type, and press a button."""
    QTest.mouseClick(panel.rows[Kind.BEARER].set, Qt.MouseButton.LeftButton)
    (dialog,) = [each for each in panel.findChildren(SecretDialog) if each.isVisible()]
    QTest.keyClicks(dialog.field, text)
    button: QPushButton = getattr(dialog, press)
    QTest.mouseClick(button, Qt.MouseButton.LeftButton)
    return dialog


def state(panel: CredentialsPanel, kind: Kind = Kind.BEARER) -> str:
    return plain(panel.rows[kind].state.text())


def test_a_token_is_typed_unseen_tried_and_stored(
    qtbot: QtBot, show: Show, desk: CredentialDesk, emulator: Emulator, backend: MemoryKeyring
) -> None:
    emulator.access = Access(token=OPAQUE)
    panel = show()
    assert state(panel) == "none"
    assert not panel.rows[Kind.BEARER].clear.isEnabled()
    with qtbot.waitSignals([desk.renewed, panel.changed]):
        dialog = give(panel, OPAQUE)
        assert dialog.field.echoMode() is QLineEdit.EchoMode.Password
        assert OPAQUE not in dialog.field.displayText()
    qtbot.waitUntil(lambda: state(panel) == "in the keyring")
    assert backend.kept == {("avdesk", "prod/bearer"): OPAQUE}
    assert not [each for each in panel.findChildren(SecretDialog) if each.isVisible()]


def test_a_refused_token_is_stored_only_when_it_is_meant(
    qtbot: QtBot, show: Show, emulator: Emulator, backend: MemoryKeyring
) -> None:
    emulator.access = Access(token=OPAQUE)
    panel = show()
    dialog = give(panel, "some-other-text")
    qtbot.waitUntil(lambda: "is refused" in dialog.trial.lines[0].words.text())
    assert backend.kept == {}
    assert dialog.save.text() == "Save all the same"
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: bool(backend.kept))
    qtbot.waitUntil(lambda: state(panel) == "in the keyring")


def test_what_is_no_token_is_told_at_once(qtbot: QtBot, show: Show, backend: MemoryKeyring) -> None:
    panel = show()
    dialog = give(panel, "two words", press="test")
    qtbot.waitUntil(lambda: "blanks" in plain(dialog.trial.lines[0].words.text()))
    assert backend.kept == {}


def test_without_a_keyring_the_session_can_hold_it(
    qtbot: QtBot, show: Show, desk: CredentialDesk, backend: MemoryKeyring, tmp_path: Path
) -> None:
    backend.fault = keyring.errors.NoKeyringError("none")
    panel = show()
    dialog = give(panel, OPAQUE)
    qtbot.waitUntil(lambda: "stored nowhere" in dialog.words())
    assert dialog.hold.isVisible()
    with qtbot.waitSignal(desk.renewed):
        QTest.mouseClick(dialog.hold, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(lambda: state(panel) == "held for this session")
    assert SESSION.get("prod", "bearer") == OPAQUE
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_a_key_from_a_file_names_what_is_missing_and_copies_the_commands(
    qtbot: QtBot, show: Show, emulator: Emulator, backend: MemoryKeyring, tmp_path: Path
) -> None:
    emulator.withheld.add("aiplatform.customJobs.cancel")
    panel = show(auth="none")
    file = tmp_path / "key.json"
    file.write_text(emulator.make_service_account_key())
    dialog = panel.ask_for(Kind.SERVICE_ACCOUNT)
    dialog.take_file(file)
    QTest.mouseClick(dialog.test, Qt.MouseButton.LeftButton)
    qtbot.waitUntil(dialog.trial.copy.isVisible)
    assert "aiplatform.customJobs.cancel" in plain(dialog.trial.lines[0].more.text())
    QTest.mouseClick(dialog.trial.copy, Qt.MouseButton.LeftButton)
    assert "roles/aiplatform.user" in QGuiApplication.clipboard().text()
    QTest.mouseClick(dialog.save, Qt.MouseButton.LeftButton)
    account = json.loads(file.read_text())["client_email"]
    qtbot.waitUntil(lambda: account in state(panel, Kind.SERVICE_ACCOUNT))
    assert list(backend.kept) == [("avdesk", "prod/service-account")]


def test_clearing_asks_first(qtbot: QtBot, show: Show, backend: MemoryKeyring) -> None:
    backend.kept["avdesk", "prod/bearer"] = OPAQUE
    panel = show()
    assert state(panel) == "in the keyring"
    for words, left in (("Keep", 1), ("Clear", 0)):
        QTest.mouseClick(panel.rows[Kind.BEARER].clear, Qt.MouseButton.LeftButton)
        (question,) = [each for each in panel.findChildren(QMessageBox) if each.isVisible()]
        (button,) = [each for each in question.buttons() if each.text() == words]
        QTest.mouseClick(button, Qt.MouseButton.LeftButton)
        qtbot.waitUntil(lambda left=left: len(backend.kept) == left)  # type: ignore[misc]
        qtbot.waitUntil(lambda: not [each for each in panel.findChildren(QMessageBox) if each.isVisible()])
    qtbot.waitUntil(lambda: state(panel) == "none")


def test_what_is_in_use_can_be_tested(qtbot: QtBot, show: Show, emulator: Emulator, backend: MemoryKeyring) -> None:
    emulator.access = Access(token=OPAQUE)
    backend.kept["avdesk", "prod/bearer"] = OPAQUE
    panel = show(vertex="off")
    QTest.mouseClick(panel.test, Qt.MouseButton.LeftButton)
    assert not panel.test.isEnabled()
    qtbot.waitUntil(lambda: plain(panel.trial.lines[0].words.text()) == "Server token works.")
    assert panel.test.isEnabled()


def test_a_keyring_that_hangs_holds_nobody_up(qtbot: QtBot, show: Show, backend: MemoryKeyring) -> None:
    backend.silent = threading.Event()
    panel = show()
    qtbot.waitUntil(lambda: "locked" in plain(panel.rows[Kind.BEARER].note.text()))
    backend.silent.set()


def test_an_answer_about_another_environment_is_not_shown(
    qtbot: QtBot, show: Show, desk: CredentialDesk, backend: MemoryKeyring
) -> None:
    backend.kept["avdesk", "other/bearer"] = OPAQUE
    panel = show()
    with qtbot.waitSignal(desk.viewed):
        desk.look(Environment("other", auth="bearer"))
    assert state(panel) == "none"
