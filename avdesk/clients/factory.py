"""Putting the clients of one environment together."""

from collections.abc import Callable, Sequence

from avdesk.clients.auto import VertexAuto
from avdesk.clients.gcloud import Gcloud
from avdesk.clients.google_auth import GoogleCredentials
from avdesk.clients.transport import Transport
from avdesk.clients.vertex import VertexClient
from avdesk.clients.vertex_gcloud import VertexGcloud, endpoint_overrides
from avdesk.clients.vertex_rest import VertexRest
from avdesk.core.errors import ConfigError
from avdesk.i18n import _


def make_vertex(
    way: str,
    project: str,
    regions: Sequence[str],
    transport: Transport,
    *,
    endpoint: str = "",
    key: Callable[[], str | None] | None = None,
    credentials: GoogleCredentials | None = None,
    version: Callable[[], object] | None = None,
) -> VertexClient | None:
    """Return the client for an environment's ``vertex`` setting, None for ``off``. Nothing is sent or run yet.

    Args:
        way: ``auto``, ``rest``, ``gcloud`` or ``off``.
        project: id or number.
        regions: where jobs are looked for by their id alone.
        transport: carries the requests.
        endpoint: the environment's ``google_endpoint``.
        key: returns the stored service-account key.
        credentials: for REST; made from `key` when None.
        version: returns another value once the stored key is another one.

    Raises:
        ConfigError: a setting cannot be used.
    """
    if way == "off":
        return None
    check_way(way)

    def rest() -> VertexRest:
        own = credentials or GoogleCredentials(transport, key=key, version=version)
        return VertexRest(project, regions, transport, own, endpoint=endpoint)

    def gcloud() -> VertexGcloud:
        runner = Gcloud(environment=endpoint_overrides(endpoint))
        login = GoogleCredentials(transport, gcloud=runner, only_gcloud=True)
        creator = VertexRest(project, regions, transport, login, endpoint=endpoint)
        return VertexGcloud(project, regions, runner, creator)

    if way == "rest":
        return rest()
    return gcloud() if way == "gcloud" else VertexAuto(rest(), gcloud(), version=version)


def check_way(way: str) -> None:
    """Refuse what is no ``vertex`` setting but ``off``.

    Raises:
        ConfigError: so it is.
    """
    if way not in ("auto", "rest", "gcloud"):
        raise ConfigError(
            _("“{value}” is no way to ask Vertex AI.").format(value=way),
            _("Set vertex to auto, rest, gcloud or off."),
        )
