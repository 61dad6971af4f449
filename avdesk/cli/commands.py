"""Commands whose help is translated, that are imported when they are called, and that know the global options."""

import importlib
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Any

import click
from click.types import OptionHelpExtra

from avdesk.cli.session import Session
from avdesk.core.errors import KnownError
from avdesk.i18n import _

CONTEXT: Mapping[str, Any] = {"help_option_names": ["-h", "--help"], "max_content_width": 100}


def session_of(context: click.Context) -> Session:
    """Return the session of a call."""
    session = context.find_object(Session)
    assert session is not None
    return session


class Command(click.Command):
    """One command; ``--env`` and ``--home`` may also stand behind its name."""

    def __init__(
        self,
        name: str,
        *,
        callback: Callable[..., int],
        about: str,
        short: str,
        params: Sequence[click.Parameter] = (),
    ) -> None:
        """`about`: what it does; `short`: the same in a few words, for the list of commands."""
        super().__init__(
            name,
            context_settings=dict(CONTEXT),
            callback=callback,
            params=[*params, *global_options()],
            help=about,
            short_help=short,
        )

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option that shows the help, described in the user's language."""
        return _translated(super().get_help_option(ctx))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the command is called."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the options do."""
        _write_options(self, ctx, formatter)


class NeededOption(click.Option):
    """An option that has to be given, which its help says in the user's language."""

    def __init__(self, names: Sequence[str], *, metavar: str, about: str) -> None:
        """`about`: what it is for."""
        super().__init__(names, required=True, metavar=metavar, help=about)

    def get_help_extra(self, ctx: click.Context) -> OptionHelpExtra:
        """Return what stands in brackets behind the help."""
        extra = super().get_help_extra(ctx)
        extra["required"] = _("required")
        return extra


class Group(click.Group):
    """Commands by name, each in a module of its own that is imported on demand."""

    def __init__(
        self,
        name: str,
        modules: Mapping[str, str],
        *,
        about: str,
        epilog: str | None = None,
        callback: Callable[..., int | None] | None = None,
        params: Sequence[click.Parameter] = (),
    ) -> None:
        """`modules`: command → the module whose ``build()`` returns it, or ``module:function``."""
        super().__init__(
            name,
            context_settings=dict(CONTEXT),
            invoke_without_command=callback is not None,
            callback=callback,
            params=list(params),
            help=about,
            epilog=epilog,
        )
        self._modules = modules

    def list_commands(self, ctx: click.Context) -> list[str]:
        """Return the names in the order in which the help lists them."""
        del ctx
        return list(self._modules)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """Return a command, None when there is none of that name."""
        del ctx
        where = self._modules.get(cmd_name)
        if where is None:
            return None
        module, _colon, function = where.partition(":")
        command: click.Command = getattr(importlib.import_module(module), function or "build")()
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """Return the command that is called.

        Raises:
            click.NoSuchCommand: with the names that there are.
        """
        if args and not args[0].startswith("-") and args[0] not in self._modules and not ctx.resilient_parsing:
            raise click.NoSuchCommand(args[0], possibilities=list(self._modules), ctx=ctx)
        return super().resolve_command(ctx, args)

    def get_help_option(self, ctx: click.Context) -> click.Option | None:
        """Return the option that shows the help, described in the user's language."""
        return _translated(super().get_help_option(ctx))

    def format_usage(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write how the command is called."""
        _write_usage(self, ctx, formatter)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Write what the options do, and which commands there are."""
        _write_options(self, ctx, formatter)
        rows = []
        for name in self.list_commands(ctx):
            command = self.get_command(ctx, name)
            if command is not None and not command.hidden:
                rows.append((name, command.get_short_help_str(70)))
        with formatter.section(_("Commands")):
            formatter.write_dl(rows)


def global_options() -> list[click.Parameter]:
    """Return the options that every command takes."""
    return [
        click.Option(
            ["--env"],
            metavar=_("NAME"),
            expose_value=False,
            callback=_take_environment,
            shell_complete=_complete_environment,
            help=_("The environment to look at; without it AVDESK_ENV, then default_environment."),
        ),
        click.Option(
            ["--home"],
            metavar=_("FOLDER"),
            expose_value=False,
            type=click.Path(path_type=Path),
            callback=_take_home,
            help=_("One folder for configuration, state, cache and logs, as AVDESK_HOME."),
        ),
    ]


def _take_environment(context: click.Context, _option: click.Parameter, value: str | None) -> None:
    if value is not None:
        session_of(context).environment_name = value


def _take_home(context: click.Context, _option: click.Parameter, value: Path | None) -> None:
    if value is not None:
        session_of(context).use_home(value)


def _complete_environment(context: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    session = context.find_object(Session) or Session()
    return [name for name in session.loaded.settings.environments if name.startswith(incomplete)]


def complete_region(context: click.Context, _option: click.Parameter, incomplete: str) -> list[str]:
    """Return the regions of the environment that is meant, for a shell that completes one."""
    session = context.find_object(Session) or Session()
    try:
        regions = session.environment().regions
    except KnownError:
        return []
    return [region for region in regions if region.startswith(incomplete)]


def _translated(option: click.Option | None) -> click.Option | None:
    if option is not None:
        option.help = _("Show this help and exit.")
    return option


def _write_usage(command: click.Command, context: click.Context, formatter: click.HelpFormatter) -> None:
    pieces: list[str] = [_("[OPTIONS]")]
    pieces += [each.make_metavar(context) for each in command.get_params(context) if isinstance(each, click.Argument)]
    if isinstance(command, click.Group):
        pieces.append(_("COMMAND …"))
    formatter.write_usage(context.command_path, " ".join(pieces), prefix=_("Usage:") + " ")


def _write_options(command: click.Command, context: click.Context, formatter: click.HelpFormatter) -> None:
    records = [
        record
        for parameter in command.get_params(context)
        if not isinstance(parameter, click.Argument) and (record := parameter.get_help_record(context)) is not None
    ]
    with formatter.section(_("Options")):
        formatter.write_dl(records)
