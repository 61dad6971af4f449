"""The tray's menu: made once, and afterwards changed in place, so that it doesn't flicker while it is open."""

import sys
from collections.abc import Collection, Sequence

from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import QMenu

from avdesk.core.jobs import Job
from avdesk.i18n import _
from avdesk.ui.tray_state import JOBS_SHOWN, PHASES_SHOWN, TrayState, job_line
from avdesk.ui.wishes import Wishes


class TrayMenu(QMenu):
    """What happens, and what can be done about it. Entries that say something can't be chosen."""

    def __init__(self, environments: Sequence[str], wishes: Wishes, read_only: Collection[str] = ()) -> None:
        """Offer `environments` to choose from where there are several; what is chosen goes to `wishes`.

        Nothing can be done to the jobs of those that are `read_only`.
        """
        super().__init__()
        self._wishes = wishes
        self._read_only = frozenset(read_only)
        self._environment = ""
        self._paused = False
        self._headline = self._line()
        self._phases = [self._line() for _index in range(PHASES_SHOWN)]
        self._eta = self._line()
        self._job = self._line()
        self.addSeparator()
        self._choices = self._environment_choices(environments)
        self.addAction(_("Open AVDesk"), wishes.open_asked.emit)
        self.addAction(_("Check now"), self._check)
        self._jobs: tuple[Job, ...] = ()
        self._cancel = self.addMenu(_("Cancel a job"))
        self._why_not = self._cancel.addAction("")
        self._why_not.setEnabled(False)
        self._why_not.setVisible(False)
        self._cancels = [self._cancel_entry(place) for place in range(JOBS_SHOWN)]
        self._cancel.menuAction().setVisible(False)
        self._pause = self.addAction(_("Pause"), self._toggle_pause)
        self.addSeparator()
        self.addAction(_("Quit"), wishes.quit_asked.emit)

    def show_state(self, state: TrayState) -> None:
        """Show `state`; what has not changed is not touched."""
        self._environment, self._paused = state.environment, state.paused
        _say(self._headline, state.headline)
        for index, action in enumerate(self._phases):
            _say(action, state.phases[index] if index < len(state.phases) else "")
        _say(self._eta, state.eta)
        _say(self._job, state.job)
        _say(self._pause, _("Resume") if state.paused else _("Pause"))
        self._show_cancels(state)
        chosen = self._choices.get(state.environment)
        if chosen is not None and not chosen.isChecked():
            chosen.setChecked(True)

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

    def _environment_choices(self, environments: Sequence[str]) -> dict[str, QAction]:
        if len(environments) < 2:
            return {}
        menu = self.addMenu(_("Environment"))
        group = QActionGroup(menu)
        choices = {}
        for name in environments:
            action = menu.addAction(_escaped(name))
            action.setCheckable(True)
            action.triggered.connect(lambda _checked=False, name=name: self._wishes.environment_chosen.emit(name))
            group.addAction(action)
            choices[name] = action
        return choices

    def _cancel_entry(self, place: int) -> QAction:
        action = self._cancel.addAction("")
        action.triggered.connect(lambda _checked=False: self._cancel_job(place))
        action.setVisible(False)
        return action

    def _cancel_job(self, place: int) -> None:
        if place < len(self._jobs) and self._environment not in self._read_only:
            self._wishes.cancel_wanted.emit(self._environment, self._jobs[place])

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
