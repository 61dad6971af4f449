"""The colours of the states, for light and dark surroundings.

Derived from Okabe and Ito's palette, which stays apart for colour-blind eyes; darkened for light backgrounds so
that text in them keeps a contrast of 4.5:1 with every background that the window and the usual panels have.
"""

from collections.abc import Mapping
from enum import StrEnum
from types import MappingProxyType

from avdesk.core.health import Health
from avdesk.core.jobs import JobState
from avdesk.core.phases import PhaseState
from avdesk.core.run import RunState
from avdesk.core.summary import Sign

TEXT_CONTRAST = 4.5
"""The least contrast between a text and what is behind it (WCAG 2, AA)."""


class Tone(StrEnum):
    """A colour by what it means."""

    CALM = "calm"
    BUSY = "busy"
    WAIT = "wait"
    GOOD = "good"
    WARN = "warn"
    BAD = "bad"


_LIGHT: Mapping[Tone, str] = MappingProxyType(
    {
        Tone.CALM: "#595959",
        Tone.BUSY: "#0067A3",
        Tone.WAIT: "#94477A",
        Tone.GOOD: "#00704F",
        Tone.WARN: "#8A5A00",
        Tone.BAD: "#B04A00",
    }
)
_DARK: Mapping[Tone, str] = MappingProxyType(
    {
        Tone.CALM: "#B4B4B4",
        Tone.BUSY: "#56B4E9",
        Tone.WAIT: "#E09CC4",
        Tone.GOOD: "#3CC79C",
        Tone.WARN: "#E69F00",
        Tone.BAD: "#FF8F52",
    }
)

_EITHER: Mapping[Tone, str] = MappingProxyType(
    {
        Tone.CALM: "#7F7F7F",
        Tone.BUSY: "#1585CC",
        Tone.WAIT: "#B4649A",
        Tone.GOOD: "#008F66",
        Tone.WARN: "#B07400",
        Tone.BAD: "#D55E00",
    }
)
"""For signs on something that may be light or dark, as a panel is: 3:1 with both, which is enough for a shape."""

SIGN_TONES: Mapping[Sign, Tone] = MappingProxyType(
    {
        Sign.IDLE: Tone.CALM,
        Sign.RUNNING: Tone.BUSY,
        Sign.WAITING: Tone.WAIT,
        Sign.SUCCEEDED: Tone.GOOD,
        Sign.ATTENTION: Tone.WARN,
        Sign.FAILED: Tone.BAD,
        Sign.STALE: Tone.CALM,
        Sign.OFFLINE: Tone.CALM,
    }
)

_HEALTH_SIGNS: Mapping[Health, Sign] = MappingProxyType(
    {
        Health.HEALTHY: Sign.SUCCEEDED,
        Health.DEGRADED: Sign.ATTENTION,
        Health.UNHEALTHY: Sign.FAILED,
        Health.DISABLED: Sign.IDLE,
        Health.RETIRED: Sign.IDLE,
        Health.UNKNOWN: Sign.STALE,
    }
)
_RUN_SIGNS: Mapping[RunState, Sign] = MappingProxyType(
    {
        RunState.RUNNING: Sign.RUNNING,
        RunState.SUCCEEDED: Sign.SUCCEEDED,
        RunState.FAILED: Sign.FAILED,
        RunState.CANCELLED: Sign.IDLE,
        RunState.UNKNOWN: Sign.ATTENTION,
    }
)
_PHASE_SIGNS: Mapping[PhaseState, Sign] = MappingProxyType(
    {
        PhaseState.DONE: Sign.SUCCEEDED,
        PhaseState.RUNNING: Sign.RUNNING,
        PhaseState.PENDING: Sign.IDLE,
        PhaseState.FAILED: Sign.FAILED,
        PhaseState.SKIPPED: Sign.IDLE,
    }
)


def colour_of(tone: Tone, *, dark: bool | None) -> str:
    """Return the colour of a tone as ``#rrggbb``, on dark or on light surroundings; None: they are not known."""
    if dark is None:
        return _EITHER[tone]
    return (_DARK if dark else _LIGHT)[tone]


def sign_colour(sign: Sign, *, dark: bool | None) -> str:
    """Return a sign's colour as ``#rrggbb``."""
    return colour_of(SIGN_TONES[sign], dark=dark)


def health_sign(health: Health) -> Sign:
    """Return the sign that stands for a check's status."""
    return _HEALTH_SIGNS[health]


def run_sign(state: RunState) -> Sign:
    """Return the sign that stands for a run's state."""
    return _RUN_SIGNS[state]


def phase_sign(state: PhaseState) -> Sign:
    """Return the sign that stands for a phase's state."""
    return _PHASE_SIGNS[state]


def job_sign(state: JobState) -> Sign:
    """Return the sign that stands for a job's state."""
    if state.waiting:
        return Sign.WAITING
    return {
        JobState.RUNNING: Sign.RUNNING,
        JobState.SUCCEEDED: Sign.SUCCEEDED,
        JobState.FAILED: Sign.FAILED,
        JobState.EXPIRED: Sign.FAILED,
        JobState.CANCELLED: Sign.IDLE,
    }.get(state, Sign.ATTENTION)


def luminance(colour: str) -> float:
    """Return the relative luminance of ``#rrggbb``, 0 (black) to 1 (white), as WCAG 2 defines it."""
    channels = (int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5))
    red, green, blue = (c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two colours, 1 to 21."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)
