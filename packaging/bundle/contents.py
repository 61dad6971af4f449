"""What the bundled application holds: everything that it needs, and nothing else. Read by avdesk.spec."""

import re
import sys
from collections.abc import Iterable, Iterator
from pathlib import Path

APP_ID = "io.github.avdesk.AVDesk"

METADATA = ("keyring", "google-auth", "rich")
"""Packages that look for their own or others' entry points and versions."""

FOUND_BY_NAME = (
    # keyring chooses its back end among these by entry points.
    "keyring.backends.SecretService",
    "keyring.backends.kwallet",
    "keyring.backends.libsecret",
    "keyring.backends.Windows",
    "keyring.backends.macOS",
    "keyring.backends.chainer",
    "keyring.backends.fail",
    "keyring.backends.null",
    # google-auth's ways to sign in, imported by what the credentials file says.
    "google.auth.aws",
    "google.auth.compute_engine",
    "google.auth.external_account_authorized_user",
    "google.auth.identity_pool",
    "google.auth.impersonated_credentials",
    "google.auth.pluggable",
    "google.oauth2.credentials",
    "google.oauth2.service_account",
)

LEFT_OUT = [
    "PySide6.QtQml",
    "PySide6.QtQuick",
    "PySide6.QtQuickWidgets",
    "PySide6.QtQuickControls2",
    "PySide6.QtOpenGL",
    "PySide6.QtOpenGLWidgets",
    "PySide6.QtSql",
    "PySide6.QtTest",
    "PySide6.QtPrintSupport",
    "PySide6.QtDesigner",
    "PySide6.QtUiTools",
    "IPython",
    "attr",  # rich shows its objects well where it is there
    "_pytest",
    "lib2to3",
    "mypy",
    "pip",
    "pydoc_data",
    "pytest",
    "setuptools",
    "tkinter",
    "unittest",
]

_QT_PLUGINS = {
    "iconengines",  # SVG icons
    "imageformats",
    "platforminputcontexts",
    "platforms",
    "platformthemes",
    "styles",
    "wayland-decoration-client",
    "wayland-graphics-integration-client",
    "wayland-shell-integration",
    "xcbglintegrations",
}
_QT_PLUGIN_FILES_LEFT_OUT = re.compile(
    r"(eglfs|linuxfb|vkkhrdisplay|vnc|minimalegl|directfb|qpdf|qtiff|qwebp|qtga|qwbmp|qicns|qgif"
    r"|qtvirtualkeyboard|qtuiotouch)"
)
_QT_LIBRARIES_LEFT_OUT = re.compile(
    r"(Qt6(Qml|Quick|OpenGL|Sql|Test|PrintSupport|Designer|Pdf|VirtualKeyboard|EglF[Ss]|WebSockets|Concurrent|Xml|Help"
    r"|UiTools|LabsAnimation|WaylandCompositor|WaylandEglCompositor|ShaderTools))"
)
_QT_LIBRARIES_NEEDED_BY_PLUGINS = re.compile(r"Qt6(OpenGL)\b(?!Widgets)")

_OF_THE_SYSTEM = re.compile(
    r"^lib(gtk-3|gdk-3|gdk_pixbuf|atk|atspi|pango(cairo|ft2)?|cairo|epoxy|gio|glib|gmodule|gobject|gthread|harfbuzz|fribidi|thai"
    r"|datrie|graphite2|pixman|mount|blkid|selinux|systemd|gcrypt|gpg-error|cap|lz4|zstd|uuid|fontconfig|freetype"
    r"|expat|png16|brotli|X11|Xau|Xdmcp|Xcomposite|Xcursor|Xdamage|Xext|Xfixes|Xi|Xinerama|Xrandr|Xrender|bsd|md"
    r"|dbus-1|gssapi|krb5|krb5support|k5crypto|com_err|keyutils|pcre2|jpeg|gcc_s|stdc[+][+])(?=[._-])"
)
"""Every Linux desktop has these, each in the version that fits its others; packaging/deb names their packages."""


def version(root: Path) -> str:
    """Return AVDesk's version."""
    found = re.search(r'__version__ = "([^"]+)"', (root / "avdesk" / "__init__.py").read_text(encoding="utf-8"))
    assert found is not None
    return found.group(1)


def resources(root: Path) -> Iterator[Path]:
    """Yield the files of resources/ that the program reads."""
    for path in sorted((root / "resources").rglob("*")):
        if path.is_file() and path.suffix in {".svg", ".png", ".mo", ".json"}:
            yield path


def modules(root: Path) -> list[str]:
    """Return the names of all of AVDesk's modules: commands and pages are imported on first use, by name."""
    found = []
    for path in sorted((root / "avdesk").rglob("*.py")):
        parts = path.relative_to(root).with_suffix("").parts
        found.append(".".join(parts[:-1] if parts[-1] == "__init__" else parts))
    return found


def wanted(place: str) -> bool:
    """Tell whether a file that PyInstaller found belongs into the bundle; `place` is its path in there."""
    parts = Path(place).parts
    name = parts[-1]
    if sys.platform == "linux" and len(parts) == 1 and _OF_THE_SYSTEM.match(name):
        return False
    if "PySide6" not in parts and "shiboken6" not in parts:
        return not _QT_LIBRARIES_LEFT_OUT.search(name) or bool(_QT_LIBRARIES_NEEDED_BY_PLUGINS.search(name))
    if "translations" in parts or "qml" in parts:
        return False
    if "plugins" in parts:
        kind = parts[parts.index("plugins") + 1]
        return kind in _QT_PLUGINS and not _QT_PLUGIN_FILES_LEFT_OUT.search(name)
    if _QT_LIBRARIES_LEFT_OUT.search(name):
        return bool(_QT_LIBRARIES_NEEDED_BY_PLUGINS.search(name))
    return True


def missing(hidden: Iterable[str], found: Iterable[tuple[str, str, str]]) -> list[str]:
    """Return those of the modules that were asked for by name and that PyInstaller did not find."""
    names = {entry[0] for entry in found}
    return sorted(name for name in hidden if name not in names)


def version_resource(root: Path, name: str) -> object:
    """Return what Windows shows of the program in its properties."""
    from PyInstaller.utils.win32 import versioninfo

    text = version(root)
    numbers = tuple(int(part) for part in [*re.findall(r"\d+", text), "0", "0", "0", "0"][:4])
    words = {
        "CompanyName": "The AVDesk authors",
        "FileDescription": "AVDesk" if name == "avdeskw" else "AVDesk on the command line",
        "FileVersion": text,
        "InternalName": name,
        "LegalCopyright": "MIT licence",
        "OriginalFilename": f"{name}.exe",
        "ProductName": "AVDesk",
        "ProductVersion": text,
    }
    strings = [versioninfo.StringStruct(key, value) for key, value in words.items()]
    return versioninfo.VSVersionInfo(
        ffi=versioninfo.FixedFileInfo(filevers=numbers, prodvers=numbers),
        kids=[
            versioninfo.StringFileInfo([versioninfo.StringTable("040904B0", strings)]),
            versioninfo.VarFileInfo([versioninfo.VarStruct("Translation", [1033, 1200])]),
        ],
    )


__all__ = [
    "APP_ID",
    "FOUND_BY_NAME",
    "LEFT_OUT",
    "METADATA",
    "missing",
    "modules",
    "resources",
    "version",
    "version_resource",
    "wanted",
]

if __name__ == "__main__":
    sys.stdout.write("\n".join(modules(Path(__file__).resolve().parents[2])) + "\n")
