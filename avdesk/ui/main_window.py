"""The window: navigation at the left, the environment and the data's age above, one page at a time."""

from collections.abc import Callable, Collection, Mapping, Sequence
from datetime import UTC, datetime
from functools import partial

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import (
    QAction,
    QCloseEvent,
    QHideEvent,
    QKeySequence,
    QShowEvent,
)
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMainWindow,
    QVBoxLayout,
)

from avdesk.bridge.job_archive import OlderTold
from avdesk.bridge.logs import LogReader
from avdesk.bridge.remembered import ExportTold, HistoryTold
from avdesk.config.settings import Environment
from avdesk.core.actions import ActionRecord
from avdesk.core.jobs import Job
from avdesk.core.snapshot import Snapshot, Trouble
from avdesk.core.worst import Standing, worst
from avdesk.i18n import _, ngettext
from avdesk.ui import phrases
from avdesk.ui.dialogs.asker import Asker
from avdesk.ui.dialogs.asking import Previewer
from avdesk.ui.doctor.desk import DoctorDesk
from avdesk.ui.foot import Foot
from avdesk.ui.geometry import LEAST_SIZE, Store
from avdesk.ui.header import Header
from avdesk.ui.jobs import notes
from avdesk.ui.navigation import Navigation
from avdesk.ui.page_stack import PageStack
from avdesk.ui.pages.page import Page
from avdesk.ui.pages.registry import PAGES
from avdesk.ui.placing import Placing
from avdesk.ui.signs import app_icon
from avdesk.ui.theme import STEP
from avdesk.ui.widgets.frame import Frame
from avdesk.ui.widgets.messages import MessageBar
from avdesk.ui.wishes import Wishes

Clock = Callable[[], datetime]

_TICK_MS = 1000
_BAD_ENDS = "actions"
_MOST_BAD_ENDS = 20


def utc_now() -> datetime:
    """Return the time."""
    return datetime.now(UTC)


