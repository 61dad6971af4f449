"""Putting the client of Cloud Logging together."""

from collections.abc import Callable

from avdesk.clients.cloud_logging import AutoReader, LogReader
from avdesk.clients.cloud_logging_gcloud import LoggingGcloud
from avdesk.clients.cloud_logging_rest import LoggingRest
from avdesk.clients.factory import check_way
from avdesk.clients.gcloud import Gcloud
from avdesk.clients.google_calls import Tokens
from avdesk.clients.transport import Transport
from avdesk.clients.vertex_gcloud import endpoint_overrides


def make_log_reader(
    way: str,
    project: str,
    transport: Transport,
    credentials: Tokens,
    *,
    endpoint: str = "",
    version: Callable[[], object] | None = None,
) -> LogReader | None:
    """Return what reads Cloud Logging the way that ``vertex`` says, None for ``off``. Nothing is sent or run yet.

    Args:
        way: ``auto``, ``rest``, ``gcloud`` or ``off``.
        project: id or number.
        transport: carries the requests.
        credentials: give REST's tokens.
        endpoint: the environment's ``google_endpoint``.
        version: returns another value once the stored key is another one.

    Raises:
        ConfigError: a setting cannot be used.
    """
    if way == "off":
        return None
    check_way(way)

    def rest() -> LoggingRest:
        return LoggingRest(project, transport, credentials, endpoint=endpoint)

    def gcloud() -> LoggingGcloud:
        return LoggingGcloud(project, Gcloud(environment=endpoint_overrides(endpoint)))

    if way == "rest":
        return rest()
    return gcloud() if way == "gcloud" else AutoReader(rest(), gcloud(), version=version)
