"""The command line's entry: which command, in which language, and which exit code."""

import contextlib
import logging
import os
import sys
from collections.abc import Sequence
from pathlib import Path, PurePath

import click

from avdesk import __version__, i18n
from avdesk.cli.commands import Group, global_options, session_of
from avdesk.cli.exit_codes import Exit, exit_code
from avdesk.cli.lines import is_terminal
from avdesk.cli.session import LANGUAGE_VARIABLE, Session, complain, tell
from avdesk.core.errors import KnownError, UsageError
from avdesk.i18n import _

COMMANDS = {
    "status": "avdesk.cli.status",
    "watch": "avdesk.cli.watch",
    "health": "avdesk.cli.health",
    "jobs": "avdesk.cli.jobs",
    "generate": "avdesk.cli.generate",
    "logs": "avdesk.cli.logs",
    "open": "avdesk.cli.opening",
    "doctor": "avdesk.cli.doctor",
    "demo": "avdesk.cli.demo",
    "emulator": "avdesk.cli.emulator",
    "config": "avdesk.cli.config",
    "env": "avdesk.cli.env",
    "auth": "avdesk.cli.auth",
    "completion": "avdesk.cli.completion",
}
"""Command → the module that builds it."""

QUICK = "avmonitor"
"""Called by this name, the program without a command prints the status."""

_log = logging.getLogger(__name__)


def run(argv: Sequence[str]) -> int:
    """Do what the arguments say (`argv[0]` is the program's name) and return the exit code; never raises."""
    program = _program(argv[0] if argv else "")
    arguments = list(argv[1:])
    session = Session(program, _home_in(arguments))
    _mend_streams()
    try:
        code = _call(session, arguments)
        for stream in (sys.stdout, sys.stderr):
            if stream is not None:
                stream.flush()
    except (KeyboardInterrupt, click.Abort):
        if is_terminal(sys.stderr):
            tell("")  # after the terminal's own ^C
        return Exit.INTERRUPTED
    except BrokenPipeError:
        return _die_quietly()
    finally:
        _end_logging()
    return code


def build(program: str = "avdesk") -> Group:
    """Return the whole command line."""
    quick = program == QUICK
    return Group(
        name=program,
        modules=COMMANDS,
        callback=_without_command,
        params=[
            click.Option(
                ["--background"],
                is_flag=True,
                help=_("Start the desktop app in the tray alone; without a tray its window opens."),
            ),
            *global_options(),
            click.Option(["--verbose"], is_flag=True, help=_("Tell on stderr what is also written to the log.")),
            click.Option(
                ["--version"],
                is_flag=True,
                is_eager=True,
                expose_value=False,
                callback=_show_version,
                help=_("Show the version and exit."),
            ),
        ],
        about=_("Watch AutoVideo make videos. Without a command: print the status.")
        if quick
        else _("Watch AutoVideo make videos. Without a command: open the desktop app."),
        epilog=_(
            "Exit codes: 0 fine, 1 bad, 2 wrong use or configuration, 3 not reachable, 4 not allowed, 5 refused, "
        )
        + _("6 rate limit spent, 130 Ctrl-C."),
    )


@click.pass_context
def _without_command(context: click.Context, *, background: bool, verbose: bool) -> int | None:
    session = session_of(context)
    _start_logging(session, verbose=verbose)
    if context.invoked_subcommand is not None:
        if background:
            raise UsageError(
                _("--background is for the desktop app alone."),
                _("Leave it out, or call “{program} --background” without a command.").format(
                    program=session.program
                ),
            )
        return None
    if session.program == QUICK and not background:
        from avdesk.cli.status import show_status

        return show_status(session, as_json=False)
    from avdesk.cli.desktop import open_desktop

    return open_desktop(session, background=background)


def _call(session: Session, arguments: list[str]) -> int:
    """Run the command and turn whatever goes wrong into words and an exit code."""
    try:
        _speak(session)
        result = _invoke(session, arguments)
    except KnownError as error:
        complain(error)
        return exit_code(error)
    except click.ClickException as error:
        from avdesk.cli.misuse import explain

        complain(explain(error, session.program))
        return Exit.USAGE
    except (click.Abort, KeyboardInterrupt, BrokenPipeError):
        raise
    except Exception as error:  # noqa: BLE001 - the last resort: no traceback ever reaches the user
        return _bug(session, error)
    return int(result) if isinstance(result, int) else Exit.FINE


