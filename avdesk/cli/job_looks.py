"""`jobs list`, `jobs show` and `jobs wait`: looking at jobs, and waiting for one."""

import time
from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from avdesk.cli.commands import Command, complete_region, session_of
from avdesk.cli.exit_codes import Exit, exit_code
from avdesk.cli.numbers import Number
from avdesk.cli.session import Session, complain, tell
from avdesk.core.errors import AvdeskError, KnownError, UsageError
from avdesk.core.jobs import Job, JobState
from avdesk.i18n import _, ngettext

if TYPE_CHECKING:
    from avdesk.services.actions import Actions

MOST_LISTED = 1_000_000
LONGEST_TIMEOUT_S = 30 * 86_400


def build_list() -> click.Command:
    """Return the command that lists."""
    return Command(
        "list",
        callback=_list,
        params=[
            click.Option(
                ["--state", "states"],
                multiple=True,
                type=click.Choice([state.value for state in JobState]),
                metavar=_("STATE"),
                help=_("Only jobs in this state; may be given several times."),
            ),
            click.Option(
                ["--region", "regions"],
                multiple=True,
                metavar=_("REGION"),
                shell_complete=complete_region,
                help=_("Only jobs of this region; may be given several times."),
            ),
            click.Option(
                ["--limit"],
                type=Number(1, MOST_LISTED, whole=True),
                metavar=_("COUNT"),
                help=_("At most so many, the newest."),
            ),
            _json(),
        ],
        short=_("List the jobs."),
        about=_("List the jobs of all the environment's regions, the newest first."),
    )


def build_show() -> click.Command:
    """Return the command that shows one job."""
    return Command(
        "show",
        callback=_show,
        params=[click.Argument(["job"], metavar=_("ID")), _json()],
        short=_("Show one job."),
        about=_("Show one job as it is now."),
    )


def build_wait() -> click.Command:
    """Return the command that waits."""
    return Command(
        "wait",
        callback=_wait,
        params=[
            click.Argument(["job"], metavar=_("ID")),
            click.Option(
                ["--timeout"],
                type=Number(0, LONGEST_TIMEOUT_S),
                metavar=_("SECONDS"),
                help=_("How long to wait; a job that has not ended by then is exit code 1."),
            ),
        ],
        short=_("Wait for a job's end."),
        about=_(
            "Wait until a job has ended. Exit code 0 when it succeeded, 1 when it failed, was cancelled or expired, "
            "and 1 as well when the time is over."
        ),
    )


@click.pass_context
def _list(
    context: click.Context, *, states: Sequence[str], regions: Sequence[str], limit: float | None, as_json: bool
) -> int:
    session = session_of(context)
    environment = session.environment()
    actions = acting(session)
    wanted = tuple(dict.fromkeys(regions)) or environment.regions
    if not wanted:
        raise UsageError(_("The environment has no regions."), _("Give it regions in the configuration."))
    listing = actions.vertex.list_jobs(wanted, limit=None if states or limit is None else int(limit))
    at = datetime.now(UTC)
    jobs = [job for job in listing.jobs if not states or job.state.value in states]
    shown = jobs if limit is None else jobs[: int(limit)]
    failed_everywhere = len(listing.failures) == len(wanted)
    if as_json:
        from avdesk.cli.results import print_json
        from avdesk.core import wire
        from avdesk.core.report import job_report

        print_json(
            {
                "environment": environment.name,
                "observed_at": wire.rfc3339(at),
                "jobs": [job_report(job, at) for job in shown],
                "failures": {region: error.message for region, error in listing.failures.items()},
                "truncated": listing.truncated or len(shown) < len(jobs),
            }
        )
    elif not failed_everywhere:
        from avdesk.cli.job_view import table
        from avdesk.cli.lines import show

        show(table(shown, at))
    if listing.truncated and limit is None:
        tell(_("There are older jobs, which are not listed."))
    return _tell_failures(listing.failures, everywhere=failed_everywhere)


def _tell_failures(failures: Mapping[str, AvdeskError], *, everywhere: bool) -> int:
    """Say which regions could not be asked; that blanks no other, so it is a failure only where all failed."""
    told: set[str] = set()
    for region, error in failures.items():
        tell(_("{region}: {problem}").format(region=region, problem=error.message))
        if error.advice and error.advice not in told:
            tell(error.advice)
        told.add(error.advice)
    if not everywhere or not failures:
        return Exit.FINE
    return exit_code(next(iter(failures.values())))


@click.pass_context
def _show(context: click.Context, *, job: str, as_json: bool) -> int:
    session = session_of(context)
    session.environment()
    found = acting(session).find(job)
    now = datetime.now(UTC)
    if as_json:
        from avdesk.cli.results import print_json
        from avdesk.core.report import job_report

        print_json(job_report(found, now))
    else:
        from avdesk.cli.job_view import details
        from avdesk.cli.lines import show

        show(details(found, now))
    return Exit.FINE


@click.pass_context
def _wait(context: click.Context, *, job: str, timeout: float | None) -> int:
    session = session_of(context)
    session.environment()
    actions = acting(session)
    return wait_and_tell(actions, actions.find(job), timeout)


def wait_and_tell(actions: "Actions", job: Job, timeout_s: float | None = None) -> int:
    """Wait for a job's end, say how it ended, and return the exit code.

    Raises:
        KnownError: it could not be waited for.
    """
    from avdesk.cli.job_view import state_line
    from avdesk.cli.lines import show
    from avdesk.services.clock import Clock
    from avdesk.services.job_waiting import wait_for_end

    def changed(now: Job) -> None:
        if not now.state.ended:
            tell(state_line(now, datetime.now(UTC)).text)

    ended = wait_for_end(actions.vertex, job, Clock(), time.sleep, timeout_s=timeout_s, changed=changed)
    show([state_line(ended, datetime.now(UTC))])
    if not ended.state.ended:
        complain(
            KnownError(
                ngettext(
                    "{job} has not ended within {count} second.",
                    "{job} has not ended within {count} seconds.",
                    round(timeout_s or 0),
                ).format(job=ended.id, count=f"{timeout_s or 0:g}"),
                _("It goes on; wait for it again, or cancel it."),
            )
        )
        return Exit.BAD
    good = ended.state in (JobState.SUCCEEDED, JobState.PARTIALLY_SUCCEEDED)
    return Exit.FINE if good else Exit.BAD


def acting(session: Session) -> "Actions":
    """Return what finds jobs and acts on them, in the environment that is meant."""
    from avdesk.services.actions import CLI, Actions

    return Actions(session.runtime(), session.environment().name, via=CLI)


def _json() -> click.Option:
    return click.Option(["--json", "as_json"], is_flag=True, help=_("Print one JSON object."))
