"""Noticing that the machine slept or that the network is back."""

from pytestqt.qtbot import QtBot

from avdesk.bridge.wake import SLEPT_S, WakeWatch


class Clocks:
    """Two clocks, of which one stands still while the machine sleeps."""

    def __init__(self) -> None:
        self.awake, self.always = 100.0, 5000.0

    def work(self, seconds: float) -> None:
        self.awake += seconds
        self.always += seconds

    def sleep(self, seconds: float) -> None:
        self.always += seconds


def watching(clocks: Clocks) -> tuple[WakeWatch, list[int]]:
    watch = WakeWatch(None, awake=lambda: clocks.awake, always=lambda: clocks.always)
    woken: list[int] = []
    watch.woke.connect(lambda: woken.append(1))
    return watch, woken


def test_a_machine_that_works_has_not_slept(qtbot: QtBot) -> None:
    del qtbot
    clocks = Clocks()
    watch, woken = watching(clocks)
    clocks.work(3600)
    watch.look()
    clocks.sleep(SLEPT_S / 2)
    watch.look()
    assert woken == []


def test_sleep_is_noticed_once(qtbot: QtBot) -> None:
    del qtbot
    clocks = Clocks()
    watch, woken = watching(clocks)
    clocks.sleep(3600)
    watch.look()
    clocks.work(15)
    watch.look()
    assert woken == [1]
    clocks.sleep(3600)
    watch.look()
    assert woken == [1, 1]
