"""Regular expressions as Cloud Logging has them (RE2), on Python's engine, which could otherwise hang on some."""

import re

from avdesk.emulator.google.envelope import ApiError, bad_request

_MAX_LENGTH = 1000
_MAX_REPEATS = 12
_ESCAPED = re.compile(r"\\(.)", re.DOTALL)
_CLASS = re.compile(r"\[\^?\]?[^\]]*\]")
_FOREIGN = re.compile(r"\(\?(?:[=!>(#]|<[=!]|P=|P>)|[*+?}]\+")
_AMBIGUOUS_CLASS = re.compile(r"\[|--|&&|~~|\|\|")
_REPEAT = re.compile(r"[*+{]")


def compile_pattern(text: str) -> re.Pattern[str]:
    """Return the compiled pattern.

    Raises ApiError (400) for what RE2 does not know, and for patterns that backtracking may take for ever on.
    """
    if len(text) > _MAX_LENGTH:
        raise _invalid(text, "too long")
    escapes = set(_ESCAPED.findall(text))
    if escapes & set("123456789"):
        raise _invalid(text, "back references are not supported")
    bare = _ESCAPED.sub("x", text)
    if any(_AMBIGUOUS_CLASS.search(found[1:-1]) for found in _CLASS.findall(bare)):
        raise _invalid(text, "this character class is not supported here")
    bare = _CLASS.sub("x", bare)
    if _FOREIGN.search(bare):
        raise _invalid(text, "invalid or unsupported Perl syntax")
    if len(_REPEAT.findall(bare)) > _MAX_REPEATS or _repeats_within_repeats(bare):
        raise _invalid(text, "too complex for this emulator")
    try:
        return re.compile(text)
    except (re.error, OverflowError, RecursionError) as error:
        raise _invalid(text, str(error)) from None


def _repeats_within_repeats(bare: str) -> bool:
    """Return whether a repeated group holds a repetition or a choice, where backtracking can explode."""
    groups = [False]  # for each open group, the whole pattern first: whether such a thing was in it
    for index, char in enumerate(bare):
        if char == "(":
            groups.append(False)
        elif char == ")" and len(groups) > 1:
            risky = groups.pop()
            if risky and bare[index + 1 : index + 2] in ("*", "+", "{"):
                return True
            groups[-1] |= risky
        elif char in "*+{|":
            groups[-1] = True
    return False


def _invalid(text: str, why: str) -> ApiError:
    return bad_request(f"Unparseable filter: invalid regular expression {text[:80]!r}: {why}", "filter")
