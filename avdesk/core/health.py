"""The server's health checks: their names, and what an answer means.

The body's ``status`` decides, not the HTTP code: ``/health/quota`` answers 200 with an error in it. A 404 says that
this revision has no such check, a 410 that the check is retired.
"""

from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum

from avdesk.core import wire
from avdesk.core.redact import redact
from avdesk.core.text import clean, one_line
from avdesk.i18n import _

MAIN = "main"


class Health(StrEnum):
    """How a check stands, in AVDesk's words."""

    HEALTHY = "healthy"
    DEGRADED = "degraded"
    UNHEALTHY = "unhealthy"
    DISABLED = "disabled"
    RETIRED = "retired"
    UNKNOWN = "unknown"


_MEANING = {
    "healthy": Health.HEALTHY,
    "ok": Health.HEALTHY,
    "degraded": Health.DEGRADED,
    "warning": Health.DEGRADED,
    "limited_quota": Health.DEGRADED,
    "no_gpu_quota": Health.UNHEALTHY,
    "critical": Health.UNHEALTHY,
    "unhealthy": Health.UNHEALTHY,
    "error": Health.UNHEALTHY,
    "failed": Health.UNHEALTHY,
    "unavailable": Health.UNHEALTHY,
    "disabled": Health.DISABLED,
    "gone": Health.RETIRED,
    "unknown": Health.UNKNOWN,
    "checking": Health.UNKNOWN,
}

_WORST_FIRST = (
    Health.UNHEALTHY,
    Health.DEGRADED,
    Health.UNKNOWN,
    Health.HEALTHY,
    Health.DISABLED,
    Health.RETIRED,
)


@dataclass(frozen=True, slots=True)
class Check:
    """One health check that some revision of the server has.

    Attributes:
        name: how the command line and the window call it.
        path: where it is asked.
        counted: whether asking it takes from the server's rate limit.
    """

    name: str
    path: str
    counted: bool = True


CHECKS = (
    Check(MAIN, "/health", counted=False),
    Check("openai", "/health/openai", counted=False),
    Check("vertex_ai", "/health/vertex-ai"),
    Check("quota", "/health/quota"),
    Check("service_account", "/health/service-account"),
    Check("machine_types", "/health/machine-types"),
    Check("veo", "/health/veo"),
    Check("vertex_minimal", "/health/vertex-minimal"),
    Check("tts", "/health/tts"),
    Check("image_gen", "/health/image_gen"),
    Check("deployment", "/health/deployment"),
)


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a check last said.

    Attributes:
        name: the check's name.
        status: in AVDesk's words; UNKNOWN before the first answer.
        reported: the server's own word, None when there was none.
        http_status: the code of the answer, None when there was none.
        latency_s: how long the answer took, seconds.
        checked_at: when it was answered (UTC), None never.
        detail: what the answer says beside its status, one text.
        error: why there is no answer, or the error that it names.
        absent: True where the server has said that it has no such check.
        advice: what to do about it, where the check itself knows; empty otherwise.
    """

    name: str
    status: Health = Health.UNKNOWN
    reported: str | None = None
    http_status: int | None = None
    latency_s: float | None = None
    checked_at: datetime | None = None
    detail: str | None = None
    error: str | None = None
    absent: bool = False
    advice: str = ""


def find_check(name: str) -> Check | None:
    """Return the check of that name, also written as in its path (``vertex-ai``); None without one."""
    wanted = name.strip().lower().replace("-", "_").removeprefix("health/")
    return next((check for check in CHECKS if check.name == wanted), None)


def worst(results: "list[CheckResult]") -> Health:
    """Return the worst status among the results, UNKNOWN for none."""
    present = {result.status for result in results}
    return next((status for status in _WORST_FIRST if status in present), Health.UNKNOWN)


def read_check(name: str, http_status: int, body: object, *, latency_s: float, at: datetime) -> CheckResult:
    """Return the meaning of one answer; `body` is the decoded JSON, None where it was none."""
    raw = wire.as_object(body)
    word = one_line(wire.as_text(raw.get("status")) or "", 60) or None
    absent = http_status == 404 and word is None
    detail: str | None
    if absent:
        status, detail = Health.UNKNOWN, _("This server does not have this check.")
    elif word is not None:
        status, detail = _MEANING.get(word.lower(), Health.UNKNOWN), _detail(raw)
    elif http_status == 410:
        status, detail = Health.RETIRED, None
    elif http_status >= 500:
        status, detail = Health.UNHEALTHY, _("HTTP {status} without a readable answer.").format(status=http_status)
    else:
        status, detail = Health.UNKNOWN, _("HTTP {status} without a readable answer.").format(status=http_status)
    named = wire.as_text(raw.get("error"))
    return CheckResult(
        name=name,
        status=status,
        reported=word,
        http_status=http_status,
        latency_s=latency_s,
        checked_at=at,
        detail=detail,
        error=redact(clean(named, 600)) if named else None,
        absent=absent,
    )


def _detail(raw: object) -> str | None:
    """Return the words of an answer that explain its status, None without any."""
    fields = wire.as_object(raw)
    details = wire.as_object(fields.get("details"))
    for source, keys in ((fields, ("message", "recommendation")), (details, ("message", "api_call_error", "error"))):
        for key in keys:
            words = wire.as_text(source.get(key))
            if words:
                return redact(clean(words, 600))
    return None
