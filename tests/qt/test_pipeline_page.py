"""The Pipeline page: what it says in each state."""

import re
from dataclasses import replace
from datetime import timedelta

import pytest
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from avdesk.core.snapshot import Eta
from avdesk.core.summary import Sign
from avdesk.ui import phrases
from avdesk.ui.main_window import MainWindow
from avdesk.ui.pages.pipeline import PipelinePage
from avdesk.ui.widgets.text import breakable, plain
from avdesk.ui.wishes import Wishes
from tests.harness.snapshots import NOW, all_states
from tests.qt.conftest import MakeWindow


def _page(window: MainWindow) -> PipelinePage:
    page = window.pages[0]
    assert isinstance(page, PipelinePage)
    return page


@pytest.fixture
def page(qtbot: QtBot, wishes: Wishes) -> PipelinePage:
    made = PipelinePage(wishes)
    qtbot.addWidget(made)
    made.resize(900, 700)
    made.show()
    return made


@pytest.mark.parametrize(
    ("state", "sign", "headline", "advice"),
    [
        ("running", Sign.RUNNING, "Rendering on 1× NVIDIA_TESLA_T4, us-central1, 13 min", ""),
        ("early", Sign.RUNNING, "Making the images", ""),
        ("waiting", Sign.WAITING, "Waiting for a GPU, us-central1, 19 min", ""),
        ("succeeded", Sign.SUCCEEDED, "Done in 1 h 02 min", ""),
        ("failed", Sign.FAILED, "Failed: the job reached its 3,600 s limit", "Retry with an L4"),
        ("offline", Sign.OFFLINE, "Server not reachable for 7 min", "Nothing listens at"),
        ("stale", Sign.STALE, "Not updated for 15 min", ""),
        ("paused", Sign.STALE, "Not updated for 15 min", "Asking is paused."),
        ("empty", Sign.IDLE, "Idle", "No runs yet."),
        ("idle", Sign.IDLE, "Idle", "The last run: done, 2 h 30 min ago."),
        ("batch", Sign.IDLE, "The server runs in batch mode", "It starts with the next run."),
        ("first", Sign.STALE, "Not known yet", "The first answer is on its way."),
        ("orphan", Sign.ATTENTION, "The server has stopped, but video-job-ab12cd34", "Cancel the job"),
    ],
)
def test_each_state_says_what_it_is_and_what_to_do(
    page: PipelinePage, state: str, sign: Sign, headline: str, advice: str
) -> None:
    page.show_snapshot(all_states()[state], NOW)
    assert page.headline.sign.sign is sign
    assert plain(page.headline.sentence.text()).startswith(headline)
    assert plain(page.headline.advice.text()).startswith(advice)
    assert page.headline.advice.isVisible() is bool(page.headline.advice.text())


def test_the_phases_can_be_read_by_a_screen_reader(page: PipelinePage) -> None:
    page.show_snapshot(all_states()["running"], NOW)
    read = [(step.accessibleName(), step.accessibleDescription()) for step in page.timeline.steps]
    assert read == [
        ("Story: done", "37 s"),
        ("Images: done", "59 s"),
        ("Voiceover: done", "36 s"),
        ("Video: running", "18 min 50 s, usually 20 min"),
    ]


def test_durations_tick_without_new_data(page: PipelinePage) -> None:
    page.show_snapshot(all_states()["running"], NOW)
    page.tick(NOW + timedelta(seconds=3))
    assert page.timeline.steps[3].time.text() == "18 min 53 s"
    assert page.job.ran.text() == "12 min 43 s of 1 h 00 min"
    assert page.headline.since.text() == "running for 21 min 5 s"


def test_the_estimate_shrinks_as_time_passes(page: PipelinePage) -> None:
    page.show_snapshot(all_states()["running"], NOW)
    assert page.headline.eta.text() == "about 14–38 min left"
    page.tick(NOW + timedelta(seconds=100))
    assert page.headline.eta.text() == "about 12–36 min left"


@pytest.mark.parametrize(
    ("passed_s", "words"),
    [
        (0.0, "about 10–20 min left"),
        (590.0, "up to 10 min left"),
        (1160.0, "under a minute left"),
        (5000.0, "longer than usual"),
    ],
)
def test_an_estimate_that_runs_out_says_so(passed_s: float, words: str) -> None:
    assert phrases.eta_words(Eta(600.0, 1200.0), passed_s) == words


