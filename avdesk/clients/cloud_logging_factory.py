"""Putting the client of Cloud Logging together."""

from collections.abc import Callable

from avdesk.clients.cloud_logging import AutoReader, LogReader
from avdesk.clients.cloud_logging_gcloud import LoggingGcloud
from avdesk.clients.cloud_logging_rest import LoggingRest
from avdesk.clients.factory import check_way
from avdesk.clients.gcloud import Gcloud
from avdesk.clients.google_auth import GoogleCredentials
from avdesk.clients.transport import Transport
from avdesk.clients.vertex_gcloud import endpoint_overrides


def make_log_reader(
    way: str,
    project: str,
    transport: Transport,
    *,
    endpoint: str = "",
    key: Callable[[], str | None] | None = None,
    credentials: GoogleCredentials | None = None,
) -> LogReader | None:
    """Return what reads Cloud Logging the way that ``vertex`` says, None for ``off``. Nothing is sent or run yet.

    The arguments are those of `make_vertex`.

    Raises:
        ConfigError: a setting cannot be used.
    """
    if way == "off":
        return None
    check_way(way)

    def rest() -> LoggingRest:
        own = credentials or GoogleCredentials(transport, key=key)
        return LoggingRest(project, transport, own, endpoint=endpoint)

    def gcloud() -> LoggingGcloud:
        return LoggingGcloud(project, Gcloud(environment=endpoint_overrides(endpoint)))

    if way == "rest":
        return rest()
    return gcloud() if way == "gcloud" else AutoReader(rest(), gcloud())
