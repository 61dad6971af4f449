"""What is known of each environment now, and which of them is looked at."""

from collections.abc import Collection, Sequence
from datetime import UTC, datetime

from PySide6.QtCore import QObject, Signal

from avdesk.bridge.told import Told
from avdesk.core.snapshot import Snapshot


class Latest(QObject):
    """The latest snapshots. Lives in the GUI thread; the pollers' news arrive here first.

    Signals:
        changed: a new snapshot, of any environment.
        current_changed: the current environment's snapshot, after it changed or another environment was chosen.
        happened: a tuple of events, of any environment.
        crashed: an environment's name and what AVDesk itself did wrong there.
        chosen: the name of the environment that is looked at now.
    """

    changed = Signal(object)
    current_changed = Signal(object)
    happened = Signal(object)
    crashed = Signal(str, str)
    chosen = Signal(str)

    def __init__(self, environments: Sequence[str], current: str) -> None:
        """Begin with nothing known of `environments`; `current` is looked at."""
        super().__init__()
        self._snapshots = {name: Snapshot(name, datetime.now(UTC)) for name in environments}
        self._known: set[str] = set()
        self._current = current

    @property
    def current(self) -> str:
        """The name of the environment that is looked at."""
        return self._current

    @property
    def environments(self) -> tuple[str, ...]:
        """All names, in the configuration's order."""
        return tuple(self._snapshots)

    def snapshot(self, environment: str | None = None) -> Snapshot:
        """Return the latest of an environment (None: of the current one). Raises KeyError for an unknown name."""
        return self._snapshots[self._current if environment is None else environment]

    def is_known(self, environment: str) -> bool:
        """Whether the environment's poller has told anything yet."""
        return environment in self._known

    def take(self, told: Told) -> None:
        """Take in what a poller tells."""
        if told.environment not in self._snapshots:
            return
        self._snapshots[told.environment] = told.snapshot
        self._known.add(told.environment)
        if told.crash:
            self.crashed.emit(told.environment, told.crash)
        self.changed.emit(told.snapshot)
        if told.environment == self._current:
            self.current_changed.emit(told.snapshot)
        if told.events:
            self.happened.emit(told.events)

    def set_environments(self, environments: Sequence[str], current: str, gone: Collection[str] = ()) -> None:
        """Know of these environments from now on, and look at `current`; what was known of the `gone` is dropped."""
        kept = {name: known for name, known in self._snapshots.items() if name not in gone}
        self._snapshots = {name: kept.get(name) or Snapshot(name, datetime.now(UTC)) for name in environments}
        self._known.intersection_update(kept, environments)
        if current == self._current:
            if current in gone:
                self.current_changed.emit(self.snapshot())
            return
        self._current = current
        self.chosen.emit(current)
        self.current_changed.emit(self.snapshot())

    def choose(self, environment: str) -> None:
        """Look at another environment; an unknown one changes nothing."""
        if environment not in self._snapshots or environment == self._current:
            return
        self._current = environment
        self.chosen.emit(environment)
        self.current_changed.emit(self.snapshot())
