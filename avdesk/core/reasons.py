"""Why a run or a job failed, in plain words, for the failures that AutoVideo's users meet.

The raw text always stays available beside the explanation; a text that is not known is its own explanation.
"""

import re
from collections.abc import Callable
from dataclasses import dataclass

from avdesk.core.redact import redact
from avdesk.core.text import one_line
from avdesk.i18n import _

SHORT = 160
"""Characters of an unexplained text that fit a headline or a notification."""


@dataclass(frozen=True, slots=True)
class Reason:
    """An explained failure.

    Attributes:
        what: what happened, one sentence without its full stop.
        advice: what to do about it; empty when nothing is known that helps.
        known: whether the text was recognised.
    """

    what: str
    advice: str = ""
    known: bool = True


def _time_limit(match: re.Match[str]) -> Reason:
    limit = int(match.group(1))
    return Reason(
        _("the job reached its {limit:,} s limit").format(limit=limit),
        _("Retry with an L4 (about 1.5× faster than a T4), or raise VERTEX_JOB_TIMEOUT_S."),
    )


def _fixed(what: Callable[[], str], advice: Callable[[], str]) -> Callable[[re.Match[str]], Reason]:
    def explain_match(match: re.Match[str]) -> Reason:
        del match
        return Reason(what(), advice())

    return explain_match


_PATTERNS: tuple[tuple[re.Pattern[str], Callable[[re.Match[str]], Reason]], ...] = (
    (re.compile(r"did not complete within (\d{1,7}) seconds", re.IGNORECASE), _time_limit),
    (
        re.compile(r"No module named '?moviepy", re.IGNORECASE),
        _fixed(
            lambda: _("the render container lacks MoviePy"),
            lambda: _("Rebuild the av-gpu-job image with a MoviePy version that has moviepy.editor."),
        ),
    ),
    (
        re.compile(r"quota_exceeded|elevenlabs.{0,40}401", re.IGNORECASE),
        _fixed(
            lambda: _("ElevenLabs' quota is used up"),
            lambda: _("Top up the ElevenLabs account, or start the video with Google's voice."),
        ),
    ),
    (
        re.compile(r"RESOURCE_EXHAUSTED|quota metrics? exceed|exceed(?:s|ed)? quota", re.IGNORECASE),
        _fixed(
            lambda: _("no GPU quota is left in the region"),
            lambda: _("Retry in another region or with another GPU, or ask for more quota."),
        ),
    ),
    (
        re.compile(r"openai.{0,60}(?:429|rate limit)|(?:429|rate limit).{0,60}openai", re.IGNORECASE | re.DOTALL),
        _fixed(
            lambda: _("OpenAI refused: too many requests"),
            lambda: _("Wait a few minutes and start again, or check the OpenAI account's limits."),
        ),
    ),
    (
        re.compile(r"openai.{0,60}time(?:d )?-?out", re.IGNORECASE | re.DOTALL),
        _fixed(lambda: _("OpenAI did not answer in time"), lambda: _("Start the video again.")),
    ),
    (
        re.compile(r"VertexGPUJobService not initialized", re.IGNORECASE),
        _fixed(
            lambda: _("the server's Vertex AI service did not start"),
            lambda: _("Check the server's credentials and project, then restart it."),
        ),
    ),
    (
        re.compile(r"Veo AI not available", re.IGNORECASE),
        _fixed(
            lambda: _("Veo is not available on the server"),
            lambda: _("Set VEO_ENABLED=true on the server, and check its access to Veo."),
        ),
    ),
    (
        re.compile(r"(?:text.to.speech|tts).{0,60}credential|default credentials were not found", re.IGNORECASE),
        _fixed(
            lambda: _("the server lacks credentials for Google's voice"),
            lambda: _("Give the server's service account access to Text-to-Speech, or use ElevenLabs."),
        ),
    ),
    (
        re.compile(r"permission.{0,40}denied|PERMISSION_DENIED|does not have permission", re.IGNORECASE),
        _fixed(
            lambda: _("a permission is missing for the service account"),
            lambda: _("Read the full text for the permission's name, and grant it in IAM."),
        ),
    ),
)


def explain(text: str | None) -> Reason:
    """Return what a failure's text means; an unknown text is returned shortened to one line."""
    short = one_line(redact(text), SHORT) if text else ""
    if not text or not short:
        return Reason(_("no reason was given"), known=False)
    for pattern, reason in _PATTERNS:
        match = pattern.search(text)
        if match is not None:
            return reason(match)
    return Reason(short, known=False)
