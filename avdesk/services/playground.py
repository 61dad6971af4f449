"""The demo's world: an embedded AutoVideo and a throw-away home for it; nothing of the user's is touched."""

import tempfile
from datetime import UTC, datetime, timedelta
from pathlib import Path
from types import MappingProxyType, TracebackType
from typing import Self

from avdesk.config.load import Loaded
from avdesk.config.paths import Paths, find_paths
from avdesk.config.settings import Environment, Polling, Settings
from avdesk.core import phases, wire
from avdesk.core.customjob import read_custom_job
from avdesk.core.experience import FINISH, QUEUE, RENDER, machine_thing
from avdesk.core.jobs import Job, JobState
from avdesk.core.phases import Phase, PhaseState
from avdesk.core.run import Run, RunState
from avdesk.emulator.server import Emulator
from avdesk.services.runtime import Runtime
from avdesk.store.memory import Memory

DEFAULT_SPEED = 20.0
ENVIRONMENT = "demo"
PAST_JOBS = 60
PAST_RUNS = 8
LIMIT, WINDOW_S = 10, 300.0
NEVER_S = 864_000.0

_USUAL_S = MappingProxyType({phases.STORY: 37.0, phases.IMAGES: 59.0, phases.VOICE: 36.0, FINISH: 6.0})
_SPREAD = (0.92, 0.95, 0.98, 1.0, 1.03, 1.06)


class Playground:
    """The demo's world while it lasts, from its making to `close`. A context manager.

    Attributes:
        speed: how many times faster than in reality everything goes; the rate limit's window shrinks with it.
        paths: the throw-away home.
        settings: the configuration, as if read from a file: one environment called demo.
        emulator: the embedded AutoVideo.
    """

    def __init__(self, *, speed: float = DEFAULT_SPEED, seed: int = 7, one_run: bool = False) -> None:
        """Start the embedded AutoVideo, whose first run then begins by itself and succeeds.

        `one_run`: no other run follows the first one.

        Raises:
            ValueError: the speed is out of range.
            OSError: no port or no folder can be had.
        """
        self.speed = speed
        self.emulator = Emulator(
            speed=speed,
            seed=seed,
            past_jobs=PAST_JOBS,
            rate_limit=(LIMIT, WINDOW_S / speed),
            auto_runs=True,
            first_run_after=2.0,
            pause_s=NEVER_S * speed if one_run else 240.0,
        )
        self._folder = tempfile.TemporaryDirectory(prefix="avdesk-demo-", ignore_cleanup_errors=True)
        self.paths: Paths = find_paths(Path(self._folder.name))
        emulator = self.emulator.start()
        emulator.world.circumstances.failing.clear()
        emulator.plan_next(hardware="t4", refused_regions=0, failure=None, queue_s=420.0, render_s=480.0)
        environment = Environment(
            ENVIRONMENT,
            url=emulator.autovideo_url,
            project=emulator.project,
            regions=tuple(emulator.regions),
            vertex="rest",
            google_endpoint=emulator.google_url,
            colour="blue",
            polling=Polling(
                requests=LIMIT,
                window_s=WINDOW_S / self.speed,
                vertex_active_s=max(1.0, 10.0 / self.speed),
                vertex_idle_s=max(2.0, 30.0 / self.speed),
                alive_s=max(3.0, 20.0 / self.speed),
                health_sweep_s=max(30.0, 1800.0 / self.speed),
            ),
        )
        settings = Settings(ENVIRONMENT, MappingProxyType({ENVIRONMENT: environment}))
        self.settings = Loaded(settings, (), self.paths.config_file, exists=False)
        self._remember_a_past()

    @property
    def google_token(self) -> str:
        """The bearer that the embedded Google APIs ask for."""
        return self.emulator.token

    def runtime(self) -> Runtime:
        """Return a runtime for the playground, with the token that the embedded Google APIs ask for."""
        return Runtime(self.settings.settings, self.paths, google_token=self.google_token)

    def close(self) -> None:
        """Stop the embedded AutoVideo and remove the home."""
        self.emulator.stop()
        self._folder.cleanup()

    def __enter__(self) -> Self:
        """Return the playground."""
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        """Close."""
        self.close()

    def _remember_a_past(self) -> None:
        """Fill the home with what AVDesk would know after some days with this server."""
        memory = Memory(self.paths.database)
        now = datetime.now(UTC)
        try:
            for thing, usual in _USUAL_S.items():
                for factor in _SPREAD:
                    memory.learn(ENVIRONMENT, thing, usual * factor / self.speed, now)
            for job in self._past_jobs():
                self._remember_job(memory, job, now)
        finally:
            memory.close()

    def _past_jobs(self) -> list[Job]:
        """Return the newest of the embedded Vertex AI's old jobs, newest first."""
        found: list[Job] = []
        world = self.emulator.world
        with world.lock:
            for region in world.regions:
                for record in world.jobs(region)[: PAST_RUNS * 2]:
                    name = f"projects/{world.project_number}/locations/{region}/customJobs/{record.number}"
                    job = read_custom_job(
                        {
                            "name": name,
                            "displayName": record.display_name,
                            "state": record.state,
                            "jobSpec": record.spec,
                            "labels": record.labels,
                            "error": record.error,
                            "createTime": _moment(record.created),
                            "startTime": _moment(record.started),
                            "endTime": _moment(record.ended),
                        },
                        region,
                    )
                    if job is not None and job.created_at is not None and job.ended_at is not None:
                        found.append(job)
        return sorted(found, key=lambda job: job.created_at or datetime.min.replace(tzinfo=UTC), reverse=True)

    def _remember_job(self, memory: Memory, job: Job, now: datetime) -> None:
        queue, render = job.queue_s(now), job.run_s(now)
        if queue is not None:
            memory.learn(ENVIRONMENT, machine_thing(QUEUE, job), queue, now)
        if render is not None and job.state is JobState.SUCCEEDED:
            memory.learn(ENVIRONMENT, machine_thing(RENDER, job), render, now)
        run = self._run_of(job)
        video = run.phase(phases.VIDEO)
        if run.state is RunState.SUCCEEDED and video is not None and video.duration_s is not None:
            memory.learn(ENVIRONMENT, phases.VIDEO, video.duration_s, now)
        memory.add_run(ENVIRONMENT, run, now)

    def _run_of(self, job: Job) -> Run:
        """Return the run that a past job belonged to."""
        state = {JobState.SUCCEEDED: RunState.SUCCEEDED, JobState.CANCELLED: RunState.CANCELLED}.get(
            job.state, RunState.FAILED
        )
        before = {name: seconds / self.speed for name, seconds in _USUAL_S.items() if name != FINISH}
        created, ended = job.created_at, job.ended_at
        assert created is not None
        assert ended is not None
        video = (ended - created).total_seconds()
        last = {RunState.SUCCEEDED: PhaseState.DONE, RunState.FAILED: PhaseState.FAILED}.get(
            state, PhaseState.SKIPPED
        )
        return Run(
            id=f"run-{job.id.removeprefix('video-job-')}",
            state=state,
            phases=(
                *(Phase(name, PhaseState.DONE, seconds) for name, seconds in before.items()),
                Phase(phases.VIDEO, last, video),
            ),
            started_at=created - timedelta(seconds=sum(before.values())),
            ended_at=ended,
            job_id=job.id,
            error=job.error.message if job.error is not None and state is RunState.FAILED else None,
            total_s=sum(before.values()) + video,
        )


def _moment(seconds: float | None) -> str | None:
    return wire.rfc3339(datetime.fromtimestamp(seconds, UTC)) if seconds is not None else None
