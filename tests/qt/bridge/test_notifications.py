"""Alerts on a notification daemon that comes, goes, and answers as it likes."""

from collections.abc import Callable
from typing import Any, cast

import pytest
from PySide6.QtCore import QObject, Signal
from pytestqt.qtbot import QtBot

from avdesk.bridge.bus import Bus, Reply, ReplyHandler, SignalHandler
from avdesk.bridge.notifications import BUS_NAME, SERVICE, DesktopNotifications
from avdesk.core.alerts import Alert, AlertAction

DAEMON = ":1.7"
LOST = Alert("server:prod", "prod", "Server not reachable · prod", "Refused.")
BACK = Alert("server:prod", "prod", "Server is back · prod", "It was away.")
FAILED = Alert("run:prod:1", "prod", "Video failed · prod", "Quota.")


class FakeBus(QObject):
    """A bus of which the test holds the other end: calls wait until they are answered."""

    ready = Signal()
    lost = Signal()

    def __init__(self) -> None:
        super().__init__()
        self.is_ready = False
        self.opened = 0
        self.calls: list[tuple[str, tuple[Any, ...], ReplyHandler]] = []
        self.handlers: dict[str, SignalHandler] = {}

    def open(self) -> None:
        self.opened += 1

    def connect_now(self) -> None:
        self.is_ready = True
        self.ready.emit()

    def call(
        self,
        _path: str,
        _name: str,
        _interface: str,
        method: str,
        _sign: str,
        body: tuple[Any, ...],
        then: ReplyHandler,
    ) -> None:
        self.calls.append((method, body, then))

    def listen(self, _name: str, _interface: str, member: str, handler: SignalHandler) -> None:
        self.handlers[member] = handler

    def answer(self, method: str, reply: Reply) -> tuple[Any, ...]:
        """Answer the oldest call of a method, and return with what it was called."""
        place = next(place for place, call in enumerate(self.calls) if call[0] == method)
        _method, body, then = self.calls.pop(place)
        then(reply)
        return body

    def waiting(self, method: str) -> int:
        return sum(call[0] == method for call in self.calls)

    def say(self, member: str, *values: object, sender: str = DAEMON) -> None:
        self.handlers[member](sender, values)


class Desk:
    """A bus, what shows alerts on it, and what came of them."""

    def __init__(self) -> None:
        self.bus = FakeBus()
        self.shown = DesktopNotifications(cast("Bus", self.bus))
        self.refused: list[Alert] = []
        self.activated: list[tuple[Alert, AlertAction, str]] = []
        self.shown.refused.connect(self.refused.append)
        self.shown.activated.connect(lambda *what: self.activated.append(what))

    def meet_daemon(self, *capabilities: str) -> None:
        """Show a first alert's way: connect, tell the capabilities and who it is."""
        if not self.bus.is_ready:
            self.bus.connect_now()
        self.bus.answer("GetNameOwner", (DAEMON,))
        self.bus.answer("GetCapabilities", (list(capabilities or ("body", "actions")),))


@pytest.fixture
def desk(qtbot: QtBot) -> Desk:
    del qtbot
    return Desk()


def test_nothing_is_connected_or_asked_before_there_is_something_to_say(desk: Desk) -> None:
    assert desk.bus.opened == 0
    desk.bus.connect_now()
    assert desk.bus.calls == []


def test_an_alert_waits_for_the_bus_and_for_what_the_daemon_understands(desk: Desk) -> None:
    desk.shown.show(LOST)
    assert desk.bus.opened == 1
    desk.meet_daemon()
    body = desk.bus.answer("Notify", (11,))
    assert (body[1], body[3]) == (0, LOST.title)
    assert desk.refused == []


def test_one_incident_is_one_notification_updated_in_place(desk: Desk) -> None:
    desk.shown.show(LOST)
    desk.meet_daemon()
    desk.bus.answer("Notify", (11,))
    desk.shown.show(FAILED)
    assert desk.bus.answer("Notify", (12,))[1] == 0
    desk.shown.show(BACK)
    assert desk.bus.answer("Notify", (11,))[1] == 11


def test_an_alert_that_is_overtaken_before_its_answer_is_replaced_and_not_doubled(desk: Desk) -> None:
    desk.shown.show(LOST)
    desk.meet_daemon()
    desk.shown.show(BACK)
    assert desk.bus.waiting("Notify") == 1
    desk.bus.answer("Notify", (11,))
    body = desk.bus.answer("Notify", (11,))
    assert (body[1], body[3]) == (11, BACK.title)


