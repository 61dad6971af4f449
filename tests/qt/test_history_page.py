"""The History page."""

from datetime import timedelta
from pathlib import Path

import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QFileDialog
from pytestqt.qtbot import QtBot

from avdesk.bridge.remembered import ExportTold, HistoryTold
from avdesk.config.settings import Environment
from avdesk.core import phases
from avdesk.core.history import PastRuns
from avdesk.core.run import Run, RunState
from avdesk.core.snapshot import Snapshot, Trouble
from avdesk.ui.history.chart import BAR, BETWEEN, grid_step_s, parts
from avdesk.ui.pages.history import MOST, HistoryPage
from avdesk.ui.pages.jobs import JobsPage
from avdesk.ui.wishes import Wishes
from tests.harness.past_runs import make_run, past_runs
from tests.harness.snapshots import NOW
from tests.qt.conftest import MakeWindow

PROD = Environment("prod")


class Heard:
    """What the page asked for."""

    def __init__(self, wishes: Wishes) -> None:
        self.read: list[tuple[str, int]] = []
        self.exported: list[tuple[str, str, tuple[Run, ...]]] = []
        self.jobs: list[tuple[str, str]] = []
        self.videos: list[str] = []
        wishes.history_asked.connect(lambda name, most: self.read.append((name, most)))
        wishes.history_export_asked.connect(lambda *what: self.exported.append(what))
        wishes.job_wanted.connect(lambda name, job: self.jobs.append((name, job)))
        wishes.new_video_wanted.connect(self.videos.append)


@pytest.fixture
def heard(wishes: Wishes) -> Heard:
    return Heard(wishes)


@pytest.fixture
def page(qtbot: QtBot, wishes: Wishes, heard: Heard) -> HistoryPage:
    del heard
    made = HistoryPage(wishes)
    qtbot.addWidget(made)
    made.resize(960, 640)
    made.show_environment(PROD)
    made.show_snapshot(Snapshot("prod", NOW), NOW)
    with qtbot.waitExposed(made):
        made.show()
    return made


def selected(page: HistoryPage) -> str:
    run = page.table.selected_run
    return "" if run is None else run.id


def shown(page: HistoryPage) -> list[str]:
    return [run.id for run in page.model.rows]


def test_runs_are_read_when_the_page_is_seen_and_again_when_one_has_ended(
    qtbot: QtBot, wishes: Wishes, heard: Heard
) -> None:
    page = HistoryPage(wishes)
    qtbot.addWidget(page)
    page.show_environment(PROD)
    page.show_snapshot(Snapshot("prod", NOW), NOW)
    assert heard.read == []
    page.show()
    assert heard.read == [("prod", MOST)]
    page.show_snapshot(Snapshot("prod", NOW), NOW)
    assert len(heard.read) == 1
    page.show_snapshot(Snapshot("prod", NOW, past_runs=(make_run(0),)), NOW)
    assert heard.read == [("prod", MOST)] * 2
    page.show_environment(Environment("dev"))
    assert heard.read[-1] == ("dev", MOST)


def test_another_environments_runs_are_not_shown(page: HistoryPage) -> None:
    page.show_history(HistoryTold("dev", past_runs(5, "dev")))
    assert shown(page) == []
    page.show_history(HistoryTold("prod", past_runs(5)))
    assert len(shown(page)) == 5
    page.show_environment(Environment("dev"))
    assert shown(page) == []
    page.show_history(HistoryTold("prod", past_runs(5)))
    assert shown(page) == []


def test_what_was_read_of_an_installation_that_moved_is_dropped(page: HistoryPage, heard: Heard) -> None:
    page.show_history(HistoryTold("prod", past_runs(5)))
    page.forget("dev")
    assert len(shown(page)) == 5
    page.forget("prod")
    assert shown(page) == []
    assert heard.read[-1] == ("prod", MOST)


def test_waiting_empty_broken_and_narrowed_are_designed(page: HistoryPage, heard: Heard) -> None:
    assert page.notice.headline.text() == "Reading past runs"
    page.show_history(HistoryTold("prod", past_runs(0)))
    assert page.notice.headline.text() == "No runs yet"
    page.notice.button.click()
    assert heard.videos == ["prod"]
    trouble = Trouble("StoreError", "avdesk.sqlite3 cannot be used.", "Free some space.")
    page.show_history(HistoryTold("prod", PastRuns("prod", (), MOST), trouble))
    assert page.notice.advice.text() == "avdesk.sqlite3 cannot be used. Free some space."
    page.show_history(HistoryTold("prod", past_runs(5)))
    assert page.stack.currentIndex() == 0


