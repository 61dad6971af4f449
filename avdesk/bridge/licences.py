"""What AVDesk is made of besides itself, with versions and licences: resources/licences.json, made by the build."""

import json
import platform
import sys
from dataclasses import dataclass

from avdesk import __version__
from avdesk.config.paths import resources_folder

MAX_FILE = 4 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Component:
    """One library or package.

    Attributes:
        name, version: as its makers have it; the version is empty where it is not known.
        licence: its SPDX expression.
        text: the licence's text; empty where there is none.
    """

    name: str
    version: str
    licence: str
    text: str


def read_components() -> tuple[Component, ...]:
    """Return all of them, by name; none where the file is missing or damaged, as in a checkout that never built."""
    try:
        with (resources_folder() / "licences.json").open("rb") as file:
            told = json.loads(file.read(MAX_FILE))
        texts = told["texts"]
        return tuple(
            Component(
                str(each["name"]),
                str(each["version"]),
                str(each["licence"]),
                "" if each["text"] is None else str(texts[each["text"]]),
            )
            for each in told["components"]
        )
    except (OSError, ValueError, LookupError, TypeError):
        return ()


def versions() -> tuple[tuple[str, str], ...]:
    """Return the versions that a report of a fault needs, each with its name."""
    from PySide6 import __version__ as binding
    from PySide6.QtCore import qVersion
    from PySide6.QtGui import QGuiApplication

    made = "PyInstaller" if getattr(sys, "frozen", False) else "Python"
    return (
        ("AVDesk", f"{__version__} ({made})"),
        ("Python", platform.python_version()),
        ("Qt", f"{qVersion()} (PySide6 {binding})"),
        ("System", platform.platform()),
        ("Display", QGuiApplication.platformName()),
    )
