"""The window on demand: made when it is first opened, told what was missed, brought to the front."""

import os
from collections import deque
from collections.abc import Callable, Collection, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QSettings, QTimer, Signal

from avdesk.app.latest import Latest
from avdesk.bridge.doctor import DoctorTold
from avdesk.bridge.job_archive import OlderTold
from avdesk.bridge.logs import LogReader
from avdesk.bridge.remembered import AuditTold, ExportTold, HistoryTold
from avdesk.bridge.settings_desks import SettingsDesks
from avdesk.config.settings import Environment
from avdesk.core.actions import ActionKind, ActionPreview, ActionRecord, ActionRequest
from avdesk.core.jobs import Job
from avdesk.core.snapshot import Snapshot, Trouble
from avdesk.ui.wishes import Wishes

if TYPE_CHECKING:
    from avdesk.ui.main_window import MainWindow
    from avdesk.ui.settings.access import SettingsAccess

TOKEN_VARIABLE = "XDG_ACTIVATION_TOKEN"  # noqa: S105 - a variable's name
TOKEN_KEPT_MS = 2000
MOST_BAD_ENDS = 20
"""Actions that did not come about while there was no window, told when there is one."""


class WindowHost(QObject):
    """Holds the main window, as soon as there is one. While there is none, it costs nothing.

    Signals:
        made: the window was made and shows the environment of that name.
    """

    made = Signal(str)

    def __init__(
        self,
        environments: Sequence[Environment],
        latest: Latest,
        wishes: Wishes,
        preview: Callable[[ActionRequest, Job | None], ActionPreview],
        logs: LogReader,
        *,
        place_file: Path,
        theme: str,
        settings: SettingsDesks | None = None,
    ) -> None:
        """Prepare a window of `environments`; its place on the screen is kept in `place_file`.

        `preview` says at once what an action would do, `logs` reads logs, `settings` works on the configuration.
        """
        super().__init__()
        self._environments = tuple(environments)
        self._latest = latest
        self._wishes = wishes
        self._preview = preview
        self._logs = logs
        self._settings = settings
        self._first_run = settings is not None and settings.first_run
        self._access: SettingsAccess | None = None
        self._place_file = place_file
        self._theme = theme
        self._window: MainWindow | None = None
        self._messages: dict[str, tuple[str, str]] = {}
        self._problems: tuple[str, ...] = ()
        self._held = False
        self._has_tray = True
        self._under_way: dict[str, ActionRecord] = {}
        self._bad_ends: deque[ActionRecord] = deque(maxlen=MOST_BAD_ENDS)

    @property
    def is_open(self) -> bool:
        """Whether the window is on the screen, if only as an icon."""
        return self._window is not None and self._window.isVisible()

    def open(self, activation_token: str = "") -> None:
        """Show the window and bring it to the front; the token of the click that asked for it makes that allowed."""
        window = self._window or self._make()
        if activation_token:
            os.environ[TOKEN_VARIABLE] = activation_token
            QTimer.singleShot(TOKEN_KEPT_MS, self, lambda: os.environ.pop(TOKEN_VARIABLE, None))
        window.bring_up()
        if self._first_run and self._access is not None:
            self._first_run = False
            self._access.set_up()

    @property
    def unsaved(self) -> bool:
        """Whether the window has edits that quitting would lose."""
        return self._access is not None and self._access.unsaved

    def ask_before_leaving(self, leave: Callable[[], object]) -> None:
        """Ask what is to become of those edits, and call `leave` where they need not stay."""
        if self._access is not None:
            self._access.ask_before_leaving(leave)

    def open_page(self, name: str, activation_token: str = "") -> None:
        """Show the window on the page that the registry calls so."""
        self.open(activation_token)
        if self._window is not None:
            self._window.navigation.setCurrentRow(self._window.stack.row_of(name))

    def toggle(self) -> None:
        """Hide the window when it is in front, else open it."""
        if self._window is not None and self._window.isVisible() and self._window.isActiveWindow():
            self._window.close()
        else:
            self.open()

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Hand a snapshot on."""
        if self._window is not None:
            self._window.show_snapshot(snapshot)

    def show_environment(self, name: str) -> None:
        """Show another environment."""
        if self._window is not None and self._window.environment != name:
            self._window.set_environment(name)

    def set_environments(
        self, environments: Sequence[Environment], *, gone: Collection[str] = (), regarded: Collection[str] = ()
    ) -> None:
        """Show other environments from now on; `gone` and `regarded` as in `config.differences`."""
        self._environments = tuple(environments)
        if self._window is not None:
            self._window.set_environments(self._environments, gone=gone, regarded=regarded)

    def set_theme(self, theme: str) -> None:
        """Look otherwise from now on."""
        if theme == self._theme:
            return
        self._theme = theme
        if self._window is not None:
            self._apply_theme()

    def set_problems(self, sentences: Sequence[str], *, held: bool = False) -> None:
        """Say what is wrong with the configuration; `held`: so wrong that the file as it is now is not used."""
        self._problems, self._held = tuple(sentences), held
        if self._window is not None:
            self._window.set_problems(self._problems, held=held)

    def set_tray(self, *, present: bool) -> None:
        """Say whether the app can be reached by a tray: if not, closing the window quits."""
        self._has_tray = present
        if self._window is not None:
            self._window.set_tray(present)

    def tell(self, topic: str, text: str, full_text: str = "") -> None:
        """Show a message in the window, now or when it is opened; an empty text takes the topic's one away."""
        self._messages[topic] = (text, full_text)
        if self._window is not None:
            self._window.tell(topic, text, full_text)

    def show_action(self, record: ActionRecord) -> None:
        """Show how far an action has come; a window that is opened later shows those that have not ended."""
        self._under_way.pop(record.request.id, None)
        if not record.state.ended:
            self._under_way[record.request.id] = record
        if self._window is not None:
            self._window.show_action(record)
        elif record.state.ended and not record.state.went_well:
            self._bad_ends.append(record)

    def show_specification(self, job: Job, raw: Mapping[str, object] | None, trouble: Trouble | None) -> None:
        """Hand a specification on to the window that asked for it."""
        if self._window is not None:
            self._window.show_specification(job, raw, trouble)

    def show_older_jobs(self, told: OlderTold) -> None:
        """Hand older jobs on to the window that asked for them."""
        if self._window is not None:
            self._window.show_older_jobs(told)

    def show_audit(self, told: AuditTold) -> None:
        """Hand the audit list on to the window that asked for it."""
        if self._window is not None:
            self._window.asker.show_audit(told)

    def show_doctor(self, told: DoctorTold) -> None:
        """Hand on what the doctor tells to the window that asked for it."""
        if self._window is not None:
            self._window.doctor.take(told)

    def show_export(self, told: ExportTold) -> None:
        """Hand on how the export of the audit list came out."""
        if self._window is not None:
            self._window.asker.show_export(told)

    def show_history(self, told: HistoryTold | ExportTold) -> None:
        """Hand past runs, or how their export came out, on to the window that asked."""
        if self._window is not None:
            self._window.show_history(told)

    def ask_in_new_window(self, environment: str, kind: ActionKind, jobs: Sequence[Job]) -> None:
        """Open the window for a question about an action; one that is there asks by itself."""
        if self._window is None:
            window = self._make()
            window.bring_up()
            window.asker.ask(environment, kind, jobs)

    def show_log_in_new_window(self, environment: str, job: Job) -> bool:
        """Open the window on a job's log; one that is there shows it by itself. Return whether it was opened."""
        if self._window is not None:
            return False
        window = self._make()
        window.bring_up()
        window.show_log(environment, job)
        return True

    def ask_video_in_new_window(self, environment: str) -> None:
        """Open the window for a new video; one that is there asks by itself."""
        if self._window is None:
            window = self._make()
            window.bring_up()
            window.asker.ask_video(environment)

    def remember_place(self) -> None:
        """Remember where the window is, where there is one."""
        if self._window is not None:
            self._window.remember_place()

    def close(self) -> None:
        """Remember where the window is, and take it from the screen."""
        if self._window is not None:
            self._window.remember_place()
            self._window.hide()

    def _apply_theme(self) -> None:
        from avdesk.ui.theme import apply_theme

        if self._theme in ("light", "dark"):
            apply_theme("light" if self._theme == "light" else "dark")
        else:
            apply_theme("system")

    def _make(self) -> "MainWindow":
        from avdesk.ui.main_window import MainWindow
        from avdesk.ui.settings.access import SettingsAccess

        self._apply_theme()
        store = QSettings(str(self._place_file), QSettings.Format.IniFormat)
        window = MainWindow(self._environments, self._latest.current, self._wishes, store)
        window.set_previewer(self._preview)
        window.use_logs(self._logs)
        if self._settings is not None:
            self._access = SettingsAccess(window, self._settings)
        for name in self._latest.environments:
            if self._latest.is_known(name):
                window.show_snapshot(self._latest.snapshot(name))
        window.set_problems(self._problems, held=self._held)
        window.set_tray(self._has_tray)
        for topic, (text, full_text) in self._messages.items():
            window.tell(topic, text, full_text)
        for record in (*self._bad_ends, *self._under_way.values()):
            window.show_action(record)
        self._bad_ends.clear()
        self._window = window
        self.made.emit(window.environment)
        return window
