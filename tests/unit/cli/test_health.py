"""`health`: all checks or one, and how it ends."""

from collections.abc import Callable

import pytest

from avdesk.emulator.server import Emulator
from tests.unit.cli.conftest import Call
from tests.unit.cli.promised import CHECK, HEALTH, assert_promised


def test_all_checks_come_keyed_by_name(call: Call, watched: Emulator) -> None:
    outcome = call("health", "all", "--json")
    assert_promised(outcome.json, HEALTH)
    assert outcome.code == 1  # Vertex AI fails in practice
    main = outcome.json["main"]
    assert isinstance(main, dict)
    assert main["status"] == "healthy"
    assert not [asked for asked in watched.requests if asked.status == 429]


@pytest.mark.parametrize(("name", "code"), [("main", 0), ("openai", 0), ("vertex_ai", 1), ("vertex-ai", 1)])
@pytest.mark.usefixtures("watched")
def test_one_check_decides_alone(call: Call, name: str, code: int) -> None:
    outcome = call("health", name, "--json")
    assert outcome.code == code
    assert list(outcome.json) == [name.replace("-", "_")]
    for check in outcome.json.values():
        assert_promised(check, CHECK)


@pytest.mark.usefixtures("watched")
def test_a_check_that_this_server_does_not_have_is_not_bad(call: Call) -> None:
    outcome = call("health", "service_account", "--json")
    assert outcome.code == 0
    check = outcome.json["service_account"]
    assert isinstance(check, dict)
    assert (check["status"], check["http_status"]) == ("unknown", 404)


@pytest.mark.usefixtures("watched")
def test_an_unknown_check_is_wrong_use(call: Call) -> None:
    outcome = call("health", "opnai")
    assert (outcome.code, outcome.out) == (2, "")
    assert "openai" in outcome.complaint[1]


@pytest.mark.usefixtures("watched")
def test_the_view_says_why_a_check_is_bad(call: Call) -> None:
    short, long = call("health", "vertex_ai"), call("health", "vertex_ai", "--verbose")
    assert short.out.startswith("✖ Vertex AI")
    assert "503 errors resolving" in short.out
    assert "HTTP" in long.out
    assert len(long.out.splitlines()) > len(short.out.splitlines())


def test_a_server_that_is_away_is_told_apart(call: Call, configure: Callable[[str], None]) -> None:
    with Emulator() as emulator:
        url = emulator.autovideo_url
    configure(f'[environments.dev]\nurl = "{url}"\n')
    outcome = call("health", "--json")
    assert outcome.code == 3
    assert len(outcome.complaint) == 2
    assert_promised(outcome.json, HEALTH)


def test_a_server_that_went_away_is_told_apart_though_its_answers_are_remembered(
    call: Call, configure: Callable[[str], None]
) -> None:
    with Emulator() as emulator:
        configure(f'[environments.dev]\nurl = "{emulator.autovideo_url}"\nvertex = "off"\n')
        assert call("health", "main").code == 0
    outcome = call("health", "main", "--json")
    assert outcome.code == 3
    assert_promised(outcome.json["main"], CHECK)
