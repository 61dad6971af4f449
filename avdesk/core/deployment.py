"""What is known of a server's deployment: its Cloud Run service, and its variables without their values."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from urllib.parse import urlsplit

from avdesk.core import wire
from avdesk.core.text import one_line

MAX_VARIABLES = 300


@dataclass(frozen=True, slots=True)
class Variable:
    """One variable of a service's environment.

    Attributes:
        name: its name; the value is not kept.
        secret: the secret that it comes from; None where its value stands in the service itself.
    """

    name: str
    secret: str | None = None


@dataclass(frozen=True, slots=True)
class CloudRunService:
    """A Cloud Run service, as far as it is told.

    Attributes:
        name, region: which one.
        urls: its addresses.
        revision: the latest ready one; None where unknown, like all that follows.
        image: what runs.
        account: the service account that it runs as.
        updated_at: when it was last changed (UTC).
        ready: whether its last change was rolled out.
        instances: the least and the most.
        variables: of its containers.
    """

    name: str
    region: str
    urls: tuple[str, ...] = ()
    revision: str | None = None
    image: str | None = None
    account: str | None = None
    updated_at: datetime | None = None
    ready: bool | None = None
    instances: tuple[int | None, int | None] = (None, None)
    variables: tuple[Variable, ...] = ()

    def serves(self, url: str) -> bool:
        """Whether an address is one of the service's own."""
        host = _host(url)
        return bool(host) and host in map(_host, self.urls)


def read_service(told: object) -> CloudRunService | None:
    """Return a service of Cloud Run's version 2 interface, None for what is none."""
    body = wire.as_object(told)
    parts = (wire.as_text(body.get("name")) or "").split("/")
    if len(parts) != 6 or parts[4] != "services":
        return None
    template = wire.as_object(body.get("template"))
    containers = [wire.as_object(each) for each in wire.as_list(template.get("containers"))]
    urls = [wire.as_text(body.get("uri")), *map(wire.as_text, wire.as_list(body.get("urls")))]
    scaling = wire.as_object(template.get("scaling"))
    state = wire.as_text(wire.as_object(body.get("terminalCondition")).get("state"))
    return CloudRunService(
        name=one_line(parts[5], 80),
        region=one_line(parts[3], 60),
        urls=tuple(dict.fromkeys(one_line(url, 300) for url in urls if url)),
        revision=_last_part(body.get("latestReadyRevision")),
        image=next((_text(each.get("image")) for each in containers), None),
        account=_text(template.get("serviceAccount")),
        updated_at=wire.as_time(body.get("updateTime")),
        ready=None if state is None else state == "CONDITION_SUCCEEDED",
        instances=(wire.as_int(scaling.get("minInstanceCount")), wire.as_int(scaling.get("maxInstanceCount"))),
        variables=_variables(containers),
    )


def _variables(containers: Sequence[Mapping[str, object]]) -> tuple[Variable, ...]:
    found: dict[str, Variable] = {}
    for container in containers:
        for each in map(wire.as_object, wire.as_list(container.get("env"))):
            name = _text(each.get("name"))
            if name is None or len(found) >= MAX_VARIABLES:
                continue
            source = wire.as_object(wire.as_object(each.get("valueSource")).get("secretKeyRef"))
            found.setdefault(name, Variable(name, _last_part(source.get("secret"))))
    return tuple(sorted(found.values(), key=lambda variable: variable.name))


def _text(value: object) -> str | None:
    text = wire.as_text(value)
    return None if text is None else one_line(text, 300)


def _last_part(value: object) -> str | None:
    text = _text(value)
    return None if text is None else text.rpartition("/")[2]


def _host(url: str) -> str:
    try:
        return (urlsplit(url).hostname or "").lower()
    except ValueError:
        return ""
