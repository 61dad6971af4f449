"""Cloud Run version 2, for clients that speak REST."""

import zlib
from collections.abc import Mapping, Sequence

from avdesk.core import wire
from avdesk.emulator.exchange import Request
from avdesk.emulator.google import moments, paging
from avdesk.emulator.google.envelope import ApiError, bad_request, permission_denied
from avdesk.emulator.google.routing import Route, route
from avdesk.emulator.google.run_service import (
    MAX_SCALE,
    MIN_SCALE,
    NAME,
    SERVICE_MIN_SCALE,
    Revision,
    RunService,
    Template,
    scale_of,
)
from avdesk.emulator.google.run_v1 import SERVICE, service_urls
from avdesk.emulator.google.schema import camel
from avdesk.emulator.records import GoogleWorld

_LARGEST_PAGE = 100
_BY_REVISION = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION"
_BY_LATEST = "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST"
_CHANGEABLE = ("template.scaling", "scaling", "traffic")


class RunV2:
    """Answers ``/v2/projects/P/locations/R/services``; the world's lock is held by the caller."""

    def __init__(self, world: GoogleWorld, service: RunService) -> None:
        self._world = world
        self._service = service
        self._operations: dict[str, int] = {}

    def routes(self) -> Sequence[Route]:
        """Return what is answered here."""
        location = "/v2/projects/{project}/locations/{region}"
        services = location + "/services"
        return (
            route("GET", services, self._list),
            route("GET", services + "/{name}", self._get),
            route("PATCH", services + "/{name}", self._patch),
            route("GET", services + "/{name}/revisions", self._list_revisions),
            route("GET", services + "/{name}/revisions/{revision}", self._get_revision),
            route("GET", location + "/operations/{operation}", self._get_operation),
        )

    def _list(self, request: Request, names: Mapping[str, str]) -> object:
        here = self._is_here(names, "services.list")
        # There is one service, so there is one page, and no token of ours to come back with.
        paging.page_size(request.query.get("pageSize"), _LARGEST_PAGE, _LARGEST_PAGE)
        if token := request.query.get("pageToken"):
            paging.read_token(token, "", self._world.now())
        return {"services": [self._shown()]} if here else {}

    def _get(self, _request: Request, names: Mapping[str, str]) -> object:
        self._find(names, "services.get")
        return self._shown()

    def _patch(self, request: Request, names: Mapping[str, str]) -> object:
        self._find(names, "services.update")
        body = wire.as_object(request.json())
        etag = wire.as_text(body.get("etag"))
        if etag is not None and etag.strip('"') != self._service.version:
            raise ApiError(409, f"The etag of '{NAME}' does not match: the service was changed meanwhile.")
        validate_only = request.query.get("validateOnly") == "true"
        self._change(body, self._wishes(request, body), validate_only=validate_only)
        number = f"{zlib.crc32(f'{self._service.version}/{len(self._operations)}'.encode()):08x}"
        self._operations = dict(list(self._operations.items())[-99:]) | {number: self._service.generation}
        return self._operation(number)

    def _wishes(self, request: Request, body: Mapping[str, object]) -> set[str]:
        """Return which of the changeable fields the mask names; without one, those that the body has."""
        mask = request.query.get("updateMask", "")
        if not mask:
            return {
                path
                for path in _CHANGEABLE
                if path.rpartition(".")[2] in (wire.as_object(body.get("template")) if "." in path else body)
            }
        found = set()
        for item in mask.split(","):
            path = ".".join(camel(part) for part in item.strip().split("."))
            wish = next((known for known in _CHANGEABLE if path == known or path.startswith(f"{known}.")), None)
            if wish is None:
                raise bad_request(f"The field {path[:80]!r} can't be updated here.", "update_mask")
            found.add(wish)
        return found

    def _change(self, body: Mapping[str, object], wishes: set[str], *, validate_only: bool) -> None:
        service = self._service
        template, annotations, traffic = service.template, service.annotations, service.traffic
        if "template.scaling" in wishes:
            scaling = wire.as_object(wire.as_object(body.get("template")).get("scaling"))
            scaled = _scaled(template.annotations, scaling, MIN_SCALE, "minInstanceCount")
            scaled = _scaled(scaled, scaling, MAX_SCALE, "maxInstanceCount")
            template = Template(scaled, template.labels, template.spec)
        if "scaling" in wishes:
            scaling = wire.as_object(body.get("scaling"))
            annotations = _scaled(annotations, scaling, SERVICE_MIN_SCALE, "minInstanceCount")
        if "traffic" in wishes:
            traffic = [_knative_target(wire.as_object(item)) for item in wire.as_list(body.get("traffic"))]
        service.change(
            template=template,
            traffic=traffic,
            annotations=annotations,
            labels=service.labels,
            validate_only=validate_only,
        )

    def _list_revisions(self, request: Request, names: Mapping[str, str]) -> object:
        if names["name"] != "-" or not self._is_here(names, "revisions.list"):
            self._find(names, "revisions.list")
        size = paging.page_size(request.query.get("pageSize"), _LARGEST_PAGE, _LARGEST_PAGE)
        scope = paging.scope_of(("v2 revisions", names["name"]))
        newest_first = list(enumerate(self._service.revisions))[::-1]
        if token := request.query.get("pageToken"):
            last, _ = paging.read_token(token, scope, self._world.now())
            newest_first = [entry for entry in newest_first if entry[0] < last]
        answer: dict[str, object] = {}
        if newest_first:
            answer["revisions"] = [self._shown_revision(revision) for _, revision in newest_first[:size]]
        if len(newest_first) > size:
            answer["nextPageToken"] = paging.make_token(scope, (newest_first[size - 1][0], ""), self._world.now())
        return answer

    def _get_revision(self, _request: Request, names: Mapping[str, str]) -> object:
        self._find(names, "revisions.get")
        for revision in self._service.revisions:
            if revision.name == names["revision"]:
                return self._shown_revision(revision)
        raise ApiError(404, f"Resource '{names['revision']}' of kind 'REVISION' does not exist.")

    def _get_operation(self, _request: Request, names: Mapping[str, str]) -> object:
        if not self._is_here(names, "operations.get") or names["operation"] not in self._operations:
            raise ApiError(404, f"Operation '{names['operation']}' was not found.")
        return self._operation(names["operation"])

    def _operation(self, number: str) -> dict[str, object]:
        kind = {"@type": "type.googleapis.com/google.cloud.run.v2.Service"}
        done = self._service.ready or self._operations[number] < self._service.generation
        answer: dict[str, object] = {
            "name": f"{self._location()}/operations/{number}",
            "metadata": {**kind, **self._shown()},
        }
        return answer | ({"done": True, "response": {**kind, **self._shown()}} if done else {})

    def _is_here(self, names: Mapping[str, str], verb: str) -> bool:
        if names["project"] not in (self._world.project, self._world.project_number):
            raise permission_denied(
                SERVICE, f"run.{verb}", f"projects/{names['project']}/locations/{names['region']}"
            )
        return names["region"] in ("-", self._service.region)

    def _find(self, names: Mapping[str, str], verb: str) -> None:
        if not self._is_here(names, verb) or names["name"] != NAME:
            raise ApiError(
                404,
                f"Resource '{names['name']}' of kind 'SERVICE' in region '{names['region']}' in project "
                f"'{self._world.project}' does not exist.",
            )

    def _location(self) -> str:
        return f"projects/{self._world.project}/locations/{self._service.region}"

    def _shown(self) -> dict[str, object]:
        service = self._service
        parent = f"{self._location()}/services/{NAME}"
        urls = service_urls(self._world, service)
        # Until a change has been seen, the status still tells of the state before it.
        settled = service.ready or service.observed_generation != service.generation
        condition = {
            "state": "CONDITION_SUCCEEDED" if settled else "CONDITION_RECONCILING",
            "lastTransitionTime": _time(service.updated),
        }
        least = scale_of(service.annotations, SERVICE_MIN_SCALE)
        content: dict[str, object] = {
            "name": parent,
            "uid": "b7f1c0de-8a41-4a52-9e58-3d0c4a6f1b22",
            "generation": str(service.generation),
            "labels": {key: text for key, text in service.labels.items() if "googleapis.com" not in key},
            "createTime": _time(service.created),
            "updateTime": _time(service.updated),
            "ingress": "INGRESS_TRAFFIC_ALL",
            "launchStage": "GA",
            "template": _shown_template(service.template),
            "traffic": [_target(target) for target in service.traffic],
            "scaling": {"minInstanceCount": least} if least else None,
            "observedGeneration": str(service.observed_generation),
            "terminalCondition": {"type": "Ready", **condition},
            "conditions": [{"type": kind, **condition} for kind in ("RoutesReady", "ConfigurationsReady")],
            "latestReadyRevision": f"{parent}/revisions/{service.latest_ready}",
            "latestCreatedRevision": f"{parent}/revisions/{service.revisions[-1].name}",
            "trafficStatuses": [
                {**_target(target, whole=target.get("latestRevision") is True), "uri": urls[0]}
                for target in service.served
            ],
            "uri": urls[0],
            "urls": urls,
            "reconciling": not service.ready,
            "etag": f'"{service.version}"',
        }
        return {name: value for name, value in content.items() if value}

    def _shown_revision(self, revision: Revision) -> dict[str, object]:
        service = self._service
        parent = f"{self._location()}/services/{NAME}"
        rolling = not service.ready and revision is service.revisions[-1] and revision.name != service.latest_ready
        template = _shown_template(Template(revision.annotations, revision.labels, revision.spec))
        content: dict[str, object] = {
            "name": f"{parent}/revisions/{revision.name}",
            "uid": revision.uid,
            "generation": "1",
            "createTime": _time(revision.created),
            "updateTime": _time(revision.created),
            "launchStage": "GA",
            "service": NAME,
            **template,
            "reconciling": rolling,
            "conditions": [
                {
                    "type": "Ready",
                    "state": "CONDITION_RECONCILING" if rolling else "CONDITION_SUCCEEDED",
                    "lastTransitionTime": _time(revision.created),
                }
            ],
            "observedGeneration": "1",
            "etag": f'"{revision.uid[:11]}"',
        }
        return {name: value for name, value in content.items() if value}


