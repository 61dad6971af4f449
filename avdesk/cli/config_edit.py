"""`config edit`: the file in the user's own editor, on a copy that is saved only when it is right."""

import os
import shlex
import shutil
import signal
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import click

from avdesk.cli.commands import Command, session_of
from avdesk.cli.config import change_line, configuration
from avdesk.cli.exit_codes import Exit
from avdesk.cli.lines import is_terminal
from avdesk.cli.session import tell
from avdesk.core.errors import ConfigError, KnownError, UsageError
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.config.load import Loaded
    from avdesk.services.configuration import Configuration, Opened

_EDITORS = ("sensible-editor", "nano", "vim", "vi", "notepad")


def build() -> click.Command:
    """Return the command."""
    return Command(
        "edit",
        callback=_edit,
        short=_("The file in your editor, checked before it is saved."),
        about=_("Open a copy of the file in $VISUAL or $EDITOR, and save it when nothing is wrong with it.")
        + " "
        + _("Otherwise you are told what is, and asked again. Nothing that you wrote is lost."),
    )


@click.pass_context
def _edit(context: click.Context) -> int:
    service = configuration(session_of(context))
    opened = service.open()
    if opened.unreadable is not None:
        raise opened.unreadable
    editor = _editor()
    folder = Path(tempfile.mkdtemp(prefix="avdesk-edit-"))  # for this user alone
    copy = folder / "config.toml"
    keep = True
    try:
        copy.write_text(opened.text if opened.exists else _beginning(), "utf-8", newline="")
        keep = not _until_right(service, opened, editor, copy)
    finally:
        if keep:
            tell(_("What you wrote is kept in {path}.").format(path=copy))
        else:
            shutil.rmtree(folder, ignore_errors=True)
    return Exit.FINE


def _until_right(service: "Configuration", opened: "Opened", editor: list[str], copy: Path) -> bool:
    """Edit, check and save until it is saved; True when nothing is left to be kept.

    Raises:
        ConfigError: it was given up while something was wrong.
        KnownError: the editor failed, or the file cannot be written.
    """
    start = copy.read_bytes()
    while True:
        _open(editor, copy)
        text = _text(copy)
        if (
            text is not None
            and copy.read_bytes() == start
            and (not opened.loaded.problems or not is_terminal(sys.stdin))
        ):
            tell(_("Nothing was changed."))
            return True
        loaded = service.check(text) if text is not None else None
        if text is not None and loaded is not None and not loaded.problems:
            return _save(service, opened, text)
        _tell_problems(loaded)
        answer = _ask(savable=loaded is not None and _is_toml(text))
        if answer == "s" and text is not None:
            return _save(service, opened, text)
        if answer == "q":
            raise ConfigError(
                _("Nothing was saved: something is wrong with the text."),
                _("Correct it, and copy it to {path} or edit again.").format(path=service.path),
            )


def _save(service: "Configuration", opened: "Opened", text: str) -> bool:
    """Save the text, over a damaged file too: it is that file's own text that was edited.

    Raises:
        ConfigError: another program changed the same key meanwhile.
        KnownError: it cannot be written.
    """
    from avdesk.config.saving import ChangedOutsideError

    try:
        now = service.save(opened, text, over_broken=True)
    except ChangedOutsideError:
        current, merged = service.merge(opened, text)
        if merged.conflicts:
            for conflict in merged.conflicts:
                tell(_("{key} was changed here and by another program.").format(key=conflict.key))
            raise ConfigError(
                _("The file was changed by another program meanwhile; nothing was saved."),
                _("Bring the two together by hand in {path}.").format(path=service.path),
            ) from None
        tell(_("The file was changed by another program meanwhile; both changes are kept."))
        now = service.save(current, merged.text)
    preview = service.preview(opened.text, now.text)
    for change in preview.changes:
        tell(change_line(change))
    tell(_("Saved."))
    if preview.restart:
        tell(_("A running AVDesk takes this when it is started again."))
    return True


def _editor() -> list[str]:
    """Return the editor's command: of VISUAL, of EDITOR, else the first that there is.

    Raises:
        UsageError: there is none.
    """
    for variable in ("VISUAL", "EDITOR"):
        wanted = os.environ.get(variable, "").strip()
        if wanted:
            try:
                return shlex.split(wanted, posix=os.name != "nt")
            except ValueError:
                raise UsageError(
                    _("{variable} cannot be read as a command.").format(variable=variable),
                    _("Set it to your editor, as nano."),
                ) from None
    for name in _EDITORS:
        if shutil.which(name):
            return [name]
    raise UsageError(_("No editor was found."), _("Set VISUAL or EDITOR to your editor, as nano."))


def _open(editor: list[str], copy: Path) -> None:
    """Run the editor and wait for its end; Ctrl-C is the editor's meanwhile."""
    before = signal.signal(signal.SIGINT, signal.SIG_IGN)
    try:
        # stdout is for results: an editor that runs in the terminal gets the terminal by stderr.
        output = None if is_terminal(sys.stdout) else 2
        code = subprocess.run([*editor, str(copy)], check=False, stdout=output).returncode
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or type(error).__name__
        raise UsageError(
            _("The editor “{editor}” cannot be started: {words}.").format(editor=editor[0], words=words),
            _("Set VISUAL or EDITOR to your editor, as nano."),
        ) from None
    finally:
        signal.signal(signal.SIGINT, before)
    if code != 0:
        raise KnownError(
            _("The editor ended with code {code}; nothing was saved.").format(code=code),
            _("Call “avdesk config edit” again."),
        )


def _text(copy: Path) -> str | None:
    """Return what was written, None where it is no text."""
    try:
        return copy.read_bytes().decode("utf-8")
    except FileNotFoundError:
        raise UsageError(_("The editor left no file behind; nothing was saved."), _("Edit again.")) from None
    except UnicodeDecodeError:
        tell(_("The text is not valid UTF-8."))
        return None


def _is_toml(text: str | None) -> bool:
    from avdesk.config.document import Document

    return text is not None and not Document(text).damaged


def _ask(*, savable: bool) -> str:
    """Return what is to be done with a wrong text: ``e`` edit again, ``s`` save it anyway, ``q`` give up."""
    if not is_terminal(sys.stdin):
        return "q"
    question = _("[e]dit again, [s]ave all the same, or [q]uit? ") if savable else _("[e]dit again, or [q]uit? ")
    while True:
        print(question, end="", file=sys.stderr, flush=True)  # noqa: T201 - stdout is for results
        answer = sys.stdin.readline()
        if not answer:
            return "q"
        choice = answer.strip().lower()[:1] or "e"
        if choice in ("e", "q") or (choice == "s" and savable):
            return choice


def _tell_problems(loaded: "Loaded | None") -> None:
    for sentence in loaded.sentences() if loaded is not None else ():
        tell(sentence)


def _beginning() -> str:
    """Return what a first configuration starts from: every key of an environment, switched off, with its help."""
    from avdesk.config.keys import TOP
    from avdesk.config.options import ENVIRONMENT, TABLES
    from avdesk.config.rewriting import rendered

    rows = [f'{TOP} = "dev"', "", "[environments.dev]"]
    for option in TABLES[ENVIRONMENT].values():
        default = list(option.default) if isinstance(option.default, tuple) else option.default
        rows += [f"# {option.help()}", f"# {option.key} = {rendered(default)}"]
    return "\n".join([*rows, ""])
