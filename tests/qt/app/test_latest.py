"""Which snapshot is shown."""

from dataclasses import replace

from pytestqt.qtbot import QtBot

from avdesk.app.latest import Latest
from avdesk.bridge.told import Told
from tests.harness.snapshots import EVENTS, all_states

PROD = all_states()["running"]
DEV = replace(all_states()["idle"], environment="dev")


def test_the_current_environment_is_shown_and_all_are_kept(qtbot: QtBot) -> None:
    del qtbot
    latest = Latest(("prod", "dev"), "prod")
    shown: list[object] = []
    latest.current_changed.connect(shown.append)
    latest.take(Told("dev", DEV))
    latest.take(Told("prod", PROD))
    assert shown == [PROD]
    latest.choose("dev")
    assert shown == [PROD, DEV]
    assert latest.snapshot() is DEV
    assert latest.snapshot("prod") is PROD


def test_events_of_every_environment_are_passed_on(qtbot: QtBot) -> None:
    del qtbot
    latest = Latest(("prod", "dev"), "dev")
    happened: list[object] = []
    latest.happened.connect(happened.append)
    latest.take(Told("prod", PROD))
    latest.take(Told("prod", PROD, EVENTS[:1]))
    assert happened == [EVENTS[:1]]


def test_what_is_not_configured_changes_nothing(qtbot: QtBot) -> None:
    del qtbot
    latest = Latest(("prod",), "prod")
    latest.take(Told("dev", DEV))
    latest.choose("dev")
    assert latest.current == "prod"
    assert not latest.is_known("prod")


def test_our_own_fault_is_passed_on(qtbot: QtBot) -> None:
    latest = Latest(("prod",), "prod")
    with qtbot.waitSignal(latest.crashed) as told:
        latest.take(Told("prod", PROD, crash="ZeroDivisionError: x"))
    assert told.args == ["prod", "ZeroDivisionError: x"]
