"""The AutoVideo server's answers, by revision."""

from collections.abc import Callable

from avdesk.emulator.exchange import Answer, Request
from avdesk.emulator.fastrender import FastRender
from avdesk.emulator.flasklike import json_answer, naive_local, page
from avdesk.emulator.health import DEPLOYED, Health
from avdesk.emulator.pipeline import DEFAULT_TOPIC
from avdesk.emulator.planned import Planned
from avdesk.emulator.ratelimit import RateLimiter
from avdesk.emulator.revisions import EXEMPT_FROM_LIMIT
from avdesk.emulator.statusbody import job_seen_by_server, status_body
from avdesk.emulator.world import World

Handler = Callable[[Request], Answer]
_LATENCIES_S = {"/health/openai": 0.35, "/health/vertex-minimal": 1.4, "/health/vertex-ai": 0.6}
_QUOTA_LATENCY_S = 0.4
"""For each region, since each costs the server a call."""
_GCLOUD_LATENCY_S = 1.0
"""What looking up a render job costs the server on every /status."""


class AutoVideo:
    """The server: rate limit, routes and answers.

    Attributes:
        limiter: its rate limit.
    """

    def __init__(self, world: World, limiter: RateLimiter) -> None:
        self.limiter = limiter
        self._world = world
        self._health = Health(world)
        self._fast = FastRender(world)
        self._planned = Planned(world)
        self._handlers: dict[str, Handler] = {
            "/status": lambda _: json_answer(200, status_body(world)),
            "/generate": self._generate,
            "/cancel": self._cancel,
            "/reset": self._reset,
            "/debug": self._debug,
            "/render-fallback": self._fast.launch,
            "/vm-status": self._fast.status,
            "/jobs/{id}/cancel": self._planned.cancel,
            "/jobs/{id}/retry": self._planned.retry,
            "/logs": self._planned.logs,
            "/config": self._planned.config,
        }

    def limited(self, request: Request) -> Answer | None:
        """Count a request; return the 429 when it is one too many, None when it may go on."""
        if request.path in EXEMPT_FROM_LIMIT or self.limiter.admit(request.client):
            return None
        return json_answer(429, {"error": "Rate limit exceeded", "message": self.limiter.message})

    def answer(self, request: Request) -> Answer:
        """Answer an admitted request; whoever calls holds the world's lock."""
        self._world.advance()
        route = self._route(request.path)
        methods = self._world.revision.routes.get(route, ())
        if not methods:
            return page(404)
        method = "GET" if request.method == "HEAD" else request.method
        if method not in methods:
            allowed = ", ".join((*methods, "HEAD", "OPTIONS") if "GET" in methods else (*methods, "OPTIONS"))
            if method == "OPTIONS":
                return Answer(200, b"", "text/html; charset=utf-8", {"Allow": allowed})
            return page(405, {"Allow": allowed})
        if route == "/health" or route.startswith("/health/"):
            return self._health.answer(route.removeprefix("/health").removeprefix("/"))
        return self._handlers[route](request)

    def latency_s(self, request: Request) -> float:
        """Return how long the real server would take for the outside calls of a request, seconds."""
        if request.path == "/health/quota":
            return _QUOTA_LATENCY_S * len(self._world.regions)
        if request.path == "/status":
            return _GCLOUD_LATENCY_S if job_seen_by_server(self._world) is not None else 0.0
        return _LATENCIES_S.get(request.path, 0.0)

    @staticmethod
    def _route(path: str) -> str:
        parts = path.split("/")
        if len(parts) == 4 and parts[1] == "jobs" and parts[2]:
            return f"/jobs/{{id}}/{parts[3]}"
        return path

    def _generate(self, request: Request) -> Answer:
        world = self._world
        if world.pipeline.state.is_generating:
            if world.revision.old:
                return json_answer(409, {"error": "Video generation already in progress"})
            return json_answer(400, {"error": "Video generation is already in progress"})
        body = request.json()
        wishes = body if isinstance(body, dict) else {}
        if world.revision.old:
            world.pipeline.begin(DEFAULT_TOPIC)
            return json_answer(200, {"message": "Video generation started", "status": "started"})
        topic = wishes.get("topic")
        topic = topic if isinstance(topic, str) and topic.strip() else world.pipeline.settings.default_topic
        tts, length = None, None
        if world.revision.exact_start:
            tts, length = wishes.get("tts_service"), wishes.get("max_length")
            problem = _wrong_wish(tts, length)
            if problem is not None:
                return json_answer(400, {"error": problem})
        world.pipeline.begin(topic, tts_service=tts, max_length_s=None if length is None else int(length))
        return json_answer(200, {"status": "started", "timestamp": self._local(), "topic": topic})

    def _cancel(self, _request: Request) -> Answer:
        self._world.pipeline.clear_flags()
        return json_answer(200, {"message": "Video generation canceled", "success": True})

    def _reset(self, _request: Request) -> Answer:
        self._world.pipeline.reset()
        return json_answer(200, {"message": "Generation state reset", "status": "success"})

    @staticmethod
    def _debug(_request: Request) -> Answer:
        message = "Add deployment test comment to confirm code changes are being deployed"
        return json_answer(
            200,
            {"commit_message": message, "deployment_timestamp": DEPLOYED, "generate_endpoint_implemented": True},
        )

    def _local(self) -> str:
        return naive_local(self._world.now(), self._world.circumstances.utc_offset_s)


def _wrong_wish(tts: object, length: object) -> str | None:
    """Return what is wrong with ``tts_service`` or ``max_length`` of a /generate, None when nothing is."""
    if tts is not None and tts not in ("elevenlabs", "google"):
        return "tts_service must be 'elevenlabs' or 'google'"
    if length is not None and (isinstance(length, bool) or not isinstance(length, int) or not 1 <= length <= 3600):
        return "max_length must be a number of seconds from 1 to 3600"
    return None
