"""When `auto` changes from REST to gcloud and back."""

from collections.abc import Mapping, Sequence
from datetime import datetime

import pytest

from avdesk.clients.auto import VertexAuto
from avdesk.clients.factory import make_vertex
from avdesk.clients.transport import Transport
from avdesk.clients.vertex import JobListing, JobsPage
from avdesk.clients.vertex_gcloud import VertexGcloud
from avdesk.clients.vertex_rest import VertexRest
from avdesk.core.customjob import read_custom_job
from avdesk.core.errors import (
    AvdeskError,
    ConfigError,
    CredentialsExpiredError,
    CredentialsMissingError,
    PermissionDeniedError,
    ServerFailedError,
)
from avdesk.core.jobs import Job

REGION = "us-central1"


def a_job() -> Job:
    """Return a job."""
    made = read_custom_job({"name": f"projects/p/locations/{REGION}/customJobs/1"})
    assert made is not None
    return made


class Way:
    """A client that counts, and fails while `error` is set."""

    def __init__(self, error: AvdeskError | None = None) -> None:
        """Begin."""
        self.error = error
        self.asked = 0

    @property
    def way(self) -> str:
        """Return a name."""
        return "fake"

    def _ask(self) -> None:
        self.asked += 1
        if self.error is not None:
            raise self.error

    def jobs_named(self, beginning: str, regions: Sequence[str]) -> JobListing:
        """Answer with no jobs."""
        del beginning, regions
        self._ask()
        return JobListing((), {})

    def list_jobs(
        self,
        regions: Sequence[str],
        *,
        limit: int | None = None,
        active_only: bool = False,
        since: datetime | None = None,
    ) -> JobListing:
        """List, failures by region."""
        del limit, active_only, since
        self.asked += 1
        if self.error is not None:
            return JobListing((), dict.fromkeys(regions, self.error))
        return JobListing((a_job(),))

    def jobs_page(self, region: str, after: str = "") -> JobsPage:
        """Ask."""
        del region, after
        self._ask()
        return JobsPage((a_job(),))

    def get_job(self, region: str, number: str) -> Job:
        """Ask."""
        del region, number
        self._ask()
        return a_job()

    def find_job(self, job_id: str, regions: Sequence[str]) -> Job | None:
        """Ask."""
        del job_id, regions
        self._ask()
        return a_job()

    def job_details(self, job_id: str) -> dict[str, object]:
        """Ask."""
        self._ask()
        return {"job_id": job_id}

    def raw_job(self, region: str, number: str) -> Mapping[str, object]:
        """Ask."""
        del region, number
        self._ask()
        return {}

    def cancel_job(self, region: str, number: str) -> None:
        """Ask."""
        del region, number
        self._ask()

    def create_job(self, region: str, body: Mapping[str, object]) -> Job:
        """Ask."""
        del region, body
        self._ask()
        return a_job()

    def abort(self) -> None:
        """Count."""
        self.asked += 100

    def close(self) -> None:
        """Count."""
        self.asked += 1000


@pytest.mark.parametrize("error", [CredentialsMissingError("none", "x"), CredentialsExpiredError("old", "x")])
def test_without_credentials_gcloud_is_asked_and_stayed_with_for_a_while(error: AvdeskError) -> None:
    now = [0.0]
    rest, gcloud = Way(error), Way()
    auto = VertexAuto(rest, gcloud, recheck_s=600, clock=lambda: now[0])
    assert auto.way == "rest"
    assert len(auto.list_jobs([REGION]).jobs) == 1
    assert auto.way == "gcloud"
    auto.get_job(REGION, "1")
    assert (rest.asked, gcloud.asked) == (1, 2)
    now[0], rest.error = 601.0, None
    auto.cancel_job(REGION, "1")
    assert auto.way == "rest"
    assert (rest.asked, gcloud.asked) == (2, 2)


@pytest.mark.parametrize("error", [ServerFailedError("503", "x"), PermissionDeniedError("no", "x")])
def test_a_server_that_fails_or_refuses_is_no_reason_to_change(error: AvdeskError) -> None:
    rest, gcloud = Way(error), Way()
    auto = VertexAuto(rest, gcloud)
    assert auto.list_jobs([REGION]).failures == {REGION: error}
    with pytest.raises(type(error)):
        auto.create_job(REGION, {})
    assert gcloud.asked == 0


def test_with_no_credentials_anywhere_rests_own_failure_is_told() -> None:
    told = CredentialsMissingError("rest has none", "x")
    auto = VertexAuto(Way(told), Way(CredentialsMissingError("gcloud has none", "x")))
    with pytest.raises(CredentialsMissingError, match="rest has none"):
        auto.get_job(REGION, "1")
    listing = auto.list_jobs([REGION])
    assert listing.jobs == ()
    assert set(listing.failures) == {REGION}
    assert auto.way == "rest"


def test_both_are_aborted_and_closed() -> None:
    rest, gcloud = Way(), Way()
    auto = VertexAuto(rest, gcloud)
    auto.abort()
    auto.close()
    assert rest.asked == gcloud.asked == 1100


def test_each_setting_has_its_client(transport: Transport) -> None:
    made = {way: make_vertex(way, "av-8675309", [REGION], transport) for way in ("auto", "rest", "gcloud", "off")}
    assert isinstance(made["auto"], VertexAuto)
    assert isinstance(made["rest"], VertexRest)
    assert isinstance(made["gcloud"], VertexGcloud)
    assert made["off"] is None
    with pytest.raises(ConfigError):
        make_vertex("grpc", "av-8675309", [REGION], transport)
