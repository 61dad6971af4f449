"""What the command line may ask of the secrets that the running app holds for its session: never to see one."""

from collections.abc import Callable

from avdesk.core.credentials import GIVEN
from avdesk.store.session_secrets import SESSION

JsonObject = dict[str, object]

MAX_SECRET = 12_000
"""Characters; a service-account key has about 2,400."""

REQUESTS = frozenset({"hold", "held", "drop"})

_KINDS = frozenset(kind.value for kind in GIVEN)


def answer(request: JsonObject, environment: str, ask_anew: Callable[[str], None]) -> JsonObject:
    """Return the answer to one of `REQUESTS` about an environment that there is.

    ``hold`` keeps ``secret`` of ``kind`` until the app ends; ``drop`` forgets what is held of ``kind``; ``held``
    tells which kinds are. `ask_anew` makes whatever asks the environment look for its credentials again.
    """
    if request.get("do") == "held":
        return {"ok": True, "held": list(SESSION.kinds(environment))}
    kind, secret = request.get("kind"), request.get("secret")
    if not isinstance(kind, str) or kind not in _KINDS:
        return {"ok": False, "error": "unknown kind of credential"}
    if request.get("do") == "drop":
        found = SESSION.drop(environment, kind)
        if found:
            ask_anew(environment)
        return {"ok": True, "dropped": found}
    if not isinstance(secret, str) or not 0 < len(secret) <= MAX_SECRET:
        return {"ok": False, "error": "no secret that could be held"}
    SESSION.hold(environment, kind, secret)
    ask_anew(environment)
    return {"ok": True}
