"""Answers with the look of the server's framework: sorted JSON, HTML error pages, its ways of writing times."""

import email.utils
import json
from datetime import UTC, datetime

from avdesk.emulator.exchange import Answer
from avdesk.emulator.joblog import timezone_of

_PAGE = "<!doctype html>\n<html lang=en>\n<title>{code} {name}</title>\n<h1>{name}</h1>\n<p>{text}</p>\n"
_PAGES = {
    400: ("Bad Request", "The browser (or proxy) sent a request that this server could not understand."),
    404: (
        "Not Found",
        (
            "The requested URL was not found on the server. If you entered the URL manually please check your "
            "spelling and try again."
        ),
    ),
    405: ("Method Not Allowed", "The method is not allowed for the requested URL."),
    415: ("Unsupported Media Type", "The server does not support the media type transmitted in the request."),
    500: (
        "Internal Server Error",
        (
            "The server encountered an internal error and was unable to complete your request. Either the server "
            "is overloaded or there is an error in the application."
        ),
    ),
    503: (
        "Service Unavailable",
        (
            "The server is temporarily unable to service your request due to maintenance downtime or capacity "
            "problems. Please try again later."
        ),
    ),
}


def json_answer(status: int, content: object) -> Answer:
    """Return JSON as Flask writes it: keys sorted, ASCII only, a line break at the end."""
    return Answer(status, (json.dumps(content, sort_keys=True) + "\n").encode())


def page(status: int, headers: dict[str, str] | None = None) -> Answer:
    """Return the framework's HTML page for an error."""
    name, text = _PAGES.get(status, (f"Error {status}", "The request could not be answered."))
    body = _PAGE.format(code=status, name=name, text=text)
    return Answer(status, body.encode(), "text/html; charset=utf-8", headers or {})


def naive_local(moment: float, utc_offset_s: float) -> str:
    """Return the server's wall clock in ISO form, without a zone."""
    return (
        datetime.fromtimestamp(moment, timezone_of(utc_offset_s))
        .replace(tzinfo=None)
        .isoformat(timespec="microseconds")
    )


def mislabelled_date(moment: float, utc_offset_s: float) -> str:
    """Return the server's wall clock as an HTTP date, which says GMT though it is local time."""
    return email.utils.formatdate(int(moment) + utc_offset_s, usegmt=True)


def vertex_time(moment: float | None) -> str:
    """Return a time as Vertex AI writes it, ``""`` for None: the server's way to say unknown."""
    if moment is None:
        return ""
    return datetime.fromtimestamp(moment, UTC).strftime("%Y-%m-%dT%H:%M:%S.%fZ")
