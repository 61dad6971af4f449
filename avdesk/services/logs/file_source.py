"""A file of this machine as a source: its book reads, indexes and follows it."""

from datetime import UTC, datetime, tzinfo
from pathlib import Path

from avdesk.services.logs.filebook import FileBook
from avdesk.services.logs.filefollow import Phase
from avdesk.services.logs.source import SourceView

LONGEST_WAIT_S = 3600.0


class FileSource:
    """Steps a `FileBook`."""

    def __init__(
        self, path: Path, *, follow: bool = True, zone: tzinfo | None = None, source: str | None = None
    ) -> None:
        """Prepare; nothing is opened. The arguments are those of `FileBook`."""
        self.book = FileBook(path, zone=zone, follow=follow, source=source)
        self._heard_at: datetime | None = None

    @property
    def view(self) -> SourceView:
        """How it stands."""
        state = self.book.state
        loading = state.phase in (Phase.OPENING, Phase.READING)
        return SourceView("file", loading=loading, heard_at=self._heard_at, trouble=state.trouble)

    def step(self) -> float:
        """Read for some milliseconds, as `LogSource` has it."""
        waits = self.book.step()
        if self.book.state.phase not in (Phase.OPENING, Phase.WAITING, Phase.BROKEN):
            self._heard_at = datetime.now(UTC)
        return min(waits, LONGEST_WAIT_S)

    def older(self) -> int:
        """Return 0: a file is read as a whole."""
        return 0

    def hurry(self) -> None:
        """Do nothing: a file costs no allowance."""

    def finish(self) -> None:
        """Do nothing: whoever does not step it any more does not follow it."""

    def abort(self) -> None:
        """Do nothing: every step is short."""

    def close(self) -> None:
        """Let go of nothing: the book holds the file, and closes it."""
