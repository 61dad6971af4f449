"""Qt's import hook, and doing without it."""

import builtins
import importlib

_KEPT_AS = "__orig_import__"


def import_qt_without_its_hook() -> None:
    """Import Qt, and from then on import as before it; nothing changes where the hook is not as expected.

    The hook serves ``from __feature__ import …``, which nobody here uses, alone. For that it reads the source of
    every module imported after Qt, and Python keeps what was read: a tenth of the app's memory.
    """
    importlib.import_module("PySide6.QtCore")
    before = getattr(builtins, _KEPT_AS, None)
    if callable(before):
        builtins.__import__ = before
