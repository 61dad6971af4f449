"""Trying a credential before it is saved: does the other side take it, whose is it, what may it do?"""

import threading
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from types import MappingProxyType

from avdesk.clients.autovideo import AutoVideoClient
from avdesk.clients.google_auth import GoogleCredentials
from avdesk.clients.google_calls import GoogleCalls, check_endpoint
from avdesk.clients.googleerrors import error_of, refusal_of
from avdesk.clients.names import check_project
from avdesk.clients.reply import Reply, Timeouts
from avdesk.clients.transport import Transport
from avdesk.config.settings import Environment
from avdesk.core import wire
from avdesk.core.credentials import Kind, Permission, Trial
from avdesk.core.errors import (
    AbortedError,
    BadAnswerError,
    CredentialsExpiredError,
    KnownError,
    NotFoundError,
    PermissionDeniedError,
    RequestRefusedError,
    TimedOutError,
)
from avdesk.core.jwtclaims import claims_of
from avdesk.core.snapshot import Trouble
from avdesk.i18n import _

DEADLINE_S = 15.0
"""For a whole test."""

_QUICK = Timeouts(connect_s=4.0, read_s=8.0, total_s=10.0)

LIST, GET, CANCEL, CREATE = (f"aiplatform.customJobs.{verb}" for verb in ("list", "get", "cancel", "create"))
LOGS = "logging.logEntries.list"
QUOTA, SERVICES = "compute.regions.get", "run.services.list"
CHANGING = frozenset({CANCEL, CREATE})
"""Not needed where an environment is read only."""

OPTIONAL = frozenset({QUOTA, SERVICES})
"""Without them the GPU quota and the server's Cloud Run service are unknown; all else works."""

PERMISSIONS = (LIST, GET, CANCEL, CREATE, LOGS, QUOTA, SERVICES)

_ROLES: Mapping[str, str] = MappingProxyType(
    {
        LIST: "roles/aiplatform.viewer",
        GET: "roles/aiplatform.viewer",
        CANCEL: "roles/aiplatform.user",
        CREATE: "roles/aiplatform.user",
        LOGS: "roles/logging.viewer",
        QUOTA: "roles/compute.viewer",
        SERVICES: "roles/run.viewer",
    }
)
_NO_SUCH_JOB = "1"
"""A number that no job has: asking for it tells whether one may ask, and changes nothing."""


def try_server(environment: Environment, token: Callable[[], str], kind: Kind) -> Trial:
    """Ask the environment's server, by what costs nothing of its allowance, with the token and without one."""
    if not environment.url:
        return Trial(kind, None, trouble=_trouble_of_no_server())
    claims = claims_of("")
    try:
        with _transport() as transport:
            sent = token()
            claims = claims_of(sent)
            demanded = _refuses_without(environment, transport)
            AutoVideoClient(environment.url, transport, bearer=lambda: sent, quick=_QUICK).health()
    except (CredentialsExpiredError, PermissionDeniedError) as error:
        return Trial(kind, False, claims.account, claims.expires_at, demanded=True, trouble=Trouble.of(error))  # noqa: FBT003
    except KnownError as error:
        return Trial(kind, None, claims.account, claims.expires_at, trouble=Trouble.of(error))
    return Trial(kind, True, claims.account, claims.expires_at, demanded=demanded)  # noqa: FBT003


def try_google(environment: Environment, make: Callable[[Transport], GoogleCredentials], kind: Kind | None) -> Trial:
    """Ask Google for a token, and which of the permissions its account has in the environment's project.

    Args:
        environment: names the project.
        make: returns the credentials over a transport.
        kind: what is tried; None: what the credentials themselves find.
    """
    credentials: GoogleCredentials | None = None
    try:
        with _transport() as transport:
            credentials = make(transport)
            credentials.token()
            found = _kind_of(credentials, kind)
            account, expires_at = credentials.account, credentials.expires_at
            if not environment.project:
                return Trial(found, True, account, expires_at)  # noqa: FBT003
            calls = GoogleCalls(transport, credentials, environment.project, timeouts=_QUICK)
            permissions = _Permissions(environment, calls).find()
    except (CredentialsExpiredError, PermissionDeniedError) as error:
        tried = _kind_of(credentials, kind)
        account = credentials.account if credentials is not None else None
        return Trial(tried, False, account, trouble=Trouble.of(error))  # noqa: FBT003
    except KnownError as error:
        return Trial(_kind_of(credentials, kind), None, trouble=Trouble.of(error))
    return Trial(
        found,
        True,  # noqa: FBT003
        account,
        expires_at,
        permissions,
        grant=grant_commands(environment.project, account, permissions),
    )


def grant_commands(project: str, account: str | None, permissions: Sequence[Permission]) -> tuple[str, ...]:
    """Return the commands that grant what is missing; the account is a placeholder where it is unknown."""
    roles = {_ROLES[each.name] for each in permissions if each.granted is False and each.name in _ROLES}
    if "roles/aiplatform.user" in roles:
        roles.discard("roles/aiplatform.viewer")  # the greater one holds it
    member = "user:EMAIL"
    if account:
        member = f"{'serviceAccount' if account.endswith('.gserviceaccount.com') else 'user'}:{account}"
    return tuple(
        f"gcloud projects add-iam-policy-binding {project} --member={member} --role={role} --condition=None"
        for role in sorted(roles)
    )