def test_a_phase_shows_how_far_it_is_against_the_usual_time(page: PipelinePage) -> None:
    page.show_snapshot(all_states()["running"], NOW)
    share = page.timeline.steps[3].bar.share
    assert share == pytest.approx(1130 / 1187, abs=0.01)


def test_what_was_running_when_the_server_went_away_is_not_shown_as_running(page: PipelinePage) -> None:
    page.show_snapshot(all_states()["offline"], NOW)
    step = page.timeline.steps[3]
    assert step.sign.sign is Sign.STALE
    assert step.note.text() == "running when last seen"


@pytest.mark.parametrize(
    ("state", "label"), [("offline", "Check now"), ("stale", "Check now"), ("paused", "Go on asking")]
)
def test_broken_states_offer_the_one_next_step(
    page: PipelinePage, qtbot: QtBot, wishes: Wishes, state: str, label: str
) -> None:
    page.show_snapshot(all_states()[state], NOW)
    assert page.headline.action.text() == label
    wanted = wishes.paused if state == "paused" else wishes.check_now
    with qtbot.waitSignal(wanted) as asked:
        page.headline.action.click()
    assert asked.args == (["prod", False] if state == "paused" else ["prod"])


def test_a_refused_permission_is_named_with_what_to_do(page: PipelinePage) -> None:
    page.show_snapshot(all_states()["denied"], NOW)
    assert "aiplatform.customJobs.list" in page.job.note.accessibleName()
    assert "Grant roles/aiplatform.viewer" in page.job.full.text.toPlainText()
    assert page.server.vertex.text() == "Refuses"


def test_the_raw_text_is_one_click_away_and_can_be_copied(page: PipelinePage) -> None:
    page.show_snapshot(all_states()["failed"], NOW)
    full = page.headline.full
    assert not full.text.isVisible()
    full.toggle.click()
    assert full.text.isVisible()
    full.copy.click()
    assert "did not complete within 3600 seconds\n" in QGuiApplication.clipboard().text()


def test_the_job_is_copied_by_id_and_by_name(page: PipelinePage) -> None:
    snapshot = all_states()["running"]
    page.show_snapshot(snapshot, NOW)
    page.job.copy_id.click()
    assert QGuiApplication.clipboard().text() == "video-job-ab12cd34"
    page.job.copy_name.click()
    assert snapshot.job is not None
    assert QGuiApplication.clipboard().text() == snapshot.job.resource_name


def test_a_job_without_a_known_limit_has_no_bar(page: PipelinePage) -> None:
    page.show_snapshot(all_states()["six phases"], NOW)
    assert page.job.ran.text() == "12 min 40 s"
    assert not page.job.limit.isVisible()


def test_a_spent_allowance_says_when_the_next_request_is_free(page: PipelinePage) -> None:
    page.show_snapshot(all_states()["waiting"], NOW)
    assert page.server.allowance.text() == "10 of 10 used"
    assert page.server.next_free.text() == "in 1 min 35 s"


@pytest.mark.parametrize("text", ["x" * 90, "a/b.c@d" * 9, "ran 12 min 40 s of 1 h", "", "short"])
def test_texts_made_breakable_stay_the_same_texts(text: str) -> None:
    assert plain(breakable(text)) == text
    assert max((len(part) for part in re.split(r"[\s\u200b]", breakable(text))), default=0) <= 25


def test_unknown_stays_unknown(page: PipelinePage) -> None:
    bare = replace(all_states()["running"].job or pytest.fail("a job"), region=None, created_at=None, started_at=None)
    page.show_snapshot(replace(all_states()["running"], job=bare, budget=None), NOW)
    assert not page.job.region.isVisible()
    assert not page.job.ran.isVisible()
    assert not page.job.waited.isVisible()
    assert not page.server.allowance.isVisible()


def test_a_list_without_rows_says_so(page: PipelinePage) -> None:
    page.show_snapshot(all_states()["empty"], NOW)
    assert not page.events.view.isVisible()
    page.show_snapshot(all_states()["running"], NOW)
    assert page.events.view.isVisible()
    assert page.events.view.accessibleName() == "Recent events"


def test_every_state_follows_every_other_one(make_window: MakeWindow) -> None:
    window = make_window()
    states = all_states()
    for first in states.values():
        for second in (states["first"], states["running"]):
            window.show_snapshot(first)
            window.show_snapshot(second)
    assert _page(window).headline.sign.sign is Sign.RUNNING
