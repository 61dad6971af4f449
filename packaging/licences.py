"""Writes resources/licences.json: what the bundle holds besides AVDesk, each with its licence. `make licences`.

    licences.py                  writes the file anew
    licences.py --check          ends with 1 where an installed package is not in the file as it is installed
    licences.py --bundle FOLDER  ends with 1 where a library or a module of a bundle belongs to nothing in the file

The Python packages are those that pyproject.toml names, with all that they need, as they are installed; the libraries
are those of `NATIVE`, with the texts that Debian's packages of them hold.
"""

import json
import re
import sys
import tomllib
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from fnmatch import fnmatch
from importlib import metadata
from pathlib import Path

from packaging.requirements import Requirement

ROOT = Path(__file__).resolve().parents[1]
FILE = ROOT / "resources" / "licences.json"
DOCUMENTS = Path("/usr/share/doc")
COMMON = Path("/usr/share/common-licenses")
MAX_TEXT = 60_000


@dataclass(frozen=True, slots=True)
class Native:
    """A library that is no Python package of its own.

    Attributes:
        licence: its SPDX expression.
        files: what its files are called in a bundle.
        package: the Debian package whose copyright file is its licence's text.
        common: the name of a text that Debian keeps once for all.
    """

    name: str
    licence: str
    files: tuple[str, ...]
    package: str = ""
    common: tuple[str, ...] = ()


NATIVE = (
    Native("Python", "PSF-2.0", ("libpython3*", "*/lib-dynload/*", "base_library.zip", "python3*.dll")),
    Native(
        "Qt",
        "LGPL-3.0-only",
        ("libQt6*", "PySide6/*", "libpyside6*", "libshiboken6*", "Qt6*.dll", "Qt*"),
        common=("LGPL-3", "GPL-3"),
    ),
    Native("ICU", "Unicode-3.0", ("libicu*",), "libicu72"),
    Native("OpenSSL", "Apache-2.0", ("libssl*", "libcrypto*"), "libssl3"),
    Native("SQLite", "blessing", ("libsqlite3*", "sqlite3.dll"), "libsqlite3-0"),
    Native("zlib", "Zlib", ("libz.*", "zlib*.dll"), "zlib1g"),
    Native("bzip2", "bzip2-1.0.6", ("libbz2*",), "libbz2-1.0"),
    Native("XZ Utils", "0BSD", ("liblzma*",), "liblzma5"),
    Native("libffi", "MIT", ("libffi*",), "libffi8"),
    Native("Brotli", "MIT", ("libbrotli*",), "libbrotli1"),
    Native("XCB", "X11", ("libxcb-*",), "libxcb1"),
    Native("XCB utilities", "X11", ("libxcb-cursor*", "libxcb-icccm*", "libxcb-util*"), "libxcb-cursor0"),
    Native("libxkbcommon", "MIT", ("libxkbcommon*",), "libxkbcommon0"),
)
QT_BINDINGS = ("pyside6_essentials", "shiboken6")
USED_WHERE_THERE = ("typing-extensions",)
"""What some of the packages use if it is installed, and then is in the bundle."""

SPDX = {
    "Apache 2.0": "Apache-2.0",
    "BSD": "BSD-2-Clause",
    "BSD License": "BSD-3-Clause",
    "MIT License": "MIT",
    "GPLv2-or-later with a special exception which allows to use PyInstaller to build and distribute non-free "
    "programs (including commercial ones)": "GPL-2.0-or-later WITH Bootloader-exception",
}
"""How older packages call their licences, and what that is."""

BOOTLOADER = "pyinstaller"
"""Its start program is in each bundle; its licence lets it be there under whatever terms."""


@dataclass(frozen=True, slots=True)
class Component:
    """One thing in the bundle; `text` is the place of its licence in the file's list of texts, None without one."""

    name: str
    version: str
    licence: str
    text: int | None
    modules: tuple[str, ...] = ()
    files: tuple[str, ...] = ()


@dataclass(slots=True)
class Texts:
    """Each licence's text once."""

    all: list[str] = field(default_factory=list)

    def add(self, text: str) -> int | None:
        """Return the place of a text."""
        bare = text.strip()[:MAX_TEXT]
        if not bare:
            return None
        if bare not in self.all:
            self.all.append(bare)
        return self.all.index(bare)


def main(arguments: list[str]) -> int:
    """Do what the arguments say; return the exit code."""
    if arguments[:1] == ["--check"]:
        return told(outdated(), "resources/licences.json is not what is installed (make licences)")
    if arguments[:1] == ["--bundle"]:
        return told(unowned(Path(arguments[1])), "nothing in resources/licences.json has these files of the bundle")
    texts = Texts()
    components = [*natives(texts), *(component(each, texts) for each in distributions())]
    components.sort(key=lambda each: each.name.lower())
    content = {"components": [asdict(each) for each in components], "texts": texts.all}
    FILE.write_text(json.dumps(content, indent=1, ensure_ascii=False) + "\n", encoding="utf-8")
    sys.stdout.write(f"{len(components)} components, {len(texts.all)} texts\n")
    return 0


