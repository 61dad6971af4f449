"""The same query in the cloud console. Pure."""

from collections.abc import Sequence
from datetime import UTC, datetime
from urllib.parse import quote

from avdesk.config.settings import Environment
from avdesk.core.jobs import Job
from avdesk.core.logchoice import LogChoice, LogKind
from avdesk.core.logline import Severity
from avdesk.core.logquery import AppLog, BatchLog, JobLog, JobLogs, Part, filter_of
from avdesk.core.logsearch import Wanted
from avdesk.ui.logs.filter_chips import Narrowing

CONSOLE = "https://console.cloud.google.com"
_LONGEST_TEXT = 200


def console_url(
    environment: Environment | None,
    choices: Sequence[LogChoice],
    jobs: Sequence[Job],
    narrowing: Narrowing,
    wanted: Wanted | None,
) -> str:
    """Return the page of the cloud console that shows what is shown here; empty where there is none.

    A text is looked for there as well; a regular expression, which is another dialect there, as one, too.
    """
    if environment is None or not environment.project or environment.google_endpoint:
        return ""
    numbers = {job.id: job.number for job in jobs}
    parts: list[Part] = []
    for choice in choices:
        part = _part(choice, environment, numbers)
        if part is None:
            return ""
        parts.append(part)
    if not parts:
        return ""
    terms = [filter_of(parts).split(' AND timestamp>="')[0]]
    terms += _terms(narrowing, wanted)
    query = "\n".join(terms)
    return f"{CONSOLE}/logs/query;query={quote(query, safe='')}?project={quote(environment.project, safe='')}"


def _part(choice: LogChoice, environment: Environment, numbers: dict[str, str]) -> Part | None:
    if choice.kind is LogKind.JOB:
        number = numbers.get(choice.name, choice.name)
        return JobLog(number) if number.isdecimal() else None
    if choice.kind is LogKind.JOBS:
        return JobLogs()
    if choice.kind is LogKind.BATCH or (choice.kind is LogKind.APP and not environment.url):
        return BatchLog(choice.name)
    return AppLog() if choice.kind is LogKind.APP else None


def _terms(narrowing: Narrowing, wanted: Wanted | None) -> list[str]:
    terms = []
    severities = narrowing.selection().severities
    if severities:
        names = [severity.name for severity in Severity if severity in severities]
        terms.append("severity=(" + " OR ".join(names) + ")")
    if narrowing.since is not None:
        terms.append(f'timestamp>="{_moment(narrowing.since)}"')
    if narrowing.until is not None:
        terms.append(f'timestamp<"{_moment(narrowing.until)}"')
    if wanted is not None and len(wanted.text) <= _LONGEST_TEXT:
        text = wanted.text.replace("\\", "\\\\").replace('"', '\\"')
        terms.append(f'SEARCH("`{text}`")' if not wanted.regex and "`" not in text else f'textPayload=~"{text}"')
    return terms


def _moment(moment: datetime) -> str:
    return moment.astimezone(UTC).isoformat(timespec="microseconds").replace("+00:00", "Z")
