"""The parts of the running desktop app, and what it does with what they tell."""

from dataclasses import dataclass, field

from PySide6.QtCore import QObject, Qt, Signal

from avdesk.app.action_desk import ActionDesk
from avdesk.app.front import Front
from avdesk.app.in_force import InForce
from avdesk.app.place_desk import PlaceDesk
from avdesk.app.update_desk import UpdateDesk, update_watch
from avdesk.app.watching import Watching
from avdesk.app.window_host import WindowHost
from avdesk.bridge.actions import ActionRunner
from avdesk.bridge.announcer import Announcer
from avdesk.bridge.bus import Bus
from avdesk.bridge.config_watch import ConfigurationWatch
from avdesk.bridge.credentials import CredentialDesk
from avdesk.bridge.doctor import DoctorRunner
from avdesk.bridge.job_archive import ArchiveLoader
from avdesk.bridge.logs import LogReader
from avdesk.bridge.notifications import DesktopNotifications
from avdesk.bridge.remembered import RememberedReader
from avdesk.bridge.settings_desks import SettingsDesks
from avdesk.bridge.stopping import stop_all
from avdesk.bridge.wake import WakeWatch
from avdesk.config.load import Loaded
from avdesk.config.paths import Paths
from avdesk.core.alerts import Alert, AlertAction, Urgency
from avdesk.core.jobs import Job
from avdesk.i18n import _


class CrashTeller(QObject):
    """Brings a crash report from whichever thread into the GUI thread.

    Signals:
        told: the report.
    """

    told = Signal(str)


@dataclass(slots=True)
class Parts:
    """What the app consists of; made by `avdesk.app.running`, connected by `avdesk.app.wiring`.

    Attributes:
        in_force: the settings that hold now.
        configuration: None where no file is followed.
        session_bus, system_bus: None where there is no D-Bus.
        late: watches that had not ended when they were waited for.
    """

    front: Front
    paths: Paths
    loaded: Loaded
    window: WindowHost
    in_force: InForce
    watching: Watching
    configuration: ConfigurationWatch | None
    session_bus: Bus | None
    system_bus: Bus | None
    notifications: DesktopNotifications
    announcer: Announcer
    wake: WakeWatch
    crash_teller: CrashTeller
    actions: ActionRunner
    archive: ArchiveLoader
    logs: LogReader
    remembered: RememberedReader
    credentials: CredentialDesk
    doctor: DoctorRunner
    settings: SettingsDesks
    late: list[str] = field(default_factory=list)


