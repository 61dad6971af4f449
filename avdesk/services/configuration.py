"""The configuration as it is edited: opened, checked, previewed, saved, kept, given away and taken in.

What the Settings page and the command line share. A `Configuration` knows the folders and holds nothing else; each
call reads or writes small files and may take a moment on a slow disk, so a window calls it in a thread.
"""

import logging
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from avdesk import __version__
from avdesk.config import saving
from avdesk.config.changes import Preview, preview_of
from avdesk.config.document import Document, leaves
from avdesk.config.exporting import without_secrets
from avdesk.config.keys import TOP, known
from avdesk.config.load import Loaded, load_settings, load_text
from avdesk.config.merging import Merged, Side, merge
from avdesk.config.paths import Paths
from avdesk.config.problems import Problem
from avdesk.config.saving import Backup, ChangedOutsideError, Read
from avdesk.core.errors import ConfigError, KnownError
from avdesk.i18n import _

log = logging.getLogger(__name__)

MAX_ATTEMPTS = 20
"""To save where other programs save again and again at the same time."""


@dataclass(frozen=True, slots=True)
class Opened:
    """The file as it was when it was opened: what an editor starts from.

    Attributes:
        text: what it holds; empty where there is none, or none that can be read.
        fingerprint: to be handed back when saving.
        loaded: what AVDesk makes of it, with every problem.
        sound: whether it is valid TOML; where not, saving wants an explicit decision.
        unreadable: why it cannot be read at all; None where it can, or where there is none.
    """

    text: str
    fingerprint: str
    loaded: Loaded
    sound: bool = True
    unreadable: KnownError | None = None

    @property
    def exists(self) -> bool:
        """Whether there is a file."""
        return self.loaded.exists

    def document(self) -> Document:
        """Return a new document over the text."""
        return Document(self.text, self.loaded.path)


@dataclass(frozen=True, slots=True)
class Imported:
    """What would come of taking in a text.

    Attributes:
        text: the configuration as it would be; hand it to `Configuration.save`.
        preview: what would change.
        left_out: what was not taken, each with the reason.
    """

    text: str
    preview: Preview
    left_out: tuple[Problem, ...] = ()


