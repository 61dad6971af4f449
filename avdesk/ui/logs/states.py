"""What stands in place of a log while there is nothing to read, and what is said beside it. Pure."""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

from avdesk.bridge.open_log import SourceState
from avdesk.config.settings import Environment
from avdesk.core import wording
from avdesk.core.jobs import Job
from avdesk.core.logchoice import LogChoice, LogKind
from avdesk.core.reasons import explain
from avdesk.core.redact import redact
from avdesk.core.snapshot import Trouble
from avdesk.core.summary import Sign
from avdesk.core.text import one_line
from avdesk.i18n import _

_PERMISSION = re.compile(r"\blogging\.[a-zA-Z.]{0,60}[a-zA-Z]")
_PROJECT = re.compile(r"[a-z][a-z0-9:.\-]{1,62}")

SKEW_TOLD_S = 5.0
"""A clock that is off by less is not worth a word."""


class LogStep(StrEnum):
    """The one button of a notice."""

    NONE = ""
    CLEAR = "clear"
    AGAIN = "again"
    SOURCES = "sources"
    COPY = "copy"
    OLDER = "older"


@dataclass(frozen=True, slots=True)
class LogNotice:
    """What is said in place of the lines.

    Attributes:
        sign: the state's sign.
        headline, advice: what it is, what it means and what to do.
        full: the whole text, one click away; may be empty.
        step: the button below it; `command` is what `LogStep.COPY` copies.
    """

    sign: Sign
    headline: str
    advice: str
    full: str = ""
    step: LogStep = LogStep.NONE
    command: str = ""


def nothing_open(*, can_open: bool) -> LogNotice:
    """Return what is said while no log is open."""
    if not can_open:
        return LogNotice(Sign.STALE, _("No log is open"), _("Logs are read by the running app."))
    return LogNotice(
        Sign.IDLE,
        _("No log is open"),
        _("Choose a source, or drop a file here."),
        step=LogStep.SOURCES,
    )


def opening() -> LogNotice:
    """Return what is said while a log is being opened."""
    return LogNotice(Sign.WAITING, _("Reading the log"), _("The first lines are on their way."))


def not_opened(trouble: Trouble, environment: Environment | None, choices: Sequence[LogChoice]) -> LogNotice:
    """Return what is said of a log that cannot be read at all."""
    full = f"{trouble.kind}\n{trouble.message}\n{trouble.advice}".strip()
    if trouble.kind.startswith("Permission"):
        command = grant_command(environment)
        if command:
            permission = _PERMISSION.search(trouble.message)
            lacking = permission.group(0) if permission is not None else "logging.logEntries.list"
            return LogNotice(
                Sign.OFFLINE,
                _("Cloud Logging refuses"),
                _(
                    "The permission {permission} is missing. Somebody who owns the project can grant it: replace"
                    " MEMBER by your account, as user:you@example.com."
                ).format(permission=lacking),
                full,
                LogStep.COPY,
                command,
            )
    if trouble.kind == "ConfigError":
        return LogNotice(
            Sign.IDLE,
            _("This log is not asked for"),
            f"{trouble.message} {trouble.advice}".strip(),
            step=LogStep.SOURCES,
        )
    local = all(choice.kind in (LogKind.FILE, LogKind.OWN) for choice in choices)
    headline = _("The file cannot be read") if local else _("The log cannot be read")
    return LogNotice(Sign.OFFLINE, headline, f"{trouble.message} {trouble.advice}".strip(), full, LogStep.AGAIN)


def grant_command(environment: Environment | None) -> str:
    """Return the command that lets an account read an environment's logs; empty without a project."""
    if environment is None or not _PROJECT.fullmatch(environment.project):
        return ""
    return (
        f"gcloud projects add-iam-policy-binding {environment.project} --member=MEMBER"
        " --role=roles/logging.viewer --condition=None"
    )


def empty(
    states: Sequence[SourceState], environment: Environment | None, choices: Sequence[LogChoice], job: Job | None
) -> LogNotice:
    """Return what is said of a log that has no lines."""
    trouble = next((state.trouble for state in states if state.trouble is not None), None)
    if trouble is not None:
        return not_opened(trouble, environment, choices)
    if not states or any(state.view.loading for state in states):
        return opening()
    if job is not None and any(choice.kind is LogKind.JOB for choice in choices):
        return _empty_job(job)
    if any(choice.kind in (LogKind.APP, LogKind.BATCH) for choice in choices):
        if environment is not None and not environment.url:
            return LogNotice(
                Sign.IDLE,
                _("No lines yet"),
                _("The server runs in batch mode and is off between runs. Its log goes on with the next run."),
                step=LogStep.AGAIN,
            )
        return LogNotice(
            Sign.IDLE, _("No lines yet"), _("The app has written nothing lately. Lines appear here as they come.")
        )
    if any(choice.kind is LogKind.FILE for choice in choices):
        return LogNotice(Sign.IDLE, _("The file is empty"), _("Lines appear here as soon as somebody writes them."))
    return LogNotice(Sign.IDLE, _("No lines yet"), _("Lines appear here as they come."))


def _empty_job(job: Job) -> LogNotice:
    if job.state.waiting:
        return LogNotice(
            Sign.WAITING,
            _("The job waits for a GPU"),
            _("Its log begins when it runs, and shows here without a further click."),
        )
    if job.error is not None and job.error.message:
        reason = explain(job.error.message)
        what = reason.what[:1].upper() + reason.what[1:]
        words = f"{what.rstrip('.')}. {reason.advice}".strip()
        return LogNotice(
            Sign.FAILED,
            _("The job ended before it wrote anything"),
            words,
            redact(job.error.message),
            LogStep.AGAIN,
        )
    return LogNotice(
        Sign.IDLE,
        _("This job has no lines"),
        _("It is {state}. Cloud Logging keeps lines for 30 days.").format(state=wording.job_state(job.state)),
        step=LogStep.AGAIN,
    )


def nothing_fits(total: int) -> LogNotice:
    """Return what is said when filters leave no line."""
    return LogNotice(
        Sign.IDLE,
        _("No line fits"),
        _("The log has {n} lines; filters leave none of them.").format(n=f"{total:,}"),
        step=LogStep.CLEAR,
    )


def caution(states: Sequence[SourceState]) -> tuple[str, str]:
    """Return what is wrong beside the lines that are shown, in short and in full; empty when nothing is."""
    for state in states:
        if state.trouble is not None:
            trouble = state.trouble
            words = _("No new lines at the moment: {what}").format(what=one_line(trouble.message))
            return f"{words} {trouble.advice}".strip(), f"{trouble.kind}\n{trouble.message}\n{trouble.advice}"
    for state in states:
        if state.view.missed:
            return _("More was written than one answer holds: some lines may be missing."), ""
    for state in states:
        ahead = state.view.clock_ahead_s
        if ahead is not None and abs(ahead) >= SKEW_TOLD_S:
            off = wording.duration(abs(ahead))
            text = (
                _("This machine’s clock is {off} behind Google’s.")
                if ahead > 0
                else _("This machine’s clock is {off} ahead of Google’s.")
            )
            return text.format(off=off), ""
    return "", ""
