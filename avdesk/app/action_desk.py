"""What happens when somebody wants something done: from window, tray or notification, to its end."""

import time
from collections.abc import Sequence

from PySide6.QtCore import QObject, QTimer

from avdesk.app.front import Front
from avdesk.app.window_host import WindowHost
from avdesk.bridge.actions import ActionRunner
from avdesk.core.actions import ActionKind, ActionRecord, ActionRequest, ActionState
from avdesk.core.alerts import Alert
from avdesk.core.jobs import Job

WINDOW, TRAY, NOTIFICATION = "window", "tray", "notification"

HURRY_EVERY_S = 15.0
"""Each hurried look is a counted request: the twenty cancels of a bulk action share one."""

_HURRY_AFTER_MS = 300


class ActionDesk(QObject):
    """Leads actions; each method is connected in `avdesk.app.wiring`."""

    def __init__(self, front: Front, window: WindowHost, runner: ActionRunner) -> None:
        """Ask in `window`, carry out by `runner`."""
        super().__init__()
        self._front = front
        self._window = window
        self._runner = runner
        self._via: dict[tuple[str, str, str], str] = {}
        self._hurried: dict[str, float] = {}
        self._timers: dict[str, QTimer] = {}

    def act(self, request: ActionRequest) -> None:
        """Carry out what has been agreed to."""
        via = self._via.pop((request.environment, request.kind.value, request.number), WINDOW)
        self._runner.ask(request, via)

    def cancel_by_tray(self, environment: str, job: Job) -> None:
        """Ask for the end of a job that was chosen in the tray."""
        self._want(environment, ActionKind.CANCEL, (job,), TRAY)

    def retry_by_notification(self, alert: Alert, activation_token: str) -> None:
        """Ask for a retry of the job that a notification told of; a job that is not known any more is only shown."""
        jobs = [job for job in self._front.latest.snapshot(alert.environment).jobs if job.id == alert.job_id]
        self._want(alert.environment, ActionKind.RETRY, tuple(jobs[:1]), NOTIFICATION, activation_token)

    def on_changed(self, record: ActionRecord) -> None:
        """Look soon at what an action changes."""
        if record.state in (ActionState.REQUESTED, ActionState.CONFIRMED, ActionState.UNCERTAIN):
            self._hurry(record.request.environment)

    def _want(
        self, environment: str, kind: ActionKind, jobs: Sequence[Job], via: str, activation_token: str = ""
    ) -> None:
        """Let the window say what it means and ask where it must."""
        self._front.latest.choose(environment)
        self._window.open(activation_token)
        for job in jobs:
            self._via[environment, kind.value, job.number] = via
        if jobs:
            self._front.wishes.act_wanted.emit(environment, kind, tuple(jobs))

    def _hurry(self, environment: str) -> None:
        timer = self._timers.get(environment)
        if timer is None:
            timer = self._timers[environment] = QTimer(self)
            timer.setSingleShot(True)
            timer.timeout.connect(lambda: self._check(environment))
        if not timer.isActive():
            ago = time.monotonic() - self._hurried.get(environment, float("-inf"))
            timer.start(max(_HURRY_AFTER_MS, round((HURRY_EVERY_S - ago) * 1000) if ago < HURRY_EVERY_S else 0))

    def _check(self, environment: str) -> None:
        self._hurried[environment] = time.monotonic()
        self._front.wishes.check_now.emit(environment)
