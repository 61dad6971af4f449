"""Opening a log: the one place that knows which source reads which log of an environment.

For the log page and the command line::

    source = open_source(runtime, "dev", LogChoice(LogKind.JOB, "video-job-ab12cd34"))   # in a worker thread
    while not ended.wait(source.step()):       # lines come into source.book; source.view says how it stands
        ...
    source.close(); source.book.close()

Several logs of one environment that are all at Cloud Logging are read together, which costs its quota once.
"""

from collections.abc import Callable, Mapping, Sequence
from datetime import datetime, timedelta
from pathlib import Path

from avdesk.clients.cloud_logging import LogReader
from avdesk.clients.cloud_logging_factory import make_log_reader
from avdesk.clients.vertex import VertexClient
from avdesk.config.settings import Environment
from avdesk.core.errors import ConfigError, UsageError
from avdesk.core.jobs import JOB_ID, Job
from avdesk.core.logchoice import LogChoice, LogKind
from avdesk.core.logline import APP, BATCH_PREFIX, JOB_PREFIX
from avdesk.core.logquery import AppLog, BatchLog, JobLog, JobLogs, Part
from avdesk.i18n import _
from avdesk.services.clock import Clock
from avdesk.services.job_finding import find_job
from avdesk.services.logs.clock_skew import Clocks
from avdesk.services.logs.cloud import CloudSource, Target
from avdesk.services.logs.either import EitherSource
from avdesk.services.logs.file_source import FileSource
from avdesk.services.logs.held import Held
from avdesk.services.logs.job_names import JobNames
from avdesk.services.logs.memorybook import MemoryBook
from avdesk.services.logs.own_log import own_log_source
from avdesk.services.logs.read_quota import ReadQuota
from avdesk.services.logs.server_logs import ServerLogSource
from avdesk.services.logs.source import LogSource
from avdesk.services.runtime import Links, Runtime
from avdesk.services.server_calls import ServerCalls
from avdesk.services.stored_key import StoredKey
from avdesk.store.memory import Memory

NEWEST = 500
MOST_NAMES = 300
"""Of so many of the newest jobs the names are asked for at once."""

_BEFORE_IT_WAS_MADE = timedelta(minutes=10)
"""A job has no entries earlier than this before its creation: clocks differ."""


def open_source(
    runtime: Runtime,
    environment: str,
    *choices: LogChoice,
    newest: int = NEWEST,
    since: datetime | None = None,
    follow: bool = True,
) -> LogSource:
    """Return the source of one log, or of several of one environment together. Nothing is asked before a step.

    Args:
        runtime: the configuration and the folders.
        environment: its name; of no matter for a file and for AVDesk's own log.
        choices: which logs; several only where all are of the environment.
        newest: begin with about so many of the newest lines (files: all of them); unless
        since: begin with everything from then on (UTC); of no matter for files.
        follow: of a file, notice what is added; the others are followed for as long as they are stepped.

    Raises:
        UsageError: no log was named, or they cannot be read together.
        ConfigError: the environment does not say where its log is.
        StoreError: the state folder cannot be used.
    """
    if not choices:
        raise UsageError(_("No log was named."), _("Name a source: the app, jobs, or one job."))
    first = choices[0]
    local = [choice for choice in choices if choice.kind in (LogKind.FILE, LogKind.OWN)]
    if local and len(choices) > 1:
        raise UsageError(_("A file cannot be read together with other logs in one go."), _("Open them one by one."))
    if local:
        if first.kind is LogKind.OWN:
            return own_log_source(runtime.paths, follow=follow)
        return FileSource(Path(first.name), follow=follow)
    return _Opening(runtime, environment, choices, newest, since).source()


