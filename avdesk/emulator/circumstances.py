"""What surrounds the emulated server: which checks fail, what it can see, how it is set up."""

import time
from dataclasses import dataclass, field
from typing import Literal

USUALLY_FAILING = {
    "a": frozenset({"vertex-ai"}),
    "b": frozenset({"vertex-ai", "machine-types"}),
    "between": frozenset({"vertex-ai", "machine-types"}),
    "planned": frozenset({"machine-types"}),
}
"""What fails in practice, by revision, though Vertex AI itself works."""


@dataclass(slots=True)
class Circumstances:
    """The server's surroundings.

    Attributes:
        failing: checks that fail as recorded: ``openai``, ``vertex-ai``, ``quota``, ``machine-types``,
            ``service-account``, ``vertex-minimal``, ``veo``, ``tts``, ``deployment``, and ``vm-status``.
        sees_jobs: whether /status finds jobs at Vertex AI (False: the server's gcloud has no account).
        backend: what makes the video: render jobs at Vertex AI, or Veo, which is missing (as recorded of revision B).
        veo_enabled: whether Veo is switched on in the server's configuration.
        batch_mode: whether the texts of a run say that the server makes one video and exits.
        utc_offset_s: the server's time zone, seconds east of Greenwich.
    """

    failing: set[str] = field(default_factory=set)
    sees_jobs: bool = True
    backend: Literal["vertex", "veo-missing"] = "vertex"
    veo_enabled: bool = False
    batch_mode: bool = False
    utc_offset_s: float = 0.0


def local_utc_offset_s(moment: float) -> float:
    """Return this machine's offset from UTC at a moment, seconds east of Greenwich."""
    return float(time.localtime(moment).tm_gmtoff)
