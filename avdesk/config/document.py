"""The configuration file as a text that is edited: comments, order and unknown keys survive whatever is done to it.

A `Document` does no input or output. Keys are paths as ``("environments", "dev", "url")`` or texts as
``environments.dev.url`` (see `avdesk.config.keys`). Every edit either does what it says or raises and changes
nothing: what an edit made of the text is read again and compared with what it should hold.
"""

import copy
import logging
import math
import tomllib
from collections.abc import Callable, Mapping
from pathlib import Path

from avdesk.config import surgery
from avdesk.config.keys import ENVIRONMENTS, TOP, Known, key_text, known, read_key, unknown_key
from avdesk.config.load import Loaded, load_text
from avdesk.config.options import ENVIRONMENT, NOTIFICATIONS, POLLING, TABLES, Kind, Option
from avdesk.config.problems import Problem, UnfitError, did_you_mean, quoted
from avdesk.config.statements import KeyPath
from avdesk.config.syntax import is_discarded, parse
from avdesk.config.tables import MAX_ENVIRONMENTS
from avdesk.config.values import ENVIRONMENT_NAME, fit
from avdesk.core.errors import ConfigError, UsageError
from avdesk.i18n import _

log = logging.getLogger(__name__)

Key = str | KeyPath


class Document:
    """One configuration text, edited key by key."""

    def __init__(self, text: str = "", path: Path | None = None) -> None:
        """Take a text; `path` is only named in what is said about it."""
        self.path = path or Path("config.toml")
        self._text = text
        self._tables: dict[str, object] | None = None
        self._legible: dict[str, object] = {}
        """What can be read of it: all, or what is left of a damaged text without its damaged statements."""
        self._loaded: Loaded | None = None
        self._read()

    @property
    def text(self) -> str:
        """The text as it is now, with its own line endings."""
        return self._text

    @property
    def damaged(self) -> bool:
        """Whether the text is no valid TOML, so that it can be corrected as text only."""
        return self._tables is None

    @property
    def loaded(self) -> Loaded:
        """What AVDesk makes of the text: always complete settings, and every problem."""
        if self._loaded is None:
            self._loaded = load_text(self._text, self.path)
        return self._loaded

    @property
    def problems(self) -> tuple[Problem, ...]:
        """Everything that is wrong with the text, in its order."""
        return self.loaded.problems

    def environments(self) -> tuple[str, ...]:
        """Return the environments that the text names, in its order; those that cannot be used too."""
        tables = self._legible.get(ENVIRONMENTS)
        return tuple(tables) if isinstance(tables, dict) else ()

    def tables(self) -> dict[str, object]:
        """Return all that the text holds; of a damaged one what can be read."""
        return copy.deepcopy(self._legible)

    def check_sound(self) -> None:
        """Refuse a text that cannot be edited key by key.

        Raises:
            ConfigError: it is damaged; says where.
        """
        self._sound()

    def given(self, key: Key) -> object:
        """Return the value that the text gives, whether it can be used or not; None where it gives none."""
        node: object = self._legible
        for part in self._path(key):
            node = node.get(part) if isinstance(node, dict) else None
        return copy.deepcopy(node)

    def get(self, key: Key) -> object:
        """Return the value that holds for a known key: the text's, or what is inherited, or the default.

        Raises:
            UsageError: this version has no such key, or there is no such environment.
        """
        meant = self.known(key)
        settings = self.loaded.settings
        if meant.path == (TOP,):
            return settings.default_environment
        if meant.environment is None:
            table: object = getattr(settings, meant.path[0], None)
            return getattr(table, meant.path[1]) if table is not None else self._shared_value(meant)
        environment = settings.environments.get(meant.environment)
        if environment is None or self.loaded.invented:
            if meant.environment not in self.environments() and environment is None:
                raise self.no_environment(meant.environment)
            given = self._fitting(meant.option, self.given(meant.path))
            return meant.option.default if given is None else given
        owner: object = environment if len(meant.path) == 3 else getattr(environment, meant.path[2])
        return getattr(owner, meant.option.key)

    def known(self, key: Key) -> Known:
        """Return what a key is.

        Raises:
            UsageError: this version has no such key; names the nearest one.
        """
        path = self._path(key)
        found = known(path)
        if found is None:
            raise unknown_key(path, self.environments() or (self.loaded.settings.default_environment,))
        return found

    def set(self, key: Key, value: object) -> None:
        """Set a known key to a checked value; an environment that the text does not have is begun.

        Raises:
            UsageError: this version has no such key, or the value does not fit.
            ConfigError: the text is damaged, or written in a way that cannot be edited here.
        """
        meant = self.known(key)
        given = list(value) if isinstance(value, tuple) else value
        try:
            checked = fit(meant.option, given)
        except UnfitError as unfit:
            raise UsageError(f"{key_text(meant.path)}: {unfit.message}", unfit.hint) from None
        self._check_sense(meant, checked)
        self.put(meant.path, _plain(meant.option, checked))

    def put(self, key: Key, value: object) -> None:
        """Set any key, known or not, to a TOML value, unchecked.

        Raises:
            ConfigError: as `set`.
        """
        path = self._path(key)
        tables = copy.deepcopy(self._sound())
        holder = self._holder(tables, path, make=True)
        if path[-1] in holder and same(holder[path[-1]], value):
            return
        old = holder.get(path[-1])
        holder[path[-1]] = value
        replaces_table = isinstance(old, dict) and value != old
        self._take(
            lambda text: surgery.put(surgery.drop(text, path) if replaces_table else text, path, value), tables
        )

    def unset(self, key: Key) -> None:
        """Take a key or a table out of the text; nothing happens where it is not there.

        Raises:
            ConfigError: as `set`.
        """
        path = self._path(key)
        tables = copy.deepcopy(self._sound())
        if self.given(path) is None:
            return
        del self._holder(tables, path, make=False)[path[-1]]
        self._take(lambda text: surgery.drop(text, path), tables)

    def add_environment(
        self, name: str, values: Mapping[str, object] | None = None, *, like: str | None = None
    ) -> None:
        """Add an environment behind the others, with `values` by key (``url``, ``polling.requests``, …).

        `like`: an environment whose own known values are copied first; not its production mark, not its address.

        Raises:
            UsageError: the name cannot be one or is taken, or a value does not fit.
            ConfigError: as `set`.
        """
        self._check_name(name)
        draft = Document(self._text, self.path)
        base: KeyPath = (ENVIRONMENTS, name)
        draft.put(base, {})
        if like is not None:
            if like not in self.environments():
                raise self.no_environment(like)
            for path, value in leaves(self.given((ENVIRONMENTS, like))):
                if path not in (("production",), ("url",)) and known((*base, *path)) is not None:
                    draft.put((*base, *path), value)
        for key, value in (values or {}).items():
            draft.set((*base, *read_key(key)), value)
        self._adopt(draft)

    def rename_environment(self, old: str, new: str) -> None:
        """Give an environment another name; ``default_environment`` follows.

        Raises:
            UsageError: there is no such environment, or the name cannot be one or is taken.
            ConfigError: as `set`.
        """
        if old == new:
            return
        tables = copy.deepcopy(self._sound())
        holder = tables.get(ENVIRONMENTS)
        if not isinstance(holder, dict) or old not in holder:
            raise self.no_environment(old)
        self._check_name(new)
        tables[ENVIRONMENTS] = {(new if name == old else name): value for name, value in holder.items()}
        draft = Document(self._text, self.path)
        draft._take(lambda text: surgery.rename(text, (ENVIRONMENTS, old), new), tables)
        if self.given((TOP,)) == old:
            draft.put((TOP,), new)
        self._adopt(draft)

    def remove_environment(self, name: str) -> None:
        """Take out an environment with all that its tables hold; a default that named it is taken out too.

        Raises:
            UsageError: there is no such environment.
            ConfigError: as `set`.
        """
        self._sound()
        if name not in self.environments():
            raise self.no_environment(name)
        draft = Document(self._text, self.path)
        draft.unset((ENVIRONMENTS, name))
        if self.given((TOP,)) == name:
            draft.unset((TOP,))
        self._adopt(draft)

    def replace(self, text: str) -> None:
        """Take another text, whatever it holds."""
        self._text = text
        self._loaded = None
        self._read()

    def no_environment(self, name: str) -> UsageError:
        """Return the error for an environment that there is not, with the nearest name."""
        return UsageError(
            _("There is no environment “{name}”.").format(name=quoted(name)),
            did_you_mean(name, self.environments() or self.loaded.settings.environments),
        )

    @property
    def _plain(self) -> str:
        return self._text.removeprefix("\ufeff").replace("\r\n", "\n")

    def _path(self, key: Key) -> KeyPath:
        return read_key(key) if isinstance(key, str) else key

    def _read(self) -> None:
        try:
            self._tables = dict(tomllib.loads(self._plain))
        except (ValueError, RecursionError):
            self._tables = None
        parsed = parse(self._plain).tables if self._tables is None else self._tables
        self._legible = {key: value for key, value in parsed.items() if not is_discarded((key,))}

    def _sound(self) -> dict[str, object]:
        if self._tables is None:
            first = self.problems[0].sentence(self.path.name) if self.problems else self.path.name
            raise ConfigError(
                _("The file is damaged and was left as it is: {problem}").format(problem=first),
                _("Correct it as text, with “avdesk config edit” or in the text view of the settings."),
            )
        return self._tables

    def _holder(self, tables: dict[str, object], path: KeyPath, *, make: bool) -> dict[str, object]:
        holder = tables
        for depth, part in enumerate(path[:-1], 1):
            inner = holder.setdefault(part, {}) if make else holder.get(part)
            if not isinstance(inner, dict):
                raise ConfigError(
                    _("“{key}” is no table in this file.").format(key=quoted(key_text(path[:depth]))),
                    _("Correct the file as text."),
                )
            holder = inner
        return holder

    def _take(self, edit: Callable[[str], str], expected: Mapping[str, object]) -> None:
        """Take the edited text, if it holds what it should."""
        plain, tables = "", None
        try:
            plain = edit(self._plain)
            tables = dict(tomllib.loads(plain))
        except (ValueError, LookupError, TypeError, RecursionError):  # tomlkit's errors are of these kinds, too
            log.debug("the text could not be edited")
        if tables is None or not same(tables, expected):
            raise ConfigError(
                _("This file is written in a way that cannot be edited key by key."),
                _("Nothing was changed; edit it as text."),
            )
        self._text = surgery.with_endings(self._text, plain)
        self._tables = self._legible = tables
        self._loaded = None

    def _adopt(self, draft: "Document") -> None:
        self.replace(draft.text)

    def _check_name(self, name: str) -> None:
        if not ENVIRONMENT_NAME.fullmatch(name):
            raise UsageError(
                _("“{value}” is no name for an environment.").format(value=quoted(name)),
                _("Use letters, digits, “-” and “_”."),
            )
        if name in self.environments():
            raise UsageError(
                _("There is an environment “{name}” already.").format(name=quoted(name)), _("Choose another name.")
            )
        if len(self.environments()) >= MAX_ENVIRONMENTS:
            raise UsageError(
                _("There are {n} environments already.").format(n=MAX_ENVIRONMENTS), _("Remove one first.")
            )

    def _check_sense(self, meant: Known, checked: object) -> None:
        """Refuse a value that fits by itself but not with the rest of the text."""
        if meant.path == (TOP,):
            names = self.environments() or tuple(self.loaded.settings.environments)
            if checked not in names:
                raise self.no_environment(str(checked))

    def _shared_value(self, meant: Known) -> object:
        given = self._fitting(meant.option, self.given(meant.path))
        return meant.option.default if given is None else given

    def _fitting(self, option: Option, value: object) -> object:
        if value is None:
            return None
        try:
            return fit(option, value)
        except UnfitError:
            return option.instead