def _shown_template(template: Template) -> dict[str, object]:
    spec = template.spec
    least, most = scale_of(template.annotations, MIN_SCALE), scale_of(template.annotations, MAX_SCALE)
    scaling = {"minInstanceCount": least, "maxInstanceCount": most}
    seconds = wire.as_int(spec.get("timeoutSeconds"))
    content: dict[str, object] = {
        "labels": dict(template.labels),
        "scaling": {name: count for name, count in scaling.items() if count},
        "timeout": f"{seconds}s" if seconds else None,
        "serviceAccount": spec.get("serviceAccountName"),
        "containers": [_shown_container(wire.as_object(item)) for item in wire.as_list(spec.get("containers"))],
        "maxInstanceRequestConcurrency": spec.get("containerConcurrency"),
    }
    return {name: value for name, value in content.items() if value}


def _shown_container(container: Mapping[str, object]) -> dict[str, object]:
    """Return Knative's container as version 2 has it: secrets are named otherwise."""
    env: list[dict[str, object]] = []
    for item in map(wire.as_object, wire.as_list(container.get("env"))):
        secret = wire.as_object(wire.as_object(item.get("valueFrom")).get("secretKeyRef"))
        entry: dict[str, object] = {"name": item.get("name")}
        if secret:
            reference = {"secret": secret.get("name"), "version": secret.get("key")}
            entry["valueSource"] = {"secretKeyRef": reference}
        elif item.get("value"):
            entry["value"] = item["value"]
        env.append(entry)
    return {**container, "env": env} if env else dict(container)


