"""Opening the desktop app: the one place of the command line that imports it."""

import os
from typing import TYPE_CHECKING

from avdesk.cli.exit_codes import Exit
from avdesk.cli.lines import has_display
from avdesk.cli.session import Session
from avdesk.core.errors import UsageError
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.config.load import Loaded
    from avdesk.config.paths import Paths
    from avdesk.core.places import Place
    from avdesk.services.playground import Playground


def open_desktop(session: Session, *, background: bool, place: "Place | None" = None) -> int:
    """Run the desktop app until it is quit, or raise the one that runs; returns the exit code.

    `place` is where its window is opened.

    Raises:
        UsageError: there is no display, or no environment of the name that was given.
    """
    session.warn_of_problems()
    if not can_show_windows():
        from avdesk.services.running_app import ask

        answer = ask(session.paths, {"do": "raise"})
        if answer is not None and answer.get("ok") is True:
            return Exit.FINE
        raise UsageError(
            _("There is no display to open a window on."),
            _("Use “{program} watch” in the terminal, or set DISPLAY.").format(program=session.program),
        )
    return run_desktop(session.paths, session.loaded, session.environment_name, background=background, place=place)


def can_show_windows() -> bool:
    """Whether the desktop app can be opened: on a display, or on a platform that Qt is told to use instead."""
    return has_display() or bool(os.environ.get("QT_QPA_PLATFORM"))


def run_desktop(
    paths: "Paths",
    loaded: "Loaded",
    environment: str | None,
    *,
    background: bool,
    demo: "Playground | None" = None,
    place: "Place | None" = None,
) -> int:
    """Import the desktop app and run it, on a playground where one is given."""
    from avdesk.store.logfile import end_logging

    end_logging()  # the app keeps the log itself
    from avdesk.app.main import run_app

    return run_app(paths, loaded, environment, background=background, demo=demo, place=place)
