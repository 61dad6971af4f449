"""What the doctor looks at over the network: regions, Google's interfaces, the way there, certificates, clocks."""

import json
import threading
from collections.abc import Iterator
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from avdesk.config.settings import Environment
from avdesk.core.finding_words import as_text, finding_name, verdict_word
from avdesk.core.findings import Finding, Verdict
from avdesk.emulator.server import Emulator
from avdesk.services.doctor import endpoints, planned, run_checks, way
from avdesk.services.doctor.clocks import look_at_clock
from avdesk.services.doctor.findings import Check
from avdesk.services.runtime import Runtime
from avdesk.services.server_calls import FACT, known_endpoints
from avdesk.store.memory import Memory
from tests.harness.acting import Bench
from tests.harness.certificates import self_signed
from tests.unit.clients.fault_server import FaultServer
from tests.unit.services.test_diagnostics import NOW


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(utc_offset_s=0.0) as running:
        yield running


@pytest.fixture
def bench(emulator: Emulator, tmp_path: Path) -> Bench:
    return Bench(emulator, tmp_path / "home")


@pytest.fixture
def runtime(bench: Bench) -> Runtime:
    return bench.runtime


def test_findings_are_told_as_they_come_and_returned_in_order() -> None:
    told: list[str] = []
    quick_told = threading.Event()

    def slow() -> Finding:
        quick_told.wait(30)
        return Finding("slow", Verdict.OK, "")

    def tell(finding: Finding) -> None:
        told.append(finding.name)
        quick_told.set()

    found = run_checks([Check("slow", slow), Check("quick", lambda: Finding("quick", Verdict.OK, ""))], tell=tell)
    assert told == ["quick", "slow"]
    assert [finding.name for finding in found] == ["slow", "quick"]


def test_one_that_is_late_is_told_as_unknown() -> None:
    told: list[Finding] = []
    gone = threading.Event()

    def hang() -> Finding:
        gone.wait(30)
        return Finding("slow", Verdict.OK, "")

    run_checks([Check("slow", hang)], 0.05, told.append)
    gone.set()
    assert [(finding.name, finding.status) for finding in told] == [("slow", Verdict.UNKNOWN)]


def test_vertex_ai_is_looked_at_in_each_region(bench: Bench, runtime: Runtime, emulator: Emulator) -> None:
    found = endpoints.look_at_vertex(bench.environment, runtime)
    assert found.status is Verdict.OK
    assert found.detail.startswith("5 regions answer by REST")
    emulator.faults.add("google:/v1/*/us-west1/*=denied")
    one = endpoints.look_at_vertex(bench.environment, runtime)
    assert (one.status, one.environment) == (Verdict.WARNING, "dev")
    assert "us-west1: " in one.detail
    assert "aiplatform.customJobs.list" in one.detail
    assert one.advice


def test_googles_other_interfaces_are_looked_at(bench: Bench, runtime: Runtime, emulator: Emulator) -> None:
    assert endpoints.look_at_logging(bench.environment, runtime).status is Verdict.OK
    assert endpoints.look_at_quota(bench.environment, runtime).status is Verdict.OK
    emulator.faults.add("google:/v2/entries:list=denied")
    checks = [Check("logging", lambda: endpoints.look_at_logging(bench.environment, runtime), "dev")]
    [denied] = run_checks(checks)
    assert denied.status is Verdict.BAD
    assert denied.advice


def test_the_servers_endpoints_are_told_from_memory_alone(bench: Bench, runtime: Runtime, emulator: Emulator) -> None:
    assert "Nothing was needed" in endpoints.look_at_endpoints(bench.environment, runtime).detail
    memory = Memory(bench.paths.database)
    known = known_endpoints(memory, bench.environment)
    present = {"/cancel": True, "/jobs/{id}/cancel": False}
    memory.keep(
        "dev", FACT, replace(known, present=present, asked_at=dict.fromkeys(present, runtime.clock.now())), NOW
    )
    memory.close()
    told = endpoints.look_at_endpoints(bench.environment, runtime)
    assert "It has /cancel" in told.detail
    assert "no /jobs/{id}/cancel" in told.detail
    assert not emulator.requests


