"""The one Cloud Run service of the emulated project: its template, revisions and traffic, and how changes settle."""

import copy
import hashlib
import re
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

from avdesk.core import wire
from avdesk.emulator.google.envelope import ApiError, bad_request
from avdesk.emulator.records import GoogleWorld

NAME = "av-app"
FIRST_REVISIONS = ("av-app-00041-w2m", "av-app-00042-k7q")
"""The revisions that there are at the start, oldest first; the service's log entries name the last one."""
MIN_SCALE = "autoscaling.knative.dev/minScale"
MAX_SCALE = "autoscaling.knative.dev/maxScale"
SERVICE_MIN_SCALE = "run.googleapis.com/minScale"

_DAY_S = 86_400.0
_FIRST_GENERATION = 42
_UNSEEN_S = 0.3
_ROLLOUT_S = 2.0
_COUNT = re.compile(r"\d{1,4}")
_SPACE = uuid.UUID("6f0f2f6e-5b0a-4f0a-9a54-6f3d5d8f4a01")


@dataclass(frozen=True, slots=True)
class Revision:
    """One revision.

    Attributes:
        name: ``av-app-00002-abc``.
        created: Unix seconds.
        annotations, labels: of the template it was made from.
        spec: Knative's RevisionSpec.
    """

    name: str
    created: float
    annotations: Mapping[str, str]
    labels: Mapping[str, str]
    spec: Mapping[str, object]

    @property
    def uid(self) -> str:
        """A stable unique id."""
        return str(uuid.uuid5(_SPACE, self.name))

    @property
    def image_digest(self) -> str:
        """The image with its digest."""
        image = str(wire.as_object(wire.as_list(self.spec.get("containers"))[0]).get("image", ""))
        if "@sha256:" in image:
            return image
        digest = hashlib.sha256(image.encode("utf-8", "replace")).hexdigest()
        return f"{image.rpartition(':')[0] or image}@sha256:{digest}"


@dataclass(frozen=True, slots=True)
class Template:
    """What the next revision is made from; as in `Revision`."""

    annotations: Mapping[str, str]
    labels: Mapping[str, str]
    spec: Mapping[str, object]


class RunService:
    """The service's state. Whoever calls holds the world's lock.

    Attributes:
        region: where it is.
        created, updated: Unix seconds.
        generation: grows by one with every change.
        annotations, labels: the service's own.
        template: of the latest revision.
        traffic: Knative's spec.traffic.
        revisions: oldest first.
    """

    def __init__(self, world: GoogleWorld) -> None:
        self._now: Callable[[], float] = world.now
        now = world.now()
        self.region = world.regions[0]
        self.created = now - 30 * _DAY_S
        self.updated = now - 2 * _DAY_S
        self.generation = _FIRST_GENERATION
        self.annotations: dict[str, str] = {
            "run.googleapis.com/ingress": "all",
            "run.googleapis.com/ingress-status": "all",
            "serving.knative.dev/creator": f"deployer@{world.project}.iam.gserviceaccount.com",
            "serving.knative.dev/lastModifier": f"deployer@{world.project}.iam.gserviceaccount.com",
        }
        self.labels: dict[str, str] = {"cloud.googleapis.com/location": self.region}
        older = _first_template(world, "1.4.1")
        self.template = _first_template(world, "1.4.2")
        self.revisions = [
            Revision(FIRST_REVISIONS[0], self.created, older.annotations, older.labels, older.spec),
            Revision(
                FIRST_REVISIONS[1], self.updated, self.template.annotations, self.template.labels, self.template.spec
            ),
        ]
        self.traffic: list[dict[str, object]] = [{"latestRevision": True, "percent": 100}]
        self._served: Sequence[Mapping[str, object]] = self._resolved()
        self._latest_ready = self.revisions[-1].name
        self._settled = True

    @property
    def version(self) -> str:
        """The resourceVersion, or etag: another one after every change."""
        return hashlib.sha256(f"{self.generation}/{self.updated}".encode()).hexdigest()[:11]

    @property
    def observed_generation(self) -> int:
        """The generation that the status speaks of; for a moment after a change, the one before."""
        unseen = not self.ready and self._now() - self.updated < _UNSEEN_S
        return self.generation - 1 if unseen else self.generation

    @property
    def ready(self) -> bool:
        """Whether the last change has been rolled out."""
        # A clock that was set back must not undo a rollout, nor hold one up.
        if not self._settled and not 0 <= self._now() - self.updated < _ROLLOUT_S:
            self._settled = True
            self._served = self._resolved()
            self._latest_ready = self.revisions[-1].name
        return self._settled

    @property
    def latest_ready(self) -> str:
        """The name of the latest revision that is ready."""
        return self._latest_ready if not self.ready else self.revisions[-1].name

    @property
    def served(self) -> Sequence[Mapping[str, object]]:
        """The traffic in effect: ``revisionName``, ``percent``, ``latestRevision``, ``tag``."""
        return self._resolved() if self.ready else self._served

    def serves(self, revision: str) -> bool:
        """Return whether `revision` receives requests."""
        return any(wire.as_text(target.get("revisionName")) == revision for target in self.served)

    def change(
        self,
        *,
        template: Template,
        traffic: Sequence[Mapping[str, object]],
        annotations: Mapping[str, str],
        labels: Mapping[str, str],
        revision_name: str | None = None,
        validate_only: bool = False,
    ) -> None:
        """Change the service; a changed template makes a new revision. Without any difference nothing happens.

        Raises ApiError (400, 409) for what Cloud Run refuses.
        """
        new_revision = template != self.template
        name = revision_name or _revision_name(_FIRST_GENERATION + len(self.revisions) - 1)
        if new_revision and any(revision.name == name for revision in self.revisions):
            raise ApiError(
                409, f"Revision named '{name}' with different configuration already exists.", status="ALREADY_EXISTS"
            )
        _check_template(template)
        _count(annotations, SERVICE_MIN_SCALE)
        self._check_traffic(traffic, name if new_revision else None)
        same = (list(traffic), dict(annotations), dict(labels)) == (self.traffic, self.annotations, self.labels)
        if validate_only or (same and not new_revision):
            return
        self._served, self._latest_ready = list(self.served), self.latest_ready
        self.updated = self._now()
        if new_revision:
            self.template = copy.deepcopy(template)
            self.revisions.append(
                Revision(name, self.updated, self.template.annotations, self.template.labels, self.template.spec)
            )
        self.traffic = [dict(target) for target in traffic]
        self.annotations, self.labels = dict(annotations), dict(labels)
        self.generation += 1
        self._settled = False

    def _check_traffic(self, traffic: Sequence[Mapping[str, object]], coming: str | None) -> None:
        known = {revision.name for revision in self.revisions} | {coming}
        total = 0
        for target in traffic:
            name = wire.as_text(target.get("revisionName"))
            if target.get("latestRevision") is not True and name not in known:
                raise bad_request(f"Revision '{str(name)[:100]}' not found.", "spec.traffic")
            percent = wire.as_int(target.get("percent", 0))
            if percent is None or not 0 <= percent <= 100:
                raise bad_request("A traffic percentage must be between 0 and 100.", "spec.traffic")
            total += percent
        if total != 100:
            raise bad_request(f"The traffic percentages must add up to 100, not {total}.", "spec.traffic")

    def _resolved(self) -> list[dict[str, object]]:
        latest = self.revisions[-1].name
        return [
            {**target, "revisionName": latest} if target.get("latestRevision") is True else dict(target)
            for target in self.traffic
        ]


