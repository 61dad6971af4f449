"""What render jobs and the app write to the logs."""

import json
import random
from collections.abc import Iterator
from datetime import datetime, timezone

from avdesk.emulator.failures import JobFailure
from avdesk.emulator.hardware import Hardware
from avdesk.emulator.logbook import LogBook
from avdesk.emulator.records import CustomJobRecord

WORKER = "workerpool0-0"
SERVICE = "service"
Line = tuple[float, str, str | dict[str, object]]
"""When within the render (0 to 1), severity, text or JSON payload."""

LATE_S = 25.0
"""How late a late entry comes, seconds at speed 1."""

LATE_SHARE, DOUBLE_SHARE = 0.04, 0.03
"""How many of a container's entries come late, and how many come twice: an agent that got no answer sends again."""


class JobLog:
    """Writes the entries of CustomJobs: the service's own and the container's."""

    def __init__(self, book: LogBook, project: str, speed: float, rng: random.Random) -> None:
        self._book = book
        self._project = project
        self._speed = speed
        self._rng = rng

    def service(self, job: CustomJobRecord, when: float, text: str, severity: str = "INFO") -> None:
        """Write a line of Vertex AI itself about the job."""
        labels = {"ml.googleapis.com/endpoint": "", "ml.googleapis.com/job_state": job.state}
        self._book.write(
            "ml_job", self._resource(job, SERVICE), SERVICE, text, timestamp=when, severity=severity, labels=labels
        )

    def container(
        self, job: CustomJobRecord, start: float, render_s: float, hardware: Hardware, failure: JobFailure | None
    ) -> None:
        """Write, ahead of its time, what the container says from `start` over `render_s` seconds."""
        resource = self._resource(job, WORKER)
        job_id = job.labels.get("job_id") or job.display_name
        for share, severity, content in _render_lines(self._rng, self._project, job_id, hardware, failure):
            late, double = self._rng.random() < LATE_SHARE, self._rng.random() < DOUBLE_SHARE
            self._book.write(
                "ml_job",
                resource,
                WORKER,
                content,
                timestamp=start + share * render_s,
                severity=severity,
                delay_s=LATE_S * self._rng.uniform(0.2, 1.0) / self._speed if late else None,
                labels={"compute.googleapis.com/resource_id": job.number[:16]},
                again_after_s=LATE_S * self._rng.uniform(0.05, 0.3) / self._speed if double else None,
            )

    def withdraw(self, job: CustomJobRecord, after: float) -> None:
        """Take back what the job would have written after a moment."""
        self._book.withdraw(job.number, after)

    def _resource(self, job: CustomJobRecord, task: str) -> dict[str, str]:
        return {"job_id": job.number, "project_id": self._project, "task_name": task}


class AppLog:
    """Writes the AutoVideo server's own entries, as Cloud Run hands them on: plain text without a severity."""

    def __init__(self, book: LogBook, project: str, utc_offset_s: float) -> None:
        self._book = book
        self._zone = timezone_of(utc_offset_s)
        self._resource = {
            "service_name": "av-app",
            "configuration_name": "av-app",
            "revision_name": "av-app-00042-k7q",
            "location": "us-central1",
            "project_id": project,
        }

    def line(self, when: float, logger: str, level: str, message: str) -> None:
        """Write a line in the format of the app's logging."""
        moment = datetime.fromtimestamp(when, self._zone)
        stamp = f"{moment:%Y-%m-%d %H:%M:%S},{moment.microsecond // 1000:03d}"
        self.raw(when, f"{stamp} - {logger} - {level} - {message}")

    def raw(self, when: float, text: str, *, stream: str = "stdout") -> None:
        """Write text as it is."""
        severity = "ERROR" if stream == "stderr" else "DEFAULT"
        name = f"run.googleapis.com%2F{stream}"
        self._book.write("cloud_run_revision", self._resource, name, text, timestamp=when, severity=severity)

    def failure(self, when: float, text: str, exception: str) -> None:
        """Write an error and its traceback."""
        self.line(when, "main", "ERROR", f"❌ {text}")
        trace = (
            "Traceback (most recent call last):\n"
            '  File "/app/main.py", line 412, in generate_video_thread\n'
            "    result = pipeline.run(topic)\n"
            '  File "/app/pipeline.py", line 188, in run\n'
            "    return self._advance(state)\n"
            f"{exception}"
        )
        self.raw(when + 0.001, trace, stream="stderr")


