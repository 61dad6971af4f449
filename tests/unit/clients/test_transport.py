"""What the transport makes of servers that misbehave."""

import gzip
import json
import socket
import threading
import time
import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path

import pytest

from avdesk.clients.reply import MAX_DEPTH, Timeouts, depth
from avdesk.clients.transport import Transport, next_address
from avdesk.core.errors import (
    AbortedError,
    AvdeskError,
    BadAnswerError,
    ConfigError,
    NameLookupError,
    NotAllowedError,
    ProxyError,
    RedirectError,
    RefusedError,
    TimedOutError,
    TlsError,
    UnreachableError,
)
from tests.unit.clients.conftest import OwnCertificate, Serve
from tests.unit.clients.fault_server import Exchange, FaultServer

SHORT = Timeouts(connect_s=0.3, read_s=0.3, total_s=0.6)
LONG = Timeouts(connect_s=20, read_s=20, total_s=30)
SECRET = "s3cr3t-t0ken"  # noqa: S105 - made up
SIGNED = {"X-Signature": "abc-signed"}


def free_port() -> int:
    """Return a port on which nothing listens."""
    with socket.socket() as sock:
        sock.bind(("127.0.0.1", 0))
        port: int = sock.getsockname()[1]
    return port


@pytest.fixture
def full_port() -> Iterator[int]:
    """Return a port whose queue is full, so that a connection neither succeeds nor fails."""
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen(0)
    waiting: list[socket.socket] = []
    for _attempt in range(8):
        sock = socket.socket()
        sock.settimeout(0)
        sock.connect_ex(listener.getsockname())
        waiting.append(sock)
    port: int = listener.getsockname()[1]
    yield port
    for sock in (*waiting, listener):
        sock.close()


