"""Acting on jobs in the real app on a real desktop, and what has become of them on the server then."""

from collections.abc import Iterator

import pytest

from avdesk.core.jobs import JobState
from benchmarks.signin import SignIn
from tests.desktop.jobs_desk import JobsDesk, write_configuration
from tests.desktop.running_app import App
from tests.harness.acting import Bench, bench
from tests.harness.session import DesktopSession

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
