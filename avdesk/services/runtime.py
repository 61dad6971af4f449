"""Building what watches an environment, out of its settings: the one place that knows which client serves what."""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from avdesk.clients.autovideo import AutoVideoClient
from avdesk.clients.factory import make_vertex
from avdesk.clients.google_auth import GoogleCredentials
from avdesk.clients.grants import FixedSource
from avdesk.clients.transport import Transport
from avdesk.clients.vertex import VertexClient
from avdesk.config.paths import Paths
from avdesk.config.settings import Environment, Settings
from avdesk.services.bearer import server_token
from avdesk.services.check_watch import CheckWatch
from avdesk.services.clock import Clock
from avdesk.services.monitor import Monitor, Watches
from avdesk.services.own_checks import OwnChecks
from avdesk.services.server_watch import ServerWatch
from avdesk.services.stored_key import StoredKey
from avdesk.services.vertex_watch import VertexWatch
from avdesk.services.whereabouts import forget_elsewhere
from avdesk.store.ledger import Ledger
from avdesk.store.memory import Memory

if TYPE_CHECKING:
    from avdesk.services.own_probes import OwnProbes, Probed

log = logging.getLogger(__name__)


@dataclass(slots=True)
class OpenWatches(Watches):
    """The watches of one environment together with what they stand on.

    Attributes:
        memory, ledger, transport: opened for these watches alone; `close` closes them.
        abort: makes whatever is in flight fail soon; from any thread.
    """

    memory: Memory
    ledger: Ledger
    transport: Transport
    abort: Callable[[], None]

    def close(self) -> None:
        """Close what was opened."""
        self.transport.close()
        self.memory.close()
        self.ledger.close()


@dataclass(slots=True)
class Links:
    """The clients of one environment, over connections of their own. Usable from several threads.

    Attributes:
        vertex: None where Vertex AI is not asked.
        server: None where there is no server.
    """

    transport: Transport
    vertex: VertexClient | None
    server: AutoVideoClient | None

    def abort(self) -> None:
        """Make whatever is in flight fail soon; from any thread."""
        self.transport.abort()
        if self.vertex is not None:
            self.vertex.abort()

    def close(self) -> None:
        """Close the connections."""
        self.transport.close()


class Runtime:
    """The configuration and the folders, and what is built from them. Cheap to make; nothing is asked by it."""

    def __init__(
        self, settings: Settings, paths: Paths, *, clock: Clock | None = None, google_token: str | None = None
    ) -> None:
        """Take the configuration; `google_token` is sent to the Google APIs instead of the user's own credentials."""
        self.settings = settings
        self.paths = paths
        self.clock = clock or Clock()
        self._google_token = google_token

    def monitor(self, environment: str, *, own_checks: bool = True) -> Monitor:
        """Return a new monitor of an environment. It belongs to the thread that asks for it.

        `own_checks`: whether it makes AVDesk's own checks, too, as nobody needs who looks once.
        """
        watches = self.watches(environment)
        if own_checks:
            watches.own = self._own_checks(environment, watches.transport)
        return Monitor(
            self.settings.environments[environment],
            watches,
            watches.memory,
            self.clock,
            abort=watches.abort,
            close=watches.close,
        )

    def watches(self, environment: str) -> OpenWatches:
        """Return new watches of an environment."""
        settings = self.settings.environments[environment]
        memory = Memory(self.paths.database)
        forget_elsewhere(memory, settings, self.clock.now())
        ledger = self.ledger()
        links = self.links(environment)
        vertex = links.vertex
        server = ServerWatch(settings, links.server, ledger, self.clock)
        return OpenWatches(
            server=server,
            vertex=VertexWatch(settings, (lambda: vertex) if vertex is not None else None, self.clock),
            checks=CheckWatch(settings, server, memory, self.clock),
            memory=memory,
            ledger=ledger,
            transport=links.transport,
            abort=links.abort,
        )

    def _own_checks(self, environment: str, transport: Transport) -> OwnChecks:
        """Return AVDesk's own checks; what they ask with is made when they first do, in a thread of theirs."""
        settings = self.settings.environments[environment]

        def make() -> "OwnProbes":
            from avdesk.services.own_probes import OwnProbes

            return OwnProbes(settings, transport, self.google_credentials(environment, transport), self.clock)

        def token() -> "Probed":
            from avdesk.services.token_probe import look_at_token

            return look_at_token(settings, self.paths.config, self.clock)

        asks_google = bool(settings.project) and settings.vertex != "off"
        wants_token = settings.auth == "bearer"
        return OwnChecks(settings, make if asks_google else None, self.clock, token if wants_token else None)

    def ledger(self) -> Ledger:
        """Return the counted requests, opened anew."""
        return Ledger(self.paths.ledger, wall=self.clock.wall, mono=self.clock.mono)

    def links(self, environment: str) -> Links:
        """Return new clients of an environment; nothing is asked yet.

        Raises:
            ConfigError: a setting cannot be used.
        """
        settings = self.settings.environments[environment]
        transport = Transport()
        vertex = make_vertex(
            settings.vertex if settings.project else "off",
            settings.project,
            settings.regions,
            transport,
            endpoint=settings.google_endpoint,
            credentials=self.google_credentials(environment, transport),
            version=StoredKey(self.paths.config, environment).version,
        )
        server = self._server(settings, transport) if settings.url else None
        return Links(transport, vertex, server)

    def google_credentials(self, environment: str, transport: Transport) -> GoogleCredentials:
        """Return what gives tokens for Google's interfaces: the ones handed in, else the user's own in their order.

        The order: the service-account key stored for the environment, application-default credentials, gcloud.
        """
        if self._google_token is not None:
            return GoogleCredentials(transport, only=FixedSource(self._google_token))
        key = StoredKey(self.paths.config, environment)
        only_gcloud = self.settings.environments[environment].vertex == "gcloud"
        return GoogleCredentials(transport, key=key.text, version=key.version, only_gcloud=only_gcloud)

    def _server(self, settings: Environment, transport: Transport) -> AutoVideoClient:
        token = server_token(settings, transport, self.paths.config)
        if token is None:
            return AutoVideoClient(settings.url, transport)
        return AutoVideoClient(settings.url, transport, bearer=token.token, renew=token.renewed)
