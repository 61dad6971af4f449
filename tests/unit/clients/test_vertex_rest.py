"""How the REST client pages, filters, retries and refuses, against servers that misbehave."""

import itertools
import threading
import time
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from urllib.parse import parse_qs, urlsplit

import pytest

from avdesk.clients import google_calls
from avdesk.clients.mishaps import NothingAnswersError
from avdesk.clients.reply import Timeouts
from avdesk.clients.transport import Transport
from avdesk.clients.vertex import AnswerLostError, details_of
from avdesk.clients.vertex_rest import MAX_PAGES, VertexRest
from avdesk.core.customjob import read_custom_job
from avdesk.core.errors import (
    AbortedError,
    AvdeskError,
    BadAnswerError,
    ConfigError,
    CredentialsExpiredError,
    KnownError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RequestRefusedError,
    ServerFailedError,
    UsageError,
)
from tests.unit.clients.conftest import Serve
from tests.unit.clients.fault_server import Exchange, FaultServer, Received

REGION = "us-central1"
SPEC = {"workerPoolSpecs": [{"machineSpec": {"machineType": "n1-standard-8"}}]}
BODY = {"displayName": "av-video-render-video-job-ab12cd34", "jobSpec": SPEC}


class Tokens:
    """Credentials of which each refresh makes another."""

    def __init__(self, *, end_user: bool = False) -> None:
        """Start with the first."""
        self.number = 1
        self.end_user = end_user
        self.quota_project: str | None = None

    def token(self) -> str:
        """Return the present token."""
        return f"token-{self.number}"

    def refresh(self, refused: str | None = None) -> str:
        """Return the next token."""
        assert refused == self.token()
        self.number += 1
        return self.token()


def job(number: int, created: str = "2026-11-23T10:00:00Z", **more: object) -> dict[str, object]:
    """Return a CustomJob."""
    return {
        "name": f"projects/939407899550/locations/{REGION}/customJobs/{number}",
        "displayName": f"av-video-render-video-job-{number:08x}",
        "state": "JOB_STATE_SUCCEEDED",
        "createTime": created,
        **more,
    }


def envelope(code: int, status: str, message: str = "No.", **info: object) -> dict[str, object]:
    """Return Google's error envelope."""
    details = [{"@type": "type.googleapis.com/google.rpc.ErrorInfo", **info}] if info else []
    return {"error": {"code": code, "status": status, "message": message, "details": details}}


