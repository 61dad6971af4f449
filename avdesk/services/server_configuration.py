"""A server's own configuration: changed where the server answers ``/config``, else what is known of it.

Each read and each save costs one or two of the server's counted requests, so both are done on a person's wish alone.
"""

import json
import logging
import threading
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial

from avdesk.clients.autovideo import AutoVideoClient
from avdesk.clients.reply import Reply
from avdesk.config.changes import Change, ChangeKind, is_secret_name, without_user
from avdesk.config.settings import Environment
from avdesk.core import wire
from avdesk.core.deployment import CloudRunService, read_service
from avdesk.core.errors import (
    AbortedError,
    BadAnswerError,
    KnownError,
    NotFoundError,
    ReadOnlyError,
    RequestRefusedError,
    UsageError,
)
from avdesk.core.redact import MASK, redact
from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.services.runtime import Links, Runtime
from avdesk.services.server_calls import ServerCalls
from avdesk.store.ledger import Ledger
from avdesk.store.memory import Memory

log = logging.getLogger(__name__)

ENDPOINT, DEPLOYMENT, DEBUG = "/config", "/health/deployment", "/debug"
MAX_KEYS = 500
MAX_VALUE = 4000

_HIDDEN = ("***", "•••", "******", "********")
_MISSING = object()


@dataclass(frozen=True, slots=True)
class ServerSettings:
    """The configuration that a server told.

    Attributes:
        values: key → value as in JSON; of a hidden one the mask.
        hidden: the keys whose value the server does not tell, or that may be secrets; they cannot be changed here.
        version: the server's own mark of this state (an ETag); None where it gives none.
        read_at: when it was told (UTC).
    """

    values: Mapping[str, object]
    hidden: frozenset[str]
    version: str | None
    read_at: datetime


@dataclass(frozen=True, slots=True)
class ServerFacts:
    """What is known of a server that cannot be configured from here.

    Attributes:
        told: what the server tells of its deployment, key → text.
        services: the project's Cloud Run services in the environment's regions; those that serve its address first.
        failures: what could not be asked, each with the reason.
    """

    told: Mapping[str, str] = field(default_factory=dict)
    services: tuple[CloudRunService, ...] = ()
    failures: tuple[KnownError, ...] = ()


class ServerChangedError(RequestRefusedError):
    """The server's configuration is not the one that was read: nothing was changed.

    Attributes:
        current: what it is now; None where that is not known.
        keys: the wished keys that were changed by somebody else.
    """

    def __init__(self, current: ServerSettings | None, keys: tuple[str, ...]) -> None:
        super().__init__(
            _("The server’s configuration was changed by somebody else: {keys}.").format(keys=", ".join(keys))
            if keys
            else _("The server’s configuration was changed by somebody else."),
            _("Nothing was changed; look at the new values and decide again."),
            status=412,
        )
        self.current = current
        self.keys = keys


