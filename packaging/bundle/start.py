"""Where the frozen program begins."""

import importlib
import multiprocessing
import os
import sys

from avdesk.__main__ import main


def keep_the_program() -> None:
    """Keep on importing from the program that was started: an upgrade may replace its file while it runs.

    PyInstaller opens the file anew for each module that is imported, by its name, and would find another there.
    """
    if sys.platform != "linux":
        return  # Windows locks the file; elsewhere it is replaced with its whole folder
    archive = getattr(importlib.import_module("pyimod02_importers"), "pyz_archive", None)
    if archive is not None and "_filename" in vars(archive):
        kept = os.open(vars(archive)["_filename"], os.O_RDONLY | os.O_CLOEXEC)
        vars(archive)["_filename"] = f"/proc/self/fd/{kept}"


if __name__ == "__main__":
    multiprocessing.freeze_support()
    keep_the_program()
    main()
