"""Entries of Cloud Logging, or of a server's own log, as lines of a book."""

from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta

from avdesk.core.jobs import JOB_ID
from avdesk.core.logentry import LogEntry
from avdesk.core.logformat import Zone, head_of, payload_of
from avdesk.core.logline import APP, BATCH_PREFIX, JOB_PREFIX, LogLine, Severity
from avdesk.core.logmask import masked, safe_cut
from avdesk.core.logtext import SHOWN, last_state, readable
from avdesk.i18n import ngettext
from avdesk.services.logs.job_names import JobNames

MOST_LINES = 2000
"""Lines of one entry that are kept: what a book takes for one entry."""

EXECUTION = "run.googleapis.com/execution_name"
_NAMED_WITHIN = 400
_NOT_EARLIER = timedelta(0)
_UTC = Zone(UTC)


def lines_of_entries(
    entries: Iterable[LogEntry], names: JobNames, *, earlier: timedelta = _NOT_EARLIER
) -> list[LogLine]:
    """Return the lines of entries, one entry after the other; `earlier`: by so much than the entries say."""
    return [line for entry in entries for line in _lines(entry, names, earlier)]


def _lines(entry: LogEntry, names: JobNames, earlier: timedelta) -> Iterator[LogLine]:
    # Masked as a whole first: a private key has many lines.
    pieces = list(_pieces(masked(entry.text.replace("\r\n", "\n").rstrip("\n"))))
    head = head_of(pieces[0], _UTC)
    severity = entry.severity
    if head is not None and head.severity is not Severity.DEFAULT:
        severity = head.severity  # the program's own word: Cloud Run knows none, and stderr is no error by itself
    source, job = _source(entry, names)
    time = _moved(entry.time, earlier)
    for place, piece in enumerate(pieces):
        text = readable(piece)
        begins = place == 0
        length = head.length if begins and head is not None else 0
        yield LogLine(
            number=0,
            time=time,
            severity=severity,
            source=source,
            text=text,
            job=job,
            payload=(entry.payload if entry.payload is not None else payload_of(piece)) if begins else None,
            insert_id=entry.insert_id,
            continuation=not begins,
            head=length if text[:length] == piece[:length] else 0,
        )


def _pieces(text: str) -> Iterator[str]:
    """Yield the lines of a text, those that are longer than can be shown in several pieces, at least one."""
    lines = text.split("\n")
    left = MOST_LINES
    for place, line in enumerate(lines):
        rest = last_state(line)
        while len(rest) > SHOWN and left > 1:
            cut = safe_cut(rest, SHOWN)
            yield rest[:cut]
            rest, left = rest[cut:], left - 1
        if left <= 1 and (place + 1 < len(lines) or len(rest) > SHOWN):
            more = len(lines) - place
            yield ngettext("… {count} more line", "… {count} more lines", more).format(count=more)
            return
        yield rest
        left -= 1


def _source(entry: LogEntry, names: JobNames) -> tuple[str, str | None]:
    """Return the source that an entry's lines bear, and the job that they are about."""
    if entry.resource == "ml_job":
        number = entry.resource_labels.get("job_id", "")
        return JOB_PREFIX + names.name(number), names.video_job(number)
    named = JOB_ID.search(entry.text, 0, _NAMED_WITHIN)
    job = named.group() if named is not None else None
    if entry.resource == "cloud_run_job":
        return BATCH_PREFIX + (entry.labels.get(EXECUTION) or entry.resource_labels.get("job_name", "")), job
    return APP, job


def _moved(time: datetime | None, earlier: timedelta) -> datetime | None:
    try:
        return time - earlier if time is not None and earlier else time
    except OverflowError:
        return time
