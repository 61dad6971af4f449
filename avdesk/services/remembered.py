"""What AVDesk has kept and somebody wants to see: the audit list, past runs, what its servers are known to have.

Nothing is asked of anybody here; but a disk may be slow, so none of this is for the GUI thread.
"""

import contextlib
import os
from collections.abc import Sequence
from pathlib import Path

from avdesk.config.paths import Paths
from avdesk.config.settings import Settings
from avdesk.core.actions import ActionRecord
from avdesk.core.endpoints import Endpoints
from avdesk.core.errors import StoreError
from avdesk.core.history import PastRuns
from avdesk.core.run import Run
from avdesk.i18n import _
from avdesk.services import history
from avdesk.services.audit import MOST, Audit, as_csv, as_json_lines
from avdesk.services.history import past_runs
from avdesk.services.server_calls import known_endpoints
from avdesk.store.memory import Memory


class Remembered:
    """Reads what is kept. Each call opens the file anew, so that any thread may call."""

    def __init__(self, settings: Settings, paths: Paths) -> None:
        """Prepare; nothing is opened yet."""
        self._settings = settings
        self._paths = paths

    def endpoints(self, environment: str) -> Endpoints:
        """Return what is known of the endpoints of an environment's server."""
        memory = Memory(self._paths.database)
        try:
            return known_endpoints(memory, self._settings.environments[environment])
        finally:
            memory.close()

    def audit(self, limit: int, environment: str | None = None) -> tuple[ActionRecord, ...]:
        """Return the most recent actions, of one environment or (None) of all, newest first.

        Raises:
            StoreError: the list cannot be read.
        """
        memory = Memory(self._paths.database)
        try:
            if memory.trouble is not None:
                raise memory.trouble
            return Audit(memory).records(limit, environment)
        finally:
            memory.close()

    def export(self, file: Path, environment: str | None = None) -> int:
        """Write the whole list to `file`, as CSV where its name says so, else as JSON lines; return how many.

        The file is private to the user, and there in whole or not at all.

        Raises:
            StoreError: the list cannot be read, or the file not written.
        """
        records = self.audit(MOST, environment)
        _write_private(file, as_csv(records) if file.suffix.lower() == ".csv" else as_json_lines(records))
        return len(records)

    def history(self, environment: str, limit: int) -> PastRuns:
        """Return the most recent runs of an environment that have ended, and what was learnt from them.

        Raises:
            StoreError: they cannot be read.
        """
        memory = Memory(self._paths.database)
        try:
            return past_runs(memory, environment, limit)
        finally:
            memory.close()

    def export_history(self, file: Path, environment: str, runs: Sequence[Run]) -> int:
        """Write runs to `file`, as CSV where its name says so, else as JSON; return how many.

        The file is private to the user, and there in whole or not at all.

        Raises:
            StoreError: the file cannot be written.
        """
        csv = file.suffix.lower() == ".csv"
        _write_private(file, history.as_csv(runs) if csv else history.as_json(environment, runs))
        return len(runs)


def _write_private(file: Path, text: str) -> None:
    """Write a file that is the user's alone, in whole or not at all; StoreError where that fails."""
    part = file.with_name(f".{file.name}.part")
    try:
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "w", encoding="utf-8", newline="") as stream:
            stream.write(text)
        part.replace(file)
    except OSError as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        raise StoreError(
            _("{file} cannot be written: {reason}.").format(file=file.name, reason=error.strerror or error),
            _("Choose another folder, or free some space."),
        ) from error
