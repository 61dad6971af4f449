"""The signs of the states in the terminal: the same shapes and words as everywhere else."""

from collections.abc import Mapping
from types import MappingProxyType

from avdesk.cli.lines import Style
from avdesk.core.health import Health
from avdesk.core.phases import PhaseState
from avdesk.core.summary import Sign
from avdesk.i18n import _

_SIGNS: Mapping[Sign, tuple[str, Style]] = MappingProxyType(
    {
        Sign.IDLE: ("○", Style.FAINT),
        Sign.RUNNING: ("◐", Style.BUSY),
        Sign.WAITING: ("◌", Style.WAIT),
        Sign.SUCCEEDED: ("✔", Style.GOOD),
        Sign.ATTENTION: ("▲", Style.WARN),
        Sign.FAILED: ("✖", Style.BAD),
        Sign.STALE: ("◷", Style.FAINT),
        Sign.OFFLINE: ("⊘", Style.BAD),
    }
)
_OF_STATE: Mapping[str, Sign] = MappingProxyType(
    {
        "idle": Sign.IDLE,
        "running": Sign.RUNNING,
        "succeeded": Sign.SUCCEEDED,
        "failed": Sign.FAILED,
        "cancelled": Sign.IDLE,
        "offline": Sign.OFFLINE,
        "stale": Sign.STALE,
    }
)
_PHASES: Mapping[str, tuple[str, Style]] = MappingProxyType(
    {
        PhaseState.DONE: ("✔", Style.GOOD),
        PhaseState.RUNNING: ("◐", Style.BUSY),
        PhaseState.PENDING: ("○", Style.FAINT),
        PhaseState.FAILED: ("✖", Style.BAD),
        PhaseState.SKIPPED: ("–", Style.FAINT),
    }
)
_HEALTH: Mapping[str, tuple[str, Style]] = MappingProxyType(
    {
        Health.HEALTHY: ("✔", Style.GOOD),
        Health.DEGRADED: ("▲", Style.WARN),
        Health.UNHEALTHY: ("✖", Style.BAD),
        Health.DISABLED: ("○", Style.FAINT),
        Health.RETIRED: ("○", Style.FAINT),
        Health.UNKNOWN: ("?", Style.FAINT),
    }
)
_DOCTOR: Mapping[str, tuple[str, Style]] = MappingProxyType(
    {
        "ok": ("✔", Style.GOOD),
        "warning": ("▲", Style.WARN),
        "bad": ("✖", Style.BAD),
        "unknown": ("?", Style.FAINT),
    }
)
_NO_SIGN = ("?", Style.FAINT)


def sign_of(summary: Mapping[str, object]) -> Sign:
    """Return the sign of a status report's summary; one without it is read from its state."""
    try:
        return Sign(str(summary.get("sign")))
    except ValueError:
        return _OF_STATE.get(str(summary.get("state")), Sign.STALE)


def sign_mark(sign: Sign) -> tuple[str, Style]:
    """Return a sign's symbol and style."""
    return _SIGNS[sign]


def sign_word(sign: Sign) -> str:
    """Return the word for a sign."""
    return {
        Sign.IDLE: _("Idle"),
        Sign.RUNNING: _("Making video"),
        Sign.WAITING: _("Waiting for a GPU"),
        Sign.SUCCEEDED: _("Done"),
        Sign.ATTENTION: _("Needs a look"),
        Sign.FAILED: _("Failed"),
        Sign.STALE: _("Not updated"),
        Sign.OFFLINE: _("Server not reachable"),
    }[sign]


def phase_mark(state: str) -> tuple[str, Style]:
    """Return the symbol and style of a phase's state."""
    return _PHASES.get(state, _NO_SIGN)


def health_mark(status: str) -> tuple[str, Style]:
    """Return the symbol and style of a check's status."""
    return _HEALTH.get(status, _NO_SIGN)


def doctor_mark(status: str) -> tuple[str, Style]:
    """Return the symbol and style of a finding of the doctor."""
    return _DOCTOR.get(status, _NO_SIGN)
