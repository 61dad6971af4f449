"""Starting the desktop app, step by step; what the user sees first comes first.

1. `_application`: Qt, with the names by which the desktop knows the app.
2. The tray item is put into the tray. Up to here nothing is imported that this does not need.
3. `Running.begin`, from the event loop, as soon as the panel has had its turn: log, pollers, socket, notifications,
   wake-ups, and the window where it is wanted. Without a tray the window opens, in the background after a little
   patience.
4. The event loop, until `Shutdown` ends it. What hangs even then is left behind.
"""

from collections.abc import Callable

from PySide6.QtCore import QCoreApplication, QLoggingCategory, QTimer
from PySide6.QtWidgets import QApplication

from avdesk import __version__
from avdesk.app.front import Front
from avdesk.app.latest import Latest
from avdesk.app.tray_host import TrayHost
from avdesk.config.load import Loaded
from avdesk.config.paths import APP_ID, Paths
from avdesk.config.settings import Settings
from avdesk.core.places import Place
from avdesk.ui.tray import Tray
from avdesk.ui.tray_menu import Choice
from avdesk.ui.wishes import Wishes

QUIETED = ("qt.qpa.services", "qt.qpa.theme.gnome")
"""Qt's complaints about a portal that is not there."""

PANELS_TURN_MS = 30
"""What a panel needs to ask a new item for its picture, before we are busy again."""


def start(
    paths: Paths,
    loaded: Loaded,
    current: str,
    *,
    background: bool,
    at_end: Callable[[], object] | None = None,
    google_token: str | None = None,
    follow_file: bool = True,
    place: Place | None = None,
) -> int:
    """Run the desktop app until it is quit, and return its exit code. The instance's lock is held by the caller.

    `current` is the environment to look at first; `background` opens no window where there is a tray; `at_end` is
    called when everything else has ended, also where the process then ends without returning from here.
    `google_token` is sent to the Google APIs instead of the user's own credentials. `follow_file`: what is changed in
    the configuration file meanwhile holds at once. `place`: where the window is opened first.
    """
    application = _application()
    front = _front(loaded.settings, current)
    front.tray_host.start()
    started: list[Callable[[], int]] = []

    def begin() -> None:
        try:
            from avdesk.app.running import Running

            running = Running(front, paths, loaded, at_end, google_token, follow_file=follow_file)
            started.append(running.leave)
            running.begin(background=background, place=place)
        except BaseException:
            application.exit(1)  # half an app would only seem to watch
            raise

    QTimer.singleShot(PANELS_TURN_MS, application, begin)
    code = application.exec()
    return started[0]() or code if started else code


def _application() -> QApplication:
    # What the desktop lacks is nothing to tell of on the terminal; QT_LOGGING_RULES still overrules this.
    QLoggingCategory.setFilterRules("\n".join(f"{category}.warning=false" for category in QUIETED))
    # No display name: Qt would add it to the window's title, which names the app already.
    QCoreApplication.setApplicationName("AVDesk")
    QCoreApplication.setApplicationVersion(__version__)
    # The class of its windows, whatever the program file is called.
    application = QApplication(["avdesk"])
    application.setDesktopFileName(APP_ID)
    application.setQuitOnLastWindowClosed(False)
    return application


def _front(settings: Settings, current: str) -> Front:
    wishes = Wishes()
    environments = tuple(settings.environments)
    latest = Latest(environments, current)
    choices = [Choice(each.name, each.colour, each.read_only) for each in settings.environments.values()]
    tray = Tray(choices, latest.snapshot(), wishes)
    return Front(wishes, latest, tray, TrayHost(tray))