class MainWindow(QMainWindow):
    """AVDesk's window. It shows what it is told and says through `Wishes` what its user wants.

    Signals:
        hidden: the window was closed and the program goes on in the tray.
    """

    hidden = Signal()

    def __init__(
        self,
        environments: Sequence[Environment],
        current: str,
        wishes: Wishes,
        store: Store,
        *,
        now: Clock = utc_now,
    ) -> None:
        super().__init__()
        self._environments = {environment.name: environment for environment in environments}
        self._current = current
        self._wishes = wishes
        self._store = store
        self._now = now
        self._tray = True
        self._asking = False
        self._bad_ends: list[str] = []
        self._snapshots: dict[str, Snapshot] = {}
        self.header = Header(environments, current)
        self.messages = MessageBar()
        self.navigation = Navigation()
        self.stack = PageStack(wishes)
        self.foot = Foot()
        self.status = self.foot.words
        self.doctor = DoctorDesk(self, wishes)
        self.asker = Asker(self, self._environments, wishes, store, self._snapshots)
        self._log_reader: LogReader | None = None
        self.frame = Frame()
        self._timer = QTimer(self, interval=_TICK_MS)
        self._timer.timeout.connect(self.tick)
        self._lay_out()
        self._add_pages()
        self._add_keys()
        self.header.chosen.connect(self._choose)
        self.header.check_asked.connect(self._check_now)
        wishes.job_wanted.connect(self.show_job)
        wishes.log_wanted.connect(self.show_log)
        self.foot.video.clicked.connect(lambda: wishes.new_video_wanted.emit(self._current))
        self.asker.refused.connect(lambda action, why: self.tell("action", f"{action}: {why}"))
        self._placing = Placing(self, store)
        self._placing.restore()
        self.set_environment(current)

    @property
    def environment(self) -> str:
        """The name of the environment that is shown."""
        return self._current

    def show_snapshot(self, snapshot: Snapshot) -> None:
        """Show a new snapshot; one of another environment is kept until that is chosen."""
        self._snapshots[snapshot.environment] = snapshot
        if snapshot.environment == self._current:
            self._asking = False
            for page in self.pages:
                page.show_snapshot(snapshot, self._now())
            self.navigation.show_counts(kind.tally(snapshot) for kind in PAGES)
            self.tick()
        else:
            self.header.show_alarm(self._worst_elsewhere(self._now()))

    def set_environment(self, name: str) -> None:
        """Show another environment, as far as it is known."""
        self._current = name
        self._asking = False
        environment = self._environments.get(name)
        self.setWindowTitle(f"AVDesk — {name}")
        self.header.show_environment(name)
        self.frame.show_frame(red=environment is not None and environment.production)
        for page in self.pages:
            page.show_environment(environment)
        known = self._snapshots.get(name)
        self.show_snapshot(known if known is not None else Snapshot(environment=name, at=self._now()))

    def set_environments(
        self, environments: Sequence[Environment], *, gone: Collection[str] = (), regarded: Collection[str] = ()
    ) -> None:
        """Show other environments from now on; `gone` and `regarded` as in `config.differences`."""
        shown = self._environments.get(self._current)
        self._environments.clear()
        self._environments.update({environment.name: environment for environment in environments})
        self.asker.dismiss({*gone, *regarded})
        for name in (*gone, *(name for name in self._snapshots if name not in self._environments)):
            self._snapshots.pop(name, None)
            self.stack.forget(name)
        self.header.set_environments(environments, self._current)
        if self._current in gone or self._environments.get(self._current, shown) != shown:
            self.set_environment(self._current)

    def set_previewer(self, previewer: Previewer) -> None:
        """Take the words of what an action would do from somebody who knows the server; called in this thread."""
        self.asker.set_previewer(previewer)

    def show_action(self, record: ActionRecord) -> None:
        """Show how far an action has come, of whichever environment: each change of its state."""
        self.stack.show_action(record)
        self.foot.show_action(record)
        listed = self.asker.show_record(record)
        if record.state.ended and not record.state.went_well and not listed:
            self._tell_bad_end(record)
        self.tick()

    def show_older_jobs(self, told: OlderTold) -> None:
        """Show older jobs that came in, and how far their loading has come."""
        for page in self.pages:
            page.show_older_jobs(told)

    def show_history(self, told: HistoryTold | ExportTold) -> None:
        """Show past runs as they were read, or how their export came out."""
        for page in self.pages:
            page.show_history(told)

    def show_job(self, environment: str, job_id: str) -> None:
        """Look for a job on the Jobs page."""
        if environment == self._current:
            place = self.stack.row_of("jobs")
            page = self.stack.page_at(place)
            from avdesk.ui.pages.jobs import JobsPage  # made by now

            assert isinstance(page, JobsPage), "the registry makes it"
            page.query.set_text(job_id)
            self.navigation.setCurrentRow(place)

    def use_logs(self, reader: LogReader) -> None:
        """Read logs by `reader`."""
        self._log_reader = reader
        for page in self.pages:
            page.use_reader(reader)

    def show_log(self, environment: str, job: Job) -> None:
        """Show a job's log, at the line that says why it failed."""
        if environment != self._current:
            self._choose(environment)
        place = self.stack.row_of("logs")
        page = self.stack.page_at(place)
        from avdesk.ui.pages.logs import LogsPage  # made by now

        assert isinstance(page, LogsPage), "the registry makes it"
        page.show_job(job)
        self.navigation.setCurrentRow(place)

    def show_specification(self, job: Job, raw: Mapping[str, object] | None, trouble: Trouble | None) -> None:
        """Show the whole CustomJob that was asked for, or why it could not be had."""
        self.asker.show_specification(job, raw, trouble)
        for page in self.pages:
            page.show_specification(job, raw, trouble)

    def show_page(self, title: str) -> None:
        """Show the page of that (translated) title; nothing for one that there is not."""
        for place, kind in enumerate(PAGES):
            if kind.title() == title:
                self.navigation.setCurrentRow(place)

    @property
    def pages(self) -> list[Page]:
        """The pages that have been made, in the order of the navigation."""
        return self.stack.pages

    def _inform(self, page: Page) -> None:
        """Let a page that was made just now know what the others know."""
        page.restore(self._store)
        if self._log_reader is not None:
            page.use_reader(self._log_reader)
        page.show_environment(self._environments.get(self._current))
        snapshot = self._snapshots.get(self._current)
        if snapshot is not None:
            page.show_snapshot(snapshot, self._now())
        for record in self.stack.records:
            page.show_action(record)

    def _tell_bad_end(self, record: ActionRecord) -> None:
        """Say what did not come about; what was said before and not dismissed is a click away."""
        about = " · ".join(text for text in (record.request.job_id, record.request.environment) if text)
        line = f"{notes.headline(record)} · {about}. {notes.sentence(record)}"
        if not self.messages.stands(_BAD_ENDS):
            self._bad_ends = []
        self._bad_ends = [line, *self._bad_ends][:_MOST_BAD_ENDS]
        self.tell(_BAD_ENDS, line, "\n".join(self._bad_ends) if len(self._bad_ends) > 1 else "")

    def set_problems(self, sentences: Sequence[str], *, held: bool = False) -> None:
        """Show what is wrong with the configuration, one sentence each; none takes the message away.

        `held`: so wrong that the file as it is now is not used.
        """
        count = len(sentences)
        if held and sentences:
            text = _("The configuration file is not used as it is now: {first} What was read before stays in force.")
            full = "\n".join(sentences) if count > 1 else ""
            self.messages.tell("configuration", text.format(first=sentences[0]), full)
            return
        text = ngettext(
            "The configuration has a problem: {first}", "The configuration has {count} problems: {first}", count
        ).format(count=count, first=sentences[0] if sentences else "")
        self.messages.tell("configuration", text if sentences else "", "\n".join(sentences) if count > 1 else "")

    def set_tray(self, present: bool) -> None:
        """Say whether there is a tray: without one the window says so, and closing it quits."""
        self._tray = present
        text = _("This desktop shows no tray icon. AVDesk stays in this window: closing it quits.")
        self.messages.tell("tray", "" if present else text)

    def tell(self, topic: str, text: str, full_text: str = "") -> None:
        """Show a message above the page in place of the topic's last one; an empty text takes it away."""
        self.messages.tell(topic, text, full_text)

    def bring_up(self) -> None:
        """Show the window, from wherever it is, and ask for the keyboard."""
        self.setWindowState(self.windowState() & ~Qt.WindowState.WindowMinimized)
        self.show()
        self.raise_()
        self.activateWindow()

    def tick(self) -> None:
        """Let ages and durations go on."""
        now = self._now()
        snapshot = self._snapshots.get(self._current)
        self.header.show_age(snapshot, now)
        self.header.show_alarm(self._worst_elsewhere(now))
        self.foot.show_words(_("Asking now…") if self._asking else phrases.status_line(snapshot, now))
        self.foot.show_offer(self._environments.get(self._current), snapshot)
        page = self.stack.currentWidget()
        if isinstance(page, Page):
            page.tick(now)

    def _worst_elsewhere(self, now: datetime) -> Standing | None:
        """Return the environment that needs a look most, of those that are not shown; None where none needs one."""
        others = (each for name, each in self._snapshots.items() if name != self._current)
        found = worst(others, self._current, now)
        return found if found is not None and found.bad else None

    def showEvent(self, event: QShowEvent) -> None:
        """Tick while the window is seen, and be on a screen that exists."""
        super().showEvent(event)
        self._placing.stay_on_screen()
        self.tick()
        self._timer.start()

    def hideEvent(self, event: QHideEvent) -> None:
        """Rest while nobody looks."""
        self._timer.stop()
        super().hideEvent(event)
        if not event.spontaneous():
            QTimer.singleShot(0, self._placing.let_go)

    def closeEvent(self, event: QCloseEvent) -> None:
        """Hide to the tray where there is one, else quit."""
        self.remember_place()
        super().closeEvent(event)
        if self._tray:
            self.hidden.emit()
        else:
            self._wishes.quit_asked.emit()

    def remember_place(self) -> None:
        """Keep where the window is."""
        self._placing.remember()

    def _lay_out(self) -> None:
        self.setWindowIcon(app_icon())
        self.setMinimumSize(*LEAST_SIZE)
        self.navigation.currentRowChanged.connect(self.stack.show_place)
        middle = QHBoxLayout()
        middle.setSpacing(0)
        middle.setContentsMargins(STEP, 0, 0, 0)
        middle.addWidget(self.navigation)
        middle.addWidget(self.stack, 1)
        column = QVBoxLayout(self.frame)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.header)
        column.addWidget(self.messages)
        column.addLayout(middle, 1)
        self.setCentralWidget(self.frame)
        column.addWidget(self.foot)

    def _add_pages(self) -> None:
        self.stack.made.connect(self._inform)
        for kind in PAGES:
            self.navigation.add(kind.title())
        self.navigation.setCurrentRow(0)

    def _add_keys(self) -> None:
        self._key(_("Check now"), self._check_now, "F5", "Ctrl+R")
        self._key(_("Close window"), self.close, "Ctrl+W")
        self._key(_("Choose environment"), self.header.switcher.showPopup, "Ctrl+E")
        self._key(_("Quit"), self._wishes.quit_asked.emit, "Ctrl+Q")
        for place, kind in enumerate(PAGES[:9]):
            self._key(kind.title(), partial(self.navigation.setCurrentRow, place), f"Ctrl+{place + 1}")

    def _key(self, text: str, do: Callable[[], object], *keys: str) -> None:
        action = QAction(text, self)
        action.setShortcuts([QKeySequence(key) for key in keys])

        def fire() -> None:
            do()

        action.triggered.connect(fire)
        self.addAction(action)

    def _choose(self, name: str) -> None:
        if name != self._current:
            self.set_environment(name)
            self._wishes.environment_chosen.emit(name)

    def _check_now(self) -> None:
        self._asking = True
        self._wishes.check_now.emit(self._current)
        self.tick()
