"""The job table shows what it is given, told by signals that a view can follow, and nobody waits for it long."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime, timedelta

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QItemSelectionModel, QModelIndex, QPersistentModelIndex, Qt
from PySide6.QtTest import QAbstractItemModelTester
from PySide6.QtWidgets import QAbstractItemView, QApplication, QTableView
from pytestqt.qtbot import QtBot

from avdesk.core import rowedits, steps
from avdesk.core.jobchange import Key
from avdesk.core.jobfacts import JobFacts
from avdesk.core.jobquery import parse_query
from avdesk.core.jobs import Job, JobError, JobState
from avdesk.core.run import Run, RunState
from avdesk.core.steps import Steps
from avdesk.ui.models import edited_rows, job_table, job_work
from avdesk.ui.models.job_columns import Surroundings, job_columns
from avdesk.ui.models.job_rows import Outcome
from avdesk.ui.models.job_table import VALUE_ROLE, JobTableModel
from avdesk.ui.models.rows import RECORD_ROLE, SIGN_ROLE
from tests.harness.jobs import NOW, make_job, many_jobs

FAIL = QAbstractItemModelTester.FailureReportingMode.Fatal
ASCENDING, DESCENDING = Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder
COLUMNS = job_columns()
NAMES = [column.name for column in COLUMNS]


class Follower:
    """Knows a model's rows by its signals alone."""

    def __init__(self, model: JobTableModel) -> None:
        """Follow a model from now on."""
        self.model = model
        self.jobs = model.jobs()
        self.signals: list[str] = []
        self._held: list[tuple[QPersistentModelIndex, Job]] = []
        model.rowsInserted.connect(self._inserted)
        model.rowsRemoved.connect(self._removed)
        model.rowsMoved.connect(self._moved)
        model.dataChanged.connect(self._changed)
        model.layoutAboutToBeChanged.connect(self._before_layout)
        model.layoutChanged.connect(self._after_layout)
        model.modelReset.connect(lambda: self.signals.append("reset"))

    def _inserted(self, _parent: QModelIndex, first: int, last: int) -> None:
        self.signals.append("inserted")
        self.jobs[first:first] = [self._job(place) for place in range(first, last + 1)]

    def _removed(self, _parent: QModelIndex, first: int, last: int) -> None:
        self.signals.append("removed")
        del self.jobs[first : last + 1]

    def _moved(self, _parent: QModelIndex, first: int, last: int, _to: QModelIndex, before: int) -> None:
        self.signals.append("moved")
        taken = self.jobs[first : last + 1]
        del self.jobs[first : last + 1]
        place = before - len(taken) if before > first else before
        self.jobs[place:place] = taken

    def _changed(self, top: QModelIndex, bottom: QModelIndex) -> None:
        self.signals.append("changed")
        for place in range(top.row(), bottom.row() + 1):
            self.jobs[place] = self._job(place)

    def _before_layout(self) -> None:
        self._held = [(QPersistentModelIndex(self.model.index(n, 1)), job) for n, job in enumerate(self.jobs)]

    def _after_layout(self) -> None:
        self.signals.append("layout")
        for index, job in self._held:
            assert index.isValid()
            assert index.column() == 1
            self.jobs[index.row()] = job
        self._held = []

    def _job(self, place: int) -> Job:
        job = self.model.job_at(place)
        assert job is not None
        return job


class Clock:
    """Tells a time that the test moves."""

    def __init__(self) -> None:
        self.now = NOW

    def __call__(self) -> datetime:
        """Return the time."""
        return self.now


def expected(jobs: list[Job], column: str, text: str, now: datetime, *, descending: bool) -> list[Job]:
    """Return what has to be shown, reckoned the simple way."""
    rows = [JobFacts(job) for job in {job.key: job for job in jobs}.values()]
    rows.sort(key=lambda row: (-(row.created or -1e12), row.job.number, row.job.region or ""))
    value = COLUMNS[NAMES.index(column)].value
    known = [row for row in rows if value(row, Surroundings(now)) is not None]
    unknown = [row for row in rows if value(row, Surroundings(now)) is None]
    known.sort(key=lambda row: value(row, Surroundings(now)), reverse=descending)  # type: ignore[arg-type,return-value]
    return [row.job for row in parse_query(text).select([*known, *unknown], now, "prod")]


