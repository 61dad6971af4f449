"""Which log is meant, and which of its lines: the options that `logs tail` and `logs search` share."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.shell_completion import CompletionItem

from avdesk.cli.session import Session
from avdesk.core.errors import UsageError
from avdesk.core.jobs import JOB_ID
from avdesk.core.logchoice import LogChoice, LogKind
from avdesk.core.logline import Severity
from avdesk.core.text import one_line
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.core.logsearch import Selection
    from avdesk.services.logs.source import LogSource

SOURCES = (LogKind.APP.value, LogKind.JOBS.value, LogKind.OWN.value)
SEVERITIES = tuple(each.name.lower() for each in Severity if each is not Severity.DEFAULT)

_SPAN = re.compile(r"(\d{1,6}(?:\.\d{1,3})?)\s*(s|m|h|d|w)")
_SECONDS = {"s": 1, "m": 60, "h": 3600, "d": 86_400, "w": 604_800}


@dataclass(frozen=True, slots=True)
class Meant:
    """What the options say.

    Attributes:
        choices: the logs.
        job: only lines about this one; empty for all.
        least: only lines of this severity or a higher one.
    """

    choices: tuple[LogChoice, ...]
    job: str
    least: Severity

    @property
    def of_a_file(self) -> bool:
        """Whether it is a file of this machine, and no environment is needed."""
        return self.choices[0].kind in (LogKind.FILE, LogKind.OWN)

    @property
    def ends(self) -> bool:
        """Whether it comes to an end by itself, as a job does."""
        return all(choice.kind is LogKind.JOB for choice in self.choices)

    def selection(self, since: datetime | None = None) -> "Selection":
        """Return which lines are wanted."""
        from avdesk.core.logsearch import Selection

        jobs = frozenset({self.job}) if self.job else frozenset[str]()
        return Selection(least=self.least, jobs=jobs, since=since)

    def nothing_yet(self, session: Session) -> bool:
        """Whether it is AVDesk's own log, and that does not exist: nothing was amiss so far."""
        return self.choices[0].kind is LogKind.OWN and not session.paths.log_file.exists()

    def open(
        self, session: Session, *, newest: int, since: datetime | None = None, follow: bool = False
    ) -> "LogSource":
        """Return the source, opened.

        Raises:
            KnownError: the environment cannot be used, or does not say where its log is.
        """
        name = "" if self.of_a_file else session.environment().name
        from avdesk.services.logs.opening import open_source

        return open_source(session.runtime(), name, *self.choices, newest=newest, since=since, follow=follow)


def what_is_meant(source: str | None, job: str | None, severity: str | None) -> Meant:
    """Return what the options say.

    Raises:
        UsageError: they contradict each other.
    """
    least = Severity[severity.upper()] if severity else Severity.DEFAULT
    if job is not None and source in (None, LogKind.JOBS.value):
        return Meant((LogChoice(LogKind.JOB, job),), "", least)
    if job is not None and not JOB_ID.fullmatch(job):
        raise UsageError(
            _("“{job}” is no whole id of a job.").format(job=one_line(job, 60)),
            _("Beside --source a job is named like video-job-ab12cd34."),
        )
    if source is None:
        return Meant((LogChoice(LogKind.APP), LogChoice(LogKind.JOBS)), "", least)
    if source in SOURCES:
        return Meant((LogChoice(LogKind(source)),), job or "", least)
    return Meant((LogChoice(LogKind.FILE, str(Path(source).expanduser())),), job or "", least)


def moment(text: str, now: datetime | None = None) -> datetime:
    """Return the moment (UTC) that ``2h``, ``30m``, ``1d`` ago or a date and time means.

    Raises:
        UsageError: it is none.
    """
    words = text.strip().lower()
    span = _SPAN.fullmatch(words)
    current = now or datetime.now(UTC)
    try:
        if span is not None:
            return current - timedelta(seconds=float(span.group(1)) * _SECONDS[span.group(2)])
        return datetime.fromisoformat(text.strip()).astimezone(UTC)
    except (ValueError, OverflowError, OSError):
        raise UsageError(
            _("“{text}” is no time.").format(text=one_line(text, 60)),
            _("Write how long ago, as 30m, 2h or 1d, or a date and time as 2026-11-23T10:00."),
        ) from None


def options() -> Sequence[click.Parameter]:
    """Return the options."""
    return [
        click.Option(
            ["--source"],
            metavar=_("app|jobs|avdesk|FILE"),
            shell_complete=_complete_source,
            help=_("Which log: the app's, all render jobs', AVDesk's own, or a file. Without it: app and jobs."),
        ),
        click.Option(["--job"], metavar=_("ID"), help=_("Only what this render job said.")),
        click.Option(
            ["--severity"],
            type=click.Choice(SEVERITIES, case_sensitive=False),
            metavar=_("SEVERITY"),
            help=_("Only entries of this severity or a higher one: {names}.").format(names=", ".join(SEVERITIES)),
        ),
        click.Option(["--json", "as_json"], is_flag=True, help=_("Print one JSON object a line.")),
    ]


def _complete_source(_context: click.Context, _option: click.Parameter, incomplete: str) -> list[CompletionItem]:
    named = [CompletionItem(name) for name in SOURCES if name.startswith(incomplete)]
    return [*named, CompletionItem(incomplete, type="file")]
