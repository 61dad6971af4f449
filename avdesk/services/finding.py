"""What is there already on this machine and in the cloud, so that nobody has to type what can be found out.

Nothing here changes anything; each question is bounded in time, and each answer says why where there is none.
"""

import json
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from dataclasses import dataclass
from pathlib import Path

from avdesk.clients.autovideo import AutoVideoClient
from avdesk.clients.cloud_run import CloudRunRest
from avdesk.clients.gcloud import Gcloud
from avdesk.clients.gcloudtext import explain
from avdesk.clients.google_calls import GoogleCalls
from avdesk.clients.grants import application_default
from avdesk.clients.reply import Timeouts
from avdesk.clients.transport import Transport
from avdesk.config.paths import Paths
from avdesk.config.settings import DEFAULT_REGIONS, Environment, Settings
from avdesk.core import wire
from avdesk.core.deployment import CloudRunService, read_service
from avdesk.core.errors import KnownError, NotAllowedError
from avdesk.core.snapshot import Trouble
from avdesk.core.text import one_line
from avdesk.i18n import _
from avdesk.services.runtime import Runtime

LOCAL = "http://127.0.0.1:8080"
"""Where AutoVideo listens when it is started by hand."""

GCLOUD_WITHIN_S = 20.0
_QUICK = Timeouts(connect_s=3.0, read_s=6.0, total_s=8.0)
_MAX_FILE = 64 * 1024
_HINTS = ("autovideo", "auto-video", "av-app", "av-video")
_VARIABLES = frozenset({"VERTEX_JOB_TIMEOUT_S", "VERTEX_REGIONS", "ELEVENLABS_API_KEY"})


@dataclass(frozen=True, slots=True)
class GcloudFound:
    """What gcloud is set up for.

    Attributes:
        program: where it is; None where it is not installed, and then all else is unknown.
        account, project, region: its own; None where it has none.
        trouble: why it could not be asked; None when it could.
    """

    program: str | None
    account: str | None = None
    project: str | None = None
    region: str | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class DefaultsFound:
    """Application-default credentials.

    Attributes:
        file: where they are; None without any.
        account: whose, where the file tells.
        kind: ``service_account``, ``authorized_user``, …; None unknown.
        project: the project that they name; None without one.
        trouble: why the file cannot be used; None when it can be read.
    """

    file: Path | None
    account: str | None = None
    kind: str | None = None
    project: str | None = None
    trouble: Trouble | None = None


@dataclass(frozen=True, slots=True)
class ServerTried:
    """How a server answered.

    Attributes:
        url: the address that was asked.
        is_autovideo: whether the answer is one of AutoVideo's; None where there was none.
        status: what it says of itself, as ``healthy``; None unknown.
        latency_s: how long the answer took; None without one.
        demands: whether it refuses who shows no token.
        trouble: why there is no good answer; None when there is.
    """

    url: str
    is_autovideo: bool | None = None
    status: str | None = None
    latency_s: float | None = None
    demands: bool = False
    trouble: Trouble | None = None

    @property
    def good(self) -> bool:
        """Whether AutoVideo answered."""
        return bool(self.is_autovideo) and self.trouble is None


@dataclass(frozen=True, slots=True)
class ServicesFound:
    """Cloud Run services that look like AutoVideo.

    Attributes:
        project: in which project was looked.
        services: the likely ones.
        others: how many more there are.
        trouble: why some could not be asked; None when all could.
    """

    project: str
    services: tuple[CloudRunService, ...] = ()
    others: int = 0
    trouble: Trouble | None = None


def find_gcloud(gcloud: Gcloud | None = None) -> GcloudFound:
    """Return gcloud's account, project and region; costs one process and no network."""
    runner = gcloud or Gcloud()
    program = runner.path()
    if program is None:
        return GcloudFound(None)
    try:
        output = runner.run(["config", "list", "--all", "--format=json"], deadline_s=GCLOUD_WITHIN_S)
    except KnownError as error:
        return GcloudFound(program, trouble=Trouble.of(error))
    if output.code:
        return GcloudFound(program, trouble=_trouble(explain(output.stderr, output.code)))
    told = _object(output.stdout)
    core, run, compute = (wire.as_object(told.get(name)) for name in ("core", "run", "compute"))
    region = (
        _word(run.get("region"))
        or _word(compute.get("region"))
        or _word(wire.as_object(told.get("ai")).get("region"))
    )
    return GcloudFound(program, _word(core.get("account")), _word(core.get("project")), region)


