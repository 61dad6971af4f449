"""The detail pane: all that is known of the selected job, or what the selected ones come to."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime

from PySide6.QtCore import QSize, Qt, QUrl, Signal
from PySide6.QtGui import QDesktopServices, QGuiApplication
from PySide6.QtWidgets import QFrame, QMenu, QPushButton, QScrollArea, QStackedWidget, QVBoxLayout, QWidget

from avdesk.config.settings import Environment
from avdesk.core.actions import ActionRecord
from avdesk.core.jobs import Job
from avdesk.core.snapshot import Snapshot
from avdesk.i18n import _
from avdesk.ui import phrases
from avdesk.ui.colours import Tone, job_sign
from avdesk.ui.jobs import job_words, links, notes
from avdesk.ui.jobs.course import course, run_of, run_words
from avdesk.ui.jobs.course_view import CourseView
from avdesk.ui.jobs.named_lines import NamedLines
from avdesk.ui.jobs.spec_view import SpecView
from avdesk.ui.theme import GAP, HALF, STEP
from avdesk.ui.widgets.bar import ThinBar
from avdesk.ui.widgets.disclosure import Disclosure
from avdesk.ui.widgets.fields import Fields
from avdesk.ui.widgets.sign import SignView
from avdesk.ui.widgets.text import Role, Text
from avdesk.ui.widgets.titled import titled_row
from avdesk.ui.widgets.wrap import WrapRow

_LEAST_WIDTH = 232
_START_WIDTH = 304
_NEARLY_ALL = 0.8


@dataclass(frozen=True, slots=True)
class Around:
    """What the pane has to know beside the job.

    Attributes:
        environment: the one shown; None before any.
        snapshot: the last one.
        records: the last action of each job, by its key.
    """

    environment: Environment | None
    snapshot: Snapshot | None
    records: Mapping[tuple[str, str], ActionRecord]


class DetailPane(QStackedWidget):
    """Shows one job, a sum of several, or what to do to see one."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(_("Details"))
        self._jobs: tuple[Job, ...] = ()
        self._around = Around(None, None, {})
        self._now = datetime.now(UTC)
        self.none = Text(
            _("Select a job to see its course, its error and its specification."), Role.SECONDARY, wrap=True
        )
        self.many = Text("", Role.HEADLINE, wrap=True)
        self.many_words = Text("", wrap=True)
        self.job = JobDetail()
        self.addWidget(_topped(self.none))
        self.addWidget(_topped(self.many, self.many_words))
        self.addWidget(self.job)
        self.setMinimumWidth(_LEAST_WIDTH)

    def sizeHint(self) -> QSize:
        """Return the width to begin with."""
        return QSize(_START_WIDTH, super().sizeHint().height())

    def show_jobs(self, jobs: Sequence[Job], around: Around, now: datetime) -> None:
        """Show the selected jobs."""
        self._jobs, self._around, self._now = tuple(jobs), around, now
        if not jobs:
            self.setCurrentIndex(0)
        elif len(jobs) > 1:
            count, words = job_words.selection_words(jobs, now)
            self.many.setText(count)
            self.many_words.setText(words)
            self.setCurrentIndex(1)
        else:
            self.job.show_job(jobs[0], around, now)
            self.setCurrentIndex(2)

    def tick(self, now: datetime) -> None:
        """Let durations go on."""
        self.show_jobs(self._jobs, self._around, now)


