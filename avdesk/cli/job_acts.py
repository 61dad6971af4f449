"""`jobs cancel`, `jobs retry` and `jobs restart`: asking first, acting, and saying what came of it."""

from collections.abc import Mapping
from typing import TYPE_CHECKING

import click

from avdesk.cli.asking import check_askable, confirm
from avdesk.cli.commands import Command, complete_region, session_of
from avdesk.cli.ending import orderly_end
from avdesk.cli.exit_codes import Exit, exit_code
from avdesk.cli.job_looks import acting, wait_and_tell
from avdesk.cli.session import Session, complain, tell
from avdesk.core.actions import ActionKind, ActionRecord, ActionState
from avdesk.core.errors import KnownError, RequestRefusedError, UsageError
from avdesk.core.jobs import Job
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.services.actions import Outcome


def build_cancel() -> click.Command:
    """Return the command that cancels."""
    return Command(
        "cancel",
        callback=_cancel,
        params=[_job(), _yes(), _wait(_("Wait until the job has ended."))],
        short=_("Cancel a job."),
        about=_("Cancel a job, and the server's run with it where the run is the job's."),
    )


def build_retry() -> click.Command:
    """Return the command that retries."""
    return Command(
        "retry",
        callback=_retry,
        params=[_job(), *_changes(), _yes(), _wait(_("Wait until the new job has ended."))],
        short=_("Retry a job that has ended badly."),
        about=_("Make a new job out of one that failed, was cancelled or expired: the same, but for what is named."),
    )


def build_restart() -> click.Command:
    """Return the command that restarts."""
    return Command(
        "restart",
        callback=_restart,
        params=[_job(), *_changes(), _yes(), _wait(_("Wait until the new job has ended."))],
        short=_("Cancel a job and retry it."),
        about=_("Cancel a job, wait until it has really ended, and retry it."),
    )


@click.pass_context
def _cancel(context: click.Context, *, job: str, yes: bool, wait: bool) -> int:
    return _act(session_of(context), ActionKind.CANCEL, job, {}, yes=yes, wait=wait)


@click.pass_context
def _retry(
    context: click.Context, *, job: str, region: str | None, gpu: str | None, spot: bool | None, yes: bool, wait: bool
) -> int:
    return _act(session_of(context), ActionKind.RETRY, job, _parameters(region, gpu, spot), yes=yes, wait=wait)


@click.pass_context
def _restart(
    context: click.Context, *, job: str, region: str | None, gpu: str | None, spot: bool | None, yes: bool, wait: bool
) -> int:
    return _act(session_of(context), ActionKind.RESTART, job, _parameters(region, gpu, spot), yes=yes, wait=wait)


def _act(session: Session, kind: ActionKind, text: str, wishes: Mapping[str, str], *, yes: bool, wait: bool) -> int:
    from avdesk.services.previews import new_request

    environment = session.environment()
    actions = acting(session)
    actions.check_allowed()
    check_askable(yes=yes)
    if wishes.get("region") and wishes["region"] not in environment.regions:
        raise UsageError(
            _("{region} is none of the regions of {name}.").format(region=wishes["region"], name=environment.name),
            _("Choose one of {names}.").format(names=", ".join(environment.regions)),
        )
    job = actions.find(text)
    request = new_request(kind, environment.name, job, wishes)
    preview = actions.preview(request, job)
    if preview.refused:
        raise RequestRefusedError(preview.refused, _("See “avdesk jobs show {job}”.").format(job=job.id))
    for sentence in (preview.loses, *preview.warnings):
        if sentence:
            tell(sentence)
    if not yes:
        confirm(environment, _question(kind, job, environment.name))
    with orderly_end():
        outcome = actions.carry_out(request, _telling, wait=wait)
        hurry_app(session)
        code = tell_outcome(outcome)
        if code is Exit.FINE and wait and kind is not ActionKind.CANCEL and outcome.job is not None:
            return wait_and_tell(actions, outcome.job)
    return code


def tell_outcome(outcome: "Outcome") -> Exit:
    """Say how an action came out, and return the exit code."""
    record = outcome.record
    if outcome.error is not None:
        complain(outcome.error)
        return exit_code(outcome.error)
    if record.state in (ActionState.CONFIRMED, ActionState.REQUESTED):
        print(record.detail)  # noqa: T201 - the command's result
        if record.advice:
            tell(record.advice)
        return Exit.FINE
    complain(KnownError(record.detail, record.advice))
    return Exit.BAD


def hurry_app(session: Session) -> None:
    """Let the running app, if there is one, look at once."""
    from avdesk.services.running_app import ask

    ask(session.paths, {"do": "hurry", "environment": session.environment().name})


def _telling(record: ActionRecord) -> None:
    if record.state is ActionState.REQUESTED and record.request.kind is not ActionKind.GENERATE:
        tell(record.detail)


def _question(kind: ActionKind, job: Job, environment: str) -> str:
    texts = {
        ActionKind.CANCEL: _("Cancel {job} in {environment}?"),
        ActionKind.RETRY: _("Retry {job} in {environment}?"),
        ActionKind.RESTART: _("Restart {job} in {environment}?"),
    }
    return texts[kind].format(job=job.id, environment=environment)


def _parameters(region: str | None, gpu: str | None, spot: bool | None) -> dict[str, str]:
    found = {"region": region or "", "gpu": gpu or "", "spot": "" if spot is None else str(spot).lower()}
    return {name: value for name, value in found.items() if value}


def _job() -> click.Argument:
    return click.Argument(["job"], metavar=_("ID"))


def _yes() -> click.Option:
    return click.Option(["--yes", "-y"], is_flag=True, help=_("Do not ask."))


def _wait(about: str) -> click.Option:
    return click.Option(["--wait"], is_flag=True, help=about)


def _changes() -> list[click.Parameter]:
    return [
        click.Option(
            ["--region"], metavar=_("REGION"), shell_complete=complete_region, help=_("Where the new job runs.")
        ),
        click.Option(["--gpu"], type=click.Choice(["l4", "t4", "cpu"]), help=_("On which machine.")),
        click.Option(["--spot/--on-demand"], default=None, help=_("On spot capacity, or not.")),
    ]
