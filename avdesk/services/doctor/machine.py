"""What of this machine AVDesk stands on: versions, folders, the configuration, the running app."""

import importlib.metadata
import os
import platform
import ssl
import sys
import tempfile
from pathlib import Path

from avdesk import __version__
from avdesk.config.load import Loaded
from avdesk.config.paths import Paths
from avdesk.core.text import one_line
from avdesk.i18n import _, ngettext
from avdesk.services.doctor.findings import Finding, Verdict

LIBRARIES = (
    "PySide6-Essentials",
    "click",
    "google-auth",
    "jeepney",
    "keyring",
    "platformdirs",
    "requests",
    "rich",
    "truststore",
    "urllib3",
)

_OLDEST = (3, 11)


def versions() -> dict[str, str | None]:
    """Return name → version of all that AVDesk is made of; None for what is not installed."""
    import sqlite3

    found: dict[str, str | None] = {
        "avdesk": __version__,
        "python": platform.python_version(),
        "platform": platform.platform(),
        "openssl": ssl.OPENSSL_VERSION,
        "sqlite": sqlite3.sqlite_version,
    }
    for name in LIBRARIES:
        try:
            found[name] = importlib.metadata.version(name)
        except importlib.metadata.PackageNotFoundError:
            found[name] = None
    return found


def look_at_versions() -> Finding:
    """Whether Python and the libraries are there."""
    found = versions()
    missing = [
        name for name in LIBRARIES if found[name] is None and not (name == "jeepney" and sys.platform != "linux")
    ]
    detail = _("AVDesk {avdesk}, Python {python}").format(avdesk=found["avdesk"], python=found["python"])
    frozen = getattr(sys, "frozen", False)
    if missing and not frozen:
        names = ", ".join(missing)
        return Finding(
            "versions",
            Verdict.BAD,
            _("{detail}; not installed: {names}").format(detail=detail, names=names),
            _("Install AVDesk again, with its dependencies."),
        )
    if sys.version_info < _OLDEST:
        return Finding("versions", Verdict.BAD, detail, _("Use Python 3.11 or newer."))
    return Finding("versions", Verdict.OK, detail)


def look_at_folders(paths: Paths) -> Finding:
    """Whether state, cache and logs can be written."""
    for folder in dict.fromkeys((paths.state, paths.cache, paths.logs)):
        trouble = _cannot_write(folder)
        if trouble is not None:
            return Finding(
                "folders",
                Verdict.BAD,
                _("{folder} cannot be written: {why}.").format(folder=folder, why=trouble),
                _("Correct its permissions or free some space, or choose another one with --home."),
            )
    return Finding("folders", Verdict.OK, str(paths.state))


def _cannot_write(folder: Path) -> str | None:
    """Return why nothing can be written below a folder, None when it can; a missing one is not made."""
    place = folder
    while not place.exists() and place != place.parent:
        place = place.parent
    try:
        if not place.is_dir():
            return _("{place} is no folder").format(place=place)
        with tempfile.TemporaryFile(dir=place) as file:
            file.write(b"avdesk")
    except OSError as error:
        return error.strerror or type(error).__name__
    return None


def look_at_configuration(loaded: Loaded) -> Finding:
    """Whether the configuration file is in order."""
    names = ", ".join(loaded.settings.environments)
    if not loaded.exists:
        return Finding(
            "configuration",
            Verdict.OK,
            _("There is no {path}; the defaults hold: {names}").format(path=loaded.path, names=names),
        )
    if not loaded.problems:
        return Finding(
            "configuration",
            Verdict.OK,
            _("{path} names the environments {names}").format(path=loaded.path, names=names),
        )
    count = len(loaded.problems)
    words = ngettext("{n} problem: {problems}", "{n} problems: {problems}", count).format(
        n=count, problems=one_line(" | ".join(loaded.sentences()), 2000)
    )
    unusable = bool(loaded.broken) or loaded.invented or loaded.default_missing is not None
    verdict = Verdict.BAD if unusable else Verdict.WARNING
    return Finding("configuration", verdict, words, _("Correct the file; it was left as it is."))


def look_at_app(paths: Paths) -> Finding:
    """Whether the desktop app runs, and whether its socket is private."""
    from avdesk.services.running_app import ask

    folder = paths.socket.parent
    if hasattr(os, "getuid") and folder.exists():
        found = folder.stat()
        if found.st_uid != os.getuid() or found.st_mode & 0o077:
            return Finding(
                "app",
                Verdict.BAD,
                _("{folder} is open to other users, so the running app cannot be asked.").format(folder=folder),
                _("Set XDG_RUNTIME_DIR to a folder that only you can enter."),
            )
    answer = ask(paths, {"do": "version"})
    if answer is None:
        return Finding("app", Verdict.OK, _("The desktop app is not running"))
    version = one_line(answer.get("version") or "?", 40)
    return Finding("app", Verdict.OK, _("The desktop app runs, version {version}").format(version=version))
