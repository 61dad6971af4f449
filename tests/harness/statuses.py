"""Answers of ``/status`` as the two observed revisions give them, and looks at them."""

from collections.abc import Iterable, Mapping
from datetime import UTC, datetime, timedelta

from avdesk.core.follow import follow
from avdesk.core.run import Look, Run
from avdesk.core.snapshot import Reach, ServerView, Snapshot
from avdesk.core.status import ServerStatus, read_status

START = datetime(2026, 11, 23, 21, 0, 0, tzinfo=UTC)


def at(seconds: float) -> datetime:
    """Return the moment so many seconds after `START`."""
    return START + timedelta(seconds=seconds)


def body(
    text: str,
    *,
    on: bool,
    phase: str | None = None,
    elapsed: float | None = None,
    times: Mapping[str, float] | None = None,
    total: float | None = None,
    initialized: bool = True,
    wall: str | None = None,
    **more: object,
) -> dict[str, object]:
    """Return the body of one answer."""
    return {
        "is_generating": on,
        "is_initialized": initialized,
        "last_generation_status": text,
        "last_generation_time": wall,
        "timing_metrics": {
            "current_phase": phase,
            "current_phase_duration": elapsed,
            "phase_times": dict(times or {}),
            "total_duration": total,
        },
        **more,
    }


class Follower:
    """Follows a server through one look after the other, as the monitor does."""

    def __init__(self, zone_offset_s: float | None = None) -> None:
        self.run: Run | None = None
        self.status: ServerStatus | None = None
        self.snapshots: list[Snapshot] = []
        self._zone = zone_offset_s

    def look(self, seconds: float, answer: Mapping[str, object]) -> Run | None:
        """Take one look, so many seconds after `START`."""
        status = read_status(answer)
        self.run = follow(self.run, Look(status, at(seconds), self._zone), self.status)
        self.status = status
        server = ServerView(Reach.YES, at(0), at(seconds), status, at(seconds))
        self.snapshots.append(Snapshot("dev", at(seconds), server=server, run=self.run))
        return self.run

    @property
    def runs(self) -> list[str]:
        """The ids of the runs that were seen, in order, once each."""
        ids: Iterable[str] = (snapshot.run.id for snapshot in self.snapshots if snapshot.run is not None)
        return list(dict.fromkeys(ids))
