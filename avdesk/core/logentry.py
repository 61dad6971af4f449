"""Cloud Logging's entries, read from loose JSON: what cannot be read is unknown, and nothing raises."""

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from hashlib import blake2b
from types import MappingProxyType

from avdesk.core import wire
from avdesk.core.logline import Severity, severity_of
from avdesk.core.text import one_line

MOST_LABELS = 64
LONGEST_LABEL = 300
LONGEST_TEXT = 1 << 20
"""Characters of one entry's text that are kept: Cloud Logging itself takes 256 KB an entry."""

NO_LABELS: Mapping[str, str] = MappingProxyType({})

_PAYLOADS = ("jsonPayload", "protoPayload")


@dataclass(frozen=True, slots=True)
class LogEntry:
    """One entry as Cloud Logging has it.

    Attributes:
        insert_id: unique among the entries of its log and time; None where there is none.
        log_name: ``projects/P/logs/workerpool0-0``.
        nanos: when it was written, Unix nanoseconds; None when not told.
        received: when Cloud Logging had it, Unix nanoseconds; None when not told.
        severity: as it came; DEFAULT for none and for an unknown one.
        resource: ``ml_job``, ``cloud_run_revision``, ``cloud_run_job``, or another type; empty for none.
        resource_labels: ``job_id``, ``service_name`` …
        labels: the entry's own.
        text: what it says, as it came: may hold secrets, line breaks and control characters.
        payload: the JSON payload; None for an entry that is mere text.
    """

    insert_id: str | None
    log_name: str
    nanos: int | None
    received: int | None
    severity: Severity
    resource: str
    resource_labels: Mapping[str, str]
    labels: Mapping[str, str]
    text: str
    payload: Mapping[str, object] | None = None

    @property
    def time(self) -> datetime | None:
        """When it was written (UTC); when it was received where that is not told."""
        return wire.time_of_nanos(self.nanos if self.nanos is not None else self.received)

    @property
    def order(self) -> tuple[int, str]:
        """Where it stands among others: by time, then by its id; one without a time stands at the end."""
        nanos = self.nanos if self.nanos is not None else self.received
        return (nanos if nanos is not None else 1 << 63, self.insert_id or "")

    def mark(self, twin: int = 0) -> int:
        """Return a number that tells entries apart, the same whenever the entry is read again.

        Without an insertId the content tells; `twin` counts the entries of one answer that are alike in all of it.
        """
        parts: tuple[object, ...] = (self.log_name, self.nanos, self.insert_id)
        if self.insert_id is None:
            shown = json.dumps(self.payload, sort_keys=True, default=str) if self.payload is not None else ""
            labels = sorted(self.resource_labels.items())
            parts = (*parts, self.received, int(self.severity), self.resource, labels, self.text, shown, twin)
        return int.from_bytes(blake2b(repr(parts).encode("utf-8", "replace"), digest_size=8).digest(), "big")


def read_entry(raw: object) -> LogEntry | None:
    """Return an entry; None for what is no object."""
    content = wire.as_object(raw)
    if not content:
        return None
    resource = wire.as_object(content.get("resource"))
    payload = next((wire.as_object(content[name]) for name in _PAYLOADS if wire.as_object(content.get(name))), None)
    return LogEntry(
        insert_id=_label(content.get("insertId")),
        log_name=_label(content.get("logName")) or "",
        nanos=wire.as_nanos(content.get("timestamp")),
        received=wire.as_nanos(content.get("receiveTimestamp")),
        severity=_severity(content),
        resource=_label(resource.get("type")) or "",
        resource_labels=_labels(resource.get("labels")),
        labels=_labels(content.get("labels")),
        text=_text(content)[:LONGEST_TEXT],
        payload=payload,
    )


def read_entries(raws: Iterable[object]) -> tuple[LogEntry, ...]:
    """Return the entries that can be read."""
    return tuple(entry for entry in map(read_entry, raws) if entry is not None)


def _severity(content: Mapping[str, object]) -> Severity:
    """Return the entry's severity; the program's own word for it, where its payload has one, is the truer one.

    Whatever a container writes to stderr comes as ERROR.
    """
    payload = wire.as_object(content.get("jsonPayload"))
    said = next(
        (severity_of(payload[name]) for name in ("levelname", "level", "severity") if payload.get(name)),
        Severity.DEFAULT,
    )
    came = severity_of(content.get("severity"))
    if said is not Severity.DEFAULT:
        return said
    text = content.get("textPayload")
    if came is Severity.ERROR and isinstance(text, str) and "\r" in text.strip("\r\n"):
        return Severity.INFO  # a progress bar, which only came by stderr
    return came


def _text(content: Mapping[str, object]) -> str:
    """Return what an entry says: its message, else its text, else what was called, else all of its payload."""
    payload = wire.as_object(content.get("jsonPayload"))
    message = payload.get("message")
    if isinstance(message, str) and message:
        return message
    if message is not None and message != "":
        return _compact(message)
    text = content.get("textPayload")
    if isinstance(text, str):
        return text
    if payload:
        return _compact(payload)
    called = wire.as_object(content.get("protoPayload"))
    status = wire.as_text(wire.as_object(called.get("status")).get("message"))
    words = [word for word in (wire.as_text(called.get("methodName")), status) if word]
    if words:
        return ": ".join(words)
    if called:
        return _compact(called)
    return _request(wire.as_object(content.get("httpRequest")))


def _request(request: Mapping[str, object]) -> str:
    names = ("requestMethod", "requestUrl", "status", "latency")
    return " ".join(word for name in names if (word := wire.as_text(request.get(name))))


def _compact(value: object) -> str:
    """Return a value as JSON, the same whichever way it came: gcloud sorts the keys."""
    try:
        return json.dumps(value, ensure_ascii=False, separators=(",", ":"), sort_keys=True, default=str)
    except (ValueError, RecursionError):
        return ""


def _labels(value: object) -> Mapping[str, str]:
    found = {
        one_line(name, LONGEST_LABEL): text
        for name, each in list(wire.as_object(value).items())[:MOST_LABELS]
        if (text := _label(each)) is not None
    }
    return MappingProxyType(found) if found else NO_LABELS


def _label(value: object) -> str | None:
    text = wire.as_text(value)
    return one_line(text, LONGEST_LABEL) if text is not None else None
