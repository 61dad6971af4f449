"""The folder of the socket: the user's own, and closed to everybody else."""

import os
import stat
from pathlib import Path

from avdesk.core.errors import NotAllowedError
from avdesk.i18n import _


def make_private_folder(folder: Path) -> None:
    """Make `folder` with mode 0700 where it is missing, and check it where it is not.

    Raises:
        NotAllowedError: it is a link, belongs to somebody else or is open to others, or can't be made.
    """
    advice = _("Set XDG_RUNTIME_DIR to a folder that only you can enter.")
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        found = folder.lstat()
    except OSError as error:
        reason = error.strerror or type(error).__name__
        message = _("The folder {folder} can't be used: {reason}.").format(folder=folder, reason=reason)
        raise NotAllowedError(message, advice) from error
    if not stat.S_ISDIR(found.st_mode):
        raise NotAllowedError(_("{folder} is not a folder.").format(folder=folder), advice)
    if not hasattr(os, "getuid"):
        return  # Windows: the user's own temporary folder is private by its access list
    if found.st_uid != os.getuid() or found.st_mode & 0o077:
        raise NotAllowedError(_("The folder {folder} is open to other users.").format(folder=folder), advice)
