"""Searches with a name: those for the failures that AutoVideo's users meet, and the user's own."""

import json
from dataclasses import dataclass

from avdesk.core.failure_searches import ALL_FAILURES, FAILURE_SEARCHES
from avdesk.core.logsearch import LONGEST, Case, Wanted
from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.ui.geometry import Store

KEY = "logs/searches"
MOST_SEARCHES = 30
_LONGEST_NAME = 60


@dataclass(frozen=True, slots=True)
class SavedSearch:
    """A search with a name; `own`: the user made it."""

    name: str
    wanted: Wanted
    own: bool = False


def predefined() -> tuple[SavedSearch, ...]:
    """Return AVDesk's own searches."""
    every = SavedSearch(_("Any known failure"), Wanted(ALL_FAILURES, regex=True, case=Case.INSENSITIVE))
    known = (
        SavedSearch(search.title(), Wanted(search.pattern, regex=True, case=Case.INSENSITIVE))
        for search in FAILURE_SEARCHES
    )
    return (every, *known)


class Searches:
    """The user's own searches, kept in a store."""

    def __init__(self, store: Store | None = None) -> None:
        """Take up what was kept; without a store nothing is."""
        self._store = store
        self._own = _read(None if store is None else store.value(KEY))

    def own(self) -> tuple[SavedSearch, ...]:
        """Return the user's own."""
        return tuple(self._own)

    def refusal(self, name: str) -> str:
        """Return why a name cannot be taken; empty when it can. A name that is known is taken anew."""
        wanted = _named(name)
        if not wanted:
            return _("A search needs a name.")
        if all(search.name != wanted for search in self._own) and len(self._own) >= MOST_SEARCHES:
            return _("There are {count} searches already. Remove one first.").format(count=MOST_SEARCHES)
        return ""

    def save(self, name: str, wanted: Wanted) -> None:
        """Keep a search under a name, in the place of an earlier one of that name."""
        if self.refusal(name):
            return
        kept = {search.name: search for search in self._own}
        kept[_named(name)] = SavedSearch(_named(name), wanted, own=True)
        self._own = list(kept.values())
        self._keep()

    def remove(self, name: str) -> None:
        """Forget a search."""
        self._own = [search for search in self._own if search.name != name]
        self._keep()

    def _keep(self) -> None:
        if self._store is not None:
            kept = [
                {
                    "name": search.name,
                    "text": search.wanted.text,
                    "regex": search.wanted.regex,
                    "case": search.wanted.case.value,
                }
                for search in self._own
            ]
            self._store.setValue(KEY, json.dumps(kept, ensure_ascii=False))


def _read(text: object) -> list[SavedSearch]:
    try:
        found = json.loads(text) if isinstance(text, str) else []
    except (ValueError, RecursionError):
        return []
    searches: dict[str, SavedSearch] = {}
    for each in found if isinstance(found, list) else []:
        search = _read_one(each) if isinstance(each, dict) else None
        if search is not None:
            searches[search.name] = search
    return list(searches.values())[:MOST_SEARCHES]


def _read_one(kept: dict[str, object]) -> SavedSearch | None:
    name, text = kept.get("name"), kept.get("text")
    if not isinstance(name, str) or not isinstance(text, str) or not _named(name) or not 0 < len(text) <= LONGEST:
        return None
    case = Case(kept["case"]) if kept.get("case") in {each.value for each in Case} else Case.SMART
    return SavedSearch(_named(name), Wanted(text, regex=kept.get("regex") is True, case=case), own=True)


def _named(name: str) -> str:
    return one_line(name, _LONGEST_NAME).strip()
