"""The tray's menu: made once, and afterwards changed in place, so that it doesn't flicker while it is open."""

import sys
from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from avdesk.core.jobs import Job
from avdesk.i18n import _
from avdesk.ui.tray_state import JOBS_SHOWN, PHASES_SHOWN, TrayState, job_line
from avdesk.ui.wishes import Wishes


@dataclass(frozen=True, slots=True)
class Choice:
    """An environment that can be chosen: its name, its mark's colour, and whether nothing can be done to it."""

    name: str
    colour: str = ""
    read_only: bool = False


class TrayMenu(QMenu):
    """What happens, and what can be done about it. Entries that say something can't be chosen."""

    def __init__(self, environments: Sequence[Choice], wishes: Wishes) -> None:
        """Offer `environments` to choose from where there are several; what is chosen goes to `wishes`."""
        super().__init__()
        self._wishes = wishes
        self._read_only: frozenset[str] = frozenset()
        self._environment = ""
        self._alarm_environment = ""
        self._paused = False
        self._alarm = self.addAction("", self._go_to_alarm)
        self._alarm.setVisible(False)
        self._headline = self._line()
        self._phases = [self._line() for _index in range(PHASES_SHOWN)]
        self._eta = self._line()
        self._job = self._line()
        self.addSeparator()
        self._open = self.addAction(_("Open AVDesk"), wishes.open_asked.emit)
        self._choosing: QMenu | None = None
        self._choices: dict[str, QAction] = {}
        self.addAction(_("Check now"), self._check)
        self._jobs: tuple[Job, ...] = ()
        self._cancel = self.addMenu(_("Cancel a job"))
        self._why_not = self._cancel.addAction("")
        self._why_not.setEnabled(False)
        self._why_not.setVisible(False)
        self._cancels = [self._cancel_entry(place) for place in range(JOBS_SHOWN)]
        self._cancel.menuAction().setVisible(False)
        self._logged: Job | None = None
        self._log = self.addAction(_("Show log"), self._show_log)
        self._log.setVisible(False)
        self._pause = self.addAction(_("Pause"), self._toggle_pause)
        self.addSeparator()
        self.addAction(_("Quit"), wishes.quit_asked.emit)
        self.set_environments(environments)

    def set_environments(self, environments: Sequence[Choice]) -> None:
        """Offer other environments from now on."""
        self._read_only = frozenset(each.name for each in environments if each.read_only)
        self._choices = {}
        several = len(environments) > 1
        if self._choosing is None and several:
            self._choosing = QMenu(_("Environment"), self)
            self.insertMenu(self._open, self._choosing)
        if self._choosing is None:
            return
        self._choosing.clear()
        self._choosing.menuAction().setVisible(several)
        if several:
            self._choices = self._entries(self._choosing, environments)

    def show_state(self, state: TrayState) -> None:
        """Show `state`; what has not changed is not touched."""
        self._environment, self._paused = state.environment, state.paused
        self._alarm_environment = state.alarm_environment
        _say(self._alarm, state.alarm)
        _say(self._headline, state.headline)
        for index, action in enumerate(self._phases):
            _say(action, state.phases[index] if index < len(state.phases) else "")
        _say(self._eta, state.eta)
        _say(self._job, state.job)
        _say(self._pause, _("Resume") if state.paused else _("Pause"))
        self._show_cancels(state)
        self._logged = state.logged
        if self._log.isVisible() != (state.logged is not None):
            self._log.setVisible(state.logged is not None)
        self._show_choices(state)

    def _show_cancels(self, state: TrayState) -> None:
        """Offer the jobs to cancel; where nothing may be done, say why in a line: panels show no tooltips."""
        self._jobs = state.cancellable
        barred = state.environment in self._read_only
        _say(self._why_not, _("{environment} is read only").format(environment=state.environment) if barred else "")
        for place, action in enumerate(self._cancels):
            job = self._jobs[place] if place < len(self._jobs) else None
            _say(action, _("Cancel {job}…").format(job=job_line(job)) if job is not None else "")
            if action.isEnabled() == barred:
                action.setEnabled(not barred)
        if self._cancel.menuAction().isVisible() != bool(self._jobs):
            self._cancel.menuAction().setVisible(bool(self._jobs))

    def _line(self) -> QAction:
        action = self.addAction("")
        action.setEnabled(False)
        action.setVisible(False)
        return action

    def _entries(self, menu: QMenu, environments: Sequence[Choice]) -> dict[str, QAction]:
        from avdesk.ui.marks import environment_mark  # one environment alone needs none

        group = QActionGroup(menu)
        choices = {}
        for each in environments:
            action = menu.addAction(environment_mark(each.colour), _escaped(each.name))
            action.setCheckable(True)
            action.triggered.connect(
                lambda _checked=False, name=each.name: self._wishes.environment_chosen.emit(name)
            )
            group.addAction(action)
            choices[each.name] = action
        return choices

    def _show_choices(self, state: TrayState) -> None:
        """Say of each environment how it stands, and which one is looked at."""
        if self._choosing is None or not self._choices:
            return
        from avdesk.ui.phrases import sign_word  # one environment alone needs none

        title = _escaped(_("Environment: {name}").format(name=state.environment))
        if self._choosing.title() != title:
            self._choosing.setTitle(title)
        for name, action in self._choices.items():
            sign = state.signs.get(name)
            text = _escaped(name if sign is None else f"{name} · {sign_word(sign)}")
            if action.text() != text:
                action.setText(text)
        chosen = self._choices.get(state.environment)
        if chosen is not None and not chosen.isChecked():
            chosen.setChecked(True)

    def _go_to_alarm(self) -> None:
        """Show the environment that needs a look."""
        self._wishes.environment_chosen.emit(self._alarm_environment)
        self._wishes.open_asked.emit()

    def _cancel_entry(self, place: int) -> QAction:
        action = self._cancel.addAction("")
        action.triggered.connect(lambda _checked=False: self._cancel_job(place))
        action.setVisible(False)
        return action

    def _cancel_job(self, place: int) -> None:
        if place < len(self._jobs) and self._environment not in self._read_only:
            self._wishes.cancel_wanted.emit(self._environment, self._jobs[place])

    def _show_log(self) -> None:
        if self._logged is not None:
            self._wishes.log_wanted.emit(self._environment, self._logged)

    def _check(self) -> None:
        self._wishes.check_now.emit(self._environment)

    def _toggle_pause(self) -> None:
        self._wishes.paused.emit(self._environment, not self._paused)


def _say(action: QAction, text: str) -> None:
    shown = _escaped(text)
    if action.text() != shown:
        action.setText(shown)
    if action.isVisible() != bool(text):
        action.setVisible(bool(text))


def _escaped(text: str) -> str:
    """Return `text` without anything that a menu reads as a shortcut."""
    plain = text.replace("&", "&&").replace("\t", " ")
    # A panel reads an underscore as Qt does an ampersand, and Qt hands it on as it is.
    return plain.replace("_", "__") if sys.platform == "linux" else plain
