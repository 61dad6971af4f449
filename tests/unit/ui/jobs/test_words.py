"""Links, views, labels, course, notes, states: what the Jobs page says."""

import json
from dataclasses import replace
from datetime import timedelta

import pytest

from avdesk.config.settings import Environment
from avdesk.core.actions import ActionState
from avdesk.core.jobquery import parse_query
from avdesk.core.jobs import JobError, JobState
from avdesk.core.snapshot import Reach, Snapshot, VertexView
from avdesk.ui.jobs import hints, job_words, links, notes, states
from avdesk.ui.jobs.course import course, run_of, run_words
from avdesk.ui.jobs.label_lines import LabelsError, label_changes, label_text
from avdesk.ui.jobs.older import Loading, count_words
from avdesk.ui.jobs.states import NextStep
from avdesk.ui.jobs.views import MOST_VIEWS, SavedView, Views, built_in
from tests.harness.job_lists import many_jobs, records
from tests.harness.snapshots import NOW, all_states, before, job

DEV = Environment("dev", project="av-8675309")


class Kept:
    """A store of texts."""

    def __init__(self, **texts: object) -> None:
        self.texts: dict[str, object] = dict(texts)

    def value(self, key: str, /) -> object:
        """Return what was kept."""
        return self.texts.get(key)

    def setValue(self, key: str, value: object, /) -> None:
        """Keep a value."""
        self.texts[key] = value


# Links and copies


def test_a_job_is_named_elsewhere_by_its_number_and_region() -> None:
    shown = job()
    assert "/vertex-ai/locations/us-central1/training/1234567890123456789/" in links.console_url(shown, "av-8675309")
    assert links.gcloud_command(shown, "av-8675309") == (
        "gcloud ai custom-jobs describe 1234567890123456789 --region=us-central1 --project=av-8675309"
    )
    assert links.avdesk_command(shown, "dev") == "avdesk --env dev jobs show 1234567890123456789"


def test_a_job_that_vertex_ai_has_not_told_of_has_no_links() -> None:
    bare = job(number="", resource_name="", region=None)
    assert links.console_url(bare, "p1234567") == ""
    assert set(links.copy_texts(bare, "dev", "p1234567", NOW)) == {"id", "json", "avdesk"}


def test_the_copied_json_is_the_promised_one() -> None:
    found = json.loads(links.copy_texts(job(), "dev", "", NOW)["json"])
    assert (found["id"], found["state"], found["queue_s"]) == ("video-job-ab12cd34", "running", 370.0)


@pytest.mark.parametrize("prefix", ["https://evil/x", "gs://", "gs://B?x", "file:///etc", "gs://ok\n/x", ""])
def test_only_a_bucket_is_opened_as_an_output_folder(prefix: str) -> None:
    assert links.output_url(prefix, "p") == ""


def test_an_output_folder_is_opened_in_the_console() -> None:
    url = links.output_url("gs://av-bucket/jobs/video job/", "av-8675309")
    assert url == "https://console.cloud.google.com/storage/browser/av-bucket/jobs/video%20job?project=av-8675309"


# Views


def test_the_views_of_avdesk_are_queries_that_can_be_read() -> None:
    assert all(parse_query(view.query).problems == () for view in built_in())


def test_own_views_are_kept_renamed_and_removed() -> None:
    store = Kept()
    views = Views(store)
    assert views.save(" Night  shift ", "label:team=night")
    assert views.rename("Night shift", "Night")
    assert Views(store).all()[-1] == SavedView("Night", "label:team=night", own=True)
    assert views.matching(" label:team=night ") == SavedView("Night", "label:team=night", own=True)
    views.remove("Night")
    assert Views(store).all() == built_in()


def test_names_that_cannot_be_taken_say_why() -> None:
    views = Views(Kept())
    assert views.refusal("") == "A view needs a name."
    assert "AVDesk has a view" in views.refusal("active")
    for number in range(MOST_VIEWS):
        assert views.save(f"v{number}", "x")
    assert "Remove one first" in views.refusal("one more")
    assert views.refusal("v1") == ""
    assert "already" in views.refusal("v1", new=True)
    assert not views.save("one more", "x")
    assert not views.rename("v1", "v2")


