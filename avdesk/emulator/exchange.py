"""One HTTP request and its answer, as the emulator's parts pass them on."""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field


@dataclass(frozen=True, slots=True)
class Request:
    """A request as it came.

    Attributes:
        method: ``GET``, ``POST``, …
        path: percent-decoded path without the query, never with the scheme and host of an absolute-form request.
        query: the first value of each query parameter.
        headers: names in lower case.
        body: the raw bytes.
        host: host of an absolute-form request or of the Host header, without the port.
        client: the client's address.
    """

    method: str
    path: str
    query: Mapping[str, str]
    headers: Mapping[str, str]
    body: bytes
    host: str
    client: str

    def json(self) -> object:
        """Return the decoded body, None when it is empty or no JSON."""
        try:
            decoded: object = json.loads(self.body)
        except (ValueError, RecursionError):
            return None
        return decoded


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer to send in one write.

    Attributes:
        status: the HTTP status code.
        body: the bytes.
        content_type: the Content-Type header.
        headers: any others.
    """

    status: int
    body: bytes
    content_type: str = "application/json"
    headers: Mapping[str, str] = field(default_factory=dict)

    @classmethod
    def of_json(cls, status: int, content: object) -> "Answer":
        """Return an answer whose body is `content` as JSON."""
        return cls(status, json.dumps(content, ensure_ascii=False).encode())
