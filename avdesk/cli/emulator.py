"""`emulator`: the embedded AutoVideo, Vertex AI and Cloud Logging, on loopback, until interrupted."""

import threading
from typing import TYPE_CHECKING

import click

from avdesk.cli.commands import Command
from avdesk.cli.ending import Terminated, orderly_end
from avdesk.cli.exit_codes import Exit
from avdesk.cli.numbers import Number
from avdesk.core.errors import UsageError
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.emulator.server import Emulator

_HIGHEST_PORT = 65_535


def build() -> click.Command:
    """Return the command."""
    from avdesk.emulator.revisions import REVISIONS

    return Command(
        "emulator",
        callback=_emulate,
        params=[
            click.Option(
                ["--port"],
                type=Number(0, _HIGHEST_PORT, whole=True),
                default=0,
                metavar=_("PORT"),
                help=_("Where the server listens; any free port without it."),
            ),
            click.Option(
                ["--speed"],
                type=Number(0.01, 100_000),
                default=1.0,
                metavar=_("N"),
                help=_("By how much everything goes faster than in reality."),
            ),
            click.Option(
                ["--revision"],
                type=click.Choice(list(REVISIONS)),
                default="b",
                metavar=_("NAME"),
                help=_("Which revision of the server it behaves as: {names}.").format(names=", ".join(REVISIONS)),
            ),
            click.Option(
                ["--jobs"],
                type=Number(0, 1_000_000, whole=True),
                default=0,
                metavar=_("N"),
                help=_("How many past render jobs there are."),
            ),
            click.Option(
                ["--seed"],
                type=Number(0, 2**53, whole=True),
                default=0,
                metavar=_("N"),
                help=_("What chance does: the same number does the same."),
            ),
            click.Option(
                ["--fault", "faults"],
                multiple=True,
                metavar=_("FAULT"),
                help=_("What goes wrong, as “/status=500 x3” or “google:*=delay:2”; may be given several times."),
            ),
        ],
        short=_("The embedded AutoVideo, until interrupted."),
        about=_("Run the embedded AutoVideo, Vertex AI and Cloud Logging on loopback, until interrupted.")
        + " "
        + _("Its first line says where, as one JSON object."),
    )


def _emulate(*, port: int, speed: float, revision: str, jobs: int, seed: int, faults: tuple[str, ...]) -> int:
    from avdesk.emulator.server import Emulator

    emulator = Emulator(port=port, speed=speed, revision=revision, past_jobs=jobs, seed=seed, faults=faults)
    with orderly_end():
        try:
            with _started(emulator, port):
                print(emulator.ready_line(), flush=True)  # noqa: T201 - the command's result
                while True:
                    threading.Event().wait(3600)
        except Terminated:
            return Exit.FINE


def _started(emulator: "Emulator", port: int) -> "Emulator":
    try:
        return emulator.start()
    except OSError as error:
        raise UsageError(
            _("The port {port} cannot be used: {why}.").format(port=port, why=error.strerror or type(error).__name__),
            _("Name another one with --port, or leave it out for any free port."),
        ) from None