class JobDetail(QScrollArea):
    """One job from its headline to its specification.

    Signals:
        log_asked: show the log of this `Job`.
    """

    log_asked = Signal(object)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job: Job | None = None
        self._folder = ""
        self._around = Around(None, None, {})
        self._now = datetime.now(UTC)
        self.open_url: Callable[[str], object] = lambda url: QDesktopServices.openUrl(QUrl(url))
        self.log = _link_button(_("Show log"), self.show_log)
        self.sign = SignView(24)
        self.headline = Text("", Role.HEADLINE, wrap=True)
        self.name = Text("", Role.SECONDARY, wrap=True)
        self.note_sign = SignView(16)
        self.note = Text("", Role.TITLE, wrap=True)
        self.note_words = Text("", wrap=True)
        self.error = Text("", Role.TITLE, wrap=True)
        self.error.set_tone(Tone.BAD)
        self.advice = Text("", wrap=True)
        self.full = Disclosure(_("Full text"))
        self.course = CourseView()
        self.fields = Fields()
        self.machine = self.fields.add(_("Machine"))
        self.cost = self.fields.add(_("Cost"))
        self.run = self.fields.add(_("Run"))
        self.retry_of = self.fields.add(_("Retry of"))
        self.state = self.fields.add(_("State"))
        self.limit = ThinBar()
        self.labels_title = Text(_("Labels"), Role.TITLE)
        self.labels = NamedLines()
        self.specification = SpecView()
        self.specification.folder_known.connect(self._take_folder)
        self._make_buttons()
        self._lay_out()

    @property
    def shown(self) -> Job | None:
        """The job that is shown."""
        return self._job

    def show_job(self, job: Job, around: Around, now: datetime) -> None:
        """Show a job as it stands."""
        changed = self._job is None or self._job.key != job.key
        self._job, self._around, self._now = job, around, now
        if changed:
            self.verticalScrollBar().setValue(0)
            self.full.toggle.setChecked(False)
        self.sign.show_sign(job_sign(job.state), 1, 2)
        self.headline.setText(job_words.headline(job))
        self.name.setText(job.id if job.is_autovideo else job.display_name or job.id)
        self.name.setToolTip(job.display_name)
        self._show_note(around.records.get(job.key))
        what, advice, full = job_words.error_words(job)
        self.error.show_text(what)
        self.advice.show_text(advice)
        self.full.show_text(full)
        self.course.show_steps(course(job, now), now)
        self._show_fields(job, now)
        lines = job_words.label_lines(job)
        self.labels_title.setVisible(bool(lines))
        self.labels.show_lines(lines)
        self.specification.show_job(job)
        self._offer_links()

    def _show_note(self, record: ActionRecord | None) -> None:
        text = "" if record is None else notes.headline(record)
        self.note_sign.setVisible(record is not None)
        self.note.show_text(text)
        self.note_words.show_text("" if record is None else notes.sentence(record))
        if record is not None:
            self.note_sign.show_sign(notes.note_sign(record.state))

    def _show_fields(self, job: Job, now: datetime) -> None:
        show = self.fields.show_value
        run = run_of(job, self._around.snapshot)
        show(self.machine, job_words.capacity(job))
        show(self.cost, phrases.cost_words(job, now), _("By AutoVideo's own price table, without discounts."))
        show(self.run, None if run is None else run_words(run))
        show(self.retry_of, job.retry_of)
        show(self.state, job.vertex_state if job_words.wants_raw_state(job) else None)
        ran, limit = job.run_s(now), job.time_limit_s
        self.limit.setVisible(ran is not None and bool(limit))
        if ran is not None and limit:
            share = ran / limit
            self.limit.show_share(share, Tone.WARN if share > _NEARLY_ALL and not job.state.ended else Tone.BUSY)

    def _offer_links(self) -> None:
        job, environment = self._job, self._around.environment
        assert job is not None, "links are offered for the job shown"
        project = "" if environment is None else environment.project
        emulated = environment is not None and bool(environment.google_endpoint)
        why = _("This environment's Google is an emulator, which has no console.") if emulated else ""
        unknown = _("Vertex AI has not told of this job itself yet.")
        for button, refusal, hint in (
            (self.log, "" if job.number else unknown, _("Read the job's log, at the line that says why it failed.")),
            (
                self.console,
                why or ("" if links.console_url(job, project) else unknown),
                _("Open the job in the cloud console."),
            ),
        ):
            button.setEnabled(not refusal)
            button.setToolTip(refusal or hint)
            button.setAccessibleDescription(refusal or hint)
        folder = links.output_url(self._folder, project)
        self.folder.setVisible(bool(folder) and not emulated)
        self.folder.setToolTip(self._folder)

    def show_log(self) -> None:
        """Ask for the job's log."""
        if self._job is not None and self._job.number:
            self.log_asked.emit(self._job)

    def open_link(self, what: str) -> None:
        """Open ``console`` or ``folder`` of the job in the browser; nothing where it has none."""
        job, environment = self._job, self._around.environment
        if job is None or environment is None or environment.google_endpoint:
            return
        url = {
            "console": links.console_url(job, environment.project),
            "folder": links.output_url(self._folder, environment.project),
        }[what]
        if url:
            self.open_url(url)

    def copy(self, what: str) -> None:
        """Copy ``id``, ``name``, ``json``, ``gcloud`` or ``avdesk`` of the job."""
        if self._job is None or self._around.environment is None:
            return
        environment = self._around.environment
        texts = links.copy_texts(self._job, environment.name, environment.project, self._now)
        if what in texts:
            QGuiApplication.clipboard().setText(texts[what])

    def _take_folder(self, folder: str) -> None:
        self._folder = folder
        if self._job is not None:
            self._offer_links()

    def _make_buttons(self) -> None:
        self.console = _link_button(_("Open in console"), lambda: self.open_link("console"))
        self.folder = _link_button(_("Output folder"), lambda: self.open_link("folder"))
        self.copy_button = QPushButton(_("Copy"))
        self.copy_button.setAccessibleName(_("Copy of this job"))
        menu = QMenu(self.copy_button)
        for what, title in copy_titles().items():
            menu.addAction(title).triggered.connect(lambda _checked=False, what=what: self.copy(what))
        self.copy_button.setMenu(menu)
        self.buttons = WrapRow(STEP)
        for button in (self.log, self.console, self.folder, self.copy_button):
            self.buttons.flow.addWidget(button)

    def _lay_out(self) -> None:
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(GAP, 0, STEP, GAP)
        column.setSpacing(STEP)
        head = titled_row(self.sign, self.headline)
        column.addLayout(head)
        column.addWidget(self.name)
        column.addLayout(titled_row(self.note_sign, self.note))
        for part in (self.note_words, self.error, self.advice, self.full):
            column.addWidget(part)
        column.addSpacing(HALF)
        column.addWidget(self.course)
        column.addWidget(self.limit)
        column.addWidget(self.fields)
        column.addWidget(self.buttons)
        column.addSpacing(HALF)
        column.addWidget(self.labels_title)
        column.addWidget(self.labels)
        column.addSpacing(HALF)
        column.addWidget(self.specification)
        column.addStretch(1)
        self.setWidget(content)
        self.setWidgetResizable(True)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)


def copy_titles() -> Mapping[str, str]:
    """Return what can be copied of a job, by its key in `links.copy_texts`, with its menu entry."""
    return {
        "id": _("Copy id"),
        "name": _("Copy resource name"),
        "json": _("Copy as JSON"),
        "gcloud": _("Copy as gcloud command"),
        "avdesk": _("Copy as avdesk command"),
    }


def _link_button(text: str, do: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.setAccessibleName(text)
    button.clicked.connect(do)
    return button


def _topped(*parts: QWidget) -> QWidget:
    holder = QWidget()
    column = QVBoxLayout(holder)
    column.setContentsMargins(GAP, 0, STEP, 0)
    column.setSpacing(STEP)
    for part in parts:
        column.addWidget(part)
    column.addStretch(1)
    return holder
