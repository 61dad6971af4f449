"""What the jobs are called whose numbers log entries bear."""

import logging
from collections.abc import Callable, Iterable, Mapping

from avdesk.core.errors import AbortedError, KnownError
from avdesk.core.jobs import JOB_ID
from avdesk.core.logentry import LogEntry
from avdesk.services.clock import Clock

log = logging.getLogger(__name__)

ASKED_EVERY_S = 30.0
"""How often Vertex AI is asked for the same names: an unknown number may be of a job that nobody lists.

One that was not asked for yet is asked for at once: lines that came under a number would be a source of their own.
"""


class JobNames:
    """Names jobs by their numbers; asks for the names that it does not know. Belongs to one thread."""

    def __init__(
        self,
        clock: Clock,
        known: Mapping[str, str] | None = None,
        ask: Callable[[], Mapping[str, str]] | None = None,
    ) -> None:
        """Take what is known, number → `video-job-…`; `ask` returns the names of all recent jobs, and may fail."""
        self._clock = clock
        self._known = dict(known or {})
        self._ask = ask
        self._asked_at: float | None = None
        self._asked_for: set[str] = set()

    def know(self, number: str, job: str) -> None:
        """Take a name."""
        self._known[number] = job

    def learn(self, entries: Iterable[LogEntry]) -> None:
        """Find the names of the entries' jobs, as far as they can be had."""
        numbers = {entry.resource_labels.get("job_id", "") for entry in entries if entry.resource == "ml_job"}
        unknown = numbers - self._known.keys()
        if self._ask is None or not unknown:
            return
        now = self._clock.mono()
        asked_lately = self._asked_at is not None and now - self._asked_at < ASKED_EVERY_S
        if asked_lately and unknown <= self._asked_for:
            return
        self._asked_at = now
        self._asked_for |= unknown
        try:
            self._known |= self._ask()
        except AbortedError:
            raise
        except KnownError as error:
            log.info("the jobs' names are not told: %s", error)

    def name(self, number: str) -> str:
        """Return what a job is called: its `video-job-…`, else its number."""
        return self._known.get(number, number)

    def video_job(self, number: str) -> str | None:
        """Return the `video-job-…` of a number; None where it is not known, or another pipeline's job."""
        name = self._known.get(number)
        return name if name is not None and JOB_ID.fullmatch(name) else None
