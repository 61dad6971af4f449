"""The option table: the one place that names every key of the configuration file, its type, range and help.

Loading validates by it, and whatever edits the settings draws from it. The defaults are those of the frozen values in
`avdesk.config.settings`.
"""

import dataclasses
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from avdesk.config.settings import Appearance, Environment, Notifications, Polling, Updates
from avdesk.i18n import _

ENVIRONMENT, POLLING, NOTIFICATIONS, APPEARANCE = "environments.*", "polling", "notifications", "appearance"
UPDATES = "updates"
"""The tables; the first one stands for every ``[environments.NAME]``."""

RESERVED_TABLES = ("alerts", "logs")
"""Tables that belong to the file's format and have no keys in this version: accepted while they are empty."""

TOP_KEYS = ("default_environment", "environments", POLLING, NOTIFICATIONS, APPEARANCE, UPDATES, *RESERVED_TABLES)
"""What may stand at the top of the file."""

COLOUR_NAMES = ("grey", "blue", "green", "amber", "orange", "red", "violet", "pink", "yellow")
"""The colours that have a name; any other is written ``#rrggbb``."""


class Kind(StrEnum):
    """What a value is."""

    FLAG = "flag"
    WHOLE = "whole"
    SECONDS = "seconds"
    CHOICE = "choice"
    COLOUR = "colour"
    URL = "url"
    PROJECT = "project"
    REGIONS = "regions"
    LANGUAGE = "language"
    PUBLIC_KEY = "public key"
    ENVIRONMENT = "environment"


@dataclass(frozen=True, slots=True)
class Option:
    """One key of the configuration file.

    Attributes:
        table: where it stands.
        key: its name, also of the attribute of the frozen value.
        kind: what its value is.
        default: what holds where the file says nothing.
        label: its name for people, in their language.
        help: what it does, one or two sentences, in the user's language.
        low, high: the range of a number.
        choices: the values of a choice.
        instead: what holds where the file's value is unusable: the default, unless that would be unsafe.
        vital: whether an environment without a usable value of it cannot be used at all.
        restart: whether the running app takes a change of it only when it is started again.
    """

    table: str
    key: str
    kind: Kind
    default: object
    label: Callable[[], str]
    help: Callable[[], str]
    low: float = 0.0
    high: float = 0.0
    choices: tuple[str, ...] = ()
    instead: object = None
    vital: bool = False
    restart: bool = False

    @property
    def unit(self) -> str:
        """The unit of a number, empty without one."""
        return "s" if self.kind is Kind.SECONDS else ""


_OWNERS: Mapping[str, type] = {
    ENVIRONMENT: Environment,
    POLLING: Polling,
    NOTIFICATIONS: Notifications,
    APPEARANCE: Appearance,
    UPDATES: Updates,
}


def _option(
    table: str,
    key: str,
    kind: Kind,
    label: Callable[[], str],
    explained: Callable[[], str],
    *,
    span: tuple[float, float] = (0.0, 0.0),
    choices: tuple[str, ...] = (),
    instead: object = None,
    vital: bool = False,
    restart: bool = False,
) -> Option:
    default = next(item.default for item in dataclasses.fields(_OWNERS[table]) if item.name == key)
    fallback = default if instead is None else instead
    return Option(table, key, kind, default, label, explained, *span, choices, fallback, vital, restart)


_HOUR, _WEEK = 3600.0, 604_800.0