def timezone_of(utc_offset_s: float) -> timezone:
    """Return the fixed zone that many seconds east of Greenwich."""
    from datetime import timedelta

    return timezone(timedelta(seconds=utc_offset_s))


def _say(level: str, message: object) -> dict[str, object]:
    return {"attrs": {"tag": WORKER}, "levelname": level, "message": message}


def _render_lines(
    rng: random.Random, project: str, job_id: str, hardware: Hardware, failure: JobFailure | None
) -> Iterator[Line]:
    if failure is not None and failure.traceback and "moviepy" in failure.traceback:
        yield 0.2, "ERROR", failure.traceback
        return
    gpu = hardware.accelerator_type or "none"
    yield 0.0, "INFO", _say("INFO", f"🎬 Render worker started: {job_id} on {hardware.machine_type}, GPU {gpu}")
    yield 0.01, "INFO", ""
    yield 0.01, "ERROR", "ffmpeg version 6.1.1 Copyright (c) 2000-2023 the FFmpeg developers"
    signature = f"{rng.getrandbits(256):064x}"
    yield (
        0.02,
        "INFO",
        _say(
            "INFO",
            f"Downloading https://storage.googleapis.com/{project}-av/jobs/{job_id}/assets.tar.gz"
            "?X-Goog-Algorithm=GOOG4-RSA-SHA256&X-Goog-Expires=3600&X-Goog-Signature=" + signature,
        ),
    )
    yield 0.03, "INFO", {"attrs": {"tag": WORKER}, "levelname": "INFO", "asset_count": 14, "bytes": 48_113_920}
    yield 0.04, "WARNING", _say("WARNING", "Fontconfig warning: no <cachedir> elements found. Check configuration.")
    yield 0.05, "DEBUG", _say("DEBUG", "filter_complex " + ";".join(_filters(rng)))
    yield 0.06, "INFO", json.dumps({"event": "gpu", "utilisation": rng.randint(55, 98), "memory_mb": 11_441})
    total, last = 1800, 0.97 if failure is None else 0.7
    for step in range(1, 21):
        share = 0.06 + (last - 0.06) * step / 20
        done = int(total * step / 20)
        bars = "\r".join(_bar(max(0, done - back), total) for back in (60, 30, 0))
        yield share, "ERROR", "\r" + bars
        if step % 7 == 0:
            yield share, "INFO", _say("INFO", {"progress": round(step / 20, 2), "frame": done})
    if failure is not None:
        yield 0.72, "ERROR", failure.traceback or failure.message
        return
    yield 0.98, "INFO", _say("INFO", f"✅ Uploaded gs://{project}-av/jobs/{job_id}/final.mp4 (📦 61.4 MB)")
    yield 0.99, "INFO", _say("INFO", f"Status written to gs://{project}-av/jobs/{job_id}/status.json")


def _bar(done: int, total: int) -> str:
    filled = done * 30 // total
    drawn = "█" * filled + " " * (30 - filled)
    return f"t: {done * 100 // total:3d}%|{drawn}| {done}/{total} [{done / 9.5:.0f}s, 9.50it/s]"


def _filters(rng: random.Random) -> Iterator[str]:
    """A line of about 10 KB, as ffmpeg's filter graphs are."""
    for index in range(150):
        yield f"[{index}:v]scale=1920:1080,zoompan=z='min(zoom+0.00{rng.randint(10, 99)},1.5)':d=125[v{index}]"
