"""What is different between two configurations, as far as whatever runs by them has to know."""

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from types import MappingProxyType

from avdesk.config.settings import Environment, Settings

_WATCHED_BY = ("url", "project", "regions", "vertex", "google_endpoint", "auth", "polling")
"""What an environment is watched by: a change of it needs another watch."""

_WHERE = ("url", "project", "google_endpoint")
"""What says which installation an environment is: with another one, nothing that was known of it holds."""

_ACTED_BY = (*_WATCHED_BY, "read_only", "production")
"""What a question that is open, or an action that waits, was asked under."""

NOTHING_RENAMED: Mapping[str, str] = MappingProxyType({})


@dataclass(frozen=True, slots=True)
class Differences:
    """Names of environments, by what has happened to them.

    Attributes:
        added, removed: without those that were renamed.
        renamed: new name → old name of those that are the same but for their name.
        rewatched: watched in another way: their watch has to be made anew.
        moved: those of them that are another installation now.
        regarded: acted upon under other terms; `rewatched` and those with other permissions.
    """

    added: tuple[str, ...] = ()
    removed: tuple[str, ...] = ()
    renamed: Mapping[str, str] = field(default_factory=lambda: NOTHING_RENAMED)
    rewatched: tuple[str, ...] = ()
    moved: tuple[str, ...] = ()
    regarded: tuple[str, ...] = ()

    @property
    def gone(self) -> tuple[str, ...]:
        """The names that stand for nothing any more, or for something else."""
        return (*self.removed, *self.renamed.values(), *self.moved)


def mark_of(environment: Environment) -> str:
    """Return what tells apart two ways of watching an environment of one name, 16 letters and digits."""
    import hashlib

    values = repr([getattr(environment, key) for key in _WATCHED_BY if key != "polling"])
    return hashlib.sha256(values.encode()).hexdigest()[:16]


def differences(old: Settings, new: Settings) -> Differences:
    """Return what has happened to the environments from `old` to `new`."""
    before, after = old.environments, new.environments
    added = [name for name in after if name not in before]
    removed = [name for name in before if name not in after]
    renamed = _renamed([before[name] for name in removed], [after[name] for name in added])
    both = [name for name in after if name in before]
    return Differences(
        added=tuple(name for name in added if name not in renamed),
        removed=tuple(name for name in removed if name not in renamed.values()),
        renamed=MappingProxyType(renamed),
        rewatched=tuple(name for name in both if _differ(before[name], after[name], _WATCHED_BY)),
        moved=tuple(name for name in both if _differ(before[name], after[name], _WHERE)),
        regarded=tuple(name for name in both if _differ(before[name], after[name], _ACTED_BY)),
    )


def _differ(old: Environment, new: Environment, keys: tuple[str, ...]) -> bool:
    return any(getattr(old, key) != getattr(new, key) for key in keys)


def _renamed(removed: list[Environment], added: list[Environment]) -> dict[str, str]:
    """Return new name → old name where there is one way alone to pair them, everything else being the same."""
    pairs: dict[str, str] = {}
    for new in added:
        same = [old for old in removed if replace(old, name=new.name) == new]
        rivals = [other for other in added if replace(other, name=new.name) == new]
        if len(same) == 1 and len(rivals) == 1 and (new.url or new.project):
            pairs[new.name] = same[0].name
    return pairs
