"""Acting on jobs in the real app on a real desktop, and what has become of them on the server then."""

import shutil
from collections.abc import Iterator
from pathlib import Path

import pytest

from avdesk.core import wire
from avdesk.core.customjob import read_custom_job
from avdesk.core.jobs import JobState
from avdesk.emulator.jobspec import DISPLAY_NAME_PREFIX
from benchmarks.signin import SignIn
from tests.desktop.jobs_desk import JobsDesk, write_configuration
from tests.desktop.running_app import App
from tests.gcloud.conftest import Gcloud
from tests.harness.acting import Bench, bench
from tests.harness.session import DesktopSession
from tests.harness.waiting import wait_until

pytestmark = pytest.mark.desktop


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Bench]:
    options = {"speed": 10.0, "rate_limit": (100_000, 60.0)}
    with bench(tmp_path_factory.mktemp("bench"), emulator=options) as made:
        yield made


@pytest.fixture(scope="module")
def desk(desktop: DesktopSession, server: Bench, tmp_path_factory: pytest.TempPathFactory) -> Iterator[JobsDesk]:
    folder = tmp_path_factory.mktemp("app")
    app = App(desktop, folder / "home")
    write_configuration(app, server)
    with SignIn(server.emulator.token) as sign_in:
        key = sign_in.write_key(folder / "key.json", server.emulator.project)
        app.start(environment={"GOOGLE_APPLICATION_CREDENTIALS": str(key)})
        app.wait_for_ear()
        yield JobsDesk(desktop, app, server)
        app.stop_all()


def test_a_job_is_cancelled_once_somebody_agrees(desk: JobsDesk, server: Bench) -> None:
    job = server.make_job("video-job-ca000001", region="us-west1")
    desk.go_to_jobs("dev")
    desk.select_job(job)
    desk.press("Cancel job")
    desk.button("Let it run")
    assert not server.state(job).ended
    desk.press(f"Cancel {job.id}")
    desk.wait_for_state(job, JobState.CANCELLED)


def test_a_failed_job_is_resubmitted_to_another_region(desk: JobsDesk, server: Bench) -> None:
    old = server.ended_job(job_id="video-job-fa000001")
    desk.go_to_jobs("dev")
    desk.select_job(old)
    desk.press("Edit and resubmit…")
    desk.choose("As it was: us-central1", "us-e")
    desk.press("Send new job")
    new = desk.wait_for_successor(old)
    assert (old.region, new.region) == ("us-central1", "us-east1")
    assert new.labels["region"] == "us_east1"
    assert server.state(old) is JobState.FAILED


def test_a_restart_ends_the_old_job_and_makes_a_new_one(desk: JobsDesk, server: Bench) -> None:
    old = server.make_job("video-job-4e000001", region="europe-west1")
    desk.go_to_jobs("dev")
    desk.select_job(old)
    desk.press("Restart job")
    desk.press(f"Restart {old.id}")
    desk.wait_for_state(old, JobState.CANCELLED)
    new = desk.wait_for_successor(old)
    assert new.region == "europe-west1"


def test_a_new_video_starts_on_the_server(desk: JobsDesk, server: Bench) -> None:
    desk.go_to_jobs("dev")
    desk.press("New video…")
    assert "enabled" not in desk.button("Start video").states
    desk.type_into("Topic", "Why owls fly silently")
    desk.press("Start video")
    pipeline = server.emulator.world.pipeline
    wait_until(lambda: pipeline.state.is_generating, "the server makes a video")
    [asked] = server.emulator.asked("/generate")
    assert asked.request.json() == {"topic": "Why owls fly silently"}


def test_twenty_jobs_are_cancelled_at_once(desk: JobsDesk, server: Bench) -> None:
    regions = server.emulator.regions
    jobs = [
        server.make_job(f"video-job-b01c{number:04x}", region=regions[number % len(regions)]) for number in range(20)
    ]
    desk.go_to_jobs("dev")
    desk.select_jobs("video-job-b01c", jobs)
    desk.press("Cancel job")
    desk.press("Cancel 20 jobs")
    for job in jobs:
        desk.wait_for_state(job, JobState.CANCELLED)
    desk.wait_for_label("20 of 20 confirmed.")
    desk.press("Close")


def test_a_read_only_environment_offers_nothing_and_says_why(desk: JobsDesk, server: Bench) -> None:
    job = server.make_job("video-job-4d000001")
    desk.go_to_jobs("museum")
    desk.select_job(job)
    before = server.posts()
    for name in ("Cancel job", "Retry job", "Restart job", "Edit and resubmit…", "New video…"):
        button = desk.wait_for_button(name, enabled=False)
        assert button.description.startswith("museum is read only"), button
    desk.key("Delete")
    desk.look_again()
    assert server.posts() == before
    assert server.state(job).active


def test_in_production_the_name_is_typed_first(desk: JobsDesk, server: Bench) -> None:
    job = server.make_job("video-job-9a000001")
    desk.go_to_jobs("prod")
    desk.select_job(job)
    desk.press("Cancel job")
    confirm = f"Cancel {job.id}"
    assert "enabled" not in desk.button(confirm).states
    desk.type_into("Name of the environment", "dev")
    assert desk.wait_for_button(confirm, enabled=False).description == "Type the environment's name first."
    assert server.state(job).active
    desk.type_into("Name of the environment", "prod")
    desk.press(confirm)
    desk.wait_for_state(job, JobState.CANCELLED)


@pytest.mark.gcloud
def test_gcloud_sees_what_was_cancelled_and_what_was_retried(desk: JobsDesk, server: Bench, tmp_path: Path) -> None:
    program = shutil.which("gcloud")
    if program is None:
        pytest.skip("gcloud is not installed")
    old = server.make_job("video-job-6c000001", region="us-west1")
    desk.go_to_jobs("dev")
    desk.select_job(old)
    desk.press("Cancel job")
    desk.press(f"Cancel {old.id}")
    desk.wait_for_state(old, JobState.CANCELLED)
    desk.press("Retry job")
    desk.agree_if_asked(f"Retry {old.id}", old)
    new = desk.wait_for_successor(old)
    run = Gcloud(program, tmp_path, server.emulator)
    listed = run("ai", "custom-jobs", "list", "--region=us-west1", "--format=json").json()
    found = {job.id: job for job in map(read_custom_job, wire.as_list(listed)) if job}
    assert found[old.id].state is JobState.CANCELLED
    assert found[new.display_name.removeprefix(DISPLAY_NAME_PREFIX)].retry_of == old.id
