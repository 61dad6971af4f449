"""What `SettingsDesk` tells: each answer with what it is about, and with the trouble where there is none."""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from avdesk.config.load import Loaded
from avdesk.core.snapshot import Trouble

if TYPE_CHECKING:
    from avdesk.config.changes import Preview
    from avdesk.config.merging import Merged
    from avdesk.config.saving import Backup
    from avdesk.services.autostart import AutostartState
    from avdesk.services.configuration import Imported, Opened
    from avdesk.services.server_configuration import ServerFacts, ServerSettings


@dataclass(frozen=True, slots=True)
class OpenedTold:
    """The file as it is now."""

    opened: "Opened | None"
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class CheckedTold:
    """What AVDesk makes of a text; `number` is the question's."""

    number: int
    loaded: Loaded


@dataclass(frozen=True, slots=True)
class PreviewTold:
    """What saving `text` would change."""

    text: str
    preview: "Preview | None"
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class SavedTold:
    """How saving came out.

    Attributes:
        text: what was to be saved; None: a backup was to be restored.
        opened: the file as it is now; with conflicts, it was not saved.
        merged: what was brought together with an edit from outside; None where nothing had to be.
        trouble: why it was not saved; None where it was, or where there are conflicts.
    """

    text: str | None
    opened: "Opened | None"
    merged: "Merged | None" = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class MergedTold:
    """A text brought together with the file as it is now; nothing was written."""

    text: str
    opened: "Opened | None"
    merged: "Merged | None"
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class BackupsTold:
    """The kept earlier contents, the newest first."""

    backups: "tuple[Backup, ...] | None"
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class BackupTold:
    """What a backup holds, and what restoring it would change."""

    backup: "Backup"
    text: str | None
    preview: "Preview | None"
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class ExportedTold:
    """The text without secrets is in `file`, or `trouble` says why not."""

    file: Path
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class ImportedTold:
    """What would come of taking in `file`; `whole`: in place of everything."""

    file: Path
    whole: bool
    imported: "Imported | None"
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class CarriedTold:
    """The credentials of a renamed environment are under its new name; `trouble` says why some may not be."""

    former: str
    name: str
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class ServerTold:
    """A server's own configuration; `facts` where it tells none."""

    environment: str
    settings: "ServerSettings | None" = None
    facts: "ServerFacts | None" = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class ServerSavedTold:
    """How changing a server's configuration came out.

    Attributes:
        saved: the configuration as it is now; None where it was not changed.
        theirs: what it is now where somebody else had changed it; `keys` are those of ours that they changed.
    """

    environment: str
    saved: "ServerSettings | None" = None
    trouble: Trouble | None = None
    theirs: "ServerSettings | None" = None
    keys: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class AutostartTold:
    """Whether AVDesk is started at login, after a change of it too."""

    state: "AutostartState | None"
    trouble: Trouble | None = None
