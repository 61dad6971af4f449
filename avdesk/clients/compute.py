"""Compute Engine over REST: the quotas of a region, and nothing else."""

from avdesk.clients.google_calls import GoogleCalls, check_endpoint
from avdesk.clients.names import check_project, check_region

_FIELDS = "name,status,quotas(metric,limit,usage),quotaStatusWarning"


class ComputeRest:
    """Asks Compute Engine. May be used from several threads."""

    def __init__(self, project: str, calls: GoogleCalls, *, endpoint: str = "") -> None:
        """Prepare; nothing is sent.

        Raises:
            ConfigError: the project or the endpoint cannot be used.
        """
        self._project = check_project(project)
        self._base = check_endpoint(endpoint) or "https://compute.googleapis.com"
        self._calls = calls

    def region(self, region: str) -> object:
        """Return what Compute Engine tells of a region.

        Raises:
            KnownError: it gave no answer, or a refusal.
        """
        url = f"{self._base}/compute/v1/projects/{self._project}/regions/{check_region(region)}"
        return self._calls.get(url, {"fields": _FIELDS}).json()
