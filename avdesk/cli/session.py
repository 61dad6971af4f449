"""One call of the command line: its folders, its configuration, and the environment that is meant."""

import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING

from avdesk.config.paths import Paths, find_paths
from avdesk.i18n import _

if TYPE_CHECKING:
    from avdesk.config.load import Loaded
    from avdesk.config.settings import Environment
    from avdesk.core.errors import KnownError
    from avdesk.services.runtime import Runtime

LANGUAGE_VARIABLE = "AVDESK_LANGUAGE"
"""Names the language to speak, before the configuration and the system do."""


class Session:
    """What the global options say, and what follows from them when it is first needed.

    Attributes:
        program: the name that the program was called by, ``avdesk`` or ``avmonitor``.
        home: the one folder of ``--home``; None for the platform's own.
        environment_name: of ``--env``; None where it was not given.
    """

    def __init__(self, program: str = "avdesk", home: Path | None = None) -> None:
        self.program = program
        self.home = home
        self.environment_name: str | None = None
        self._paths: Paths | None = None
        self._loaded: Loaded | None = None
        self._warned = False

    def use_home(self, home: Path) -> None:
        """Take another folder, as ``--home`` after the subcommand does."""
        if home != self.home:
            self.home, self._paths, self._loaded = home, None, None

    @property
    def paths(self) -> Paths:
        """The folders.

        Raises:
            UsageError: they cannot be told, as with the home of a user whom there is not.
        """
        if self._paths is None:
            try:
                self._paths = find_paths(self.home)
            except (RuntimeError, OSError, ValueError):
                from avdesk.core.errors import UsageError

                raise UsageError(
                    _("AVDesk's folders cannot be found."), _("Name one folder for all with --home or AVDESK_HOME.")
                ) from None
        return self._paths

    @property
    def loaded(self) -> "Loaded":
        """The configuration, read once."""
        if self._loaded is None:
            from avdesk.config.load import load_settings

            self._loaded = load_settings(self.paths)
        return self._loaded

    def environment(self) -> "Environment":
        """Return the environment that is meant, after telling what is wrong with the configuration.

        Raises:
            UsageError: there is none of that name.
            ConfigError: it cannot be used as the file has it.
        """
        from avdesk.config.choose import choose_environment

        self.warn_of_problems()
        return choose_environment(self.loaded, self.environment_name, os.environ)

    def runtime(self) -> "Runtime":
        """Return what builds monitors and asks servers, from this configuration and these folders."""
        from avdesk.services.runtime import Runtime

        return Runtime(self.loaded.settings, self.paths)

    def warn_of_problems(self) -> None:
        """Tell once, on stderr, what is wrong with the configuration."""
        if self._warned:
            return
        self._warned = True
        for sentence in self.loaded.sentences():
            tell(sentence)


def tell(sentence: str) -> None:
    """Say something on stderr, where it disturbs no result."""
    if sys.stderr is None:  # a program without a console
        return
    print(sentence, file=sys.stderr)  # noqa: T201 - the command line's voice


def complain(error: "KnownError") -> None:
    """Say on stderr what went wrong, and on a second line what to do."""
    tell(error.message)
    if error.advice:
        tell(error.advice)
