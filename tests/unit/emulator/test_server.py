"""The emulator over real connections: both servers, keep-alive, misbehaviour to order, stopping."""

import concurrent.futures
import http.client
import json
import socket
import time
from collections.abc import Iterator
from email.utils import parsedate_to_datetime
from urllib.parse import urlsplit

import pytest
import requests

from avdesk.emulator.faults import Side
from avdesk.emulator.httpd import MAX_BODY_BYTES
from avdesk.emulator.server import Emulator


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    """A started emulator far from its rate limit."""
    with Emulator(rate_limit=(100_000, 300.0), failure_rate=0.0, past_jobs=300, utc_offset_s=0.0) as started:
        yield started


def raw(emulator: Emulator, request: bytes) -> bytes:
    """Send bytes to the AutoVideo server and return all that comes until the connection ends."""
    address = urlsplit(emulator.autovideo_url)
    with socket.create_connection((str(address.hostname), int(address.port or 0)), timeout=30) as connection:
        connection.sendall(request)
        connection.shutdown(socket.SHUT_WR)
        pieces = []
        while piece := connection.recv(65536):
            pieces.append(piece)
    return b"".join(pieces)


def test_that_the_ready_line_is_one_json_object(emulator: Emulator) -> None:
    line = emulator.ready_line()
    assert "\n" not in line
    ready = json.loads(line)
    assert ready.keys() == {"autovideo", "google", "token", "project", "regions"}
    assert ready["project"] == "av-8675309"
    assert ready["regions"] == ["us-central1", "us-west1", "us-east1", "europe-west1", "asia-southeast1"]
    assert ready["autovideo"].startswith("http://127.0.0.1:")
    assert ready["google"].startswith("http://127.0.0.1:")
    assert ready["google"] != ready["autovideo"]


def test_that_google_wants_the_token(emulator: Emulator, http: requests.Session) -> None:
    url = f"{emulator.google_url}/v1/projects/{emulator.project}/locations/us-central1/customJobs"
    assert http.get(url, timeout=30).status_code == 401
    reply = http.get(url, headers={"Authorization": f"Bearer {emulator.token}"}, timeout=30)
    assert reply.status_code == 200
    assert len(reply.json()["customJobs"]) == 100
    assert reply.json()["nextPageToken"]


def test_that_the_limit_counts_over_http_and_spares_the_exempt(http: requests.Session) -> None:
    with Emulator(failure_rate=0.0) as emulator:
        codes = [http.get(emulator.autovideo_url + "/status", timeout=30).status_code for _ in range(12)]
        assert codes == [200] * 10 + [429] * 2
        reply = http.get(emulator.autovideo_url + "/nowhere", timeout=30)
        assert reply.status_code == 429
        assert "Retry-After" not in reply.headers
        assert http.get(emulator.autovideo_url + "/health", timeout=30).status_code == 200


def test_that_one_connection_serves_many_requests_without_delay(emulator: Emulator) -> None:
    address = urlsplit(emulator.autovideo_url)
    connection = http.client.HTTPConnection(str(address.hostname), address.port, timeout=30)
    connection.connect()
    first = connection.sock
    began = time.monotonic()
    for _ in range(200):
        connection.request("GET", "/health")
        assert connection.getresponse().read()
    # Header and body in two writes cost 40 ms a request (delayed acknowledgement), 8 s in all.
    assert time.monotonic() - began < 6.0
    assert connection.sock is first
    connection.close()


def test_that_absolute_request_lines_are_understood_and_tunnels_refused(emulator: Emulator) -> None:
    answer = raw(emulator, b"GET http://us-central1-run.avdesk.invalid/health HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 200 ")
    assert emulator.requests[-1].request.host == "us-central1-run.avdesk.invalid"
    answer = raw(emulator, b"CONNECT logging.googleapis.com:443 HTTP/1.1\r\nHost: x\r\n\r\n")
    assert answer.startswith(b"HTTP/1.1 403 ")


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        (f"Content-Length: {MAX_BODY_BYTES + 1}".encode(), b"413"),
        (b"Content-Length: 99999999999999999999", b"413"),
        (b"Content-Length: -1", b"400"),
        (b"Content-Length: many", b"400"),
        (b"Transfer-Encoding: chunked", b"411"),
    ],
)
def test_that_unbounded_bodies_are_refused(emulator: Emulator, headers: bytes, code: bytes) -> None:
    answer = raw(emulator, b"POST /generate HTTP/1.1\r\nHost: x\r\n" + headers + b"\r\n\r\n")
    assert answer.split()[1] == code
    assert not emulator.requests


