"""What the tests of the window share."""

from collections.abc import Callable, Iterator
from functools import partial

import pytest
from pytestqt.qtbot import QtBot
from pytestqt.wait_signal import MultiSignalBlocker, SignalBlocker

from avdesk import i18n
from avdesk.ui.main_window import MainWindow
from avdesk.ui.theme import apply_theme
from avdesk.ui.wishes import Wishes
from tests.harness.snapshots import ENVIRONMENTS, NOW


class MemoryStore:
    """Remembers the window's place for as long as the test lasts."""

    def __init__(self) -> None:
        self.kept: dict[str, object] = {}

    def value(self, key: str, /) -> object:
        """Return what was kept."""
        return self.kept.get(key)

    def setValue(self, key: str, value: object, /) -> None:
        """Keep a value."""
        self.kept[key] = value


PATIENCE_MS = 60_000
MakeWindow = Callable[..., MainWindow]


@pytest.fixture(autouse=True, scope="session")
def blockers_outlive_late_signals() -> Iterator[None]:
    """Keep what waits for signals until the end.

    A worker may signal once more than a test waits for. PySide then calls a bound method of an object that is no
    QObject, and of which nobody has taken care since, which ends the process now and then.
    """
    kept: list[object] = []

    def keeping(begin: Callable[..., None]) -> Callable[..., None]:
        def begin_and_keep(self: object, *arguments: object, **more: object) -> None:
            kept.append(self)
            begin(self, *arguments, **more)

        return begin_and_keep

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(SignalBlocker, "__init__", keeping(SignalBlocker.__init__))
        patch.setattr(MultiSignalBlocker, "__init__", keeping(MultiSignalBlocker.__init__))
        yield


@pytest.fixture
def qtbot(qtbot: QtBot) -> QtBot:
    """Return a bot with the patience that a loaded machine asks for: its own five seconds are no finding."""
    for name in ("waitUntil", "waitSignal", "waitSignals", "waitActive", "waitExposed", "waitCallback"):
        setattr(qtbot, name, partial(getattr(qtbot, name), timeout=PATIENCE_MS))
    return qtbot


@pytest.fixture
def wishes(qtbot: QtBot) -> Wishes:
    """Return wishes that nobody fulfils."""
    del qtbot
    return Wishes()


@pytest.fixture
def store() -> MemoryStore:
    """Return an empty store."""
    return MemoryStore()


@pytest.fixture
def make_window(qtbot: QtBot, wishes: Wishes, store: MemoryStore) -> Iterator[MakeWindow]:
    """Return a maker of windows that are shown in the size given."""

    def make(environment: str = "prod", size: tuple[int, int] = (1080, 720)) -> MainWindow:
        window = MainWindow(ENVIRONMENTS, environment, wishes, store, now=lambda: NOW)
        qtbot.addWidget(window)
        window.resize(*size)
        with qtbot.waitActive(window):
            window.show()
            window.activateWindow()
        return window

    yield make
    apply_theme("system")
    i18n.install(None)
