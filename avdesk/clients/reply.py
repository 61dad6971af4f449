"""An HTTP answer as it came, and its JSON read with bounds."""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from avdesk.core.errors import BadAnswerError
from avdesk.i18n import _

MAX_DEPTH = 60
"""Levels of nested JSON that are read; the deepest honest answer has about ten."""

_STRING = re.compile(rb'"[^"\\]*+(?:\\.[^"\\]*+)*+"', re.DOTALL)
_NO_BRACKETS = bytes(c for c in range(256) if c not in b"[]{}")


@dataclass(frozen=True, slots=True)
class Timeouts:
    """How long a request may take, in seconds.

    Attributes:
        connect_s: name lookup and connection together, and each step of the TLS handshake.
        read_s: the longest silence while waiting for the answer.
        total_s: all of it, redirects and a trickling body included.
    """

    connect_s: float = 5.0
    read_s: float = 20.0
    total_s: float = 30.0


@dataclass(frozen=True, slots=True)
class Reply:
    """One answer, whatever its status.

    Attributes:
        status: the HTTP status code.
        headers: names in lower case.
        body: the bytes, decompressed.
        elapsed_s: from the start of the request to the last byte, seconds.
        date: the other side's clock by the Date header (UTC), None without a usable one.
    """

    status: int
    headers: Mapping[str, str]
    body: bytes
    elapsed_s: float
    date: datetime | None = None

    @property
    def ok(self) -> bool:
        """Whether the status is a 2xx."""
        return 200 <= self.status < 300

    @property
    def is_html(self) -> bool:
        """Whether the body is a web page, by its type or its first character."""
        return "html" in self.headers.get("content-type", "").lower() or self.body.lstrip()[:1] == b"<"

    def json(self, *, deepest: int = MAX_DEPTH) -> object:
        """Return the decoded body; NaN and Infinity, which are no JSON, read as None.

        `deepest`: levels of nesting that are read.

        Raises:
            BadAnswerError: a web page, no UTF-8, no JSON or cut off, nested too deeply.
        """
        return read_json(self.body, html=self.is_html, deepest=deepest)

    def object(self) -> Mapping[str, object]:
        """Return the decoded body of an interface that answers with objects alone: `[]` is no empty object.

        Raises:
            BadAnswerError: as `json` does, or the body is JSON of another kind.
        """
        decoded = self.json()
        if not isinstance(decoded, Mapping):
            raise BadAnswerError(
                _("The answer is JSON, but not what was asked for."),
                _("Check the address: another program may be answering there."),
            )
        return decoded


def read_json(body: bytes, *, html: bool = False, deepest: int = MAX_DEPTH) -> object:
    """Return the JSON of `body`, as `Reply.json` does."""
    if html:
        raise BadAnswerError(
            _("The answer is a web page, not data."),
            _("Check the address: a sign-in page or another program may be answering there."),
        )
    advice = _("Check the address, and the server's log for what went wrong.")
    if depth(body) > deepest:
        raise BadAnswerError(_("The answer is nested too deeply to be read."), advice)
    try:
        decoded: object = json.loads(body.decode("utf-8-sig"), parse_constant=_unknown)
    except UnicodeDecodeError:
        raise BadAnswerError(_("The answer is not UTF-8 text."), advice) from None
    except (ValueError, RecursionError):
        raise BadAnswerError(_("The answer is not valid JSON, or it is cut off."), advice) from None
    return decoded


def depth(body: bytes) -> int:
    """Return how deeply the brackets of a JSON text are nested, those inside of strings left out."""
    brackets = _STRING.sub(b"", body).translate(None, _NO_BRACKETS)
    level = deepest = 0
    for bracket in brackets:
        level += 1 if bracket in b"[{" else -1
        deepest = max(deepest, level)
    return deepest


def _unknown(constant: str) -> None:
    """Stand for NaN and the infinities, which Python writes and JSON does not know."""
    del constant
