"""The wizard: finds what is there, tries each step live, and writes a configuration that works."""

import json
import os
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from dataclasses import dataclass
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QAbstractButton, QApplication, QComboBox, QLineEdit
from pytestqt.qtbot import QtBot

from avdesk import i18n
from avdesk.bridge.settings_desks import SettingsDesks
from avdesk.config.load import load_settings
from avdesk.config.paths import Paths
from avdesk.emulator.access import Access
from avdesk.emulator.server import Emulator
from avdesk.ui.widgets.text import plain
from avdesk.ui.wizard.wizard import SetupWizard
from tests.harness.configurations import DAMAGED, settings_on
from tests.qt.walk import cut_off, untranslated, visible_texts


@dataclass
class Set:
    """A wizard, the home that it writes to, and the emulator that it may find."""

    wizard: SetupWizard
    desks: SettingsDesks
    paths: Paths
    emulator: Emulator


Begin = Callable[..., Set]


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(utc_offset_s=0.0) as running:
        yield running


@pytest.fixture
def begin(qtbot: QtBot, tmp_path: Path, emulator: Emulator, monkeypatch: pytest.MonkeyPatch) -> Iterator[Begin]:
    with ExitStack() as stack:
        monkeypatch.setenv("PATH", str(tmp_path / "no programs"))

        def make(text: str | None = None) -> Set:
            desks, paths = stack.enter_context(settings_on(tmp_path / "home", text))
            wizard = SetupWizard(desks.settings, desks.credentials, desks.finding)
            qtbot.addWidget(wizard)
            wizard.show()
            return Set(wizard, desks, paths, emulator)

        yield make
    i18n.install(None)


def give_key(emulator: Emulator, folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have application-default credentials lie about, as a user's do."""
    file = folder / "key.json"
    file.write_text(emulator.make_service_account_key(), "utf-8")
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(file))


