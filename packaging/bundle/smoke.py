"""Runs the frozen program as users do, and ends with 1 at the first thing that is wrong: `make smoke`.

    smoke.py [FOLDER]    the bundle, dist/avdesk without it

Every subcommand runs for real, against an AutoVideo that the frozen program itself makes; then the desktop app, with
its demo and on a configuration, in a real session. Anything on stderr that does not belong there, a warning of Qt's,
a module or a library that is not found: each is a failure. A subcommand that is not in `commands.py` is one, too.
"""

import json
import os
import re
import signal
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import NoReturn

ROOT = Path(__file__).resolve().parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "packaging" / "bundle")]

from commands import COMMANDS, Command  # noqa: E402 - the folders come first

from benchmarks.signin import SignIn  # noqa: E402

ODD = re.compile(
    r"(?i)traceback|no module named|not found in|modulenotfound|importerror|cannot open shared object|\bqt\.[a-z]+\."
    r"|qobject|qsocket|could not load|deprecat|pyi[-_]|unraisable|segmentation|core dumped|warning:"
)
WITHIN_S = 120.0
LINUX = sys.platform == "linux"


def main(arguments: list[str]) -> int:
    """Run everything; return the exit code."""
    bundle = Path(arguments[0] if arguments else ROOT / "dist" / "avdesk").resolve()
    program = bundle / ("avdesk.exe" if sys.platform == "win32" else "avdesk")
    began = time.monotonic()
    check_what_was_missed(ROOT / "build" / "avdesk" / "warn-avdesk.txt")
    with (
        tempfile.TemporaryDirectory(prefix="avdesk-smoke-", ignore_cleanup_errors=True) as made,
        desktop() as session,
    ):
        variables = session.environment() if session is not None else dict(os.environ)
        smoke = Smoke(program, Path(made), variables)
        smoke.run_commands()
        if session is None:
            smoke.run_app_alone()
        else:
            run_in_session(smoke, session)
    say(
        f"smoke run: {smoke.count} runs of the frozen program are as they should be, {time.monotonic() - began:.0f} s"
    )
    return 0


