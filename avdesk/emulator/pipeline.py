"""The emulated server's pipeline: its state as /status shows it, and the worker that makes a video."""

import random
from collections.abc import Callable, Generator, Mapping
from dataclasses import dataclass, field, fields, replace

from avdesk.emulator.circumstances import Circumstances
from avdesk.emulator.clock import Agenda, Steps, Until
from avdesk.emulator.failures import RESOURCE_EXHAUSTED, TIMEOUT_MESSAGE, PhaseFailure, vertex_failed
from avdesk.emulator.hardware import CPU, KINDS, REGIONS, Hardware
from avdesk.emulator.joblog import AppLog
from avdesk.emulator.jobshop import ENDED, JobShop
from avdesk.emulator.jobspec import DISPLAY_NAME_PREFIX, TIME_LIMIT_S, render_labels, render_spec
from avdesk.emulator.plans import UPLOAD_S, RunPlan, draw_run, on_hardware, refused
from avdesk.emulator.records import CustomJobRecord
from avdesk.emulator.revisions import Revision

INITIALIZING_S = 4.0
DEFAULT_TOPIC = "AI News"


@dataclass(slots=True)
class ServerState:
    """The variables of the server that /status shows. Times are Unix seconds, durations real seconds."""

    is_generating: bool
    is_initialized: bool
    status: str = "ready"
    last_time: float | None = None
    phase_times: dict[str, float] = field(default_factory=dict)
    current_phase: str | None = None
    phase_started: float = 0.0
    run_started: float = 0.0
    total_duration: float | None = None


@dataclass(slots=True)
class Settings:
    """The server's configuration, which revision ``planned`` lets change.

    Attributes:
        gpu: the hardware asked for, None to let chance decide as usual.
        spot: the same for spot capacity.
        regions: where rendering is tried, in this order.
    """

    default_topic: str = DEFAULT_TOPIC
    max_length_s: int = 60
    tts_service: str = "elevenlabs"
    youtube_upload: bool = False
    gpu: str | None = None
    spot: bool | None = None
    regions: tuple[str, ...] = REGIONS