def test_from_nothing_to_a_watched_server_with_what_was_found(
    qtbot: QtBot, begin: Begin, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    give_key(emulator, tmp_path, monkeypatch)
    made = begin()
    wizard = made.wizard
    google = wizard.google
    qtbot.waitUntil(lambda: google.project.text() == emulator.project)
    qtbot.waitUntil(lambda: "not installed" in google.gcloud.words.text())
    qtbot.waitUntil(lambda: "av-monitor@" in plain(google.defaults.words.text()))
    google.endpoint.setText(emulator.google_url)
    google.regions.setText(", ".join(emulator.regions))
    qtbot.waitUntil(google.trial.lines[0].isVisible)
    line = google.trial.lines[0]
    assert "works" in line.words.text()
    assert "av-monitor@" in plain(line.more.text())
    wizard.next.click()
    server = wizard.server
    qtbot.waitUntil(lambda: "looks like AutoVideo" in plain(server.services.words.text()))
    assert any("av-app" in button.text() for button in server.choices.values())
    qtbot.waitUntil(lambda: "No AutoVideo server listens" in server.local.words.text())
    server.address.setText(emulator.autovideo_url)
    assert server.typed.isChecked()
    qtbot.waitUntil(lambda: "AutoVideo answers" in plain(server.outcome.words.text()))
    assert not emulator.asked("/status")
    wizard.next.click()
    wizard.name.name.setEditText("prod")
    assert wizard.name.production.isChecked()
    wizard.next.click()
    assert wizard.sign_in.panel is not None
    wizard.next.click()
    assert wizard.next.text() == "Start watching"
    qtbot.waitUntil(wizard.next.isEnabled)
    assert not made.paths.config_file.exists()
    with qtbot.waitSignal(wizard.done_with) as done:
        wizard.next.click()
    assert done.args == ["prod"]
    loaded = load_settings(made.paths)
    assert loaded.problems == ()
    environment = loaded.settings.environments["prod"]
    assert loaded.settings.default_environment == "prod"
    assert (environment.url, environment.project) == (emulator.autovideo_url, emulator.project)
    assert environment.regions == tuple(emulator.regions)
    assert environment.google_endpoint == emulator.google_url
    assert environment.production
    assert made.paths.config_file.read_text("utf-8").startswith("# AVDesk’s configuration.")


def test_a_server_that_wants_a_token_is_told_and_the_sign_in_chosen(
    qtbot: QtBot, begin: Begin, emulator: Emulator
) -> None:
    emulator.access = Access(token="opaque-token-0123456789")  # noqa: S106 - the emulator's own
    wizard = begin().wizard
    wizard.google.without.setChecked(True)
    wizard.next.click()
    wizard.server.address.setText(emulator.autovideo_url)
    qtbot.waitUntil(lambda: "without a token" in plain(wizard.server.outcome.words.text()))
    assert wizard.server.auth.currentData() == "bearer"
    wizard.next.click()
    wizard.next.click()
    assert wizard.plan.environment().auth == "bearer"


def test_one_cannot_go_on_with_what_does_not_fit(qtbot: QtBot, begin: Begin) -> None:
    wizard = begin().wizard
    assert not wizard.next.isEnabled()
    assert "project" in wizard.why.text()
    wizard.google.project.setText("No Project!")
    assert not wizard.next.isEnabled()
    wizard.google.project.setText("av-8675309")
    assert wizard.next.isEnabled()
    wizard.google.without.setChecked(True)
    assert wizard.next.isEnabled()
    wizard.next.click()
    assert not wizard.server.none.isEnabled()  # neither Google nor a server: nothing would be watched
    wizard.server.address.setText("localhost")
    assert not wizard.next.isEnabled()
    wizard.server.address.setText("http://127.0.0.1:9")
    assert wizard.next.isEnabled()  # a server may be off just now
    qtbot.waitUntil(lambda: "Nothing answers" in plain(wizard.server.outcome.words.text()))
    wizard.next.click()
    wizard.name.name.setEditText("two words")
    assert not wizard.next.isEnabled()
    wizard.back.click()
    assert wizard.place == 1
    assert wizard.server.url == "http://127.0.0.1:9"


def test_it_adds_to_a_file_that_is_there_and_keeps_its_comments(qtbot: QtBot, begin: Begin) -> None:
    made = begin('# ours\n[environments.dev]\nurl = "http://one:1"\n')
    wizard = made.wizard
    wizard.google.without.setChecked(True)
    wizard.next.click()
    wizard.server.address.setText("http://127.0.0.1:9")
    wizard.next.click()
    qtbot.waitUntil(lambda: wizard.name.name.currentText() == "staging")
    wizard.name.name.setEditText("dev")
    assert not wizard.next.isEnabled()
    wizard.name.name.setEditText("lab")
    wizard.next.click()
    wizard.next.click()
    qtbot.waitUntil(wizard.next.isEnabled)
    with qtbot.waitSignal(wizard.done_with):
        wizard.next.click()
    text = made.paths.config_file.read_text("utf-8")
    assert "# ours\n" in text
    assert tuple(load_settings(made.paths).settings.environments) == ("dev", "lab")


def test_a_damaged_file_is_left_alone_and_that_is_said(qtbot: QtBot, begin: Begin) -> None:
    made = begin(DAMAGED)
    wizard = made.wizard
    wizard.google.without.setChecked(True)
    wizard.next.click()
    wizard.server.address.setText("http://127.0.0.1:9")
    wizard.next.click()
    wizard.name.name.setEditText("lab")
    wizard.next.click()
    wizard.next.click()
    qtbot.waitUntil(wizard.next.isEnabled)
    wizard.next.click()
    qtbot.waitUntil(lambda: "damaged" in plain(wizard.finish.trouble.words.text()))
    assert made.paths.config_file.read_text("utf-8") == DAMAGED


@pytest.mark.skipif(os.name != "posix", reason="the program is a shell script")
def test_what_gcloud_is_set_up_for_is_offered(
    qtbot: QtBot, begin: Begin, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = tmp_path / "bin"
    folder.mkdir()
    told = {"core": {"account": "kim@example.com", "project": "av-42"}, "compute": {"region": "us-west1"}}
    program = folder / "gcloud"
    program.write_text(f"#!/bin/sh\ncase \"$*\" in *list*) echo '{json.dumps(told)}';; *) exit 1;; esac\n", "utf-8")
    program.chmod(0o755)
    monkeypatch.setenv("PATH", f"{folder}:/usr/bin:/bin")
    wizard = begin().wizard
    qtbot.waitUntil(lambda: "kim@example.com" in plain(wizard.google.gcloud.words.text()))
    assert wizard.google.project.text() == "av-42"
    assert wizard.google.regions.text().startswith("us-west1, us-central1, ")
    wizard.google.without.setChecked(True)


@pytest.mark.parametrize("language", [None, i18n.PSEUDO_LOCALE])
def test_no_text_is_cut_off_and_every_input_has_a_name(qtbot: QtBot, begin: Begin, language: str | None) -> None:
    i18n.install(language)
    wizard = begin().wizard
    for place in range(len(wizard.steps)):
        qtbot.waitUntil(lambda: not [words for words in cut_off(wizard) if "needs" in words])
        for kind in (QAbstractButton, QComboBox, QLineEdit):
            for widget in wizard.findChildren(kind):
                if widget.focusPolicy() is not Qt.FocusPolicy.NoFocus and widget.isVisibleTo(wizard):
                    assert widget.accessibleName() or isinstance(widget.parent(), QComboBox), type(widget)
        if language is not None:
            left = {untranslated(text) for _widget, text in visible_texts(wizard)} - {""}
            assert not [each for each in left if not any(name in each for name in ("://", "/", "gcloud", ".toml"))]
        if place == 0:
            wizard.google.without.setChecked(True)
        elif place == 1:
            wizard.server.address.setText("http://127.0.0.1:9")
        wizard.next.click() if place < len(wizard.steps) - 1 else None
        QApplication.processEvents()