class Smoke:
    """The frozen program, a home for it, and how many runs there were."""

    def __init__(self, program: Path, folder: Path, variables: Mapping[str, str]) -> None:
        """Run `program` with everything below `folder`."""
        self.program, self.folder = program, folder
        self.home = folder / "home"
        left_out = ("PYTHON", "VIRTUAL_ENV", "AVDESK_", "_PYI", "LD_LIBRARY_PATH")
        self.variables = {name: value for name, value in variables.items() if not name.startswith(left_out)}
        self.variables |= {"EDITOR": "true", "AVDESK_HOME": str(self.home)}
        self.count = 0

    def run_commands(self) -> None:
        """Run every subcommand, and the help of each."""
        leaves = set(self.leaves())
        known = {command.path for command in COMMANDS}
        if leaves != known:
            fail(f"commands.py and the program differ in {', '.join(sorted(leaves ^ known))}")
        version = self.run(["--version"]).stdout
        if not re.fullmatch(r"avdesk \d+\.\d+\.\d+\S*\n", version):
            fail(f"this is no version: {version!r}")
        with self.emulator() as told, SignIn(told["token"]) as signin:
            self.configure(told)
            key = signin.write_key(self.folder / "key.json", told["project"])
            self.variables["GOOGLE_APPLICATION_CREDENTIALS"] = str(key)
            jobs = json.loads(self.run(["jobs", "list", "--limit", "40", "--json"]).stdout)
            names = self.names(jobs)
            for command in COMMANDS:
                self.run_command(command, names)

    def leaves(self, *path: str) -> Iterator[str]:
        """Yield the commands that the frozen program itself lists, by the help of each group."""
        text = self.run([*path, "--help"]).stdout
        listed = re.findall(
            r"^  ([a-z][a-z-]*)\b", text.partition("\nCommands:\n")[2].partition("\n\n")[0], re.MULTILINE
        )
        for name in listed:
            yield from self.leaves(*path, name)
        if not listed:
            yield " ".join(path)

    def run_command(self, command: Command, names: Mapping[str, str]) -> None:
        """Run one command as its line says."""
        words = [word.format(**names) for word in (*command.path.split(), *command.arguments)]
        if command.until:
            self.run_until(words, command)
            return
        done = self.run(words, codes=command.codes, stdin=command.stdin, errors=command.errors)
        if not re.search(command.prints, done.stdout):
            fail(f"{' '.join(words)} printed no {command.prints!r}", done.stdout, done.stderr)

    def run(
        self, words: list[str], *, codes: tuple[int, ...] = (0,), stdin: str = "", errors: str = ""
    ) -> "subprocess.CompletedProcess[str]":
        """Run the program to its end; `errors` is an expression for what it may say on stderr."""
        self.count += 1
        try:
            done = subprocess.run(
                [str(self.program), *words],
                env=self.variables,
                cwd=self.folder,
                input=stdin,
                capture_output=True,
                check=False,
                encoding="utf-8",
                timeout=WITHIN_S,
            )
        except subprocess.TimeoutExpired as late:
            fail(f"avdesk {' '.join(words)} did not end within {WITHIN_S:g} s", late.stdout, late.stderr)
        shown = "avdesk " + " ".join(words)
        if done.returncode not in codes:
            fail(f"{shown} ended with {done.returncode}, not {codes}", done.stdout, done.stderr)
        if not re.fullmatch(errors, done.stderr, re.DOTALL):
            fail(f"{shown} said on stderr what it should not", done.stdout, done.stderr)
        if ODD.search(done.stdout) and words[0] not in ("logs", "completion"):  # of which some tell of such things
            fail(f"{shown} printed what it should not", done.stdout, done.stderr)
        return done

    def run_until(self, words: list[str], command: Command) -> None:
        """Run the program until it has printed what is waited for, and interrupt it."""
        with self.started(words) as process:
            wait_for_line(process, command.until)
            process.send_signal(signal.SIGINT if sys.platform != "win32" else signal.SIGTERM)
            _rest, errors = process.communicate(timeout=WITHIN_S)
        if sys.platform != "win32" and process.returncode not in command.codes:
            fail(f"{' '.join(words)} ended with {process.returncode} when interrupted, not {command.codes}", errors)
        if not re.fullmatch(command.errors, errors, re.DOTALL):
            fail(f"{' '.join(words)} said on stderr what it should not", errors)

    @contextmanager
    def started(self, words: list[str]) -> "Iterator[subprocess.Popen[str]]":
        """Start the program, and end it where it has not ended by itself."""
        self.count += 1
        process = subprocess.Popen(
            [str(self.program), *words],
            env=self.variables,
            cwd=self.folder,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            encoding="utf-8",
        )
        try:
            yield process
        finally:
            if process.poll() is None:
                process.kill()
                process.communicate(timeout=WITHIN_S)

    @contextmanager
    def emulator(self) -> "Iterator[dict[str, str]]":
        """Run the frozen program's own AutoVideo; it must end well when asked to, without a word."""
        with self.started(["emulator", "--speed", "60", "--jobs", "30", "--revision", "planned"]) as process:
            yield json.loads(wait_for_line(process, r"\{.*\}"))
            process.terminate()
            _rest, errors = process.communicate(timeout=WITHIN_S)
            if errors or (sys.platform != "win32" and process.returncode != 0):
                fail(f"the emulator ended with {process.returncode}", errors)

    def configure(self, told: Mapping[str, object]) -> None:
        """Write the configuration: one environment, that AutoVideo."""
        regions = json.dumps(told["regions"])
        file = self.home / "config" / "config.toml"
        file.parent.mkdir(parents=True, exist_ok=True)
        file.write_text(
            f'default_environment = "dev"\n[environments.dev]\nurl = "{told["autovideo"]}"\n'
            f'project = "{told["project"]}"\nregions = {regions}\nvertex = "rest"\n'
            f'google_endpoint = "{told["google"]}"\n'
            "[polling]\nrequests = 2000\nwindow_s = 60\nreserve = 1000\n",
            encoding="utf-8",
        )

    def names(self, told: object) -> dict[str, str]:
        """Return what the commands' lines call by names: jobs of each kind."""
        jobs = told["jobs"] if isinstance(told, dict) else told
        assert isinstance(jobs, list)
        by_state: dict[str, str] = {}
        for job in jobs:
            by_state.setdefault(str(job["state"]), str(job["id"]))
        return {
            "any": str(jobs[0]["id"]),
            "failed": by_state.get("failed", str(jobs[-1]["id"])),
            "folder": str(self.folder),
        }

    def run_app_alone(self) -> None:
        """Start the app without a session that could be looked into, ask it for its state, and end it."""
        self.variables["QT_QPA_PLATFORM"] = "offscreen"
        with self.emulator() as told:
            self.configure(told)
            with self.started(["--background"]) as app:
                self.wait_until_app_answers(app)
                self.run(["open", "avdesk://logs"])
                app.terminate()
                _printed, errors = app.communicate(timeout=WITHIN_S)
        if ODD.search(errors):
            fail("the app said on stderr what it should not", errors)

    def wait_until_app_answers(self, app: "subprocess.Popen[str]") -> None:
        """Wait until the status comes from the running app."""
        deadline = time.monotonic() + WITHIN_S
        while '"via": "app"' not in self.run(["status", "--json"], codes=(0, 1, 3, 6), errors=".*").stdout:
            if app.poll() is not None:
                fail(f"the app ended with {app.returncode}", *app.communicate())
            if time.monotonic() > deadline:
                fail("the app never answered")
            time.sleep(0.5)


def check_what_was_missed(file: Path) -> None:
    """Fail where PyInstaller did not find what one of AVDesk's modules imports without an “if” or a “try”."""
    if not file.exists():
        return  # the bundle was made elsewhere
    missed = []
    for line in file.read_text(encoding="utf-8").splitlines():
        found = re.fullmatch(r"(?:missing|excluded) module named (\S+) - imported by (.*)", line)
        if found and re.search(r"avdesk\.\S+ \((top-level|delayed)\)", found[2]):
            missed.append(found[1])
    if missed:
        fail(f"these modules are imported and not in the bundle: {', '.join(missed)}")


def desktop() -> object:
    """Return a desktop session, where this system has one to be started."""
    if not LINUX:
        return nullcontext(None)
    from tests.harness.session import DesktopSession

    return DesktopSession(keyring="unlocked")


def run_in_session(smoke: Smoke, session: object) -> None:
    """Run the desktop app in the session: smoke_desktop needs what only Linux has."""
    from smoke_desktop import run_desktop

    run_desktop(smoke, session)


def wait_for_line(process: "subprocess.Popen[str]", wanted: str) -> str:
    """Return the first line of the output that matches; a program that ends before has failed."""
    assert process.stdout is not None
    seen = []
    for line in process.stdout:
        seen.append(line)
        if re.search(wanted, line):
            return line
    errors = process.stderr.read() if process.stderr is not None else ""
    return fail(f"there was no line like {wanted!r}", *seen, errors)


def fail(sentence: str, *shown: object) -> NoReturn:
    """End with what is wrong."""
    details = "\n".join(str(each)[-3000:] for each in shown if each)
    raise SystemExit(f"smoke run: {sentence}" + (f"\n{details}" if details else ""))


def say(line: str) -> None:
    """Print."""
    sys.stdout.write(line + "\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
