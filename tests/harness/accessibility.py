"""The widgets of running programs by role and name, as a screen reader finds them."""

import json
import subprocess
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from tests.harness.waiting import PATIENCE_S, wait_until

SYSTEM_PYTHON = "/usr/bin/python3"
WALKER = Path(__file__).with_name("accessibility_walker.py")
NOTHING_FITS = 3
WITHIN = " › "
"""Parts a container's name from that of what is looked for in it."""
_MAY_BE_IN_TABLES = {"", "table cell", "table column header", "table row header"}


@dataclass(frozen=True, slots=True)
class Node:
    """One widget. Roles are AT-SPI's names: ``push button``, ``label``, ``list item``, ``table cell``, ``frame`` …"""

    role: str
    name: str
    description: str
    states: frozenset[str]
    text: str | None
    """The content of a text field; None where it is none."""
    actions: tuple[str, ...]
    children: tuple["Node", ...]

    @property
    def showing(self) -> bool:
        """Whether it can be seen, as far as the program knows."""
        return "showing" in self.states

    def walk(self) -> Iterator["Node"]:
        """Yield this node and everything below it, depth first."""
        yield self
        for child in self.children:
            yield from child.walk()


class Accessibility:
    """Looks at and presses what programs in one session offer to assistive technology."""

    def __init__(self, environment: Mapping[str, str]) -> None:
        """Use the session whose variables these are."""
        self._environment = dict(environment)

    def tree(self, app: str = "", *, cells: bool = True) -> list[Node]:
        """Return the trees of the applications of this name, or of all; empty while there is none.

        A table has a node for each of its cells, seen or not: without `cells` they are left out, which is quick.
        """
        return [_node(entry) for entry in json.loads(self._walk("tree", app, *([] if cells else ["table"])).stdout)]

    def nodes(self, app: str = "", role: str = "", *, showing: bool = True) -> list[Node]:
        """Return every widget of a role (any: empty), only those that can be seen unless told otherwise."""
        found = (node for root in self.tree(app, cells=role in _MAY_BE_IN_TABLES) for node in root.walk())
        return [node for node in found if role in {"", node.role} and (node.showing or not showing)]

    def find(self, role: str, name: str, app: str = "", timeout_s: float = PATIENCE_S) -> Node:
        """Wait for a widget that can be seen, and return it; TimeoutError names what there is instead."""
        seen: list[Node] = []

        def look() -> list[Node]:
            seen[:] = self.nodes(app, "" if role in _MAY_BE_IN_TABLES else role)
            return [node for node in seen if node.name == name and role in {"", node.role}]

        try:
            return wait_until(look, f"{role or 'a widget'} {name!r} can be seen", timeout_s)[0]
        except TimeoutError as error:
            error.add_note("there is: " + ", ".join(f"{node.role} {node.name!r}" for node in seen if node.name))
            raise

    def texts(self, app: str = "", role: str = "label") -> list[str]:
        """Return the texts of all labels (or widgets of another role) that can be seen, in the tree's order."""
        return [node.name for node in self.nodes(app, role) if node.name]

    def column(self, table: str, number: int, app: str = "") -> list[str]:
        """Return the texts of a table's column, those that must be scrolled to too; empty where there is no table.

        Much quicker than going through the tree: a table has a node for each of its cells.
        """
        done = self._walk("column", app, "table", table, str(number))
        return [str(text) for text in json.loads(done.stdout)] if done.returncode == 0 else []

    def press(self, role: str, name: str, app: str = "", *, within: str = "") -> None:
        """Press a button, entry or the like, as soon as it is there; `within`: inside of the widget of that name."""
        self._act("press", role, f"{within}{WITHIN}{name}" if within else name, app)

    def select(self, role: str, name: str, app: str = "") -> None:
        """Select an entry of a list, a table or tabs, as soon as it is there."""
        self._act("select", role, name, app)

    def focus(self, role: str, name: str, app: str = "") -> None:
        """Give a widget the focus, as soon as it is there."""
        self._act("focus", role, name, app)

    def enter_text(self, role: str, name: str, text: str, app: str = "") -> None:
        """Replace the content of a text field, as soon as it is there."""
        self._act("type", role, name, app, text)

    def _act(self, verb: str, role: str, name: str, app: str, *more: str) -> None:
        self.find(role, name.rpartition(WITHIN)[2], app)
        done = self._walk(verb, app, role, name, *more)
        if done.returncode == NOTHING_FITS:
            raise LookupError(f"{role} {name!r} went away")
        if done.returncode:
            raise RuntimeError(f"cannot {verb} {role} {name!r}: {done.stderr}")

    def _walk(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        done = subprocess.run(
            [SYSTEM_PYTHON, str(WALKER), *arguments],
            env=self._environment,
            capture_output=True,
            check=False,
            timeout=PATIENCE_S,
            encoding="utf-8",
        )
        if done.returncode not in {0, 1, NOTHING_FITS} or (done.returncode and arguments[0] == "tree"):
            raise RuntimeError(f"the accessibility bus can't be read: {done.stderr}")
        return done


def _node(entry: dict[str, Any]) -> Node:
    return Node(
        role=entry["role"],
        name=entry["name"],
        description=entry["description"],
        states=frozenset(entry["states"]),
        text=entry["text"],
        actions=tuple(entry["actions"]),
        children=tuple(_node(child) for child in entry["children"]),
    )
