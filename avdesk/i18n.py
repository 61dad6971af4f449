"""Translated text for people: one gettext catalogue for window and terminal.

Every text that a person reads goes through `_`, `ngettext` or `pgettext` at the moment it is shown, as a whole
literal with named ``{placeholders}`` filled in afterwards. Nothing is looked up until `install` is called;
until then the English originals are returned.
"""

import gettext as _gettext
from pathlib import Path

DOMAIN = "avdesk"
PSEUDO_LOCALE = "qps"
"""A made-up language that marks and lengthens every text, to find the forgotten and the cut off ones."""

_PSEUDO_LETTERS = str.maketrans(
    "AEIOUYaeiouyCcDdGgKkLlNnSsTtZz",
    "ÅÉÎÖÛÝåéîöûýÇçÐðĜĝĶķĻļÑñŠšŢţŽž",
)


class PseudoTranslations(_gettext.NullTranslations):
    """Turns ``Check now`` into ``⟦Çĥéçķ ñöŵ ···⟧``: readable, marked at both ends and a third longer."""

    def gettext(self, message: str) -> str:
        """Return the marked form of one text."""
        return pseudo(message) if message else message

    def ngettext(self, msgid1: str, msgid2: str, n: int) -> str:
        """Return the marked form of the text for `n`."""
        return pseudo(msgid1 if n == 1 else msgid2)

    def pgettext(self, context: str, message: str) -> str:
        """Return the marked form of a text; its context only tells translators which one is meant."""
        del context
        return pseudo(message)


class _Installed:
    """The translations in force in this process."""

    current: _gettext.NullTranslations = _gettext.NullTranslations()


def pseudo(message: str) -> str:
    """Return the pseudo-locale's form of `message`, with ``{placeholders}`` left as they are."""
    parts: list[str] = []
    rest = message
    while rest:
        text, brace, rest = rest.partition("{")
        parts.append(text.translate(_PSEUDO_LETTERS))
        if brace:
            name, close, rest = rest.partition("}")
            parts.append(brace + name + close)
    padding = "·" * max(1, len(message) // 3)
    return f"⟦{''.join(parts)} {padding}⟧"


def install(language: str | None, catalogues: Path | None = None) -> None:
    """Use the catalogue of `language` (``de``, ``qps``; None: English as written) from the folder `catalogues`.

    A language without a catalogue falls back to English; that is no error.
    """
    if language == PSEUDO_LOCALE:
        _Installed.current = PseudoTranslations()
    elif language is None or catalogues is None:
        _Installed.current = _gettext.NullTranslations()
    else:
        _Installed.current = _gettext.translation(DOMAIN, catalogues, [language], fallback=True)


def _(message: str) -> str:
    """Return `message` in the user's language."""
    return _Installed.current.gettext(message)


def ngettext(singular: str, plural: str, n: int) -> str:
    """Return the form of a text that fits the count `n`, in the user's language."""
    return _Installed.current.ngettext(singular, plural, n)


def pgettext(context: str, message: str) -> str:
    """Return `message` in the user's language, where `context` says which of its meanings is meant."""
    return _Installed.current.pgettext(context, message)
