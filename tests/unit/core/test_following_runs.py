"""A run followed from look to look, through every trap that the two observed revisions set."""

import pytest

from avdesk.core import phases
from avdesk.core.diff import diff
from avdesk.core.events import EventKind
from avdesk.core.phases import PhaseState
from avdesk.core.run import Run, RunState
from avdesk.core.status import TextKind
from tests.harness.statuses import Follower, at, body

FIRST = {"story_generation": 36.9, "image_generation": 58.8, "voiceover_generation": 35.5, "video_creation": 900.25}
BEFORE_VIDEO = {name: FIRST[name] for name in list(FIRST)[:3]}
BEFORE_VOICE = {name: FIRST[name] for name in list(FIRST)[:2]}
JOB = "Vertex AI job running: video-job-ab12cd34"


def states(run: Run | None) -> dict[str, tuple[str, float | None]]:
    assert run is not None
    return {phase.name: (phase.state.value, phase.duration_s) for phase in run.phases}


def done(run: Run | None) -> dict[str, float | None]:
    return {name: seconds for name, (state, seconds) in states(run).items() if state == "done"}


def test_second_run_on_a_watched_all_along_shows_none_of_the_first_runs_times() -> None:
    server = Follower()
    server.look(0, body("completed", on=False, times=FIRST, total=1033.0))
    first = server.run
    run = server.look(60, body("generating", on=True, phase="story_generation", elapsed=3, times=FIRST, total=1033.0))

    assert run is not None
    assert first is not None
    assert run.id != first.id
    assert run.state is RunState.RUNNING
    assert done(run) == {}
    assert run.started_at == at(57)

    now = FIRST | {"story_generation": 37.4}
    run = server.look(100, body("generating", on=True, phase="image_generation", elapsed=4, times=now, total=1033.0))
    assert done(run) == {"story_generation": 37.4}
    assert run is not None
    assert run.id == server.runs[-1]
    assert len(server.runs) == 2


def test_first_look_in_the_middle_of_a_second_run_on_a_takes_only_what_came_before() -> None:
    server = Follower()
    run = server.look(0, body("generating", on=True, phase="image_generation", elapsed=20, times=FIRST, total=1033.0))

    assert done(run) == {"story_generation": 36.9}
    assert states(run)["video_creation"] == ("pending", None)
    assert run is not None
    assert run.started_at == at(-56.9)
    assert run.total_s is None


def test_between_two_phases_on_a_nothing_of_an_earlier_run_is_taken() -> None:
    server = Follower()
    run = server.look(0, body("generating", on=True, times=FIRST, total=1033.0))
    assert done(run) == {}


def test_between_two_phases_what_was_known_stays_known() -> None:
    server = Follower()
    server.look(
        0, body("generating", on=True, phase="image_generation", elapsed=50, times={"story_generation": 37.0})
    )
    times = {"story_generation": 37.0, "image_generation": 58.0}
    run = server.look(9, body("generating", on=True, times=times))
    assert done(run)["story_generation"] == 37.0
    assert len(server.runs) == 1


def test_run_that_ends_between_two_looks_ends_in_the_next() -> None:
    server = Follower()
    server.look(0, body("generating", on=True, phase="voiceover_generation", elapsed=2, times=BEFORE_VOICE))
    run = server.look(1000, body("completed", on=False, times=FIRST, total=1032.0))

    assert run is not None
    assert run.state is RunState.SUCCEEDED
    assert done(run) == FIRST
    assert run.ended_at is not None
    assert at(0) <= run.ended_at <= at(1000)
    assert len(server.runs) == 1


def test_two_runs_between_two_looks_are_not_taken_for_one() -> None:
    server = Follower()
    server.look(0, body(JOB, on=True, phase="video_creation", elapsed=100, times=BEFORE_VIDEO))
    second = {"story_generation": 38.1, "image_generation": 60.2, "voiceover_generation": 34.1}
    run = server.look(7200, body(JOB, on=True, phase="video_creation", elapsed=30, times=second))

    assert len(server.runs) == 2
    assert done(run) == second
    assert run is not None
    assert run.started_at is not None
    assert run.started_at > at(6900)
    events = diff(*server.snapshots)
    assert [event.kind for event in events].count(EventKind.RUN_LOST) == 1
    assert [event.kind for event in events].count(EventKind.RUN_STARTED) == 1


@pytest.mark.parametrize("revision", ["a", "b"])
def test_run_that_was_seen_in_its_story_is_not_the_one_that_makes_images_an_hour_later(revision: str) -> None:
    server = Follower()
    stale = FIRST if revision == "a" else {}
    total = 1033.0 if revision == "a" else None
    server.look(0, body("generating", on=True, phase="story_generation", elapsed=5, times=stale, total=total))
    times = stale | {"story_generation": 37.7}
    server.look(3600, body("generating", on=True, phase="image_generation", elapsed=9, times=times, total=total))
    assert len(server.runs) == 2


