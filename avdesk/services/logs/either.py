"""A log that can be had in two ways: at Cloud Logging, and where that is not allowed, from the server itself."""

from avdesk.core.errors import NotAllowedError
from avdesk.services.logs.book import Book
from avdesk.services.logs.source import LogSource, SourceView


class EitherSource:
    """Asks the first source; the second one where the first is not allowed to tell anything. Both fill one book."""

    def __init__(self, first: LogSource, second: LogSource) -> None:
        self._first = first
        self._second = second
        self._chosen = first

    @property
    def book(self) -> Book:
        """Where the lines are."""
        return self._first.book

    @property
    def view(self) -> SourceView:
        """How the source that answers stands; the first one, where neither does: it says what to do."""
        return self._chosen.view

    def step(self) -> float:
        """Do what is due, as `LogSource` has it."""
        if self._chosen is self._second:
            return self._second.step()
        waits = self._first.step()
        view = self._first.view
        if view.heard_at is None and isinstance(view.trouble, NotAllowedError):
            waits = min(waits, self._second.step())
            if self._second.view.heard_at is not None:
                self._chosen = self._second
        return waits

    def older(self) -> int:
        """Fetch older lines."""
        return self._chosen.older()

    def hurry(self) -> None:
        """Look soon; what was not allowed may be now."""
        self._first.hurry()
        self._second.hurry()

    def finish(self) -> None:
        """Look no more."""
        self._first.finish()
        self._second.finish()

    def abort(self) -> None:
        """Give up what is under way."""
        self._first.abort()
        self._second.abort()

    def close(self) -> None:
        """Give up and let go."""
        self._first.close()
        self._second.close()