class Desk(QObject):
    """What happens on wishes and news; each method is connected in `avdesk.app.wiring`."""

    def __init__(self, parts: Parts) -> None:
        """Act on `parts`."""
        super().__init__()
        self._parts = parts
        self.actions = ActionDesk(parts.front, parts.window, parts.actions)
        self.places = PlaceDesk(parts.front, parts.window)
        self.updates = UpdateDesk(parts.window, parts.paths.state / "update.json", update_watch(parts.in_force))
        self._message_of = ""
        self._dialog: QObject | None = None

    def check_now(self, environment: str) -> None:
        """Ask an environment at once."""
        self._parts.watching.hurry(environment)

    def pause(self, environment: str, paused: bool) -> None:
        """Stop asking an environment, or go on."""
        self._parts.watching.pause(environment, paused=paused)

    def ask_credentials_anew(self, environment: str) -> None:
        """Make whatever asks an environment look for its credentials again: they were changed."""
        self._parts.actions.forget((environment,))
        self._parts.archive.forget((environment,))
        self._parts.watching.watch(environment)

    def woke(self) -> None:
        """Let every watch know that the machine or the network is back."""
        for poller in self._parts.watching.pollers():
            poller.woke()

    def open_window(self, activation_token: str = "") -> None:
        """Show the window."""
        self._parts.window.open(activation_token)

    def on_alert_activated(self, alert: Alert, action: AlertAction, activation_token: str) -> None:
        """Do what a notification's button says."""
        if alert.environment not in self._parts.front.latest.environments:
            self._parts.window.open(activation_token)  # it was taken out of the configuration since then
            return
        if action is AlertAction.CHECK_NOW:
            if alert.check:
                self._parts.watching.check(alert.environment, [alert.check])
            else:
                self.check_now(alert.environment)
            return
        if action is AlertAction.RETRY:
            self.actions.retry_by_notification(alert, activation_token)
            return
        self._parts.front.latest.choose(alert.environment)
        self._parts.window.open(activation_token)
        if action is AlertAction.LOG:
            self._show_log(alert)

    def show_log(self, environment: str, job: Job) -> None:
        """Bring the window to the front, on a job's log."""
        self._parts.front.latest.choose(environment)
        if not self._parts.window.show_log_in_new_window(environment, job):
            self._parts.window.open()

    def _show_log(self, alert: Alert) -> None:
        """Show the log that a notification is about; where the job is not known any more, the window alone."""
        jobs = self._parts.front.latest.snapshot(alert.environment).jobs
        found = next((job for job in jobs if job.id == alert.job_id), None)
        if found is not None:
            self._parts.front.wishes.log_wanted.emit(alert.environment, found)

    def show_by_tray(self, alert: Alert) -> None:
        """Show an alert without a notification daemon: by the tray, or in the window where there is no tray."""
        if self._parts.front.tray_host.has_tray:
            self._message_of = alert.environment
            self._parts.front.tray.show_message(alert.title, alert.body, urgent=alert.urgency is Urgency.CRITICAL)
        else:
            self._parts.window.tell(alert.incident, f"{alert.title}: {alert.body}")

    def on_tray_message_clicked(self) -> None:
        """Open the window on what the tray's last message was about."""
        self._parts.front.latest.choose(self._message_of)
        self._parts.window.open()

    def on_tray_missing(self) -> None:
        """Show the window, unless it is there already: there is no tray to be reached by."""
        self._parts.window.set_tray(present=False)
        if not self._parts.window.is_open:
            self._parts.window.open()

    def on_tray_appeared(self) -> None:
        """Take note that closing the window hides it from now on."""
        self._parts.window.set_tray(present=True)

    def on_poller_crashed(self, environment: str, crash: str) -> None:
        """Say that AVDesk itself has failed to look."""
        text = _("AVDesk could not look at {environment} because of a fault of its own. It tries again.")
        full = _("{fault}\nMore is in {file}.").format(fault=crash, file=self._parts.paths.log_file)
        self._parts.window.tell(f"crash:{environment}", text.format(environment=environment), full)

    def show_crash(self, report: str) -> None:
        """Show a report of AVDesk's own fault, without taking the focus from anybody."""
        from avdesk.app.crash_dialog import CrashDialog

        dialog = CrashDialog(report)
        dialog.setAttribute(Qt.WidgetAttribute.WA_ShowWithoutActivating)
        self._dialog = dialog
        dialog.show()

    def on_action_crashed(self, environment: str, crash: str) -> None:
        """Say that AVDesk itself has failed to act: what was asked for may have been done or not."""
        text = _("AVDesk could not finish an action on {environment} because of a fault of its own.")
        full = _("{fault}\nMore is in {file}.").format(fault=crash, file=self._parts.paths.log_file)
        self._parts.window.tell(f"action crash:{environment}", text.format(environment=environment), full)

    def stop_watches(self) -> None:
        """End the watches and whatever acts or loads, within a bound."""
        parts = self._parts
        eyes = () if parts.configuration is None else (parts.configuration,)
        parts.late = stop_all(
            [
                *eyes,
                *parts.watching.all,
                parts.actions,
                parts.archive,
                parts.logs,
                parts.remembered,
                parts.credentials,
                parts.doctor,
                parts.settings.settings,
                parts.settings.finding,
                self.updates.watch,
            ]
        )
