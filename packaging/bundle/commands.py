"""Every subcommand, and what its run must be like: the lines of the smoke run."""

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class Command:
    """One run.

    Attributes:
        path: the command, as ``jobs show``.
        arguments: with ``{any}`` for a job's id, ``{failed}`` for that of a failed one, ``{folder}`` for a folder.
        codes: the exit codes that are right.
        prints: an expression for what is to be found in its output.
        errors: one for all of what it says on stderr.
        stdin: what it reads.
        until: where it runs on: an expression for the line after which it is interrupted.
    """

    path: str
    arguments: tuple[str, ...] = ()
    codes: tuple[int, ...] = (0,)
    prints: str = r"\S"
    errors: str = ""
    stdin: str = ""
    until: str = ""


COMMANDS = (
    Command("status", ("--json",), codes=(0, 1), prints='"via": "server"'),
    Command("watch", ("--interval", "1"), codes=(130,), until=r"\S"),
    Command("health", codes=(0, 1), prints="(?i)redis|healthy|ok"),
    Command("jobs list", prints="video-job-"),
    Command("jobs show", ("{any}", "--json"), prints='"id": "video-job-'),
    Command("jobs wait", ("{failed}", "--timeout", "30"), codes=(0, 1), prints="", errors=".*"),
    Command("jobs cancel", ("{failed}", "--yes"), codes=(0, 1, 5, 6), prints="", errors=".*"),
    Command("jobs retry", ("{failed}", "--yes"), codes=(0, 5, 6), prints="", errors=".*"),
    Command("jobs restart", ("{failed}", "--yes"), codes=(0, 5, 6), prints="", errors=".*"),
    Command("generate", ("--topic", "Tides", "--json"), codes=(0, 5, 6), prints="", errors=".*"),
    Command("logs tail", ("-n", "5"), prints="", errors=".*"),
    Command("logs search", ("render", "--since", "1d"), codes=(0, 1), prints="", errors=".*"),
    Command("open", ("avdesk://nowhere",), codes=(2,), prints="", errors=".*leads nowhere.*"),
    Command("doctor", ("--json",), codes=(0, 1), prints='"checks"|"findings"|\\['),
    Command("demo", ("--terminal", "--speed", "400"), prints="", errors=".*"),
    Command("emulator", codes=(130,), until=r'^\{"autovideo"'),
    Command("config show", prints="url"),
    Command("config get", ("environments.dev.project",)),
    Command("config set", ("appearance.theme", "dark"), prints="", errors=".*"),
    Command("config unset", ("appearance.theme",), prints="", errors=".*"),
    Command("config validate", prints=""),
    Command("config edit", codes=(0, 2), prints="", errors=".*"),
    Command("config path", prints="config.toml"),
    Command("env list", prints="dev"),
    Command("env use", ("dev",), prints="", errors=".*"),
    Command("auth set", ("bearer", "--no-test"), stdin="a-token-of-the-smoke-run\n", prints="", errors=".*"),
    Command("auth status", codes=(0, 1), prints="(?i)server token"),
    Command("auth clear", ("bearer",), prints="", errors=".*"),
    Command("completion", ("bash",), prints="_avdesk"),
)
