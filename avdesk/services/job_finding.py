"""Which job somebody means: by id, by its unambiguous beginning, by number, or by its full resource name."""

import re
from collections.abc import Sequence

from avdesk.clients.vertex import VertexClient, newest_first
from avdesk.core.customjob import RESOURCE_NAME
from avdesk.core.errors import NotFoundError, UsageError
from avdesk.core.jobs import DISPLAY_NAME_PREFIX, JOB_ID, Job
from avdesk.core.text import one_line
from avdesk.i18n import _

_NUMBER = re.compile(r"[0-9]{1,24}")
_STEM = "video-job-"
_BEGINNING = re.compile(r"video-job-[0-9a-f]{0,8}")
SHOWN = 5


def find_job(vertex: VertexClient, project: str, regions: Sequence[str], text: str) -> Job:
    """Return the job that `text` means, as it is now.

    A full resource name wins over `regions`. An id that several jobs have, as when AutoVideo tried one region after
    the other, means the newest.

    Raises:
        NotFoundError: there is no such job.
        UsageError: several jobs begin so, or the name is of another project.
        KnownError: a region could not be asked in which it might be.
    """
    words = text.strip().removeprefix(DISPLAY_NAME_PREFIX)
    named = RESOURCE_NAME.fullmatch(words)
    if named is not None:
        if not named.group(1).isdigit() and named.group(1) != project:
            raise UsageError(
                _("That job is in the project {project}.").format(project=one_line(named.group(1), 64)),
                _("Choose the environment of that project with --env."),
            )
        return vertex.get_job(named.group(2), named.group(3))
    if JOB_ID.fullmatch(words) or _NUMBER.fullmatch(words):
        found = vertex.find_job(words, regions)
        if found is None:
            raise unknown_job(text)
        return found
    if _BEGINNING.fullmatch(words) or (words and _STEM.startswith(words)):
        return _by_beginning(vertex, regions, words)
    raise unknown_job(text)


def unknown_job(text: str) -> NotFoundError:
    """Return the error for a job that there is not."""
    return NotFoundError(
        _("There is no job {job}.").format(job=one_line(text, 200)),
        _("See “avdesk jobs list”; a job is named by its id, the beginning of it, its number or its resource name."),
        status=404,
    )


def _by_beginning(vertex: VertexClient, regions: Sequence[str], words: str) -> Job:
    listing = vertex.jobs_named(DISPLAY_NAME_PREFIX + words, regions)
    jobs = [job for job in listing.jobs if job.id.startswith(words)]
    ids = sorted({job.id for job in jobs})
    if len(ids) > 1:
        shown = ", ".join(ids[:SHOWN]) + (", …" if len(ids) > SHOWN else "")
        raise UsageError(
            _("Several jobs begin with {words}: {jobs}").format(words=one_line(words, 40), jobs=shown),
            _("Write more of the id."),
        )
    for failure in listing.failures.values():
        raise failure  # another job there may begin so as well
    if not jobs:
        raise unknown_job(words)
    newest = newest_first(jobs)[0]
    return vertex.get_job(newest.region or regions[0], newest.number)