class Pipeline:
    """One server's pipeline; whoever calls holds the world's lock and has brought the world up to now.

    Attributes:
        state: what /status shows.
        settings: the server's configuration.
        runs_begun: how many runs were started.
    """

    def __init__(
        self,
        revision: Revision,
        agenda: Agenda,
        shop: JobShop,
        log: AppLog,
        circumstances: Circumstances,
        settings: Settings,
        rng: random.Random,
        *,
        project: str,
        speed: float,
        failure_rate: float,
    ) -> None:
        self.state = ServerState(is_generating=False, is_initialized=revision.old)
        self.settings = settings
        self.runs_begun = 0
        self._revision = revision
        self._agenda = agenda
        self._shop = shop
        self._log = log
        self._circumstances = circumstances
        self._rng = rng
        self._project = project
        self._speed = speed
        self._failure_rate = failure_rate
        self._planned: list[Callable[[RunPlan], RunPlan]] = []
        self._after_run: Callable[[], None] = lambda: None

    def plan_next(self, change: Callable[[RunPlan], RunPlan]) -> None:
        """Let `change` decide what chance would have decided about the next run that has none yet."""
        self._planned.append(change)

    def when_run_ends(self, action: Callable[[], None]) -> None:
        """Call `action` at the end of every run."""
        self._after_run = action

    def begin(self, topic: str, *, tts_service: str | None = None, max_length_s: int | None = None) -> None:
        """Start a run; the caller has made sure that none is on."""
        state, now = self.state, self._agenda.time
        state.is_generating = True
        state.is_initialized = True
        state.run_started = now
        if self._revision.old:
            state.status = "generating"
        else:
            state.status = "initializing"
            state.last_time = now
            state.phase_times = {}
            state.total_duration = None
        self.runs_begun += 1
        plan = draw_run(self._rng, self.settings.regions, self._failure_rate)
        plan = self._configured(plan, max_length_s)
        if self._planned:
            plan = self._planned.pop(0)(plan)
        self._log.line(now, "main", "INFO", f"🚀 Starting video generation for topic: {topic}")
        self._agenda.run(self._work(plan, tts_service or self.settings.tts_service))

    def clear_flags(self) -> None:
        """What /cancel does: the flags, and nothing else; the worker and its job go on."""
        state = self.state
        state.is_generating = False
        state.is_initialized = False
        self._no_phase()
        self._log.line(self._agenda.time, "main", "WARNING", "Video generation canceled by user")

    def reset(self) -> None:
        """What /reset does."""
        state = self.state
        self.clear_flags()
        state.status = "reset"
        state.last_time = None
        state.total_duration = None
        state.phase_times = {}

    def _configured(self, plan: RunPlan, max_length_s: int | None) -> RunPlan:
        kind = KINDS.get(self.settings.gpu or "")
        if kind is not None:
            plan = on_hardware(plan, kind)
        spot = plan.spot if self.settings.spot is None else self.settings.spot
        length = (max_length_s or self.settings.max_length_s) / 60.0
        job = replace(plan.job, render_s=plan.job.render_s * min(10.0, max(0.2, length)))
        return replace(plan, spot=spot and plan.hardware is not CPU, job=job)

    def _work(self, plan: RunPlan, tts: str) -> Steps:
        if not (yield from self._before_video(plan, tts)):
            return
        self._enter("video_creation")
        if self._circumstances.backend == "veo-missing":
            self._leave("video_creation")
            self._fail("Video creation failed: Veo AI not available", "RuntimeError: Veo AI not available")
            return
        if plan.failure is not None and plan.failure.phase == "video_creation":
            yield plan.staging_s / self._speed
            self._fail_early(plan.failure)
            return
        problem = yield from self._render(plan)
        if problem is not None:
            self._fail(problem, f"RuntimeError: {problem.partition(':')[0]}")
            return
        self._leave("video_creation")
        if self.settings.youtube_upload:
            self._enter("youtube_upload", "uploading to YouTube")
            yield UPLOAD_S * self._rng.uniform(0.8, 1.4) / self._speed
            self._leave("youtube_upload")
        self._complete()

    def _before_video(self, plan: RunPlan, tts: str) -> Generator[float | Until, None, bool]:
        voice = f"generating voiceover using {tts}" if self._revision.exact_start else "generating voiceover"
        phases = [
            ("story_generation", plan.story_s, "generating story"),
            ("image_generation", plan.images_s, "generating images"),
            ("voiceover_generation", plan.voiceover_s, voice),
        ]
        if plan.prompts_s > 0:
            phases.insert(1, ("prompt_extraction", plan.prompts_s, "generating images"))
        if self._circumstances.backend == "veo-missing":
            del phases[1:]
        for phase, seconds, text in phases:
            first = phase == "story_generation"
            self._enter(phase, None if self._revision.old or first else text)
            spent = 0.0
            if first and not self._revision.old and seconds > INITIALIZING_S:
                spent = INITIALIZING_S
                yield spent / self._speed
                self.state.status = text
            if plan.failure is not None and plan.failure.phase == phase:
                yield max(0.0, seconds * 0.6 - spent) / self._speed
                self._fail_early(plan.failure)
                return False
            yield (seconds - spent) / self._speed
            self._leave(phase)
        return True

    def _render(self, plan: RunPlan) -> Generator[float | Until, None, str | None]:
        """Make the video at Vertex AI; return what went wrong, None when it is there."""
        self.state.status = "creating video via Vertex AI"
        yield plan.staging_s / self._speed
        job_id = f"video-job-{self._rng.getrandbits(32):08x}"
        deadline = self._agenda.time + TIME_LIMIT_S / self._speed
        regions = self.settings.regions
        message = "No region is configured"
        for index, region in enumerate(regions):
            job = self._submit(plan, job_id, region, refuses=index < plan.refused_regions)
            self.state.status = f"Vertex AI job running: {job_id}"
            yield Until(self._shop.ended(job), deadline)
            if job.state not in ENDED:
                gone = self._shop.find(region, job.number) is None
                return vertex_failed(
                    *(("failed", job_id, "Job not found") if gone else ("timeout", job_id, TIMEOUT_MESSAGE))
                )
            if job.state == "JOB_STATE_SUCCEEDED":
                yield min(plan.notice_s / self._speed, max(0.0, deadline - self._agenda.time))
                return None
            message = str((job.error or {}).get("message", ""))
            if (job.error or {}).get("code") != RESOURCE_EXHAUSTED:
                yield plan.notice_s / self._speed
                status = job.state.removeprefix("JOB_STATE_").lower()
                return vertex_failed(status, job_id, message)
            self._log.line(
                self._agenda.time,
                "vertex_gpu",
                "WARNING",
                f"⚠️ RESOURCE_EXHAUSTED in {region}, trying the next region",
            )
        return vertex_failed("failed", job_id, f"All regions exhausted. RESOURCE_EXHAUSTED: {message}")

    def _submit(self, plan: RunPlan, job_id: str, region: str, *, refuses: bool) -> CustomJobRecord:
        hardware: Hardware = plan.hardware
        job = self._shop.create(
            region,
            DISPLAY_NAME_PREFIX + job_id,
            render_spec(self._project, job_id, hardware, spot=plan.spot),
            render_labels(job_id, region, hardware, spot=plan.spot),
            refused(self._rng) if refuses else plan.job,
        )
        gpu = hardware.accelerator_type or "no GPU"
        message = f"Submitted {job.display_name} to {region} ({hardware.machine_type}, {gpu})"
        self._log.line(self._agenda.time, "vertex_gpu", "INFO", message)
        return job

    def _enter(self, phase: str, status: str | None = None) -> None:
        self.state.current_phase = phase
        self.state.phase_started = self._agenda.time
        if status is not None:
            self.state.status = status
        self._log.line(self._agenda.time, "main", "INFO", f"⏱️ Phase {phase} started")

    def _leave(self, phase: str) -> None:
        """End a phase; one whose start was cleared by /cancel leaves no time, as on the server."""
        state = self.state
        if state.current_phase == phase:
            seconds = round(self._agenda.time - state.phase_started, 6)
            state.phase_times[phase] = seconds
            self._log.line(self._agenda.time, "main", "INFO", f"✅ Phase {phase} completed in {seconds:.2f} seconds")
        state.current_phase = None

    def _no_phase(self) -> None:
        self.state.current_phase = None
        self.state.phase_times = {}

    def _complete(self) -> None:
        state, now = self.state, self._agenda.time
        state.status = "completed"
        state.is_generating = False
        state.current_phase = None
        state.total_duration = round(now - state.run_started, 6)
        if not self._revision.old:
            state.last_time = now
        self._log.line(now, "main", "INFO", f"🎉 Video generation completed in {state.total_duration:.1f} seconds")
        self._log.raw(now, "")
        self._after_run()

    def _fail_early(self, failure: PhaseFailure) -> None:
        self._fail(failure.text, failure.exception)

    def _fail(self, text: str, exception: str) -> None:
        state, now = self.state, self._agenda.time
        state.status = f"error: {text}"
        state.is_generating = False
        if self._revision.old:
            state.total_duration = round(now - state.run_started, 6)
        else:
            state.last_time = now
            state.current_phase = None
        self._log.failure(now, text, exception)
        self._after_run()


def changes(values: Mapping[str, object]) -> Callable[[RunPlan], RunPlan]:
    """Return a change of a plan that sets fields of the run, or of its job where only that has them."""
    of_run = {name: value for name, value in values.items() if name in {item.name for item in fields(RunPlan)}}
    of_job = {name: value for name, value in values.items() if name not in of_run}
    hardware = of_run.pop("hardware", None)

    def change(plan: RunPlan) -> RunPlan:
        if isinstance(hardware, Hardware):
            plan = on_hardware(plan, hardware)
        plan = replace(plan, **of_run)  # type: ignore[arg-type]
        return replace(plan, job=replace(plan.job, **of_job))  # type: ignore[arg-type]

    return change
