"""The endpoints that the server's authors planned and no revision has yet, as revision ``planned`` answers them.

The authors left only the paths; the bodies here are designed after the server's other ones:

``POST /jobs/{id}/cancel``
    200 ``{"job_id", "status": "cancelling", "timestamp"}``; it cancels at Vertex AI, in whichever region the job is.
    404 ``{"error"}`` for an unknown job, 409 ``{"error", "state"}`` for one that has ended.
``POST /jobs/{id}/retry`` with ``{"region", "gpu": "l4|t4|cpu", "spot": bool}``, all optional
    200 ``{"job_id": new, "retry_of": id, "region", "resource_name", "status": "started", "timestamp"}``: a new job
    with the old one's input and the label ``retry_of``. 400 for a bad wish, 404 unknown, 409 while still active.
``GET /logs?limit=100&severity=ERROR&job_id=…&source=app|jobs&since=<RFC 3339>``
    200 ``{"entries": [{"timestamp", "severity", "source", "job_id", "message"}]}``, oldest first, the newest `limit`.
``GET /config``
    200 ``{"config": {…}, "timestamp"}``; secrets as ``"***"``.
``PUT /config`` with some of the keys
    200 as GET, with ``"updated": [keys]``; 400 ``{"error", "key"}`` and nothing changed for an unknown key or a wrong
    value. It applies to the next run.
"""

import json
from collections.abc import Mapping
from datetime import datetime

from avdesk.emulator.exchange import Answer, Request
from avdesk.emulator.flasklike import json_answer, naive_local, vertex_time
from avdesk.emulator.hardware import KINDS, Hardware
from avdesk.emulator.jobshop import ENDED
from avdesk.emulator.jobspec import DISPLAY_NAME_PREFIX, hardware_of, render_labels, render_spec, scheduling_of
from avdesk.emulator.records import CustomJobRecord, LogRecord
from avdesk.emulator.world import World

_RANKS = ("DEFAULT", "DEBUG", "INFO", "NOTICE", "WARNING", "ERROR", "CRITICAL", "ALERT", "EMERGENCY")
MAX_ENTRIES = 1000


