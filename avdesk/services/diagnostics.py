"""A bundle of diagnostics to hand to whoever helps: gathered, masked, shown file by file, and only then written.

What it holds is text alone, every piece of it redacted; secrets are never asked for. Nothing is sent anywhere.
"""

import contextlib
import json
import os
import sys
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import partial
from pathlib import Path

from avdesk.config.load import Loaded
from avdesk.config.paths import Paths
from avdesk.core import wire
from avdesk.core.errors import ConfigError, StoreError
from avdesk.core.events import Event
from avdesk.core.finding_words import as_text
from avdesk.core.redact import redact
from avdesk.core.report import health_report
from avdesk.core.text import without_controls
from avdesk.i18n import _
from avdesk.services.check_watch import CHECKS_FACT, KeptChecks
from avdesk.services.doctor.findings import Finding
from avdesk.store.ledger import Allowance, Ledger, server_key
from avdesk.store.memory import Memory

MOST_OF_A_LOG = 300_000
"""Characters of each log that are taken, the newest."""

MOST_OF_A_FILE = 400_000
MOST_EVENTS = 200

_VARIABLES = (
    "DESKTOP_SESSION",
    "LANG",
    "LC_ALL",
    "QT_QPA_PLATFORM",
    "QT_SCALE_FACTOR",
    "TZ",
    "WAYLAND_DISPLAY",
    "DISPLAY",
    "XDG_CURRENT_DESKTOP",
    "XDG_SESSION_TYPE",
    "AVDESK_ENV",
    "AVDESK_HOME",
    "CLOUDSDK_CONFIG",
    "CLOUDSDK_ACTIVE_CONFIG_NAME",
    "GOOGLE_APPLICATION_CREDENTIALS",
    "SSL_CERT_FILE",
    "SSL_CERT_DIR",
    "REQUESTS_CA_BUNDLE",
    "HTTPS_PROXY",
    "HTTP_PROXY",
    "NO_PROXY",
    "https_proxy",
    "http_proxy",
    "no_proxy",
)
"""The environment variables that are told; no others."""

_LOGS = ("avdesk.log", "avdesk.log.1", "fault.txt", "fault-last.txt")


@dataclass(frozen=True, slots=True)
class BundleFile:
    """One file of a bundle.

    Attributes:
        name: inside the bundle.
        what: what it holds, in a few words.
        text: all of it, as it will be written.
    """

    name: str
    what: str
    text: str

    @property
    def size(self) -> int:
        """How many bytes it has."""
        return len(self.text.encode("utf-8", errors="replace"))


@dataclass(frozen=True, slots=True)
class Bundle:
    """What would be written, and when it was gathered (UTC)."""

    files: tuple[BundleFile, ...]
    at: datetime

    @property
    def name(self) -> str:
        """What the file is called, unless the user says otherwise."""
        return f"avdesk-diagnostics-{self.at:%Y%m%d-%H%M%S}.zip"


def gather(
    loaded: Loaded, paths: Paths, findings: Sequence[Finding], versions: Mapping[str, str | None], at: datetime
) -> Bundle:
    """Return the bundle; reads some files, so never in the GUI thread. What cannot be read is left out, and said.

    Args:
        loaded, paths: the configuration and the folders.
        findings, versions: the doctor's.
        at: now (UTC).
    """
    makers: list[tuple[str, str, Callable[[], str | None]]] = [
        ("doctor.txt", _("what the doctor found"), lambda: as_text(findings, versions, at)),
        ("environment.txt", _("some variables of the environment"), _environment),
        ("config.toml", _("the configuration, without secrets"), lambda: _configuration(loaded)),
        ("health.json", _("the last answers of the health checks"), lambda: _health(loaded, paths, at)),
        ("events.json", _("what happened lately"), lambda: _events(loaded, paths)),
        ("limits.json", _("how the servers' rate limits stand"), lambda: _limits(loaded, paths)),
    ]
    for name in _LOGS:
        what = _("AVDesk's own log, its newest part") if "log" in name else _("where the program stood when it ended")
        makers.append((f"logs/{name}", what, partial(_tail, paths.logs / name)))
    files = [BundleFile(name, what, hidden(text)) for name, what, text in _made(makers)]
    return Bundle((_about(files, at), *files), at)


