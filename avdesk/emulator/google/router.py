"""The front door of the emulated Google APIs: who asks, and which part answers."""

import hmac
import json

from avdesk.emulator.exchange import Answer, Request
from avdesk.emulator.google import cloudlogging, customjobs, run_v1
from avdesk.emulator.google.cloudlogging import Logging
from avdesk.emulator.google.compute import Compute
from avdesk.emulator.google.customjobs import CustomJobs
from avdesk.emulator.google.envelope import ApiError, not_found, unauthenticated
from avdesk.emulator.google.iamcredentials import IamCredentials
from avdesk.emulator.google.partial import parse_fields
from avdesk.emulator.google.permissions import Permissions
from avdesk.emulator.google.run_service import RunService
from avdesk.emulator.google.run_v1 import RunV1
from avdesk.emulator.google.run_v2 import RunV2
from avdesk.emulator.google.signin import PATH as SIGN_IN
from avdesk.emulator.google.signin import SignIn
from avdesk.emulator.records import GoogleWorld

_COMPUTE_PATHS = ("/compute/", "/projects/")
_SERVICES = (
    ("/compute/", "compute.googleapis.com"),
    ("/projects/", "compute.googleapis.com"),
    ("/v2/entries", cloudlogging.SERVICE),
    ("/v2/", run_v1.SERVICE),
    ("/apis/", run_v1.SERVICE),
    ("/v1/projects/-/", "iamcredentials.googleapis.com"),
)


class GoogleApis:
    """Answers every request to an emulated Google API, whatever host it was sent to.

    `log_reads_per_minute` is Cloud Logging's read quota, None for none.

    Attributes:
        permissions: what the account may do.
        credentials: the tokens that were issued.
        sign_in: the service accounts' keys.
    """

    def __init__(self, world: GoogleWorld, *, log_reads_per_minute: int | None = 60) -> None:
        self._world = world
        with world.lock:
            service = RunService(world)
        self.credentials = IamCredentials(world)
        self.permissions = Permissions(world)
        self.sign_in = SignIn(world, self.credentials)
        parts = (
            CustomJobs(world),
            Logging(world, reads_per_minute=log_reads_per_minute),
            Compute(world),
            RunV1(world, service),
            RunV2(world, service),
            self.credentials,
            self.permissions,
        )
        self._routes = [route for part in parts for route in part.routes()]

    def answer(self, request: Request) -> Answer:
        """Return the answer to `request`; every refusal is Google's envelope."""
        try:
            with self._world.lock:
                if request.path == SIGN_IN and request.method == "POST":
                    return self.sign_in.answer(request)
                self._check_bearer(request)
                self.permissions.check(request)
                selection = parse_fields(request.query["fields"]) if request.query.get("fields") else None
                self._world.advance()
                content = self._content(request)
                return _answer_of(selection.apply(content) if selection else content)
        except ApiError as error:
            return error.answer(legacy=request.path.startswith(_COMPUTE_PATHS))

    def _check_bearer(self, request: Request) -> None:
        scheme, _, bearer = request.headers.get("authorization", "").partition(" ")
        bearer = bearer.strip()
        expected = self._world.token
        known = hmac.compare_digest(bearer.encode("utf-8", "replace"), expected.encode())
        if scheme.lower() != "bearer" or not (known or self.credentials.knows(bearer)):
            raise unauthenticated(
                next((name for start, name in _SERVICES if request.path.startswith(start)), customjobs.SERVICE)
            )

    def _content(self, request: Request) -> object:
        for route in self._routes:
            if route.method == request.method:
                match = route.pattern.fullmatch(request.path)
                if match is not None:
                    return route.handler(request, match.groupdict())
        raise not_found()


def _answer_of(content: object) -> Answer:
    try:
        return Answer.of_json(200, content)
    except UnicodeEncodeError:  # half a surrogate pair, from whoever wrote the entry; JSON can escape it
        return Answer(200, json.dumps(content).encode())
