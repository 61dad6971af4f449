"""Diagnostics: all that helps, nothing that is secret, and nothing on the disk before somebody says so."""

import stat
import zipfile
from datetime import UTC, datetime
from pathlib import Path

import pytest

from avdesk.config.load import load_settings
from avdesk.config.paths import Paths, find_paths
from avdesk.core.errors import StoreError
from avdesk.core.events import Event, EventKind
from avdesk.core.findings import Finding, Verdict
from avdesk.core.health import CheckResult, Health
from avdesk.services.check_watch import CHECKS_FACT, KeptChecks
from avdesk.services.diagnostics import MOST_OF_A_LOG, Bundle, gather, save
from avdesk.services.doctor.practice import Practice
from avdesk.store.memory import Memory

NOW = datetime(2026, 11, 24, 3, 0, 0, tzinfo=UTC)
SECRETS = (
    "sk-abcdefghijklmnopqrstuvwx",
    "hunter2-hunter2",
    "ya29.a0AfH6SMBxyzxyzxyz",
    "eyJhbGciOiJSUzI1NiJ9.eyJzdWIiOiIxMjM0In0.c2lnbmF0dXJl",
    "9f8e7d6c5b4a",
)


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    made = find_paths(tmp_path / "home")
    made.config.mkdir(parents=True)
    made.logs.mkdir(parents=True)
    made.config_file.write_text(
        f'# password = "{SECRETS[1]}"\n[environments.dev]\nurl = "http://127.0.0.1:9"\nvertex = "off"\n'
        f'api_key = "{SECRETS[0]}"\n',
        "utf-8",
    )
    made.log_file.write_text(
        f"a line with Authorization: Bearer {SECRETS[2]}\nand https://x.example/?X-Goog-Signature={SECRETS[4]}\n",
        "utf-8",
    )
    memory = Memory(made.database)
    check = CheckResult("openai", Health.UNHEALTHY, "error", 500, 0.1, NOW, error=f"refused: {SECRETS[3]}")
    memory.keep("dev", CHECKS_FACT, KeptChecks((check,)), NOW)
    memory.add_events([Event(EventKind.RUN_FAILED, "dev", NOW, "run-1", detail=f"token={SECRETS[1]}")])
    memory.close()
    return made


@pytest.fixture
def bundle(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> Bundle:
    monkeypatch.setenv("HTTPS_PROXY", f"http://me:{SECRETS[1]}@proxy.example:3128")
    monkeypatch.setenv("MY_OWN_TOKEN", SECRETS[0])
    finding = Finding("server", Verdict.BAD, f"It said {SECRETS[3]}", "Look.", "dev")
    return gather(load_settings(paths), paths, [finding], {"avdesk": "1"}, NOW)


def test_it_holds_what_helps(bundle: Bundle) -> None:
    names = {each.name for each in bundle.files}
    assert names >= {
        "README.txt",
        "doctor.txt",
        "environment.txt",
        "config.toml",
        "health.json",
        "events.json",
        "limits.json",
        "logs/avdesk.log",
    }
    text = {each.name: each.text for each in bundle.files}
    assert "[FAIL] Server (dev): It said" in text["doctor.txt"]
    assert "http://127.0.0.1:9" in text["config.toml"]
    assert "proxy.example:3128" in text["environment.txt"]
    assert all(each.what and each.name in text["README.txt"] for each in bundle.files[1:])


def test_no_secret_is_in_any_file_of_it(bundle: Bundle, tmp_path: Path) -> None:
    file = tmp_path / "out.zip"
    save(bundle, file)
    with zipfile.ZipFile(file) as archive:
        for name in archive.namelist():
            content = archive.read(name).decode()
            assert [secret for secret in SECRETS if secret in content] == [], name
    assert all(secret not in each.text for each in bundle.files for secret in SECRETS)


def test_what_is_shown_is_what_is_written(bundle: Bundle, tmp_path: Path) -> None:
    file = tmp_path / bundle.name
    save(bundle, file)
    with zipfile.ZipFile(file) as archive:
        written = {name: archive.read(name).decode() for name in archive.namelist()}
    assert written == {f"avdesk-diagnostics/{each.name}": each.text for each in bundle.files}
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert [each.name for each in tmp_path.iterdir() if each.name.endswith(".part")] == []


def test_gathering_writes_nothing(paths: Paths, bundle: Bundle) -> None:
    del bundle
    assert not list(paths.state.parent.rglob("*.zip*"))


def test_the_users_folder_is_not_named(paths: Paths, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HOME", str(paths.state.parent))
    paths.log_file.write_text(f"cannot read {paths.state}/x\n", "utf-8")
    bundle = gather(load_settings(paths), paths, [], {}, NOW)
    assert all(str(paths.state.parent) not in each.text for each in bundle.files)


def test_of_a_long_log_the_newest_part_is_taken_from_a_lines_beginning(paths: Paths) -> None:
    lines = [f"line {number} " + "x" * 90 for number in range(10_000)]
    paths.log_file.write_text("\n".join(lines) + "\n", "utf-8")
    bundle = gather(load_settings(paths), paths, [], {}, NOW)
    text = next(each.text for each in bundle.files if each.name == "logs/avdesk.log")
    assert len(text) <= MOST_OF_A_LOG
    assert text.startswith("line ")
    assert text.endswith(lines[-1] + "\n")


def test_a_damaged_configuration_is_told_by_its_problems_alone(paths: Paths) -> None:
    paths.config_file.write_text(f'[environments.dev\nurl = "x"\npassword = "{SECRETS[1]}"\n', "utf-8")
    bundle = gather(load_settings(paths), paths, [], {}, NOW)
    text = next(each.text for each in bundle.files if each.name == "config.toml")
    assert "config.toml:1" in text
    assert SECRETS[1] not in text


def test_an_empty_home_makes_a_bundle_too(tmp_path: Path) -> None:
    fresh = find_paths(tmp_path / "new")
    bundle = gather(load_settings(fresh), fresh, [], {}, NOW)
    assert {"README.txt", "doctor.txt", "environment.txt"} <= {each.name for each in bundle.files}


def test_a_file_that_cannot_be_written_is_told_of(bundle: Bundle, tmp_path: Path) -> None:
    with pytest.raises(StoreError, match=r"out\.zip"):
        save(bundle, tmp_path / "nowhere" / "out.zip")


def test_the_doctor_at_work_tells_as_it_finds_and_saves_what_it_showed(paths: Paths, tmp_path: Path) -> None:
    at_work = Practice(lambda: load_settings(paths), paths)
    planned: list[tuple[str, str | None]] = []
    found: list[Finding] = []
    text = at_work.examine(planned.extend, found.append)
    assert {(each.name, each.environment) for each in found} == set(planned)
    assert len(found) == len(planned) > 10
    assert "[FAIL] Server (dev)" in text
    shown = at_work.gather()
    paths.log_file.write_text("something new\n", "utf-8")
    at_work.save(tmp_path / "out.zip")
    with zipfile.ZipFile(tmp_path / "out.zip") as archive:
        assert archive.read("avdesk-diagnostics/logs/avdesk.log").decode() == next(
            each.text for each in shown.files if each.name == "logs/avdesk.log"
        )