class _Opening:
    """Puts the sources of one environment together."""

    def __init__(
        self,
        runtime: Runtime,
        environment: str,
        choices: Sequence[LogChoice],
        newest: int,
        since: datetime | None,
    ) -> None:
        self._runtime = runtime
        self._environment: Environment = runtime.settings.environments[environment]
        self._choices = tuple(dict.fromkeys(choices))
        self._newest = newest
        self._since = since
        self._clock: Clock = runtime.clock
        self._clocks = Clocks()
        self._book = MemoryBook(_name(self._choices))

    def source(self) -> LogSource:
        environment = self._environment
        at_cloud = bool(environment.project) and environment.vertex != "off"
        told_by_server = bool(environment.url) and self._asked_of_server() is not None
        if at_cloud and told_by_server:
            return EitherSource(self._cloud(), self._server())
        if at_cloud:
            return self._cloud()
        if told_by_server:
            return self._server()
        raise ConfigError(
            _("The environment {name} does not say where its log is.").format(name=environment.name),
            _("Give it a project, and vertex = “auto”, in the configuration."),
        )

    def _cloud(self) -> LogSource:
        environment, links = self._environment, self._runtime.links(self._environment.name)
        reader = self._reader(links)
        held = Held(links, self._runtime.ledger())
        vertex = links.vertex
        assert vertex is not None, "only asked where Vertex AI is"
        names = JobNames(self._clock, ask=lambda: _names(vertex, environment.regions))
        return CloudSource(
            lambda: self._target(vertex, names),
            reader,
            ReadQuota(held.ledger, environment.project, environment.google_endpoint),
            self._book,
            self._clock,
            names=names,
            newest=self._newest,
            since=self._since,
            clocks=self._clocks,
            held=held,
        )

    def _reader(self, links: Links) -> LogReader:
        environment = self._environment
        reader = make_log_reader(
            environment.vertex,
            environment.project,
            links.transport,
            self._runtime.google_credentials(environment.name, links.transport),
            endpoint=environment.google_endpoint,
            version=StoredKey(self._runtime.paths.config, environment.name).version,
        )
        assert reader is not None, "only asked where Vertex AI is"
        return reader

    def _server(self) -> LogSource:
        links = self._runtime.links(self._environment.name)
        server = links.server
        assert server is not None, "only asked where there is a server"
        memory = Memory(self._runtime.paths.database)
        held = Held(links, self._runtime.ledger(), memory)
        return ServerLogSource(
            ServerCalls(self._environment, server, held.ledger, self._clock),
            memory,
            self._book,
            self._clock,
            names=JobNames(self._clock, ask=self._asker(links.vertex)),
            wanted=self._asked_of_server() or {},
            since=self._since,
            clocks=self._clocks,
            held=held,
        )

    def _asker(self, vertex: VertexClient | None) -> Callable[[], Mapping[str, str]] | None:
        return None if vertex is None else lambda: _names(vertex, self._environment.regions)

    def _asked_of_server(self) -> Mapping[str, str] | None:
        """Return the query for the server's own log; None where it cannot tell what is wanted."""
        kinds = {choice.kind for choice in self._choices}
        if kinds == {LogKind.APP, LogKind.JOBS}:
            return {}
        if len(self._choices) > 1:
            return None
        choice = self._choices[0]
        if choice.kind in (LogKind.APP, LogKind.JOBS):
            return {"source": choice.kind.value}
        if choice.kind is LogKind.JOB and JOB_ID.fullmatch(choice.name):
            return {"job_id": choice.name}
        return None

    def _target(self, vertex: VertexClient, names: JobNames) -> Target:
        parts: list[Part] = []
        jobs: list[Job] = []
        for choice in self._choices:
            if choice.kind is LogKind.JOB:
                job = find_job(vertex, self._environment.project, self._environment.regions, choice.name)
                names.know(job.number, job.id)
                jobs.append(job)
                parts.append(JobLog(job.number))
            else:
                parts.append(self._part(choice))
        if len(jobs) != len(self._choices):
            return Target(tuple(parts))
        made = [job.created_at - _BEFORE_IT_WAS_MADE for job in jobs if job.created_at is not None]
        earliest = min(made) if len(made) == len(jobs) else None
        return Target(tuple(parts), earliest, lambda: _ended_at(vertex, jobs))

    def _part(self, choice: LogChoice) -> Part:
        if choice.kind is LogKind.JOBS:
            return JobLogs()
        if choice.kind is LogKind.BATCH or not self._environment.url:
            return BatchLog(choice.name)
        return AppLog()


def _name(choices: Sequence[LogChoice]) -> str:
    """Return what the book is called: the source that its lines bear, where it can be told beforehand."""
    if len(choices) > 1:
        return _("AutoVideo’s logs")
    choice = choices[0]
    if choice.kind is LogKind.JOB:
        return JOB_PREFIX + choice.name
    if choice.kind is LogKind.JOBS:
        return JOB_PREFIX.rstrip(":")
    return BATCH_PREFIX + choice.name if choice.kind is LogKind.BATCH else APP


def _names(vertex: VertexClient, regions: Sequence[str]) -> Mapping[str, str]:
    return {job.number: job.id for job in vertex.list_jobs(regions, limit=MOST_NAMES).jobs}


def _ended_at(vertex: VertexClient, jobs: Sequence[Job]) -> datetime | None:
    """Return when the last of the jobs ended; None while one goes on, or where the end is not told."""
    ends: list[datetime] = []
    for job in jobs:
        now = vertex.get_job(job.region or "", job.number)
        if not now.state.ended or now.ended_at is None:
            return None
        ends.append(now.ended_at)
    return max(ends)