class _Permissions:
    """Finds out what an account may do in an environment's project."""

    def __init__(self, environment: Environment, calls: GoogleCalls) -> None:
        self._environment = environment
        self._calls = calls
        self._project = check_project(environment.project)
        self._endpoint = check_endpoint(environment.google_endpoint)

    def find(self) -> tuple[Permission, ...]:
        """Return all of them, by asking Google for the list, else by asking for things that change nothing.

        Raises:
            KnownError: Google could not be asked, or does not take the credentials.
        """
        granted = self._listed()
        if granted is None:
            granted = self._by_asking()
        return tuple(Permission(name, granted.get(name), self._is_needed(name)) for name in PERMISSIONS)

    def _is_needed(self, name: str) -> bool:
        return name not in OPTIONAL and not (name in CHANGING and self._environment.read_only)

    def _listed(self) -> dict[str, bool | None] | None:
        """Return what Cloud Resource Manager says; None where it cannot be asked, as where its API is not enabled."""
        base = self._endpoint or "https://cloudresourcemanager.googleapis.com"
        url = f"{base}/v1/projects/{self._project}:testIamPermissions"
        reply = self._calls.send("POST", url, json={"permissions": list(PERMISSIONS)})
        if reply.status == 401:
            raise error_of(refusal_of(reply))
        if not reply.ok:
            return None
        try:
            answer = reply.json()
        except BadAnswerError:
            return None
        held = {wire.as_text(each) for each in wire.as_list(wire.as_object(answer).get("permissions"))}
        return {name: name in held for name in PERMISSIONS}

    def _by_asking(self) -> dict[str, bool | None]:
        region = self._environment.regions[0] if self._environment.regions else "us-central1"
        vertex = self._endpoint or f"https://{region}-aiplatform.googleapis.com"
        jobs = f"{vertex}/v1/projects/{self._project}/locations/{region}/customJobs"
        logs = (self._endpoint or "https://logging.googleapis.com") + "/v2/entries:list"
        compute = self._endpoint or "https://compute.googleapis.com"
        run = self._endpoint or "https://run.googleapis.com"
        one_entry = {"resourceNames": [f"projects/{self._project}"], "pageSize": 1, "orderBy": "timestamp desc"}
        send = self._calls.send
        questions: Mapping[str, Callable[[], Reply]] = {
            LIST: lambda: send("GET", jobs, params={"pageSize": "1", "fields": "nextPageToken"}),
            GET: lambda: send("GET", f"{jobs}/{_NO_SUCH_JOB}"),
            CANCEL: lambda: send("POST", f"{jobs}/{_NO_SUCH_JOB}:cancel", json={}),
            LOGS: lambda: send("POST", logs, json=one_entry),
            QUOTA: lambda: send("GET", f"{compute}/compute/v1/projects/{self._project}/regions/{region}"),
            SERVICES: lambda: send("GET", f"{run}/v2/projects/{self._project}/locations/{region}/services"),
        }
        with ThreadPoolExecutor(len(questions), thread_name_prefix="permissions") as pool:
            # Whether a job may be created is only told by creating one: that stays unknown.
            return dict(zip(questions, pool.map(_is_allowed, questions.values()), strict=True))


def _is_allowed(ask: Callable[[], Reply]) -> bool | None:
    """Return whether an answer says that one may ask; None where it says neither."""
    try:
        reply = ask()
    except AbortedError:
        raise
    except KnownError:
        return None
    if reply.ok:
        return True
    error = error_of(refusal_of(reply))
    if isinstance(error, NotFoundError):
        return True  # that there is no such job is told only to those who may look
    if isinstance(error, PermissionDeniedError) and error.reason != "SERVICE_DISABLED":
        return False
    return None


def _refuses_without(environment: Environment, transport: Transport) -> bool | None:
    try:
        AutoVideoClient(environment.url, transport, quick=_QUICK).health()
    except (CredentialsExpiredError, PermissionDeniedError):
        return True
    except RequestRefusedError:
        return None
    return False


def _kind_of(credentials: GoogleCredentials | None, kind: Kind | None) -> Kind:
    if kind is not None:
        return kind
    named = credentials.kind if credentials is not None else None
    return Kind(named) if named in [each.value for each in Kind] else Kind.GCLOUD


def _trouble_of_no_server() -> Trouble:
    return Trouble("NoServer", _("This environment has no server to try the token on."), _("Give it a url."))


@contextmanager
def _transport() -> Iterator[Transport]:
    """Give a transport that ends by itself when the test takes too long."""
    transport = Transport()
    late = threading.Event()

    def end() -> None:
        late.set()
        transport.abort()

    timer = threading.Timer(DEADLINE_S, end)
    timer.daemon = True
    timer.start()
    try:
        yield transport
    except AbortedError:
        if not late.is_set():
            raise
        raise TimedOutError(
            _("The test was not over after {seconds:g} seconds.").format(seconds=DEADLINE_S),
            _("Check the network and try again."),
        ) from None
    finally:
        timer.cancel()
        transport.close()
