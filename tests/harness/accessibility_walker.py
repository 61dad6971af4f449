"""What a screen reader sees, as JSON on standard output. Run with Debian's own Python, which has pyatspi.

``accessibility_walker.py tree APP [ROLE]`` prints the tree of one application (of all of them where APP is empty),
without what lies below nodes of ROLE;
``… press|select|focus APP ROLE NAME`` and ``… type APP ROLE NAME TEXT`` act on the first that fits and can be seen.
NAME may be ``Container › Name``: the first that fits inside the first of that name.
``… column APP ROLE NAME NUMBER`` prints the texts of a table's column, those that must be scrolled to too.
Exit code 3: nothing fits. Role and name have to be exactly so; an empty role stands for any.
"""

import json
import sys
from typing import Any

import pyatspi  # type: ignore[import-not-found]  # Debian's Python has it, the project's doesn't
from gi.repository import GLib  # type: ignore[import-not-found]  # as pyatspi

DEPTH = 60
NODES = 5_000
ROWS = 500
PRESSING = ("press", "click", "activate", "toggle", "jump", "showmenu")
NOTHING_FITS = 3
WITHIN = " › "


class Walk:
    """Goes through the tree, boundedly."""

    def __init__(self, closed: str = "") -> None:
        """Start with nothing visited; below a node of the role `closed` nothing will be."""
        self.left = NODES
        self.closed = closed

    def children(self, node: Any) -> list[Any]:  # noqa: ANN401 - pyatspi has no types
        """Return what is there of a node's children; they may go away while one looks."""
        found = []
        for index in range(min(node.childCount, self.left)):
            try:
                child = node.getChildAtIndex(index)
            except LookupError:
                continue
            if child is not None:
                found.append(child)
        return found

    def describe(self, node: Any, depth: int = 0) -> dict[str, object]:  # noqa: ANN401
        """Return one node with everything below it."""
        self.left -= 1
        role = node.getRoleName()
        children = self.children(node) if depth < DEPTH and self.left > 0 and role != self.closed else []
        return {
            "role": role,
            "name": node.name,
            "description": node.description,
            "states": sorted(pyatspi.stateToString(state) for state in node.getState().getStates()),
            "text": text_of(node),
            "actions": actions_of(node),
            "children": self.describe_all(children, depth + 1),
        }

    def describe_all(self, nodes: list[Any], depth: int) -> list[dict[str, object]]:
        """Return the nodes that are still there when one comes to them."""
        found = []
        for node in nodes:
            try:
                found.append(self.describe(node, depth))
            except GLib.GError:  # the program took it away meanwhile
                continue
        return found

    def find(self, node: Any, role: str, name: str, depth: int = 0) -> Any:  # noqa: ANN401
        """Return the first node that fits and can be seen, or None."""
        self.left -= 1
        if node.name == name and role in {"", node.getRoleName()} and node.getState().contains(pyatspi.STATE_SHOWING):
            return node
        for child in self.children(node) if depth < DEPTH and self.left > 0 else []:
            found = self.find(child, role, name, depth + 1)
            if found is not None:
                return found
        return None


def text_of(node: Any) -> str | None:  # noqa: ANN401
    """Return the text that a node holds beside its name; None where it can hold none."""
    try:
        content = node.queryText()
    except NotImplementedError:
        return None
    return str(content.getText(0, content.characterCount))


def actions_of(node: Any) -> list[str]:  # noqa: ANN401
    """Return the names of what can be done with a node."""
    try:
        actions = node.queryAction()
    except NotImplementedError:
        return []
    return [actions.getName(index) for index in range(actions.nActions)]


def act(verb: str, node: Any, text: str) -> bool:  # noqa: ANN401
    """Do something with a node; False where it can't be done."""
    if verb == "focus":
        return bool(node.queryComponent().grabFocus())
    if verb == "select":
        return bool(node.parent.querySelection().selectChild(node.getIndexInParent()))
    if verb == "type":
        return bool(node.queryEditableText().setTextContents(text))
    names = [name.lower().replace(" ", "") for name in actions_of(node)]
    for wanted in PRESSING:
        if wanted in names:
            return bool(node.queryAction().doAction(names.index(wanted)))
    return False


def column_of(node: Any, column: int) -> list[str]:  # noqa: ANN401
    """Return the names of the cells of one column, as far as they are there when one comes to them."""
    table = node.queryTable()
    found = []
    for row in range(min(table.nRows, ROWS)):
        try:
            found.append(str(table.getAccessibleAt(row, column).name))
        except (AttributeError, LookupError, GLib.GError):
            continue
    return found


def applications(name: str) -> list[Any]:
    """Return the applications of this name, or all of them."""
    desktop = pyatspi.Registry.getDesktop(0)
    found = [desktop.getChildAtIndex(index) for index in range(desktop.childCount)]
    return [app for app in found if app is not None and name in {"", app.name}]


def main(verb: str, app: str, role: str = "", name: str = "", text: str = "") -> int:
    """Do what was asked; return the exit code."""
    if verb == "tree":
        json.dump([Walk(closed=role).describe(entry) for entry in applications(app)], sys.stdout)
        return 0
    *containers, last = name.split(WITHIN)
    for entry in applications(app):
        place = entry
        for container in containers:
            place = Walk().find(place, "", container) if place is not None else None
        node = Walk().find(place, role, last) if place is not None else None
        if node is not None and verb == "column":
            json.dump(column_of(node, int(text)), sys.stdout)
            return 0
        if node is not None:
            return 0 if act(verb, node, text) else 1
    return NOTHING_FITS


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