class Planned:
    """The planned endpoints; whoever calls holds the world's lock."""

    def __init__(self, world: World) -> None:
        self._world = world

    def cancel(self, request: Request) -> Answer:
        """Cancel a render job at Vertex AI."""
        job_id = request.path.split("/")[2]
        job = self._world.job_named(job_id)
        if job is None:
            return _unknown(job_id)
        if job.state in ENDED:
            return json_answer(409, {"error": "Job has already ended", "state": job.state})
        self._world.cancel_job(job)
        return json_answer(200, {"job_id": job_id, "status": "cancelling", "timestamp": self._local()})

    def retry(self, request: Request) -> Answer:
        """Start a new render job with the input of one that has ended."""
        job_id = request.path.split("/")[2]
        job = self._world.job_named(job_id)
        if job is None:
            return _unknown(job_id)
        if job.state not in ENDED:
            return json_answer(409, {"error": "Job is still active", "state": job.state})
        body = request.json()
        wishes = body if isinstance(body, dict) else {}
        region, hardware, spot = self._wishes(job, wishes)
        if region not in self._world.regions or hardware is None or not isinstance(spot, bool):
            return json_answer(400, {"error": "region, gpu or spot is not one of those that can be had"})
        new_id = f"video-job-{self._world.draw_hex(32)}"
        labels = render_labels(new_id, region, hardware, spot=spot) | {"retry_of": job_id}
        spec = render_spec(self._world.project, new_id, hardware, spot=spot)
        new = self._world.create_job(region, DISPLAY_NAME_PREFIX + new_id, spec, labels)
        name = f"projects/{self._world.project_number}/locations/{region}/customJobs/{new.number}"
        answer = {"job_id": new_id, "retry_of": job_id, "region": region, "resource_name": name}
        return json_answer(200, answer | {"status": "started", "timestamp": self._local()})

    def logs(self, request: Request) -> Answer:
        """Return the newest log entries that were asked for."""
        try:
            limit = min(MAX_ENTRIES, max(1, int(request.query.get("limit", "100"))))
            since = request.query.get("since")
            after = datetime.fromisoformat(since).timestamp() if since else float("-inf")
            least = _RANKS.index(request.query.get("severity", "DEFAULT").upper())
        except ValueError:
            return json_answer(400, {"error": "limit, since or severity is not valid"})
        found = [
            entry
            for entry in self._world.logs()
            if entry.timestamp >= after
            and _rank(entry.severity) >= least
            and request.query.get("source") in (None, _source(entry))
            and self._is_of(entry, request.query.get("job_id"))
        ]
        found.sort(key=lambda entry: entry.timestamp)
        return json_answer(200, {"entries": [self._entry(entry) for entry in found[-limit:]]})

    def config(self, request: Request) -> Answer:
        """Return the configuration, or change it."""
        if request.method != "PUT":
            return json_answer(200, self._config())
        body = request.json()
        if not isinstance(body, dict):
            return json_answer(400, {"error": "A JSON object is needed", "key": None})
        for key, value in body.items():
            if not self._acceptable(key, value):
                return json_answer(400, {"error": f"Unknown key or wrong value: {key}", "key": key})
        settings = self._world.pipeline.settings
        for key, value in body.items():
            setattr(settings, key, tuple(value) if isinstance(value, list) else value)
        return json_answer(200, self._config() | {"updated": sorted(body)})

    def _config(self) -> dict[str, object]:
        settings = self._world.pipeline.settings
        return {
            "config": {
                "default_topic": settings.default_topic,
                "gpu": settings.gpu,
                "max_length_s": settings.max_length_s,
                "openai_api_key": "***",
                "regions": list(settings.regions),
                "spot": settings.spot,
                "tts_service": settings.tts_service,
                "youtube_upload": settings.youtube_upload,
            },
            "timestamp": self._local(),
        }

    def _acceptable(self, key: str, value: object) -> bool:
        match key:
            case "default_topic":
                return isinstance(value, str) and 0 < len(value.strip()) <= 500
            case "max_length_s":
                return isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 3600
            case "tts_service":
                return value in ("elevenlabs", "google")
            case "youtube_upload":
                return isinstance(value, bool)
            case "gpu":
                return value is None or value in KINDS
            case "spot":
                return value is None or isinstance(value, bool)
            case "regions":
                known = set(self._world.regions)
                return isinstance(value, list) and bool(value) and all(region in known for region in value)
        return False

    def _wishes(self, job: CustomJobRecord, wishes: Mapping[str, object]) -> tuple[str, Hardware | None, object]:
        region = str(wishes.get("region") or job.region)
        hardware = KINDS.get(str(wishes["gpu"])) if wishes.get("gpu") is not None else hardware_of(job.spec)
        was_spot = scheduling_of(job.spec).get("strategy") == "SPOT"
        return region, hardware, wishes.get("spot", was_spot)

    def _is_of(self, entry: LogRecord, job_id: str | None) -> bool:
        if job_id is None:
            return True
        job = self._world.job_named(job_id)
        return job is not None and entry.resource_labels.get("job_id") == job.number

    def _entry(self, entry: LogRecord) -> dict[str, object]:
        message: object = entry.text
        if entry.json is not None:
            message = entry.json.get("message")
            if not isinstance(message, str):
                message = json.dumps(entry.json)
        return {
            "timestamp": vertex_time(entry.timestamp),
            "severity": entry.severity,
            "source": _source(entry),
            "job_id": entry.resource_labels.get("job_id"),
            "message": message,
        }

    def _local(self) -> str:
        return naive_local(self._world.now(), self._world.circumstances.utc_offset_s)


def _unknown(job_id: str) -> Answer:
    return json_answer(404, {"error": f"Job not found: {job_id}"})


def _source(entry: LogRecord) -> str:
    return "jobs" if entry.resource_type == "ml_job" else "app"


def _rank(severity: str) -> int:
    return _RANKS.index(severity) if severity in _RANKS else 0