def save(bundle: Bundle, file: Path) -> None:
    """Write a bundle as a zip, private to the user; it is there in whole or not at all.

    Raises:
        StoreError: it cannot be written.
    """
    part = file.with_name(f".{file.name}.part")
    moment = bundle.at.timetuple()[:6]
    try:
        part.unlink(missing_ok=True)
        handle = os.open(part, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(handle, "wb") as stream, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
            for each in bundle.files:
                entry = zipfile.ZipInfo(f"avdesk-diagnostics/{each.name}", moment)
                entry.compress_type = zipfile.ZIP_DEFLATED
                entry.external_attr = 0o600 << 16
                archive.writestr(entry, each.text.encode("utf-8", errors="replace"))
        part.replace(file)
    except (OSError, ValueError) as error:
        with contextlib.suppress(OSError):
            part.unlink(missing_ok=True)
        reason = getattr(error, "strerror", None) or str(error)
        raise StoreError(
            _("{file} cannot be written: {reason}.").format(file=file.name, reason=reason),
            _("Choose another folder, or free some space."),
        ) from error


def _made(makers: Iterable[tuple[str, str, Callable[[], str | None]]]) -> Iterable[tuple[str, str, str]]:
    for name, what, make in makers:
        try:
            text = make()
        except (OSError, ValueError, StoreError) as error:
            text = _("This could not be read: {why}").format(why=f"{type(error).__name__}: {error}") + "\n"
        if text:
            yield name, what, text[:MOST_OF_A_FILE]


def _about(files: Sequence[BundleFile], at: datetime) -> BundleFile:
    lines = [
        _("AVDesk's diagnostics, gathered at {time}.").format(time=wire.rfc3339(at)),
        _("Tokens, keys, passwords and signed addresses are masked as •••; your home folder is written ~."),
        _("It names servers, projects and accounts, and holds messages: look through it before you give it away."),
        "",
        *(f"{each.name}: {each.what}" for each in files),
    ]
    return BundleFile("README.txt", _("what this is"), "\n".join(lines) + "\n")


def hidden(text: str) -> str:
    """Return a text with everything masked that must not leave the machine."""
    home = str(Path.home())
    if len(home) > 2:
        text = text.replace(home, "~")
    return redact(without_controls(text, MOST_OF_A_FILE))


def _environment() -> str:
    from avdesk.services.doctor.network import without_password

    lines = [f"platform={sys.platform}", f"argv0={Path(sys.argv[0]).name if sys.argv else ''}"]
    for name in _VARIABLES:
        value = os.environ.get(name)
        if value is not None:
            lines.append(f"{name}={without_password(value) if 'proxy' in name.lower() else value}")
    return "\n".join(lines) + "\n"


def _configuration(loaded: Loaded) -> str | None:
    from avdesk.config.exporting import without_secrets

    if not loaded.exists:
        return None
    with loaded.path.open(encoding="utf-8", errors="replace") as file:
        text = file.read(MOST_OF_A_FILE)
    try:
        clean = without_secrets(text, _("The configuration, without what may be a secret."))
    except ConfigError as error:
        return (
            f"# {error.message}\n# " + _("It is damaged, so only its problems are told.") + "\n" + _problems(loaded)
        )
    return clean + ("\n" + _problems(loaded) if loaded.problems else "")


def _problems(loaded: Loaded) -> str:
    return "".join(f"# {sentence}\n" for sentence in loaded.sentences())


def _health(loaded: Loaded, paths: Paths, at: datetime) -> str | None:
    found: dict[str, object] = {}
    memory = Memory(paths.database)
    try:
        for name in loaded.settings.environments:
            kept = memory.recall(name, CHECKS_FACT, KeptChecks)
            if kept is not None:
                found[name] = health_report({result.name: result for result in kept[0].results}, at)
    finally:
        memory.close()
    return _json(found) if found else None


def _events(loaded: Loaded, paths: Paths) -> str | None:
    memory = Memory(paths.database)
    try:
        found = {name: memory.events(name, MOST_EVENTS) for name in loaded.settings.environments}
    finally:
        memory.close()
    told = {name: [_event(event) for event in events] for name, events in found.items() if events}
    return _json(told) if told else None


def _event(event: Event) -> dict[str, object]:
    return {
        "at": wire.rfc3339(event.at),
        "kind": event.kind.value,
        "subject": event.subject or None,
        "duration_s": event.duration_s,
        "detail": event.detail or None,
    }


def _limits(loaded: Loaded, paths: Paths) -> str | None:
    found: dict[str, object] = {}
    ledger = Ledger(paths.ledger)
    try:
        for environment in loaded.settings.environments.values():
            if environment.url:
                polling = environment.polling
                allowance = Allowance(polling.requests, polling.window_s, polling.reserve)
                budget = ledger.budget(server_key(environment.url), allowance)
                found[environment.name] = {
                    "limit": budget.limit,
                    "window_s": budget.window_s,
                    "used": budget.used,
                    "next_free_at": wire.rfc3339(budget.next_free_at),
                }
    finally:
        ledger.close()
    return _json(found) if found else None


def _tail(file: Path) -> str | None:
    """Return the newest part of a log, from the beginning of a line on; None where there is none."""
    try:
        with file.open("rb") as opened:
            size = opened.seek(0, os.SEEK_END)
            opened.seek(max(0, size - MOST_OF_A_LOG))
            text = opened.read(MOST_OF_A_LOG).decode("utf-8", errors="replace")
    except FileNotFoundError:
        return None
    return text.partition("\n")[2] if size > MOST_OF_A_LOG else text


def _json(value: object) -> str:
    return json.dumps(value, indent=2, ensure_ascii=False) + "\n"
