"""`demo`: AVDesk on the embedded AutoVideo; nothing needed, nothing of the user's configuration touched."""

import time
from typing import TYPE_CHECKING

import click

from avdesk.cli.commands import Command
from avdesk.cli.exit_codes import Exit
from avdesk.cli.numbers import Number
from avdesk.cli.session import complain, tell
from avdesk.core import wire
from avdesk.core.errors import KnownError, UsageError
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.core.report import JsonObject
    from avdesk.services.playground import Playground

TERMINAL_SPEED = 40.0
"""In the terminal a run is over in half a minute."""

LONGEST_RUN_S = 6000.0
"""At speed 1; a run that takes longer has lost its way."""

ENDS = ("succeeded", "failed", "cancelled")


def build() -> click.Command:
    """Return the command."""
    return Command(
        "demo",
        callback=_demo,
        params=[
            click.Option(
                ["--speed"],
                type=Number(1, 10_000),
                metavar=_("N"),
                help=_("By how much the videos are made faster than in reality."),
            ),
            click.Option(["--background"], is_flag=True, help=_("Start in the tray alone.")),
            click.Option(["--terminal"], is_flag=True, help=_("Follow one run to its end here in the terminal.")),
        ],
        short=_("AVDesk on an AutoVideo of its own."),
        about=_("Show AVDesk on an AutoVideo of its own: no server, no account, no configuration needed."),
    )


def _demo(*, speed: float | None, background: bool, terminal: bool) -> int:
    if background and terminal:
        raise UsageError(_("--background and --terminal exclude each other."), _("Leave one of them out."))
    from avdesk.cli.desktop import can_show_windows, run_desktop
    from avdesk.services.playground import DEFAULT_SPEED, ENVIRONMENT, Playground

    if not terminal and not can_show_windows():
        tell(_("There is no display: following one run here in the terminal."))
        terminal = True
    if terminal:
        with Playground(speed=speed or TERMINAL_SPEED, one_run=True) as playground:
            return _follow_one_run(playground)
    playground = Playground(speed=speed or DEFAULT_SPEED)
    return run_desktop(playground.paths, playground.settings, ENVIRONMENT, background=background, demo=playground)


def _follow_one_run(playground: "Playground") -> int:
    """Follow a run from its start to its end."""
    from avdesk.cli.ending import Terminated, orderly_end
    from avdesk.cli.source import Source
    from avdesk.cli.watch import follow_source
    from avdesk.services.playground import ENVIRONMENT

    deadline = time.monotonic() + LONGEST_RUN_S / playground.speed + 60

    def over(report: "JsonObject") -> bool:
        return state_of(report) in ENDS or time.monotonic() > deadline

    with Source(ENVIRONMENT, playground.runtime, None) as source, orderly_end():
        try:
            report = follow_source(source, interval_s=1.0, until=over)
        except Terminated:
            return Exit.FINE
    if state_of(report) == "succeeded":
        return Exit.FINE
    complain(
        KnownError(
            _("The demo's run did not come to a good end."),
            _("Start the demo again; report it if that happens twice."),
        )
    )
    return Exit.BAD


def state_of(report: "JsonObject") -> str:
    """Return the state in a report's summary."""
    return str(wire.as_object(report.get("summary")).get("state"))