def scale_of(annotations: Mapping[str, str], key: str) -> int | None:
    """Return an instance count from annotations, None when it is not set."""
    return wire.as_int(annotations.get(key))


def _check_template(template: Template) -> None:
    least, most = _count(template.annotations, MIN_SCALE), _count(template.annotations, MAX_SCALE)
    if least is not None and most is not None and least > most:
        raise bad_request(f"minScale ({least}) must not be greater than maxScale ({most}).", "spec.template.metadata")
    containers = [wire.as_object(item) for item in wire.as_list(template.spec.get("containers"))]
    if not containers or not all(wire.as_text(container.get("image")) for container in containers):
        raise bad_request("A revision needs a container with an image.", "spec.template.spec.containers")


def _count(annotations: Mapping[str, str], key: str) -> int | None:
    text = annotations.get(key)
    if text is None:
        return None
    if not _COUNT.fullmatch(text):
        raise bad_request(f"Invalid value for annotation {key}: {text[:40]!r}", key)
    return int(text)


def _revision_name(number: int) -> str:
    suffix = hashlib.sha256(f"{NAME}/{number}".encode()).digest()
    return f"{NAME}-{number:05d}-" + "".join("bcdfghjklmnpqrstvwxz"[byte % 20] for byte in suffix[:3])


def _first_template(world: GoogleWorld, tag: str) -> Template:
    region = world.regions[0]
    env = {
        "GOOGLE_CLOUD_PROJECT": world.project,
        "VERTEX_REGIONS": ",".join(world.regions),
        "VERTEX_JOB_TIMEOUT_S": "3600",
        "LOG_LEVEL": "INFO",
    }
    secret = {"secretKeyRef": {"name": "openai-api-key", "key": "latest"}}
    spec: dict[str, object] = {
        "containerConcurrency": 4,
        "timeoutSeconds": 3600,
        "serviceAccountName": f"av-runner@{world.project}.iam.gserviceaccount.com",
        "containers": [
            {
                "image": f"{region}-docker.pkg.dev/{world.project}/av/{NAME}:{tag}",
                "ports": [{"name": "http1", "containerPort": 8080}],
                "env": [
                    *({"name": name, "value": value} for name, value in env.items()),
                    {"name": "OPENAI_API_KEY", "valueFrom": secret},
                ],
                "resources": {"limits": {"cpu": "2000m", "memory": "4Gi"}},
            }
        ],
    }
    return Template({MIN_SCALE: "1", MAX_SCALE: "10"}, {}, spec)