def test_that_head_has_no_body(emulator: Emulator) -> None:
    answer = raw(emulator, b"HEAD /health HTTP/1.1\r\nHost: x\r\n\r\n")
    head, _, body = answer.partition(b"\r\n\r\n")
    assert head.startswith(b"HTTP/1.1 200 ")
    assert body == b""


def test_that_a_status_fault_answers_in_the_manner_of_each_side(emulator: Emulator, http: requests.Session) -> None:
    emulator.faults.add("/status=503,google:*=503 x1,/debug=429:30")
    page = http.get(emulator.autovideo_url + "/status", timeout=30)
    assert page.status_code == 503
    assert page.headers["Content-Type"] == "text/html; charset=utf-8"
    envelope = http.get(emulator.google_url + "/v1/x", timeout=30)
    assert envelope.status_code == 503
    assert envelope.json()["error"]["status"] == "UNAVAILABLE"
    assert http.get(emulator.google_url + "/v1/x", timeout=30).status_code == 401
    assert http.get(emulator.autovideo_url + "/debug", timeout=30).headers["Retry-After"] == "30"


def test_that_google_refusals_say_why(emulator: Emulator, http: requests.Session) -> None:
    url = f"{emulator.google_url}/v1/projects/{emulator.project}/locations/us-west1/customJobs"
    for effect, code, reason in (
        ("quota", 429, "RATE_LIMIT_EXCEEDED"),
        ("denied", 403, "IAM_PERMISSION_DENIED"),
        ("expired", 401, "ACCESS_TOKEN_EXPIRED"),
    ):
        emulator.faults.clear()
        emulator.faults.add(f"google:/v1/*/us-west1/*={effect}")
        reply = http.get(url, headers={"Authorization": f"Bearer {emulator.token}"}, timeout=30)
        assert reply.status_code == code
        assert reply.json()["error"]["details"][0]["reason"] == reason
    emulator.faults.clear()
    emulator.faults.add("google:/v1/*/us-west1/*=denied")
    error = http.get(url, timeout=30).json()["error"]
    assert error["details"][0]["metadata"]["permission"] == "aiplatform.customJobs.list"


def test_that_an_answer_can_be_cut_off(emulator: Emulator, http: requests.Session) -> None:
    emulator.faults.add("/status=truncate")
    with pytest.raises(requests.exceptions.ChunkedEncodingError):
        http.get(emulator.autovideo_url + "/status", timeout=30)


@pytest.mark.parametrize("effect", ["reset", "lost"])
def test_that_a_connection_can_be_reset_before_or_after_the_deed(
    emulator: Emulator, http: requests.Session, effect: str
) -> None:
    emulator.faults.add(f"POST /generate={effect}")
    with pytest.raises(requests.exceptions.ConnectionError) as caught:
        http.post(emulator.autovideo_url + "/generate", json={"topic": "x"}, timeout=30)
    assert "ConnectionResetError" in repr(caught.value) or "RemoteDisconnected" in repr(caught.value)
    assert emulator.world.pipeline.runs_begun == (1 if effect == "lost" else 0)
    assert emulator.asked("/generate")[0].status is None


def test_that_html_redirects_and_deep_json_come_as_ordered(emulator: Emulator, http: requests.Session) -> None:
    emulator.faults.add("/status=html x1")
    assert "<h1>Sign in" in http.get(emulator.autovideo_url + "/status", timeout=30).text
    emulator.faults.add("/status=redirect:http://elsewhere.invalid/ x1")
    reply = http.get(emulator.autovideo_url + "/status", timeout=30, allow_redirects=False)
    assert (reply.status_code, reply.headers["Location"]) == (302, "http://elsewhere.invalid/")
    emulator.faults.add("/status=nested x1")
    body = http.get(emulator.autovideo_url + "/status", timeout=30).content
    assert body.count(b"{") == body.count(b"}") == 100_000
    emulator.faults.add("/status=huge x1")
    assert (
        int(http.get(emulator.autovideo_url + "/status", timeout=30, stream=True).headers["Content-Length"]) > 2**26
    )


