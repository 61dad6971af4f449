"""Importing after Qt costs what importing costs."""

import subprocess
import sys

_READ_SINCE = "import http.cookies, linecache; print(any('cookies' in name for name in linecache.cache))"
_OURS = "from avdesk.app.import_hook import import_qt_without_its_hook as begin; begin(); "


def _python(code: str) -> str:
    return subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, encoding="utf-8").stdout


def test_no_source_is_read_and_kept() -> None:
    assert _python(_OURS + _READ_SINCE).strip() == "False"


def test_qt_can_be_used_as_ever() -> None:
    code = "from PySide6.QtCore import QObject, QTimer; from PySide6.QtGui import *; print(QColor('red').name())"

    assert _python(_OURS + code).strip() == "#ff0000"
