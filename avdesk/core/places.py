"""Places in the app that an ``avdesk://`` address leads to. Addresses come from anywhere: a page, a mail, a chat."""

import re
from dataclasses import dataclass
from enum import StrEnum

SCHEME = "avdesk://"
MAX_ADDRESS = 512
"""Characters of the longest address that is read at all."""

_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_.-]{0,127}", re.ASCII)
"""Of jobs (``video-job-ab12cd34``, a CustomJob's number) and of environments: nothing that means more than itself."""


class PlaceKind(StrEnum):
    """What is at a place; the value is the address's first word."""

    WINDOW = ""
    JOB = "job"
    ENVIRONMENT = "environment"
    LOGS = "logs"
    NEW_VIDEO = "new-video"


@dataclass(frozen=True, slots=True)
class Place:
    """Where to go.

    Attributes:
        kind: what is there.
        name: of the job or the environment; empty for the others.
    """

    kind: PlaceKind = PlaceKind.WINDOW
    name: str = ""

    @property
    def address(self) -> str:
        """The place as an address."""
        return SCHEME + self.kind.value + (f"/{self.name}" if self.name else "")


def read_place(address: str) -> Place | None:
    """Return the place of an address, None for one that leads nowhere; no address is the window."""
    if not address:
        return Place()
    if len(address) > MAX_ADDRESS or address[: len(SCHEME)].lower() != SCHEME:
        return None
    # Browsers and desktops put a slash behind the host, as they do for http.
    word, slash, name = address[len(SCHEME) :].removesuffix("/").partition("/")
    try:
        kind = PlaceKind(word.lower())
    except ValueError:
        return None
    if kind in (PlaceKind.JOB, PlaceKind.ENVIRONMENT):
        return Place(kind, name) if _NAME.fullmatch(name) else None
    return None if slash else Place(kind)
