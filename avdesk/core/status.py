"""Reading what AutoVideo's ``GET /status`` answers, on every revision.

The fields and their traps are those of two observed revisions, A (2025-05-29) and B (2025-06-08), and of what
lies between: a field may be missing, null, mistyped or new, and a text that is not known is shown as it is.
"""

import hashlib
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType

from avdesk.core import phases, wire
from avdesk.core.customjob import RESOURCE_NAME
from avdesk.core.errors import BadAnswerError
from avdesk.core.jobs import JOB_ID, Job, JobError, JobState
from avdesk.core.redact import redact, redact_unmistakable
from avdesk.core.text import clean, without_controls
from avdesk.i18n import _

MAX_STATUS_TEXT = 20_000
MAX_PHASES = 32
_BATCH_SUFFIX = " (batch mode)"
_VM_ID = re.compile(r"av-render-[\w.\-]{1,60}")
_MARKS = ("is_generating", "last_generation_status", "timing_metrics")


class TextKind(StrEnum):
    """What ``last_generation_status`` says."""

    READY = "ready"
    INITIALIZING = "initializing"
    GENERATING = "generating"
    CREATING_VIDEO = "creating_video"
    RENDER_JOB = "render_job"
    RENDER_VM = "render_vm"
    UPLOADING = "uploading"
    COMPLETED = "completed"
    RESET = "reset"
    ERROR = "error"
    UNKNOWN = "unknown"

    @property
    def working(self) -> bool:
        """Whether the text is one that the server shows in the middle of a run."""
        return self in _WORKING


_WORKING = frozenset(
    {
        TextKind.GENERATING,
        TextKind.CREATING_VIDEO,
        TextKind.RENDER_JOB,
        TextKind.RENDER_VM,
        TextKind.UPLOADING,
    }
)

_PREFIXES: tuple[tuple[str, TextKind, str | None], ...] = (
    ("generating story", TextKind.GENERATING, phases.STORY),
    ("generating image", TextKind.GENERATING, phases.IMAGES),
    ("generating voiceover", TextKind.GENERATING, phases.VOICE),
    ("generating", TextKind.GENERATING, None),
    ("creating video", TextKind.CREATING_VIDEO, phases.VIDEO),
    ("vertex ai job", TextKind.RENDER_JOB, phases.VIDEO),
    ("launching fast render vm", TextKind.RENDER_VM, phases.VIDEO),
    ("fast render vm", TextKind.RENDER_VM, phases.VIDEO),
    ("fast render launch failed", TextKind.ERROR, phases.VIDEO),
    ("fast render error", TextKind.ERROR, phases.VIDEO),
    ("uploading", TextKind.UPLOADING, phases.UPLOAD),
    ("completed", TextKind.COMPLETED, None),
    ("ready", TextKind.READY, None),
    ("initializing", TextKind.INITIALIZING, None),
    ("reset", TextKind.RESET, None),
    ("error", TextKind.ERROR, None),
)


@dataclass(frozen=True, slots=True)
class ServerStatus:
    """One answer of ``GET /status``. None is unknown; durations are seconds.

    Attributes:
        is_generating: whether the server says that a run is on.
        is_initialized: as the server says; its meaning differs between revisions and nothing is derived from it
            but that B's ``/cancel`` clears it.
        text: the server's own text, untouched but for control characters and unmistakable secrets.
        kind: what the text says; `text_phase` the phase that it names.
        batch: whether the text says batch mode.
        job_id: the ``video-job-…`` of the text or of the reported job.
        vm_id: the ``av-render-…`` virtual machine that the text names.
        error: the text behind ``error:``, or the job's error where the server passes one on.
        wall_time: ``last_generation_time``: the server's local wall clock without a zone, though labelled GMT.
        phase_times: finished phases, seconds; on revision A those of an earlier run may still be among them.
        current_phase: the phase now; `current_phase_s` the seconds in it.
        total_s: on revision A that of the *previous* run while one is on.
        job: the render job as the server sees it; its region may be wrong.
    """

    is_generating: bool | None
    is_initialized: bool | None
    text: str
    kind: TextKind
    text_phase: str | None
    batch: bool
    job_id: str | None
    vm_id: str | None
    error: str | None
    wall_time: datetime | None
    phase_times: Mapping[str, float]
    current_phase: str | None
    current_phase_s: float | None
    total_s: float | None
    job: Job | None

    @property
    def generating(self) -> bool:
        """Whether a run is on: the flag where there is one, the text's word otherwise."""
        if self.is_generating is None:
            return self.kind.working or self.kind is TextKind.INITIALIZING
        return self.is_generating

    @property
    def fingerprint(self) -> str:
        """What stays the same between two answers while nothing happens on an idle server."""
        told = (self.text, self.wall_time, sorted(self.phase_times.items()), self.total_s)
        return hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def read_status(body: object) -> ServerStatus:
    """Return the status of a decoded JSON body.

    Raises:
        BadAnswerError: the body is no object, or holds nothing that an AutoVideo server says.
    """
    raw = wire.as_object(body)
    if not any(mark in raw for mark in _MARKS):
        raise BadAnswerError(
            _("The answer to /status is not AutoVideo's."),
            _("Check the environment's url: something else may be listening there."),
        )
    text = without_controls(wire.as_text(raw.get("last_generation_status")) or "", MAX_STATUS_TEXT)
    text = redact_unmistakable(text)
    kind, text_phase, batch = read_text(text)
    timing = wire.as_object(raw.get("timing_metrics"))
    job = _reported_job(raw.get("vertex_ai_job"))
    named = JOB_ID.search(text)
    vm = _VM_ID.search(text)
    return ServerStatus(
        is_generating=wire.as_bool(raw.get("is_generating")),
        is_initialized=wire.as_bool(raw.get("is_initialized")),
        text=text,
        kind=kind,
        text_phase=text_phase,
        batch=batch,
        job_id=named.group(0) if named else (job.id if job else None),
        vm_id=vm.group(0) if vm else None,
        error=_error_of(text, kind, raw),
        wall_time=_wall_time(raw.get("last_generation_time")),
        phase_times=_phase_times(timing.get("phase_times")),
        current_phase=_phase_name(timing.get("current_phase")),
        current_phase_s=wire.as_seconds(timing.get("current_phase_duration")),
        total_s=wire.as_seconds(timing.get("total_duration")),
        job=job,
    )


