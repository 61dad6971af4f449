"""`health`: the server's health checks."""

from datetime import UTC, datetime

import click

from avdesk.cli.commands import Command, session_of
from avdesk.cli.exit_codes import Exit, exit_code
from avdesk.cli.session import complain
from avdesk.core.health import CHECKS, Health
from avdesk.i18n import _

ALL = "all"


def build() -> click.Command:
    """Return the command."""
    return Command(
        "health",
        callback=_health,
        params=[
            click.Argument(["name"], default=ALL, metavar=_("[all|NAME]"), shell_complete=_complete),
            click.Option(["--json", "as_json"], is_flag=True, help=_("Print one JSON object, keyed by check.")),
            click.Option(["-v", "--verbose"], is_flag=True, help=_("Show all that the answers say.")),
        ],
        short=_("The server's health checks."),
        about=_("Ask the server's health checks, all or one: {names}.").format(
            names=", ".join(check.name for check in CHECKS)
        ),
    )


@click.pass_context
def _health(context: click.Context, *, name: str, as_json: bool, verbose: bool) -> int:
    session = session_of(context)
    environment = session.environment()
    from avdesk.core.report import health_report
    from avdesk.services.looking import check_health

    found = check_health(session.runtime(), environment.name, None if name == ALL else name)
    report = health_report(found.results, datetime.now(UTC))
    if as_json:
        from avdesk.cli.results import print_json

        print_json(report)
    else:
        from avdesk.cli.health_view import health_lines
        from avdesk.cli.lines import show

        show(health_lines(report, verbose=verbose))
    print(end="", flush=True)  # noqa: T201 - the result stands before what is said about it
    if found.error is not None:
        complain(found.error)
        return exit_code(found.error)
    unhealthy = any(result.status is Health.UNHEALTHY for result in found.results.values())
    return Exit.BAD if unhealthy else Exit.FINE


def _complete(_context: click.Context, _argument: click.Parameter, incomplete: str) -> list[str]:
    return [name for name in (ALL, *(check.name for check in CHECKS)) if name.startswith(incomplete)]
