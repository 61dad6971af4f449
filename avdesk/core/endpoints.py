"""What is known of the endpoints that not every revision of the server has."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta

from avdesk.core.actions import ActionKind

ABSENCE_COUNTS_FOR = timedelta(days=3)

JOB_CANCEL, JOB_RETRY, CANCEL = "/jobs/{id}/cancel", "/jobs/{id}/retry", "/cancel"
RESET, RENDER_VM = "/reset", "/render-fallback"


@dataclass(frozen=True, slots=True)
class Endpoints:
    """What is known of a server's endpoints.

    Attributes:
        server: whose they are: another address is another server.
        present: endpoint → whether it answered; `asked_at` when that was found.
    """

    server: str = ""
    present: Mapping[str, bool] = field(default_factory=dict)
    asked_at: Mapping[str, datetime] = field(default_factory=dict)

    def has(self, endpoint: str, now: datetime) -> bool | None:
        """Whether the server has an endpoint; None when that has to be asked."""
        found = self.present.get(endpoint)
        at = self.asked_at.get(endpoint)
        if found is False and (at is None or now - at > ABSENCE_COUNTS_FOR):
            return None
        return found

    def serves(self, kind: ActionKind, now: datetime) -> bool | None:
        """Whether the server itself does an action on a job; None when that has to be asked."""
        return self.has(JOB_RETRY if kind is ActionKind.RETRY else JOB_CANCEL, now)
