"""The answers of /health and its children. The body's status decides, not the HTTP code."""

from collections.abc import Callable

from avdesk.emulator.circumstances import Circumstances
from avdesk.emulator.exchange import Answer
from avdesk.emulator.flasklike import json_answer, naive_local
from avdesk.emulator.hardware import CPU, L4, T4
from avdesk.emulator.world import World

_KINDS = (L4, T4, CPU)
_Check = Callable[[], Answer]


class Health:
    """The health checks of one server; whoever calls holds the world's lock."""

    def __init__(self, world: World) -> None:
        self._world = world
        self._checks: dict[str, _Check] = {
            "openai": self._openai,
            "vertex-ai": self._vertex_ai,
            "quota": self._quota,
            "machine-types": self._machine_types,
            "service-account": self._service_account,
            "vertex-minimal": self._vertex_minimal,
            "veo": self._veo,
            "tts": self._tts,
            "image_gen": self._image_gen,
            "deployment": self._deployment,
        }

    def answer(self, name: str) -> Answer:
        """Return the answer of one check, ``""`` being /health itself.

        Raises:
            KeyError: there is no such check.
        """
        if not name:
            return json_answer(200, {"status": "healthy", "timestamp": self._local()})
        return self._checks[name]()

    @property
    def _around(self) -> Circumstances:
        return self._world.circumstances

    def _fails(self, name: str) -> bool:
        return name in self._around.failing

    def _local(self) -> str:
        return naive_local(self._world.now(), self._around.utc_offset_s)

    def _account(self) -> str:
        return f"av@{self._world.project}.iam.gserviceaccount.com"

    def _openai(self) -> Answer:
        if self._fails("openai"):
            return json_answer(500, {"error": "Connection error.", "status": "error"})
        return json_answer(200, {"models_available": 84, "status": "ok"})

    def _vertex_ai(self) -> Answer:
        if self._world.revision.old:
            body = {"location": "us-central1", "project_id": self._world.project, "timestamp": self._local()}
            if self._fails("vertex-ai"):
                error = "'VertexGPUJobService' object has no attribute 'region'"
                return json_answer(500, body | {"error": error, "status": "unhealthy", "vertex_ai": "failed"})
            return json_answer(200, body | {"status": "healthy", "vertex_ai": "connected"})
        details = {"client_init": "success", "project_id": self._world.project}
        if self._fails("vertex-ai"):
            details["api_call_error"] = (
                "503 errors resolving us-central1-aiplatform.googleapis.com:443: [field:hostname lookup error:"
                "address lookup failed for us-central1-aiplatform.googleapis.com:443: Domain name not found]"
            )
            return json_answer(500, {"details": details, "status": "error"})
        return json_answer(200, {"details": details | {"api_call": "success"}, "status": "healthy"})

    def _quota(self) -> Answer:
        body: dict[str, object] = {"timestamp": self._world.now()}
        if self._fails("quota"):
            return json_answer(200, body | {"error": "list index out of range", "status": "error"})
        regions: dict[str, object] = {}
        free_l4 = free_t4 = 0.0
        for region in self._world.regions:
            usage = self._world.gpu_usage(region)
            limit_l4, used_l4 = usage[L4.quota_metric]
            limit_t4, used_t4 = usage[T4.quota_metric]
            free_l4 += limit_l4 - used_l4
            free_t4 += limit_t4 - used_t4
            regions[region] = {
                "L4": {"available": limit_l4 - used_l4, "limit": limit_l4, "usage": used_l4},
                "T4": {"available": limit_t4 - used_t4, "limit": limit_t4, "usage": used_t4},
            }
        status = "healthy" if free_l4 and free_t4 else "limited_quota" if free_l4 or free_t4 else "no_gpu_quota"
        total = {"available_l4": free_l4, "available_t4": free_t4}
        return json_answer(200, body | {"regions": regions, "status": status, "summary": total})

    def _machine_types(self) -> Answer:
        body: dict[str, object] = {"timestamp": self._local()}
        if self._fails("machine-types"):
            error = "VertexGPUJobService not initialized"
            return json_answer(500, body | {"error": error, "status": "unhealthy"})
        validation = {kind.accelerator_type or "CPU": "not_available" for kind in _KINDS}
        results = {
            region: {"dynamic_mapping": {}, "static_mapping": {}, "status": "healthy", "validation": validation}
            for region in self._world.regions
        }
        return json_answer(
            200, body | {"fallback_configs_count": 0, "status": "healthy", "validation_results": results}
        )

    def _service_account(self) -> Answer:
        body = {"project": self._world.project, "service_account": self._account(), "timestamp": self._local()}
        if self._fails("service-account"):
            error = "Your default credentials were not found."
            return json_answer(500, body | {"error": error, "status": "unhealthy"})
        return json_answer(200, body | {"status": "healthy"})

    def _vertex_minimal(self) -> Answer:
        body = {
            "parent": f"projects/{self._world.project}/locations/us-central1",
            "project": self._world.project,
            "service_account": self._account(),
            "timestamp": self._local(),
        }
        if self._fails("vertex-minimal"):
            return json_answer(500, body | {"error": "403 Permission denied", "status": "unhealthy"})
        return json_answer(200, body | {"message": "Vertex AI client created successfully", "status": "healthy"})

    def _veo(self) -> Answer:
        body: dict[str, object] = {"configuration": {"veo_enabled": self._around.veo_enabled}}
        if not self._around.veo_enabled:
            message = "Veo is disabled by configuration. Set VEO_ENABLED=true to enable."
            return json_answer(200, body | {"details": {"message": message}, "status": "disabled"})
        if self._fails("veo"):
            return json_answer(503, body | {"details": {"message": "Veo AI not available"}, "status": "unavailable"})
        return json_answer(200, body | {"details": {"message": "Veo is available"}, "status": "healthy"})

    def _tts(self) -> Answer:
        if self._world.revision.live_tts:
            if self._fails("tts"):
                error = "Google TTS credentials missing"
                return json_answer(500, {"error": error, "status": "error", "timestamp": self._local()})
            return json_answer(200, {"service": "elevenlabs", "status": "healthy", "timestamp": self._local()})
        return self._gone("TTS service")

    def _image_gen(self) -> Answer:
        return self._gone("Image generation service")

    def _gone(self, what: str) -> Answer:
        message = f"{what} has been retired in favor of Veo direct video generation"
        return json_answer(410, {"message": message, "status": "gone", "timestamp": self._local()})

    def _deployment(self) -> Answer:
        if self._fails("deployment"):
            return json_answer(500, {"error": "deployment info missing", "status": "error"})
        return json_answer(
            200,
            {
                "ci_status": {"commit": "Unknown", "run_id": "Unknown", "workflow": "Unknown"},
                "code_quality": {
                    "black_compliant": True,
                    "flake8_violations": 144,
                    "isort_compliant": True,
                    "quality_score": "95%",
                },
                "deployment_info": {
                    "deployment_method": "unified_workflow",
                    "last_deployment": DEPLOYED,
                    "rollback_available": True,
                },
                "status": "healthy",
                "timestamp": self._local(),
            },
        )


DEPLOYED = "2025-06-07T18:15"
"""When revision B was deployed, as it says itself."""
