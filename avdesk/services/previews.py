"""Requests, and what they would do, before anything is sent. Nothing is asked of anybody."""

import secrets
from collections.abc import Mapping

from avdesk.config.settings import Environment
from avdesk.core.actions import ActionKind, ActionPreview, ActionRequest
from avdesk.core.jobs import Job
from avdesk.core.wording import job_state
from avdesk.i18n import _

_ON_JOBS = frozenset({ActionKind.CANCEL, ActionKind.RETRY, ActionKind.RESTART, ActionKind.RESUBMIT})
_CHANGES = ("region", "gpu", "spot", "time_limit_s", "labels")


def new_request(
    kind: ActionKind, environment: str, job: Job | None = None, parameters: Mapping[str, str] | None = None
) -> ActionRequest:
    """Return a request with an id of its own."""
    return ActionRequest(
        id=f"action-{secrets.token_hex(4)}",
        kind=kind,
        environment=environment,
        job_id=job.id if job is not None else "",
        region=(job.region or "") if job is not None else "",
        number=job.number if job is not None else "",
        parameters=dict(parameters or {}),
    )


def preview(
    environment: Environment, request: ActionRequest, job: Job | None, *, by_server: bool | None = None
) -> ActionPreview:
    """Return what `request` would do.

    `job` is what it acts on, as known now; `by_server`: whether the server is known to have the planned endpoints,
    None where that is found out by asking.
    """
    asks = request.kind.destroys
    return ActionPreview(
        request=request,
        sends=tuple(_sends(environment, request, job, by_server)),
        loses=_loses(request, job),
        warnings=tuple(_warnings(request, job)),
        needs_confirmation=asks,
        needs_typed_name=asks and environment.production,
        refused=_refused(environment, request, job),
    )


def _refused(environment: Environment, request: ActionRequest, job: Job | None) -> str:
    if environment.read_only:
        return _("{environment} is read only: no action can be taken on it from AVDesk.").format(
            environment=environment.name
        )
    if request.kind not in _ON_JOBS:
        return "" if environment.url else _("The environment {name} has no server.").format(name=environment.name)
    if not environment.project or environment.vertex == "off":
        return _("The environment {name} does not say how its jobs are reached.").format(name=environment.name)
    if job is None or request.kind is ActionKind.RESUBMIT or request.kind.value in job.actions:
        return ""
    if request.kind is ActionKind.CANCEL and not job.state.ended:
        return ""  # once more does no harm, and a state that is new to us is no end
    return _("{job} does not allow it: {state}.").format(job=job.id, state=job_state(job.state).lower())


def _sends(environment: Environment, request: ActionRequest, job: Job | None, by_server: bool | None) -> list[str]:
    match request.kind:
        case ActionKind.GENERATE:
            return [_post(environment, "/generate")]
        case ActionKind.RENDER_VM:
            return [_post(environment, "/render-fallback")]
        case ActionKind.RESET:
            return [_post(environment, "/reset")]
        case ActionKind.CANCEL:
            return _cancel(environment, request, job, by_server)
        case ActionKind.RESTART:
            return [*_cancel(environment, request, job, by_server), _create(environment, request, job)]
    changed = any(request.parameters.get(name) for name in _CHANGES)
    create = [_create(environment, request, job)]
    if request.kind is not ActionKind.RETRY or changed:
        return create
    return _server_first(environment, job, by_server, f"/jobs/{request.job_id}/retry", create)


def _server_first(
    environment: Environment, job: Job | None, by_server: bool | None, path: str, otherwise: list[str]
) -> list[str]:
    """Return the server's own call where it has that; where that is not known, both ways."""
    if by_server is False or not environment.url or (job is not None and not job.is_autovideo):
        return otherwise
    call = _post(environment, path)
    if by_server:
        return [call]
    return [
        _("{call} (where the server has it)").format(call=call),
        *(_("otherwise {call}").format(call=each) for each in otherwise),
    ]


def _cancel(environment: Environment, request: ActionRequest, job: Job | None, by_server: bool | None) -> list[str]:
    ours = job is None or job.is_autovideo
    region = request.region or (job.region if job is not None else None) or "REGION"
    number = request.number or (job.number if job is not None else "") or request.job_id
    lines = [f"POST projects/{environment.project}/locations/{region}/customJobs/{number}:cancel"]
    if ours and environment.url:
        lines.append(
            _("{call} (where the run on the server is this job’s)").format(call=_post(environment, "/cancel"))
        )
    return _server_first(environment, job, by_server, f"/jobs/{request.job_id}/cancel", lines)


def _create(environment: Environment, request: ActionRequest, job: Job | None) -> str:
    region = request.parameters.get("region") or request.region or (job.region if job is not None else None)
    return f"POST projects/{environment.project}/locations/{region or 'REGION'}/customJobs"


def _post(environment: Environment, path: str) -> str:
    return f"POST {environment.url}{path}"


def _loses(request: ActionRequest, job: Job | None) -> str:
    name = job.id if job is not None else request.job_id
    match request.kind:
        case ActionKind.CANCEL:
            return _("What {job} has rendered so far is lost, and its video is not made.").format(job=name)
        case ActionKind.RESTART:
            return _("What {job} has rendered so far is lost; it begins anew.").format(job=name)
        case ActionKind.RESET:
            return _("The server forgets its run: a run that is on goes on unseen.")
    return ""


def _warnings(request: ActionRequest, job: Job | None) -> list[str]:
    found: list[str] = []
    if request.kind in (ActionKind.RETRY, ActionKind.RESTART, ActionKind.RESUBMIT):
        if job is None or job.is_autovideo:
            found.append(
                _("The run on the server does not pick the result up: the video stays where the job puts it.")
            )
        found.append(_("The new job costs what the old one did."))
    if request.kind is ActionKind.RESUBMIT and job is not None and job.state.active:
        found.append(_("{job} goes on beside the new job.").format(job=job.id))
    if request.kind is ActionKind.RENDER_VM:
        found.append(_("The virtual machine costs money until the server stops it."))
    return found
