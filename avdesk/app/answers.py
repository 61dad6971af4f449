"""What the running app answers to the command line and to later starts."""

from collections.abc import Callable
from datetime import UTC, datetime

from avdesk import __version__
from avdesk.app import session_credentials
from avdesk.app.latest import Latest
from avdesk.core.places import Place, PlaceKind, read_place
from avdesk.core.report import APP, status_report
from avdesk.core.text import one_line

JsonObject = dict[str, object]
MAX_TOKEN = 512


class Answers:
    """Answers one request at a time, in the GUI thread, from what is known: nothing is asked of anybody."""

    def __init__(
        self,
        latest: Latest,
        raise_window: Callable[[str], None],
        hurry: Callable[[str], None],
        ask_credentials_anew: Callable[[str], None],
        mark: Callable[[str], str],
        show: Callable[[Place, str], None],
    ) -> None:
        """Answer from `latest`; `raise_window` gets an activation token, the others an environment's name.

        `show` opens the window on a place, with an activation token. `mark` tells what is watched under that name,
        as `config.differences.mark_of` does.
        """
        self._latest = latest
        self._raise_window = raise_window
        self._hurry = hurry
        self._ask_credentials_anew = ask_credentials_anew
        self._mark = mark
        self._show = show

    def __call__(self, request: JsonObject) -> JsonObject:
        """Return the answer to a request."""
        match request.get("do"):
            case "raise":
                self._raise_window(_token_of(request))
                return {"ok": True}
            case "open":
                return self._open(request)
            case "status":
                return self._about(request, self._status)
            case "hurry":
                return self._about(request, self._do_hurry)
            case "credentials":
                return (
                    self._about(request, self._credentials) if "environment" in request else self._all_credentials()
                )
            case name if name in session_credentials.REQUESTS:
                return self._about(
                    request, lambda where: session_credentials.answer(request, where, self._ask_credentials_anew)
                )
            case "version":
                return {"ok": True, "version": __version__}
        return {"ok": False, "error": "unknown request"}

    def _about(self, request: JsonObject, answer: Callable[[str], JsonObject]) -> JsonObject:
        name = request.get("environment")
        if name is None:
            name = self._latest.current
        if not isinstance(name, str) or name not in self._latest.environments:
            return {"ok": False, "error": f"unknown environment: {one_line(name, 80)}"}
        if request.get("mark") not in (None, self._mark(name)):
            return {"ok": False, "error": "another environment is watched under this name"}
        return answer(name)

    def _open(self, request: JsonObject) -> JsonObject:
        address = request.get("place")
        place = read_place(address) if isinstance(address, str) else None
        if place is None:
            return {"ok": False, "error": "unknown place"}
        if place.kind is PlaceKind.ENVIRONMENT and place.name not in self._latest.environments:
            return {"ok": False, "error": f"unknown environment: {one_line(place.name, 80)}"}
        self._show(place, _token_of(request))
        return {"ok": True}

    def _status(self, name: str) -> JsonObject:
        snapshot = self._latest.snapshot(name)
        if not self._latest.is_known(name):
            return {"ok": False, "error": "nothing is known yet"}
        return {"ok": True, "status": status_report(snapshot, datetime.now(UTC), APP)}

    def _credentials(self, name: str) -> JsonObject:
        self._ask_credentials_anew(name)
        return {"ok": True}

    def _all_credentials(self) -> JsonObject:
        for name in self._latest.environments:
            self._ask_credentials_anew(name)
        return {"ok": True}

    def _do_hurry(self, name: str) -> JsonObject:
        self._hurry(name)
        return {"ok": True}


def _token_of(request: JsonObject) -> str:
    """Return the request's activation token, empty without one."""
    token = request.get("activation_token")
    return token if isinstance(token, str) and len(token) <= MAX_TOKEN else ""
