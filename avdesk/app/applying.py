"""Letting a changed configuration file hold in the running app: what has changed is made anew, the rest goes on.

A file that something is wrong with is told and not used: what was read last stays in force. What was wrong with the
file already when it was last used is no reason, so that an old unknown key does not keep the next change out.
"""

import logging
from collections.abc import Iterable

from PySide6.QtCore import QObject

from avdesk.app.desktop import Parts
from avdesk.config.differences import Differences, differences
from avdesk.config.load import Loaded
from avdesk.config.problems import Problem
from avdesk.config.settings import Environment, Settings
from avdesk.i18n import _
from avdesk.ui.tray_menu import Choice

log = logging.getLogger(__name__)


def choices(environments: Iterable[Environment]) -> tuple[Choice, ...]:
    """Return the environments as the tray offers them."""
    return tuple(Choice(each.name, each.colour, each.read_only) for each in environments)


class Applying(QObject):
    """Takes in what `ConfigurationWatch` tells. Lives in the GUI thread; nothing here waits for anything."""

    def __init__(self, parts: Parts, loaded: Loaded) -> None:
        """Begin with `loaded`, by which the `parts` were made."""
        super().__init__()
        self._parts = parts
        self._used = loaded
        self._told = loaded

    def take(self, loaded: Loaded) -> None:
        """Use another state of the file, or say why it is not used."""
        if loaded == self._told:
            return
        self._told = loaded
        if self._used.exists and not loaded.exists:
            self._hold([_("The configuration file is gone.")])
        elif loaded.nameless and not self._used.nameless and not loaded.problems:
            self._hold([_("The configuration file names no environment.")])
        elif fresh := self._fresh_problems(loaded):
            self._hold([problem.sentence(str(loaded.path)) for problem in fresh])
        else:
            self._use(loaded)

    def _fresh_problems(self, loaded: Loaded) -> list[Problem]:
        """Return what was not wrong when the file was last used; a line may have moved since."""
        accepted = {(problem.key, problem.message) for problem in self._used.problems}
        return [problem for problem in loaded.problems if (problem.key, problem.message) not in accepted]

    def _hold(self, sentences: list[str]) -> None:
        for sentence in sentences:
            log.warning("the configuration is not used: %s", sentence)
        self._parts.window.set_problems(sentences, held=True)

    def _use(self, loaded: Loaded) -> None:
        old, new = self._used.settings, loaded.settings
        self._used = loaded
        self._parts.window.set_problems(loaded.sentences())
        if old != new:
            found = differences(old, new)
            log.info("the configuration was changed: %s", found)
            self._parts.in_force.set(new)
            self._renew_watches(found)
            self._renew_front(old, new, found)
            self._tell(old, new)

    def _renew_watches(self, found: Differences) -> None:
        parts = self._parts
        changed = {*found.removed, *found.renamed.values(), *found.regarded}
        parts.actions.forget(changed)
        parts.archive.forget(changed)
        parts.remembered.set_environments(parts.in_force.settings.environments, changed)
        parts.watching.drop(found.removed)
        for name, former in found.renamed.items():
            parts.in_force.note_former(name, former)
            parts.watching.watch(name, after=former)
        for name in (*found.rewatched, *found.added):
            parts.watching.watch(name)

    def _renew_front(self, old: Settings, new: Settings, found: Differences) -> None:
        parts, environments = self._parts, tuple(new.environments.values())
        latest = parts.front.latest
        current = self._current(old, new, found)
        parts.window.set_environments(environments, gone=found.gone, regarded=found.regarded)
        latest.set_environments(tuple(new.environments), current, found.gone)
        parts.front.tray.set_environments(choices(environments), latest.snapshot(), found.gone)
        parts.window.set_theme(new.appearance.theme)

    def _current(self, old: Settings, new: Settings, found: Differences) -> str:
        """Return what is looked at now: what the file says if it says something else, else what it was."""
        before = self._parts.front.latest.current
        successors = {former: name for name, former in found.renamed.items()}
        default = successors.get(old.default_environment, old.default_environment)
        if new.default_environment != default:
            return new.default_environment
        now = successors.get(before, before)
        return now if now in new.environments else new.default_environment

    def _tell(self, old: Settings, new: Settings) -> None:
        """Say what the user may wonder about."""
        if new.appearance.language != old.appearance.language:
            text = _("The language changes when AVDesk is started the next time.")
            self._parts.window.tell("language", text)