def _invoke(session: Session, arguments: list[str]) -> object:
    """Return what the command returns. Done by hand, because click's own way prints and exits by itself."""
    group = build(session.program)
    if f"_{session.program.upper()}_COMPLETE" in os.environ:
        return group.main(arguments, prog_name=session.program, standalone_mode=False, obj=session)
    try:
        with group.make_context(session.program, arguments, obj=session) as context:
            return group.invoke(context)
    except click.exceptions.Exit as done:
        return done.exit_code


def _bug(session: Session, error: Exception) -> int:
    """Tell of a fault of AVDesk itself; its details are for the log."""
    _start_logging(session)
    _log.error("the command failed", exc_info=error)
    complain(
        KnownError(
            _("AVDesk itself failed ({kind}).").format(kind=type(error).__name__),
            _("Please report it with what {path} says of it.").format(path=session.paths.log_file),
        )
    )
    return Exit.BAD


def _program(called: str) -> str:
    """Return the name that the program goes by: everything that is not ``avmonitor`` is ``avdesk``."""
    return QUICK if PurePath(called.replace("\\", "/")).stem.lower() == QUICK else "avdesk"


def _home_in(arguments: Sequence[str]) -> Path | None:
    """Return what ``--home`` says before click reads it: the language may depend on the configuration there."""
    for place, argument in enumerate(arguments):
        if argument == "--":
            break
        if argument == "--home" and place + 1 < len(arguments):
            return Path(arguments[place + 1])
        if argument.startswith("--home="):
            return Path(argument.removeprefix("--home="))
    return None


def _speak(session: Session) -> None:
    """Choose the language: of the variable, else of the configuration, else of the system."""
    from avdesk.config.paths import resources_folder

    language = os.environ.get(LANGUAGE_VARIABLE) or session.loaded.settings.appearance.language
    if not language:
        system = next((os.environ[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if os.environ.get(name)), "")
        language = system.partition(".")[0].partition("@")[0]
    if language in ("", "C", "POSIX"):
        i18n.install(None)
    else:
        i18n.install(language, resources_folder() / "i18n")


def _start_logging(session: Session, *, verbose: bool = False) -> None:
    """Log warnings to the file; with `verbose` everything from INFO on to stderr as well. Once per process."""
    from avdesk.store.logfile import LogFile, RedactingFormatter, log_to

    root = logging.getLogger()
    if not any(isinstance(handler, LogFile) for handler in root.handlers):
        log_to(session.paths.log_file)
    if verbose and sys.stderr is not None:
        handler = logging.StreamHandler(sys.stderr)
        handler.setFormatter(RedactingFormatter())
        handler.setLevel(logging.INFO)
        root.addHandler(handler)
        root.setLevel(logging.INFO)


def _end_logging() -> None:
    """Let go of the log, if it was opened at all."""
    if "avdesk.store.logfile" in sys.modules:
        from avdesk.store.logfile import end_logging

        end_logging()


def _show_version(context: click.Context, _option: click.Parameter, value: bool) -> None:
    if value and not context.resilient_parsing:
        print(f"avdesk {__version__}")  # noqa: T201 - the command's result
        context.exit(Exit.FINE)


def _mend_streams() -> None:
    """Keep a character that the terminal or the pipe cannot show from ending the program."""
    for stream in (sys.stdout, sys.stderr):
        reconfigure = getattr(stream, "reconfigure", None)
        if reconfigure is not None:
            reconfigure(errors="replace")


def _die_quietly() -> int:
    """End after the reader has closed the pipe: it has what it wanted."""
    with contextlib.suppress(OSError, ValueError):
        nothing = os.open(os.devnull, os.O_WRONLY)
        os.dup2(nothing, sys.stdout.fileno())
        os.close(nothing)
    return Exit.FINE
