"""What every page is."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtWidgets import QWidget

from avdesk.bridge.job_archive import OlderTold
from avdesk.bridge.logs import LogReader
from avdesk.bridge.remembered import ExportTold, HistoryTold
from avdesk.config.settings import Environment
from avdesk.core.actions import ActionRecord
from avdesk.core.jobs import Job
from avdesk.core.snapshot import Snapshot, Trouble
from avdesk.ui.geometry import Store
from avdesk.ui.wishes import Wishes


class Page(QWidget):
    """One page of the window. It shows one environment's snapshot at a time."""

    def show_snapshot(self, snapshot: Snapshot, now: datetime) -> None:
        """Show a new snapshot, also one of another environment."""
        raise NotImplementedError

    def tick(self, now: datetime) -> None:
        """Let what depends on the time of day go on; called about once a second while the page is seen."""
        raise NotImplementedError

    def restore(self, store: Store) -> None:
        """Take up what was kept in `store`, and keep there what is to be found again; nothing by default."""

    def show_environment(self, environment: Environment | None) -> None:
        """Show another environment from now on, before its snapshot comes; nothing by default."""

    def forget(self, environment: str) -> None:
        """Drop what is kept of an environment that is gone, or is another installation now; nothing by default."""

    def use_reader(self, reader: LogReader) -> None:
        """Read logs by `reader`; nothing by default."""

    def show_history(self, told: HistoryTold | ExportTold) -> None:
        """Show past runs as they were read, or how their export came out; nothing by default."""

    def show_action(self, record: ActionRecord) -> None:
        """Take note of how far an action has come, of whichever environment; nothing by default."""

    def show_older_jobs(self, told: OlderTold) -> None:
        """Show older jobs that came in, and how far their loading has come; nothing by default."""

    def show_specification(self, job: Job, raw: Mapping[str, object] | None, trouble: Trouble | None) -> None:
        """Show the whole CustomJob that was asked for, or why it could not be had; nothing by default."""


@dataclass(frozen=True, slots=True)
class Tally:
    """What stands beside a page's name in the navigation.

    Attributes:
        count: how much is active there, or needs a look; 0: nothing is shown.
        words: what the count says, in words.
    """

    count: int = 0
    words: str = ""


def no_tally(snapshot: Snapshot) -> Tally:
    """Return what stands beside the name of a page that counts nothing."""
    del snapshot
    return Tally()


@dataclass(frozen=True, slots=True)
class PageKind:
    """How a page is registered.

    Attributes:
        name: what the program calls it.
        title: its name in the navigation, translated when it is called.
        make: makes the page, when it is first shown.
        tally: what stands beside the name, without the page.
    """

    name: str
    title: Callable[[], str]
    make: Callable[[Wishes], Page]
    tally: Callable[[Snapshot], Tally] = no_tally