def test_a_search_narrows_and_can_be_taken_back(qtbot: QtBot, page: HistoryPage) -> None:
    page.show_history(HistoryTold("prod", past_runs(40)))
    QTest.keyClicks(page.search, "video-job-00000007")
    qtbot.waitUntil(lambda: shown(page) == [make_run(7).id])
    QTest.keyClicks(page.search, "x")
    qtbot.waitUntil(lambda: page.notice.headline.text() == "No run fits")
    page.notice.button.click()
    assert len(shown(page)) == 40
    assert page.search.text() == ""


def test_outcomes_are_picked_with_the_keyboard(page: HistoryPage) -> None:
    runs = past_runs(40)
    page.show_history(HistoryTold("prod", runs))
    failed = [run.id for run in runs.runs if run.state is RunState.FAILED]
    chip = page.chips[RunState.FAILED]
    assert chip.text() == f"Failed {len(failed)}"
    chip.setFocus()
    QTest.keyClick(chip, Qt.Key.Key_Space)
    assert shown(page) == failed
    assert "0 % done" in page.summary.text()
    QTest.keyClick(chip, Qt.Key.Key_Space)
    assert len(shown(page)) == 40


def test_the_summary_says_how_many_how_well_and_how_long(page: HistoryPage) -> None:
    page.show_history(HistoryTold("prod", past_runs(40)))
    count, share, usually = page.summary.text().split(" · ")
    assert count == "40 runs"
    assert share.endswith("% done")
    assert usually.startswith("usually ")
    page.show_history(HistoryTold("prod", past_runs(40, limit=40)))
    assert page.summary.text().startswith("The newest 40 runs")


def test_a_selected_run_is_explained_and_leads_to_its_job(page: HistoryPage, heard: Heard) -> None:
    page.show_history(HistoryTold("prod", past_runs(40)))
    assert not page.run_card.isVisible()
    assert page.table.select_run(make_run(2).id)
    assert page.run_card.isVisible()
    assert page.run_card.title.text().endswith("Failed after 1 h 02 min")
    assert "reached its 3,600" in page.run_card.why.text()
    assert "Vertex AI job did not complete" in page.run_card.full.text.toPlainText()
    page.run_card.job.click()
    assert heard.jobs == [("prod", "video-job-00000002")]
    page.table.select_run(make_run(5).id)  # cancelled: no job is known
    assert not page.run_card.job.isVisible()


def test_a_selection_survives_what_is_read_anew(page: HistoryPage) -> None:
    page.show_history(HistoryTold("prod", past_runs(10)))
    page.table.select_run(make_run(4).id)
    fresh = past_runs(10)
    newer = Run("run-new", RunState.SUCCEEDED, (), started_at=NOW, ended_at=NOW + timedelta(minutes=1))
    page.show_history(HistoryTold("prod", PastRuns("prod", (newer, *fresh.runs), MOST, fresh.learnt)))
    assert selected(page) == make_run(4).id
    page.show_history(HistoryTold("prod", PastRuns("prod", fresh.runs[5:], MOST)))
    assert selected(page) == ""
    assert not page.run_card.isVisible()


def test_the_chart_goes_from_run_to_run_and_takes_the_table_along(page: HistoryPage) -> None:
    page.show_history(HistoryTold("prod", past_runs(12)))
    drawn = page.chart.drawn
    assert [run.id for run in reversed(drawn)] == [run.id for run in past_runs(12).runs[: len(drawn)]]
    page.chart.setFocus()
    QTest.keyClick(page.chart, Qt.Key.Key_Left)
    assert page.table.selected_run == make_run(0)
    QTest.keyClick(page.chart, Qt.Key.Key_Left)
    assert page.table.selected_run == make_run(1)
    QTest.keyClick(page.chart, Qt.Key.Key_Home)
    assert page.table.selected_run == drawn[0]
    QTest.keyClick(page.chart, Qt.Key.Key_Right)
    assert page.table.selected_run == drawn[1]
    left = page.chart._room().left()  # noqa: SLF001 - where the bars begin
    third = QPoint(round(left + 2 * (BAR + BETWEEN) + BAR / 2), 60)
    QTest.mouseClick(page.chart, Qt.MouseButton.LeftButton, pos=third)
    assert page.table.selected_run == drawn[2]
    assert page.chart.accessibleDescription().startswith("12 runs, ")


