"""A clock that is wrong: shifts every time in an answer's body, and back again in what the client asks for."""

import dataclasses
import email.utils
import re
from datetime import datetime, timedelta
from email.utils import parsedate_to_datetime

from avdesk.emulator.exchange import Request

_ISO = re.compile(r"\b(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d)")
_HTTP_DATE = re.compile(r"\b(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d [A-Z][a-z]{2} \d{4} \d\d:\d\d:\d\d GMT")
_UNIX = re.compile(r'("timestamp": )(\d{9,11}(?:\.\d+)?)')


def shifted_text(text: str, seconds: float) -> str:
    """Return `text` with its ISO times, HTTP dates and Unix ``timestamp`` fields moved; fractions of seconds stay."""
    whole = round(seconds)
    if not whole:
        return text

    def iso(match: re.Match[str]) -> str:
        try:
            moment = datetime.fromisoformat(match.group(1)) + timedelta(seconds=whole)
        except (ValueError, OverflowError):
            return match.group()
        return moment.isoformat(timespec="seconds")

    def http_date(match: re.Match[str]) -> str:
        moment = parsedate_to_datetime(match.group()) + timedelta(seconds=whole)
        return email.utils.format_datetime(moment, usegmt=True)

    def unix(match: re.Match[str]) -> str:
        return f"{match.group(1)}{float(match.group(2)) + whole!r}"

    return _UNIX.sub(unix, _HTTP_DATE.sub(http_date, _ISO.sub(iso, text)))


def shifted_body(body: bytes, seconds: float) -> bytes:
    """Return a body with its times moved; one that is no UTF-8 text stays as it is."""
    try:
        return shifted_text(body.decode(), seconds).encode()
    except UnicodeDecodeError:
        return body


def shifted_request(request: Request, seconds: float) -> Request:
    """Return a request with the times in its query and body moved."""
    query = {name: shifted_text(value, seconds) for name, value in request.query.items()}
    return dataclasses.replace(request, query=query, body=shifted_body(request.body, seconds))
