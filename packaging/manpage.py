"""Writes the man page of the command line to standard output, from the commands' own help."""

import sys
from collections.abc import Iterator

import click

from avdesk import __version__
from avdesk.cli.main import build


def page() -> str:
    """Return the page, in man's own language."""
    program = build("avdesk")
    context = click.Context(program, info_name="avdesk")
    lines = [
        f'.TH AVDESK 1 "" "AVDesk {__version__}" "User Commands"',
        ".SH NAME",
        r"avdesk, avmonitor \- watch the AutoVideo pipeline, and act on its jobs",
        ".SH SYNOPSIS",
        r".B avdesk",
        r"[\fIOPTIONS\fR] [\fICOMMAND\fR \&...]",
        ".br",
        r".B avmonitor",
        r"[\fIOPTIONS\fR] [\fICOMMAND\fR \&...]",
        ".SH DESCRIPTION",
        escaped(program.help or ""),
        "Bare",
        ".B avdesk",
        "opens the desktop app, bare",
        ".B avmonitor",
        "prints the status; every command works under both names.",
        ".SH OPTIONS",
        *options(program, context),
        ".SH COMMANDS",
        *commands(program, context),
        ".SH EXIT STATUS",
        escaped(
            "0 done, and what was looked at is fine; 1 done, and what was looked at is bad; 2 wrong use or wrong "
            "configuration; 3 the server can't be reached; 4 not allowed; 5 the request was refused; 6 the rate "
            "limit is spent; 130 interrupted."
        ),
        ".SH ENVIRONMENT",
        ".TP",
        r".B AVDESK_HOME",
        "One folder for configuration, state, cache and logs, as --home.",
        ".TP",
        r".B AVDESK_ENV",
        "The environment to look at, as --env.",
        ".TP",
        r".B NO_COLOR",
        "No colours in the terminal.",
        ".SH FILES",
        ".TP",
        r".I ~/.config/avdesk/config.toml",
        "The configuration; “avdesk config path” says where it is.",
    ]
    return "\n".join(lines) + "\n"


def commands(group: click.Group, context: click.Context) -> Iterator[str]:
    """Yield the commands of a group, those of its groups too."""
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from commands(command, inner)
            continue
        usage = " ".join(command.collect_usage_pieces(inner))
        yield f".SS {escaped(inner.command_path.removeprefix('avdesk '))} {escaped(usage)}"
        yield escaped(command.help or command.get_short_help_str(200))
        yield from options(command, inner)


def options(command: click.Command, context: click.Context) -> Iterator[str]:
    """Yield what a command can be told."""
    for parameter in command.get_params(context):
        record = parameter.get_help_record(context)
        if record is not None:
            yield ".TP"
            yield rf"\fB{escaped(record[0])}\fR"
            yield escaped(record[1])


def escaped(text: str) -> str:
    """Return text that man shows as it is."""
    joined = " ".join(text.split())
    found = joined.replace("\\", r"\e").replace("-", r"\-")
    return rf"\&{found}" if found[:1] in {".", "'"} else found


if __name__ == "__main__":
    sys.stdout.write(page())
