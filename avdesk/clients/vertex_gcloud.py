"""Vertex AI through the gcloud command line: for machines where only gcloud is set up to reach it."""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime

from avdesk.clients.gcloud import DEADLINE_S, Gcloud
from avdesk.clients.gcloudtext import explain
from avdesk.clients.google_calls import check_endpoint
from avdesk.clients.names import check_number, check_project, check_region
from avdesk.clients.reply import read_json
from avdesk.clients.vertex import JobClient, JobsPage, Page, Query, read_jobs
from avdesk.clients.vertex_rest import VertexRest
from avdesk.core import wire
from avdesk.core.jobs import Job

_LIST_FORMAT = (
    "json(name,displayName,state,createTime,startTime,endTime,updateTime,labels,error,"
    "jobSpec.scheduling,jobSpec.workerPoolSpecs)"
)


def endpoint_overrides(endpoint: str) -> dict[str, str]:
    """Return the variables that point gcloud's APIs at an emulator; none for an empty endpoint.

    Raises:
        ConfigError: the endpoint cannot be used.
    """
    base = check_endpoint(endpoint)
    if not base:
        return {}
    apis = ("AIPLATFORM", "LOGGING", "COMPUTE", "RUN", "IAMCREDENTIALS")
    return {f"CLOUDSDK_API_ENDPOINT_OVERRIDES_{api}": base + "/" for api in apis}


class VertexGcloud(JobClient):
    """Asks by gcloud; each region of a list is a process of its own."""

    workers = 3  # a process costs half a second of a core

    def __init__(
        self,
        project: str,
        regions: Sequence[str],
        gcloud: Gcloud,
        creator: VertexRest,
        *,
        deadline_s: float = DEADLINE_S,
        now: Callable[[], datetime] | None = None,
    ) -> None:
        """Prepare; nothing is run.

        Args:
            project: id or number.
            regions: where `job_details` looks.
            gcloud: runs the commands, with the `endpoint_overrides` in its environment.
            creator: creates jobs, with gcloud's token: gcloud itself repeats a creation that seems to have failed,
                which can make several jobs.
            deadline_s: of each command.
            now: the clock (UTC).

        Raises:
            ConfigError: one of them cannot be used.
        """
        super().__init__(regions, now)
        self._project = check_project(project)
        self._gcloud = gcloud
        self._creator = creator
        self._deadline_s = deadline_s

    def fetch_page(self, region: str, query: Query) -> Page:
        """Return a region's jobs. gcloud filters on this machine: only a name is worth handing over."""
        command = ["list", f"--region={region}", f"--format={_LIST_FORMAT}"]
        if query.display_name is not None:
            command.append(f'--filter=displayName="{query.display_name}"')
        return Page([wire.as_object(job) for job in wire.as_list(self._run(command))])

    def jobs_page(self, region: str, after: str = "") -> JobsPage:
        """Return all of a region's jobs: gcloud asks for every page by itself."""
        del after
        page = self.fetch_page(check_region(region), Query())
        return JobsPage(tuple(read_jobs(page.jobs, region)))

    def fetch_job(self, region: str, number: str) -> Mapping[str, object]:
        """Return one whole CustomJob."""
        return wire.as_object(self._run(["describe", number, f"--region={region}", "--format=json"]))

    def cancel_job(self, region: str, number: str) -> None:
        """Ask for the end of a job."""
        self._run(["cancel", check_number(number), f"--region={check_region(region)}", "--format=json"])

    def create_job(self, region: str, body: Mapping[str, object]) -> Job:
        """Create a job, sent once, with gcloud's token."""
        return self._creator.create_job(region, body)

    def abort(self) -> None:
        """End the commands that run, and refuse later ones."""
        super().abort()
        self._gcloud.abort()
        self._creator.abort()

    @property
    def way(self) -> str:
        """How it asks."""
        return "gcloud"

    def close(self) -> None:
        """The same."""
        self.abort()

    def _run(self, command: Sequence[str]) -> object:
        """Return what a command printed, decoded; the exit code counts first: a failed list prints ``[]`` too."""
        output = self._gcloud.run(
            ["ai", "custom-jobs", *command, f"--project={self._project}", "--quiet"], deadline_s=self._deadline_s
        )
        if output.code != 0:
            raise explain(output.stderr, output.code)
        return read_json(output.stdout) if output.stdout.strip() else None
