"""Cloud Logging over REST against servers that misbehave, and against the emulated one."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from avdesk.clients.cloud_logging import AutoReader, EntriesPage, LogReader, Search, StalePageError
from avdesk.clients.cloud_logging_rest import LoggingRest
from avdesk.clients.google_auth import GoogleCredentials
from avdesk.clients.grants import FixedSource
from avdesk.clients.reply import Timeouts
from avdesk.clients.transport import Transport
from avdesk.core import wire
from avdesk.core.errors import (
    AbortedError,
    BadAnswerError,
    ConfigError,
    CredentialsExpiredError,
    CredentialsMissingError,
    KnownError,
    PermissionDeniedError,
    RateLimitedError,
    RequestRefusedError,
    ServerFailedError,
    TimedOutError,
    TooLargeError,
    UnreachableError,
)
from avdesk.core.logquery import AppLog, JobLogs, filter_of
from avdesk.emulator.faults import Side
from avdesk.emulator.server import Emulator
from tests.harness.waiting import wait_until
from tests.unit.clients.conftest import Serve
from tests.unit.clients.fault_server import Exchange, FaultServer
from tests.unit.clients.test_vertex_rest import Tokens, envelope, query

PATH = "/v2/entries:list"
EVERYTHING = Search(filter_of([JobLogs()]))
ENTRY = {"insertId": "1", "timestamp": "2026-05-29T10:12:05Z", "textPayload": "hello"}
Make = Callable[..., LoggingRest]


@pytest.fixture
def make(transport: Transport) -> Make:
    """Return a function that makes a client for a server."""

    def make(server: FaultServer | str, tokens: Tokens | None = None, **options: int) -> LoggingRest:
        url = server if isinstance(server, str) else server.url
        return LoggingRest(
            "av-8675309", transport, tokens or Tokens(), endpoint=url, timeouts=Timeouts(2, 1, 2), **options
        )

    return make


def test_a_page_is_asked_for_with_few_fields_and_read(serve: Serve, make: Make) -> None:
    body = {"entries": [ENTRY, 5, None], "nextPageToken": "t2"}
    headers = {"Date": "Mon, 23 Nov 2026 21:38:02 GMT"}
    server = serve(lambda e: e.answer(200, body, headers=headers))
    page = make(server).read(Search("x", newest_first=True, limit=50))
    assert [entry.text for entry in page.entries] == ["hello"]
    assert (page.after, page.date) == ("t2", datetime(2026, 11, 23, 21, 38, 2, tzinfo=UTC))
    [request] = server.requests
    assert (request.method, request.target.partition("?")[0]) == ("POST", PATH)
    assert query(request)["fields"].startswith("nextPageToken,entries(insertId,")
    assert request.json() == {
        "resourceNames": ["projects/av-8675309"],
        "filter": "x",
        "orderBy": "timestamp desc",
        "pageSize": 50,
    }


def test_a_token_that_never_changes_is_not_followed(serve: Serve, make: Make) -> None:
    server = serve(lambda e: e.answer(200, {"nextPageToken": "same"}))
    client = make(server)
    assert client.read(EVERYTHING).after == "same"
    assert client.read(Search(EVERYTHING.filter, after="same")).after == ""


@pytest.mark.parametrize(
    ("answer", "kind"),
    [
        ((400, envelope(400, "INVALID_ARGUMENT")), RequestRefusedError),
        ((401, envelope(401, "UNAUTHENTICATED")), CredentialsExpiredError),
        (
            (403, envelope(403, "PERMISSION_DENIED", metadata={"permission": "logging.logEntries.list"}, reason="X")),
            PermissionDeniedError,
        ),
        ((403, "<html>blocked</html>"), PermissionDeniedError),
        ((429, envelope(429, "RESOURCE_EXHAUSTED")), RateLimitedError),
        ((503, envelope(503, "UNAVAILABLE")), ServerFailedError),
        ((200, "<html>sign in</html>"), BadAnswerError),
        ((200, '{"entries": ['), BadAnswerError),
        ((200, "[" * 5000), BadAnswerError),
    ],
)
def test_refusals_and_nonsense_are_typed_errors_with_advice(
    serve: Serve, make: Make, answer: tuple[int, str], kind: type[KnownError]
) -> None:
    server = serve(lambda e: e.answer(*answer))
    with pytest.raises(kind) as caught:
        make(server).read(EVERYTHING)
    assert caught.value.advice
    assert len(server.requests) == (2 if kind is CredentialsExpiredError else 1)  # the caller decides on repeating


def test_what_is_read_of_a_payload_may_be_nested_deeply(serve: Serve, make: Make) -> None:
    payload: dict[str, object] = {"message": "deep"}
    for _level in range(90):
        payload = {"inner": payload}
    server = serve(lambda e: e.answer(200, {"entries": [{**ENTRY, "textPayload": None, "jsonPayload": payload}]}))
    [entry] = make(server).read(EVERYTHING).entries
    assert '"message":"deep"' in entry.text


def test_the_quota_s_limit_is_told_with_its_refusal(serve: Serve, make: Make) -> None:
    metadata = {"quota_limit": "ReadRequestsPerMinutePerProject", "quota_limit_value": "120"}
    refusal = envelope(429, "RESOURCE_EXHAUSTED", reason="RATE_LIMIT_EXCEEDED", metadata=metadata)
    with pytest.raises(RateLimitedError) as caught:
        make(serve(lambda e: e.answer(429, refusal))).read(EVERYTHING)
    assert (caught.value.limit, caught.value.window_s, caught.value.by_server) == (120, 60.0, True)


def test_a_switched_off_api_is_named(serve: Serve, make: Make) -> None:
    refusal = envelope(
        403, "PERMISSION_DENIED", reason="SERVICE_DISABLED", metadata={"service": "logging.googleapis.com"}
    )
    with pytest.raises(PermissionDeniedError) as caught:
        make(serve(lambda e: e.answer(403, refusal))).read(EVERYTHING)
    assert "gcloud services enable logging.googleapis.com" in caught.value.advice


def test_pages_that_are_too_large_are_asked_for_in_smaller_ones(serve: Serve, make: Make) -> None:
    def behave(exchange: Exchange) -> None:
        size = wire.as_int(wire.as_object(exchange.request.json())["pageSize"]) or 0
        exchange.answer(200, {"entries": [{**ENTRY, "textPayload": "x" * 2000}] * min(size, 300)})

    server = serve(behave)
    client = make(server, max_bytes=100_000)
    assert len(client.read(EVERYTHING).entries) == 10
    sizes = [wire.as_object(request.json())["pageSize"] for request in server.requests]
    assert sizes == [1000, 100, 10]
    for _page in range(20):
        client.read(EVERYTHING)
    assert wire.as_object(server.requests[-1].json())["pageSize"] in (10, 100)  # it is tried again now and then
    with pytest.raises(TooLargeError):
        make(server, max_bytes=1000).read(EVERYTHING)


def test_a_forgotten_page_is_an_error_of_its_own(serve: Serve, make: Make) -> None:
    server = serve(lambda e: e.answer(400, envelope(400, "INVALID_ARGUMENT", "page_token")))
    with pytest.raises(StalePageError):
        make(server).read(Search("x", after="old"))


def test_a_silent_server_and_an_abort_end_soon(serve: Serve, make: Make) -> None:
    server = serve(lambda e: e.silence())
    with pytest.raises(TimedOutError):
        make(server).read(EVERYTHING)
    client = make(server)
    client.abort()
    with pytest.raises(AbortedError):
        client.read(EVERYTHING)


def test_tokens_go_to_no_unprotected_address(transport: Transport) -> None:
    with pytest.raises(ConfigError):
        LoggingRest("av-8675309", transport, Tokens(), endpoint="http://logs.example.com")
    with pytest.raises(ConfigError):
        LoggingRest('x" OR "', transport, Tokens())


class Way:
    """A reader that answers or fails as it is told."""

    def __init__(self, way: str) -> None:
        self.way = way
        self.says: EntriesPage | KnownError = EntriesPage((), "t")
        self.asked: list[Search] = []
        self.aborted = False

    def read(self, search: Search) -> EntriesPage:
        """Answer."""
        self.asked.append(search)
        if isinstance(self.says, KnownError):
            raise self.says
        return self.says

    def abort(self) -> None:
        """Note it."""
        self.aborted = True


def test_gcloud_is_asked_while_rest_has_no_credentials() -> None:
    rest, gcloud, time, key = Way("rest"), Way("gcloud"), [0.0], [1]
    auto: LogReader = AutoReader(rest, gcloud, recheck_s=10, clock=lambda: time[0], version=lambda: key[0])
    assert auto.read(EVERYTHING).after == "rest:t"
    assert auto.read(Search("x", after="rest:t")).after == "rest:t"
    assert rest.asked[-1].after == "t"
    rest.says = CredentialsMissingError("None.", "Sign in.")
    assert auto.read(EVERYTHING).after == "gcloud:t"
    assert auto.way == "gcloud"
    with pytest.raises(StalePageError):
        auto.read(Search("x", after="rest:t"))
    asked = len(rest.asked)
    auto.read(EVERYTHING)
    assert len(rest.asked) == asked
    key[0] = 2  # the user has stored a key
    rest.says = EntriesPage(())
    auto.read(EVERYTHING)
    assert (auto.way, len(rest.asked)) == ("rest", asked + 1)
    rest.says = CredentialsExpiredError("Old.", "Sign in again.")
    auto.read(EVERYTHING)
    time[0] = 11.0
    assert auto.way == "rest"
    gcloud.says = CredentialsMissingError("gcloud has none.", "Sign in.")
    with pytest.raises(CredentialsExpiredError):
        auto.read(EVERYTHING)
    rest.says = UnreachableError("Down.", "Wait.")
    with pytest.raises(UnreachableError):
        auto.read(EVERYTHING)
    auto.abort()
    assert rest.aborted
    assert gcloud.aborted


def test_the_emulated_cloud_logging_is_read_page_by_page(transport: Transport) -> None:
    with Emulator(past_jobs=10, seed=3, log_reads_per_minute=None) as emulator:
        credentials = GoogleCredentials(transport, only=FixedSource(emulator.token))
        client = LoggingRest(emulator.project, transport, credentials, endpoint=emulator.google_url)
        text = filter_of([AppLog(), JobLogs()])
        app = Search(filter_of([AppLog()]))
        wait_until(lambda: client.read(app).entries, "the app's first line is received")
        whole = client.read(Search(text))
        assert whole.after == ""
        pages, after = list[str](), ""
        while True:
            page = client.read(Search(text, limit=7, after=after))
            assert len(page.entries) <= 7
            pages += [entry.insert_id or "" for entry in page.entries]
            after = page.after
            if not after:
                break
        assert set(pages) == {entry.insert_id for entry in whole.entries}
        assert len(pages) > 50
        assert {entry.resource for entry in whole.entries} == {"ml_job", "cloud_run_revision"}
        assert all(entry.nanos is not None and entry.received is not None for entry in whole.entries)


def test_the_emulated_quota_is_an_option_of_the_emulator(transport: Transport) -> None:
    with Emulator(seed=3, log_reads_per_minute=2) as emulator:
        credentials = GoogleCredentials(transport, only=FixedSource(emulator.token))
        client = LoggingRest(emulator.project, transport, credentials, endpoint=emulator.google_url)
        client.read(EVERYTHING)
        client.read(EVERYTHING)
        with pytest.raises(RateLimitedError) as caught:
            client.read(EVERYTHING)
        assert caught.value.limit == 2
        assert [asked.status for asked in emulator.asked(PATH, Side.GOOGLE)] == [200, 200, 429]
