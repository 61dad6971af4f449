"""The doctor at work for a window: examines as often as wished, and keeps what it found for the diagnostics."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path

from avdesk.config.load import Loaded
from avdesk.config.paths import Paths
from avdesk.core.finding_words import as_text
from avdesk.core.findings import Finding
from avdesk.services import diagnostics
from avdesk.services.diagnostics import Bundle
from avdesk.services.doctor import planned, run_checks, versions

Planned = tuple[str, str | None]
"""A check by its name and its environment."""


class Practice:
    """Examines this machine and all environments. One call at a time; none of them for the GUI thread."""

    def __init__(self, load: Callable[[], Loaded], paths: Paths, google_token: str | None = None) -> None:
        """Examine what `load` returns at the time; `google_token` stands for the user's own credentials."""
        self._load = load
        self._paths = paths
        self._google_token = google_token
        self._findings: list[Finding] = []
        self._versions: dict[str, str | None] = {}
        self._bundle: Bundle | None = None

    def examine(self, plan: Callable[[list[Planned]], object], tell: Callable[[Finding], object]) -> str:
        """Examine; say first by `plan` what will be looked at, and by `tell` what is found as it comes.

        Returns all of it as text.
        """
        loaded = self._load()
        environments = list(loaded.settings.environments.values())
        checks = planned(loaded, self._paths, environments, google_token=self._google_token)
        plan([(check.name, check.environment) for check in checks])
        self._findings = run_checks(checks, tell=tell)
        self._versions = dict(versions())
        return as_text(self._findings, self._versions, datetime.now(UTC))

    def gather(self) -> Bundle:
        """Put the diagnostics together, with what was found last; without any, it is examined first."""
        if not self._findings:
            self.examine(_nobody, _nobody)
        self._bundle = diagnostics.gather(
            self._load(), self._paths, self._findings, self._versions, datetime.now(UTC)
        )
        return self._bundle

    def save(self, file: Path) -> None:
        """Write the diagnostics that were gathered last, and nothing else than what was shown of them.

        Raises:
            StoreError: they cannot be written.
        """
        diagnostics.save(self._bundle if self._bundle is not None else self.gather(), file)


def _nobody(_told: object) -> None:
    """Tell nobody."""
