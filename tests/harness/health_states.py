"""Snapshots for each state that the Health page has to show, as of `NOW`."""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import timedelta

from avdesk.bridge.doctor import DoctorTold, ExaminationBegan, ExaminationEnded, Found
from avdesk.core.checkcourse import SHOWN, CheckCourse, CheckPoint
from avdesk.core.findings import Finding, Verdict
from avdesk.core.gpuquota import GpuQuota
from avdesk.core.health import CHECKS, CheckResult, Health
from avdesk.core.ownchecks import CLOCK, CREDENTIALS, GCLOUD, LOGGING, QUOTA, VERTEX, region_check
from avdesk.core.snapshot import Budget, Reach, Snapshot, VertexView
from tests.harness.snapshots import NOW, all_states, before

GOOD, SO_SO, BAD, SILENT = Health.HEALTHY, Health.DEGRADED, Health.UNHEALTHY, Health.UNKNOWN
REGIONS = ("us-central1", "us-west1", "us-east1", "europe-west1", "asia-southeast1")

_SAYS: Mapping[str, str] = {
    "vertex_ai": (
        "503 errors resolving us-central1-aiplatform.googleapis.com:443: [field:hostname lookup error:address lookup "
        "failed for us-central1-aiplatform.googleapis.com:443: Domain name not found]"
    ),
    "quota": "list index out of range",
}


def course(*statuses: Health, every_s: float = 1800.0, last_s: float = 420.0, flapping: bool = False) -> CheckCourse:
    """Return the course of answers at even distances, the last of them so long before `NOW`."""
    count = len(statuses)
    moments = [before(last_s + every_s * (count - 1 - place)) for place in range(count)]
    points = tuple(CheckPoint(at, status, 0.2) for at, status in zip(moments, statuses, strict=True))
    last = statuses[-1]
    same = next((n for n, status in enumerate(reversed(statuses)) if status is not last), count)
    good = [point.at for point in points if point.status is GOOD]
    return CheckCourse(points[-SHOWN:], moments[-same], good[-1] if good else None, last, flapping)


def result(name: str, status: Health = GOOD, **more: object) -> CheckResult:
    """Return an answer of seven minutes ago."""
    known: dict[str, object] = {
        "name": name,
        "status": status,
        "reported": {GOOD: "healthy", SO_SO: "warning", BAD: "error"}.get(status),
        "http_status": 200,
        "latency_s": 0.231,
        "checked_at": before(420),
    }
    return CheckResult(**(known | more))  # type: ignore[arg-type]


def own(name: str, status: Health = GOOD, **more: object) -> CheckResult:
    """Return an answer of one of AVDesk's own checks."""
    return replace(result(name, status, **more), reported=None, http_status=None)


OWN: Mapping[str, CheckResult] = {
    **{name: own(name, checked_at=before(4)) for name in map(region_check, REGIONS)},
    CLOCK: own(CLOCK, latency_s=None, checked_at=before(8), detail="It agrees with this machine's."),
    CREDENTIALS: own(
        CREDENTIALS,
        latency_s=None,
        checked_at=before(90),
        detail="application-default credentials · av-runner@av-8675309.iam.gserviceaccount.com",
    ),
    GCLOUD: own(GCLOUD, Health.DISABLED, latency_s=None, detail="gcloud is not installed, or not on the PATH."),
    LOGGING: own(LOGGING, detail="Answers, with log lines of the last hour."),
    QUOTA: own(QUOTA, detail="There are GPUs left by Compute Engine's quotas."),
}
QUOTAS = tuple(
    GpuQuota(region, kind, spot, limit, usage)
    for region, used in zip(REGIONS, (2.0, 8.0, 0.0, 1.0, 0.0), strict=True)
    for kind, spot, limit, usage in (
        ("L4", False, 8.0, used),
        ("T4", False, 4.0 if region != "asia-southeast1" else 0.0, min(used, 1.0)),
        ("L4", True, 16.0, 0.0),
    )
)


def _courses(results: Mapping[str, CheckResult], others: Mapping[str, CheckCourse]) -> dict[str, CheckCourse]:
    even = {
        name: course(*[each.status] * 24, last_s=(NOW - each.checked_at).total_seconds())
        for name, each in results.items()
        if each.checked_at is not None
    }
    return {**even, **others}


def _snapshot(results: Sequence[CheckResult], courses: Mapping[str, CheckCourse], **more: object) -> Snapshot:
    checks = {each.name: each for each in results}
    known: dict[str, object] = {
        "checks": checks,
        "absent_checks": ("service_account", "vertex_minimal"),
        "own_checks": OWN,
        "courses": _courses({**checks, **OWN}, courses),
        "gpu_quotas": QUOTAS,
    }
    return replace(all_states()["idle"], **(known | more))  # type: ignore[arg-type]