def test_that_answers_can_come_late_or_in_drops(emulator: Emulator, http: requests.Session) -> None:
    for effect in ("delay:0.3", "drip:0.3"):
        emulator.faults.clear()
        emulator.faults.add(f"/status={effect}")
        began = time.monotonic()
        assert http.get(emulator.autovideo_url + "/status", timeout=30).json()["last_generation_status"] == "ready"
        assert time.monotonic() - began >= 0.28


def test_that_a_skewed_clock_shows_in_header_and_body(emulator: Emulator, http: requests.Session) -> None:
    true = http.get(emulator.autovideo_url + "/health", timeout=30)
    emulator.faults.add("*=skew:7200")
    skewed = http.get(emulator.autovideo_url + "/health", timeout=30)
    ahead = parsedate_to_datetime(skewed.headers["Date"]) - parsedate_to_datetime(true.headers["Date"])
    assert 7200 <= ahead.total_seconds() < 7230
    assert skewed.json()["timestamp"] > true.json()["timestamp"]


def test_that_a_skewed_google_understands_its_own_times(emulator: Emulator, http: requests.Session) -> None:
    emulator.faults.add("google:*=skew:-86400")
    headers = {"Authorization": f"Bearer {emulator.token}"}
    url = emulator.google_url + "/v2/entries:list"
    wish = {"resourceNames": [f"projects/{emulator.project}"], "orderBy": "timestamp desc", "pageSize": 1}
    newest = http.post(url, json=wish, headers=headers, timeout=30).json()["entries"][0]["timestamp"]
    again = wish | {"filter": f'timestamp>="{newest}"'}
    entries = http.post(url, json=again, headers=headers, timeout=30).json()["entries"]
    assert entries[0]["timestamp"] == newest


def test_that_stopping_ends_a_hanging_answer_soon(http: requests.Session) -> None:
    emulator = Emulator(faults=["/status=hang"]).start()
    with concurrent.futures.ThreadPoolExecutor(1) as pool:
        waiting = pool.submit(http.get, emulator.autovideo_url + "/status", timeout=60)
        deadline = time.monotonic() + 30
        while not emulator.asked("/status") and time.monotonic() < deadline:
            time.sleep(0.01)
        began = time.monotonic()
        emulator.stop()
        with pytest.raises(requests.exceptions.ConnectionError):
            waiting.result(timeout=30)
    assert time.monotonic() - began < 20.0


def test_that_a_stopped_emulator_frees_its_ports_and_can_start_again() -> None:
    emulator = Emulator().start()
    port = urlsplit(emulator.autovideo_url).port
    emulator.stop()
    emulator.stop()
    with Emulator(port=port or 0) as second:
        assert urlsplit(second.autovideo_url).port == port
        with pytest.raises(OSError, match="in use"), Emulator(port=port or 0):
            pytest.fail("the port was taken twice")


def test_that_many_clients_are_served_at_once(emulator: Emulator) -> None:
    def ask(_: int) -> int:
        return requests.get(emulator.autovideo_url + "/status", timeout=60).status_code

    with concurrent.futures.ThreadPoolExecutor(16) as pool:
        assert set(pool.map(ask, range(100))) == {200}
    assert len(emulator.asked("/status")) == 100
    assert all(asked.side is Side.AUTOVIDEO for asked in emulator.requests)


def test_that_real_answering_times_can_be_had(http: requests.Session) -> None:
    with Emulator(latency=1.0, speed=10.0) as emulator:
        began = time.monotonic()
        http.get(emulator.autovideo_url + "/health/quota", timeout=30)
        assert time.monotonic() - began >= 0.18


def test_that_a_bug_of_the_emulator_is_a_500_in_the_log(
    emulator: Emulator, http: requests.Session, monkeypatch: pytest.MonkeyPatch, logged_errors: object
) -> None:
    logged_errors.expect("the emulator failed")  # type: ignore[attr-defined]
    monkeypatch.setattr("avdesk.emulator.autovideo.status_body", lambda _world: 1 / 0)
    assert http.get(emulator.autovideo_url + "/status", timeout=30).status_code == 500
