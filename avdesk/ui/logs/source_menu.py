"""The button that says which log is shown, and its menu to choose others."""

from collections.abc import Sequence

from PySide6.QtCore import Signal
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QMenu, QPushButton, QWidget

from avdesk.config.settings import Environment
from avdesk.core import wording
from avdesk.core.jobs import Job
from avdesk.core.logchoice import LogChoice, LogKind
from avdesk.i18n import _, ngettext
from avdesk.ui import times
from avdesk.ui.logs.looks import source_label

MOST_JOBS = 15
MOST_FILES = 8


def choice_label(choice: LogChoice) -> str:
    """Return what a source is called."""
    if choice.kind is LogKind.FILE:
        return source_label(f"file:{choice.name}")
    if choice.kind is LogKind.JOB:
        return choice.name
    return {
        LogKind.APP: _("AutoVideo app"),
        LogKind.JOBS: _("All render jobs"),
        LogKind.BATCH: _("Batch runs on Cloud Run"),
        LogKind.OWN: _("AVDesk itself"),
    }[choice.kind]


class SourceButton(QPushButton):
    """Names the sources that are shown; its menu chooses one, or several to be shown together.

    Signals:
        chosen: the sources that are wanted (a tuple of `LogChoice`).
        file_wanted: somebody wants to choose a file.
    """

    chosen = Signal(object)
    file_wanted = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._environment: Environment | None = None
        self._jobs: tuple[Job, ...] = ()
        self._choices: tuple[LogChoice, ...] = ()
        self._files: list[LogChoice] = []
        menu = QMenu(self)
        menu.setToolTipsVisible(True)
        menu.aboutToShow.connect(lambda: self._fill(menu))
        self.setMenu(menu)
        self.setToolTip(_("Which logs are shown, alone or several as one."))
        self._name()

    @property
    def choices(self) -> tuple[LogChoice, ...]:
        """The sources that are shown."""
        return self._choices

    def know(self, environment: Environment | None, jobs: Sequence[Job]) -> None:
        """Offer an environment's sources."""
        self._environment, self._jobs = environment, tuple(jobs)

    def show_choices(self, choices: Sequence[LogChoice]) -> None:
        """Show which sources are shown."""
        self._choices = tuple(choices)
        for choice in self._choices:
            if choice.kind is LogKind.FILE:
                self._files = [choice, *(each for each in self._files if each != choice)][:MOST_FILES]
        self._name()

    def _name(self) -> None:
        if not self._choices:
            words = _("Sources")
        elif len(self._choices) == 1:
            words = choice_label(self._choices[0])
        else:
            more = len(self._choices) - 1
            words = ngettext("{first} + {n} more", "{first} + {n} more", more).format(
                first=choice_label(self._choices[0]), n=more
            )
        self.setText(words.replace("&", "&&"))
        self.setAccessibleName(_("Sources: {names}").format(names=words))

    def _fill(self, menu: QMenu) -> None:
        menu.clear()
        self._fill_with(menu, together=False)
        menu.addSeparator()
        if self._choices:
            self._fill_with(menu.addMenu(_("Show together with")), together=True)
        menu.addAction(_("Open a file…")).triggered.connect(self.file_wanted)

    def _fill_with(self, menu: QMenu, *, together: bool) -> None:
        offered = [LogChoice(LogKind.APP), LogChoice(LogKind.JOBS), LogChoice(LogKind.BATCH)]
        for choice in offered if self._environment is not None else []:
            self._add(menu, choice, together=together)
        newest = [job for job in self._jobs if job.id.startswith("video-job-")][:MOST_JOBS]
        chosen = [choice for choice in self._choices if choice.kind is LogKind.JOB]
        if newest or chosen:
            jobs = menu.addMenu(_("Render job"))
            jobs.setToolTipsVisible(True)
            listed = {job.id for job in newest}
            for choice in (each for each in chosen if each.name not in listed):
                self._add(jobs, choice, together=together)
            for job in newest:
                action = self._add(jobs, LogChoice(LogKind.JOB, job.id), together=together)
                action.setToolTip(f"{wording.job_state(job.state)} · {times.exact_utc(job.created_at)}")
        menu.addSeparator()
        for choice in self._files:
            self._add(menu, choice, together=together).setToolTip(choice.name)
        self._add(menu, LogChoice(LogKind.OWN), together=together)

    def _add(self, menu: QMenu, choice: LogChoice, *, together: bool) -> QAction:
        action = menu.addAction(choice_label(choice).replace("&", "&&"))
        action.setCheckable(True)
        action.setChecked(choice in self._choices)
        action.triggered.connect(lambda _checked=False: self._choose(choice, together=together))
        return action

    def _choose(self, choice: LogChoice, *, together: bool) -> None:
        if not together:
            wanted: tuple[LogChoice, ...] = (choice,)
        elif choice in self._choices:
            wanted = tuple(each for each in self._choices if each != choice)
        else:
            wanted = (*self._choices, choice)
        self.chosen.emit(wanted)
