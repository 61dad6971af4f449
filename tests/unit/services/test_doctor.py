"""The doctor: finds what is there, says what to do, and waits for nobody."""

import threading
from pathlib import Path

import pytest

from avdesk.config.load import load_settings, load_text
from avdesk.config.paths import Paths, find_paths
from avdesk.config.settings import Environment, Settings
from avdesk.core.errors import ConfigError
from avdesk.emulator.server import Emulator
from avdesk.services.doctor import Verdict, examine, google, machine, network, versions
from avdesk.services.doctor.findings import Check, Finding, run_checks
from avdesk.services.runtime import Runtime
from tests.harness.logwatch import LogWatch


@pytest.fixture
def paths(tmp_path: Path) -> Paths:
    return find_paths(tmp_path / "home")


def test_findings_come_in_the_order_of_the_checks_and_faults_stay_their_own(logged_errors: LogWatch) -> None:
    logged_errors.expect("check broken failed")

    def refuse() -> Finding:
        raise ConfigError("No.", "Do.")

    def break_down() -> Finding:
        raise ZeroDivisionError("password=hunter2")

    found = run_checks(
        [
            Check("fine", lambda: Finding("fine", Verdict.OK, "yes")),
            Check("refused", refuse, "dev"),
            Check("broken", break_down),
        ]
    )
    assert [finding.status for finding in found] == [Verdict.OK, Verdict.BAD, Verdict.UNKNOWN]
    assert found[1] == Finding("refused", Verdict.BAD, "No.", "Do.", "dev")
    assert "hunter2" not in found[2].detail


def test_a_check_that_hangs_is_left_behind() -> None:
    forever = threading.Event()

    def hang() -> Finding:
        forever.wait(30)
        return Finding("hang", Verdict.OK, "")

    found = run_checks([Check("hang", hang), Check("ok", lambda: Finding("ok", Verdict.OK, ""))], deadline_s=0.2)
    forever.set()
    assert [finding.status for finding in found] == [Verdict.UNKNOWN, Verdict.OK]


def test_a_server_is_asked_for_nothing_that_counts(paths: Paths) -> None:
    with Emulator(utc_offset_s=0.0) as emulator:
        loaded = load_text(
            f'[environments.dev]\nurl = "{emulator.autovideo_url}"\nvertex = "off"\n', paths.config_file
        )
        found = examine(loaded, paths, list(loaded.settings.environments.values()))
        asked = {each.request.path for each in emulator.requests}
    by_name = {finding.name: finding for finding in found}
    assert by_name["server"].status is Verdict.OK
    assert by_name["server"].detail.startswith("reachable · ")
    assert asked == {"/health"}
    assert by_name["versions"].status is Verdict.OK
    assert by_name["folders"].status is Verdict.OK
    assert by_name["tray"].status is Verdict.WARNING  # tests have no session bus
    assert by_name["keyring"].status is Verdict.WARNING  # nor a keyring
    assert all(finding.advice for finding in found if finding.status in (Verdict.WARNING, Verdict.BAD))


@pytest.mark.parametrize(
    ("fault", "status", "word"),
    [
        ("*=skew:7200", Verdict.WARNING, "ahead"),
        ("*=skew:-7200", Verdict.WARNING, "behind"),
        ("/health=html", Verdict.BAD, "not AutoVideo"),
        ("/health=401", Verdict.BAD, "credentials"),
        ("/health=reset", Verdict.BAD, "cut the connection"),
    ],
)
def test_what_is_wrong_with_a_server_is_said(paths: Paths, fault: str, status: Verdict, word: str) -> None:
    from avdesk.services.runtime import Runtime

    with Emulator(utc_offset_s=0.0, faults=[fault]) as emulator:
        loaded = load_text(
            f'[environments.dev]\nurl = "{emulator.autovideo_url}"\nvertex = "off"\n', paths.config_file
        )
        environment = loaded.settings.environments["dev"]
        finding = network.look_at_server(environment, Runtime(loaded.settings, paths))
    assert (finding.status, finding.environment) == (status, "dev")
    assert word in finding.detail
    assert finding.advice


def test_a_name_that_does_not_resolve_is_bad() -> None:
    finding = network.look_at_name(Environment("dev", url="http://nowhere.invalid"))
    assert finding.status is Verdict.BAD
    assert "nowhere.invalid" in finding.detail
    for url in ("http://127.0.0.1:1", "http://[::1]:1", "http://localhost", ""):
        assert network.look_at_name(Environment("dev", url=url)).status is Verdict.OK


def test_proxies_are_shown_without_their_passwords(monkeypatch: pytest.MonkeyPatch) -> None:
    assert "None" in network.look_at_proxies().detail
    monkeypatch.setenv("https_proxy", "http://me:hunter2@proxy.example:3128")
    monkeypatch.setenv("HTTP_PROXY", "me:hunter2@proxy.example:3128")
    detail = network.look_at_proxies().detail
    assert "hunter2" not in detail
    assert detail.count("proxy.example:3128") == 2


def test_a_certificate_bundle_that_does_not_exist_is_bad(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(tmp_path / "gone.pem"))
    assert network.look_at_tls().status is Verdict.BAD


def test_problems_of_the_configuration_are_all_listed(paths: Paths) -> None:
    assert machine.look_at_configuration(load_settings(paths)).status is Verdict.OK
    warned = machine.look_at_configuration(load_text("[environments.dev]\nx = 1\ny = 2\n", paths.config_file))
    assert warned.status is Verdict.WARNING
    assert ":2: " in warned.detail
    assert ":3: " in warned.detail
    broken = machine.look_at_configuration(load_text("[environments.dev]\nurl = 1\n", paths.config_file))
    assert broken.status is Verdict.BAD


def test_a_folder_that_cannot_be_used_is_bad(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    finding = machine.look_at_folders(find_paths(tmp_path / "file"))
    assert finding.status is Verdict.BAD
    assert not (tmp_path / "file" / "state").exists()


def test_looking_makes_no_folders(tmp_path: Path) -> None:
    assert machine.look_at_folders(find_paths(tmp_path / "new")).status is Verdict.OK
    assert not (tmp_path / "new").exists()


def test_missing_gcloud_is_bad_only_where_it_is_wanted(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    assert google.look_at_gcloud([Environment("dev")]).status is Verdict.OK
    assert google.look_at_gcloud([Environment("dev", vertex="gcloud")]).status is Verdict.BAD


def test_missing_credentials_are_told_where_vertex_is_asked(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    environment = Environment("dev", project="av-8675309")
    runtime = Runtime(Settings("dev", {"dev": environment}), find_paths(tmp_path / "home"))
    assert google.look_at_credentials(Environment("dev"), runtime).status is Verdict.OK
    finding = google.look_at_credentials(environment, runtime)
    assert finding.status is Verdict.WARNING
    assert finding.advice


def test_a_bearer_that_is_wanted_but_not_stored_is_bad() -> None:
    assert google.look_at_bearer(Environment("dev", auth="bearer")).status is Verdict.BAD


def test_versions_name_everything_that_is_installed() -> None:
    found = versions()
    assert found["requests"]
    assert set(machine.LIBRARIES) <= set(found)
