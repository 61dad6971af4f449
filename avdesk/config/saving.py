"""Reading and writing the configuration file: a reader finds the old file or the new one, whatever happens.

The new text goes into a temporary file beside the target, is flushed to the disk and renamed over it. What is
replaced is kept as a backup. A symbolic link is followed, the mode stays, and a file that is not the expected one is
left alone.
"""

import contextlib
import hashlib
import os
import re
import secrets
import stat
import time
import tomllib
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path

from avdesk.config.load import MAX_BYTES
from avdesk.core.errors import ConfigError, StoreError
from avdesk.i18n import _

ABSENT = ""
"""The fingerprint of a file that does not exist."""

MAX_BACKUPS = 20
BACKUP_FOLDER = "backups"

_STALE_S = 3600.0
_BACKUP_NAME = re.compile(r"config-(\d{8}T\d{6}\.\d{6})Z-[0-9a-f]{8}\.toml")
_TIME = "%Y%m%dT%H%M%S.%f"


@dataclass(frozen=True, slots=True)
class Read:
    """A file as it was at one moment.

    Attributes:
        text: what it holds; empty where there is none. What is no UTF-8 shows as U+FFFD.
        fingerprint: tells this content from any other; `ABSENT` without a file.
        sound: whether it is valid TOML, so that replacing it loses nothing that somebody still has to correct.
    """

    text: str
    fingerprint: str
    sound: bool = True

    @property
    def exists(self) -> bool:
        """Whether there is a file."""
        return self.fingerprint != ABSENT


@dataclass(frozen=True, slots=True)
class Backup:
    """A kept earlier content.

    Attributes:
        path: where it is.
        at: when it was replaced (UTC).
        size: in bytes.
    """

    path: Path
    at: datetime
    size: int


class ChangedOutsideError(ConfigError):
    """The file is not the one that was read.

    Attributes:
        current: what it holds now.
    """

    def __init__(self, path: Path, current: Read) -> None:
        super().__init__(
            _("{path} was changed by another program.").format(path=path),
            _("Nothing was written; look at the changes and save again."),
        )
        self.current = current


class BrokenFileError(ConfigError):
    """The file is damaged, and nobody said that it may be replaced."""

    def __init__(self, path: Path) -> None:
        super().__init__(
            _("{path} is damaged, and was left as it is.").format(path=path),
            _("Correct it, or decide that it is replaced; it would be kept as a backup."),
        )


