"""A run whose job was cancelled from AVDesk: what the server says of it afterwards is no new success and no failure.

Vertex AI ends a cancelled job minutes later, and the server's worker, which knows of no cancelling, then writes
``completed`` or ``error: …``. Where the server's flags were cleared in time `avdesk.core.follow` sees the cancel by
itself; where they were not (revision A has no ``/cancel``, and the worker may be faster) only AVDesk knows of it.
"""

from collections.abc import Collection
from dataclasses import replace

from avdesk.core.phases import PhaseState
from avdesk.core.run import Run, RunState
from avdesk.core.status import TextKind

_LATE = {RunState.SUCCEEDED: TextKind.COMPLETED, RunState.FAILED: TextKind.ERROR}


def as_cancelled(run: Run | None, cancelled_jobs: Collection[str]) -> Run | None:
    """Return `run`, as cancelled where it ended after its job had been cancelled from AVDesk.

    `cancelled_jobs` are the ids of jobs whose cancelling was asked for and not found to have come too late.
    """
    if run is None or run.job_id is None or run.job_id not in cancelled_jobs:
        return run
    late = _LATE.get(run.state)
    if late is None:
        return run
    return replace(
        run,
        state=RunState.CANCELLED,
        phases=tuple(
            replace(phase, state=PhaseState.SKIPPED) if phase.state is PhaseState.FAILED else phase
            for phase in run.phases
        ),
        error=None,
        late_outcome=run.late_outcome or late,
    )
