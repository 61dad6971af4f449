"""Searches for the failures that AutoVideo's users meet: predefined, highlighted and explained."""

import re
from collections.abc import Callable
from dataclasses import dataclass

from avdesk.core.reasons import Reason, explain
from avdesk.i18n import _

MOST_LOOKED_AT = 4000
"""Characters of a line in which a failure is looked for."""


@dataclass(frozen=True, slots=True)
class FailureSearch:
    """One kind of failure.

    Attributes:
        key: its name in the settings; stays.
        title: what it is called, translated when it is called.
        pattern: a regular expression, whatever the case.
    """

    key: str
    title: Callable[[], str]
    pattern: str


FAILURE_SEARCHES: tuple[FailureSearch, ...] = (
    FailureSearch(
        "openai-limit",
        lambda: _("OpenAI: too many requests"),
        r"openai.{0,60}(?:429|rate.?limit)|(?:429|rate.?limit).{0,60}openai",
    ),
    FailureSearch(
        "openai-timeout",
        lambda: _("OpenAI: no answer in time"),
        r"openai.{0,60}time(?:d )?-?out|api\.openai\.com.{0,80}time(?:d )?-?out",
    ),
    FailureSearch("elevenlabs", lambda: _("ElevenLabs: quota used up"), r"quota_exceeded|elevenlabs.{0,40}401"),
    FailureSearch("moviepy", lambda: _("Render container: no MoviePy"), r"No module named '?moviepy"),
    FailureSearch(
        "gpu-quota",
        lambda: _("No GPU quota in the region"),
        r"RESOURCE_EXHAUSTED|quota metrics? exceed|exceed(?:s|ed)? quota",
    ),
    FailureSearch("time-limit", lambda: _("Job reached its time limit"), r"did not complete within \d{1,7} seconds"),
    FailureSearch(
        "permission",
        lambda: _("Permission missing"),
        r"permission.{0,40}denied|PERMISSION_DENIED|does not have permission",
    ),
    FailureSearch(
        "vertex-service",
        lambda: _("Server's Vertex AI service did not start"),
        r"VertexGPUJobService not initialized",
    ),
    FailureSearch(
        "tts-credentials",
        lambda: _("Google voice: credentials missing"),
        r"(?:text.to.speech|tts).{0,60}credential|default credentials were not found",
    ),
)

_ANY = re.compile("|".join(f"(?:{search.pattern})" for search in FAILURE_SEARCHES), re.IGNORECASE)

ALL_FAILURES = _ANY.pattern
"""A regular expression for any of them, whatever the case."""


@dataclass(frozen=True, slots=True)
class FoundFailure:
    """A failure that a text tells of, from `start` up to `end`."""

    start: int
    end: int
    reason: Reason


def failure_in(text: str) -> FoundFailure | None:
    """Return the first known failure in a line's text, None without any."""
    match = _ANY.search(text, 0, MOST_LOOKED_AT)
    if match is None:
        return None
    around = text[max(0, match.start() - 80) : match.end() + 200]
    reason = explain(around)
    return FoundFailure(match.start(), match.end(), reason) if reason.known else None