@pytest.mark.parametrize(
    ("fault", "status", "words"),
    [
        ("", Verdict.OK, "It agrees with: dev, Google"),
        ("/health=skew:120", Verdict.WARNING, "The clock of dev is 2 min"),
        ("*=skew:-900", Verdict.BAD, "This machine's clock is 15 min ahead"),
        ("*=skew:900", Verdict.BAD, "This machine's clock is 15 min behind"),
    ],
)
def test_whose_clock_is_wrong_is_told_by_all_of_them(
    bench: Bench, runtime: Runtime, emulator: Emulator, fault: str, status: Verdict, words: str
) -> None:
    if fault:
        emulator.faults.add(fault)
    found = look_at_clock([bench.environment], runtime)
    assert found.status is status
    assert found.detail.startswith(words)
    assert bool(found.advice) is (status is not Verdict.OK)


def test_without_servers_there_is_no_clock_to_compare_with(runtime: Runtime) -> None:
    assert look_at_clock([], runtime).status is Verdict.OK


def test_the_way_names_the_proxy_without_its_password(monkeypatch: pytest.MonkeyPatch) -> None:
    environment = Environment("prod", url="https://avdesk.example", project="av-8675309")
    assert way.look_at_way(environment).detail == "the server: directly; Google: directly"
    monkeypatch.setenv("https_proxy", "http://me:hunter2@proxy.example:3128")
    detail = way.look_at_way(environment).detail
    assert detail.count("proxy.example:3128") == 2
    assert "hunter2" not in detail
    assert way.look_at_way(Environment("dev", url="http://127.0.0.1:1")).detail == "the server: directly"


def test_a_certificate_is_looked_at_only_where_there_is_one(monkeypatch: pytest.MonkeyPatch) -> None:
    assert way.look_at_certificate(Environment("dev")).status is Verdict.OK
    refused = way.look_at_certificate(Environment("dev", url="https://127.0.0.1:9"))
    assert refused.status is Verdict.UNKNOWN
    monkeypatch.setenv("https_proxy", "http://proxy.example:3128")
    assert "proxy" in way.look_at_certificate(Environment("dev", url="https://avdesk.example")).detail


def test_all_that_is_planned_has_a_name_for_people(bench: Bench) -> None:
    from avdesk.config.load import load_text

    text = '[environments.dev]\nurl = "https://avdesk.example"\nproject = "av-8675309"\nauth = "bearer"\n'
    loaded = load_text(text, bench.paths.config_file)
    checks = planned(loaded, bench.paths, list(loaded.settings.environments.values()))
    names = [check.name for check in checks]
    assert len({(check.name, check.environment) for check in checks}) == len(checks)
    assert {"tray", "notifications", "keyring", "tls", "proxies", "clock", "gcloud", "folders", "versions"} <= set(
        names
    )
    assert {"dns", "way", "certificate", "server", "endpoints", "credentials", "vertex", "logging", "bearer"} <= set(
        names
    )
    assert all(finding_name(name) != name or name == "gcloud" for name in names)


def test_as_text_it_can_be_given_away() -> None:
    findings = [
        Finding("tray", Verdict.OK, "A tray host is there"),
        Finding("server", Verdict.BAD, "It said token=abcdef123456", "Look.", "prod"),
    ]
    text = as_text(findings, {"avdesk": "1.0", "jeepney": None}, NOW)
    assert text.splitlines()[2:6] == [
        "[ ok ] Tray: A tray host is there",
        "[FAIL] Server (prod): It said token=•••",
        "       -> Look.",
        "",
    ]
    assert "jeepney: -" in text
    assert json.dumps(text)
    assert {verdict_word(verdict) for verdict in Verdict} == {"Works", "Needs a look", "Does not work", "Not known"}


@pytest.mark.parametrize(("days", "status"), [(90, Verdict.OK), (5, Verdict.WARNING)])
def test_a_trusted_certificate_tells_who_made_it_and_warns_before_it_ends(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, days: int, status: Verdict
) -> None:
    path, context = self_signed(tmp_path, good_for=timedelta(days=days, hours=1))
    server = FaultServer(lambda exchange: exchange.answer(200, {}), context)
    environment = Environment("prod", url=server.url)
    try:
        untrusted = way.look_at_certificate(environment)
        monkeypatch.setenv("SSL_CERT_FILE", str(path))  # where OpenSSL looks for the system's store
        trusted = way.look_at_certificate(environment)
    finally:
        server.close()
    assert (untrusted.status, bool(untrusted.advice)) == (Verdict.BAD, True)
    assert trusted.status is status
    assert trusted.detail.startswith(f"Trusted, made by AVDesk's tests, good for {days} d")
    assert bool(trusted.advice) is (status is Verdict.WARNING)
