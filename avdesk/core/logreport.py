"""A log entry as a JSON object: what `logs tail --json`, `logs search --json` and exports write."""

from collections.abc import Mapping, Sequence

from avdesk.core.logline import LogLine, Severity
from avdesk.core.logmask import masked_payload
from avdesk.core.logtext import without_colours
from avdesk.core.wire import rfc3339


def entry_report(lines: Sequence[LogLine]) -> Mapping[str, object]:
    """Return the report of one entry: its first line and those that continue it.

    ``time``
        when it was written, RFC 3339 in UTC with ``Z``; null when not known.
    ``severity``
        ``DEBUG``, ``INFO``, ``NOTICE``, ``WARNING``, ``ERROR``, ``CRITICAL``, ``ALERT`` or ``EMERGENCY``; null when
        the entry does not say.
    ``source``
        ``app``, ``job:<video-job-…>``, ``batch:<execution>``, ``file:<path>`` or ``avdesk``.
    ``job``
        the ``video-job-…`` that it is about; null when not known.
    ``text``
        what it says, of several lines where it has them, secrets masked, without colours.
    ``payload``
        the JSON object that it holds, secrets masked; null without one.
    ``insert_id``
        what Cloud Logging calls it; null elsewhere.
    """
    head = lines[0]
    return {
        "time": rfc3339(head.time),
        "severity": None if head.severity is Severity.DEFAULT else head.severity.name,
        "source": head.source,
        "job": head.job,
        "text": "\n".join(without_colours(line.text) for line in lines),
        "payload": None if head.payload is None else masked_payload(head.payload),
        "insert_id": head.insert_id,
    }
