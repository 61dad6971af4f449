"""What AVDesk has kept and somebody wants to see: the audit list, and what its servers are known to have.

Nothing is asked of anybody here; but a disk may be slow, so none of this is for the GUI thread.
"""

import contextlib
import os
from pathlib import Path

from avdesk.config.paths import Paths
from avdesk.config.settings import Settings
from avdesk.core.actions import ActionRecord
from avdesk.core.endpoints import Endpoints
from avdesk.core.errors import StoreError
from avdesk.i18n import _
from avdesk.services.audit import MOST, Audit, as_csv, as_json_lines
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
        text = as_csv(records) if file.suffix.lower() == ".csv" else as_json_lines(records)
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
        return len(records)
