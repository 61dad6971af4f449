"""Starting AVDesk at login, by the platform's own means, and the real state of that: what is there is read each time.

Linux: a file in the autostart folder (XDG). macOS: a LaunchAgent. Windows: a value of the user's Run key.
"""

import contextlib
import os
import plistlib
import shlex
import shutil
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from avdesk.config.paths import APP_ID, Paths, find_paths
from avdesk.core.errors import StoreError
from avdesk.core.text import one_line
from avdesk.i18n import _

MAX_FILE = 64 * 1024
RUN_KEY = r"Software\Microsoft\Windows\CurrentVersion\Run"
RUN_VALUE = "AVDesk"


@dataclass(frozen=True, slots=True)
class AutostartState:
    """Whether AVDesk is started at login.

    Attributes:
        on: whether it is; None where that cannot be found out, or this platform has no such thing.
        place: where that is written down; empty without one.
        command: what is started, as it is written there; empty when nothing is.
        note: what is odd about it, one sentence; empty when nothing is.
    """

    on: bool | None
    place: str = ""
    command: str = ""
    note: str = ""


class Autostart(Protocol):
    """One platform's means."""

    def state(self) -> AutostartState:
        """Return how it is now; never raises for what is there."""

    def set(self, *, on: bool) -> None:
        """Start at login from now on, or not.

        Raises:
            StoreError: that could not be written down.
        """


def start_command(paths: Paths, environ: Mapping[str, str] | None = None) -> list[str]:
    """Return what starts AVDesk in the background, on these folders; a home of its own is named in it."""
    variables = os.environ if environ is None else environ
    bare = {name: value for name, value in variables.items() if name != "AVDESK_HOME"}
    own = [] if paths.state == find_paths(None, bare).state else ["--home", str(paths.state.parent)]
    if getattr(sys, "frozen", False):
        return [os.environ.get("APPIMAGE") or sys.executable, *own, "--background"]
    program = shutil.which("avdesk", path=str(Path(sys.executable).parent)) or shutil.which("avdesk")
    start = [program] if program else [sys.executable, "-m", "avdesk"]
    return [*start, *own, "--background"]


def autostart(paths: Paths) -> Autostart:
    """Return this platform's means for these folders; cheap, nothing is looked at yet."""
    command = start_command(paths)
    if sys.platform == "win32":
        return RunKey(command)
    if sys.platform == "darwin":
        return LaunchAgent(command, Path.home() / "Library" / "LaunchAgents")
    folder = os.environ.get("XDG_CONFIG_HOME")
    base = Path(folder) if folder and Path(folder).is_absolute() else Path.home() / ".config"
    return DesktopEntry(command, base / "autostart")


class DesktopEntry:
    """A ``.desktop`` file in the autostart folder."""

    def __init__(self, command: list[str], folder: Path) -> None:
        """Start `command` by a file in `folder`."""
        self._command = command
        self.path = folder / f"{APP_ID}.desktop"

    def state(self) -> AutostartState:
        """Return what the file says, as a desktop reads it."""
        try:
            text = _text_of(self.path)
        except OSError as error:
            return AutostartState(None, str(self.path), note=_unreadable(error))
        if text is None:
            return AutostartState(on=False, place=str(self.path))
        entry = _entry(text)
        command = one_line(entry.get("Exec", ""), 400)
        off = entry.get("Hidden") == "true" or entry.get("X-GNOME-Autostart-enabled") == "false"
        note = "" if off else _note_on(command, _quoted(self._command), entry.get("TryExec") or _first(command))
        return AutostartState(on=not off and bool(command), place=str(self.path), command=command, note=note)

    def set(self, *, on: bool) -> None:
        """Write the file, or remove it."""
        if not on:
            _remove(self.path)
            return
        lines = [
            "[Desktop Entry]",
            "Type=Application",
            "Name=AVDesk",
            f"Exec={_quoted(self._command)}",
            f"Icon={APP_ID}",
            "Terminal=false",
            "X-GNOME-Autostart-enabled=true",
        ]
        _write(self.path, ("\n".join(lines) + "\n").encode())


