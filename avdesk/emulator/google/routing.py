"""How the parts name what they answer."""

import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from avdesk.emulator.exchange import Request

Handler = Callable[[Request, Mapping[str, str]], object]
"""Takes the request and the named groups of its path; returns the JSON of a 200, or raises ApiError."""


@dataclass(frozen=True, slots=True)
class Route:
    """One method and path.

    Attributes:
        method: ``GET``, ``POST``, ….
        pattern: matches the whole decoded path; its named groups go to the handler.
        handler: answers it.
    """

    method: str
    pattern: re.Pattern[str]
    handler: Handler


def route(method: str, pattern: str, handler: Handler) -> Route:
    """Return a route; in `pattern`, ``{name}`` stands for one path segment without a colon."""
    return Route(method, re.compile(re.sub(r"\{(\w+)\}", r"(?P<\1>[^/:]{1,200})", pattern)), handler)
