"""Ordering faults: how they are written, whom they befall, how often."""

import pytest

from avdesk.core.errors import UsageError
from avdesk.emulator.exchange import Request
from avdesk.emulator.faults import Effect, Faults, Side, parse
from avdesk.emulator.skew import shifted_text


def request(path: str, method: str = "GET") -> Request:
    """Return a request for a path."""
    return Request(method, path, {}, {}, b"", "127.0.0.1", "127.0.0.1")


def befallen(faults: Faults, path: str, side: Side = Side.AUTOVIDEO, method: str = "GET") -> list[Effect]:
    """Return the effects that a request meets."""
    return [fault.effect for fault in faults.befalling(side, request(path, method))]


@pytest.mark.parametrize(
    ("spec", "side", "method", "pattern", "effect"),
    [
        ("/status=500", Side.AUTOVIDEO, None, "/status", Effect.STATUS),
        ("autovideo:/status=hang", Side.AUTOVIDEO, None, "/status", Effect.HANG),
        ("POST /generate=reset", Side.AUTOVIDEO, "POST", "/generate", Effect.RESET),
        ("*=skew:-3600", Side.BOTH, None, "*", Effect.SKEW),
        ("google:*=quota", Side.GOOGLE, None, "*", Effect.QUOTA),
        ("google:POST /v1/*=lost", Side.GOOGLE, "POST", "/v1/*", Effect.LOST),
        ("google:/v1/*/us-west1/*=503", Side.GOOGLE, None, "/v1/*/us-west1/*", Effect.STATUS),
        ("google:/v1/x:cancel=denied", Side.GOOGLE, None, "/v1/x:cancel", Effect.DENIED),
        ("gpu:us-*=quota", Side.GPU, None, "us-*", Effect.QUOTA),
    ],
)
def test_that_specifications_are_read(
    spec: str, side: Side, method: str | None, pattern: str, effect: Effect
) -> None:
    fault = parse(spec)
    assert (fault.side, fault.method, fault.pattern, fault.effect) == (side, method, pattern, effect)
    assert fault.left is None


@pytest.mark.parametrize("spec", ["/status=500x3", "/status=500 x3", "/status=500:x3", "/status=delay:0.5x3"])
def test_that_a_count_can_be_given(spec: str) -> None:
    assert parse(spec).left == 3


def test_that_values_are_read() -> None:
    assert parse("/status=429:30 x2").status == 429
    assert parse("/status=429:30 x2").seconds == 30.0
    assert parse("*=skew:-3600").seconds == -3600.0
    assert parse("/status=redirect:http://h/a?b=cx3").url == "http://h/a?b=cx3"
    assert parse("/status=redirect:http://h/a x3").left == 3


@pytest.mark.parametrize(
    ("spec", "says"),
    [
        ("", "empty"),
        ("/status", "PATH=EFFECT"),
        ("=500", "PATH=EFFECT"),
        ("/status=", "PATH=EFFECT"),
        ("/status=nonsense", "no effect “nonsense”"),
        ("/status=99", "from 200 to 599"),
        ("/status=50000000000000", "from 200 to 599"),
        ("/status=delay", "no number of seconds"),
        ("/status=delay:nan", "no number of seconds"),
        ("/status=delay:-1", "cannot be negative"),
        ("/status=hang:3", "takes no value"),
        ("/status=500x0", "never happen"),
        ("/status=redirect:ftp://x", "address to go to"),
        ("aws:/status=500", "no side “aws”"),
        ("status=500", "must begin with"),
        ("gpu:us-west1=500", "only the effect"),
    ],
)
def test_that_bad_specifications_are_refused_with_a_reason(spec: str, says: str) -> None:
    with pytest.raises(UsageError, match=says) as caught:
        Faults([spec])
    assert caught.value.advice


def test_that_one_bad_specification_lets_none_of_its_list_in() -> None:
    faults = Faults()
    with pytest.raises(UsageError):
        faults.add("/status=500,/health=wrong")
    assert faults.specs == ()


def test_that_patterns_methods_and_sides_decide() -> None:
    faults = Faults(["/health/*=500", "POST /generate=reset", "google:*=denied", "*=skew:5"])
    assert befallen(faults, "/health/quota") == [Effect.STATUS, Effect.SKEW]
    assert befallen(faults, "/health") == [Effect.SKEW]
    assert befallen(faults, "/generate") == [Effect.SKEW]
    assert befallen(faults, "/generate", method="POST") == [Effect.RESET, Effect.SKEW]
    assert befallen(faults, "/v1/x", Side.GOOGLE) == [Effect.DENIED, Effect.SKEW]


def test_that_a_counted_fault_ends() -> None:
    faults = Faults(["/status=500 x2"])
    assert [befallen(faults, "/status") for _ in range(3)] == [[Effect.STATUS], [Effect.STATUS], []]
    assert faults.specs == ()


def test_that_faults_come_and_go_at_run_time() -> None:
    faults = Faults()
    faults.add("/status=500, /health=hang")
    assert list(faults.specs) == ["/status=500", "/health=hang"]
    assert faults.remove("/status=500")
    assert not faults.remove("/status=500")
    assert list(faults.specs) == ["/health=hang"]
    faults.clear()
    assert befallen(faults, "/health") == []


def test_that_skew_moves_every_kind_of_time_and_nothing_else() -> None:
    text = (
        '{"timestamp": 1795469673.5, "a": "2026-11-23T21:34:32.315618", "b": "2026-11-23T23:59:59Z", '
        '"c": "Mon, 23 Nov 2026 21:38:02 GMT", "id": "4611686018427387904", "day": "2026-11-23"}'
    )
    assert shifted_text(text, 3600.0) == (
        '{"timestamp": 1795473273.5, "a": "2026-11-23T22:34:32.315618", "b": "2026-11-24T00:59:59Z", '
        '"c": "Mon, 23 Nov 2026 22:38:02 GMT", "id": "4611686018427387904", "day": "2026-11-23"}'
    )
    assert shifted_text(shifted_text(text, -86400.0), 86400.0) == text