class LaunchAgent:
    """A property list in ``~/Library/LaunchAgents``."""

    def __init__(self, command: list[str], folder: Path) -> None:
        """Start `command` by a file in `folder`."""
        self._command = command
        self.path = folder / f"{APP_ID}.plist"

    def state(self) -> AutostartState:
        """Return what the file says."""
        try:
            raw = _bytes_of(self.path)
        except OSError as error:
            return AutostartState(None, str(self.path), note=_unreadable(error))
        if raw is None:
            return AutostartState(on=False, place=str(self.path))
        try:
            told = plistlib.loads(raw)
        except Exception:  # noqa: BLE001 - plistlib raises whatever its parser does
            return AutostartState(None, str(self.path), note=_("The file cannot be read."))
        words = told.get("ProgramArguments") if isinstance(told, dict) else None
        command = [str(word) for word in words] if isinstance(words, list) else []
        on = isinstance(told, dict) and told.get("RunAtLoad") is True and not told.get("Disabled") and bool(command)
        note = _note_on(shlex.join(command), shlex.join(self._command), command[0]) if on else ""
        return AutostartState(on, str(self.path), one_line(shlex.join(command), 400), note)

    def set(self, *, on: bool) -> None:
        """Write the file, or remove it; launchd takes it up at the next login."""
        if not on:
            _remove(self.path)
            return
        told = {"Label": APP_ID, "ProgramArguments": self._command, "RunAtLoad": True, "ProcessType": "Interactive"}
        _write(self.path, plistlib.dumps(told))


class RunKey:
    """A value of the user's Run key in the Windows registry."""

    def __init__(self, command: list[str]) -> None:
        """Start `command`."""
        self._line = _windows_line(command)

    def state(self) -> AutostartState:
        """Return what the registry says."""
        place = f"HKEY_CURRENT_USER\\{RUN_KEY}\\{RUN_VALUE}"
        try:
            told = _registered()
        except OSError as error:
            return AutostartState(None, place, note=_unreadable(error))
        if told is None:
            return AutostartState(on=False, place=place)
        note = "" if told == self._line else _other_command()
        return AutostartState(on=True, place=place, command=one_line(told, 400), note=note)

    def set(self, *, on: bool) -> None:
        """Write the value, or remove it."""
        try:
            _register(self._line if on else None)
        except OSError as error:
            raise _unwritten(RUN_KEY, error) from None


def _registered() -> str | None:
    if sys.platform == "win32":
        import winreg

        try:
            with winreg.OpenKey(winreg.HKEY_CURRENT_USER, RUN_KEY) as key:
                return str(winreg.QueryValueEx(key, RUN_VALUE)[0])
        except FileNotFoundError:
            return None
    raise OSError(_("this system has no registry"))


def _register(line: str | None) -> None:
    if sys.platform == "win32":
        import winreg

        with winreg.CreateKey(winreg.HKEY_CURRENT_USER, RUN_KEY) as key:
            if line is not None:
                winreg.SetValueEx(key, RUN_VALUE, 0, winreg.REG_SZ, line)
                return
            with contextlib.suppress(FileNotFoundError):
                winreg.DeleteValue(key, RUN_VALUE)
    else:
        raise OSError(_("this system has no registry"))


def _entry(text: str) -> dict[str, str]:
    """Return the keys of the ``[Desktop Entry]`` group."""
    found: dict[str, str] = {}
    inside = False
    for line in text.splitlines():
        bare = line.strip()
        if bare.startswith("["):
            inside = bare == "[Desktop Entry]"
        elif inside and "=" in bare and not bare.startswith("#"):
            key, _equals, value = bare.partition("=")
            found.setdefault(key.strip(), value.strip())
    return found


def _quoted(command: list[str]) -> str:
    """Return a command as the Desktop Entry Specification writes it."""
    return " ".join(_quoted_word(word) for word in command)


def _quoted_word(word: str) -> str:
    if word and all(c.isalnum() or c in "@+-./:=_," for c in word):
        return word
    escaped = "".join(f"\\\\{c}" if c in '"`$\\' else c for c in word).replace("%", "%%")
    return f'"{escaped}"'


def _first(command: str) -> str:
    try:
        words = shlex.split(command)
    except ValueError:
        return ""
    return words[0] if words else ""


def _note_on(told: str, wanted: str, program: str) -> str:
    if not program or shutil.which(program) is None:
        return _("What is to be started is not there any more.")
    return "" if told == wanted else _other_command()


def _other_command() -> str:
    return _("It starts another AVDesk than this one, or on other folders.")


def _windows_line(command: list[str]) -> str:
    import subprocess

    return subprocess.list2cmdline(command)


def _bytes_of(path: Path) -> bytes | None:
    try:
        with path.open("rb") as file:
            return file.read(MAX_FILE)
    except FileNotFoundError:
        return None


def _text_of(path: Path) -> str | None:
    raw = _bytes_of(path)
    return None if raw is None else raw.decode("utf-8", "replace")


def _write(path: Path, content: bytes) -> None:
    temporary = path.with_name(f".{path.name}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        temporary.write_bytes(content)
        temporary.replace(path)
    except OSError as error:
        raise _unwritten(str(path), error) from None


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unwritten(str(path), error) from None


def _unwritten(place: str, error: OSError) -> StoreError:
    return StoreError(
        _("{place} cannot be changed: {words}.").format(place=place, words=error.strerror or type(error).__name__),
        _("Check its permissions."),
    )


def _unreadable(error: OSError) -> str:
    return _("It cannot be read: {words}.").format(words=error.strerror or type(error).__name__)