@pytest.fixture
def deaf_port() -> Iterator[int]:
    """Return a port where connections come about and nobody ever reads or writes."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


def test_an_answer_comes_back_whole(serve: Serve, transport: Transport) -> None:
    server: FaultServer = serve(
        lambda e: e.answer(200, {"a": [1]}, headers={"Date": "Mon, 23 Nov 2026 21:38:02 GMT", "X-Mixed": "Y"})
    )
    reply = transport.request("POST", server.url + "/x", json={"b": 2}, params={"q": "1 2"})
    assert (reply.status, reply.json(), reply.ok) == (200, {"a": [1]}, True)
    assert reply.date == datetime(2026, 11, 23, 21, 38, 2, tzinfo=UTC)
    assert reply.headers["x-mixed"] == "Y"
    assert reply.elapsed_s > 0
    [request] = server.requests
    assert (request.method, request.target, request.json()) == ("POST", "/x?q=1+2", {"b": 2})
    assert request.headers["user-agent"].startswith("AVDesk/")


def test_connections_are_kept_alive(serve: Serve, transport: Transport) -> None:
    ports: set[object] = set()

    def behave(exchange: Exchange) -> None:
        ports.add(exchange.sock.getpeername())
        exchange.answer(200, {})

    server = serve(behave)
    for _turn in range(3):
        assert transport.request("GET", server.url).json() == {}
    assert len(ports) == 1


def test_any_status_is_an_answer(serve: Serve, transport: Transport) -> None:
    server = serve(lambda e: e.answer(500, {"status": "error"}))
    assert transport.request("GET", server.url).status == 500


def test_refused(transport: Transport) -> None:
    with pytest.raises(RefusedError) as caught:
        transport.request("GET", f"http://127.0.0.1:{free_port()}/p?token={SECRET}", params=SIGNED)
    assert "127.0.0.1" in caught.value.message
    assert SECRET not in repr(caught.value) + caught.value.message + caught.value.advice
    assert caught.value.advice


def test_a_name_that_does_not_exist(transport: Transport) -> None:
    with pytest.raises(NameLookupError, match=r"nothing\.invalid"):
        transport.request("GET", "http://nothing.invalid/", timeout=SHORT)


def test_a_name_lookup_that_hangs_is_bounded(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    hold = threading.Event()
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: hold.wait(60) and [])
    started = time.monotonic()
    with pytest.raises(TimedOutError):
        transport.request("GET", "http://slow.invalid/", timeout=SHORT)
    hold.set()
    assert time.monotonic() - started < 15


def test_a_connection_that_hangs_is_bounded(transport: Transport, full_port: int) -> None:
    with pytest.raises(TimedOutError):
        transport.request("GET", f"http://127.0.0.1:{full_port}/", timeout=SHORT)


def test_silence_times_out(serve: Serve, transport: Transport) -> None:
    server = serve(lambda e: e.silence())
    with pytest.raises(TimedOutError):
        transport.request("GET", server.url, timeout=SHORT)


@pytest.mark.parametrize("part", ["headers", "body"])
def test_a_slow_drip_ends_at_the_total_deadline(serve: Serve, transport: Transport, part: str) -> None:
    def drip(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\n" + (b"X: " if part == "headers" else b"Content-Length: 99999\r\n\r\n"))
        while not exchange.stop.wait(0.05):
            exchange.send(b"x")

    started = time.monotonic()
    with pytest.raises(TimedOutError):
        transport.request("GET", serve(drip).url, timeout=SHORT)
    assert 0.4 < time.monotonic() - started < 15


def test_a_drip_that_the_deadline_cuts_short_is_not_taken_for_an_end(serve: Serve, transport: Transport) -> None:
    def drip(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.0 200 OK\r\n\r\n{}")  # without a length, the end of the connection ends the body
        exchange.silence()

    with pytest.raises(TimedOutError):
        transport.request("GET", serve(drip).url, timeout=Timeouts(0.3, 5, 0.4))


def test_html_is_no_data(serve: Serve, transport: Transport) -> None:
    reply = transport.request("GET", serve(lambda e: e.answer(200, "<html>", content_type="text/html")).url)
    with pytest.raises(BadAnswerError, match="web page"):
        reply.json()


def test_a_truncated_body_is_reported(serve: Serve, transport: Transport) -> None:
    def cut(exchange: Exchange) -> None:
        exchange.send(b'HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\n{"a": 1')
        exchange.keep = False

    with pytest.raises(BadAnswerError, match="cut off"):
        transport.request("GET", serve(cut).url)


def test_a_dropped_connection_is_reported(serve: Serve, transport: Transport) -> None:
    def drop(exchange: Exchange) -> None:
        exchange.keep = False

    with pytest.raises(RefusedError, match="cut the connection"):
        transport.request("GET", serve(drop).url)


def test_what_is_not_http_is_reported(serve: Serve, transport: Transport) -> None:
    def ssh(exchange: Exchange) -> None:
        exchange.send(b"SSH-2.0-OpenSSH_9.2\r\n")
        exchange.keep = False

    with pytest.raises(BadAnswerError):
        transport.request("GET", serve(ssh).url)


def test_a_huge_body_is_refused_without_reading_it_all(serve: Serve, transport: Transport) -> None:
    def flood(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not exchange.stop.is_set():
            exchange.send(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")

    with pytest.raises(BadAnswerError, match="larger"):
        transport.request("GET", serve(flood).url, max_bytes=300_000)


def test_gzip_is_unpacked(serve: Serve, transport: Transport) -> None:
    packed = gzip.compress(json.dumps({"a": "b" * 200_000}).encode())
    reply = transport.request("GET", serve(lambda e: e.answer(200, packed, headers={"Content-Encoding": "gzip"})).url)
    assert reply.json() == {"a": "b" * 200_000}


def test_a_gzip_bomb_is_refused(serve: Serve, transport: Transport) -> None:
    squeeze = zlib.compressobj(9, zlib.DEFLATED, 31)
    bomb = b"".join(squeeze.compress(b"\0" * 2**20) for _megabyte in range(64)) + squeeze.flush()
    assert len(bomb) < 100_000
    server = serve(lambda e: e.answer(200, bomb, headers={"Content-Encoding": "gzip"}))
    with pytest.raises(BadAnswerError, match="larger"):
        transport.request("GET", server.url, max_bytes=2**20)


@pytest.mark.parametrize(
    "damage", [b"not gzip at all", gzip.compress(b"{}" * 1000, mtime=0)[:-10]], ids=["no gzip", "cut short"]
)
def test_damaged_gzip_is_reported(serve: Serve, transport: Transport, damage: bytes) -> None:
    with pytest.raises(BadAnswerError):
        transport.request("GET", serve(lambda e: e.answer(200, damage, headers={"Content-Encoding": "gzip"})).url)


@pytest.mark.parametrize(
    "body",
    [
        b'{"a": ',
        b"",
        b"\xff\xfe{",
        b"[" * 100_000,
        b"[" * (MAX_DEPTH + 1) + b"]" * (MAX_DEPTH + 1),
        b'{"a":' * 5000 + b"1" + b"}" * 5000,
        b"9" * 5000,
    ],
)
def test_json_that_cannot_be_read_is_reported(serve: Serve, transport: Transport, body: bytes) -> None:
    reply = transport.request("GET", serve(lambda e: e.answer(200, body)).url)
    with pytest.raises(BadAnswerError):
        reply.json()


def test_brackets_inside_strings_do_not_count() -> None:
    assert depth(json.dumps({"a": "]]]" + "[" * 500, 'b"\\': ['"[[', {}]}).encode()) == 3


def test_nan_reads_as_unknown(serve: Serve, transport: Transport) -> None:
    assert transport.request("GET", serve(lambda e: e.answer(200, b'{"a": NaN}')).url).json() == {"a": None}


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308])
def test_a_redirect_on_the_same_host_is_followed(serve: Serve, transport: Transport, status: int) -> None:
    def behave(exchange: Exchange) -> None:
        if exchange.request.target == "/old":
            exchange.answer(status, headers={"Location": "/new"})
        else:
            exchange.answer(200, {"at": exchange.request.target})

    server = serve(behave)
    reply = transport.request("GET", server.url + "/old", headers={"Authorization": f"Bearer {SECRET}"})
    assert reply.json() == {"at": "/new"}
    assert server.requests[1].headers["authorization"] == f"Bearer {SECRET}"


def test_a_redirect_to_another_host_gets_no_request_and_no_credentials(serve: Serve, transport: Transport) -> None:
    other = serve(lambda e: e.answer(200, {}))
    location = f"http://localhost:{other.port}/sign-in?state={SECRET}"
    server = serve(lambda e: e.answer(302, headers={"Location": location}))
    with pytest.raises(RedirectError) as caught:
        transport.request("GET", server.url, headers={"Authorization": f"Bearer {SECRET}"})
    assert other.requests == []
    assert SECRET not in str(caught.value) + caught.value.advice
    assert f"localhost:{other.port}" in caught.value.message


@pytest.mark.parametrize("location", ["/again", "ftp://127.0.0.1/", "http://a:b@127.0.0.1/", "http://[", ""])
def test_other_redirects_end(serve: Serve, transport: Transport, location: str) -> None:
    server = serve(lambda e: e.answer(302, headers={"Location": location}))
    with pytest.raises(RedirectError):
        transport.request("GET", server.url)
    assert len(server.requests) <= 4


def test_a_redirected_post_is_not_turned_into_a_get(serve: Serve, transport: Transport) -> None:
    server = serve(lambda e: e.answer(302, headers={"Location": "/new"}))
    with pytest.raises(RedirectError):
        transport.request("POST", server.url + "/generate", json={"topic": "x"})
    assert [r.method for r in server.requests] == ["POST"]


@pytest.mark.parametrize(
    ("source", "location", "target"),
    [
        ("http://h.invalid/a", "https://h.invalid/a", "https://h.invalid/a"),
        ("http://h.invalid/a", "//h.invalid:80/b", "http://h.invalid:80/b"),
        ("https://h.invalid/a", "http://h.invalid/a", None),
        ("https://h.invalid/a", "https://h.invalid:8443/a", None),
        ("https://h.invalid/a", "https://h.invalid.evil.invalid/a", None),
    ],
)
def test_which_redirects_stay_on_the_host(source: str, location: str, target: str | None) -> None:
    if target is not None:
        assert next_address(source, location, "GET", 302) == target
    else:
        with pytest.raises(RedirectError):
            next_address(source, location, "GET", 302)


def test_the_body_of_a_redirect_is_bounded_too(serve: Serve, transport: Transport) -> None:
    def flood(exchange: Exchange) -> None:
        exchange.send(b"HTTP/1.1 302 Found\r\nLocation: /x\r\nTransfer-Encoding: chunked\r\n\r\n")
        while not exchange.stop.is_set():
            exchange.send(b"10000\r\n" + b"x" * 0x10000 + b"\r\n")

    with pytest.raises(BadAnswerError, match="larger"):
        transport.request("GET", serve(flood).url, max_bytes=100_000)


def test_a_certificate_that_nobody_vouches_for_is_refused(
    serve: Serve, transport: Transport, own_certificate: OwnCertificate
) -> None:
    server = serve(lambda e: e.answer(200, {}), own_certificate.context)
    with pytest.raises(TlsError):
        transport.request("GET", server.url, timeout=LONG)
    assert server.requests == []


@pytest.mark.parametrize("variable", ["REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE"])
def test_a_bundle_of_the_environment_is_trusted(
    serve: Serve,
    transport: Transport,
    own_certificate: OwnCertificate,
    monkeypatch: pytest.MonkeyPatch,
    variable: str,
) -> None:
    monkeypatch.setenv(variable, str(own_certificate.path))
    server = serve(lambda e: e.answer(200, {"tls": True}), own_certificate.context)
    headers = {"Authorization": f"Bearer {SECRET}"}
    assert transport.request("GET", server.url, headers=headers).json() == {"tls": True}


def test_the_systems_store_is_trusted(
    serve: Serve, transport: Transport, own_certificate: OwnCertificate, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SSL_CERT_FILE", str(own_certificate.path))  # where OpenSSL looks for the system's store
    server = serve(lambda e: e.answer(200, {"tls": True}), own_certificate.context)
    assert transport.request("GET", server.url).json() == {"tls": True}


def test_a_missing_bundle_is_named(transport: Transport, monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "nothing.pem"))
    with pytest.raises(TlsError, match="REQUESTS_CA_BUNDLE"):
        transport.request("GET", "https://127.0.0.1/")


def test_a_host_is_asked_through_the_proxy_of_the_environment(
    serve: Serve, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(lambda e: e.answer(200, {"via": "proxy"}))
    monkeypatch.setenv("http_proxy", proxy.url.replace("//", "//user:pass@"))
    assert transport.request("GET", "http://server.invalid/x").json() == {"via": "proxy"}
    [request] = proxy.requests
    assert request.target == "http://server.invalid/x"
    assert "proxy-authorization" in request.headers


def test_this_machine_is_never_asked_through_a_proxy(
    serve: Serve, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    server = serve(lambda e: e.answer(200, {}))
    assert transport.request("GET", server.url, headers={"Authorization": f"Bearer {SECRET}"}).status == 200
    assert transport.request("GET", f"http://localhost:{server.port}/").status == 200


def test_no_proxy_is_honoured(transport: Transport, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("http_proxy", f"http://127.0.0.1:{free_port()}")
    monkeypatch.setenv("no_proxy", "nothing.invalid")
    with pytest.raises(NameLookupError):
        transport.request("GET", "http://nothing.invalid/", timeout=SHORT)


@pytest.mark.parametrize("proxy", ["http://127.0.0.1:{port}", "socks5://127.0.0.1:{port}", "http://"])
def test_a_proxy_that_fails_is_named_as_such(
    transport: Transport, monkeypatch: pytest.MonkeyPatch, proxy: str
) -> None:
    monkeypatch.setenv("http_proxy", proxy.format(port=free_port()))
    with pytest.raises(ProxyError, match=r"server\.invalid"):
        transport.request("GET", "http://server.invalid/", timeout=SHORT)


def test_a_proxy_that_refuses_a_tunnel_is_named_as_such(
    serve: Serve, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(lambda e: e.answer(403, "no"))
    monkeypatch.setenv("https_proxy", proxy.url.replace("//", f"//user:{SECRET}@"))
    with pytest.raises(ProxyError) as caught:
        transport.request("GET", "https://server.invalid/", timeout=SHORT)
    assert SECRET not in caught.value.message + caught.value.advice
    assert proxy.requests[0].method == "CONNECT"


def test_a_proxy_that_wants_a_password_is_named_as_such(
    serve: Serve, transport: Transport, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("http_proxy", serve(lambda e: e.answer(407, "who are you?")).url)
    with pytest.raises(ProxyError, match="user name"):
        transport.request("GET", "http://server.invalid/")


def test_netrc_adds_no_credentials(
    serve: Serve, transport: Transport, isolated_environment: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    netrc = isolated_environment / ".netrc"
    netrc.write_text(f"machine 127.0.0.1 login me password {SECRET}\n")
    netrc.chmod(0o600)
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(lambda e: e.answer(200, {}))
    transport.request("GET", server.url)
    assert "authorization" not in server.requests[0].headers


def test_cookies_are_not_kept(serve: Serve, transport: Transport) -> None:
    server = serve(lambda e: e.answer(200, {}, headers={"Set-Cookie": "a=b; Path=/"}))
    transport.request("GET", server.url)
    transport.request("GET", server.url)
    assert "cookie" not in server.requests[1].headers


def test_a_token_is_never_sent_unprotected(transport: Transport) -> None:
    with pytest.raises(NotAllowedError) as caught:
        transport.request("GET", "http://server.invalid/", headers={"authorization": f"Bearer {SECRET}"})
    assert SECRET not in str(caught.value)
    assert "https://" in caught.value.advice


def test_a_token_that_breaks_the_line_is_refused_without_repeating_it(transport: Transport) -> None:
    with pytest.raises(NotAllowedError) as caught:
        transport.request("GET", "http://127.0.0.1/", headers={"Authorization": f"Bearer {SECRET}\r\nX: y"})
    assert SECRET not in str(caught.value) + repr(caught.value.__context__)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://x/",
        "http:///x",
        "x",
        "",
        "http://u:p@h/",
        "http://h:0/",
        "http://h:99999/",
        "http://[::1/",
        "http://h\n/",
    ],
)
def test_addresses_that_cannot_be_used(transport: Transport, url: str) -> None:
    with pytest.raises(ConfigError):
        transport.request("GET", url)


def abort_when(transport: Transport, server: FaultServer | None) -> threading.Thread:
    """Abort from another thread, once `server` has got a request or else after a moment."""

    def run() -> None:
        if server is None or not server.arrived.acquire(timeout=30):
            time.sleep(0.2)
        transport.abort()

    thread = threading.Thread(target=run)
    thread.start()
    return thread


@pytest.mark.parametrize("where", ["lookup", "connect", "handshake", "headers", "body", "endless"])
def test_abort_ends_a_request_wherever_it_waits(
    serve: Serve,
    transport: Transport,
    full_port: int,
    deaf_port: int,
    monkeypatch: pytest.MonkeyPatch,
    where: str,
) -> None:
    hold = threading.Event()

    def stall(exchange: Exchange) -> None:
        if where == "body":
            exchange.send(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\nConnection: close\r\n\r\n{")
        if where == "endless":
            exchange.send(b"HTTP/1.0 200 OK\r\n\r\n{}")
        exchange.silence()

    server = serve(stall)
    url = server.url
    if where == "lookup":
        monkeypatch.setattr(socket, "getaddrinfo", lambda *_args, **_named: hold.wait(60) and [])
        url = "http://slow.invalid/"
    elif where == "connect":
        url = f"http://127.0.0.1:{full_port}/"
    elif where == "handshake":
        url = f"https://127.0.0.1:{deaf_port}/"
    thread = abort_when(transport, server if where in ("headers", "body", "endless") else None)
    started = time.monotonic()
    with pytest.raises(AbortedError):
        transport.request("GET", url, timeout=LONG)
    hold.set()
    thread.join()
    assert time.monotonic() - started < 15
    with pytest.raises(AbortedError):
        transport.request("GET", server.url)


def test_abort_ends_many_requests_at_once(serve: Serve, transport: Transport) -> None:
    server = serve(lambda e: e.silence() if e.request.target == "/wait" else e.answer(200, {}))
    transport.request("GET", server.url)  # one of them will go over a connection that was kept alive
    ended: list[str] = []

    def ask() -> None:
        try:
            transport.request("GET", server.url + "/wait", timeout=LONG)
        except AvdeskError as error:
            ended.append(type(error).__name__)

    threads = [threading.Thread(target=ask) for _request in range(5)]
    for thread in threads:
        thread.start()
    for _request in range(6):
        assert server.arrived.acquire(timeout=30)
    transport.abort()
    for thread in threads:
        thread.join(30)
    assert ended == ["AbortedError"] * 5


def test_a_deadline_does_not_reach_into_the_next_request(serve: Serve, transport: Transport) -> None:
    server = serve(lambda e: e.answer(200, {}))
    short = Timeouts(5, 5, 0.3)
    transport.request("GET", server.url, timeout=short)
    time.sleep(0.4)  # the first request's deadline passes while its connection waits in the pool
    assert transport.request("GET", server.url).status == 200


def test_every_failure_carries_advice(serve: Serve, transport: Transport) -> None:
    for url in (f"http://127.0.0.1:{free_port()}/", "http://nothing.invalid/", serve(lambda e: e.silence()).url):
        with pytest.raises(UnreachableError) as caught:
            transport.request("GET", url, timeout=SHORT)
        assert caught.value.message.endswith(".")
        assert caught.value.advice.endswith(".")
        assert "\n" not in caught.value.message
