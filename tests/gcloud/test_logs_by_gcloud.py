"""Cloud Logging read by the real gcloud, as where REST has no credentials."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from avdesk.clients.cloud_logging import Search
from avdesk.clients.cloud_logging_factory import make_log_reader
from avdesk.clients.cloud_logging_gcloud import LoggingGcloud
from avdesk.clients.gcloud import Gcloud
from avdesk.clients.google_auth import GoogleCredentials
from avdesk.clients.grants import FixedSource
from avdesk.clients.transport import Transport
from avdesk.clients.vertex_gcloud import endpoint_overrides
from avdesk.core import wire
from avdesk.core.errors import CredentialsExpiredError, PermissionDeniedError, RateLimitedError
from avdesk.core.logquery import AppLog, Bounds, JobLogs, filter_of
from avdesk.emulator.faults import Side
from avdesk.emulator.server import Emulator

pytestmark = [pytest.mark.gcloud, pytest.mark.timeout(180)]

PATH = "/v2/entries:list"
EVERYTHING = filter_of([AppLog(), JobLogs()])


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """An emulator with a past."""
    with Emulator(past_jobs=6, seed=7) as started:
        yield started


@pytest.fixture
def reader(gcloud_program: str, emulator: Emulator, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> LoggingGcloud:
    """A reader by gcloud, which is signed in at the emulator."""
    token = tmp_path / "token"
    token.write_text(emulator.token)
    monkeypatch.setenv("CLOUDSDK_CONFIG", str(tmp_path / "gcloud"))
    monkeypatch.setenv("CLOUDSDK_AUTH_ACCESS_TOKEN_FILE", str(token))
    runner = Gcloud(program=gcloud_program, environment=endpoint_overrides(emulator.google_url))
    return LoggingGcloud(emulator.project, runner)


def pages(reader: LoggingGcloud, *, newest_first: bool, limit: int) -> list[str]:
    found: list[str] = []
    after = ""
    for _page in range(12):
        page = reader.read(Search(EVERYTHING, newest_first=newest_first, limit=limit, after=after))
        assert len(page.entries) <= limit
        found += [entry.insert_id or "" for entry in page.entries]
        after = page.after
        if not after:
            return found
    raise AssertionError("there was always more")


def test_gcloud_reads_the_same_entries_as_rest_page_by_page(
    reader: LoggingGcloud, emulator: Emulator, transport_of_test: Transport
) -> None:
    credentials = GoogleCredentials(transport_of_test, only=FixedSource(emulator.token))
    rest = make_log_reader("rest", emulator.project, transport_of_test, credentials, endpoint=emulator.google_url)
    assert rest is not None
    bounds = Bounds(until=int((emulator.world.now() - 600) * 1e9))  # what is old does not change meanwhile
    search = Search(filter_of([JobLogs()], bounds), newest_first=True)
    for by_gcloud, by_rest in zip(reader.read(search).entries, rest.read(search).entries, strict=True):
        assert by_gcloud == by_rest
    assert len(reader.read(search).entries) > 20
    asked = wire.as_object(emulator.asked(PATH, Side.GOOGLE)[-1].request.json())
    assert asked["filter"] == search.filter  # gcloud added no bound of a day


@pytest.mark.parametrize("newest_first", [True, False])
def test_pages_hold_every_entry_once(reader: LoggingGcloud, newest_first: bool) -> None:
    found = pages(reader, newest_first=newest_first, limit=60)
    whole = [entry.insert_id for entry in reader.read(Search(EVERYTHING, newest_first=newest_first)).entries]
    assert 60 <= len(found) <= len(whole)  # those that were received twice are told twice
    assert set(found) == set(whole)


@pytest.mark.parametrize(
    ("fault", "kind"),
    [("denied", PermissionDeniedError), ("quota", RateLimitedError), ("expired", CredentialsExpiredError)],
)
def test_gcloud_s_failures_are_the_same_errors_as_rest_s(
    reader: LoggingGcloud, emulator: Emulator, fault: str, kind: type[Exception]
) -> None:
    emulator.faults.add(f"google:{PATH}={fault}")
    with pytest.raises(kind):
        reader.read(Search(EVERYTHING))


def test_where_rest_has_no_credentials_gcloud_is_asked(
    reader: LoggingGcloud,
    emulator: Emulator,
    transport_of_test: Transport,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    del reader  # its environment is what gcloud finds
    monkeypatch.setenv("GOOGLE_APPLICATION_CREDENTIALS", str(tmp_path / "there-is-none.json"))
    auto = make_log_reader(
        "auto",
        emulator.project,
        transport_of_test,
        GoogleCredentials(transport_of_test),
        endpoint=emulator.google_url,
    )
    assert auto is not None
    assert auto.read(Search(EVERYTHING, limit=5)).entries
    assert auto.way == "gcloud"


@pytest.fixture
def transport_of_test() -> Iterator[Transport]:
    """A transport, closed at the end."""
    transport = Transport()
    yield transport
    transport.close()
