"""Keeping what was remembered of one installation from being shown as another one's of the same name.

An environment's name is its user's; what it stands for may change with a line of the configuration. What was last
known of the server or the project that it led to is dropped then. What has happened (runs, events, learnt
durations) stays: that is the history of the name.
"""

from dataclasses import dataclass
from datetime import datetime

from avdesk.config.settings import Environment
from avdesk.store.memory import Memory

FACT = "whereabouts"
OF_SERVER = ("server", "zone_offset_s", "run", "checks")
OF_PROJECT = ("jobs", "stuck_job")


@dataclass(frozen=True, slots=True)
class Whereabouts:
    """What an environment's facts were learnt from."""

    url: str = ""
    project: str = ""
    google_endpoint: str = ""


def forget_elsewhere(memory: Memory, environment: Environment, now: datetime) -> None:
    """Forget what is remembered of where an environment of this name led before, if that was elsewhere."""
    here = Whereabouts(environment.url, environment.project, environment.google_endpoint)
    kept = memory.recall(environment.name, FACT, Whereabouts)
    before = here if kept is None else kept[0]
    if kept is not None and before == here:
        return
    if before.url != here.url:
        for fact in OF_SERVER:
            memory.forget(environment.name, fact)
        memory.forget_courses(environment.name, own=False)
    if (before.project, before.google_endpoint) != (here.project, here.google_endpoint):
        for fact in OF_PROJECT:
            memory.forget(environment.name, fact)
        memory.forget_courses(environment.name, own=True)
    memory.keep(environment.name, FACT, here, now)
