"""What the tray shows of a snapshot."""

from dataclasses import replace
from datetime import timedelta

import pytest

from avdesk.core.jobs import JobState
from avdesk.core.phases import Phase, PhaseState
from avdesk.core.snapshot import Snapshot
from avdesk.core.status import read_status
from avdesk.core.summary import Sign
from avdesk.ui.tray_state import PHASES_SHOWN, phase_line, tray_state
from tests.harness.snapshots import NOW, all_states, job

STATES = all_states()


@pytest.mark.parametrize(
    ("name", "sign"),
    [
        ("running", Sign.RUNNING),
        ("waiting", Sign.WAITING),
        ("succeeded", Sign.SUCCEEDED),
        ("failed", Sign.FAILED),
        ("cancelled", Sign.IDLE),
        ("idle", Sign.IDLE),
        ("orphan", Sign.ATTENTION),
        ("offline", Sign.OFFLINE),
        ("stale", Sign.STALE),
        ("first", Sign.STALE),
    ],
)
def test_each_state_has_its_sign(name: str, sign: Sign) -> None:
    assert tray_state(STATES[name], NOW).sign is sign


def test_the_ring_fills_with_the_phases_that_are_over() -> None:
    early, running = tray_state(STATES["early"], NOW), tray_state(STATES["running"], NOW)
    assert (early.done, early.total) == (1, 4)
    assert (running.done, running.total) == (3, 4)
    assert tray_state(STATES["six phases"], NOW).total == 6


def test_a_run_shows_its_phases_with_durations_its_eta_and_its_job() -> None:
    state = tray_state(STATES["running"], NOW)
    assert state.phases == ("✔ Story · 37 s", "✔ Images · 59 s", "✔ Voiceover · 36 s", "◐ Video · 18 min 50 s")
    assert state.eta == "about 14–38 min left"
    assert state.job == "video-job-ab12cd34 · Running · 1× NVIDIA_TESLA_T4 · us-central1"
    assert state.headline.startswith("Rendering on 1× NVIDIA_TESLA_T4")


def test_the_running_phase_goes_on_between_two_answers() -> None:
    later = tray_state(STATES["running"], NOW + timedelta(seconds=10))
    assert later.phases[3] == "◐ Video · 19 min"


def test_nothing_is_said_of_a_job_or_an_eta_when_all_is_over() -> None:
    state = tray_state(STATES["succeeded"], NOW)
    assert (state.eta, state.job) == ("", "")


def test_the_tooltip_tells_environment_headline_and_the_true_age() -> None:
    first, *_between, last = tray_state(STATES["running"], NOW).tooltip.split("\n")
    assert first.startswith("prod: Rendering on ")
    assert last == "updated 4 s ago"
    later = tray_state(STATES["running"], NOW + timedelta(seconds=70)).tooltip
    assert later.endswith("updated 1 min ago")


def test_data_that_was_never_there_has_no_age() -> None:
    assert tray_state(STATES["first"], NOW).tooltip == "prod: Not known yet\nnot updated yet"


def test_a_pause_is_said() -> None:
    state = tray_state(STATES["paused"], NOW)
    assert state.paused
    assert state.tooltip.endswith(", paused")


def test_text_from_outside_stays_one_line_without_markup() -> None:
    server = STATES["empty"].server
    said = read_status({"is_generating": False, "last_generation_status": "<b>Odd</b> & \x1b[31mred\nnext line"})
    state = tray_state(replace(STATES["empty"], server=replace(server, status=said)), NOW)
    assert "\n" not in state.headline
    assert "\x1b" not in state.headline
    assert not set("<>&") & set(state.tooltip)


def test_a_phase_without_a_known_duration_shows_none() -> None:
    assert phase_line(Phase("story_generation", PhaseState.PENDING)) == "○ Story"
    assert phase_line(Phase("made_up_phase", PhaseState.FAILED, 61.0)) == "✖ made up phase · 1 min 1 s"


def test_a_server_with_many_phases_does_not_fill_the_screen() -> None:
    run = STATES["running"].run
    assert run is not None
    many = tuple(Phase(f"phase_{number}", PhaseState.DONE, 1.0) for number in range(50))
    state = tray_state(replace(STATES["running"], run=replace(run, phases=many)), NOW)
    assert len(state.phases) == PHASES_SHOWN
    assert state.total == 50


def test_a_job_that_the_server_forgot_is_still_shown() -> None:
    snapshot: Snapshot = replace(STATES["idle"], job=job(JobState.RUNNING))
    assert tray_state(snapshot, NOW).job.startswith("video-job-ab12cd34 · Running")


def test_the_icon_is_the_one_of_what_needs_a_look_and_the_tooltip_says_whose() -> None:
    here = replace(STATES["running"], environment="dev")
    away = replace(STATES["offline"], environment="prod")
    state = tray_state(here, NOW, (away, replace(STATES["idle"], environment="lab")))
    assert state.sign is Sign.OFFLINE
    first, age, second = state.tooltip.split("\n")
    assert first.startswith("prod: ")
    assert age.startswith("updated")
    assert second.startswith("dev: Rendering")
    assert (state.alarm, state.alarm_environment) == (first, "prod")
    assert state.headline.startswith("Rendering"), "the menu is about what is looked at"
    assert dict(state.signs) == {"dev": Sign.RUNNING, "prod": Sign.OFFLINE, "lab": Sign.IDLE}


def test_what_runs_elsewhere_is_shown_but_is_no_alarm() -> None:
    busy = replace(STATES["running"], environment="prod")
    state = tray_state(replace(STATES["idle"], environment="dev"), NOW, (busy,))
    assert (state.sign, state.done, state.alarm) == (Sign.RUNNING, 3, "")
    assert state.tooltip.startswith("prod: Rendering")
    assert state.tooltip.endswith("dev: Idle")


def test_while_nothing_is_wrong_elsewhere_the_tray_shows_what_is_looked_at() -> None:
    others = (replace(STATES["idle"], environment="dev"), replace(STATES["succeeded"], environment="lab"))
    state = tray_state(STATES["running"], NOW, others)
    assert (state.sign, state.alarm) == (Sign.RUNNING, "")
    assert state.tooltip == tray_state(STATES["running"], NOW).tooltip
