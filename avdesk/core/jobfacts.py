"""A job with what is read from it over and over: the text that is searched, its times as numbers.

Made once for a job and never changed: tables of a hundred thousand jobs are sorted and filtered by these.
"""

from datetime import datetime
from functools import lru_cache
from weakref import WeakValueDictionary

from avdesk.core import wording
from avdesk.core.jobs import Job, JobState
from avdesk.i18n import _

_LONGEST_ERROR = 600
"""Characters of an error's text that are searched: the reason stands at its beginning."""


_NEXT = "\n"


class JobKind:
    """What many jobs have in common: all that is asked of them but their names, numbers and times.

    A hundred thousand jobs are of some hundred kinds, so most questions need to be asked of these alone.

    Attributes:
        job: one job of that kind.
        state: its state.
        autovideo: whether AutoVideo made it.
        text: what can be searched of it, case-folded, one line for each thing.
    """

    __slots__ = ("__weakref__", "autovideo", "job", "state", "text")

    def __init__(self, job: Job) -> None:
        self.job = job
        self.state = job.state
        self.autovideo = job.is_autovideo
        self.text = _text_of_kind(job)


class JobFacts:
    """One job as it was told once.

    Attributes:
        job: the job.
        kind: what it has in common with others: the same object for all of these.
        own: what can be searched of it alone, as `JobKind.text`: the display name, below it the id and the number.
        created: when it was made, Unix seconds; None is unknown.
        live: whether its durations still grow.
        queued_then, ran_then, cost_then: what `queued`, `ran` and `cost` return once it is over; None while `live`.
    """

    __slots__ = ("cost_then", "created", "job", "kind", "live", "own", "queued_then", "ran_then")

    def __init__(self, job: Job) -> None:
        """Read the job; what no longer changes is reckoned here, once."""
        self.job = job
        self.kind = _kind_of(job)
        self.own = f"{job.display_name.replace(_NEXT, ' ')}\n{job.id}\n{job.number}".casefold()
        self.created = None if job.created_at is None else job.created_at.timestamp()
        self.live = not job.state.ended
        self.queued_then: float | None = None
        self.ran_then: float | None = None
        self.cost_then: float | None = None
        if not self.live:
            moment = job.ended_at or job.updated_at or job.created_at or _ANY_TIME
            self.queued_then = job.queue_s(moment)
            self.ran_then = job.run_s(moment)
            self.cost_then = job.cost_usd(moment)

    def holds(self, word: str) -> bool:
        """Whether a case-folded word is found in what can be searched."""
        return word in self.kind.text or word in self.own

    def queued(self, now: datetime) -> float | None:
        """Return the seconds that it waited, so far."""
        return self.job.queue_s(now) if self.live else self.queued_then

    def ran(self, now: datetime) -> float | None:
        """Return the seconds that it ran, so far."""
        return self.job.run_s(now) if self.live else self.ran_then

    def cost(self, now: datetime) -> float | None:
        """Return the dollars that it cost, so far."""
        return self.job.cost_usd(now) if self.live else self.cost_then


_ANY_TIME = datetime.fromisoformat("2025-01-01T00:00:00+00:00")
"""For a job that has ended and has no time at all: nothing is reckoned from it then."""


@lru_cache(maxsize=64)
def _word_of(vertex_state: str, language: str) -> str:
    """Return the word for a state; `language` is any text in the language that it was made for."""
    del language
    return wording.job_state(JobState.from_vertex(vertex_state))


def _text_of_kind(job: Job) -> str:
    parts = [job.vertex_state, _word_of(job.vertex_state, _("Running"))]
    parts += [text for text in (job.region, job.machine_type, job.accelerator_type, job.retry_of) if text]
    if job.spot:
        parts.append("spot")
    if job.error is not None:
        parts.append(" ".join(job.error.message[:_LONGEST_ERROR].split()))
    parts += [f"{name}={value}" for name, value in job.labels.items()]
    return "\n".join(dict.fromkeys(parts)).casefold()


_kinds: WeakValueDictionary[tuple[object, ...], JobKind] = WeakValueDictionary()


def _kind_of(job: Job) -> JobKind:
    key = (
        job.vertex_state,
        job.region,
        job.machine_type,
        job.accelerator_type,
        job.accelerator_count,
        job.spot,
        job.retry_of,
        job.is_autovideo,
        job.error and (job.error.code, job.error.message),
        tuple(job.labels.items()),
        job.state.value,
        _("Running"),  # the words are those of a language
    )
    kind = _kinds.get(key)
    if kind is None:
        kind = _kinds[key] = JobKind(job)
    return kind