class ServerConfiguration:
    """Reads and changes one environment's server. Usable from several threads; `close` when done."""

    def __init__(self, runtime: Runtime, environment: str) -> None:
        """Take an environment of the configuration; nothing is asked yet."""
        self._runtime = runtime
        self._environment: Environment = runtime.settings.environments[environment]
        self._lock = threading.Lock()
        self._links: Links | None = None
        self._ledger: Ledger | None = None
        self._calls: ServerCalls | None = None
        self._stop = threading.Event()

    def read(self) -> ServerSettings | None:
        """Return the server's configuration, None where its revision does not tell it or where there is no server.

        Raises:
            KnownError: it could not be asked.
        """
        calls = self._server()
        if calls is None:
            return None
        with closing(Memory(self._runtime.paths.database)) as memory:
            reply = calls.try_endpoint(memory, ENDPOINT, lambda client: client.get_config())
        return None if reply is None else self._settings(reply)

    def preview(self, base: ServerSettings, wishes: Mapping[str, object]) -> tuple[Change, ...]:
        """Return what saving would change, values masked that may be secrets.

        Raises:
            UsageError: a key is unknown or hidden, or a value is of another type than the present one.
        """
        changes = []
        for key, wanted in wishes.items():
            _check_wish(base, key, wanted)
            if not _same(base.values[key], wanted):
                old, new = shown(key, base.values[key]), shown(key, wanted)
                changes.append(Change(key, key, ChangeKind.CHANGED, old, new))
        return tuple(changes)

    def save(self, base: ServerSettings, wishes: Mapping[str, object]) -> ServerSettings:
        """Change the server's configuration, and return it as it is then.

        It is read again first: what somebody else has changed meanwhile is never written over.

        Raises:
            ReadOnlyError: the environment is read only; nothing was sent.
            UsageError: as `preview`; nothing was sent.
            ServerChangedError: one of the keys has another value by now.
            RequestRefusedError: the server declined, with its words.
            KnownError: it could not be asked.
        """
        if self._environment.read_only:
            raise ReadOnlyError(
                _("{name} is read only: nothing is changed on it from here.").format(name=self._environment.name),
                _("Take read_only out of its configuration if that is meant."),
            )
        changes = {change.key: wishes[change.key] for change in self.preview(base, wishes)}
        if not changes:
            return base
        current = self.read()
        calls = self._server()
        if current is None or calls is None:
            raise NotFoundError(
                _("This server does not let its configuration be changed."), _("Nothing was changed."), status=404
            )
        theirs = tuple(
            key
            for key, wanted in changes.items()
            if not _same(current.values.get(key, _MISSING), base.values[key])
            and not _same(current.values.get(key, _MISSING), wanted)
        )
        if theirs:
            raise ServerChangedError(current, theirs)
        try:
            reply = calls.ask(lambda client: client.put_config(changes, current.version))
        except RequestRefusedError as error:
            if error.status in (409, 412):
                raise ServerChangedError(None, ()) from error
            raise
        saved = self._settings(reply)
        log.info("changed the server's configuration of %s: %s", self._environment.name, ", ".join(changes))
        lost = [key for key, wanted in changes.items() if not _same(saved.values.get(key, _MISSING), wanted)]
        if lost:
            raise BadAnswerError(
                _("The server accepted the change, but does not show it: {keys}.").format(keys=", ".join(lost)),
                _("Read its configuration again."),
            )
        return saved

    def facts(self) -> ServerFacts:
        """Return what is known of the server where it tells no configuration; whatever fails is told beside it.

        Raises:
            AbortedError: it was given up.
        """
        told: dict[str, str] = {}
        failures: list[KnownError] = []
        calls = self._server()
        if calls is not None:
            with closing(Memory(self._runtime.paths.database)) as memory:
                for path in (DEPLOYMENT, DEBUG):
                    try:
                        reply = calls.try_endpoint(memory, path, partial(_get, path))
                        told |= _flat(reply.json()) if reply is not None else {}
                    except AbortedError:
                        raise
                    except KnownError as error:
                        failures.append(error)
        services = self._services(failures)
        return ServerFacts(told, services, tuple(failures))

    def abort(self) -> None:
        """Make whatever is in flight fail soon; from any thread."""
        self._stop.set()
        with self._lock:
            if self._links is not None:
                self._links.abort()

    def close(self) -> None:
        """Close the connections."""
        with self._lock:
            if self._links is not None:
                self._links.close()
            if self._ledger is not None:
                self._ledger.close()
            self._links = self._ledger = self._calls = None

    def _open(self) -> Links:
        with self._lock:
            if self._links is None:
                self._links = self._runtime.links(self._environment.name)
                if self._links.server is not None:
                    self._ledger = self._runtime.ledger()
                    clock = self._runtime.clock
                    self._calls = ServerCalls(self._environment, self._links.server, self._ledger, clock)
                if self._stop.is_set():
                    self._links.abort()
            return self._links

    def _server(self) -> ServerCalls | None:
        self._open()
        return self._calls

    def _settings(self, reply: Reply) -> ServerSettings:
        body = wire.as_object(reply.json())
        told = body.get("config")
        if not isinstance(told, Mapping):
            raise BadAnswerError(
                _("The server’s answer holds no configuration."), _("Its revision may be newer than this AVDesk.")
            )
        values = {one_line(key, 120): value for key, value in list(told.items())[:MAX_KEYS]}
        hidden = frozenset(key for key, value in values.items() if value in _HIDDEN or is_secret_name(key))
        values |= dict.fromkeys(hidden, MASK)
        return ServerSettings(values, hidden, reply.headers.get("etag"), self._runtime.clock.now())

    def _services(self, failures: list[KnownError]) -> tuple[CloudRunService, ...]:
        """Return the Cloud Run services of the environment's regions, asked side by side."""
        environment = self._environment
        if not environment.project or environment.vertex == "off":
            return ()
        from avdesk.clients.cloud_run import CloudRunRest
        from avdesk.clients.google_calls import GoogleCalls

        transport = self._open().transport
        credentials = self._runtime.google_credentials(environment.name, transport)
        try:
            calls = GoogleCalls(transport, credentials, environment.project)
            client = CloudRunRest(environment.project, calls, endpoint=environment.google_endpoint)
        except KnownError as error:
            failures.append(error)
            return ()
        found: list[CloudRunService] = []
        failed: dict[str, KnownError] = {}
        with ThreadPoolExecutor(8, thread_name_prefix="avdesk-cloud-run") as pool:
            for future in [pool.submit(client.services, region) for region in environment.regions]:
                try:
                    read = [read_service(each) for each in future.result()]
                except AbortedError:
                    raise
                except KnownError as error:
                    failed.setdefault(error.message, error)  # most often the same for every region
                else:
                    found += [service for service in read if service is not None]
        failures += failed.values()
        return tuple(sorted(found, key=lambda each: (not each.serves(environment.url), each.region, each.name)))