def test_of_several_alerts_of_one_incident_only_the_newest_waits(desk: Desk) -> None:
    desk.shown.show(LOST)
    desk.shown.show(BACK)
    desk.meet_daemon()
    assert desk.bus.answer("Notify", (1,))[3] == BACK.title
    assert desk.bus.waiting("Notify") == 0


def test_a_button_is_told_with_the_token_that_came_before_it(desk: Desk) -> None:
    desk.shown.show(LOST)
    desk.meet_daemon()
    desk.bus.answer("Notify", (11,))
    desk.bus.say("ActivationToken", 11, "token-1")
    desk.bus.say("ActionInvoked", 11, "open")
    desk.bus.say("ActionInvoked", 11, "check")
    assert desk.activated == [(LOST, AlertAction.OPEN, "token-1"), (LOST, AlertAction.CHECK_NOW, "")]


def test_what_concerns_others_or_comes_from_others_is_not_heard(desk: Desk) -> None:
    desk.shown.show(LOST)
    desk.meet_daemon()
    desk.bus.answer("Notify", (11,))
    desk.bus.say("ActionInvoked", 99, "open")
    desk.bus.say("ActionInvoked", 11, "open", sender=":1.666")
    desk.bus.say("ActionInvoked", 11, "format")
    desk.bus.say("ActionInvoked", 11)
    assert desk.activated == []


def test_a_notification_that_was_closed_is_not_replaced_and_has_no_buttons(desk: Desk) -> None:
    desk.shown.show(LOST)
    desk.meet_daemon()
    desk.bus.answer("Notify", (11,))
    desk.bus.say("NotificationClosed", 11, 2)
    desk.bus.say("ActionInvoked", 11, "open")
    assert desk.activated == []
    desk.shown.show(BACK)
    assert desk.bus.answer("Notify", (12,))[1] == 0


def test_a_new_daemon_is_asked_anew_and_knows_nothing_of_old_notifications(desk: Desk) -> None:
    desk.shown.show(LOST)
    desk.meet_daemon()
    desk.bus.answer("Notify", (11,))
    desk.bus.say("NameOwnerChanged", SERVICE, DAEMON, "", sender=BUS_NAME)
    desk.bus.say("NameOwnerChanged", SERVICE, "", ":1.9", sender=BUS_NAME)
    desk.shown.show(BACK)
    assert desk.bus.waiting("Notify") == 0
    desk.bus.answer("GetNameOwner", (":1.9",))
    desk.bus.answer("GetCapabilities", (["body"],))
    body = desk.bus.answer("Notify", (1,))
    assert (body[1], body[5]) == (0, [])


@pytest.mark.parametrize("reply", [None, (), ("odd",)])
def test_without_a_daemon_an_alert_goes_the_other_way(desk: Desk, reply: Reply) -> None:
    desk.shown.show(LOST)
    desk.bus.connect_now()
    desk.bus.answer("GetCapabilities", reply)
    assert desk.refused == [LOST]


def test_a_daemon_that_does_not_take_it_is_not_the_last_word(desk: Desk) -> None:
    desk.shown.show(LOST)
    desk.meet_daemon()
    desk.bus.answer("Notify", None)
    assert desk.refused == [LOST]


def test_a_bus_that_breaks_lets_what_waits_go_the_other_way(desk: Desk) -> None:
    desk.shown.show(LOST)
    desk.bus.lost.emit()
    assert desk.refused == [LOST]


def test_a_daemon_that_never_answers_is_not_waited_for_for_ever(
    desk: Desk, qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    del monkeypatch
    desk.shown._patience.setInterval(10)  # noqa: SLF001 - its patience is its own; the test has less
    desk.shown.show(LOST)
    qtbot.waitUntil(lambda: desk.refused == [LOST])


def test_where_there_is_no_bus_everything_goes_the_other_way(qtbot: QtBot) -> None:
    del qtbot
    shown = DesktopNotifications(None)
    refused: list[Alert] = []
    shown.refused.connect(refused.append)
    shown.show(LOST)
    assert refused == [LOST]


def test_a_callback_for_everything_is_given_exactly_once(desk: Desk) -> None:
    """The shape that `Bus` promises, seen from its user: a late answer after a refusal changes nothing."""
    desk.shown.show(LOST)
    desk.bus.connect_now()
    late: list[Callable[[Reply], None]] = [call[2] for call in desk.bus.calls if call[0] == "GetCapabilities"]
    late[0](None)
    late[0]((["body"],))
    assert desk.refused == [LOST]
    assert desk.bus.waiting("Notify") == 0
