"""Opening logs for the window, in the threads that read them: what opens them is heavy to import."""

import math
from collections.abc import Sequence
from functools import partial
from typing import TYPE_CHECKING

from avdesk.app.in_force import InForce
from avdesk.app.monitors import IMPORTING
from avdesk.bridge.logs import LogOpener, LogWish
from avdesk.config.paths import Paths
from avdesk.core.logchoice import LogChoice, LogKind
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.bridge.open_log import OpenedLike
    from avdesk.services.logs.book import Book
    from avdesk.services.logs.mergedbook import MergedBook
    from avdesk.services.logs.source import LogSource

Part = tuple[tuple[LogChoice, ...], "LogSource"]


class Opened:
    """One book, and the sources that fill it."""

    def __init__(self, parts: Sequence[Part], merged: "MergedBook | None") -> None:
        """Hold them until `close`; `merged` has the lines of several."""
        self.book: Book = parts[0][1].book if merged is None else merged
        self._merged = merged
        self.parts = tuple(parts)

    def step(self) -> float:
        """Put new lines of several books in their order; return the seconds until that is due again."""
        return math.inf if self._merged is None else self._merged.step()

    def abort(self) -> None:
        """Make what is under way fail soon; from any thread."""
        for _choices, source in self.parts:
            source.abort()

    def close(self) -> None:
        """Close the sources; in the thread that opened them."""
        for _choices, source in self.parts:
            source.close()
            source.book.close()


def log_opener(in_force: InForce, paths: Paths, google_token: str | None) -> LogOpener:
    """Return what opens logs; call it off the GUI thread."""
    return partial(_open, in_force, paths, google_token)


def grouped(choices: Sequence[LogChoice]) -> tuple[tuple[LogChoice, ...], ...]:
    """Return which logs are read together: those of the environment at once, each of this machine by itself."""
    local = (LogKind.FILE, LogKind.OWN)
    together = tuple(choice for choice in choices if choice.kind not in local)
    alone = tuple((choice,) for choice in choices if choice.kind in local)
    return (together, *alone) if together else alone


def _open(in_force: InForce, paths: Paths, google_token: str | None, wish: LogWish) -> "OpenedLike":
    with IMPORTING:
        from avdesk.services.logs.mergedbook import MergedBook
        from avdesk.services.logs.opening import open_source
        from avdesk.services.runtime import Runtime
    settings = in_force.with_environment(wish.environment) if wish.environment else in_force.settings
    runtime = Runtime(settings, paths, google_token=google_token)
    parts: list[Part] = []
    try:
        for choices in grouped(wish.choices):
            source = open_source(runtime, wish.environment, *choices)
            parts.append((choices, source))
    except BaseException:
        for _choices, source in parts:
            source.close()
            source.book.close()
        raise
    books = [source.book for _choices, source in parts]
    return Opened(parts, MergedBook(books, name=_("Several logs")) if len(books) > 1 else None)