def read_file(path: Path) -> Read:
    """Return what a file holds.

    Raises:
        ConfigError: it cannot be read, is no plain file, or is too large.
    """
    try:
        if not path.is_symlink() and not path.exists():
            return Read("", ABSENT)
        with path.open("rb") as file:
            if not stat.S_ISREG(os.fstat(file.fileno()).st_mode):
                raise ConfigError(
                    _("{path} is not a file.").format(path=path), _("Put the configuration into a plain file.")
                )
            raw = file.read(MAX_BYTES + 1)
    except FileNotFoundError:  # a link to nothing, or gone meanwhile
        return Read("", ABSENT)
    except (OSError, ValueError) as error:
        words = getattr(error, "strerror", None) or type(error).__name__
        raise ConfigError(
            _("{path} cannot be read: {words}.").format(path=path, words=words), _("Check its permissions.")
        ) from None
    if len(raw) > MAX_BYTES:
        raise ConfigError(
            _("{path} is larger than {size} KB.").format(path=path, size=MAX_BYTES // 1024),
            _("This is hardly a configuration: look at what it holds."),
        )
    return _as_read(raw)


def save(path: Path, text: str, expected: str | None, *, over_broken: bool = False) -> Read:
    """Write the file, and return it as it is now. The same text again writes nothing.

    Args:
        path: the file; missing folders are made.
        text: valid TOML.
        expected: the fingerprint of what was read, `ABSENT` for no file, None to write over whatever is there.
        over_broken: replace a damaged file, too.

    Raises:
        ChangedOutsideError: another content is there than expected.
        BrokenFileError: a damaged file is there.
        ConfigError: the text is damaged or too large, or what is there cannot be replaced.
        StoreError: the disk is full, or the folder cannot be written to.
    """
    raw = _encoded(text)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        target = Path(os.path.realpath(path))
        with _alone(target.parent) as locked:
            _sweep(path, target, everything=locked)
            current = read_file(target)
            if expected is not None and current.fingerprint != expected:
                raise ChangedOutsideError(path, current)
            written = _as_read(raw)
            if current.exists and current.fingerprint == written.fingerprint:
                return current
            if not current.sound and not over_broken:
                raise BrokenFileError(path)
            if current.exists:
                _check_writable(target)
                _keep(path, target)
            _replace(target, raw)
    except OSError as error:
        raise _unwritable(path, error) from None
    return written


def backups(path: Path) -> list[Backup]:
    """Return the kept earlier contents of a configuration file, the newest first."""
    found = []
    with contextlib.suppress(OSError):
        for entry in os.scandir(path.parent / BACKUP_FOLDER):
            match = _BACKUP_NAME.fullmatch(entry.name)
            if match is None or not entry.is_file(follow_symlinks=False):
                continue
            with contextlib.suppress(OSError, ValueError):
                at = datetime.strptime(match.group(1), _TIME).replace(tzinfo=UTC)
                found.append(Backup(Path(entry.path), at, entry.stat(follow_symlinks=False).st_size))
    return sorted(found, key=lambda backup: (backup.at, backup.path.name), reverse=True)


def restore(path: Path, backup: Backup, expected: str | None) -> Read:
    """Put a kept content back, even a damaged one's successor away; what is replaced is kept in its turn.

    Raises:
        ConfigError, StoreError: as `save`; a backup that is damaged itself is not put back.
    """
    return save(path, read_file(backup.path).text, expected, over_broken=True)


def _as_read(raw: bytes) -> Read:
    mark = hashlib.sha256(raw).hexdigest()
    try:
        text = raw.decode()
        tomllib.loads(text.removeprefix("\ufeff").replace("\r\n", "\n"))
    except (ValueError, RecursionError):
        return Read(raw.decode(errors="replace"), mark, sound=False)
    return Read(text, mark)


def _encoded(text: str) -> bytes:
    try:
        raw = text.encode()
    except UnicodeEncodeError:
        raise ConfigError(_("The text holds characters that cannot be written."), _("Remove them.")) from None
    if len(raw) > MAX_BYTES:
        raise ConfigError(
            _("The text is larger than {size} KB.").format(size=MAX_BYTES // 1024), _("Nothing was written.")
        )
    if not _as_read(raw).sound:
        raise ConfigError(_("The text is no valid TOML."), _("Nothing was written; correct it first."))
    return raw


@contextlib.contextmanager
def _alone(folder: Path) -> Iterator[bool]:
    """Keep other AVDesk processes from saving in a folder meanwhile, and tell whether that is certain."""
    try:
        import fcntl
    except ImportError:  # Windows
        yield False
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        try:
            fcntl.flock(descriptor, fcntl.LOCK_EX)
            locked = True
        except OSError:  # a network folder that knows no locks
            locked = False
        yield locked
    finally:
        os.close(descriptor)


def _check_writable(target: Path) -> None:
    if not os.access(target, os.W_OK):
        raise ConfigError(
            _("{path} may not be written to.").format(path=target), _("Change its permissions if it is yours.")
        )


def _keep(path: Path, target: Path) -> None:
    """Keep what is about to be replaced, and let go of the oldest."""
    raw = target.read_bytes()
    folder = path.parent / BACKUP_FOLDER
    folder.mkdir(mode=0o700, exist_ok=True)
    mark = hashlib.sha256(raw).hexdigest()[:8]
    kept = backups(path)
    newest_is_the_same = bool(kept) and kept[0].path.read_bytes() == raw
    if not newest_is_the_same:
        name = f"config-{datetime.now(UTC).strftime(_TIME)}Z-{mark}.toml"
        _replace(folder / name, raw)
        kept = backups(path)
    for old in kept[MAX_BACKUPS:]:
        old.path.unlink(missing_ok=True)


def _replace(target: Path, raw: bytes) -> None:
    """Write a file whole: into a temporary one beside it, to the disk, and renamed."""
    mode = stat.S_IMODE(target.stat().st_mode) if target.exists() else 0o600
    temporary = target.with_name(f".{target.name}.{secrets.token_hex(6)}.tmp")
    descriptor = os.open(temporary, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        with os.fdopen(descriptor, "wb") as file:
            file.write(raw)
            file.flush()
            if hasattr(os, "fchmod"):
                os.fchmod(file.fileno(), mode)
            os.fsync(file.fileno())
        temporary.replace(target)
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise
    _flush_folder(target.parent)


def _sweep(path: Path, target: Path, *, everything: bool) -> None:
    """Remove what a saver that was killed has left behind; unless `everything`, what is old enough to be that."""
    for left in (*target.parent.glob(f".{target.name}.*.tmp"), *(path.parent / BACKUP_FOLDER).glob(".config-*.tmp")):
        with contextlib.suppress(OSError):
            if everything or time.time() - left.stat().st_mtime > _STALE_S:
                left.unlink()


def _flush_folder(folder: Path) -> None:
    """Make a rename last through a power cut, where the system can."""
    if os.name == "nt":
        return
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        with contextlib.suppress(OSError):  # some file systems refuse it
            os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _unwritable(path: Path, error: OSError) -> StoreError:
    return StoreError(
        _("{path} cannot be written: {words}.").format(path=path, words=error.strerror or type(error).__name__),
        _("Free some space or check the permissions of its folder; the file is as it was."),
    )
