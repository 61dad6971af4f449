"""The emulated Cloud Logging's memory: entries come in when they are received, which may be late."""

import dataclasses
import heapq
import itertools
import random
from collections.abc import Mapping, Sequence

from avdesk.emulator.records import LogRecord

MAX_ENTRIES = 200_000
"""Entries kept; beyond it the oldest tenth goes."""


class LogBook:
    """Every entry of the project.

    Entries may be written ahead of their time: they are not seen before they are received, and what a job
    would have written after it was cancelled is taken back by `withdraw`.
    """

    def __init__(self, rng: random.Random) -> None:
        self._rng = rng
        self._order = itertools.count()
        self._coming: list[tuple[float, int, LogRecord]] = []
        self._received: list[LogRecord] = []

    def write(
        self,
        resource_type: str,
        resource_labels: Mapping[str, str],
        log_name: str,
        content: str | Mapping[str, object],
        *,
        timestamp: float,
        severity: str = "DEFAULT",
        delay_s: float | None = None,
        labels: Mapping[str, str] | None = None,
        again_after_s: float | None = None,
    ) -> None:
        """Enter one line, received `delay_s` after its timestamp (by default a fraction of a second).

        With `again_after_s` it is received once more so much later: the same entry by its id and time, which Cloud
        Logging does not always recognise.
        """
        delay = self._rng.uniform(0.05, 0.6) if delay_s is None else delay_s
        record = LogRecord(
            insert_id=f"{self._rng.getrandbits(64):016x}",
            timestamp=timestamp,
            received=timestamp + delay,
            severity=severity,
            resource_type=resource_type,
            resource_labels=resource_labels,
            log_name=log_name,
            text=content if isinstance(content, str) else None,
            json=None if isinstance(content, str) else content,
            labels=labels or {},
        )
        self._send(record)
        if again_after_s is not None:
            self._send(dataclasses.replace(record, received=record.received + again_after_s))

    def _send(self, record: LogRecord) -> None:
        heapq.heappush(self._coming, (record.received, next(self._order), record))

    def withdraw(self, job_number: str, after: float) -> None:
        """Take back what the job would have written after a moment."""
        self._coming = [
            entry
            for entry in self._coming
            if entry[2].timestamp <= after or entry[2].resource_labels.get("job_id") != job_number
        ]
        heapq.heapify(self._coming)

    def received(self, now: float) -> Sequence[LogRecord]:
        """Return what was received by `now`, in that order."""
        while self._coming and self._coming[0][0] <= now:
            self._received.append(heapq.heappop(self._coming)[2])
        if len(self._received) > MAX_ENTRIES:
            del self._received[: MAX_ENTRIES // 10]
        return self._received
