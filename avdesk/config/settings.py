"""The configuration as frozen values, with the defaults of whatever the file leaves out."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType

DEFAULT_REGIONS = ("us-central1", "us-west1", "us-east1", "europe-west1", "asia-southeast1")
"""Where AutoVideo places its jobs, in the order in which it tries them."""


@dataclass(frozen=True, slots=True)
class Polling:
    """How an environment's server may be asked.

    Attributes:
        requests: the server's allowance in `window_s` seconds, until a 429 teaches another one.
        reserve: how many of them are kept for what the user does by hand.
        vertex_active_s, vertex_idle_s: seconds between two questions to Vertex AI, with and without an active job.
        alive_s: seconds between two of the free questions to /health.
        health_sweep_s: seconds after which a counted health check may be asked again by itself; 0: only by hand.
    """

    requests: int = 10
    window_s: float = 300.0
    reserve: int = 2
    vertex_active_s: float = 10.0
    vertex_idle_s: float = 30.0
    alive_s: float = 20.0
    health_sweep_s: float = 1800.0


@dataclass(frozen=True, slots=True)
class Notifications:
    """Which notifications are shown.

    Attributes:
        enabled: any at all.
        run_finished, run_failed, job_stuck, server_lost, health: the kinds, one by one.
    """

    enabled: bool = True
    run_finished: bool = True
    run_failed: bool = True
    job_stuck: bool = True
    server_lost: bool = True
    health: bool = True


@dataclass(frozen=True, slots=True)
class Environment:
    """One AutoVideo installation.

    Attributes:
        name: as in ``[environments.NAME]``.
        url: the AutoVideo server, without a trailing slash; empty where it only runs in batch mode.
        project: the Google Cloud project's id; empty when not given.
        regions: where its jobs are looked for.
        vertex: ``auto``, ``rest``, ``gcloud`` or ``off``.
        google_endpoint: base URL instead of Google's own, for an emulator.
        auth: ``none``, ``bearer`` or ``identity-token``.
        read_only: no action can be taken on it.
        production: actions ask for its name to be typed, and its window has a red frame.
        colour: its mark's colour.
        polling, notifications: the file's tables of these names, with what the environment has of its own on top.
    """

    name: str
    url: str = "http://127.0.0.1:8080"
    project: str = ""
    regions: tuple[str, ...] = DEFAULT_REGIONS
    vertex: str = "auto"
    google_endpoint: str = ""
    auth: str = "none"
    read_only: bool = False
    production: bool = False
    colour: str = "green"
    polling: Polling = field(default_factory=Polling)
    notifications: Notifications = field(default_factory=Notifications)


@dataclass(frozen=True, slots=True)
class Appearance:
    """How it looks.

    Attributes:
        theme: ``system``, ``light`` or ``dark``.
        language: a language code, empty for the system's.
    """

    theme: str = "system"
    language: str = ""


@dataclass(frozen=True, slots=True)
class Updates:
    """Whether and where it is asked for newer versions.

    Attributes:
        check: whether it is asked at all.
        url: the description of the newest version, over https; empty when not given.
        key: the Ed25519 key, in base64, that has to have signed it; empty when not given.
    """

    check: bool = False
    url: str = ""
    key: str = ""


NO_ENVIRONMENTS: Mapping[str, Environment] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Settings:
    """The whole configuration.

    Attributes:
        default_environment: the one that is looked at when none is named.
        environments: by name, in the file's order.
        notifications: what holds for every environment that has nothing of its own.
        updates: where newer versions are looked for.
    """

    default_environment: str
    environments: Mapping[str, Environment] = field(default_factory=lambda: NO_ENVIRONMENTS)
    notifications: Notifications = field(default_factory=Notifications)
    appearance: Appearance = field(default_factory=Appearance)
    updates: Updates = field(default_factory=Updates)
