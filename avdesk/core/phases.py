"""The phases of a run, in the order in which AutoVideo goes through them."""

from collections.abc import Iterable
from dataclasses import dataclass
from enum import StrEnum

STORY = "story_generation"
PROMPTS = "prompt_extraction"
IMAGES = "image_generation"
VOICE = "voiceover_generation"
VIDEO = "video_creation"
UPLOAD = "youtube_upload"

ORDER = (STORY, PROMPTS, IMAGES, VOICE, VIDEO, UPLOAD)
EXPECTED = (STORY, IMAGES, VOICE, VIDEO)
"""The phases that a run has unless experience with the server says otherwise."""


class PhaseState(StrEnum):
    """Where a phase stands within its run."""

    DONE = "done"
    RUNNING = "running"
    PENDING = "pending"
    FAILED = "failed"
    SKIPPED = "skipped"


@dataclass(frozen=True, slots=True)
class Phase:
    """One phase of one run.

    Attributes:
        name: AutoVideo's name of it, one of `ORDER` or a newer one.
        state: where it stands.
        duration_s: seconds it took, or has taken so far while it runs; None is unknown.
    """

    name: str
    state: PhaseState
    duration_s: float | None = None


def position(name: str) -> int:
    """Return the place of a phase in the order; an unknown one stands just before the video."""
    return ORDER.index(name) * 2 if name in ORDER else ORDER.index(VIDEO) * 2 - 1


def in_order(names: Iterable[str]) -> list[str]:
    """Return the names once each, in the order of a run; unknown ones keep their own order."""
    return sorted(dict.fromkeys(names), key=position)
