"""`config`: the configuration file, looked at and changed key by key."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avdesk.cli.commands import Command, Group, session_of
from avdesk.cli.exit_codes import Exit
from avdesk.cli.session import Session, tell
from avdesk.core.errors import ConfigError, UsageError
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.config.changes import Change
    from avdesk.config.document import Document
    from avdesk.config.load import Loaded
    from avdesk.services.configuration import Configuration, Opened


def build() -> click.Command:
    """Return the commands about the configuration."""
    return Group(
        name="config",
        modules={
            "show": "avdesk.cli.config:build_show",
            "get": "avdesk.cli.config:build_get",
            "set": "avdesk.cli.config:build_set",
            "unset": "avdesk.cli.config:build_unset",
            "validate": "avdesk.cli.config:build_validate",
            "edit": "avdesk.cli.config_edit",
            "path": "avdesk.cli.config:build_path",
        },
        about=_("The configuration file."),
    )


def build_path() -> click.Command:
    """Return the command that tells where the file is."""
    return Command(
        "path",
        callback=_path,
        short=_("Where the configuration file is."),
        about=_("Print where the configuration file is, whether it exists or not."),
    )


def build_show() -> click.Command:
    """Return the command that shows all that holds."""
    return Command(
        "show",
        callback=_show,
        params=[click.Option(["--json", "as_json"], is_flag=True, help=_("Print one JSON object."))],
        short=_("Everything that is set, and the defaults."),
        about=_("Print the configuration that holds: what the file sets, and the defaults of all else."),
    )


def build_get() -> click.Command:
    """Return the command that prints one value."""
    return Command(
        "get",
        callback=_get,
        params=[click.Argument(["key"], metavar=_("KEY"), shell_complete=complete_key)],
        short=_("The value of one key."),
        about=_("Print the value that holds for a key such as environments.dev.url."),
    )


def build_set() -> click.Command:
    """Return the command that sets one value."""
    return Command(
        "set",
        callback=_set,
        params=[
            click.Argument(["key"], metavar=_("KEY"), shell_complete=complete_key),
            click.Argument(["value"], metavar=_("VALUE"), shell_complete=complete_value),
        ],
        short=_("Set one key in the file."),
        about=_("Set a key such as environments.dev.url in the file. Lists are written as one,two,three."),
    )


def build_unset() -> click.Command:
    """Return the command that goes back to a default."""
    return Command(
        "unset",
        callback=_unset,
        params=[click.Argument(["key"], metavar=_("KEY"), shell_complete=complete_key)],
        short=_("Take one key out of the file."),
        about=_("Take a key out of the file, so that its default holds; known or not."),
    )


def build_validate() -> click.Command:
    """Return the command that checks a file."""
    return Command(
        "validate",
        callback=_validate,
        params=[
            click.Argument(["file"], metavar=_("FILE"), required=False, type=click.Path(path_type=Path)),
            click.Option(["--json", "as_json"], is_flag=True, help=_("Print one JSON object.")),
        ],
        short=_("Check the file, or another one."),
        about=_("Tell everything that is wrong with the configuration file, or with another one, by line."),
    )


@click.pass_context
def _path(context: click.Context) -> int:
    _say(str(session_of(context).paths.config_file))
    return Exit.FINE


@click.pass_context
def _show(context: click.Context, *, as_json: bool) -> int:
    from avdesk.cli.config_view import as_object, as_toml
    from avdesk.cli.results import print_json

    session = session_of(context)
    loaded = session.loaded
    opened = configuration(session).open()
    if as_json:
        print_json(as_object(loaded))
    else:
        for row in as_toml(opened.document(), loaded):
            _say(row)
    session.warn_of_problems()
    return Exit.USAGE if loaded.problems else Exit.FINE


@click.pass_context
def _get(context: click.Context, *, key: str) -> int:
    from avdesk.config.typed import to_text

    session = session_of(context)
    opened = configuration(session).open()
    document = opened.document()
    meant = document.known(key)
    if meant.environment in opened.loaded.broken:
        _tell_problems(opened.loaded)
        raise ConfigError(
            _("The environment “{name}” cannot be used as the file has it.").format(name=meant.environment),
            _("Correct the file; it was left as it is."),
        )
    if meant.environment is None or meant.environment in document.environments():
        value = document.get(key)
    elif meant.environment in opened.loaded.settings.environments and not opened.loaded.invented:
        value = document.get(key)  # the environment that there is without a file
    else:
        session.warn_of_problems()
        raise document.no_environment(meant.environment)
    session.warn_of_problems()
    _say(to_text(value))
    return Exit.FINE


@click.pass_context
def _set(context: click.Context, *, key: str, value: str) -> int:
    from avdesk.config.keys import key_text
    from avdesk.config.problems import UnfitError, did_you_mean, nearest
    from avdesk.config.typed import from_text

    session = session_of(context)
    service = configuration(session)
    opened = _sound(service.open())
    document = opened.document()
    meant = document.known(key)
    try:
        wanted = from_text(meant.option, value)
    except UnfitError as unfit:
        raise UsageError(f"{key_text(meant.path)}: {unfit.message}", unfit.hint) from None
    there = (None, *document.environments(), *opened.loaded.settings.environments)
    new = None if meant.environment in there else meant.environment
    document.set(meant.path, wanted)
    save(service, opened, document.text)
    if new is not None:
        known = [name for name in document.environments() if name != new]
        close = did_you_mean(new, known) if nearest(new, known) else ""
        tell(_("“{name}” is a new environment. {hint}").format(name=new, hint=close).rstrip())
    return Exit.FINE


@click.pass_context
def _unset(context: click.Context, *, key: str) -> int:
    from avdesk.config.keys import read_key, unknown_key

    service = configuration(session_of(context))
    opened = _sound(service.open())
    document = opened.document()
    path = read_key(key)
    if len(path) == 1 and path[0] != "default_environment" and isinstance(document.given(path), dict):
        raise unknown_key(path, document.environments())  # a whole table is more than one key
    if document.given(path) is None:
        document.known(path)  # raises where it is no key
    document.unset(path)
    save(service, opened, document.text)
    return Exit.FINE


@click.pass_context
def _validate(context: click.Context, *, file: Path | None, as_json: bool) -> int:
    from avdesk.cli.results import print_json
    from avdesk.config.load import load_file

    session = session_of(context)
    path = session.paths.config_file if file is None else file
    loaded = load_file(path)
    if file is not None and not loaded.exists:
        raise UsageError(_("There is no file {path}.").format(path=path), _("Check its name."))
    if as_json:
        from avdesk.cli.config_view import problem_object

        problems = [problem_object(problem) for problem in loaded.problems]
        print_json({"path": str(path), "exists": loaded.exists, "valid": not loaded.problems, "problems": problems})
    elif not loaded.exists:
        _say(_("{path} does not exist; the defaults hold.").format(path=path))
    elif not loaded.problems:
        _say(_("{path}: nothing is wrong with it.").format(path=path))
    _tell_problems(loaded)
    return Exit.USAGE if loaded.problems else Exit.FINE


def configuration(session: Session) -> "Configuration":
    """Return what reads and writes this call's configuration file."""
    from avdesk.services.configuration import Configuration

    return Configuration(session.paths)