def _target(target: Mapping[str, object], *, whole: bool = False) -> dict[str, object]:
    """Return one traffic target; a status (`whole`) names the latest revision too."""
    latest = target.get("latestRevision") is True
    content = {
        "type": _BY_LATEST if latest else _BY_REVISION,
        "revision": None if latest and not whole else target.get("revisionName"),
        "percent": target.get("percent"),
        "tag": target.get("tag"),
    }
    return {name: value for name, value in content.items() if value}


def _knative_target(target: Mapping[str, object]) -> dict[str, object]:
    kind, revision = target.get("type"), wire.as_text(target.get("revision"))
    if kind not in (None, _BY_LATEST, _BY_REVISION):
        raise bad_request(f"Invalid value at 'service.traffic.type': {str(kind)[:80]!r}", "traffic.type")
    place: dict[str, object] = (
        {"revisionName": revision} if revision and kind != _BY_LATEST else {"latestRevision": True}
    )
    content = {**place, "percent": target.get("percent"), "tag": target.get("tag")}
    return {name: value for name, value in content.items() if value}


def _scaled(annotations: Mapping[str, str], scaling: Mapping[str, object], key: str, name: str) -> dict[str, str]:
    """Return annotations with the instance count of `scaling`; one that is not given counts as unset."""
    changed = {other: text for other, text in annotations.items() if other != key}
    count = wire.as_int(scaling.get(name, 0))
    if count is None or count < 0:
        raise bad_request(f"Invalid value at 'scaling.{name}' (TYPE_INT32), {str(scaling[name])[:80]}", name)
    return changed | ({key: str(count)} if count else {})


def _time(seconds: float) -> str:
    return moments.rfc3339(moments.moment(seconds, f"run/{seconds}"))
