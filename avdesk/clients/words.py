"""What answers say in words, made harmless: the server's own explanation, limits, times to come back."""

import re
from datetime import UTC, datetime, timedelta

from avdesk.clients.reply import Reply
from avdesk.core import wire
from avdesk.core.errors import BadAnswerError
from avdesk.core.redact import redact
from avdesk.core.text import one_line

MAX_RETRY_AFTER_S = 24 * 3600.0
"""A server that asks for a longer pause is not believed."""

_KEYS = ("error", "message", "detail", "details", "description")
_LIMIT = re.compile(
    r"(\d{1,6})\s*(?:requests?|calls?|times?)?\s*(?:per|/|in|every|within|a|an)\s*(\d{1,6})?\s*"
    r"(ms|milliseconds?|s|secs?|seconds?|m|mins?|minutes?|h|hrs?|hours?|d|days?)\b",
    re.IGNORECASE,
)
_UNIT_S = {"s": 1.0, "m": 60.0, "h": 3600.0, "d": 86400.0}


def server_words(reply: Reply, limit: int = 300) -> str:
    """Return the answer's own explanation on one line and without secrets; empty for a web page or without one."""
    if reply.is_html:
        return ""
    try:
        body = wire.as_object(reply.json())
    except BadAnswerError:
        return ""
    said: list[str] = []
    for key in _KEYS:
        value = body.get(key)
        text = wire.as_text(value) or wire.as_text(wire.as_object(value).get("message"))
        if text and text not in said:
            said.append(text)
    return one_line(redact(": ".join(said)), limit)


def allowance(text: str) -> tuple[int | None, float | None]:
    """Return requests and window in seconds from a text as “Maximum 10 requests per 300 seconds”; None unknown."""
    match = _LIMIT.search(text)
    if match is None:
        return None, None
    count, amount, unit = int(match.group(1)), int(match.group(2) or 1), match.group(3).lower()
    milliseconds = unit == "ms" or unit.startswith("milli")
    window = amount * (0.001 if milliseconds else _UNIT_S[unit[0]])
    return (count, window) if count > 0 and window > 0 else (None, None)


def retry_after(reply: Reply, now: datetime | None = None) -> datetime | None:
    """Return when the answer allows the next request (UTC), by this machine's clock; None where it does not say.

    A Retry-After with a date is measured against the answer's own Date, so that differing clocks do no harm.
    """
    value = reply.headers.get("retry-after", "").strip()
    now = now or datetime.now(UTC)
    seconds = wire.as_number(value) if value else None
    if seconds is None:
        until = wire.as_http_date(value)
        if until is None:
            return None
        seconds = (until - (reply.date or now)).total_seconds()
    return now + timedelta(seconds=min(max(0.0, seconds), MAX_RETRY_AFTER_S))
