"""`config`: the configuration file."""

import click

from avdesk.cli.commands import Command, Group, session_of
from avdesk.cli.exit_codes import Exit
from avdesk.i18n import _


def build() -> click.Command:
    """Return the commands about the configuration."""
    return Group(
        name="config",
        modules={"path": "avdesk.cli.config:build_path"},
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


@click.pass_context
def _path(context: click.Context) -> int:
    print(session_of(context).paths.config_file)  # noqa: T201 - the command's result
    return Exit.FINE
