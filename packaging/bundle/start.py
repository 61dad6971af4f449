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


def give_back_the_variables() -> None:
    """Let the programs that this one starts, gcloud or a browser, find their own libraries and not the bundle's.

    The system's loader has read its variable already; PyInstaller keeps what stood in it before.
    """
    for name in ("LD_LIBRARY_PATH", "DYLD_LIBRARY_PATH"):
        before = os.environ.pop(f"{name}_ORIG", None)
        if before is not None:
            os.environ[name] = before
        else:
            os.environ.pop(name, None)


if __name__ == "__main__":
    multiprocessing.freeze_support()
    give_back_the_variables()
    keep_the_program()
    main()
