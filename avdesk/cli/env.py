"""`env`: the environments, and which one is looked at when none is named."""

import os
from collections.abc import Sequence

import click

from avdesk.cli.commands import Command, Group, session_of
from avdesk.cli.exit_codes import Exit
from avdesk.cli.session import Session, tell
from avdesk.core.errors import ConfigError
from avdesk.i18n import _


def build() -> click.Command:
    """Return the commands about environments."""
    return Group(
        name="env",
        modules={"list": "avdesk.cli.env:build_list", "use": "avdesk.cli.env:build_use"},
        about=_("The environments."),
    )


def build_list() -> click.Command:
    """Return the command that lists them."""
    return Command(
        "list",
        callback=_list,
        params=[click.Option(["--json", "as_json"], is_flag=True, help=_("Print one JSON object."))],
        short=_("The environments of the configuration."),
        about=_("List the environments of the configuration; “*” marks the one that is looked at."),
    )


def build_use() -> click.Command:
    """Return the command that chooses one."""
    return Command(
        "use",
        callback=_use,
        params=[click.Argument(["name"], metavar=_("NAME"), shell_complete=complete_name)],
        short=_("Look at an environment from now on."),
        about=_("Make an environment the default: default_environment in the configuration file."),
    )


def complete_name(context: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """Return the environments whose name begins so, for a shell that completes one."""
    environments = (context.find_object(Session) or Session()).loaded.settings.environments
    return [name for name in environments if name.startswith(incomplete)]


@click.pass_context
def _list(context: click.Context, *, as_json: bool) -> int:
    from avdesk.cli.results import print_json

    session = session_of(context)
    loaded = session.loaded
    session.warn_of_problems()
    current = _current(session)
    broken = [name for name in loaded.broken if loaded.invented or name not in loaded.settings.environments]
    usable = {} if loaded.invented else loaded.settings.environments
    if as_json:
        from avdesk.cli.config_view import environment_object, problem_object, unusable_object

        listed: list[dict[str, object]] = [
            {
                "name": name,
                "current": name == current,
                "default": name == loaded.settings.default_environment,
                "usable": True,
                **environment_object(each),
                "url": each.url or None,
                "project": each.project or None,
                "google_endpoint": each.google_endpoint or None,
                "problems": [],
            }
            for name, each in usable.items()
        ]
        listed += [
            {"name": name, "current": name == current, "default": name == loaded.default_missing, "usable": False}
            | unusable_object()
            | {"problems": [problem_object(problem) for problem in loaded.broken[name]]}
            for name in broken
        ]
        print_json({"current": current, "environments": listed})
    else:
        _show(session, current, broken)
    return Exit.USAGE if loaded.problems else Exit.FINE


@click.pass_context
def _use(context: click.Context, *, name: str) -> int:
    from avdesk.cli.config import configuration, save
    from avdesk.config.choose import ENVIRONMENT_VARIABLE

    session = session_of(context)
    service = configuration(session)
    opened = service.open()
    if opened.unreadable is not None:
        raise opened.unreadable
    document = opened.document()
    if document.damaged:
        session.warn_of_problems()
        document.check_sound()
    if name in opened.loaded.broken:
        session.warn_of_problems()
        raise ConfigError(
            _("The environment “{name}” cannot be used as the file has it.").format(name=name),
            _("Correct the file; it was left as it is."),
        )
    document.set("default_environment", name)
    save(service, opened, document.text)
    override = os.environ.get(ENVIRONMENT_VARIABLE)
    if override and override != name:
        tell(
            _("{variable} is set to “{name}”, which goes before the default.").format(
                variable=ENVIRONMENT_VARIABLE, name=override
            )
        )
    return Exit.FINE


def _current(session: Session) -> str | None:
    """Return the environment that a command without more would look at; None where it would fail."""
    from avdesk.config.choose import choose_environment
    from avdesk.core.errors import UsageError

    try:
        return choose_environment(session.loaded, session.environment_name, os.environ).name
    except UsageError:
        if session.environment_name:
            raise
        tell(_("AVDESK_ENV names no environment of the configuration."))
        return None
    except ConfigError:
        return None


def _show(session: Session, current: str | None, broken: Sequence[str]) -> None:
    from avdesk.cli.lines import Style, line, show

    loaded = session.loaded
    usable = {} if loaded.invented else loaded.settings.environments
    names = (_("Name"), _("Server"), _("Project"), _("Colour"), "")
    rows: list[tuple[str, ...]] = []
    for name, each in usable.items():
        marks = [_("production")] * each.production + [_("read only")] * each.read_only
        rows.append((name, each.url or "–", each.project or "–", each.colour, ", ".join(marks)))
    rows += [(name, "–", "–", "–", _("cannot be used")) for name in broken]
    widths = [max(len(row[place]) for row in (names, *rows)) for place in range(len(names))]

    def cells(row: tuple[str, ...]) -> str:
        return "  ".join(cell.ljust(width) for cell, width in zip(row, widths, strict=True)).rstrip()

    lines = [line(("  " + cells(names), Style.FAINT))]
    for row in rows:
        mark = "* " if row[0] == current else "  "
        style = Style.BAD if row[0] in broken else Style.STRONG if row[0] == current else Style.PLAIN
        lines.append(line((mark + cells(row), style)))
    show(lines)
