"""What fills a book: a source that is stepped by one thread, and what it tells of itself."""

from dataclasses import dataclass
from datetime import datetime
from typing import Protocol

from avdesk.core.errors import AvdeskError
from avdesk.services.logs.book import Book


@dataclass(frozen=True, slots=True)
class SourceView:
    """How a source stands. Replaced as a whole, so any thread may read it.

    Attributes:
        way: how it is asked: ``rest``, ``gcloud``, ``server``, ``file``.
        loading: the lines that were asked for at first are not all there yet.
        heard_at: when it last answered (UTC, this machine's clock); None when it never did.
        trouble: why the last look failed; None when it didn't. What was read before stays in the book.
        older: there may be older lines, which `LogSource.older` fetches.
        clock_ahead_s: how far the other side's clock is ahead of this machine's, seconds, negative: behind; None when
            not known. Precise to about a second: the answers' Date is.
        missed: lines may be missing between two looks, because more were written than one answer holds.
    """

    way: str
    loading: bool = True
    heard_at: datetime | None = None
    trouble: AvdeskError | None = None
    older: bool = False
    clock_ahead_s: float | None = None
    missed: bool = False


class LogSource(Protocol):
    """Fills one book. All but `abort`, `book` and `view` belong to one thread, which also made it."""

    @property
    def book(self) -> Book:
        """Where its lines are; may be read by any thread."""

    @property
    def view(self) -> SourceView:
        """How it stands."""

    def step(self) -> float:
        """Do a bounded piece of what is due, and return the seconds until something is due again; 0: at once.

        What goes wrong is told by `view`.

        Raises:
            AbortedError: after `abort`.
        """

    def older(self) -> int:
        """Fetch older lines now, because somebody wants to see them; return how many came.

        Raises:
            KnownError: they cannot be had at the moment.
        """

    def hurry(self) -> None:
        """Look as soon as the allowance permits, whatever pause was meant: somebody waits, or the network is back."""

    def finish(self) -> None:
        """Look no more, but keep what there is: nobody follows it any longer."""

    def abort(self) -> None:
        """Make what is under way fail soon, and refuse what comes later; from any thread."""

    def close(self) -> None:
        """Abort, and let go of connections and files; the book stays readable until it is closed itself."""
