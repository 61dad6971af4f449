"""`doctor`: its JSON, its view and how it ends."""

from collections.abc import Callable

import pytest

from tests.unit.cli.conftest import Call
from tests.unit.cli.promised import DOCTOR, assert_promised


@pytest.mark.usefixtures("watched")
def test_a_machine_in_order_is_fine(call: Call) -> None:
    outcome = call("doctor", "--json")
    assert_promised(outcome.json, DOCTOR)
    assert outcome.code == 0
    assert "✔ Server · dev" in call("doctor").out


def test_what_is_bad_decides(call: Call, configure: Callable[[str], None]) -> None:
    configure('[environments.dev]\nurl = "http://nowhere.invalid"\n[environments.broken]\nurl = 5\n')
    outcome = call("doctor")
    assert outcome.code == 1
    assert "✖ Configuration" in outcome.out
    assert "config.toml:4" in outcome.out
    assert "✖ Name · dev" in outcome.out


def test_one_environment_may_be_named(call: Call, configure: Callable[[str], None]) -> None:
    configure('[environments.dev]\nurl = ""\n[environments.prod]\nurl = ""\n')
    outcome = call("doctor", "--env", "prod", "--json")
    checks = outcome.json["checks"]
    assert isinstance(checks, list)
    assert {check["environment"] for check in checks} == {None, "prod"}
    assert call("doctor", "--env", "prdo").code == 2