@pytest.mark.parametrize("text", ["", "{", "[1, {}]", '{"a": 1}', '[{"name": 1, "query": 2}]', 5, "[" * 100_000])
def test_what_cannot_be_read_is_no_view(text: object) -> None:
    assert Views(Kept(**{"jobs/views": text})).all() == built_in()


# Labels


def test_edited_lines_tell_what_changes() -> None:
    labels = {"team": "a", "cost": "x", "job_id": "video-job-1"}
    assert label_text(labels) == "cost=x\nteam=a"
    assert label_changes(labels, "team=b\nnew=1\n") == {"team": "b", "new": "1", "cost": None}
    assert label_changes(labels, label_text(labels)) == {}


@pytest.mark.parametrize("line", ["Team=x", "team", "team=X", "1a=b", "team=" + "x" * 64, "job_id=x", "a=b\na=c"])
def test_a_line_that_is_no_label_is_told(line: str) -> None:
    with pytest.raises(LabelsError):
        label_changes({}, line)


# Course


def test_a_running_job_tells_of_its_wait_and_its_run() -> None:
    told = [(step.word, step.before) for step in course(job(), NOW)]
    assert told == [
        ("Created", ""),
        ("Started", "waited 6 min 10 s"),
        ("Running now", "runs for 12 min 40 s of 1 h 00 min"),
    ]


def test_a_job_that_never_started_says_so() -> None:
    never = job(JobState.CANCELLED, started_at=None, ended_at=before(30))
    assert [(step.word, step.before) for step in course(never, NOW)] == [
        ("Created", ""),
        ("Cancelled", "never started, 18 min 20 s after it was made"),
    ]
    unknown = job(JobState.EXPIRED, started_at=None, ended_at=None, created_at=None)
    assert course(unknown, NOW)[-1].before == "never started"


def test_a_waiting_job_waits_on() -> None:
    waiting = job(JobState.PENDING, started_at=None)
    assert course(waiting, NOW)[-1].before == "waits for 18 min 50 s"


@pytest.mark.parametrize("state", JobState)
def test_every_state_has_a_course_and_a_headline(state: JobState) -> None:
    shown = job(state)
    assert course(shown, NOW)[0].word == "Created"
    assert job_words.headline(shown)


def test_a_job_is_tied_to_its_run() -> None:
    snapshot = all_states()["running"]
    run = run_of(job(), snapshot)
    assert run is snapshot.run
    assert run is not None
    assert run_words(run) == "Story 37 s · Images 59 s · Voiceover 36 s · Video 18 min 50 s"
    assert run_of(job(id="video-job-00000000"), snapshot) is None


# Errors, selections, hints


def test_an_error_is_explained_and_its_text_kept() -> None:
    failed = job(JobState.FAILED, error=JobError(8, "RESOURCE_EXHAUSTED: quota"))
    what, advice, full = job_words.error_words(failed)
    assert what == "No GPU quota is left in the region"
    assert advice.startswith("Retry in another region")
    assert full == "code 8\nRESOURCE_EXHAUSTED: quota"


def test_a_cancelled_job_has_not_failed() -> None:
    cancelled = job(JobState.CANCELLED, error=JobError(1, "CANCELED"))
    assert job_words.error_words(cancelled) == ("", "", "CANCELED")


def test_a_failure_without_a_text_says_so() -> None:
    assert job_words.error_words(job(JobState.FAILED, error=JobError(13, "")))[0] == "No reason was given"


def test_a_selection_is_summed_up() -> None:
    count, words = job_words.selection_words(many_jobs(5), NOW)
    assert count == "5 jobs selected"
    assert "1× Running" in words
    assert "USD in all" in words


def test_waits_are_told_by_region() -> None:
    jobs = [job(number=str(number), region="us-west1") for number in range(3)]
    assert hints.region_hint("us-west1", "NVIDIA_TESLA_T4", jobs, NOW) == "3 jobs waited about 6 min lately"
    assert hints.region_hint("us-east1", "NVIDIA_TESLA_T4", jobs, NOW) == ""
    old = [replace(each, created_at=NOW - timedelta(days=9)) for each in jobs]
    assert hints.region_hint("us-west1", "NVIDIA_TESLA_T4", old, NOW) == ""


