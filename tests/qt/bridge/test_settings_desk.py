"""The configuration worked on off the GUI thread: in order, told with its trouble, and given up at the end."""

import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from avdesk.bridge.settings_desk import Makers, SettingsDesk
from avdesk.bridge.settings_told import AutostartTold, CarriedTold, CheckedTold, OpenedTold, SavedTold, ServerTold
from avdesk.config.paths import find_paths
from avdesk.core.errors import KnownError, StoreError
from avdesk.services.autostart import AutostartState
from avdesk.services.configuration import Configuration
from tests.harness.logwatch import LogWatch

TEXT = '# ours\n[environments.dev]\nurl = "http://one:1"\n'


class Switch:
    """Starting at login, which may refuse."""

    def __init__(self) -> None:
        self.on, self.refuses = False, False

    def state(self) -> AutostartState:
        return AutostartState(self.on)

    def set(self, *, on: bool) -> None:
        if self.refuses:
            raise StoreError("It cannot be changed.", "Check it.")
        self.on = on


class Bench:
    """A desk on a real file; who asks servers, starts and carries is in the test's hand."""

    def __init__(self, home: Path, server: Callable[[str], object]) -> None:
        paths = find_paths(home)
        self.file = paths.config_file
        self.file.parent.mkdir(parents=True, exist_ok=True)
        self.file.write_text(TEXT, "utf-8")
        self.switch = Switch()
        self.carried: list[tuple[str, str]] = []
        self.refusal: KnownError | None = None
        makers = Makers(lambda: Configuration(paths), server, lambda: self.switch, self._carry)  # type: ignore[arg-type]
        self.desk = SettingsDesk(makers, self.file)
        self.told: list[object] = []
        self.desk.told.connect(self.told.append)

    def _carry(self, former: str, name: str) -> None:
        if self.refusal is not None:
            raise self.refusal
        self.carried.append((former, name))

    def of(self, kind: type) -> list[object]:
        return [each for each in self.told if isinstance(each, kind)]


Make = Callable[..., Bench]


@pytest.fixture
def make(qtbot: QtBot, tmp_path: Path) -> Iterator[Make]:
    del qtbot
    with ExitStack() as stack:

        def make_bench(server: Callable[[str], object] = lambda _name: None) -> Bench:
            bench = Bench(tmp_path, server)
            stack.callback(lambda: bench.desk.wait(30.0))
            stack.callback(bench.desk.ask_to_stop)
            return bench

        yield make_bench


def opened(qtbot: QtBot, bench: Bench) -> OpenedTold:
    bench.desk.open()
    qtbot.waitUntil(lambda: bool(bench.of(OpenedTold)))
    told = bench.of(OpenedTold)[-1]
    assert isinstance(told, OpenedTold)
    return told


def test_a_file_that_has_changed_is_read_only_where_somebody_has_asked_for_it(qtbot: QtBot, make: Make) -> None:
    bench = make()
    bench.desk.look_again()
    assert bench.desk.wait(30.0)
    told = opened(qtbot, bench)
    assert told.opened is not None
    assert told.opened.text == TEXT
    assert len(bench.of(OpenedTold)) == 1
    bench.desk.look_again()
    qtbot.waitUntil(lambda: len(bench.of(OpenedTold)) == 2)


def test_only_the_newest_of_many_checks_is_answered(qtbot: QtBot, make: Make) -> None:
    bench = make()
    numbers = [bench.desk.check(f"a = {number}\n") for number in range(30)]
    qtbot.waitUntil(lambda: any(getattr(told, "number", 0) == numbers[-1] for told in bench.told))
    assert bench.desk.wait(30.0)
    answered = [told.number for told in bench.told if isinstance(told, CheckedTold)]
    assert answered[-1] == numbers[-1]
    assert len(answered) < len(numbers)


def test_credentials_are_carried_over_after_saving_alone(qtbot: QtBot, make: Make) -> None:
    bench = make()
    told = opened(qtbot, bench)
    assert told.opened is not None
    renewed: list[str] = []
    bench.desk.renewed.connect(renewed.append)
    bench.desk.save(told.opened, "damaged = ", renamed=[("dev", "lab")])
    qtbot.waitUntil(lambda: len(bench.of(SavedTold)) == 1)
    assert bench.carried == []
    bench.desk.save(told.opened, TEXT.replace("dev", "lab"), renamed=[("dev", "lab")])
    qtbot.waitUntil(lambda: len(bench.of(SavedTold)) == 2)
    assert bench.carried == [("dev", "lab")]
    assert renewed == ["lab"]
    failed, saved = bench.of(SavedTold)
    assert isinstance(failed, SavedTold)
    assert failed.trouble is not None
    assert isinstance(saved, SavedTold)
    assert saved.trouble is None
    bench.refusal = StoreError("The keyring is locked.", "Unlock it.")
    assert saved.opened is not None
    bench.desk.save(saved.opened, TEXT, renamed=[("lab", "dev")])
    qtbot.waitUntil(lambda: len(bench.of(CarriedTold)) == 2)
    assert renewed == ["lab"]


def test_the_real_state_is_told_after_a_refusal(qtbot: QtBot, make: Make) -> None:
    bench = make()
    bench.switch.refuses = True
    bench.desk.set_autostart(on=True)
    qtbot.waitUntil(lambda: bool(bench.of(AutostartTold)))
    told = bench.of(AutostartTold)[0]
    assert isinstance(told, AutostartTold)
    assert told.trouble is not None
    assert told.state is not None
    assert told.state.on is False


def test_a_fault_of_our_own_is_logged_and_told(qtbot: QtBot, make: Make, logged_errors: LogWatch) -> None:
    logged_errors.expect("could not be worked on")

    def fail(_name: str) -> object:
        raise RuntimeError("a fault")

    bench = make(fail)
    bench.desk.read_server("dev")
    qtbot.waitUntil(lambda: bool(bench.of(ServerTold)))
    told = bench.of(ServerTold)[0]
    assert isinstance(told, ServerTold)
    assert told.trouble is not None
    assert "log" in told.trouble.advice


def test_what_asks_a_server_is_given_up_at_the_end(qtbot: QtBot, make: Make) -> None:
    asked, given_up = threading.Event(), threading.Event()

    class Slow:
        def read(self) -> None:
            asked.set()
            assert given_up.wait(30.0)
            raise KnownError("given up", "")

        def abort(self) -> None:
            given_up.set()

        def close(self) -> None:
            pass

    bench = make(lambda _name: Slow())
    bench.desk.read_server("dev")
    assert asked.wait(30.0)
    bench.desk.ask_to_stop()
    assert bench.desk.wait(30.0)
    qtbot.wait(20)
    assert bench.of(ServerTold) == []
