"""The audit list: who did what, when, to what, and what came of it. Kept for years, exported at will."""

import csv
import getpass
import io
import json
from collections.abc import Iterable, Sequence
from dataclasses import replace
from types import MappingProxyType

from avdesk.core import wire
from avdesk.core.actions import ActionRecord
from avdesk.core.redact import redact
from avdesk.core.report import JsonObject
from avdesk.core.text import clean
from avdesk.store.memory import Memory

MOST = 100_000
_FORMULA = ("=", "+", "-", "@", "\t", "\r")
"""How a cell begins that a spreadsheet would take for a formula."""


class Audit:
    """The list, over what is remembered. Belongs to the memory's thread."""

    def __init__(self, memory: Memory) -> None:
        """Keep the list in `memory`."""
        self._memory = memory

    def add(self, record: ActionRecord) -> ActionRecord:
        """Write an action down as it stands, secrets masked; return it as written.

        A later state of the same action takes its place.
        """
        masked = masked_record(record)
        self._memory.add_action(masked)
        return masked

    def records(self, limit: int = 1000, environment: str | None = None) -> tuple[ActionRecord, ...]:
        """Return the most recent actions, of one environment or (None) of all, newest first."""
        return self._memory.actions(min(limit, MOST), environment)


def masked_record(record: ActionRecord) -> ActionRecord:
    """Return a record of which every text is made harmless and shows no secret."""
    request = record.request
    parameters = {clean(key, 60): redact(clean(value)) for key, value in request.parameters.items()}
    return replace(
        record,
        request=replace(request, parameters=MappingProxyType(parameters)),
        who=clean(record.who, 100),
        detail=redact(clean(record.detail)),
        advice=redact(clean(record.advice)),
    )


def who() -> str:
    """Return the name of the user of this machine; empty where the system knows none."""
    try:
        return clean(getpass.getuser(), 100)
    except (OSError, KeyError, ImportError):
        return ""


def record_report(record: ActionRecord) -> JsonObject:
    """Return a record for the outside: every key always there, unknown null."""
    request = record.request
    return {
        "id": request.id,
        "action": request.kind.value,
        "environment": request.environment,
        "job_id": request.job_id or None,
        "region": request.region or None,
        "number": request.number or None,
        "parameters": dict(request.parameters),
        "who": record.who or None,
        "via": record.via,
        "asked_at": wire.rfc3339(record.asked_at),
        "changed_at": wire.rfc3339(record.changed_at),
        "state": record.state.value,
        "detail": record.detail or None,
        "advice": record.advice or None,
        "new_job_id": record.new_job_id or None,
    }


def as_json_lines(records: Iterable[ActionRecord]) -> str:
    """Return one JSON object a line."""
    return "".join(json.dumps(record_report(masked_record(each)), ensure_ascii=False) + "\n" for each in records)


def as_csv(records: Sequence[ActionRecord]) -> str:
    """Return a table with a line of names; no cell begins as a spreadsheet's formula does."""
    text = io.StringIO()
    rows = [record_report(masked_record(record)) for record in records]
    writer = csv.writer(text)
    names = list(rows[0]) if rows else list(_NAMES)
    writer.writerow(names)
    for row in rows:
        writer.writerow([cell(row[name]) for name in names])
    return text.getvalue()


_NAMES = ("id", "action", "environment", "job_id", "who", "asked_at", "state", "detail")


def cell(value: object) -> str:
    """Return a value as a cell of a table that no spreadsheet takes for a formula."""
    if value is None:
        return ""
    text = json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else str(value)
    return f"'{text}" if text.startswith(_FORMULA) else text
