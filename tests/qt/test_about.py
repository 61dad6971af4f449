"""The About section: versions to copy, and a licence with its text for all that is installed."""

import importlib.metadata
import json
import re
import subprocess
import sys
import tomllib
from pathlib import Path

from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QTreeWidgetItem
from pytestqt.qtbot import QtBot

from avdesk import __version__
from avdesk.bridge.licences import Component, read_components
from avdesk.ui.settings.about import AboutSection

ROOT = Path(__file__).resolve().parents[2]


def section(qtbot: QtBot) -> AboutSection:
    """Return the section, seen."""
    made = AboutSection(None)  # type: ignore[arg-type] # it needs none of the tools
    qtbot.addWidget(made)
    made.show()
    return made


def item_of(made: AboutSection, row: int) -> QTreeWidgetItem:
    """Return a row of the list."""
    found = made.list.topLevelItem(row)
    assert found is not None
    return found


def test_the_versions_are_copied_for_a_report(qtbot: QtBot) -> None:
    made = section(qtbot)
    made.copy.click()
    copied = QGuiApplication.clipboard().text()
    assert f"AVDesk: {__version__}" in copied
    assert re.search(r"^Qt: 6\.\d+", copied, re.MULTILINE)
    assert "Python: 3." in copied


def test_each_work_of_others_is_shown_with_its_licence(qtbot: QtBot) -> None:
    made = section(qtbot)
    names = [item_of(made, row).text(0) for row in range(made.list.topLevelItemCount())]
    assert {"Python", "Qt", "OpenSSL", "ICU", "SQLite", "requests", "cryptography"} <= set(names)
    made.list.setCurrentItem(item_of(made, names.index("requests")))
    assert "Apache License" in made.paper.toPlainText()
    made.list.setCurrentItem(item_of(made, names.index("Qt")))
    assert "LESSER GENERAL PUBLIC" in made.paper.toPlainText()


def test_without_the_list_it_says_so(qtbot: QtBot) -> None:
    made = section(qtbot)
    made.show_components([])
    assert "missing" in made.note.text()
    assert made.list.isHidden()
    made.show_components([Component("thing", "", "MIT", "")])
    assert item_of(made, 0).text(1) == "–"
    assert "not at hand" in made.paper.toPlainText()


def test_what_the_project_needs_is_in_the_list_with_a_licence() -> None:
    listed = {re.sub(r"[-_.]+", "-", each.name).lower(): each for each in read_components()}
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    for line in needed:
        name = re.sub(r"[-_.]+", "-", re.match(r"[\w.-]+", line)[0]).lower()  # type: ignore[index]
        assert name in listed, line
    for each in listed.values():
        assert each.licence
        assert each.text, each.name


def test_the_list_is_what_is_installed() -> None:
    done = subprocess.run(
        [sys.executable, str(ROOT / "packaging/licences.py"), "--check"], capture_output=True, check=False, text=True
    )
    assert (done.returncode, done.stderr) == (0, "")
    told = json.loads((ROOT / "resources/licences.json").read_text("utf-8"))
    versions = {each["name"]: each["version"] for each in told["components"]}
    assert versions["requests"] == importlib.metadata.version("requests")
