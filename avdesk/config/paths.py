"""Where AVDesk keeps things. Nothing is created by looking: whoever writes makes the folder first."""

import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

APP_NAME = "avdesk"
APP_ID = "io.github.avdesk.AVDesk"
HOME_VARIABLE = "AVDESK_HOME"
CONFIG_NAME = "config.toml"

_SOCKET_PATH_LIMIT = 100
"""Unix socket paths end at 108 bytes, on macOS at 104."""


@dataclass(frozen=True, slots=True)
class Paths:
    """The folders of one user, or of one portable home.

    Attributes:
        config, state, cache, logs: folders.
        runtime: a folder private to the user for the single-instance socket.
    """

    config: Path
    state: Path
    cache: Path
    logs: Path
    runtime: Path

    @property
    def config_file(self) -> Path:
        """The configuration file."""
        return self.config / CONFIG_NAME

    @property
    def database(self) -> Path:
        """What was last known, events, runs and learnt durations."""
        return self.state / "avdesk.sqlite3"

    @property
    def ledger(self) -> Path:
        """The requests counted against each server's rate limit."""
        return self.state / "requests.sqlite3"

    @property
    def socket(self) -> Path:
        """The running app's socket; its name tells homes apart."""
        import hashlib

        mark = hashlib.sha256(str(self.state).encode()).hexdigest()[:12]
        return self.runtime / f"{APP_NAME}-{mark}.sock"

    @property
    def log_file(self) -> Path:
        """AVDesk's own log."""
        return self.logs / "avdesk.log"


def find_paths(home: Path | None = None, environ: Mapping[str, str] | None = None) -> Paths:
    """Return the folders: under `home` or ``AVDESK_HOME`` where given, else the platform's own."""
    variables = os.environ if environ is None else environ
    if home is None and variables.get(HOME_VARIABLE):
        home = Path(variables[HOME_VARIABLE]).expanduser()
    if home is not None:
        return _portable(home.expanduser().absolute(), _runtime_folder(variables))
    import platformdirs

    return Paths(
        config=platformdirs.user_config_path(APP_NAME, appauthor=False),
        state=platformdirs.user_state_path(APP_NAME, appauthor=False),
        cache=platformdirs.user_cache_path(APP_NAME, appauthor=False),
        logs=platformdirs.user_log_path(APP_NAME, appauthor=False),
        runtime=_runtime_folder(variables),
    )


def _portable(base: Path, runtime: Path) -> Paths:
    """Return the folders under one home. A configuration that somebody has put straight into it is used there."""
    config = base / "config"
    if not (config / CONFIG_NAME).exists() and (base / CONFIG_NAME).is_file():
        config = base
    return Paths(config, base / "state", base / "cache", base / "logs", runtime)


def resources_folder() -> Path:
    """Return the folder of icons and catalogues: in a frozen build, a wheel or a source tree."""
    frozen = getattr(sys, "_MEIPASS", None)
    if frozen is not None:
        return Path(frozen) / "resources"
    package = Path(__file__).resolve().parent.parent
    inside = package / "resources"
    return inside if inside.is_dir() else package.parent / "resources"


def _runtime_folder(variables: Mapping[str, str]) -> Path:
    given = variables.get("XDG_RUNTIME_DIR")
    if given and len(given) < _SOCKET_PATH_LIMIT - 30:
        return Path(given)
    import tempfile

    user = getattr(os, "getuid", lambda: variables.get("USERNAME", "user"))()
    return Path(tempfile.gettempdir()) / f"{APP_NAME}-{user}"
