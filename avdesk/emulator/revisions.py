"""The server's revisions, as the differences that show from outside."""

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType


@dataclass(frozen=True, slots=True)
class Revision:
    """What one revision of the AutoVideo server does differently.

    Attributes:
        name: ``a``, ``b``, ``between`` or ``planned``.
        old: revision A's behaviour throughout: phase times are never cleared, the total of the previous run stays,
            no time of the last generation, one text for all the phases before the video, the current phase goes on
            counting after a failure.
        routes: path → the methods that it takes.
        exact_start: whether /generate reads ``max_length`` and ``tts_service``.
        live_tts: whether /health/tts checks something instead of being gone.
    """

    name: str
    old: bool
    routes: Mapping[str, tuple[str, ...]]
    exact_start: bool = False
    live_tts: bool = False


_GET, _POST = ("GET",), ("POST",)
_BOTH: Mapping[str, tuple[str, ...]] = {
    "/status": _GET,
    "/generate": _POST,
    "/health": _GET,
    "/health/openai": _GET,
    "/health/vertex-ai": _GET,
    "/health/quota": _GET,
    "/health/machine-types": _GET,
}
_A = {
    **_BOTH,
    "/health/service-account": _GET,
    "/health/vertex-minimal": _GET,
    "/render-fallback": _POST,
    "/vm-status": _GET,
}
_B = {
    **_BOTH,
    "/health/veo": _GET,
    "/health/tts": _GET,
    "/health/image_gen": _GET,
    "/health/deployment": _GET,
    "/debug": _GET,
    "/cancel": _POST,
    "/reset": _POST,
}
_PLANNED = {
    **_B,
    "/jobs/{id}/cancel": _POST,
    "/jobs/{id}/retry": _POST,
    "/logs": _GET,
    "/config": ("GET", "PUT"),
}

REVISIONS: Mapping[str, Revision] = MappingProxyType(
    {
        "a": Revision("a", old=True, routes=_A),
        "b": Revision("b", old=False, routes=_B),
        "between": Revision("between", old=False, routes=_B, exact_start=True, live_tts=True),
        "planned": Revision("planned", old=False, routes=_PLANNED, exact_start=True),
    }
)
EXEMPT_FROM_LIMIT = frozenset({"/health", "/health/openai"})