class Configuration:
    """The configuration file of one set of folders. Usable from any thread."""

    def __init__(self, paths: Paths) -> None:
        """Take the folders; nothing is read yet."""
        self.paths = paths

    @property
    def path(self) -> Path:
        """Where the file is or would be."""
        return self.paths.config_file

    def open(self) -> Opened:
        """Return the file as it is now; never raises for what is there."""
        try:
            read = saving.read_file(self.path)
        except KnownError as error:
            loaded = load_settings(self.paths)
            return Opened("", saving.ABSENT, loaded, sound=False, unreadable=error)
        return self._opened(read)

    def changed_since(self, opened: Opened) -> bool:
        """Whether the file is another one than the one opened."""
        return self.open().fingerprint != opened.fingerprint

    def check(self, text: str) -> Loaded:
        """Return what AVDesk would make of a text, with every problem by its line."""
        return load_text(text, self.path)

    def preview(self, before: str, after: str) -> Preview:
        """Return what differs between two texts, key by key; values that may be secrets are masked."""
        return preview_of(before, after, self.path)

    def save(self, opened: Opened, text: str, *, over_broken: bool = False) -> Opened:
        """Write a text in the place of the file that was opened.

        `over_broken`: the user has decided that a damaged file is replaced; it is kept as a backup.

        Raises:
            ChangedOutsideError: the file is another one by now; see `merge`.
            BrokenFileError: the file is damaged and `over_broken` is not given.
            ConfigError: the text is damaged, or the file cannot be read or replaced.
            StoreError: it cannot be written.
        """
        if opened.unreadable is not None:
            raise opened.unreadable
        read = saving.save(self.path, text, opened.fingerprint, over_broken=over_broken)
        log.info("the configuration was saved")
        return self._opened(read)

    def merge(self, opened: Opened, text: str, choices: Mapping[str, Side] | None = None) -> tuple[Opened, Merged]:
        """Bring an edited text together with the file as it is now.

        Returns:
            The file as it is now, to be handed to `save` with the merged text, and that text with the keys that both
            changed to different values. `choices` says whose value is taken, by the conflict's key.

        Raises:
            ConfigError: one of the texts is damaged, or the file cannot be read.
        """
        current = self.open()
        if current.unreadable is not None:
            raise current.unreadable
        return current, merge(opened.text, text, current.text, choices)

    def save_merged(self, opened: Opened, text: str) -> tuple[Opened, Merged | None]:
        """Save; where the file was changed outside meanwhile and nothing conflicts, save both edits.

        Returns:
            The file as it is now, and what was merged, None where nothing had to be. With conflicts nothing is
            written: `Merged.conflicts` is to be asked about, then `merge` with the choices and `save`.

        Raises:
            KnownError: as `save` and `merge`, but for `ChangedOutsideError` after several attempts only.
        """
        for _attempt in range(MAX_ATTEMPTS):
            try:
                return self.save(opened, text), None
            except ChangedOutsideError:
                current, merged = self.merge(opened, text)
            if merged.conflicts:
                return current, merged
            try:
                return self.save(current, merged.text), merged
            except ChangedOutsideError:
                continue
        return self.save(opened, text), None

    def backups(self) -> list[Backup]:
        """Return the kept earlier contents, the newest first."""
        return saving.backups(self.path)

    def backup_text(self, backup: Backup) -> str:
        """Return what a backup holds.

        Raises:
            ConfigError: it is gone or cannot be read.
        """
        read = saving.read_file(backup.path)
        if not read.exists:
            raise ConfigError(_("The backup is gone: {path}.").format(path=backup.path), _("Choose another one."))
        return read.text

    def restore(self, backup: Backup, opened: Opened) -> Opened:
        """Put a backup in the place of the file that was opened, which is kept as a backup in its turn.

        Raises:
            ChangedOutsideError: the file is another one by now.
            ConfigError: the backup is gone or damaged.
            StoreError: it cannot be written.
        """
        text = self.backup_text(backup)
        return self._opened(saving.save(self.path, text, opened.fingerprint, over_broken=True))

    def export(self, text: str) -> str:
        """Return a text to give away: without what may be a secret, in values and comments.

        Raises:
            ConfigError: the text is damaged.
        """
        return without_secrets(text, _("AVDesk {version}, without secrets").format(version=__version__))

    def imported(self, text: str, into: str, *, whole: bool = False) -> Imported:
        """Return what would come of taking in a text; nothing is written.

        `whole`: it replaces everything; otherwise each of its keys is set in the text `into`.

        Raises:
            ConfigError: one of the texts is damaged or too large.
        """
        given = Document(text.removeprefix("\ufeff"), self.path)
        given.check_sound()
        if whole:
            return Imported(given.text, self.preview(into, given.text), given.problems)
        target = Document(into, self.path)
        target.check_sound()
        left_out: list[Problem] = []
        # default_environment last: it may name an environment that comes with the text.
        for path, value in sorted(leaves(given.tables()), key=lambda leaf: leaf[0] == (TOP,)):
            if known(path) is None:
                left_out += [each for each in given.problems if f"{'.'.join(path)}.".startswith(f"{each.key}.")]
                continue
            try:
                target.set(path, value)
            except KnownError as error:
                left_out.append(Problem(None, "", error.message, error.advice))
        return Imported(target.text, self.preview(into, target.text), tuple(dict.fromkeys(left_out)))

    def _opened(self, read: Read) -> Opened:
        if not read.exists:
            return Opened("", read.fingerprint, load_settings(self.paths))
        return Opened(read.text, read.fingerprint, load_text(read.text, self.path), sound=read.sound)
