"""Starting the desktop app, step by step; what the user sees first comes first.

1. `_application`: Qt, with the names by which the desktop knows the app.
2. `_make_parts`: everything that is cheap, nothing of it at work yet.
3. The tray item is put into the tray; without a tray the window opens, in the background after a little patience.
4. `_at_work`, from the event loop: log, pollers, socket, notifications, wake-ups, and the window where it is wanted.
5. The event loop, until `Shutdown` ends it. What hangs even then is left behind.
"""

import logging
import sys
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication, QTimer
from PySide6.QtWidgets import QApplication, QSystemTrayIcon

from avdesk import __version__
from avdesk.app.crash import CrashHooks, FaultFile
from avdesk.app.desktop import CrashTeller, Desk, Parts
from avdesk.app.latest import Latest
from avdesk.app.monitors import monitor_maker
from avdesk.app.quit_signals import QuitSignals
from avdesk.app.shutdown import Shutdown, leave
from avdesk.app.tray_host import TrayHost
from avdesk.app.window_host import WindowHost
from avdesk.app.wiring import connect
from avdesk.bridge.announced import Announced
from avdesk.bridge.announcer import Announcer
from avdesk.bridge.bus import Bus
from avdesk.bridge.notifications import DesktopNotifications
from avdesk.bridge.poller import MonitorLike
from avdesk.bridge.wake import WakeWatch
from avdesk.bridge.watch import Watch
from avdesk.config.load import Loaded
from avdesk.config.paths import APP_ID, Paths
from avdesk.i18n import _
from avdesk.ui.tray import Tray
from avdesk.ui.wishes import Wishes

log = logging.getLogger(__name__)


def start(
    paths: Paths,
    loaded: Loaded,
    current: str,
    *,
    background: bool,
    at_end: Callable[[], object] | None = None,
    google_token: str | None = None,
) -> int:
    """Run the desktop app until it is quit, and return its exit code. The instance's lock is held by the caller.

    `current` is the environment to look at first; `background` opens no window where there is a tray; `at_end` is
    called when everything else has ended, also where the process then ends without returning from here;
    `google_token` is sent to the Google APIs instead of the user's own credentials.
    """
    application = _application()
    crash_teller = CrashTeller()
    crash_hooks = CrashHooks(crash_teller.told.emit)
    crash_hooks.install()
    make_monitor = monitor_maker(loaded.settings, paths, google_token)
    parts = _make_parts(paths, loaded, current, make_monitor, crash_hooks, crash_teller)
    desk = Desk(parts)
    running = _Running(parts, desk, at_end or _nothing)
    shutdown = running.shutdown
    connect(parts, desk, shutdown)
    application.aboutToQuit.connect(shutdown.finish)
    parts.tray_host.start()
    QTimer.singleShot(0, shutdown, lambda: running.at_work(background=background))
    application.exec()
    shutdown.finish()
    parts.signals.restore()
    crash_hooks.restore()
    return leave(shutdown.exit_code, parts.late)


def _application() -> QApplication:
    # No display name: Qt would add it to the window's title, which names the app already.
    QCoreApplication.setApplicationName("AVDesk")
    QCoreApplication.setApplicationVersion(__version__)
    application = QApplication(["avdesk"])  # the class of its windows, whatever the program file is called
    application.setDesktopFileName(APP_ID)
    application.setQuitOnLastWindowClosed(False)
    return application


def _make_parts(
    paths: Paths,
    loaded: Loaded,
    current: str,
    make_monitor: Callable[[str], MonitorLike],
    crash_hooks: CrashHooks,
    crash_teller: CrashTeller,
) -> Parts:
    settings = loaded.settings
    names = tuple(settings.environments)
    wishes = Wishes()
    latest = Latest(names, current)
    tray = Tray(names, latest.snapshot(), wishes)
    session_bus, system_bus = (Bus("SESSION"), Bus("SYSTEM")) if sys.platform == "linux" else (None, None)
    notifications = DesktopNotifications(session_bus)
    announced = Announced(paths.state / "announced.json")
    window = WindowHost(
        tuple(settings.environments.values()),
        latest,
        wishes,
        place_file=paths.state / "window.ini",
        theme=settings.appearance.theme,
    )
    return Parts(
        paths=paths,
        loaded=loaded,
        wishes=wishes,
        latest=latest,
        tray=tray,
        tray_host=TrayHost(tray),
        window=window,
        watches={name: Watch(name, partial(make_monitor, name)) for name in names},
        session_bus=session_bus,
        system_bus=system_bus,
        notifications=notifications,
        announcer=Announcer(settings.notifications, announced, notifications.show),
        wake=WakeWatch(system_bus),
        signals=QuitSignals(),
        crash_hooks=crash_hooks,
        crash_teller=crash_teller,
        faults=FaultFile(paths.logs),
    )


class _Running:
    """What comes to life after the tray, and how it ends."""

    def __init__(self, parts: Parts, desk: Desk, at_end: Callable[[], object]) -> None:
        self._parts = parts
        self._desk = desk
        self.shutdown = Shutdown(
            at_once=[parts.tray_host.stop, parts.window.close, self._close_socket],
            afterwards=[desk.stop_watches, self._close_buses, parts.faults.close, self._close_log, at_end],
        )
        self._close_socket_now: Callable[[], None] = _nothing

    def at_work(self, *, background: bool) -> None:
        """Begin the work that may take its time, after the tray has been shown."""
        parts = self._parts
        if self.shutdown.begun:
            return
        self._open_log()
        parts.window.set_problems(parts.loaded.sentences())
        for watch in parts.watches.values():
            watch.start()
        self._open_socket()
        if not background:
            if not parts.tray_host.has_tray:
                parts.window.set_tray(present=False)
            parts.window.open()
        if parts.session_bus is not None:
            parts.session_bus.open()
        parts.wake.start()

    def _open_log(self) -> None:
        from avdesk.store.logfile import log_to

        log_to(self._parts.paths.log_file, logging.INFO)
        for chatty in ("urllib3", "requests", "google"):
            logging.getLogger(chatty).setLevel(logging.WARNING)
        left = self._parts.faults.open()
        log.info("AVDesk %s starts, tray: %s", __version__, QSystemTrayIcon.isSystemTrayAvailable())
        for sentence in self._parts.loaded.sentences():
            log.warning("%s", sentence)
        if left:
            log.error("the last run was ended by a fault:\n%s", left)
            self._parts.window.tell("fault", _("AVDesk did not end well the last time."), left)

    def _open_socket(self) -> None:
        from avdesk.app.answers import Answers
        from avdesk.bridge.single_instance import InstanceServer

        answers = Answers(self._parts.latest, self._desk.open_window, self._desk.check_now)
        server = InstanceServer(self._parts.paths.socket, answers, self._desk)
        server.listen()
        self._close_socket_now = server.close

    def _close_socket(self) -> None:
        self._close_socket_now()

    def _close_buses(self) -> None:
        for bus in (self._parts.session_bus, self._parts.system_bus):
            if bus is not None:
                bus.close()

    def _close_log(self) -> None:
        from avdesk.store.logfile import end_logging

        log.info("AVDesk has ended")
        end_logging()


def _nothing() -> None:
    """Do nothing: what is to be closed has not been opened."""