def same(one: object, other: object) -> bool:
    """Whether two TOML values are the same, with their types; nan is nan."""
    if isinstance(one, dict) and isinstance(other, Mapping):
        return one.keys() == other.keys() and all(same(one[key], other[key]) for key in one)
    if isinstance(one, list) and isinstance(other, list | tuple):
        return len(one) == len(other) and all(map(same, one, other))
    if isinstance(one, float) and isinstance(other, float) and math.isnan(one):
        return math.isnan(other)
    return type(one) is type(other) and one == other


def leaves(value: object, base: KeyPath = ()) -> list[tuple[KeyPath, object]]:
    """Return the values inside nested tables with their paths; an empty table is a value itself."""
    if isinstance(value, dict) and (value or not base):
        return [leaf for key, each in value.items() for leaf in leaves(each, (*base, key))]
    return [(base, value)]


def option_tables() -> Mapping[str, Mapping[str, Option]]:
    """Return the tables that an environment's form shows, by their names in the file: ``""`` for its own keys."""
    return {"": TABLES[ENVIRONMENT], POLLING: TABLES[POLLING], NOTIFICATIONS: TABLES[NOTIFICATIONS]}


def _plain(option: Option, value: object) -> object:
    """Return a checked value as it is written: lists for tuples, whole seconds without a point."""
    if isinstance(value, tuple):
        return list(value)
    if option.kind is Kind.SECONDS and isinstance(value, float) and value.is_integer():
        return int(value)
    return value