def distributions() -> list[metadata.Distribution]:
    """Return the installed packages that the program needs, and PyInstaller's."""
    needed = tomllib.loads((ROOT / "pyproject.toml").read_text("utf-8"))["project"]["dependencies"]
    found: dict[str, metadata.Distribution] = {}
    waiting = [Requirement(each) for each in [*needed, *USED_WHERE_THERE, BOOTLOADER]]
    while waiting:
        wanted = waiting.pop()
        name = normal(wanted.name)
        if name in found or (wanted.marker is not None and not wanted.marker.evaluate({"extra": ""})):
            continue
        found[name] = metadata.distribution(wanted.name)
        if name != BOOTLOADER:
            waiting += [Requirement(each) for each in found[name].requires or []]
    return [found[name] for name in sorted(found)]


def component(package: metadata.Distribution, texts: Texts) -> Component:
    """Return what the file says of an installed package."""
    about = package.metadata
    name = str(about["Name"])
    kinds = [
        kind.rpartition(" :: ")[2] for kind in about.get_all("Classifier") or [] if kind.startswith("License ::")
    ]
    licence = about.get("License-Expression") or about.get("License") or ", ".join(kinds)
    licence = SPDX.get(str(licence), str(licence).splitlines()[0])
    files = package.files or []
    papers = [file for file in files if re.search(r"(?i)(^|/)(licen[cs]e|copying|notice)[^/]*$", str(file))]
    written = "\n\n".join(file.read_text() for file in papers if ".dist-info" in str(file))
    if normal(name) in QT_BINDINGS:
        written = common("LGPL-3", "GPL-3")
    modules = {parts[0].removesuffix(".py") for file in files if (parts := file.parts) and not skipped(parts[0])}
    return Component(name, package.version, licence, texts.add(written), tuple(sorted(modules)))


def skipped(top: str) -> bool:
    """Tell whether a package's file is no module."""
    return top.startswith(("..", "__pycache__")) or ".dist-info" in top


def natives(texts: Texts) -> Iterator[Component]:
    """Yield what is no Python package."""
    for each in NATIVE:
        paper = DOCUMENTS / each.package / "copyright"
        if each.name == "Python":
            text, version = python_licence(), ".".join(map(str, sys.version_info[:3]))
        else:
            text = common(*each.common) if each.common else paper.read_text("utf-8") if paper.exists() else ""
            version = metadata.version("PySide6-Essentials") if each.name == "Qt" else ""
        yield Component(each.name, version, each.licence, texts.add(text), (), each.files)


def python_licence() -> str:
    """Return Python's licence, which lies in its library."""
    file = Path(json.__file__).parents[1] / "LICENSE.txt"
    return file.read_text("utf-8") if file.exists() else ""


def common(*names: str) -> str:
    """Return texts that Debian keeps once for all."""
    return "\n\n".join((COMMON / name).read_text("utf-8") for name in names if (COMMON / name).exists())


def outdated() -> list[str]:
    """Return the installed packages that the file does not have so."""
    listed = {normal(each["name"]): each["version"] for each in json.loads(FILE.read_text("utf-8"))["components"]}
    return [
        f"{package.metadata['Name']} {package.version}"
        for package in distributions()
        if listed.get(normal(str(package.metadata["Name"]))) != package.version
    ]


def unowned(bundle: Path) -> list[str]:
    """Return what is in a bundle and belongs to no component."""
    components = json.loads(FILE.read_text("utf-8"))["components"]
    modules = {"avdesk", *sys.stdlib_module_names, *(name for each in components for name in each["modules"])}
    patterns = [pattern for each in components for pattern in each["files"]]
    inside = bundle / "_internal"
    left = [name for name in sorted(bundled_modules(bundle)) if name not in modules and not name.startswith("_")]
    for path in sorted(inside.rglob("*")):
        place = path.relative_to(inside)
        if (
            path.is_dir()
            or place.parts[0] in modules
            or place.parts[0] == "resources"
            or ".dist-info" in place.parts[0]
        ):
            continue
        if not any(fnmatch(str(place), pattern) or fnmatch(path.name, pattern) for pattern in patterns):
            left.append(str(place))
    return left


def bundled_modules(bundle: Path) -> set[str]:
    """Return the names at the top of the modules in a bundle's program."""
    from PyInstaller.archive.readers import CArchiveReader

    program = next(path for path in (bundle / "avdesk", bundle / "avdesk.exe") if path.exists())
    archive = CArchiveReader(str(program))
    packed = next(name for name in archive.toc if name.startswith("PYZ"))
    return {name.partition(".")[0] for name in archive.open_embedded_archive(packed).toc}


def normal(name: str) -> str:
    """Return a package's name as it is compared."""
    return re.sub(r"[-_.]+", "_", name).lower()


def told(faults: list[str], sentence: str) -> int:
    """Print what is wrong; return the exit code."""
    if faults:
        sys.stderr.write(f"{sentence}: {', '.join(faults)}\n")
    return 1 if faults else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
