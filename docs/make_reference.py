"""Writes the reference pages of docs/ from the program itself: `make docs`.

make_reference.py          writes docs/command-line.md and docs/configuration.md
make_reference.py --check  ends with 1 where one of them is not what the program says now
"""

import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

import click

from avdesk.cli.main import build
from avdesk.config.options import DEFAULT_ENVIRONMENT, ENVIRONMENT, TABLES, Kind, Option

HERE = Path(__file__).resolve().parent

_HEADS = {
    ENVIRONMENT: ("[environments.NAME]", "One table for each AutoVideo installation; NAME is yours to choose."),
    "polling": ("[polling]", "How the servers may be asked; an environment can have `[environments.NAME.polling]`."),
    "notifications": (
        "[notifications]",
        "What is told of; an environment can have `[environments.NAME.notifications]` of its own.",
    ),
    "appearance": ("[appearance]", "How AVDesk looks."),
    "updates": ("[updates]", "Whether and where newer versions are looked for: nowhere, unless you say so."),
}


def main(arguments: list[str]) -> int:
    """Write or check the pages; return the exit code."""
    pages = {"command-line.md": command_line(), "configuration.md": configuration()}
    if arguments == ["--check"]:
        old = [name for name, text in pages.items() if not _is(HERE / name, text)]
        if old:
            sys.stderr.write(f"not what the program says now (make docs): {', '.join(old)}\n")
        return 1 if old else 0
    for name, text in pages.items():
        (HERE / name).write_text(text, encoding="utf-8")
    return 0


def command_line() -> str:
    """Return the page of the commands."""
    program = build("avdesk")
    context = click.Context(program, info_name="avdesk")
    lines = [
        "# Command line",
        "",
        "Made from the program's own help by `make docs`. `avdesk` and `avmonitor` are the same program: bare",
        "`avdesk` opens the desktop app, bare `avmonitor` prints the status. Results go to stdout, everything else",
        "to stderr.",
        "",
        program.epilog or "",
        "",
        "## Everywhere",
        "",
        *_options(program, context),
        *_commands(program, context),
    ]
    return "\n".join(lines).rstrip() + "\n"


def _commands(group: click.Group, context: click.Context) -> Iterator[str]:
    everywhere = {name for each in build("avdesk").params for name in each.opts}
    for name in group.list_commands(context):
        command = group.get_command(context, name)
        if command is None or command.hidden:
            continue
        inner = click.Context(command, info_name=name, parent=context)
        if isinstance(command, click.Group):
            yield from _commands(command, inner)
            continue
        words = [each.make_metavar(inner) for each in command.params if isinstance(each, click.Argument)]
        yield from (
            "",
            f"## {' '.join([inner.command_path, *words])}",
            "",
            " ".join((command.help or "").split()),
            "",
        )
        yield from _options(command, inner, everywhere)


def _options(command: click.Command, context: click.Context, but: set[str] | None = None) -> Iterator[str]:
    rows = []
    for parameter in command.params:
        record = parameter.get_help_record(context)
        if record is not None and not (but or set()) & set(parameter.opts):
            rows.append(f"| `{record[0].replace('|', chr(92) + '|')}` | {_cell(record[1])} |")
    if rows:
        yield from ("| option | does |", "| --- | --- |", *rows)


def configuration() -> str:
    """Return the page of the options."""
    lines = [
        "# Configuration",
        "",
        "Made from the option table by `make docs`. `avdesk config path` says where the file is, and",
        "`avdesk config validate` what is wrong with it; the Settings page and `avdesk config set` change it without",
        "losing your comments.",
        "Secrets are never in the file: they are in the system's keyring (`avdesk auth set`).",
        "",
        "What is wrong is told with its line, and what is usable is used. A running app takes a change at once, but",
        "for the options that say otherwise.",
        "",
        *_table([DEFAULT_ENVIRONMENT]),
    ]
    for table, (head, about) in _HEADS.items():
        lines += ["", f"## {head}", "", about, "", *_table(TABLES[table].values())]
    return "\n".join(lines) + "\n"


def _table(options: Iterable[Option]) -> Iterator[str]:
    yield from ("| key | what it does | value | default |", "| --- | --- | --- | --- |")
    for option in options:
        late = " Taken at the next start." if option.restart else ""
        yield f"| `{option.key}` | {_cell(option.help())}{late} | {_value(option)} | {_default(option.default)} |"


def _value(option: Option) -> str:
    if option.kind is Kind.FLAG:
        return "`true` or `false`"
    if option.kind in (Kind.WHOLE, Kind.SECONDS):
        unit = " seconds" if option.kind is Kind.SECONDS else ""
        return f"{option.low:g} to {option.high:g}{unit}"
    if option.choices:
        names = ", ".join(f"`{name}`" for name in option.choices)
        return f"{names}, or `#rrggbb`" if option.kind is Kind.COLOUR else names
    return {
        Kind.URL: "an address",
        Kind.PROJECT: "a project id",
        Kind.REGIONS: "a list of regions",
        Kind.LANGUAGE: "a language code",
        Kind.ENVIRONMENT: "an environment's name",
        Kind.PUBLIC_KEY: "32 bytes in base64",
    }[option.kind]


def _default(value: object) -> str:
    if isinstance(value, bool):
        return f"`{str(value).lower()}`"
    if isinstance(value, tuple):
        return "`[" + ", ".join(f'"{each}"' for each in value) + "]`"
    if isinstance(value, float):
        return f"`{value:g}`"
    return f"`{value}`" if value not in ("", None) else "empty"


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|")


def _is(file: Path, text: str) -> bool:
    return file.exists() and file.read_text(encoding="utf-8") == text


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
