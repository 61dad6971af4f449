"""What goes up from a poller."""

from dataclasses import dataclass

from avdesk.core.events import Event
from avdesk.core.snapshot import Snapshot


@dataclass(frozen=True, slots=True)
class Told:
    """What a poller tells.

    Attributes:
        environment: of which environment.
        snapshot: as it is known now.
        events: what happened since the last one, oldest first.
        crash: AVDesk's own fault that kept it from asking, one redacted line; empty when there was none.
    """

    environment: str
    snapshot: Snapshot
    events: tuple[Event, ...] = ()
    crash: str = ""
