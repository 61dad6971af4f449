"""From the tables of a configuration file to frozen settings, collecting everything that is wrong."""

import re
from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from avdesk.config.options import (
    APPEARANCE,
    ENVIRONMENT,
    NOTIFICATIONS,
    POLLING,
    RESERVED_TABLES,
    TABLES,
    TOP_KEYS,
    UPDATES,
    Option,
)
from avdesk.config.problems import Problem, UnfitError, did_you_mean, quoted
from avdesk.config.settings import Appearance, Environment, Notifications, Polling, Updates
from avdesk.config.statements import KeyPath, Statement, line_of
from avdesk.config.syntax import Parsed, is_discarded
from avdesk.config.values import ENVIRONMENT_NAME, fit
from avdesk.i18n import _

MAX_ENVIRONMENTS = 50

_INNER = (POLLING, NOTIFICATIONS)
"""The tables that an environment may have of its own; what they leave out is taken from the file's."""

_ELSEWHERE = tuple((name,) for name in TOP_KEYS if name != "environments")
_DAMAGED_ENVIRONMENT = re.compile(r"\[+\s*environments\s*\.\s*[\"']?([\w.-]{1,40}?)[\"']?\s*(?:\]|$)")


class Reader:
    """Reads one parsed file.

    Attributes:
        problems: what was found so far.
        broken: environment → why it cannot be used.
        names_environments: the file speaks of environments, or is too damaged to tell.
    """

    def __init__(self, parsed: Parsed, lines: dict[KeyPath, int]) -> None:
        self.problems: list[Problem] = list(parsed.problems)
        self.broken: dict[str, list[Problem]] = {}
        self._tables = parsed.tables
        self._lines = lines
        self._unreadable: set[KeyPath] = set()
        """Keys that stand in the file with a value that cannot be read."""
        self.names_environments = (
            parsed.given_up or "environments" in parsed.tables or any(map(_may_be_environment, parsed.damaged))
        )
        self._note_damage(parsed)

    def environments(self) -> dict[str, Environment]:
        """Return the environments that can be used, in the file's order."""
        tables = self._tables.get("environments", {})
        if not isinstance(tables, dict):
            self._add(("environments",), _("must be tables, as [environments.dev]."))
            return {}
        polling, notifications = self.polling(), self.notifications()
        found: dict[str, Environment] = {}
        for name, table in tables.items():
            path = ("environments", name)
            if not ENVIRONMENT_NAME.fullmatch(name):
                self._break(name, path, _("is no name for an environment."), _("Use letters, digits, “-” and “_”."))
            elif not isinstance(table, dict):
                self._break(name, path, _("must be a table, as [environments.dev]."))
            elif len(found) >= MAX_ENVIRONMENTS:
                self._break(name, path, _("is one environment too many."))
            else:
                environment = self._environment(name, table, polling, notifications)
                if name not in self.broken:
                    found[name] = environment
        return found

    def polling(self) -> Polling:
        """Return the table that holds for every environment."""
        return self._polling((POLLING,), self._table(POLLING), Polling())

    def notifications(self) -> Notifications:
        """Return which notifications are shown."""
        return Notifications(**self._values((NOTIFICATIONS,), self._table(NOTIFICATIONS), TABLES[NOTIFICATIONS]))

    def appearance(self) -> Appearance:
        """Return how it looks."""
        return Appearance(**self._values((APPEARANCE,), self._table(APPEARANCE), TABLES[APPEARANCE]))

    def updates(self) -> Updates:
        """Return where newer versions are looked for."""
        return Updates(**self._values((UPDATES,), self._table(UPDATES), TABLES[UPDATES]))

    def default_environment(self, environments: Mapping[str, Environment]) -> tuple[str, str | None]:
        """Return the environment to start with, and the one that the file names if that cannot be used."""
        first = next(iter(environments), "dev")
        fallback = "dev" if "dev" in environments else first
        given = self._tables.get("default_environment")
        path = ("default_environment",)
        if given is None:
            return fallback, None
        if not isinstance(given, str):
            self._add(path, _("must be the name of an environment, in quotation marks."))
            return fallback, quoted(given)
        if given in environments or (given == fallback and not self.names_environments):
            return given, None
        if given not in self.broken:
            self._add(
                path,
                _("There is no environment “{name}”.").format(name=quoted(given)),
                did_you_mean(given, environments),
            )
        return fallback, given

    def unknown_at_top(self) -> None:
        """Report the keys and tables at the top of the file that nobody knows."""
        for name, value in self._tables.items():
            if is_discarded((name,)):
                continue
            if name not in TOP_KEYS:
                what = _("This table is not known.") if isinstance(value, dict) else _("This key is not known.")
                self._add((name,), what, did_you_mean(name, TOP_KEYS))
            elif name in RESERVED_TABLES:
                self._reserved(name, value)

    def _reserved(self, name: str, value: object) -> None:
        if not isinstance(value, dict):
            self._add((name,), _("must be a table, as [{name}].").format(name=name))
            return
        for key in value:
            self._add((name, key), _("This key is not known."), _("This table has no keys in this version."))

    def _environment(
        self, name: str, table: Mapping[str, object], polling: Polling, notifications: Notifications
    ) -> Environment:
        path = ("environments", name)
        options = TABLES[ENVIRONMENT]
        own = {key: value for key, value in table.items() if key not in _INNER}
        values = self._values(path, own, options, also=_INNER)
        polling = self._polling((*path, POLLING), self._inner(path, table, POLLING), polling)
        told = self._inner(path, table, NOTIFICATIONS)
        given = self._values((*path, NOTIFICATIONS), told, TABLES[NOTIFICATIONS], given_only=True)
        return Environment(name=name, polling=polling, notifications=replace(notifications, **given), **values)

    def _inner(self, path: KeyPath, table: Mapping[str, object], name: str) -> Mapping[str, object]:
        """Return a table inside an environment's; an empty one where there is none that can be read."""
        inner = table.get(name, {})
        if isinstance(inner, dict):
            return inner
        self._add((*path, name), _("must be a table, as [{name}].").format(name=".".join((*path, name))))
        return {}

    def _polling(self, path: KeyPath, table: Mapping[str, object], base: Polling) -> Polling:
        options = TABLES[POLLING]
        inherited = {key: getattr(base, key) for key in options}
        values = inherited | self._values(path, table, options, given_only=True)
        polling = Polling(**values)
        if polling.reserve >= polling.requests:
            kept = max(0, polling.requests - 1)
            self._add(
                (*path, "reserve"),
                _("keeps all of the {n} allowed requests, so that none is left for watching.").format(
                    n=polling.requests
                ),
                _("Write at most {n}.").format(n=kept),
            )
            polling = Polling(**{**values, "reserve": min(Polling().reserve, kept)})
        return polling

    def _table(self, name: str) -> Mapping[str, object]:
        table = self._tables.get(name, {})
        if isinstance(table, dict):
            return table
        self._add((name,), _("must be a table, as [{name}].").format(name=name))
        return {}

    def _values(
        self,
        path: KeyPath,
        table: Mapping[str, object],
        options: Mapping[str, Option],
        *,
        also: tuple[str, ...] = (),
        given_only: bool = False,
    ) -> dict[str, Any]:
        """Return key → usable value; of every option, or of those that the file gives."""
        values: dict[str, Any] = {} if given_only else {key: option.default for key, option in options.items()}
        for key, option in options.items():
            if (*path, key) in self._unreadable and key not in table:
                values[key] = self._instead(path, option)
        for key, given in table.items():
            known = options.get(key)
            if known is None:
                self._add((*path, key), _("This key is not known."), did_you_mean(key, (*options, *also)))
                continue
            try:
                values[key] = fit(known, given)
            except UnfitError as unfit:
                self._add((*path, key), unfit.message, unfit.hint)
                values[key] = self._instead(path, known)
        return values

    def _instead(self, path: KeyPath, option: Option) -> object:
        """Return what holds instead of a value that cannot be used."""
        if option.vital and len(path) == 2:
            found = [problem for problem in self.problems if problem.key == _dotted((*path, option.key))]
            self.broken.setdefault(path[1], []).extend(found)
        return option.instead

    def _note_damage(self, parsed: Parsed) -> None:
        """Keep in mind what the damaged statements would have said."""
        for statement, problem in zip(parsed.damaged, parsed.problems, strict=False):
            inside = statement.path if statement.path is not None else statement.table
            header = _DAMAGED_ENVIRONMENT.match(statement.text.strip()) if statement.header else None
            if header is not None:
                self.broken.setdefault(header.group(1), []).append(problem)
            elif statement.path is not None and not statement.header:
                self._unreadable.add(statement.path)
                self._note_deeper(statement.path, problem)
            elif inside[:1] == ("environments",) and len(inside) >= 2:
                self.broken.setdefault(inside[1], []).append(problem)

    def _note_deeper(self, path: KeyPath, problem: Problem) -> None:
        """Break an environment that is given as one damaged value, or whose damaged vital key is all there is."""
        if path[:1] != ("environments",):
            return
        option = TABLES[ENVIRONMENT].get(path[2]) if len(path) >= 3 else None
        if len(path) == 2 or (option is not None and option.vital):
            self.broken.setdefault(path[1], []).append(problem)

    def _break(self, name: str, path: KeyPath, message: str, hint: str = "") -> None:
        self.broken.setdefault(name, []).append(self._add(path, message, hint))

    def _add(self, path: KeyPath, message: str, hint: str = "") -> Problem:
        problem = Problem(line_of(self._lines, path), _dotted(path), message, hint)
        self.problems.append(problem)
        return problem


def _may_be_environment(damaged: Statement) -> bool:
    """Whether a damaged statement may have spoken of an environment."""
    inside = damaged.path or damaged.table
    return inside[:1] == ("environments",) or (damaged.path is None and inside[:1] not in _ELSEWHERE)


def _dotted(path: KeyPath) -> str:
    return ".".join(quoted(part) for part in path)
