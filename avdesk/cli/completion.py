"""`completion`: what a shell needs to complete AVDesk's commands."""

import click

from avdesk.cli.commands import Command, session_of
from avdesk.cli.exit_codes import Exit
from avdesk.core.errors import UsageError
from avdesk.i18n import _

SHELLS = ("bash", "zsh", "fish")


def build() -> click.Command:
    """Return the command."""
    return Command(
        "completion",
        callback=_completion,
        params=[click.Argument(["shell"], type=click.Choice(SHELLS), metavar="|".join(SHELLS))],
        short=_("Completion for a shell."),
        about=_('Print the completion script of a shell; for bash: eval "$(avdesk completion bash)".'),
    )


@click.pass_context
def _completion(context: click.Context, *, shell: str) -> int:
    from click.shell_completion import get_completion_class

    session = session_of(context)
    kind = get_completion_class(shell)
    if kind is None:
        raise UsageError(_("There is no completion for {shell}.").format(shell=shell), ", ".join(SHELLS))
    variable = f"_{session.program.upper()}_COMPLETE"
    script = kind(context.find_root().command, {}, session.program, variable)
    print(script.source_template % script.source_vars())  # noqa: T201 - the command's result
    return Exit.FINE
