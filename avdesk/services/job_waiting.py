"""Waiting for the end of a job, through a moment's failures."""

import logging
from collections.abc import Callable

from avdesk.clients.vertex import VertexClient
from avdesk.core.errors import AbortedError, KnownError, RateLimitedError, UnreachableError
from avdesk.core.jobs import Job
from avdesk.services.clock import Clock

log = logging.getLogger(__name__)

FIRST_PAUSE_S, LONGEST_PAUSE_S, GCLOUD_PAUSE_S = 0.5, 5.0, 15.0
BLIND_FOR_S = 120.0
"""How long a job may go unseen before the waiting ends with the reason."""


def wait_for_end(
    vertex: VertexClient,
    job: Job,
    clock: Clock,
    pause: Callable[[float], None],
    *,
    timeout_s: float | None = None,
    changed: Callable[[Job], None] = lambda _job: None,
) -> Job:
    """Return the job once it has ended, or as it was seen last when `timeout_s` are over.

    `pause` waits so many seconds; `changed` is told of each new state.

    Raises:
        KnownError: it is gone, not allowed to be seen, or could not be seen for `BLIND_FOR_S`.
    """
    began = seen = clock.mono()
    wait_s = FIRST_PAUSE_S
    while not job.state.ended:
        left = float("inf") if timeout_s is None else began + timeout_s - clock.mono()
        if left <= 0:
            return job
        pause(min(left, wait_s))
        wait_s = min(GCLOUD_PAUSE_S if vertex.way == "gcloud" else LONGEST_PAUSE_S, wait_s * 1.5)
        try:
            now = vertex.get_job(job.region or "", job.number)
        except AbortedError:
            raise
        except KnownError as error:
            passing = isinstance(error, UnreachableError | RateLimitedError)
            if not passing or clock.mono() - seen > BLIND_FOR_S:
                raise
            log.info("%s: not seen: %s", job.id, error)
            continue
        seen = clock.mono()
        if now.state is not job.state:
            changed(now)
        job = now
    return job
