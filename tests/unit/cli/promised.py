"""The JSON that scripts rely on, as schemas: every key, its type, and what may be null."""

from collections.abc import Mapping

import jsonschema  # type: ignore[import-untyped] # its types are a package of their own

Schema = Mapping[str, object]

_MOMENT = r"^\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d+)?Z$"
TEXT: Schema = {"type": "string"}
OPTIONAL_TEXT: Schema = {"type": ["string", "null"], "minLength": 1}
OPTIONAL_NUMBER: Schema = {"type": ["number", "null"], "minimum": 0}
OPTIONAL_FLAG: Schema = {"type": ["boolean", "null"]}
OPTIONAL_MOMENT: Schema = {"anyOf": [{"type": "null"}, {"type": "string", "pattern": _MOMENT}]}


def table(**properties: Schema) -> Schema:
    """An object that has all of these keys."""
    return {"type": "object", "properties": properties, "required": list(properties)}


def or_null(schema: Schema) -> Schema:
    """The same, or null."""
    return {"anyOf": [{"type": "null"}, schema]}


JOB = table(
    id=TEXT,
    display_name=OPTIONAL_TEXT,
    resource_name=OPTIONAL_TEXT,
    state={
        "enum": [
            *("queued", "pending", "running", "succeeded", "failed", "cancelling", "cancelled"),
            *("paused", "expired", "updating", "partially_succeeded", "unknown"),
        ]
    },
    vertex_state=TEXT,
    region=OPTIONAL_TEXT,
    machine_type=OPTIONAL_TEXT,
    accelerator_type=OPTIONAL_TEXT,
    accelerator_count={"type": "integer"},
    spot=OPTIONAL_FLAG,
    created_at=OPTIONAL_MOMENT,
    started_at=OPTIONAL_MOMENT,
    ended_at=OPTIONAL_MOMENT,
    updated_at=OPTIONAL_MOMENT,
    queue_s=OPTIONAL_NUMBER,
    run_s=OPTIONAL_NUMBER,
    total_s=OPTIONAL_NUMBER,
    error=or_null(table(code={"type": ["integer", "null"]}, message=TEXT)),
    labels={"type": "object"},
    cost_usd=OPTIONAL_NUMBER,
    retry_of=OPTIONAL_TEXT,
    actions={"type": "array", "items": TEXT},
)

STATUS = table(
    environment=TEXT,
    observed_at=OPTIONAL_MOMENT,
    age_s=OPTIONAL_NUMBER,
    via={"enum": ["server", "app", "cache"]},
    summary=table(
        state={"enum": ["idle", "running", "succeeded", "failed", "cancelled", "offline", "stale", "unknown"]},
        headline=TEXT,
        phase=OPTIONAL_TEXT,
        phase_elapsed_s=OPTIONAL_NUMBER,
        eta_s=or_null(table(p50=OPTIONAL_NUMBER, p90=OPTIONAL_NUMBER)),
        started_at=OPTIONAL_MOMENT,
        job_id=OPTIONAL_TEXT,
        error=OPTIONAL_TEXT,
    ),
    phases={
        "type": "array",
        "items": table(
            name=TEXT, state={"enum": ["done", "running", "pending", "failed", "skipped"]}, duration_s=OPTIONAL_NUMBER
        ),
    },
    job=or_null(JOB),
    server=table(
        reachable=OPTIONAL_FLAG, is_generating=OPTIONAL_FLAG, is_initialized=OPTIONAL_FLAG, status_text=OPTIONAL_TEXT
    ),
    rate_limit=table(
        limit=OPTIONAL_NUMBER, window_s=OPTIONAL_NUMBER, used=OPTIONAL_NUMBER, next_free_at=OPTIONAL_MOMENT
    ),
)

CHECK = table(
    status={"enum": ["healthy", "degraded", "unhealthy", "disabled", "retired", "unknown"]},
    reported=OPTIONAL_TEXT,
    http_status={"type": ["integer", "null"]},
    latency_s=OPTIONAL_NUMBER,
    checked_at=OPTIONAL_MOMENT,
    age_s=OPTIONAL_NUMBER,
    detail=OPTIONAL_TEXT,
    error=OPTIONAL_TEXT,
)

HEALTH: Schema = {
    "type": "object",
    "additionalProperties": CHECK,
    "required": ["main", "openai", "vertex_ai", "quota"],
}

DOCTOR = table(
    checks={
        "type": "array",
        "minItems": 10,
        "items": table(
            name=TEXT,
            environment=OPTIONAL_TEXT,
            status={"enum": ["ok", "warning", "bad", "unknown"]},
            detail=OPTIONAL_TEXT,
            advice=OPTIONAL_TEXT,
        ),
    },
    versions={"type": "object", "required": ["avdesk", "python", "platform", "requests"]},
)


def assert_promised(found: object, schema: Schema) -> None:
    """Fail where `found` is not what the schema promises."""
    jsonschema.validate(found, schema)
