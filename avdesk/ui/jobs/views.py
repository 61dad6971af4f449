"""Saved views of the job table: queries with a name, AVDesk's own and the user's."""

import json
from collections.abc import Sequence
from dataclasses import dataclass

from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.ui.geometry import Store

KEY = "jobs/views"
MOST_VIEWS = 30
_LONGEST_NAME = 40
_LONGEST_QUERY = 1000


@dataclass(frozen=True, slots=True)
class SavedView:
    """A named query.

    Attributes:
        name: as its chip says.
        query: as it is typed.
        own: whether the user made it, so that it can be renamed and removed.
    """

    name: str
    query: str
    own: bool = False


def built_in() -> tuple[SavedView, ...]:
    """Return AVDesk's own views."""
    return (
        SavedView(_("All jobs"), ""),
        SavedView(_("Active"), "state:active"),
        SavedView(_("Failed this week"), "state:bad age<7d"),
        SavedView(_("All AutoVideo"), "kind:autovideo"),
        SavedView(_("Waited long"), "queued>15m age<7d"),
    )


class Views:
    """All views, the user's own kept in a store."""

    def __init__(self, store: Store | None = None) -> None:
        """Take up the views of `store`; without one, nothing is kept."""
        self._store = store
        self._own = _read(None if store is None else store.value(KEY))

    def all(self) -> tuple[SavedView, ...]:
        """Return all views, AVDesk's own first."""
        return (*built_in(), *self._own)

    def matching(self, query: str) -> SavedView | None:
        """Return the view that has this query, None without one."""
        wanted = " ".join(query.split())
        return next((view for view in self.all() if " ".join(view.query.split()) == wanted), None)

    def refusal(self, name: str, *, new: bool = False) -> str:
        """Return why a name cannot be taken for a view of one's own; empty when it can.

        A name that one's own view has is taken by replacing that one, unless it has to be `new`.
        """
        wanted = _named(name)
        known = any(view.name == wanted for view in self._own)
        if not wanted:
            return _("A view needs a name.")
        if any(view.name.casefold() == wanted.casefold() for view in built_in()):
            return _("AVDesk has a view of that name itself.")
        if new and known:
            return _("There is a view of that name already.")
        if not new and not known and len(self._own) >= MOST_VIEWS:
            return _("There are {count} views already. Remove one first.").format(count=MOST_VIEWS)
        return ""

    def save(self, name: str, query: str) -> bool:
        """Keep a view of one's own; return whether its name could be taken."""
        if self.refusal(name):
            return False
        view = SavedView(_named(name), query[:_LONGEST_QUERY], own=True)
        kept = {known.name: known for known in self._own} | {view.name: view}
        self._own = list(kept.values())
        self._keep()
        return True

    def rename(self, old: str, new: str) -> bool:
        """Rename a view of one's own; return whether the name could be taken."""
        if self.refusal(new, new=True):
            return False
        name = _named(new)
        self._own = [SavedView(name, view.query, own=True) if view.name == old else view for view in self._own]
        self._keep()
        return True

    def remove(self, name: str) -> None:
        """Remove a view of one's own."""
        self._own = [view for view in self._own if view.name != name]
        self._keep()

    def _keep(self) -> None:
        if self._store is not None:
            kept = [{"name": view.name, "query": view.query} for view in self._own]
            self._store.setValue(KEY, json.dumps(kept, ensure_ascii=False))


def _read(text: object) -> list[SavedView]:
    """Return the views that were kept; what cannot be read is left out."""
    try:
        found = json.loads(text) if isinstance(text, str) else []
    except (ValueError, RecursionError):
        return []
    views: list[SavedView] = []
    for each in found if isinstance(found, list) else []:
        name, query = (each.get("name"), each.get("query")) if isinstance(each, dict) else (None, None)
        if isinstance(name, str) and isinstance(query, str) and _named(name):
            views.append(SavedView(_named(name), query[:_LONGEST_QUERY], own=True))
    return _without_doubles(views)[:MOST_VIEWS]


def _without_doubles(views: Sequence[SavedView]) -> list[SavedView]:
    return list({view.name: view for view in views}.values())


def _named(name: str) -> str:
    return one_line(name, _LONGEST_NAME).strip()
