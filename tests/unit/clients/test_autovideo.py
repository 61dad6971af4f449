"""What the AutoVideo client sends, and what it makes of refusals."""

import json
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta

import pytest

from avdesk.clients.autovideo import AutoVideoClient
from avdesk.clients.reply import Reply, Timeouts
from avdesk.clients.transport import Transport
from avdesk.clients.words import allowance, retry_after
from avdesk.core.errors import (
    ConfigError,
    CredentialsExpiredError,
    NotAllowedError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RequestRefusedError,
    ServerFailedError,
    TimedOutError,
    UsageError,
)
from tests.unit.clients.conftest import Serve
from tests.unit.clients.fault_server import Exchange

NOT_FOUND = "<!doctype html>\n<html lang=en>\n<title>404 Not Found</title>"


def answering(status: int, body: Mapping[str, object] | str = "", **headers: str) -> Callable[[Exchange], None]:
    """Return a behaviour that always answers the same."""
    kind = "text/html; charset=utf-8" if isinstance(body, str) else "application/json"
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda e: e.answer(status, body, headers=named, content_type=kind)


@pytest.mark.parametrize(
    ("call", "method", "target", "body"),
    [
        (lambda c: c.status(), "GET", "/status", None),
        (lambda c: c.health(), "GET", "/health", None),
        (lambda c: c.health("/health/quota"), "GET", "/health/quota", None),
        (lambda c: c.generate("Cats"), "POST", "/generate", {"topic": "Cats"}),
        (
            lambda c: c.generate("Cats", 90, "google"),
            "POST",
            "/generate",
            {"topic": "Cats", "max_length": 90, "tts_service": "google"},
        ),
        (lambda c: c.cancel(), "POST", "/cancel", None),
        (lambda c: c.reset(), "POST", "/reset", None),
        (lambda c: c.render_fallback(180), "POST", "/render-fallback", {"video_length_s": 180}),
        (lambda c: c.vm_status(), "GET", "/vm-status", None),
        (lambda c: c.debug(), "GET", "/debug", None),
        (lambda c: c.job_cancel("video-job-ab12cd34"), "POST", "/jobs/video-job-ab12cd34/cancel", None),
        (lambda c: c.job_retry("video-job-ab12cd34"), "POST", "/jobs/video-job-ab12cd34/retry", None),
        (lambda c: c.logs({"limit": "5"}), "GET", "/logs?limit=5", None),
        (lambda c: c.get_config(), "GET", "/config", None),
        (lambda c: c.put_config({"a": 1}), "PUT", "/config", {"a": 1}),
    ],
)
def test_each_call_asks_for_its_path(
    serve: Serve,
    transport: Transport,
    call: Callable[[AutoVideoClient], Reply],
    method: str,
    target: str,
    body: object,
) -> None:
    server = serve(answering(200, {"ok": True}))
    assert call(AutoVideoClient(server.url + "/", transport)).json() == {"ok": True}
    [request] = server.requests
    assert (request.method, request.target) == (method, target)
    assert (request.json() if request.body else None) == body


def test_the_token_is_asked_for_before_every_request(serve: Serve, transport: Transport) -> None:
    server = serve(answering(200, {}))
    tokens = iter(["one", None, "two"])
    client = AutoVideoClient(server.url, transport, bearer=lambda: next(tokens))
    for _turn in range(3):
        client.status()
    assert [r.headers.get("authorization") for r in server.requests] == ["Bearer one", None, "Bearer two"]


def test_a_token_does_not_leave_over_http(transport: Transport) -> None:
    client = AutoVideoClient("http://server.invalid", transport, bearer=lambda: "token")
    with pytest.raises(NotAllowedError):
        client.status()


def test_the_recorded_429_names_its_limit(serve: Serve, transport: Transport) -> None:
    body = {"error": "Rate limit exceeded", "message": "Maximum 10 requests per 300 seconds"}
    client = AutoVideoClient(serve(answering(429, body)).url, transport)
    for call in (client.status, client.health):
        with pytest.raises(RateLimitedError, match="Maximum 10 requests") as caught:
            call()
        assert (caught.value.limit, caught.value.window_s) == (10, 300.0)
        assert caught.value.by_server
        assert caught.value.until is None


def test_a_429_with_retry_after_says_until_when(serve: Serve, transport: Transport) -> None:
    before = datetime.now(UTC)
    client = AutoVideoClient(serve(answering(429, {}, Retry_After="120")).url, transport)
    with pytest.raises(RateLimitedError) as caught:
        client.status()
    assert caught.value.until is not None
    assert timedelta(seconds=119) < caught.value.until - before < timedelta(seconds=140)
    assert (caught.value.limit, caught.value.window_s) == (None, None)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("Maximum 10 requests per 300 seconds", (10, 300.0)),
        ("10 per 5 minute", (10, 300.0)),
        ("Too many: 60 requests/minute", (60, 60.0)),
        ("Limit of 100 calls per hour", (100, 3600.0)),
        ("at most 5 requests every 2s", (5, 2.0)),
        ("3 requests in 500 ms", (3, 0.5)),
        ("1000 per day", (1000, 86400.0)),
        ("0 requests per 300 seconds", (None, None)),
        ("Rate limit exceeded", (None, None)),
        ("try again in 30 seconds", (None, None)),
        ("", (None, None)),
    ],
)
def test_limits_are_read_from_their_wordings(text: str, expected: tuple[int | None, float | None]) -> None:
    assert allowance(text) == expected


