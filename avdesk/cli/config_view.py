"""The configuration as text and as JSON."""

from collections.abc import Mapping
from dataclasses import asdict

from avdesk.config.changes import shown_value
from avdesk.config.document import Document
from avdesk.config.keys import ENVIRONMENTS, INNER_TABLES, TOP, key_text
from avdesk.config.load import Loaded
from avdesk.config.options import APPEARANCE, ENVIRONMENT, NOTIFICATIONS, POLLING, TABLES, UPDATES
from avdesk.config.problems import Problem
from avdesk.config.settings import Environment
from avdesk.config.statements import KeyPath
from avdesk.core.report import JsonObject
from avdesk.i18n import _


def as_toml(document: Document, loaded: Loaded) -> list[str]:
    """Return all that holds as TOML; what the file does not set is marked as a default."""
    place = str(loaded.path)
    rows = [
        f"# {place}" if loaded.exists else _("# {path} does not exist: these are the defaults").format(path=place)
    ]
    rows += [_row(document, (TOP,), loaded.settings.default_environment)]
    for name, environment in loaded.settings.environments.items():
        rows += _section(document, (ENVIRONMENTS, name), environment, TABLES[ENVIRONMENT])
        for table in INNER_TABLES:
            if document.given((ENVIRONMENTS, name, table)):
                rows += _section(document, (ENVIRONMENTS, name, table), getattr(environment, table), TABLES[table])
    rows += ["", f"[{POLLING}]"]
    rows += [_row(document, (POLLING, key), document.get((POLLING, key))) for key in TABLES[POLLING]]
    rows += _section(document, (NOTIFICATIONS,), loaded.settings.notifications, TABLES[NOTIFICATIONS])
    rows += _section(document, (APPEARANCE,), loaded.settings.appearance, TABLES[APPEARANCE])
    rows += _section(document, (UPDATES,), loaded.settings.updates, TABLES[UPDATES])
    return rows


def as_object(loaded: Loaded) -> JsonObject:
    """Return all that holds as one object for programs."""
    settings = loaded.settings
    return {
        "path": str(loaded.path),
        "exists": loaded.exists,
        "default_environment": settings.default_environment,
        "environments": {name: environment_object(each) for name, each in settings.environments.items()},
        "notifications": asdict(settings.notifications),
        "appearance": asdict(settings.appearance),
        "updates": asdict(settings.updates),
        "unusable": sorted(loaded.broken),
        "problems": [problem_object(problem) for problem in loaded.problems],
    }


def environment_object(environment: Environment) -> dict[str, object]:
    """Return an environment's settings for programs; its name is the key that they stand under."""
    found = asdict(environment)
    del found["name"]
    found["regions"] = list(environment.regions)
    return found


def unusable_object() -> dict[str, object]:
    """Return the same keys for an environment of which nothing is known."""
    return dict.fromkeys(environment_object(Environment("")))


def problem_object(problem: Problem) -> dict[str, object]:
    """Return a problem for programs."""
    return {
        "line": problem.line,
        "key": problem.key or None,
        "message": problem.message,
        "hint": problem.hint or None,
    }


def _section(document: Document, path: KeyPath, owner: object, options: Mapping[str, object]) -> list[str]:
    return ["", f"[{key_text(path)}]", *(_row(document, (*path, key), getattr(owner, key)) for key in options)]


def _row(document: Document, path: KeyPath, value: object) -> str:
    plain = list(value) if isinstance(value, tuple) else value
    if isinstance(plain, float) and plain.is_integer():
        plain = int(plain)
    row = f"{path[-1]} = {shown_value(path, plain, 20_000)}"
    if document.given(path) is not None:
        return row
    inherited = path[0] == ENVIRONMENTS and len(path) == 4 and document.given(path[2:]) is not None
    return f"{row}  # {_('as for all environments') if inherited else _('default')}"
