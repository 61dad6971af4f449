"""What every page is."""

from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime

from PySide6.QtWidgets import QWidget

from avdesk.core.snapshot import Snapshot
from avdesk.ui.wishes import Wishes


class Page(QWidget):
    """One page of the window. It shows one environment's snapshot at a time."""

    def show_snapshot(self, snapshot: Snapshot, now: datetime) -> None:
        """Show a new snapshot, also one of another environment."""
        raise NotImplementedError

    def tick(self, now: datetime) -> None:
        """Let what depends on the time of day go on; called about once a second while the page is seen."""
        raise NotImplementedError


@dataclass(frozen=True, slots=True)
class PageKind:
    """How a page is registered.

    Attributes:
        title: its name in the navigation, translated when it is called.
        make: makes the page.
    """

    title: Callable[[], str]
    make: Callable[[Wishes], Page]