def test_pauses_between_the_phases_make_no_second_run() -> None:
    server = Follower()
    server.look(0, body("generating", on=True, phase="story_generation", elapsed=1))
    server.look(
        100, body("generating", on=True, phase="image_generation", elapsed=3, times={"story_generation": 37.0})
    )
    assert len(server.runs) == 1


def test_video_phase_that_begins_anew_within_its_run_makes_no_second_run() -> None:
    server = Follower()
    server.look(0, body(JOB, on=True, phase="video_creation", elapsed=1800, times=BEFORE_VIDEO))
    server.look(60, body("launching fast render VM", on=True, phase="video_creation", elapsed=10, times=BEFORE_VIDEO))
    assert len(server.runs) == 1


def test_whole_run_that_passed_unseen_on_a_brings_only_its_own_phases() -> None:
    server = Follower()
    with_upload = FIRST | {"youtube_upload": 25.5}
    server.look(0, body("completed", on=False, times=with_upload, total=1100.0))
    second = {
        "story_generation": 30.0,
        "image_generation": 50.0,
        "voiceover_generation": 31.0,
        "video_creation": 700.0,
    }
    run = server.look(5000, body("completed", on=False, times=with_upload | second, total=820.0))

    assert run is not None
    assert len(server.runs) == 2
    assert done(run) == second


def test_run_that_failed_early_on_a_keeps_none_of_the_first_runs_later_phases() -> None:
    server = Follower()
    server.look(0, body("completed", on=False, times=FIRST, total=1033.0))
    text = "error: OpenAI request timed out"
    run = server.look(900, body(text, on=False, phase="story_generation", elapsed=850, times=FIRST, total=12.5))
    assert run is not None
    assert run.state is RunState.FAILED
    assert done(run) == {}
    assert states(run)["story_generation"] == ("failed", 12.5)  # the server counts on, its total does not


def test_what_the_server_counts_on_after_a_failure_is_no_news() -> None:
    server = Follower()
    for second in range(0, 600, 50):
        answer = body(
            "error: boom", on=False, phase="video_creation", elapsed=10.0 + second, times=BEFORE_VIDEO, total=140.0
        )
        server.look(second, answer)
    assert len(server.runs) == 1
    assert all(not diff(old, new) for old, new in zip(server.snapshots, server.snapshots[1:], strict=False))


def test_end_that_is_written_in_pieces_is_one_end() -> None:
    server = Follower(0.0)
    server.look(0, body(JOB, on=True, phase="video_creation", elapsed=10, times=BEFORE_VIDEO))
    server.look(60, body("completed", on=False, times=BEFORE_VIDEO))
    server.look(61, body("completed", on=False, times=FIRST))
    run = server.look(62, body("completed", on=False, times=FIRST, total=1033.0))

    assert len(server.runs) == 1
    assert run is not None
    assert states(run)["video_creation"] == ("done", 900.25)
    kinds = [
        event.kind
        for old, new in zip(server.snapshots, server.snapshots[1:], strict=False)
        for event in diff(old, new)
    ]
    assert kinds.count(EventKind.RUN_SUCCEEDED) == 1


def test_same_error_of_another_run_is_another_run() -> None:
    server = Follower(0.0)
    answer = body(
        "error: Veo AI not available", on=False, times={"story_generation": 1.8}, wall="Mon, 23 Nov 2026 21:00:00 GMT"
    )
    server.look(5, answer)
    later = body(
        "error: Veo AI not available", on=False, times={"story_generation": 1.9}, wall="Mon, 23 Nov 2026 21:10:00 GMT"
    )
    server.look(700, later)
    assert len(server.runs) == 2


def test_cancelled_run_stays_one_cancelled_run_while_its_worker_goes_on() -> None:
    server = Follower(0.0)
    wall = "Mon, 23 Nov 2026 21:00:00 GMT"
    story = {"story_generation": 37.0}
    server.look(40, body("generating images", on=True, phase="image_generation", elapsed=3, times=story, wall=wall))
    server.look(50, body("generating images", on=False, initialized=False, wall=wall))
    server.look(
        99, body("generating voiceover", on=False, initialized=False, phase="voiceover_generation", wall=wall)
    )
    server.look(
        140, body("creating video via Vertex AI", on=False, initialized=False, phase="video_creation", wall=wall)
    )
    run = server.look(150, body(JOB, on=False, initialized=False, phase="video_creation", elapsed=9, wall=wall))
    assert run is not None
    assert run.state is RunState.CANCELLED
    assert run.job_id == "video-job-ab12cd34"
    late = "Mon, 23 Nov 2026 21:15:00 GMT"
    run = server.look(900, body("completed", on=False, initialized=False, times={"video_creation": 760.0}, wall=late))

    assert run is not None
    assert run.state is RunState.CANCELLED
    assert run.late_outcome is TextKind.COMPLETED
    assert len(server.runs) == 1
    kinds = [
        event.kind
        for old, new in zip(server.snapshots, server.snapshots[1:], strict=False)
        for event in diff(old, new)
    ]
    assert kinds.count(EventKind.RUN_CANCELLED) == 1
    assert EventKind.RUN_SUCCEEDED not in kinds


