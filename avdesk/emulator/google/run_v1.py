"""Cloud Run as gcloud speaks it: version 1, Knative's objects."""

import json
import re
from collections.abc import Mapping, Sequence

from avdesk.core import wire
from avdesk.emulator.exchange import Request
from avdesk.emulator.google import moments, paging
from avdesk.emulator.google.envelope import ApiError, bad_request, permission_denied
from avdesk.emulator.google.routing import Route, route
from avdesk.emulator.google.run_service import NAME, Revision, RunService, Template
from avdesk.emulator.records import GoogleWorld

SERVICE = "run.googleapis.com"
API_VERSION = "serving.knative.dev/v1"
_LARGEST_PAGE = 500

_REGIONAL_HOST = re.compile(r"([a-z]+(?:-[a-z]+)+\d{1,2})-run\..*")
_SELECTOR = re.compile(r"\s*serving\.knative\.dev/service\s*={1,2}\s*([\w\-]{1,100})\s*")
_SERVICE_KEYS = frozenset({"apiVersion", "kind", "metadata", "spec", "status"})


class RunV1:
    """Answers ``/apis/serving.knative.dev/v1`` and the list of all regions; the caller holds the world's lock."""

    def __init__(self, world: GoogleWorld, service: RunService) -> None:
        self._world = world
        self._service = service

    def routes(self) -> Sequence[Route]:
        """Return what is answered here."""
        namespace = "/apis/serving.knative.dev/v1/namespaces/{project}"
        return (
            route("GET", "/v1/projects/{project}/locations/{region}/services", self._list),
            route("GET", namespace + "/services", self._list),
            route("GET", namespace + "/services/{name}", self._get),
            route("PUT", namespace + "/services/{name}", self._replace),
            route("GET", namespace + "/revisions", self._list_revisions),
            route("GET", namespace + "/revisions/{name}", self._get_revision),
        )

    def _list(self, request: Request, names: Mapping[str, str]) -> object:
        here = self._is_here(request, names, "services.list")
        answer: dict[str, object] = {"apiVersion": API_VERSION, "kind": "ServiceList", "metadata": {}}
        if here:
            answer["items"] = [self._shown()]
        return answer

    def _get(self, request: Request, names: Mapping[str, str]) -> object:
        if not self._is_here(request, names, "services.get") or names["name"] != NAME:
            raise self._missing(request, "SERVICE", names["name"])
        return self._shown()

    def _replace(self, request: Request, names: Mapping[str, str]) -> object:
        if not self._is_here(request, names, "services.update") or names["name"] != NAME:
            raise self._missing(request, "SERVICE", names["name"])
        body = wire.as_object(request.json())
        if unknown := set(body) - _SERVICE_KEYS:
            raise bad_request(
                f'Invalid JSON payload received. Unknown name "{min(unknown)[:100]}": Cannot find field.'
            )
        metadata = wire.as_object(body.get("metadata"))
        if body.get("kind", "Service") != "Service" or metadata.get("name") != NAME:
            raise bad_request("The body's kind and metadata.name must be those of the path.", "metadata.name")
        specified = wire.as_text(metadata.get("resourceVersion"))
        if specified is not None and specified != self._service.version:
            raise ApiError(
                409,
                f"Conflict for resource '{NAME}': version '{specified[:40]}' was specified but current version is "
                f"'{self._service.version}'.",
            )
        self._apply(metadata, wire.as_object(body.get("spec")))
        return self._shown()

    def _apply(self, metadata: Mapping[str, object], spec: Mapping[str, object]) -> None:
        template = wire.as_object(spec.get("template"))
        made_from = wire.as_object(template.get("metadata"))
        traffic = [
            # The name and address that a status shows are no part of a wish.
            {name: value for name, value in wire.as_object(item).items() if name != "url"}
            for item in wire.as_list(spec.get("traffic"))
        ]
        annotations = _texts(metadata.get("annotations"), "metadata.annotations")
        annotations.pop("run.googleapis.com/urls", None)
        self._service.change(
            template=Template(
                _texts(made_from.get("annotations"), "spec.template.metadata.annotations"),
                _texts(made_from.get("labels"), "spec.template.metadata.labels"),
                wire.as_object(template.get("spec")),
            ),
            traffic=traffic or [{"latestRevision": True, "percent": 100}],
            annotations=annotations,
            labels=_texts(metadata.get("labels"), "metadata.labels"),
            revision_name=wire.as_text(made_from.get("name")),
        )

    def _list_revisions(self, request: Request, names: Mapping[str, str]) -> object:
        here = self._is_here(request, names, "revisions.list")
        selector = request.query.get("labelSelector", "")
        match = _SELECTOR.fullmatch(selector)
        if selector and match is None:
            raise bad_request(f"Unsupported label selector: {selector[:100]!r}", "labelSelector")
        size = paging.page_size(request.query.get("limit"), _LARGEST_PAGE, _LARGEST_PAGE)
        scope = paging.scope_of(("revisions", selector))
        wanted = here and (match is None or match.group(1) == NAME)
        newest_first = list(enumerate(self._service.revisions))[::-1] if wanted else []
        if token := request.query.get("continue"):
            last, _ = paging.read_token(token, scope, self._world.now())
            newest_first = [entry for entry in newest_first if entry[0] < last]
        metadata: dict[str, object] = {}
        if len(newest_first) > size:
            position = (newest_first[size - 1][0], "")
            metadata["continue"] = paging.make_token(scope, position, self._world.now())
        answer: dict[str, object] = {"apiVersion": API_VERSION, "kind": "RevisionList", "metadata": metadata}
        if newest_first:
            answer["items"] = [self._shown_revision(revision) for _, revision in newest_first[:size]]
        return answer

    def _get_revision(self, request: Request, names: Mapping[str, str]) -> object:
        if self._is_here(request, names, "revisions.get"):
            for revision in self._service.revisions:
                if revision.name == names["name"]:
                    return self._shown_revision(revision)
        raise self._missing(request, "REVISION", names["name"])

    def _is_here(self, request: Request, names: Mapping[str, str], verb: str) -> bool:
        """Return whether the service is in the place asked for; a host without a region asks for all of them."""
        project = names["project"]
        if project not in (self._world.project, self._world.project_number):
            raise permission_denied(SERVICE, f"run.{verb}", f"namespaces/{project}")
        host = _REGIONAL_HOST.fullmatch(request.host)
        asked = {names.get("region", "-"), host.group(1) if host else "-"} - {"-"}
        return asked <= {self._service.region}

    def _missing(self, request: Request, kind: str, name: str) -> ApiError:
        host = _REGIONAL_HOST.fullmatch(request.host)
        region = host.group(1) if host else self._service.region
        return ApiError(
            404,
            f"Resource '{name}' of kind '{kind}' in region '{region}' in project '{self._world.project}' "
            "does not exist.",
        )

    def _shown(self) -> dict[str, object]:
        service = self._service
        urls = service_urls(self._world, service)
        template: dict[str, object] = {"metadata": {"annotations": dict(service.template.annotations)}}
        if service.template.labels:
            template["metadata"] = {
                "annotations": dict(service.template.annotations),
                "labels": dict(service.template.labels),
            }
        template["spec"] = dict(service.template.spec)
        return {
            "apiVersion": API_VERSION,
            "kind": "Service",
            "metadata": {
                "name": NAME,
                "namespace": self._world.project_number,
                "selfLink": f"/apis/{API_VERSION}/namespaces/{self._world.project_number}/services/{NAME}",
                "uid": "b7f1c0de-8a41-4a52-9e58-3d0c4a6f1b22",
                "resourceVersion": service.version,
                "generation": service.generation,
                "creationTimestamp": _time(service.created),
                "labels": dict(service.labels),
                "annotations": {**service.annotations, "run.googleapis.com/urls": json.dumps(urls)},
            },
            "spec": {"template": template, "traffic": [dict(target) for target in service.traffic]},
            "status": {
                "observedGeneration": service.observed_generation,
                "conditions": self._conditions(),
                "latestReadyRevisionName": service.latest_ready,
                "latestCreatedRevisionName": service.revisions[-1].name,
                "traffic": [dict(target) for target in service.served],
                "url": urls[0],
                "address": {"url": urls[0]},
            },
        }

    def _conditions(self) -> list[dict[str, object]]:
        service = self._service
        # Until a change has been seen, the status still tells of the state before it.
        unseen = service.observed_generation != service.generation
        status = "True" if service.ready or unseen else "Unknown"
        common: dict[str, object] = {"status": status, "lastTransitionTime": _time(service.updated)}
        if status == "Unknown":
            common |= {"reason": "RoutesNotReady", "message": "Deploying revision."}
        return [{"type": kind, **common} for kind in ("Ready", "ConfigurationsReady", "RoutesReady")]

    def _shown_revision(self, revision: Revision) -> dict[str, object]:
        service = self._service
        rolling = not service.ready and revision is service.revisions[-1] and revision.name != service.latest_ready
        ready = "Unknown" if rolling else "True"
        active: dict[str, object] = {
            "type": "Active",
            "status": "True",
            "lastTransitionTime": _time(revision.created),
        }
        if not rolling and not service.serves(revision.name):
            active |= {"status": "False", "reason": "NoTraffic", "severity": "Info"}
        labels = {**revision.labels, "serving.knative.dev/service": NAME, **service.labels}
        return {
            "apiVersion": API_VERSION,
            "kind": "Revision",
            "metadata": {
                "name": revision.name,
                "namespace": self._world.project_number,
                "selfLink": f"/apis/{API_VERSION}/namespaces/{self._world.project_number}/revisions/{revision.name}",
                "uid": revision.uid,
                "resourceVersion": service.version,
                "generation": 1,
                "creationTimestamp": _time(revision.created),
                "labels": labels,
                "annotations": dict(revision.annotations),
                "ownerReferences": [{"apiVersion": API_VERSION, "kind": "Configuration", "name": NAME}],
            },
            "spec": dict(revision.spec),
            "status": {
                "observedGeneration": 1,
                "conditions": [
                    {"type": "Ready", "status": ready, "lastTransitionTime": _time(revision.created)},
                    active,
                ],
                "imageDigest": revision.image_digest,
            },
        }


def service_urls(world: GoogleWorld, service: RunService) -> list[str]:
    """Return the service's addresses; their domain exists nowhere, so that nobody calls a stranger's service."""
    return [
        f"https://{NAME}-{world.project_number}.{service.region}.run.invalid",
        f"https://{NAME}-emu-uc.a.run.invalid",
    ]


def _time(seconds: float) -> str:
    return moments.rfc3339(moments.moment(seconds, f"run/{seconds}", finest_of=2))


def _texts(value: object, place: str) -> dict[str, str]:
    found: dict[str, str] = {}
    for key, text in wire.as_object(value).items():
        if not isinstance(text, str):
            raise bad_request(f"Invalid value at '{place}[{key[:80]}]' (TYPE_STRING), {str(text)[:80]}", place)
        found[key] = text
    return found