NOW = datetime(2026, 11, 23, 12, 0, 0, tzinfo=UTC)


@pytest.mark.parametrize(
    ("value", "date", "seconds"),
    [
        ("30", None, 30),
        ("1.5", None, 1.5),
        ("-5", None, 0),
        ("999999999", None, 86400),
        ("Mon, 23 Nov 2026 12:01:00 GMT", None, 60),
        # the server's clock is an hour ahead: a minute is still a minute
        ("Mon, 23 Nov 2026 13:01:00 GMT", NOW + timedelta(hours=1), 60),
        ("Mon, 23 Nov 2020 12:00:00 GMT", None, 0),
        ("Mon, 23 Nov 2099 12:00:00 GMT", None, 86400),
        ("soon", None, None),
        ("nan", None, None),
        ("", None, None),
    ],
)
def test_retry_after_is_read_and_bounded(value: str, date: datetime | None, seconds: float | None) -> None:
    reply = Reply(429, {"retry-after": value}, b"", 0.1, date)
    expected = None if seconds is None else NOW + timedelta(seconds=seconds)
    assert retry_after(reply, NOW) == expected


@pytest.mark.parametrize("status", [400, 409])
def test_a_busy_server_declines_in_its_own_words(serve: Serve, transport: Transport, status: int) -> None:
    body = {"error": "Video generation\x1b[31m already\nin progress\u202e"}
    client = AutoVideoClient(serve(answering(status, body)).url, transport)
    with pytest.raises(RequestRefusedError, match=r"Video generation already in progress$") as caught:
        client.generate("Cats")
    assert caught.value.status == status


@pytest.mark.parametrize("status", [404, 405, 410, 501])
def test_what_a_revision_lacks_is_not_found(serve: Serve, transport: Transport, status: int) -> None:
    client = AutoVideoClient(serve(answering(status, NOT_FOUND)).url, transport)
    with pytest.raises(NotFoundError) as caught:
        client.cancel()
    assert caught.value.status == status
    assert "<" not in caught.value.message + caught.value.advice


def test_the_html_403_of_cloud_run_is_a_missing_permission(serve: Serve, transport: Transport) -> None:
    client = AutoVideoClient(serve(answering(403, "<html><title>403 Forbidden</title>")).url, transport)
    for call in (client.status, client.health):
        with pytest.raises(PermissionDeniedError):
            call()


def test_a_401_asks_for_new_credentials(serve: Serve, transport: Transport) -> None:
    client = AutoVideoClient(serve(answering(401, "<html>")).url, transport, bearer=lambda: "old-token-123")
    for call in (client.status, client.health):
        with pytest.raises(CredentialsExpiredError) as caught:
            call()
        assert "old-token-123" not in str(caught.value)


def test_a_server_that_fails_is_quoted_without_its_secrets(serve: Serve, transport: Transport) -> None:
    body = {"error": "OpenAI said no to sk-abcdefghijklmnopqrstuvwx"}
    client = AutoVideoClient(serve(answering(500, body)).url, transport)
    with pytest.raises(ServerFailedError, match="OpenAI said no") as caught:
        client.status()
    assert caught.value.status == 500
    assert "sk-abc" not in caught.value.message


@pytest.mark.parametrize("status", [200, 404, 410, 500, 503])
def test_a_health_check_answers_with_any_status(serve: Serve, transport: Transport, status: int) -> None:
    body = {"status": "error"} if status != 404 else NOT_FOUND
    reply = AutoVideoClient(serve(answering(status, body)).url, transport).health("/health/quota")
    assert reply.status == status
    assert reply.body == (json.dumps(body) if isinstance(body, dict) else body).encode()


def test_patience_is_for_the_calls_that_need_it(serve: Serve, transport: Transport) -> None:
    def slow(exchange: Exchange) -> None:
        exchange.stop.wait(0.6)
        exchange.answer(200, {})

    client = AutoVideoClient(serve(slow).url, transport, quick=Timeouts(5, 0.2, 0.3), patient=Timeouts(5, 20, 30))
    with pytest.raises(TimedOutError):
        client.status()
    assert client.health("/health/quota").status == 200


@pytest.mark.parametrize(
    "url", ["", "host:8080", "ftp://h", "http://", "http://u:p@h", "http://h/?a=b", "http://h/#x", "http://h:x"]
)
def test_addresses_that_cannot_be_used_are_refused_at_once(transport: Transport, url: str) -> None:
    with pytest.raises(ConfigError):
        AutoVideoClient(url, transport)


@pytest.mark.parametrize("path", ["health", "/a b", "/a?b=c", "/../x", "//evil/x y", "/a\r\nX: y"])
def test_paths_are_checked(transport: Transport, path: str) -> None:
    client = AutoVideoClient("http://127.0.0.1:1", transport)
    with pytest.raises(UsageError):
        client.ask("GET", path)


@pytest.mark.parametrize("job_id", ["", "a/b", "..", "a b", "x" * 101])
def test_job_ids_are_checked(transport: Transport, job_id: str) -> None:
    with pytest.raises(UsageError):
        AutoVideoClient("http://127.0.0.1:1", transport).job_cancel(job_id)