def test_cancelled_run_ends_when_it_was_cancelled_not_when_it_began() -> None:
    server = Follower(0.0)
    wall = "Mon, 23 Nov 2026 21:00:01 GMT"  # the server's seconds are cut off: it began at 21:00:00.4 of ours
    server.look(1, body("initializing", on=True, phase="story_generation", elapsed=0.6, wall=wall))
    run = server.look(31, body("initializing", on=False, initialized=False, wall=wall))
    assert run is not None
    assert run.state is RunState.CANCELLED
    assert run.ended_at == at(31)
    assert run.total_s == pytest.approx(30.6)


def test_first_look_after_a_cancel_knows_when_the_run_began_but_not_when_it_ended() -> None:
    server = Follower(0.0)
    wall = "Mon, 23 Nov 2026 20:50:00 GMT"
    run = server.look(0, body("initializing", on=False, initialized=False, wall=wall))
    assert run is not None
    assert run.state is RunState.CANCELLED
    assert run.ended_at is None
    assert run.started_at == at(-600)


def test_reset_ends_a_run_as_cancelled_and_leaves_none_afterwards() -> None:
    server = Follower()
    server.look(0, body("generating story", on=True, phase="story_generation", elapsed=3, initialized=True))
    run = server.look(10, body("reset", on=False, initialized=False))
    assert run is not None
    assert run.state is RunState.CANCELLED
    assert Follower().look(0, body("reset", on=False, initialized=False)) is None


@pytest.mark.parametrize("zone_s", [0.0, 3600.0, -18_000.0, 20_700.0])
def test_mislabelled_time_zone_is_taken_off(zone_s: float) -> None:
    server = Follower(zone_s)
    server.look(0, body("generating story", on=True, phase="story_generation", elapsed=10))
    label = at(20 + zone_s).strftime("%a, %d %b %Y %H:%M:%S GMT")
    run = server.look(60, body("error: no", on=False, times={"story_generation": 30.0}, wall=label))
    assert run is not None
    assert run.ended_at == at(20)
    assert run.total_s == pytest.approx(30.0)


def test_time_of_a_zone_that_is_not_known_is_not_used() -> None:
    server = Follower(None)
    server.look(0, body("generating story", on=True, phase="story_generation", elapsed=10))
    run = server.look(60, body("error: no", on=False, wall="Mon, 23 Nov 2026 23:00:20 GMT"))
    assert run is not None
    assert run.ended_at == at(60)


def test_not_initialized_is_normal_and_no_cancelled_run() -> None:
    assert Follower().look(0, body("ready", on=False, initialized=False)) is None
    assert Follower().look(0, body("initializing", on=False, initialized=False)) is None


def test_machine_started_by_itself_is_no_cancelled_run() -> None:
    server = Follower()
    server.look(0, body("ready", on=False))
    assert server.look(10, body("launching fast render VM", on=False)) is None
    assert server.look(50, body("fast render VM active: av-render-12ab", on=False)) is None
    run = server.look(400, body("completed", on=False))
    assert run is not None
    assert run.state is RunState.SUCCEEDED


def test_success_counts_the_phase_that_ran_last_as_done() -> None:
    server = Follower()
    server.look(0, body(JOB, on=True, phase="video_creation", elapsed=10, times=BEFORE_VIDEO))
    run = server.look(60, body("completed (batch mode)", on=False, times=BEFORE_VIDEO))
    assert states(run)["video_creation"] == ("done", None)


def test_unknown_text_ends_a_run_with_an_unknown_outcome() -> None:
    server = Follower()
    server.look(0, body("generating", on=True, phase="story_generation", elapsed=3))
    run = server.look(10, body("hibernating until Tuesday", on=False))
    assert run is not None
    assert run.state is RunState.UNKNOWN
    assert all(phase.state is not PhaseState.RUNNING for phase in run.phases)


def test_text_alone_tells_the_phase_where_no_times_are_sent() -> None:
    server = Follower()
    run = server.look(
        0, {"is_generating": True, "last_generation_status": "generating voiceover using google (batch mode)"}
    )
    assert run is not None
    assert run.current_phase == phases.VOICE
    run = server.look(40, {"is_generating": True, "last_generation_status": JOB})
    assert run is not None
    assert run.current_phase == phases.VIDEO
    assert run.job_id == "video-job-ab12cd34"
    assert len(server.runs) == 1
    run = server.look(4000, {"is_generating": True, "last_generation_status": "generating story"})
    assert len(server.runs) == 2


def test_restart_of_avdesk_in_the_middle_goes_on_with_the_same_run() -> None:
    server = Follower()
    server.look(0, body("generating", on=True, phase="story_generation", elapsed=3))
    again = Follower()
    again.run, again.status = server.run, server.status
    again.look(30, body("generating", on=True, phase="story_generation", elapsed=33))
    assert again.run is not None
    assert server.run is not None
    assert again.run.id == server.run.id
