"""Which entries of Cloud Logging are wanted, as its query language has it: built from checked parts, each quoted."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import quote

from avdesk.core.errors import UsageError
from avdesk.core.text import one_line
from avdesk.core.wire import nanos_of_time, rfc3339_nanos
from avdesk.i18n import _

SERVICE = "av-app"
"""The name of AutoVideo's service on Cloud Run, and of its job there where it runs in batch mode."""

LONGEST_FILTER = 20_000
"""Characters that Cloud Logging takes."""

_NAME = re.compile(r"[a-z](?:[a-z0-9\-]{0,61}[a-z0-9])?")
_NUMBER = re.compile(r"[0-9]{1,24}")
_LOOKED_BEHIND = "1970-01-01T00:00:00Z"


@dataclass(frozen=True, slots=True)
class AppLog:
    """What the AutoVideo app says as a service on Cloud Run; the list of its requests is left out."""

    service: str = SERVICE

    def condition(self) -> str:
        """Return it as a condition."""
        return (
            f'resource.type="cloud_run_revision" AND resource.labels.service_name={_named(self.service)}'
            ' AND NOT log_id("run.googleapis.com/requests")'
        )


@dataclass(frozen=True, slots=True)
class BatchLog:
    """What it says as a job on Cloud Run, where it runs in batch mode.

    Attributes:
        execution: only this execution's, ``av-app-x7k2p``; empty for all.
        job: the job's name on Cloud Run.
    """

    execution: str = ""
    job: str = SERVICE

    def condition(self) -> str:
        """Return it as a condition."""
        condition = f'resource.type="cloud_run_job" AND resource.labels.job_name={_named(self.job)}'
        if self.execution:
            condition += f' AND labels."run.googleapis.com/execution_name"={_named(self.execution)}'
        return condition


@dataclass(frozen=True, slots=True)
class JobLog:
    """What one render job says.

    Attributes:
        number: of its CustomJob.
    """

    number: str

    def condition(self) -> str:
        """Return it as a condition.

        Raises:
            UsageError: the number is none.
        """
        if not _NUMBER.fullmatch(self.number):
            raise UsageError(
                _("“{number}” is no job.").format(number=one_line(self.number, 60)),
                _("Name it like video-job-ab12cd34, or by its number at Vertex AI."),
            )
        return f'resource.type="ml_job" AND resource.labels.job_id="{self.number}"'


@dataclass(frozen=True, slots=True)
class JobLogs:
    """What all jobs at Vertex AI say."""

    def condition(self) -> str:
        """Return it as a condition."""
        return 'resource.type="ml_job"'


Part = AppLog | BatchLog | JobLog | JobLogs


@dataclass(frozen=True, slots=True)
class Bounds:
    """Which times are wanted, in Unix nanoseconds; None for no bound.

    Attributes:
        since: this moment or later.
        until: this moment or earlier.
        fresh: written since then …
        received: … or received since then; both are needed for either to count.
    """

    since: int | None = None
    until: int | None = None
    fresh: int | None = None
    received: int | None = None


NO_BOUNDS = Bounds()


def filter_of(parts: Sequence[Part], bounds: Bounds = NO_BOUNDS) -> str:
    """Return the filter for the entries of any of the parts within the bounds.

    It always says something about ``timestamp``: gcloud adds a bound of a day where it doesn't.

    Raises:
        UsageError: there is no part, one of them holds no name, or there are too many.
    """
    if not parts:
        raise UsageError(_("No log was named."), _("Name a source: the app, jobs, or one job."))
    conditions = [part.condition() for part in dict.fromkeys(parts)]
    wanted = conditions[0] if len(conditions) == 1 else "(" + " OR ".join(f"({each})" for each in conditions) + ")"
    terms = [wanted, f'timestamp>="{_moment(bounds.since)}"']
    if bounds.until is not None:
        terms.append(f'timestamp<="{_moment(bounds.until)}"')
    if bounds.fresh is not None and bounds.received is not None:
        terms.append(f'(timestamp>="{_moment(bounds.fresh)}" OR receiveTimestamp>="{_moment(bounds.received)}")')
    text = " AND ".join(terms)
    if len(text) > LONGEST_FILTER:
        raise UsageError(_("These are too many logs at once."), _("Name fewer of them."))
    return text


def console_url(parts: Sequence[Part], project: str, *, since: datetime | None = None) -> str:
    """Return the page of the cloud console that shows the same entries."""
    start = nanos_of_time(since)
    query = filter_of(parts) if start is None else filter_of(parts, Bounds(since=start))
    query = query.replace(f' AND timestamp>="{_LOOKED_BEHIND}"', "")
    address = f"https://console.cloud.google.com/logs/query;query={quote(query, safe='')}"
    return f"{address}?project={quote(project, safe='')}"


def _moment(nanos: int | None) -> str:
    return _LOOKED_BEHIND if nanos is None or nanos <= 0 else rfc3339_nanos(nanos)


def _named(name: str) -> str:
    if not _NAME.fullmatch(name):
        raise UsageError(
            _("“{name}” is no name on Cloud Run.").format(name=one_line(name, 60)),
            _("Names there are small letters, digits and hyphens."),
        )
    return f'"{name}"'
