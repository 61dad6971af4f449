"""The app at work: everything behind the tray, from its making to its end."""

import logging
import sys
from collections.abc import Callable
from functools import partial

from PySide6.QtCore import QCoreApplication
from PySide6.QtGui import QGuiApplication

from avdesk import __version__
from avdesk.app.acting import actions_maker, archive_maker, credentials_maker, practice_maker, remembered_maker
from avdesk.app.answers import Answers
from avdesk.app.applying import Applying
from avdesk.app.crash import CrashHooks, FaultFile
from avdesk.app.desktop import CrashTeller, Desk, Parts
from avdesk.app.front import Front
from avdesk.app.in_force import InForce
from avdesk.app.log_opening import log_opener
from avdesk.app.monitors import monitor_maker
from avdesk.app.quit_signals import QuitSignals
from avdesk.app.session_end import SessionEnd
from avdesk.app.setting_up import settings_desks
from avdesk.app.shutdown import Shutdown, leave
from avdesk.app.watching import Watching
from avdesk.app.window_host import WindowHost
from avdesk.app.wiring import connect
from avdesk.bridge.actions import ActionRunner
from avdesk.bridge.announced import Announced
from avdesk.bridge.announcer import Announcer
from avdesk.bridge.bus import Bus
from avdesk.bridge.config_watch import ConfigurationWatch
from avdesk.bridge.credentials import CredentialDesk
from avdesk.bridge.doctor import DoctorRunner
from avdesk.bridge.job_archive import ArchiveLoader
from avdesk.bridge.logs import LogReader
from avdesk.bridge.notifications import DesktopNotifications
from avdesk.bridge.remembered import RememberedReader
from avdesk.bridge.single_instance import InstanceServer
from avdesk.bridge.wake import WakeWatch
from avdesk.config.load import Loaded, load_settings
from avdesk.config.paths import Paths
from avdesk.core.places import Place
from avdesk.i18n import _
from avdesk.store.logfile import end_logging, log_to

CHATTY = ("urllib3", "requests", "google")
"""Libraries that tell of every request."""

log = logging.getLogger(__name__)


class Running:
    """Makes the parts, puts them to work, and ends them."""

    def __init__(
        self,
        front: Front,
        paths: Paths,
        loaded: Loaded,
        at_end: Callable[[], object] | None,
        google_token: str | None,
        *,
        follow_file: bool = True,
    ) -> None:
        """Make and connect the parts behind `front`; `at_end` is called when all of them have ended."""
        crash_teller = CrashTeller()
        self._crash_hooks = CrashHooks(crash_teller.told.emit)
        self._crash_hooks.install()
        self._signals = QuitSignals()
        self._faults = FaultFile(paths.logs)
        self._parts = _make_parts(front, paths, loaded, crash_teller, google_token, follow_file=follow_file)
        self._desk = Desk(self._parts)
        self._applying = Applying(self._parts, loaded)
        answers = Answers(
            front.latest,
            self._desk.open_window,
            self._desk.check_now,
            self._desk.ask_credentials_anew,
            self._parts.in_force.mark,
            self._desk.places.show,
        )
        self._server = InstanceServer(paths.socket, answers)
        self._shutdown = Shutdown(
            at_once=[front.tray_host.stop, self._parts.window.close, self._server.close],
            afterwards=[self._desk.stop_watches, self._close_buses, self._faults.close, _end_log, at_end or _nothing],
        )
        connect(self._parts, self._desk, self._applying, self._shutdown, self._signals)
        application = QCoreApplication.instance()
        assert application is not None, "the application is made before anything else"
        application.aboutToQuit.connect(self._shutdown.finish)
        if isinstance(application, QGuiApplication):
            self._session_end = SessionEnd(application, self._parts.window.remember_place)

    def begin(self, *, background: bool, place: Place | None = None) -> None:
        """Put everything to work; `background` opens no window where there is a tray, `place` says where it opens."""
        parts = self._parts
        self._open_log()
        parts.front.tray.follow_scheme()
        parts.window.set_problems(parts.loaded.sentences())
        for name in parts.in_force.settings.environments:
            parts.watching.watch(name)
        self._server.listen()
        if not background:
            if not parts.front.tray_host.has_tray:
                parts.window.set_tray(present=False)
            self._desk.places.show(place or Place())
        if parts.session_bus is not None:
            parts.session_bus.open()
        parts.wake.start()
        self._desk.updates.watch.start()
        if parts.configuration is not None:
            parts.configuration.start()

    def leave(self) -> int:
        """Return the exit code once the event loop has ended, or end the process where something hangs."""
        self._shutdown.finish()
        self._signals.restore()
        self._crash_hooks.restore()
        return leave(self._shutdown.exit_code, self._parts.late)

    def _open_log(self) -> None:
        log_to(self._parts.paths.log_file, logging.INFO)
        for name in CHATTY:
            logging.getLogger(name).setLevel(logging.WARNING)
        left = self._faults.open()
        log.info("AVDesk %s starts, tray: %s", __version__, self._parts.front.tray_host.has_tray)
        for sentence in self._parts.loaded.sentences():
            log.warning("%s", sentence)
        if left:
            log.error("the last run was ended by a fault:\n%s", left)
            self._parts.window.tell("fault", _("AVDesk did not end well the last time."), left)

    def _close_buses(self) -> None:
        for bus in (self._parts.session_bus, self._parts.system_bus):
            if bus is not None:
                bus.close()


def _make_parts(
    front: Front,
    paths: Paths,
    loaded: Loaded,
    crash_teller: CrashTeller,
    google_token: str | None,
    *,
    follow_file: bool,
) -> Parts:
    settings = loaded.settings
    load = partial(load_settings, paths) if follow_file else lambda: loaded
    in_force = InForce(settings)
    session_bus, system_bus = (Bus("SESSION"), Bus("SYSTEM")) if sys.platform == "linux" else (None, None)
    notifications = DesktopNotifications(session_bus)
    announced = Announced(paths.state / "announced.json")
    remembered = RememberedReader(settings.environments, remembered_maker(in_force, paths))
    logs = LogReader(log_opener(in_force, paths, google_token))
    credentials = CredentialDesk(credentials_maker(paths))
    settings_by = settings_desks(in_force, paths, loaded, credentials, google_token, follow_file=follow_file)
    window = WindowHost(
        tuple(settings.environments.values()),
        front.latest,
        front.wishes,
        remembered.preview,
        logs,
        place_file=paths.state / "window.ini",
        theme=settings.appearance.theme,
        settings=settings_by,
    )
    return Parts(
        front=front,
        paths=paths,
        loaded=loaded,
        window=window,
        in_force=in_force,
        watching=Watching(monitor_maker(in_force, paths, google_token)),
        configuration=ConfigurationWatch(paths.config_file, partial(load_settings, paths)) if follow_file else None,
        session_bus=session_bus,
        system_bus=system_bus,
        notifications=notifications,
        announcer=Announcer(in_force.notifications, announced, notifications.show),
        wake=WakeWatch(system_bus),
        crash_teller=crash_teller,
        actions=ActionRunner(actions_maker(in_force, paths, google_token)),
        archive=ArchiveLoader(archive_maker(in_force, paths, google_token)),
        logs=logs,
        remembered=remembered,
        credentials=credentials,
        settings=settings_by,
        doctor=DoctorRunner(practice_maker(load, paths, google_token)),
    )


def _end_log() -> None:
    log.info("AVDesk has ended")
    end_logging()


def _nothing() -> None:
    """Do nothing: nobody waits for the end."""