def test_quota_is_told_with_its_age() -> None:
    assert hints.quota_hint(all_states()["running"], NOW) == (
        "The server's check of GPU quota, 7 min ago: Quota NVIDIA_T4_GPUS in us-west1 is 0"
    )
    assert hints.quota_hint(None, NOW) == ""


# Notes


def test_a_row_shows_what_was_requested_until_it_is_confirmed() -> None:
    jobs = many_jobs(8)
    told = {
        record.request.kind.value + " " + record.state.value: notes.row_note(record, each, NOW)
        for record, each in zip(records(jobs), jobs, strict=True)
    }
    assert told["cancel requested"] == "Cancelling… requested"
    assert told["cancel timed_out"] == "Expired · Cancel job: not confirmed in time"


def test_what_did_not_come_about_leaves_the_row_after_some_time() -> None:
    jobs = many_jobs(8)
    failed = next(each for each in records(jobs) if each.state is ActionState.FAILED)
    assert notes.row_note(failed, jobs[5], NOW)
    assert notes.row_note(failed, jobs[5], NOW + timedelta(seconds=notes.NOTED_FOR_S)) == ""


# States


@pytest.mark.parametrize(
    ("state", "headline", "step"),
    [
        ("first", "Waiting for Vertex AI", NextStep.CHECK),
        ("empty", "No jobs yet", NextStep.VIDEO),
        ("denied", "Vertex AI refuses", NextStep.CHECK),
    ],
)
def test_an_empty_table_says_why(state: str, headline: str, step: NextStep) -> None:
    told = states.notice(DEV, all_states()[state], total=0, shown=0, query="")
    assert told is not None
    assert (told.headline, told.step) == (headline, step)
    assert told.advice


def test_vertex_ai_switched_off_says_where() -> None:
    off = Snapshot("dev", NOW, vertex=VertexView(Reach.OFF))
    told = states.notice(DEV, off, total=0, shown=0, query="")
    assert told is not None
    assert "vertex = “off”" in told.advice
    without = states.notice(replace(DEV, project=""), off, total=0, shown=0, query="")
    assert without is not None
    assert "names no project" in without.advice


def test_a_query_that_nothing_answers_can_be_cleared() -> None:
    told = states.notice(DEV, all_states()["running"], total=1200, shown=0, query="x")
    assert told is not None
    assert (told.step, told.advice) == (NextStep.CLEAR, "1,200 jobs are known.")


def test_rows_need_no_notice_but_maybe_a_caution() -> None:
    assert states.notice(DEV, all_states()["running"], total=1, shown=1, query="") is None
    assert states.caution(all_states()["running"], NOW) == ("", "")
    short, full = states.caution(all_states()["denied"], NOW)
    assert "These are the jobs last known." in short
    assert "Grant roles" in full


# Older jobs


@pytest.mark.parametrize(
    ("loading", "words"),
    [
        (Loading(), "1,200 jobs · 37 shown"),
        (
            Loading(begun=True, running=True, regions_left=("us-west1", "us-east1")),
            "1,200 jobs · 37 shown · loading us-west1, us-east1…",
        ),
        (Loading(begun=True, all_known=True), "1,200 jobs · 37 shown · these are all"),
        (Loading(begun=True, loaded=5), "1,200 jobs · 37 shown · older ones are left"),
        (Loading(begun=True, trouble="us-west1: no."), "1,200 jobs · 37 shown · us-west1: no."),
    ],
)
def test_the_count_tells_how_far_loading_has_come(loading: Loading, words: str) -> None:
    assert count_words(1200, 37, loading) == words


def test_a_cancelled_job_that_is_listed_as_active_keeps_its_note_for_a_while() -> None:
    jobs = many_jobs(8)
    confirmed = next(each for each in records(jobs) if each.state is ActionState.CONFIRMED)
    active = jobs[0]
    assert notes.row_note(confirmed, active, NOW) == "Cancelling… confirmed"
    assert notes.row_note(confirmed, replace(active, state=JobState.CANCELLED), NOW) == ""
    assert notes.row_note(confirmed, active, NOW + timedelta(seconds=notes.LISTED_WITHIN_S)) == ""
