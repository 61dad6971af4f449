"""Which permission a request needs, and which of them the account has: IAM, as far as it shows from outside.

``POST /v1/projects/P:testIamPermissions`` with ``{"permissions": […]}`` answers those of them that the account has,
and leaves the field out where it has none.
"""

from collections.abc import Mapping, Sequence

from avdesk.core import wire
from avdesk.emulator.exchange import Request
from avdesk.emulator.google.envelope import bad_request, permission_denied
from avdesk.emulator.google.routing import Route, route
from avdesk.emulator.records import GoogleWorld

SERVICE = "cloudresourcemanager.googleapis.com"
MOST_PERMISSIONS = 100

_BY_PATH = (
    ("customJobs", "GET", "aiplatform.customJobs.list"),
    ("customJobs", "POST", "aiplatform.customJobs.create"),
    ("customJobs", "DELETE", "aiplatform.customJobs.delete"),
    ("entries:list", "POST", "logging.logEntries.list"),
    ("services", "GET", "run.services.list"),
    ("regions", "GET", "compute.regions.get"),
)


def permission_of(request: Request) -> str | None:
    """Return the permission that a request needs, None for one that is not told apart here."""
    if request.path.endswith(":cancel"):
        return "aiplatform.customJobs.cancel"
    for part, method, permission in _BY_PATH:
        if method == request.method and part in request.path:
            if permission.endswith("customJobs.list") and not request.path.endswith("/customJobs"):
                return "aiplatform.customJobs.get"
            return permission
    return None


class Permissions:
    """Tells and enforces what the account may do; the world's lock is held by the caller.

    Attributes:
        withheld: the permissions that the account lacks; may be changed at any time.
    """

    def __init__(self, world: GoogleWorld) -> None:
        self._world = world
        self.withheld: set[str] = set()

    def routes(self) -> Sequence[Route]:
        """Return what is answered here."""
        return (route("POST", "/v1/projects/{project}:testIamPermissions", self._test),)

    def check(self, request: Request) -> None:
        """Refuse (`ApiError`, 403) a request whose permission the account lacks."""
        permission = permission_of(request)
        if permission is not None and permission in self.withheld:
            service = f"{permission.partition('.')[0]}.googleapis.com"
            raise permission_denied(service, permission, f"projects/{self._world.project}")

    def _test(self, request: Request, names: Mapping[str, str]) -> object:
        asked = [wire.as_text(each) for each in wire.as_list(wire.as_object(request.json()).get("permissions"))]
        if not 0 < len(asked) <= MOST_PERMISSIONS or None in asked:
            raise bad_request("The permissions to test must be given, at most 100.", "permissions")
        if names["project"] not in (self._world.project, self._world.project_number):
            raise permission_denied(SERVICE, "resourcemanager.projects.get", f"projects/{names['project']}")
        held = [permission for permission in asked if permission not in self.withheld]
        return {"permissions": held} if held else {}