@pytest.fixture
def make(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> Callable[..., VertexRest]:
    """Return a function that makes a client for a server, with hardly any pause between attempts."""
    monkeypatch.setattr(google_calls, "PAUSE_S", 0.01)

    def make(server: FaultServer | str, tokens: Tokens | None = None) -> VertexRest:
        url = server if isinstance(server, str) else server.url
        return VertexRest(
            "av-8675309", [REGION], transport, tokens or Tokens(), endpoint=url, timeouts=Timeouts(2, 1, 2)
        )

    return make


Make = Callable[..., VertexRest]


def query(request: Received) -> dict[str, str]:
    """Return the query of a request."""
    return {name: values[0] for name, values in parse_qs(urlsplit(request.target).query).items()}


def test_a_listing_asks_for_little_and_filters_at_the_server(serve: Serve, make: Make) -> None:
    server = serve(lambda e: e.answer(200, {}))
    since = datetime(2026, 11, 1, tzinfo=UTC)
    assert make(server).list_jobs([REGION], since=since, active_only=True).jobs == ()
    [request] = server.requests
    assert urlsplit(request.target).path == f"/v1/projects/av-8675309/locations/{REGION}/customJobs"
    asked = query(request)
    assert 'create_time>="2026-11-01T00:00:00.000Z" AND (state="JOB_STATE_QUEUED" OR' in asked["filter"]
    assert asked["fields"].startswith("nextPageToken,customJobs(name,")
    assert request.headers["authorization"] == "Bearer token-1"
    assert "x-goog-user-project" not in request.headers


def test_pages_are_followed_over_empty_ones_and_merged(serve: Serve, make: Make) -> None:
    pages: Mapping[str, Mapping[str, object]] = {
        "": {"customJobs": [job(1, "2026-11-23T10:00:00Z")], "nextPageToken": "a"},
        "a": {"nextPageToken": "b"},
        "b": {"customJobs": [job(2, "2026-11-23T11:00:00Z"), job(1, "2026-11-23T10:00:00Z")]},
    }
    server = serve(lambda e: e.answer(200, pages[query(e.request).get("pageToken", "")]))
    listing = make(server).list_jobs([REGION])
    assert [each.number for each in listing.jobs] == ["2", "1"]
    assert not listing.truncated


@pytest.mark.parametrize("endless", [lambda _n: "same", lambda n: f"t{n}"])
def test_endless_pages_end(serve: Serve, make: Make, endless: Callable[[int], str]) -> None:
    count = itertools.count()
    server = serve(lambda e: e.answer(200, {"customJobs": [job(7)], "nextPageToken": endless(next(count))}))
    listing = make(server).list_jobs([REGION])
    assert listing.truncated
    assert len(listing.jobs) == 1
    assert len(server.requests) <= MAX_PAGES


def test_a_limit_stops_early_only_where_the_newest_come_first(serve: Serve, make: Make) -> None:
    def pages(times: list[str]) -> Callable[[Exchange], None]:
        def behave(exchange: Exchange) -> None:
            index = int(query(exchange.request).get("pageToken", "0"))
            body: dict[str, object] = {"customJobs": [job(index + 1, times[index])]}
            exchange.answer(200, body | ({"nextPageToken": str(index + 1)} if index + 1 < len(times) else {}))

        return behave

    falling = serve(pages(["2026-11-03T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-01T00:00:00Z"]))
    listing = make(falling).list_jobs([REGION], limit=2)
    assert [each.number for each in listing.jobs] == ["1", "2"]
    assert listing.truncated
    assert len(falling.requests) == 2
    rising = serve(pages(["2026-11-01T00:00:00Z", "2026-11-02T00:00:00Z", "2026-11-03T00:00:00Z"]))
    assert [each.number for each in make(rising).list_jobs([REGION], limit=2).jobs] == ["3", "2"]


def test_a_refused_filter_is_done_without(serve: Serve, make: Make) -> None:
    def behave(exchange: Exchange) -> None:
        if "filter" in query(exchange.request):
            exchange.answer(400, envelope(400, "INVALID_ARGUMENT"))
        else:
            exchange.answer(200, {"customJobs": [job(1), job(2, state="JOB_STATE_RUNNING")]})

    listing = make(serve(behave)).list_jobs([REGION], active_only=True)
    assert [each.number for each in listing.jobs] == ["2"]


def test_regions_are_asked_side_by_side_and_fail_alone(serve: Serve, make: Make) -> None:
    together = threading.Barrier(3, timeout=30)

    def behave(exchange: Exchange) -> None:
        together.wait()
        if "us-west1" in exchange.request.target:
            exchange.answer(403, envelope(403, "PERMISSION_DENIED", reason="SERVICE_DISABLED"))
        elif "us-east1" in exchange.request.target:
            exchange.answer(200, "<html>", content_type="text/html")
        else:
            exchange.answer(200, {"customJobs": [job(1)]})

    listing = make(serve(behave)).list_jobs([REGION, "us-west1", "us-east1", "No Region!"])
    assert [each.number for each in listing.jobs] == ["1"]
    assert {region: type(error) for region, error in listing.failures.items()} == {
        "us-west1": PermissionDeniedError,
        "us-east1": BadAnswerError,
        "No Region!": ConfigError,
    }


def test_a_401_is_tried_once_with_a_new_token(serve: Serve, make: Make) -> None:
    def behave(exchange: Exchange) -> None:
        good = exchange.request.headers["authorization"] == "Bearer token-2"
        exchange.answer(200, job(1)) if good else exchange.answer(401, envelope(401, "UNAUTHENTICATED"))

    server = serve(behave)
    assert make(server).get_job(REGION, "1").number == "1"
    assert len(server.requests) == 2
    never = serve(lambda e: e.answer(401, envelope(401, "UNAUTHENTICATED")))
    with pytest.raises(CredentialsExpiredError):
        make(never).get_job(REGION, "1")
    assert len(never.requests) == 2


@pytest.mark.parametrize(
    ("status", "body", "expected", "attributes"),
    [
        (
            403,
            envelope(
                403,
                "PERMISSION_DENIED",
                reason="IAM_PERMISSION_DENIED",
                metadata={"permission": "aiplatform.customJobs.get"},
            ),
            PermissionDeniedError,
            {"permission": "aiplatform.customJobs.get", "reason": "IAM_PERMISSION_DENIED"},
        ),
        (
            403,
            envelope(403, "PERMISSION_DENIED", "Permission 'aiplatform.customJobs.list' denied on resource"),
            PermissionDeniedError,
            {"permission": "aiplatform.customJobs.list", "reason": None},
        ),
        (
            403,
            envelope(403, "PERMISSION_DENIED", reason="SERVICE_DISABLED"),
            PermissionDeniedError,
            {"permission": None, "reason": "SERVICE_DISABLED"},
        ),
        (403, "<html>Blocked by your company</html>", PermissionDeniedError, {"permission": None, "reason": None}),
        (404, envelope(404, "NOT_FOUND"), NotFoundError, {"status": 404}),
        (400, envelope(400, "FAILED_PRECONDITION"), RequestRefusedError, {"status": 400}),
        (429, envelope(429, "RESOURCE_EXHAUSTED"), RateLimitedError, {"by_server": True, "until": None}),
        (503, envelope(503, "UNAVAILABLE"), ServerFailedError, {"status": 503}),
        (500, "", ServerFailedError, {"status": 500}),
        (200, {"customJob": "no"}, BadAnswerError, {}),
        (200, '{"name": "projects/', BadAnswerError, {}),
    ],
)
def test_refusals_are_typed(
    serve: Serve,
    make: Make,
    status: int,
    body: Mapping[str, object] | str,
    expected: type[KnownError],
    attributes: Mapping[str, object],
) -> None:
    server = serve(lambda e: e.answer(status, body))
    with pytest.raises(expected) as caught:
        make(server).get_job(REGION, "1")
    assert {name: getattr(caught.value, name) for name in attributes} == attributes
    assert caught.value.advice
    assert "<" not in caught.value.message


def test_a_server_that_fails_for_a_moment_is_asked_again(serve: Serve, make: Make) -> None:
    answers = iter([503, 500, 200])
    server = serve(lambda e: e.answer(next(answers), job(1)))
    assert make(server).get_job(REGION, "1").number == "1"
    failing = serve(lambda e: e.answer(503, envelope(503, "UNAVAILABLE")))
    with pytest.raises(ServerFailedError):
        make(failing).get_job(REGION, "1")
    assert len(failing.requests) == 3


def test_a_short_retry_after_is_waited_out_and_a_long_one_told(serve: Serve, make: Make) -> None:
    answers = iter([("0", 429), ("", 200)])

    def behave(exchange: Exchange) -> None:
        pause, status = next(answers)
        exchange.answer(status, job(1), headers={"Retry-After": pause})

    assert make(serve(behave)).get_job(REGION, "1").number == "1"
    server = serve(lambda e: e.answer(429, envelope(429, "RESOURCE_EXHAUSTED"), headers={"Retry-After": "600"}))
    with pytest.raises(RateLimitedError) as caught:
        make(server).get_job(REGION, "1")
    assert caught.value.until is not None
    assert len(server.requests) == 1


def test_a_person_names_a_quota_project_until_that_is_unwelcome(serve: Serve, make: Make) -> None:
    def behave(exchange: Exchange) -> None:
        if "x-goog-user-project" in exchange.request.headers:
            exchange.answer(403, envelope(403, "PERMISSION_DENIED", reason="USER_PROJECT_DENIED"))
        else:
            exchange.answer(200, job(1))

    server = serve(behave)
    client = make(server, Tokens(end_user=True))
    for _turn in range(2):
        assert client.get_job(REGION, "1").number == "1"
    assert [r.headers.get("x-goog-user-project") for r in server.requests] == ["av-8675309", None, None]


def cut(exchange: Exchange) -> None:
    """Drop the connection after the request has come."""
    exchange.keep = False


@pytest.mark.parametrize(
    "behave",
    [
        cut,
        lambda e: e.silence(),
        lambda e: e.answer(503, envelope(503, "UNAVAILABLE")),
        lambda e: e.answer(200, "<html>", content_type="text/html"),
        lambda e: e.answer(200, {}),
    ],
)
def test_a_creation_whose_answer_is_lost_is_told_and_never_repeated(
    serve: Serve, make: Make, behave: Callable[[Exchange], None]
) -> None:
    server = serve(behave)
    with pytest.raises(AnswerLostError, match="answer was lost"):
        make(server).create_job(REGION, BODY)
    assert len(server.requests) == 1


def test_a_creation_that_was_never_sent_or_refused_is_told_as_such(serve: Serve, make: Make) -> None:
    with pytest.raises(NothingAnswersError):
        make("http://127.0.0.1:9").create_job(REGION, BODY)
    server = serve(lambda e: e.answer(400, envelope(400, "INVALID_ARGUMENT", "No such machine.")))
    with pytest.raises(RequestRefusedError, match="No such machine"):
        make(server).create_job(REGION, BODY)
    for body in ({}, {"displayName": "x"}, {**BODY, "state": "JOB_STATE_RUNNING"}):
        with pytest.raises(UsageError):
            make(server).create_job(REGION, body)
    assert len(server.requests) == 1


def test_a_job_is_found_in_whatever_region_has_it(serve: Serve, make: Make) -> None:
    def behave(exchange: Exchange) -> None:
        if "us-west1" in exchange.request.target:
            exchange.answer(503, envelope(503, "UNAVAILABLE"))
        elif 'display_name="av-video-render-video-job-00000001"' in query(exchange.request).get("filter", ""):
            exchange.answer(200, {"customJobs": [job(1)]})
        else:
            exchange.answer(200, {})

    client = make(serve(behave))
    found = client.find_job("video-job-00000001", [REGION, "us-west1"])
    assert found is not None
    assert found.number == "1"
    assert client.find_job("video-job-00000002", [REGION]) is None
    with pytest.raises(ServerFailedError):  # it may be where nobody answered
        client.find_job("video-job-00000002", [REGION, "us-west1"])
    with pytest.raises(UsageError):
        client.find_job('x" OR state="y', [REGION])


def test_details_have_the_servers_keys_and_only_known_durations() -> None:
    now = datetime(2026, 11, 23, 10, 5, tzinfo=UTC)
    waiting = job(1, state="JOB_STATE_PENDING", jobSpec=SPEC)
    read = read_custom_job(waiting)
    assert read is not None
    assert details_of(read, waiting, now) == {
        "job_id": "video-job-00000001",
        "display_name": "av-video-render-video-job-00000001",
        "state": "JOB_STATE_PENDING",
        "region": REGION,
        "machine_type": "n1-standard-8",
        "accelerator_type": "",
        "accelerator_count": 0,
        "create_time": "2026-11-23T10:00:00Z",
        "start_time": "",
        "end_time": "",
        "duration": {"total_duration": 300.0},
        "resource_name": waiting["name"],
        "error": None,
    }


@pytest.mark.parametrize(
    ("project", "region", "endpoint"),
    [
        ("", REGION, ""),
        ("a/b", REGION, ""),
        ("av-8675309", "us-central1/../x", ""),
        ("av-8675309", "--help", ""),
        ("av-8675309", REGION, "http://google.invalid"),
        ("av-8675309", REGION, "gopher://x"),
    ],
)
def test_settings_that_cannot_be_used_are_refused(
    transport: Transport, project: str, region: str, endpoint: str
) -> None:
    with pytest.raises(ConfigError):
        VertexRest(project, [region], transport, Tokens(), endpoint=endpoint)


@pytest.mark.parametrize("number", ["", "1/2", "1:cancel", "x", "1" * 30])
def test_numbers_are_checked(make: Make, number: str) -> None:
    with pytest.raises(UsageError):
        make("http://127.0.0.1:9").cancel_job(REGION, number)


def test_abort_ends_this_clients_requests_alone(serve: Serve, make: Make, transport: Transport) -> None:
    server = serve(lambda e: e.silence() if "customJobs" in e.request.target else e.answer(200, {}))
    client = make(server)
    failures: list[AvdeskError] = []
    thread = threading.Thread(target=lambda: failures.extend(client.list_jobs([REGION]).failures.values()))
    thread.start()
    assert server.arrived.acquire(timeout=30)
    started = time.monotonic()
    client.abort()
    thread.join(5)
    assert time.monotonic() - started < 1
    assert [type(failure) for failure in failures] == [AbortedError]
    assert transport.request("GET", server.url).status == 200
    transport.abort()
    with pytest.raises(AbortedError):
        make(server).get_job(REGION, "1")
