"""Errands that are run where they are begun: for worlds whose clock is made up, where nothing happens by itself."""

from collections.abc import Callable
from typing import TypeVar

from avdesk.core.errors import AvdeskError
from avdesk.services.errands import Errands

T = TypeVar("T")


class PromptErrands(Errands[T]):
    """Has the outcome ready when an errand has begun."""

    def __init__(self) -> None:
        """Start with nothing run."""
        super().__init__("prompt", 1)
        self._ran: list[tuple[str, T | AvdeskError]] = []

    def begin(self, name: str, work: Callable[[], T]) -> bool:
        """Run an errand now."""
        try:
            self._ran.append((name, work()))
        except AvdeskError as error:
            self._ran.append((name, error))
        return True

    def finished(self) -> list[tuple[str, T | AvdeskError]]:
        """Return what has been run since the last time."""
        ran, self._ran = self._ran, []
        return ran