OPTIONS: tuple[Option, ...] = (
    _option(
        ENVIRONMENT,
        "url",
        Kind.URL,
        lambda: _("Server address"),
        lambda: _("The AutoVideo server, as http://host:port; empty where it only runs in batch mode."),
        vital=True,
    ),
    _option(
        ENVIRONMENT,
        "project",
        Kind.PROJECT,
        lambda: _("Google Cloud project"),
        lambda: _("The id of the project in which the render jobs run."),
    ),
    _option(
        ENVIRONMENT,
        "regions",
        Kind.REGIONS,
        lambda: _("Regions"),
        lambda: _("Where render jobs are looked for, as us-central1."),
    ),
    _option(
        ENVIRONMENT,
        "vertex",
        Kind.CHOICE,
        lambda: _("Vertex AI"),
        lambda: _("How Vertex AI is asked: by REST, by the gcloud command line, whichever works, or not at all."),
        choices=("auto", "rest", "gcloud", "off"),
    ),
    _option(
        ENVIRONMENT,
        "google_endpoint",
        Kind.URL,
        lambda: _("Google endpoint"),
        lambda: _("An address that stands in for Google's own, for an emulator; empty for Google's own."),
        vital=True,
    ),
    _option(
        ENVIRONMENT,
        "auth",
        Kind.CHOICE,
        lambda: _("Sign-in to the server"),
        lambda: _("What the server wants: nothing, a token from the keyring, or an identity token from Google."),
        choices=("none", "bearer", "identity-token"),
    ),
    _option(
        ENVIRONMENT,
        "read_only",
        Kind.FLAG,
        lambda: _("Read only"),
        lambda: _("No action can be taken on this environment from AVDesk."),
        instead=True,
    ),
    _option(
        ENVIRONMENT,
        "production",
        Kind.FLAG,
        lambda: _("Production"),
        lambda: _("Actions ask for the environment's name, and its window has a red frame."),
        instead=True,
    ),
    _option(
        ENVIRONMENT,
        "colour",
        Kind.COLOUR,
        lambda: _("Colour"),
        lambda: _("The colour of its mark: a name such as green, or #rrggbb."),
        choices=COLOUR_NAMES,
    ),
    _option(
        POLLING,
        "requests",
        Kind.WHOLE,
        lambda: _("Requests allowed"),
        lambda: _("How many requests the server allows in its window, until it says otherwise itself."),
        span=(1, 100_000),
    ),
    _option(
        POLLING,
        "window_s",
        Kind.SECONDS,
        lambda: _("Window"),
        lambda: _("The length of the server's rate limit window."),
        span=(1, 86_400),
    ),
    _option(
        POLLING,
        "reserve",
        Kind.WHOLE,
        lambda: _("Requests kept for you"),
        lambda: _("How many of the allowed requests are kept for what you ask by hand."),
        span=(0, 1000),
    ),
    _option(
        POLLING,
        "vertex_active_s",
        Kind.SECONDS,
        lambda: _("Vertex AI, while a job is active"),
        lambda: _("The time between two questions to Vertex AI while a job is active."),
        span=(2, _HOUR),
    ),
    _option(
        POLLING,
        "vertex_idle_s",
        Kind.SECONDS,
        lambda: _("Vertex AI, otherwise"),
        lambda: _("The time between two questions to Vertex AI while no job is active."),
        span=(5, _HOUR),
    ),
    _option(
        POLLING,
        "alive_s",
        Kind.SECONDS,
        lambda: _("Free health question"),
        lambda: _("The time between two questions that the server does not count."),
        span=(2, _HOUR),
    ),
    _option(
        POLLING,
        "health_sweep_s",
        Kind.SECONDS,
        lambda: _("Health checks"),
        lambda: _("How old a counted health check may get before it is asked again; 0 asks only by hand."),
        span=(0, _WEEK),
    ),
    _option(
        NOTIFICATIONS,
        "enabled",
        Kind.FLAG,
        lambda: _("Notifications"),
        lambda: _("Show notifications at all."),
    ),
    _option(
        NOTIFICATIONS,
        "run_finished",
        Kind.FLAG,
        lambda: _("Video done"),
        lambda: _("Tell when a video is done."),
    ),
    _option(
        NOTIFICATIONS,
        "run_failed",
        Kind.FLAG,
        lambda: _("Video failed"),
        lambda: _("Tell when a run fails, with the reason."),
    ),
    _option(
        NOTIFICATIONS,
        "job_stuck",
        Kind.FLAG,
        lambda: _("Job stuck"),
        lambda: _("Tell when a render job waits unusually long."),
    ),
    _option(
        NOTIFICATIONS,
        "server_lost",
        Kind.FLAG,
        lambda: _("Server lost"),
        lambda: _("Tell when the server cannot be reached, and when it is back."),
    ),
    _option(
        NOTIFICATIONS,
        "health",
        Kind.FLAG,
        lambda: _("Health check failed"),
        lambda: _("Tell when a health check fails or comes and goes, and when it is well again."),
    ),
    _option(
        APPEARANCE,
        "theme",
        Kind.CHOICE,
        lambda: _("Theme"),
        lambda: _("Light, dark, or as the system has it."),
        choices=("system", "light", "dark"),
    ),
    _option(
        APPEARANCE,
        "language",
        Kind.LANGUAGE,
        lambda: _("Language"),
        lambda: _("A language code such as de; empty for the system's language."),
        restart=True,
    ),
    _option(
        UPDATES,
        "check",
        Kind.FLAG,
        lambda: _("Look for newer versions"),
        lambda: _("Ask once a day whether there is a newer AVDesk, and say so. Nothing is ever installed by itself."),
    ),
    _option(
        UPDATES,
        "url",
        Kind.URL,
        lambda: _("Address"),
        lambda: _("Where the newest version is described, over https."),
    ),
    _option(
        UPDATES,
        "key",
        Kind.PUBLIC_KEY,
        lambda: _("Public key"),
        lambda: _("The Ed25519 key, in base64, that the description has to be signed with; others are not believed."),
    ),
)


def _by_table() -> Mapping[str, Mapping[str, Option]]:
    tables: dict[str, dict[str, Option]] = {name: {} for name in _OWNERS}
    for option in OPTIONS:
        tables[option.table][option.key] = option
    return MappingProxyType({name: MappingProxyType(options) for name, options in tables.items()})


TABLES: Mapping[str, Mapping[str, Option]] = _by_table()
"""Table → key → option."""

DEFAULT_ENVIRONMENT = Option(
    "",
    "default_environment",
    Kind.ENVIRONMENT,
    "dev",
    lambda: _("Default environment"),
    lambda: _("The environment that is looked at when none is named."),
    instead="dev",
)
"""The one option that stands in no table."""
