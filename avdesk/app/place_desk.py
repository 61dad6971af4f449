"""Bringing the window to a place that an address names."""

from PySide6.QtCore import QObject

from avdesk.app.front import Front
from avdesk.app.window_host import WindowHost
from avdesk.core.places import Place, PlaceKind
from avdesk.core.snapshot import Snapshot
from avdesk.i18n import _

TOPIC = "place"
"""Of what is said above the page."""


class PlaceDesk(QObject):
    """Shows places. A job that is not known yet is looked for in what the environments tell from then on."""

    def __init__(self, front: Front, window: WindowHost) -> None:
        """Show them in `window`, by what `front` knows."""
        super().__init__()
        self._front = front
        self._window = window
        self._sought = ""

    def show(self, place: Place, activation_token: str = "") -> None:
        """Open the window on a place; of an environment that there is not, the window alone."""
        latest, wishes = self._front.latest, self._front.wishes
        self._forget()
        match place.kind:
            case PlaceKind.ENVIRONMENT if place.name in latest.environments:
                latest.choose(place.name)
                self._window.open(activation_token)
            case PlaceKind.LOGS:
                self._window.open_page("logs", activation_token)
            case PlaceKind.NEW_VIDEO:
                self._window.open(activation_token)
                wishes.new_video_wanted.emit(latest.current)
            case PlaceKind.JOB:
                self._show_job(place.name, activation_token)
            case _:
                self._window.open(activation_token)

    def look_for_job(self, snapshot: Snapshot) -> None:
        """Go to the job that was asked for, as soon as an environment tells of it."""
        if self._sought and _holds(snapshot, self._sought):
            job_id = self._sought
            self._forget()
            self._go_to(snapshot.environment, job_id)

    def _show_job(self, job_id: str, activation_token: str) -> None:
        latest = self._front.latest
        self._window.open(activation_token)
        # The environment that is shown comes first: ids are the server's, and two may have given the same one.
        for name in sorted(latest.environments, key=lambda each: each != latest.current):
            if _holds(latest.snapshot(name), job_id):
                self._go_to(name, job_id)
                return
        self._front.wishes.job_wanted.emit(latest.current, job_id)
        self._sought = job_id
        text = _("No environment has told of the job {job} yet. It is shown here as soon as one does.")
        self._window.tell(TOPIC, text.format(job=job_id))

    def _go_to(self, environment: str, job_id: str) -> None:
        self._front.latest.choose(environment)
        self._front.wishes.job_wanted.emit(environment, job_id)

    def _forget(self) -> None:
        self._sought = ""
        self._window.tell(TOPIC, "")


def _holds(snapshot: Snapshot, job_id: str) -> bool:
    return any(job_id in (job.id, job.number) for job in snapshot.jobs)
