"""`doctor`: its JSON, its view and how it ends."""

import zipfile
from collections.abc import Callable
from pathlib import Path

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


@pytest.mark.usefixtures("watched")
def test_diagnostics_are_written_and_what_is_in_them_is_said(call: Call, tmp_path: Path) -> None:
    file = tmp_path / "out.zip"
    outcome = call("doctor", "--bundle", str(file))
    assert outcome.code == 0
    with zipfile.ZipFile(file) as archive:
        names = [name.removeprefix("avdesk-diagnostics/") for name in archive.namelist()]
    assert {"README.txt", "doctor.txt", "config.toml"} <= set(names)
    assert all(name in outcome.out for name in names)
    as_json = call("doctor", "--json", "--bundle", str(file))
    assert_promised(as_json.json, DOCTOR)  # stdout holds the JSON alone


@pytest.mark.usefixtures("watched")
def test_diagnostics_that_cannot_be_written_are_complained_of(call: Call, tmp_path: Path) -> None:
    outcome = call("doctor", "--json", "--bundle", str(tmp_path / "nowhere" / "out.zip"))
    assert outcome.code not in (0, 1)
    assert "out.zip" in outcome.complaint[0]
    assert len(outcome.complaint) == 2
