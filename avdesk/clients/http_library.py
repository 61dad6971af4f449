"""requests without its guessing of text encodings: every module here takes it from this one.

requests imports charset_normalizer, with a dozen codec libraries, to guess the encoding of a text whose server names
none. Nobody here asks it to: bodies are JSON or text in UTF-8. It works without, in a way of its own, but complains
once.
"""

import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager
from types import ModuleType
from typing import cast

_GUESSERS = ("charset_normalizer", "chardet")
_COMPLAINT = "Unable to find acceptable character detection dependency"


@contextmanager
def _without(*names: str) -> Iterator[None]:
    """Let imports of these modules fail until the end of the block, those apart that have been imported before."""
    modules = cast("dict[str, ModuleType | None]", sys.modules)  # None is how Python is told of "not there"
    hidden = [name for name in names if name not in modules]
    modules.update(dict.fromkeys(hidden))
    try:
        yield
    finally:
        for name in hidden:
            del modules[name]


warnings.filterwarnings("ignore", _COMPLAINT)
with _without(*_GUESSERS):
    import requests
    import requests.adapters
    import requests.exceptions
    import requests.utils

__all__ = ["requests"]
