"""The headlines of the pipeline's summary, each one sentence without its full stop."""

from datetime import datetime

from avdesk.core import phases, reasons, wording
from avdesk.core.jobs import Job, JobState
from avdesk.core.redact import redact
from avdesk.core.run import Run
from avdesk.core.snapshot import Reach, Snapshot
from avdesk.core.status import TextKind
from avdesk.core.text import one_line
from avdesk.i18n import _


def told_by_vertex(snapshot: Snapshot) -> str:
    """Return that the server is away and only Vertex AI speaks; empty where it is there, or off as it should be."""
    if snapshot.server.reach is not Reach.NO or snapshot.server.batch:
        return ""
    why = snapshot.server.trouble.message if snapshot.server.trouble is not None else ""
    return _("The server is not reachable; this is what Vertex AI says. {why}").format(why=why).strip()


def running(snapshot: Snapshot, run: Run, now: datetime) -> str:
    """Return the headline of a run that is on."""
    job, status = snapshot.job, snapshot.server.status
    if run.current_phase == phases.VIDEO and status is not None and status.kind is TextKind.RENDER_VM:
        if run.vm_id is not None:
            return _("Rendering on the virtual machine {vm}").format(vm=run.vm_id)
        return _("Starting a virtual machine to render on")
    if job is not None and (run.current_phase == phases.VIDEO or (run.current_phase is None and job.state.active)):
        return of_job(job, now)
    if job is not None and told_by_vertex(snapshot):
        return of_job(job, now)
    if run.current_phase is None and status is not None and status.kind is TextKind.UNKNOWN and status.text:
        return _("The server says: {text}").format(text=server_words(snapshot))
    return wording.phase_activity(run.current_phase)


def of_job(job: Job, now: datetime) -> str:
    """Return what a job does, for a headline: ``Rendering on 1× NVIDIA_TESLA_T4, us-central1, 12 min``."""
    where = job.region or _("unknown region")
    if job.state.waiting:
        what = _("a GPU") if job.accelerator_type else _("a machine")
        waited = wording.rough_duration(job.queue_s(now))
        return _("Waiting for {what}, {region}, {time}").format(what=what, region=where, time=waited)
    if job.state is JobState.RUNNING:
        ran = wording.rough_duration(job.run_s(now))
        return _("Rendering on {machine}, {region}, {time}").format(
            machine=wording.machine(job), region=where, time=ran
        )
    if job.state is JobState.SUCCEEDED:
        return _("Rendered, finishing the video")
    if job.state is JobState.CANCELLING:
        return _("Cancelling {job}").format(job=job.id)
    if job.state.ended:
        return _("Render job {state}, waiting for the server").format(state=wording.job_state(job.state).lower())
    return _("Render job: {state}").format(state=job.vertex_state)


def job_word(job: Job) -> str:
    """Return the word for a job's state; one that is not known is shown as Vertex AI writes it."""
    return job.vertex_state if job.state is JobState.UNKNOWN else wording.job_state(job.state)


def done(run: Run) -> str:
    """Return the headline of a run that succeeded."""
    if run.total_s is None:
        return _("Done")
    return _("Done in {time}").format(time=wording.rough_duration(run.total_s))


def cancelled(run: Run) -> str:
    """Return the headline of a run that was cancelled."""
    if run.late_outcome is TextKind.COMPLETED:
        return _("Cancelled; the server finished it all the same")
    return _("Cancelled")


def server_words(snapshot: Snapshot) -> str:
    """Return the server's own text, short enough for a headline."""
    text = snapshot.server.status.text if snapshot.server.status is not None else ""
    return one_line(redact(text), reasons.SHORT) or _("no words")


def costly() -> str:
    """Return the advice for a job that nobody waits for any more."""
    return _("Cancel the job at Vertex AI if its video is no longer wanted: it goes on costing money.")


def launched(text: str) -> bool:
    """Whether the text is the one that the server leaves standing after the start of a machine."""
    return "launched successfully" in text.lower()
