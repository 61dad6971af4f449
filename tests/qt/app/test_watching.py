"""The watches of all environments: one is made anew without the others noticing, and nothing late comes through."""

import threading
from collections.abc import Callable, Iterator

import pytest
from pytestqt.qtbot import QtBot

from avdesk.app import watching as watching_module
from avdesk.app.watching import Watching
from avdesk.bridge.stopping import stop_all
from avdesk.bridge.told import Told
from tests.qt.bridge.fake_monitor import FakeMonitor


class World:
    """Monitors that are made, and what is told."""

    def __init__(self) -> None:
        self.made: list[FakeMonitor] = []
        self.told: list[Told] = []
        self.on_step: dict[str, Callable[[int], None]] = {}
        self.watching = Watching(self.make)
        self.watching.told.connect(self.told.append)

    def make(self, name: str) -> FakeMonitor:
        monitor = FakeMonitor(name, on_step=self.on_step.get(name, lambda _number: None))
        self.made.append(monitor)
        return monitor

    def of(self, name: str) -> list[FakeMonitor]:
        return [each for each in self.made if each.name == name]

    def steps(self, name: str) -> int:
        return sum(each.steps for each in self.of(name))


@pytest.fixture
def world(qtbot: QtBot) -> Iterator[World]:
    del qtbot
    made = World()
    yield made
    assert stop_all(made.watching.all, 5.0) == []


def test_one_is_made_anew_and_the_others_go_on(qtbot: QtBot, world: World) -> None:
    for name in ("dev", "prod"):
        world.watching.watch(name)
    qtbot.waitUntil(lambda: world.steps("dev") == world.steps("prod") == 1)
    world.watching.watch("dev")
    qtbot.waitUntil(lambda: world.steps("dev") == 2)
    first, second = world.of("dev")
    assert first.aborted.is_set()
    assert first.closed_in is not None
    assert not second.aborted.is_set()
    [prod] = world.of("prod")
    assert (prod.steps, prod.aborted.is_set()) == (1, False)
    qtbot.waitUntil(lambda: len(world.watching.all) == 2)


def test_the_new_watch_begins_when_the_old_one_has_ended(qtbot: QtBot, world: World) -> None:
    begun, release = threading.Event(), threading.Event()

    def hang(_number: int) -> None:
        begun.set()
        assert release.wait(30)

    world.on_step["dev"] = hang
    world.watching.watch("dev")
    assert begun.wait(30.0)
    del world.on_step["dev"]
    world.watching.watch("dev")
    world.watching.watch("dev")  # once more, before the one between has begun
    qtbot.wait(100)
    assert len(world.of("dev")) == 1
    release.set()
    qtbot.waitUntil(lambda: len(world.of("dev")) == 2)
    qtbot.waitUntil(lambda: world.of("dev")[1].steps == 1)
    qtbot.waitUntil(lambda: len(world.watching.all) == 1)


def test_one_that_hangs_is_waited_for_no_longer_than_the_bound(
    qtbot: QtBot, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(watching_module, "STOP_WITHIN_S", 0.2)
    begun, release = threading.Event(), threading.Event()

    def hang(_number: int) -> None:
        begun.set()
        assert release.wait(30)

    world.on_step["dev"] = hang
    world.watching.watch("dev")
    assert begun.wait(30.0)
    del world.on_step["dev"]
    world.told.clear()
    world.watching.watch("dev")
    qtbot.waitUntil(lambda: len(world.of("dev")) == 2 and world.of("dev")[1].steps == 1)
    assert len(world.watching.all) == 2  # the one that hangs is not forgotten: quitting has to know of it
    release.set()
    qtbot.waitUntil(lambda: len(world.watching.all) == 1)


def test_nothing_that_a_watch_told_before_it_was_asked_to_stop_comes_through_after(
    qtbot: QtBot, world: World
) -> None:
    world.watching.watch("dev")
    qtbot.waitUntil(lambda: len(world.told) == 2)
    old = world.watching.all[0]
    world.told.clear()
    threading.Thread(target=lambda: old.poller.told.emit(Told("dev", world.of("dev")[0].snapshot))).start()
    world.watching.drop(["dev"])  # what the thread has told waits in the queue of this one
    qtbot.waitUntil(lambda: not world.watching.all)
    qtbot.wait(20)
    assert world.told == []
    assert world.watching.environments == ()


def test_a_pause_outlasts_its_watch_and_its_name(qtbot: QtBot, world: World) -> None:
    world.watching.watch("dev")
    qtbot.waitUntil(lambda: world.steps("dev") == 1)
    world.watching.pause("dev", paused=True)
    world.watching.watch("lab", after="dev")
    qtbot.waitUntil(lambda: world.steps("lab") >= 1)
    assert world.of("lab")[0].calls[0] == "pause True"
    assert world.watching.environments == ("lab",)
    world.watching.pause("lab", paused=False)
    world.watching.watch("lab")
    qtbot.waitUntil(lambda: len(world.of("lab")) == 2 and world.of("lab")[1].steps >= 1)
    assert world.of("lab")[1].calls[0] == "pause False"