def read_text(text: str) -> tuple[TextKind, str | None, bool]:
    """Return what a status text says: its kind, the phase that it names, whether it says batch mode."""
    words = text.strip()
    batch = words.endswith(_BATCH_SUFFIX)
    lowered = words.removesuffix(_BATCH_SUFFIX).lower()
    for prefix, kind, phase in _PREFIXES:
        if lowered.startswith(prefix):
            return kind, phase, batch
    return TextKind.UNKNOWN, None, batch


def _error_of(text: str, kind: TextKind, raw: Mapping[str, object]) -> str | None:
    if kind is TextKind.ERROR:
        head, colon, rest = text.partition(":")
        words = rest.strip() if colon and head.strip().lower() == "error" else text
        return redact(clean(words)) or None
    reported = wire.as_text(raw.get("error"))
    return (redact(clean(reported)) or None) if reported else None


def _wall_time(value: object) -> datetime | None:
    labelled = wire.as_http_date(value)
    if labelled is not None:
        return labelled.replace(tzinfo=None)
    return wire.as_naive_time(value)


def _phase_name(value: object) -> str | None:
    name = wire.as_text(value)
    return clean(name, 60) if name else None


def _phase_times(value: object) -> Mapping[str, float]:
    times: dict[str, float] = {}
    for name, duration in list(wire.as_object(value).items())[:MAX_PHASES]:
        seconds = wire.as_seconds(duration)
        if seconds is not None:
            times[clean(name, 60)] = seconds
    return MappingProxyType(times)


def _reported_job(value: object) -> Job | None:
    raw = wire.as_object(value)
    job_id = JOB_ID.search(str(raw.get("job_id") or raw.get("display_name") or ""))
    if job_id is None:
        return None
    duration = wire.as_object(raw.get("duration"))
    state = clean(wire.as_text(raw.get("state")) or "JOB_STATE_UNSPECIFIED", 60)
    accelerator = wire.as_text(raw.get("accelerator_type"))
    error = raw.get("error")
    resource_name = clean(wire.as_text(raw.get("resource_name")) or "", 300)
    located = RESOURCE_NAME.fullmatch(resource_name)
    label = clean(wire.as_text(raw.get("region")) or "unknown", 40).replace("_", "-")
    return Job(
        id=job_id.group(0),
        display_name=clean(wire.as_text(raw.get("display_name")) or "", 200),
        resource_name=resource_name,
        number=resource_name.rpartition("/")[2],
        state=JobState.from_vertex(state),
        vertex_state=state,
        region=located.group(2) if located else (None if label == "unknown" else label),  # the label may be wrong
        machine_type=clean(wire.as_text(raw.get("machine_type")) or "", 60) or None,
        accelerator_type=clean(accelerator, 60) if accelerator else None,
        accelerator_count=max(1, wire.as_int(raw.get("accelerator_count")) or 1) if accelerator else 0,
        created_at=wire.as_time(raw.get("create_time")),
        started_at=wire.as_time(raw.get("start_time")),
        ended_at=wire.as_time(raw.get("end_time")),
        error=JobError(None, redact(clean(error))) if error else None,
        reported_queue_s=wire.as_seconds(duration.get("queue_duration")),
        reported_run_s=wire.as_seconds(duration.get("run_duration")),
        reported_total_s=wire.as_seconds(duration.get("total_duration")),
    )
