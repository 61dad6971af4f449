"""What the doctor finds: pure values, shared by all that shows them."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """How a finding stands."""

    OK = "ok"
    WARNING = "warning"
    BAD = "bad"
    UNKNOWN = "unknown"


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes:
        name: what, as a word that scripts can rely on.
        status: how it stands.
        detail: what was found, one sentence.
        advice: what to do about it; empty where nothing needs doing.
        environment: the environment that it is about; None for the machine as a whole.
    """

    name: str
    status: Verdict
    detail: str
    advice: str = ""
    environment: str | None = None
