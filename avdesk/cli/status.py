"""`status`: one look at the pipeline."""

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import click

from avdesk.cli.commands import Command, session_of
from avdesk.cli.exit_codes import Exit, exit_code
from avdesk.cli.session import Session, complain
from avdesk.core import errors
from avdesk.core.errors import KnownError, UnreachableError
from avdesk.core.report import JsonObject
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.core.snapshot import Trouble


def build() -> click.Command:
    """Return the command."""
    from avdesk.cli.numbers import INTERVAL

    return Command(
        "status",
        callback=_status,
        params=[
            click.Option(["--json", "as_json"], is_flag=True, help=_("Print one JSON object.")),
            click.Option(["-c", "--continuous"], is_flag=True, help=_("Keep looking, as “watch” does.")),
            click.Option(
                ["--interval"],
                type=INTERVAL,
                metavar=_("SECONDS"),
                help=_("With -c: how often the view is refreshed."),
            ),
        ],
        short=_("One look at the pipeline."),
        about=_("Take one look at the pipeline: what it does, how long still, its job and its server."),
    )


@click.pass_context
def _status(context: click.Context, *, as_json: bool, continuous: bool, interval: float | None) -> int:
    session = session_of(context)
    if continuous:
        from avdesk.cli.watch import follow

        return follow(session, as_json=as_json, interval_s=interval)
    return show_status(session, as_json=as_json)


def show_status(session: Session, *, as_json: bool) -> int:
    """Print the status and return the exit code.

    Raises:
        UsageError, ConfigError: the environment cannot be used.
    """
    environment = session.environment()
    from avdesk.config.differences import mark_of
    from avdesk.services.running_app import status_of

    report = status_of(session.paths, environment.name, mark=mark_of(environment))
    if report is not None:
        code, error = _code_of(report), None
        known = True
    else:
        report, code, error = _look(session, environment.name)
        known = report["observed_at"] is not None
    if as_json:
        from avdesk.cli.results import print_json

        print_json(report)
    elif known or error is None:
        from avdesk.cli.lines import show
        from avdesk.cli.status_view import status_lines

        show(status_lines(report))
    print(end="", flush=True)  # noqa: T201 - the result stands before what is said about it
    if error is not None:
        complain(error)
    elif code is Exit.UNREACHABLE:
        complain(_offline(report))
    return code


def _look(session: Session, name: str) -> tuple[JsonObject, Exit, KnownError | None]:
    """Ask the server itself; returns the report, the exit code and why it could not be asked."""
    from avdesk.core.report import status_report
    from avdesk.core.snapshot import Reach
    from avdesk.services.looking import look

    result = look(session.runtime(), name)
    report = status_report(result.snapshot, datetime.now(UTC), result.via)
    if result.error is None or (isinstance(result.error, UnreachableError) and result.snapshot.server.batch):
        # A server that runs in batch mode is off between runs: that is no fault.
        code = _code_of(report)
        trouble = next(iter(result.snapshot.vertex.troubles.values()), None)
        if code is Exit.UNREACHABLE and result.snapshot.server.reach is Reach.OFF and trouble is not None:
            error = _error_of(trouble)
            return report, exit_code(error), error
        return report, code, None
    return report, exit_code(result.error), result.error


def _error_of(trouble: "Trouble") -> KnownError:
    """Return the error that a trouble was."""
    kind = getattr(errors, trouble.kind, UnreachableError)
    known = kind if isinstance(kind, type) and issubclass(kind, KnownError) else UnreachableError
    return known(trouble.message, trouble.advice)


def _code_of(report: JsonObject) -> Exit:
    summary = report["summary"]
    assert isinstance(summary, dict)
    return {"failed": Exit.BAD, "offline": Exit.UNREACHABLE}.get(str(summary.get("state")), Exit.FINE)


def _offline(report: JsonObject) -> KnownError:
    """Return what a report says of not reaching the other side."""
    from avdesk.core.text import one_line

    summary = report["summary"]
    assert isinstance(summary, dict)
    headline, advice = one_line(summary.get("headline"), 300), one_line(summary.get("advice"), 500)
    return UnreachableError(headline + ".", advice or _("Check the address and the network."))