def shown(key: str, value: object) -> str:
    """Return a server's value as text for people, masked where it may be a secret."""
    if is_secret_name(key):
        return MASK
    return one_line(redact(without_user(json.dumps(value, ensure_ascii=False))), 300)


def _get(path: str, client: AutoVideoClient) -> Reply:
    return client.ask("GET", path)


def _check_wish(base: ServerSettings, key: str, wanted: object) -> None:
    if key not in base.values:
        raise UsageError(
            _("The server has no setting “{key}”.").format(key=one_line(key, 60)), _("Read its configuration again.")
        )
    if key in base.hidden:
        raise UsageError(
            _("“{key}” is a secret of the server and cannot be changed from here.").format(key=key),
            _("Change it where the server is deployed."),
        )
    now = base.values[key]
    if now is not None and wanted is not None and _kind(now) is not _kind(wanted):
        raise UsageError(
            _("“{key}” is of another type than what the server has.").format(key=key),
            _("The present value is {value}.").format(value=shown(key, now)),
        )
    if len(json.dumps(wanted)) > MAX_VALUE:
        raise UsageError(_("The value of “{key}” is too long.").format(key=key), _("Shorten it."))


def _kind(value: object) -> type:
    return float if isinstance(value, int) and not isinstance(value, bool) else type(value)


def _same(one: object, other: object) -> bool:
    if one is _MISSING or other is _MISSING:
        return one is other
    return _kind(one) is _kind(other) and one == other


def _flat(body: object, base: str = "") -> dict[str, str]:
    """Return the plain values inside an answer by dotted key, without the answer's own status and time."""
    found: dict[str, str] = {}
    for key, value in wire.as_object(body).items():
        name = f"{base}.{key}" if base else str(key)
        if isinstance(value, Mapping):
            found |= _flat(value, name)
        elif name not in ("status", "timestamp") and isinstance(value, str | int | float | bool):
            text = str(value).lower() if isinstance(value, bool) else str(value)
            found[one_line(name, 120)] = MASK if is_secret_name(str(key)) else one_line(redact(text), 300)
        if len(found) >= MAX_KEYS:
            break
    return found
