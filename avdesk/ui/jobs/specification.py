"""What a CustomJob's specification says, for people: pools, image, arguments, variables without their secrets.

The object comes from outside: every part of it may be missing, of another type, or hold text to be made harmless.
"""

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass

from avdesk.core import wire, wording
from avdesk.core.redact import MASK, redact
from avdesk.core.text import clean, one_line
from avdesk.i18n import _, ngettext

_SECRET_NAME = re.compile(r"key|token|secret|passw|credential|private|signature|auth(?!or)", re.IGNORECASE)
_FLAG = re.compile(r"(--?[A-Za-z][\w.\-]{0,80})(=)?(.*)", re.DOTALL)
_MOST_ITEMS = 200
_DEEPEST = 12


@dataclass(frozen=True, slots=True)
class SpecLine:
    """One line of a specification.

    Attributes:
        name: what it is, for people, or the name of an environment variable.
        value: its value, without secrets.
    """

    name: str
    value: str


@dataclass(frozen=True, slots=True)
class SpecSection:
    """Some lines with a title, such as a worker pool."""

    title: str
    lines: tuple[SpecLine, ...]


def sections(raw: Mapping[str, object]) -> tuple[SpecSection, ...]:
    """Return the specification of a CustomJob object in sections; those without a line are left out."""
    spec = wire.as_object(raw.get("jobSpec"))
    pools = [wire.as_object(pool) for pool in wire.as_list(spec.get("workerPoolSpecs"))[:_MOST_ITEMS]]
    found = []
    for place, pool in enumerate(pools):
        container = wire.as_object(pool.get("containerSpec"))
        title = _("Worker pool") if len(pools) == 1 else _("Worker pool {number}").format(number=place + 1)
        found.append(SpecSection(title, _pool_lines(pool, container)))
        found.append(SpecSection(_("Environment variables"), _variables(container)))
    found.append(SpecSection(_("Scheduling"), _scheduling(spec)))
    return tuple(section for section in found if section.lines)


def output_folder(raw: Mapping[str, object]) -> str:
    """Return the ``gs://`` folder that the job writes to; empty when it names none."""
    spec = wire.as_object(raw.get("jobSpec"))
    return clean(wire.as_object(spec.get("baseOutputDirectory")).get("outputUriPrefix"), 1000)


def masked_json(raw: Mapping[str, object], *, whole: bool = False) -> str:
    """Return the specification as JSON text, of the `whole` job where that is wanted, without anything secret."""
    shown = wire.as_object(raw if whole else raw.get("jobSpec"))
    return clean(json.dumps(_masked(shown, 0), indent=2, ensure_ascii=False), 200_000)


def looks_secret(name: str) -> bool:
    """Return whether a value of that name is not to be shown."""
    return _SECRET_NAME.search(name) is not None


def safe_value(name: str, value: object) -> str:
    """Return a variable's value to show: a mask for a secret-looking name, else the text without secrets in it."""
    text = clean(value, 1000)
    if not text:
        return ""
    return MASK if looks_secret(name) else redact(text)


def safe_arguments(arguments: list[object]) -> str:
    """Return a command's arguments on one line, the values of secret-looking flags masked."""
    shown: list[str] = []
    hide_next = False
    for argument in arguments[:_MOST_ITEMS]:
        text = one_line(argument, 1000)
        match = _FLAG.fullmatch(text)
        if hide_next and match is None:
            shown.append(MASK)
            hide_next = False
            continue
        hide_next = match is not None and match.group(2) is None and looks_secret(match.group(1))
        if match is not None and match.group(2) and looks_secret(match.group(1)):
            shown.append(f"{match.group(1)}={MASK}")
        else:
            shown.append(redact(text))
    return " ".join(shown)


def _pool_lines(pool: Mapping[str, object], container: Mapping[str, object]) -> tuple[SpecLine, ...]:
    machine = wire.as_object(pool.get("machineSpec"))
    disk = wire.as_object(pool.get("diskSpec"))
    accelerator = wire.as_text(machine.get("acceleratorType")) or ""
    count = wire.as_int(machine.get("acceleratorCount")) or (1 if accelerator else 0)
    package = wire.as_object(pool.get("pythonPackageSpec"))
    replicas = wire.as_int(pool.get("replicaCount"))
    size = wire.as_int(disk.get("bootDiskSizeGb"))
    lines = (
        (_("Machine"), clean(machine.get("machineType"), 100)),
        (_("GPU"), f"{count}× {clean(accelerator, 100)}" if accelerator else ""),
        (_("Replicas"), "" if replicas is None else f"{replicas}"),
        (_("Disk"), _disk(clean(disk.get("bootDiskType"), 60), size)),
        (_("Image"), clean(container.get("imageUri") or package.get("executorImageUri"), 400)),
        (_("Command"), safe_arguments(wire.as_list(container.get("command")))),
        (_("Module"), clean(package.get("pythonModule"), 200)),
        (_("Arguments"), safe_arguments(wire.as_list(container.get("args")) or wire.as_list(package.get("args")))),
    )
    return tuple(SpecLine(name, value) for name, value in lines if value)


def _disk(kind: str, size_gb: int | None) -> str:
    if size_gb is None:
        return kind
    size = _("{size} GB").format(size=size_gb)
    return f"{size} {kind}".strip()


def _variables(container: Mapping[str, object]) -> tuple[SpecLine, ...]:
    entries = [wire.as_object(entry) for entry in wire.as_list(container.get("env"))[:_MOST_ITEMS]]
    named = [(clean(entry.get("name"), 200), entry.get("value")) for entry in entries]
    return tuple(SpecLine(name, safe_value(name, value) or _("(empty)")) for name, value in named if name)


def _scheduling(spec: Mapping[str, object]) -> tuple[SpecLine, ...]:
    scheduling = wire.as_object(spec.get("scheduling"))
    limit = wire.as_seconds(scheduling.get("timeout"))
    strategy = clean(scheduling.get("strategy"), 60)
    restarts = wire.as_bool(scheduling.get("restartJobOnWorkerRestart"))
    lines = (
        (_("Time limit"), "" if limit is None else wording.duration(limit)),
        (_("Capacity"), {"SPOT": _("spot"), "STANDARD": _("on demand")}.get(strategy, strategy)),
        (_("Restarts with its worker"), _("yes") if restarts else ""),
        (_("Service account"), clean(spec.get("serviceAccount"), 200)),
        (_("Network"), clean(spec.get("network"), 200)),
        (_("Output folder"), output_folder({"jobSpec": spec})),
    )
    return tuple(SpecLine(name, value) for name, value in lines if value)


def _masked(value: object, depth: int) -> object:
    if depth > _DEEPEST:
        return "…"
    if isinstance(value, str):
        return redact(clean(value, 4000))
    if isinstance(value, list):
        rest = len(value) - _MOST_ITEMS
        shown = [_masked(item, depth + 1) for item in value[:_MOST_ITEMS]]
        return shown + ([ngettext("… and {n} more", "… and {n} more", rest).format(n=rest)] if rest > 0 else [])
    if not isinstance(value, dict):
        return value
    name = value.get("name")
    if isinstance(name, str) and set(value) <= {"name", "value"}:
        return {"name": clean(name, 200), "value": safe_value(name, value.get("value"))}
    return {
        clean(key, 200): MASK
        if isinstance(item, str) and looks_secret(str(key))
        else [safe_arguments(item)]
        if key in ("args", "command") and isinstance(item, list)
        else _masked(item, depth + 1)
        for key, item in list(value.items())[:_MOST_ITEMS]
    }
