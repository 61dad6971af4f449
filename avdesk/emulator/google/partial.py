"""Partial responses: ``fields=nextPageToken,customJobs(name,error/code)``."""

from collections.abc import Mapping
from dataclasses import dataclass, field

from avdesk.emulator.google.envelope import ApiError, bad_request

_MAX_LENGTH = 4000
_MAX_DEPTH = 20
_PUNCTUATION = "(),/"


@dataclass(slots=True)
class Selection:
    """Which members of an object to keep.

    Attributes:
        children: the members chosen by name, ``*`` for all.
        whole: whether everything at this place is chosen, whatever else is.
    """

    children: dict[str, "Selection"] = field(default_factory=dict)
    whole: bool = False

    def apply(self, content: object) -> object:
        """Return `content` with only what is selected; arrays are looked into."""
        if self.whole:
            return content
        if isinstance(content, list):
            return [self.apply(each) for each in content]
        if not isinstance(content, Mapping):
            return content
        everything = self.children.get("*")
        kept: dict[str, object] = {}
        for name, value in content.items():
            chosen = self.children.get(name, everything)
            if chosen is not None:
                part = chosen.apply(value)
                if part != {} or value == {}:
                    kept[name] = part
        return kept


def parse_fields(text: str) -> Selection:
    """Return the selection that a ``fields`` parameter asks for.

    Raises ApiError (400) when it cannot be read.
    """
    if len(text) > _MAX_LENGTH:
        raise bad_request("Invalid field selection: too long", "fields")
    tokens = _tokens(text)
    root = Selection()
    end = _read_list(tokens, 0, root, text, depth=0)
    if end != len(tokens):
        raise _invalid(text)
    return root


def _tokens(text: str) -> list[str]:
    tokens: list[str] = []
    word = ""
    for char in text:
        if char in _PUNCTUATION:
            tokens += [word, char] if word else [char]
            word = ""
        elif char.isalnum() or char in "_*@-.":
            word += char
        elif not char.isspace():
            raise _invalid(text)
    return [*tokens, word] if word else tokens


def _read_list(tokens: list[str], at: int, parent: Selection, text: str, *, depth: int) -> int:
    """Read ``a,b/c,d(…)`` into `parent` and return the index behind it."""
    if depth > _MAX_DEPTH:
        raise _invalid(text)
    while True:
        at = _read_path(tokens, at, parent, text, depth=depth)
        if at >= len(tokens) or tokens[at] != ",":
            return at
        at += 1


def _read_path(tokens: list[str], at: int, parent: Selection, text: str, *, depth: int) -> int:
    node = parent
    while True:
        if at >= len(tokens) or tokens[at] in _PUNCTUATION:
            raise _invalid(text)
        node = node.children.setdefault(tokens[at], Selection())
        at += 1
        if at < len(tokens) and tokens[at] == "/":
            at += 1
            continue
        if at < len(tokens) and tokens[at] == "(":
            at = _read_list(tokens, at + 1, node, text, depth=depth + 1)
            if at >= len(tokens) or tokens[at] != ")":
                raise _invalid(text)
            return at + 1
        node.whole = True
        return at


def _invalid(text: str) -> ApiError:
    return bad_request(f"Invalid field selection {text[:100]}", "fields")