def find_defaults() -> DefaultsFound:
    """Return what application-default credentials there are, by their file alone; nobody is asked."""
    found = application_default()
    if found is None:
        return DefaultsFound(None)
    path, _meant = found
    try:
        with path.open("rb") as file:
            told = _object(file.read(_MAX_FILE))
    except OSError as error:
        words = error.strerror or type(error).__name__
        advice = _("Sign in anew: gcloud auth application-default login")
        return DefaultsFound(
            path, trouble=Trouble("Unreadable", _("It cannot be read: {words}.").format(words=words), advice)
        )
    project = _word(told.get("project_id")) or _word(told.get("quota_project_id"))
    return DefaultsFound(
        path, _word(told.get("client_email")) or _word(told.get("account")), _word(told.get("type")), project
    )


def try_server(url: str, token: str | None = None) -> ServerTried:
    """Ask an address for what costs nothing of the server's allowance, and say whether it is an AutoVideo server."""
    with closing(Transport()) as transport:
        try:
            client = AutoVideoClient(url, transport, bearer=(lambda: token) if token else None, quick=_QUICK)
            reply = client.health()
        except NotAllowedError as error:
            return ServerTried(url, demands=True, trouble=Trouble.of(error))
        except KnownError as error:
            return ServerTried(url, trouble=Trouble.of(error))
    try:
        body = wire.as_object(reply.json())
    except KnownError:
        body = {}
    status = _word(body.get("status"))
    if status is None or "timestamp" not in body:
        what = _("Something else than AutoVideo answers there.")
        trouble = Trouble("NotAutoVideo", what, _("Check host and port."))
        return ServerTried(url, is_autovideo=False, latency_s=reply.elapsed_s, trouble=trouble)
    return ServerTried(url, is_autovideo=True, status=status, latency_s=reply.elapsed_s)


def find_services(
    paths: Paths,
    project: str,
    regions: Sequence[str] = DEFAULT_REGIONS,
    google_endpoint: str = "",
    vertex: str = "auto",
) -> ServicesFound:
    """Return the project's Cloud Run services that look like AutoVideo, asked region by region side by side."""
    environment = Environment(
        "found", project=project, regions=tuple(regions), google_endpoint=google_endpoint, vertex=vertex
    )
    runtime = Runtime(Settings("found", {"found": environment}), paths)
    found: list[CloudRunService] = []
    trouble: Trouble | None = None
    with closing(Transport()) as transport:
        try:
            credentials = runtime.google_credentials("found", transport)
            client = CloudRunRest(
                project, GoogleCalls(transport, credentials, project, timeouts=_QUICK), endpoint=google_endpoint
            )
            credentials.token()
        except KnownError as error:
            return ServicesFound(project, trouble=Trouble.of(error))
        with ThreadPoolExecutor(8, thread_name_prefix="avdesk-finding") as pool:
            for future in [pool.submit(client.services, region) for region in regions]:
                try:
                    found += [each for each in map(read_service, future.result()) if each is not None]
                except KnownError as error:
                    trouble = trouble or Trouble.of(error)
    unique = {(each.region, each.name): each for each in found}.values()
    likely = sorted(
        (each for each in unique if looks_like_autovideo(each)), key=lambda each: (each.region, each.name)
    )
    return ServicesFound(project, tuple(likely), len(unique) - len(likely), trouble)


def looks_like_autovideo(service: CloudRunService) -> bool:
    """Whether a Cloud Run service is probably AutoVideo: by its name, its image, or its variables."""
    text = f"{service.name} {service.image or ''}".lower()
    return any(hint in text for hint in _HINTS) or bool(_VARIABLES & {each.name for each in service.variables})


def _object(raw: bytes) -> dict[str, object]:
    try:
        return dict(wire.as_object(json.loads(raw.decode("utf-8", "replace"))))
    except (ValueError, RecursionError):
        return {}


def _word(value: object) -> str | None:
    text = wire.as_text(value)
    return (one_line(text, 200) or None) if text is not None else None


def _trouble(error: Exception) -> Trouble:
    if isinstance(error, KnownError):
        return Trouble.of(error)
    return Trouble(type(error).__name__, one_line(error, 300), "")


class Finder:
    """All of it for one set of folders. Usable from any thread."""

    def __init__(self, paths: Paths) -> None:
        """Take the folders; nothing is looked at yet."""
        self._paths = paths

    def gcloud(self) -> GcloudFound:
        """Return what gcloud is set up for."""
        return find_gcloud()

    def defaults(self) -> DefaultsFound:
        """Return what application-default credentials there are."""
        return find_defaults()

    def server(self, url: str) -> ServerTried:
        """Return how an address answers."""
        return try_server(url)

    def services(self, project: str, regions: Sequence[str], google_endpoint: str) -> ServicesFound:
        """Return the Cloud Run services that look like AutoVideo."""
        return find_services(self._paths, project, regions, google_endpoint)
