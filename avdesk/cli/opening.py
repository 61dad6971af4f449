"""`open`: the app's window, on a place that an ``avdesk://`` address names. Desktops call it for such links."""

import os
from typing import TYPE_CHECKING

import click

from avdesk.cli.commands import Command, session_of
from avdesk.cli.exit_codes import Exit
from avdesk.core.errors import RequestRefusedError, UsageError
from avdesk.core.places import Place, read_place
from avdesk.core.text import one_line
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.config.paths import Paths


def build() -> click.Command:
    """Return the command."""
    return Command(
        "open",
        callback=_open,
        params=[click.Argument(["address"], required=False, default="", metavar=_("[ADDRESS]"))],
        short=_("Open the app's window, on a job for example."),
        about=_("Open the window of the desktop app, and start that where it does not run.")
        + " "
        + _(
            "ADDRESS leads to a place in it: avdesk://job/ID, avdesk://environment/NAME, avdesk://logs or "
            "avdesk://new-video."
        ),
    )


@click.pass_context
def _open(context: click.Context, *, address: str) -> int:
    place = read_place(address)
    if place is None:
        raise UsageError(
            _("“{address}” leads nowhere in AVDesk.").format(address=one_line(address, 80)),
            _("Write avdesk://job/ID, avdesk://environment/NAME, avdesk://logs or avdesk://new-video."),
        )
    session = session_of(context)
    if _is_opened_by_running_app(session.paths, place):
        return Exit.FINE
    from avdesk.cli.desktop import open_desktop

    return open_desktop(session, background=False, place=place)


def _is_opened_by_running_app(paths: "Paths", place: Place) -> bool:
    """Ask the app that runs; False where none does.

    Raises:
        RequestRefusedError: it has no such place.
    """
    from avdesk.services.running_app import ask, open_request

    answer = ask(paths, open_request(place.address, dict(os.environ)))
    if answer is None:
        return False
    if answer.get("ok") is not True:
        raise RequestRefusedError(
            _("The running AVDesk did not open {address}: {why}.").format(
                address=place.address, why=one_line(answer.get("error"), 120)
            ),
            _("“avdesk env list” names the environments; an older AVDesk that still runs has to be quit first."),
        )
    return True
