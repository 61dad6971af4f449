"""Cloud Run over REST: the services of a region, read only."""

from avdesk.clients.google_calls import GoogleCalls, check_endpoint
from avdesk.clients.names import check_project, check_region
from avdesk.core import wire

MAX_PAGES = 5
PAGE = 100


class CloudRunRest:
    """Asks Cloud Run. May be used from several threads."""

    def __init__(self, project: str, calls: GoogleCalls, *, endpoint: str = "") -> None:
        """Prepare; nothing is sent.

        Raises:
            ConfigError: the project or the endpoint cannot be used.
        """
        self._project = check_project(project)
        self._base = check_endpoint(endpoint) or "https://run.googleapis.com"
        self._calls = calls

    def services(self, region: str) -> list[object]:
        """Return what Cloud Run tells of each service of a region.

        Raises:
            KnownError: it gave no answer, or a refusal.
        """
        url = f"{self._base}/v2/projects/{self._project}/locations/{check_region(region)}/services"
        found: list[object] = []
        params = {"pageSize": str(PAGE)}
        for _page in range(MAX_PAGES):
            answer = wire.as_object(self._calls.get(url, params).json())
            found += wire.as_list(answer.get("services"))
            token = wire.as_text(answer.get("nextPageToken"))
            if not token:
                break
            params = {"pageSize": str(PAGE), "pageToken": token}
        return found