def test_a_bar_is_as_long_as_its_run_and_one_phase_can_stand_alone(page: HistoryPage) -> None:
    run = make_run(0)
    assert sum(seconds for _name, seconds in parts(run)) == pytest.approx(run.total_s)
    assert [name for name, _seconds in parts(run)] == [*phases.EXPECTED, ""]
    assert parts(run, phases.STORY) == [(phases.STORY, run.phases[0].duration_s)]
    assert parts(Run("x", RunState.UNKNOWN, ())) == []
    page.show_history(HistoryTold("prod", past_runs(12)))
    offered = [page.phase.itemText(place) for place in range(page.phase.count())]
    assert offered == ["Whole run", "Story", "Images", "Voiceover", "Video"]
    page.phase.setCurrentIndex(1)
    page.show_history(HistoryTold("prod", past_runs(20)))
    assert page.phase.currentText() == "Story"
    page.chart.grab()


@pytest.mark.parametrize("longest", [0.0, 1.0, 59.0, 3700.0, 90_000.0, 10.0**7])
def test_there_are_never_many_lines(longest: float) -> None:
    assert longest / grid_step_s(longest) <= 3.0


def test_what_is_usual_names_the_phases_and_what_was_learnt_beside_them(page: HistoryPage) -> None:
    page.show_history(HistoryTold("prod", past_runs(40)))
    names = [name for name, _half, _most in page.usual.lines]
    assert names == ["Story", "Images", "Voiceover", "Video", "Whole run", "Rendering on T4"]
    halves = {name: half for name, half, _most in page.usual.lines}
    assert halves["Rendering on T4"] == "15 min"


def test_what_is_shown_is_what_is_exported(page: HistoryPage, heard: Heard, qtbot: QtBot, tmp_path: Path) -> None:
    page.show_history(HistoryTold("prod", past_runs(40)))
    page.chips[RunState.FAILED].click()
    page.export.click()
    files = page.files
    assert isinstance(files, QFileDialog)
    files.fileSelected.emit(str(tmp_path / "runs.csv"))
    [(environment, file, runs)] = heard.exported
    assert (environment, file) == ("prod", str(tmp_path / "runs.csv"))
    assert [run.id for run in runs] == shown(page)
    files.reject()
    page.show_history(ExportTold(tmp_path / "runs.csv", 7))
    assert page.note.text().startswith("7 runs are now in ")
    trouble = Trouble("StoreError", "runs.csv cannot be written: no space.", "Choose another folder.")
    page.show_history(ExportTold(tmp_path / "runs.csv", 0, trouble))
    assert page.note.text() == "runs.csv cannot be written: no space. Choose another folder."
    qtbot.wait(0)


def test_in_a_narrow_window_the_phases_give_way_to_the_reason(page: HistoryPage) -> None:
    page.show_history(HistoryTold("prod", past_runs(40)))
    story = 3
    page.table.resize(900, 300)
    assert not page.table.isColumnHidden(story)
    assert page.table.isColumnHidden(story + 1), "no run has looked for prompts"
    page.table.resize(560, 300)
    assert page.table.isColumnHidden(story)
    page.table.resize(900, 300)
    assert not page.table.isColumnHidden(story)


def test_two_thousand_runs_are_shown_quickly(page: HistoryPage, qtbot: QtBot) -> None:
    many = past_runs(2000)
    page.show_history(HistoryTold("prod", many))
    assert len(shown(page)) == 2000
    QTest.keyClicks(page.search, "limit")
    qtbot.waitUntil(lambda: 0 < len(shown(page)) < 2000)


def test_the_window_hands_runs_on_and_shows_the_job_that_is_wanted(make_window: MakeWindow, wishes: Wishes) -> None:
    window = make_window("prod")
    titles = [window.navigation.item(place).text() for place in range(window.navigation.count())]
    promised = ["Pipeline", "Jobs", "Health", "Logs", "History", "Settings"]
    assert titles == [title for title in promised if title in titles]
    asked: list[str] = []
    wishes.history_asked.connect(lambda name, _most: asked.append(name))
    window.show_page("History")
    assert asked == ["prod"]
    window.show_history(HistoryTold("prod", past_runs(8)))
    page = window.stack.currentWidget()
    assert isinstance(page, HistoryPage)
    assert len(shown(page)) == 8
    page.table.select_run(make_run(3).id)
    page.run_card.job.click()
    jobs = window.stack.currentWidget()
    assert isinstance(jobs, JobsPage)
    assert jobs.query.query.text == "video-job-00000003"