@contextmanager
def small_steps(spans: int = 2) -> Iterator[None]:
    """Make every step tiny, and take few rows for many, so that short lists go all ways."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(steps, "STEP_ROWS", 2)
        patch.setattr(steps, "_RUN", 3)
        patch.setattr(steps, "_SAMPLE", 1)
        patch.setattr(rowedits, "MOST_MOVES", 2)
        patch.setattr(job_work, "_NEW_ROWS", 2)
        patch.setattr(job_work, "_COPIED", 2)
        for other in (rowedits, edited_rows):
            patch.setattr(other, "MOST_SPANS", spans)
        patch.setattr(job_table, "SLICE_S", 0.0)
        yield


def settle(model: JobTableModel) -> None:
    """Let a model do all that it was asked for."""
    for _turn in range(100_000):
        if not model.busy:
            return
        QApplication.processEvents()
    raise AssertionError("the model does not settle")


_states = st.sampled_from([JobState.RUNNING, JobState.PENDING, JobState.FAILED, JobState.SUCCEEDED, JobState.UNKNOWN])
_moments = st.none() | st.integers(0, 4).map(lambda hours: NOW - timedelta(hours=hours))
_job = st.builds(
    lambda number, state, created, gpu, region: make_job(
        number,
        state=state,
        created_at=created,
        accelerator_type=gpu,
        region=region,
        started_at=created,
        ended_at=None,
        error=JobError(8, f"quota {gpu}") if state is JobState.FAILED else None,
    ),
    st.integers(0, 14),
    _states,
    _moments,
    st.sampled_from([None, "NVIDIA_L4", "NVIDIA_TESLA_T4"]),
    st.sampled_from(["us-west1", "us-east1"]),
)
_lists = st.lists(_job, max_size=16, unique_by=lambda job: job.key)
_wishes = st.one_of(
    _lists.map(lambda jobs: ("jobs", jobs)),
    st.tuples(st.just("sort"), st.sampled_from(NAMES), st.booleans()),
    st.sampled_from(["", "quota", "quot", "state:failed", "-l4", "ran>1h", "t4"]).map(lambda text: ("query", text)),
    st.integers(1, 100).map(lambda minutes: ("later", minutes)),
)


@pytest.mark.usefixtures("qtbot")
@pytest.mark.parametrize("spans", [0, 24])
@pytest.mark.parametrize("at_once", [True, False])
@given(wishes=st.lists(_wishes, min_size=1, max_size=8))
@settings(max_examples=150)
def test_signals_replayed_on_the_old_rows_give_the_new_ones(
    spans: int,
    at_once: bool,
    wishes: list[tuple[object, ...]],
) -> None:
    clock = Clock()
    with small_steps(spans):
        model = JobTableModel("prod", clock)
        tester = QAbstractItemModelTester(model, FAIL)
        follower = Follower(model)
        jobs: list[Job] = []
        column, descending, text = "created", True, ""
        for wish in wishes:
            if wish[0] == "jobs":
                jobs = list(wish[1])  # type: ignore[call-overload]
                model.show_jobs(jobs)
            elif wish[0] == "sort":
                column, descending = str(wish[1]), bool(wish[2])
                model.sort(NAMES.index(column), DESCENDING if descending else ASCENDING)
            elif wish[0] == "query":
                text = str(wish[1])
                model.set_query(parse_query(text))
            else:
                clock.now += timedelta(minutes=float(str(wish[1])))
            if at_once:
                settle(model)
            else:
                QApplication.processEvents()
        settle(model)
        model.show_jobs(jobs)  # whatever depends on the time is looked at anew with a poll
        settle(model)
        assert model.jobs() == expected(jobs, column, text, clock.now, descending=descending)
        assert follower.jobs == model.jobs()
        assert "reset" not in follower.signals
        del tester


@pytest.fixture
def clock() -> Clock:
    """Return a clock that stands still."""
    return Clock()


@pytest.fixture
def model(qtbot: QtBot, clock: Clock, monkeypatch: pytest.MonkeyPatch) -> JobTableModel:
    """Return a model whose every signal is checked, and that does everything at once, however slow the machine is."""
    del qtbot
    monkeypatch.setattr(job_table, "SLICE_S", 60.0)
    made = JobTableModel("prod", clock)
    QAbstractItemModelTester(made, FAIL, made)
    return made


def text(model: JobTableModel, place: int, column: str, role: int = Qt.ItemDataRole.DisplayRole) -> object:
    """Return what a cell says."""
    return model.index(place, NAMES.index(column)).data(role)


def test_a_few_jobs_are_shown_at_once(model: JobTableModel) -> None:
    model.show_jobs(many_jobs(20))
    assert not model.busy
    assert model.rowCount() == model.total == 20


def test_a_poll_that_changes_one_job_tells_of_that_row_alone(model: JobTableModel, qtbot: QtBot) -> None:
    jobs = many_jobs(30)
    model.show_jobs(jobs)
    follower = Follower(model)
    newest = model.jobs()[7]
    jobs[jobs.index(newest)] = replace(newest, state=JobState.PAUSED)
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.show_jobs([replace(job) for job in jobs])
    assert changed.args is not None
    assert [changed.args[0].row(), changed.args[1].row()] == [7, 7]
    assert follower.signals == ["changed"]


def test_a_new_job_is_one_inserted_row_and_one_that_goes_one_removed(model: JobTableModel) -> None:
    jobs = many_jobs(10)
    model.show_jobs(jobs)
    follower = Follower(model)
    model.show_jobs([*jobs, make_job(99)])
    model.show_jobs([*jobs[1:], make_job(99)])
    assert follower.signals == ["inserted", "removed"]


def test_a_row_that_finds_another_place_moves(model: JobTableModel) -> None:
    jobs = [make_job(n, created_at=NOW - timedelta(hours=n)) for n in range(5)]
    model.show_jobs(jobs)
    model.sort(NAMES.index("state"), ASCENDING)
    follower = Follower(model)
    model.show_jobs([*jobs[:4], replace(jobs[4], state=JobState.RUNNING, ended_at=None)])
    assert follower.signals == ["changed", "moved"]
    assert model.jobs()[0].id == jobs[4].id


@pytest.fixture
def view(qtbot: QtBot, model: JobTableModel) -> QTableView:
    """Return a view with three hundred jobs."""
    made = QTableView()
    qtbot.addWidget(made)
    made.setSelectionBehavior(QAbstractItemView.SelectionBehavior.SelectRows)
    made.setModel(model)
    made.resize(900, 400)
    made.show()
    model.show_jobs(many_jobs(300))
    settle(model)
    return made


def selected_keys(view: QTableView, model: JobTableModel) -> set[Key]:
    """Return the keys of the jobs in the selected rows."""
    jobs = [model.job_at(index.row()) for index in view.selectionModel().selectedRows()]
    return {job.key for job in jobs if job is not None}


def test_selection_and_current_row_stay_with_their_jobs(view: QTableView, model: JobTableModel) -> None:
    chosen = [model.jobs()[place] for place in (3, 4, 90, 200)]
    flags = QItemSelectionModel.SelectionFlag
    for job in chosen:
        place = model.place_of(job.key)
        assert place is not None
        view.selectionModel().select(model.index(place, 0), flags.Select | flags.Rows)
    view.selectionModel().setCurrentIndex(model.index(90, 2), flags.NoUpdate)
    wishes: list[Callable[[], None]] = [
        lambda: model.sort(NAMES.index("region"), ASCENDING),
        lambda: model.show_jobs([*many_jobs(300)[::-1], *(make_job(1000 + n) for n in range(50))]),
        lambda: model.sort(NAMES.index("ran"), DESCENDING),
        lambda: model.set_query(parse_query("region:us,europe")),
        lambda: model.show_jobs(many_jobs(300)),
        lambda: model.sort(-1),
    ]
    for wish in wishes:
        wish()
        settle(model)
        assert selected_keys(view, model) == {job.key for job in chosen}
        current = model.job_at(view.currentIndex().row())
        assert current is not None
        assert current.key == chosen[2].key


def test_a_selected_job_that_is_filtered_out_is_selected_no_more(view: QTableView, model: JobTableModel) -> None:
    view.selectRow(5)
    job = model.jobs()[5]
    model.set_query(parse_query("-id:" + job.id))
    settle(model)
    assert job.key not in selected_keys(view, model)


def test_scrolling_stays_where_it_is_through_a_poll(view: QTableView, model: JobTableModel) -> None:
    view.scrollTo(model.index(150, 0), QAbstractItemView.ScrollHint.PositionAtTop)
    before = view.verticalScrollBar().value()
    changed = [replace(job, labels={"round": "2"}) for job in many_jobs(300)]
    model.show_jobs(changed)
    settle(model)
    assert view.verticalScrollBar().value() == before > 0


def test_jobs_of_the_archive_stay_when_the_watch_does_not_tell_of_them(model: JobTableModel) -> None:
    old, shared, new = make_job(1), make_job(2), make_job(3)
    model.show_jobs([new, shared])
    model.add_older([old, shared])
    model.show_jobs([new])
    assert {job.id for job in model.jobs()} == {old.id, shared.id, new.id}
    model.forget_older()
    assert model.jobs() == [new]


def test_the_archive_does_not_take_a_job_back_to_how_it_was(model: JobTableModel) -> None:
    ended = make_job(1, updated_at=NOW)
    model.show_jobs([ended])
    model.add_older([replace(ended, state=JobState.RUNNING, ended_at=None, updated_at=NOW - timedelta(hours=1))])
    assert model.jobs() == [ended]
    later = replace(ended, labels={"a": "b"}, updated_at=NOW + timedelta(hours=1))
    model.add_older([later])
    assert model.jobs() == [later]


def test_a_newer_order_takes_the_place_of_one_that_is_not_shown_yet(model: JobTableModel) -> None:
    with small_steps():
        model.show_jobs(many_jobs(60))
        settle(model)
        follower = Follower(model)
        for name in NAMES[:6]:
            model.sort(NAMES.index(name), ASCENDING)
        assert model.busy
        settle(model)
        assert follower.signals.count("layout") <= 2
        assert model.jobs() == expected(many_jobs(60), NAMES[5], "", NOW, descending=False)


def test_a_wish_that_comes_while_rows_are_told_is_fulfilled_afterwards(model: JobTableModel) -> None:
    model.rowsInserted.connect(lambda: model.set_query(parse_query("state:failed")))
    model.show_jobs(many_jobs(40))
    settle(model)
    assert model.jobs() == expected(many_jobs(40), "created", "state:failed", NOW, descending=True)


def test_no_slice_of_work_is_long(model: JobTableModel, monkeypatch: pytest.MonkeyPatch) -> None:
    taken = 0
    for name in ("arranging", "updating"):
        work = getattr(job_table, name)

        def counted(
            *arguments: object, work: Callable[..., Steps[Outcome]] = work, **named: object
        ) -> Steps[Outcome]:
            nonlocal taken
            inner = work(*arguments, **named)
            while True:
                try:
                    next(inner)
                except StopIteration as end:
                    outcome: Outcome = end.value
                    return outcome
                taken += 1
                yield

        monkeypatch.setattr(job_table, name, counted)
    monkeypatch.setattr(job_table, "SLICE_S", 0.0)
    jobs = many_jobs(6000)
    model.show_jobs(jobs)
    assert model.busy
    settle(model)
    taken = 0
    model.show_jobs([replace(jobs[0], state=JobState.PAUSED), *jobs[1:]])
    settle(model)
    assert taken > 10


def test_durations_of_active_jobs_tick_where_they_are_in_sight(
    model: JobTableModel, clock: Clock, qtbot: QtBot
) -> None:
    running = make_job(1, state=JobState.RUNNING, started_at=NOW - timedelta(minutes=5), ended_at=None)
    model.show_jobs([running, make_job(2)])
    place = model.place_of(running.key)
    assert place is not None
    assert text(model, place, "ran") == "5 min"
    clock.now += timedelta(seconds=9)
    with qtbot.waitSignal(model.dataChanged) as changed:
        model.tick(0, 10)
    assert changed.args is not None
    assert {changed.args[0].row(), changed.args[1].row()} == {place}
    assert text(model, place, "ran") == "5 min 9 s"
    with qtbot.assertNotEmitted(model.dataChanged):
        model.tick(1 - place, 1 - place)


def test_on_a_new_day_times_of_yesterday_get_their_date(model: JobTableModel, clock: Clock) -> None:
    model.show_jobs([make_job(1)])
    assert len(str(text(model, 0, "created"))) == 5
    model.tick(0, 0)
    clock.now += timedelta(days=1)
    model.tick(0, 0)
    assert len(str(text(model, 0, "created"))) == 16


@pytest.mark.parametrize(
    ("column", "shown", "hint"),
    [
        ("name", "video-job-00000001", "customJobs/4611686018427387905"),
        ("state", "Failed", "(JOB_STATE_FAILED)"),
        ("region", "us-central1", "us-central1"),
        ("machine", "n1-standard-4", "n1-standard-4"),
        ("gpu", "1× T4", "1× T4"),
        ("spot", "no", "no"),
        ("created", None, "2026-11-24 10:00:00 UTC"),
        ("queued", "10 min", "2026-11-24 10:00:00 UTC – 2026-11-24 10:10:00 UTC"),
        ("ran", "10 min", "2026-11-24 10:10:00 UTC – 2026-11-24 10:20:00 UTC"),
        ("cost", "0.06 USD", "0.0583 USD"),
        ("error", "the job reached its 3,600 s limit", "code 4"),
        ("run", None, "run-1"),
        ("kind", "AutoVideo", "AutoVideo"),
    ],
)
def test_each_column_shows_its_part(model: JobTableModel, column: str, shown: str | None, hint: str) -> None:
    error = JobError(4, "Job did not complete within 3600 seconds")
    model.show_jobs([make_job(1, state=JobState.FAILED, error=error)])
    model.show_runs([Run("run-1", RunState.FAILED, (), started_at=NOW, job_id=make_job(1).id)])
    if shown is not None:
        assert text(model, 0, column) == shown
    assert hint in str(text(model, 0, column, Qt.ItemDataRole.ToolTipRole))


def test_roles_give_the_job_its_sign_and_what_it_is_ordered_by(model: JobTableModel) -> None:
    job = make_job(1, state=JobState.FAILED)
    model.show_jobs([job])
    assert text(model, 0, "name", RECORD_ROLE) == job
    assert text(model, 0, "state", SIGN_ROLE) == "failed"
    assert text(model, 0, "name", SIGN_ROLE) is None
    assert text(model, 0, "ran", VALUE_ROLE) == 600.0
    right = text(model, 0, "ran", Qt.ItemDataRole.TextAlignmentRole)
    assert isinstance(right, Qt.AlignmentFlag)
    assert right & Qt.AlignmentFlag.AlignRight
    titles = [model.headerData(n, Qt.Orientation.Horizontal) for n in range(model.columnCount())]
    assert all(titles)
    assert len(set(titles)) == len(NAMES)


BARE = make_job(
    7,
    state=JobState.UNKNOWN,
    region=None,
    machine_type=None,
    accelerator_type=None,
    spot=None,
    created_at=None,
    started_at=None,
    ended_at=None,
    updated_at=None,
    display_name="",
    labels={},
)
"""A job of which next to nothing is known."""


@pytest.mark.parametrize("order", [ASCENDING, DESCENDING])
@pytest.mark.parametrize("name", ["region", "machine", "gpu", "spot", "created", "queued", "ran", "cost"])
def test_unknown_is_a_dash_and_comes_last_either_way(model: JobTableModel, name: str, order: Qt.SortOrder) -> None:
    model.show_jobs([BARE, *(replace(job, accelerator_type="NVIDIA_L4") for job in many_jobs(5))])
    model.sort(NAMES.index(name), order)
    assert model.place_of(BARE.key) == 5
    assert text(model, 5, name) == "–"


def test_a_note_stands_for_its_jobs_state_until_it_is_taken_away(model: JobTableModel) -> None:
    job = make_job(1, state=JobState.RUNNING, ended_at=None)
    model.show_jobs([job])
    model.show_notes({job.key: "cancel requested"})
    assert text(model, 0, "state") == "cancel requested"
    model.show_notes({})
    assert text(model, 0, "state") == "Running"


def test_the_values_that_occur_are_known(model: JobTableModel) -> None:
    model.show_jobs([make_job(1), make_job(2, region="us-west1", machine_type="g2-standard-8")])
    known = model.known_values()
    assert known["region"] == {"us-central1", "us-west1"}
    assert known["label"] == {"pipeline=autovideo"}
