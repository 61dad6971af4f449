"""Reading the configuration file: every problem at once, each with its line; whatever is usable is used.

Nothing here raises for what a file holds, and nothing writes. A missing file is one environment called ``dev``.
"""

import stat
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from types import MappingProxyType

from avdesk.config.paths import Paths
from avdesk.config.problems import Problem
from avdesk.config.settings import Environment, Settings
from avdesk.config.statements import lines_of
from avdesk.config.syntax import parse
from avdesk.config.tables import Reader
from avdesk.i18n import _

MAX_BYTES = 128 * 1024
"""The largest configuration file that is read."""

FIRST_ENVIRONMENT = "dev"
"""The environment that there is without a file."""

NO_BROKEN: Mapping[str, tuple[Problem, ...]] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Loaded:
    """A configuration file as it could be used.

    Attributes:
        settings: always complete, with at least one environment.
        problems: what is wrong with the file, in its order.
        path: the file.
        exists: whether there is one.
        broken: environments of the file that cannot be used at all, with their problems; not in `settings`.
        default_missing: the file's default_environment where no such environment exists; None otherwise.
        invented: no environment of the file could be used, so that the only one in `settings` is made up.
        nameless: no environment was found, usable or not: the one in `settings` is made up, too.
    """

    settings: Settings
    problems: tuple[Problem, ...]
    path: Path
    exists: bool = True
    broken: Mapping[str, tuple[Problem, ...]] = field(default_factory=lambda: NO_BROKEN)
    default_missing: str | None = None
    invented: bool = False
    nameless: bool = False

    def sentences(self) -> list[str]:
        """Return the problems as one line each."""
        return [problem.sentence(str(self.path)) for problem in self.problems]


def load_settings(paths: Paths) -> Loaded:
    """Return the configuration of these folders."""
    return load_file(paths.config_file)


def load_file(path: Path) -> Loaded:
    """Return the configuration of a file."""
    text, problems = _read(path)
    if text is None:
        only = _only(Environment(FIRST_ENVIRONMENT))
        return Loaded(only, problems, path, not _absent(path), invented=bool(problems), nameless=True)
    loaded = load_text(text, path)
    if not problems:
        return loaded
    return Loaded(
        loaded.settings,
        _ordered([*problems, *loaded.problems]),
        path,
        broken=loaded.broken,
        default_missing=loaded.default_missing,
        invented=loaded.invented,
        nameless=loaded.nameless,
    )


def load_text(text: str, path: Path) -> Loaded:
    """Return the configuration that a text holds; `path` is only named."""
    text = text.removeprefix("\ufeff").replace("\r\n", "\n")
    parsed = parse(text)
    reader = Reader(parsed, lines_of(text))
    environments = reader.environments()
    settings = Settings(
        default_environment=FIRST_ENVIRONMENT,
        environments=MappingProxyType(environments),
        notifications=reader.notifications(),
        appearance=reader.appearance(),
        updates=reader.updates(),
    )
    default, default_missing = reader.default_environment(environments)
    reader.unknown_at_top()
    invented = not environments and reader.names_environments
    if not environments:
        told = settings.notifications
        made_up = _only(Environment(FIRST_ENVIRONMENT, polling=reader.polling(), notifications=told))
        settings = replace(
            settings, default_environment=made_up.default_environment, environments=made_up.environments
        )
    else:
        settings = replace(settings, default_environment=default)
    return Loaded(
        settings,
        _ordered(reader.problems),
        path,
        broken=MappingProxyType({name: tuple(dict.fromkeys(found)) for name, found in reader.broken.items()}),
        default_missing=default_missing,
        invented=invented,
        nameless=not environments,
    )


def _only(environment: Environment) -> Settings:
    return Settings(environment.name, MappingProxyType({environment.name: environment}))


def _ordered(problems: list[Problem]) -> tuple[Problem, ...]:
    return tuple(sorted(dict.fromkeys(problems), key=lambda problem: problem.line or 0))


def _absent(path: Path) -> bool:
    try:
        path.lstat()
    except (FileNotFoundError, NotADirectoryError):
        return True
    except (OSError, ValueError):
        return False
    return False


def _read(path: Path) -> tuple[str | None, tuple[Problem, ...]]:
    """Return the file's text, None without a usable one, and what is wrong with the file as a whole."""
    if _absent(path):
        return None, ()
    try:
        if not stat.S_ISREG(path.stat().st_mode):
            return None, (Problem(None, "", _("This is not a file."), _("Put the configuration into a plain file.")),)
        with path.open("rb") as file:
            raw = file.read(MAX_BYTES + 1)
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or type(error).__name__
        return None, (
            Problem(
                None,
                "",
                _("The file cannot be read: {words}.").format(words=words),
                _("Check its permissions."),
            ),
        )
    if len(raw) > MAX_BYTES:
        size = MAX_BYTES // 1024
        return None, (
            Problem(
                None,
                "",
                _("The file is larger than {size} KB.").format(size=size),
                _("This is hardly a configuration: look at what it holds."),
            ),
        )
    # What is not UTF-8 is found again, with its line, as U+FFFD.
    return raw.decode("utf-8", errors="replace"), ()