def health_states() -> dict[str, Snapshot]:
    """Return the snapshots by the name of what they show."""
    present = [check.name for check in CHECKS if check.name not in ("service_account", "vertex_minimal")]
    well = [result(name) for name in present if name not in ("tts", "image_gen")]
    well += [result(name, Health.RETIRED, http_status=410, reported="gone") for name in ("tts", "image_gen")]
    failing = [
        result("vertex_ai", BAD, http_status=500, detail=_SAYS["vertex_ai"])
        if each.name == "vertex_ai"
        else result("quota", BAD, error=_SAYS["quota"])
        if each.name == "quota"
        else result("veo", Health.DISABLED, reported="disabled", detail="Veo is disabled by configuration.")
        if each.name == "veo"
        else each
        for each in well
    ]
    falling = {
        "vertex_ai": course(*[BAD] * 30),
        "quota": course(*[GOOD] * 20, SO_SO, SO_SO, BAD, BAD),
        "openai": course(*[GOOD] * 12, BAD, BAD, SILENT, *[GOOD] * 25, every_s=300),
    }
    flapping = {"openai": course(*[GOOD] * 8, BAD, GOOD, BAD, BAD, GOOD, BAD, GOOD, BAD, flapping=True, every_s=600)}
    going = [result("openai", BAD, error="Connection error.") if each.name == "openai" else each for each in well]
    spent = Budget(10, 300.0, 10, NOW + timedelta(seconds=95))
    no_vertex = {
        VERTEX: CheckResult(
            VERTEX,
            Health.DISABLED,
            detail="Vertex AI is not asked for this environment.",
            advice="Name its Google Cloud project in the configuration, and set “vertex” to auto.",
        ),
        CLOCK: OWN[CLOCK],
    }
    denied = own(
        region_check("us-west1"),
        BAD,
        latency_s=None,
        error="The account lacks the permission aiplatform.customJobs.list.",
        advice="Ask the project’s owner for a role that holds it, or sign in with another account.",
    )
    return {
        "nothing": replace(
            all_states()["first"], own_checks={name: CheckResult(name) for name in OWN}, budget=Budget(10, 300.0, 0)
        ),
        "well": _snapshot(well, {}),
        "failing": _snapshot(failing, falling),
        "spent": _snapshot(failing, falling, budget=spent),
        "flapping": _snapshot(going, flapping),
        "no vertex": _snapshot(well, {}, own_checks=no_vertex, gpu_quotas=(), vertex=VertexView(Reach.OFF)),
        "region denied": _snapshot(
            well, {denied.name: course(*[GOOD] * 30, BAD, BAD)}, own_checks={**OWN, denied.name: denied}
        ),
        "asking": _snapshot(failing, falling, asking=("quota", QUOTA)),
        "paused": _snapshot(well, {}, paused=True),
        "hostile": _snapshot(
            [*well, result("quota", BAD, error="<b>Boom</b> <img src=x> " + "w" * 900 + " sk-abcdefghijklmnopqrst")],
            {},
        ),
    }


FINDINGS = (
    Finding("versions", Verdict.OK, "AVDesk 0.1.0, Python 3.11.7"),
    Finding("folders", Verdict.OK, "~/.local/state/avdesk"),
    Finding("configuration", Verdict.OK, "~/.config/avdesk/config.toml names the environments prod, staging"),
    Finding(
        "tray",
        Verdict.WARNING,
        "This desktop has no tray host (nobody owns org.kde.StatusNotifierWatcher)",
        "On GNOME, turn on the AppIndicator extension; until then the window opens instead.",
    ),
    Finding("notifications", Verdict.OK, "dunst 1.9.0: actions, body, body-markup, icon-static, persistence"),
    Finding("keyring", Verdict.OK, "SecretService Keyring"),
    Finding("clock", Verdict.OK, "It agrees with: prod, staging, Google"),
    Finding("gcloud", Verdict.OK, "/usr/bin/gcloud, version 528.0.0"),
    Finding("server", Verdict.OK, "reachable · 31 ms · revision of June 2025 · the clocks agree", environment="prod"),
    Finding(
        "certificate", Verdict.OK, "Trusted, made by Google Trust Services, good for 61 d 4 h", environment="prod"
    ),
    Finding("vertex", Verdict.OK, "5 regions answer by REST · 210 ms", environment="prod"),
    Finding(
        "logging",
        Verdict.BAD,
        "The account lacks the permission logging.logEntries.list.",
        "Ask the project’s owner for a role that holds it, or sign in with another account.",
        "prod",
    ),
    Finding(
        "server",
        Verdict.BAD,
        "Nothing answers at 127.0.0.1:8080.",
        "Check that the server runs, and its address and port.",
        "staging",
    ),
)


def examination() -> list[DoctorTold]:
    """Return what the doctor tells, from its beginning to its end."""
    planned = tuple((finding.name, finding.environment) for finding in FINDINGS)
    return [ExaminationBegan(planned), *(Found(finding) for finding in FINDINGS), ExaminationEnded("as text\n")]