def save(service: "Configuration", opened: "Opened", text: str) -> None:
    """Save an edit, together with what another program wrote meanwhile, and tell on stderr what changed.

    Raises:
        UsageError: the values do not fit together.
        ConfigError: another program set the same key to something else meanwhile.
        StoreError: the file cannot be written.
    """
    known = {(problem.key, problem.message) for problem in opened.loaded.problems}
    for problem in service.check(text).problems:
        if (problem.key, problem.message) not in known:
            raise UsageError(f"{problem.key}: {problem.message}", problem.hint)
    now, merged = service.save_merged(opened, text)
    if merged is not None and merged.conflicts:
        raise ConfigError(
            _("Another program changed {key} at the same time; nothing was written.").format(
                key=merged.conflicts[0].key
            ),
            _("Look at it with “avdesk config show”, and try again."),
        )
    preview = service.preview(opened.text, now.text)
    for change in preview.changes:
        tell(change_line(change))
    if not preview.changes:
        tell(_("Nothing changed: it was so already."))
    if preview.restart:
        tell(_("A running AVDesk takes this when it is started again."))
    _tell_problems(now.loaded)


def change_line(change: "Change") -> str:
    """Return one line of what changed."""
    from avdesk.config.changes import ChangeKind

    match change.kind:
        case ChangeKind.ADDED:
            return f"{change.key}: {change.new}"
        case ChangeKind.REMOVED:
            return _("{key}: {old} → not set").format(key=change.key, old=change.old)
        case _:
            return f"{change.key}: {change.old} → {change.new}"


def complete_key(context: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """Return the keys that begin so, for a shell that completes one."""
    from avdesk.config.keys import all_keys

    environments = (context.find_object(Session) or Session()).loaded.settings.environments
    return [key for key in all_keys(environments) if key.startswith(incomplete)]


def complete_value(context: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """Return the values that the key typed before may take, for a shell that completes one."""
    from avdesk.config.keys import known, read_key
    from avdesk.config.options import Kind
    from avdesk.config.typed import offered

    try:
        meant = known(read_key(str(context.params.get("key") or "")))
    except UsageError:
        return []
    if meant is None:
        return []
    if meant.option.kind is Kind.ENVIRONMENT:
        choices: Sequence[str] = list((context.find_object(Session) or Session()).loaded.settings.environments)
    else:
        choices = offered(meant.option)
    return [choice for choice in choices if choice.startswith(incomplete)]


def _sound(opened: "Opened") -> "Opened":
    """Return the opened file, if it can be edited; tell everything that is wrong with it otherwise."""
    if opened.unreadable is not None:
        raise opened.unreadable
    document: Document = opened.document()
    if document.damaged:
        _tell_problems(opened.loaded)
        document.check_sound()
    return opened


def _tell_problems(loaded: "Loaded") -> None:
    for sentence in loaded.sentences():
        tell(sentence)


def _say(text: str) -> None:
    print(text)  # noqa: T201 - the command's result
