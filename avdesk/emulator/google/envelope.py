"""Google's error envelope: how every API here says no."""

from collections.abc import Mapping, Sequence
from types import MappingProxyType

from avdesk.emulator.exchange import Answer

STATUS_NAMES: Mapping[int, str] = MappingProxyType(
    {
        400: "INVALID_ARGUMENT",
        401: "UNAUTHENTICATED",
        403: "PERMISSION_DENIED",
        404: "NOT_FOUND",
        409: "ABORTED",
        412: "FAILED_PRECONDITION",
        429: "RESOURCE_EXHAUSTED",
        499: "CANCELLED",
        500: "INTERNAL",
        501: "UNIMPLEMENTED",
        503: "UNAVAILABLE",
        504: "DEADLINE_EXCEEDED",
    }
)
"""HTTP status → the gRPC status name that usually comes with it."""

_LEGACY_REASONS: Mapping[int, str] = MappingProxyType(
    {
        400: "invalid",
        401: "authError",
        403: "forbidden",
        404: "notFound",
        409: "conflict",
        429: "rateLimitExceeded",
        503: "backendError",
    }
)


class ApiError(Exception):
    """A refusal, to be answered in the envelope.

    Attributes:
        http: the HTTP status code.
        status: the gRPC status name, ``INVALID_ARGUMENT``.
        message: the sentence, as Google words it (English, for developers).
        details: objects with an ``@type``.
    """

    def __init__(
        self,
        http: int,
        message: str,
        *,
        status: str | None = None,
        details: Sequence[Mapping[str, object]] = (),
    ) -> None:
        super().__init__(message)
        self.http = http
        self.status = status or STATUS_NAMES.get(http, "UNKNOWN")
        self.message = message
        self.details = tuple(details)

    def answer(self, *, legacy: bool = False) -> Answer:
        """Return it as an answer; `legacy` adds the ``errors`` list that Compute Engine's envelope has."""
        error: dict[str, object] = {"code": self.http, "message": self.message}
        if legacy:
            reason = _LEGACY_REASONS.get(self.http, "internalError")
            error["errors"] = [{"message": self.message, "domain": "global", "reason": reason}]
        error["status"] = self.status
        if self.details:
            error["details"] = [dict(detail) for detail in self.details]
        return Answer.of_json(self.http, {"error": error})


def error_info(reason: str, domain: str, metadata: Mapping[str, str]) -> dict[str, object]:
    """Return a google.rpc.ErrorInfo."""
    return {
        "@type": "type.googleapis.com/google.rpc.ErrorInfo",
        "reason": reason,
        "domain": domain,
        "metadata": dict(metadata),
    }


def field_violation(field: str, description: str) -> dict[str, object]:
    """Return a google.rpc.BadRequest about one field."""
    return {
        "@type": "type.googleapis.com/google.rpc.BadRequest",
        "fieldViolations": [{"field": field, "description": description}],
    }


def bad_request(message: str, field: str = "") -> ApiError:
    """Return a 400 INVALID_ARGUMENT; `field` names the offending one in the details."""
    return ApiError(400, message, details=[field_violation(field, message)] if field else ())


def not_found(message: str = "Requested entity was not found.") -> ApiError:
    """Return a 404 NOT_FOUND."""
    return ApiError(404, message)


def permission_denied(service: str, permission: str, resource: str) -> ApiError:
    """Return a 403 for an account that lacks `permission` on `resource` (``projects/…``) of `service`."""
    return ApiError(
        403,
        f"Permission '{permission}' denied on resource '//{service}/{resource}' (or it may not exist).",
        details=[error_info("IAM_PERMISSION_DENIED", service, {"permission": permission, "resource": resource})],
    )


def service_disabled(service: str, project_number: str) -> ApiError:
    """Return a 403 for an API that is not enabled in the project."""
    link = f"https://console.developers.google.com/apis/api/{service}/overview?project={project_number}"
    return ApiError(
        403,
        f"{service} API has not been used in project {project_number} before or it is disabled. "
        f"Enable it by visiting {link} then retry.",
        details=[
            error_info(
                "SERVICE_DISABLED", "googleapis.com", {"service": service, "consumer": f"projects/{project_number}"}
            ),
            {
                "@type": "type.googleapis.com/google.rpc.Help",
                "links": [{"description": "Google developers console API activation", "url": link}],
            },
        ],
    )


def unauthenticated(service: str) -> ApiError:
    """Return a 401 for a bearer that `service` does not know."""
    return ApiError(
        401,
        "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
        "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
        details=[error_info("ACCESS_TOKEN_TYPE_UNSUPPORTED", "googleapis.com", {"service": service})],
    )


def quota_exceeded(service: str, metric: str, limit_name: str, limit: int, project_number: str) -> ApiError:
    """Return a 429 for a spent per-minute quota of `limit` requests."""
    return ApiError(
        429,
        f"Quota exceeded for quota metric '{metric}' and limit '{metric} per minute' of service '{service}' "
        f"for consumer 'project_number:{project_number}'.",
        details=[
            error_info(
                "RATE_LIMIT_EXCEEDED",
                "googleapis.com",
                {
                    "consumer": f"projects/{project_number}",
                    "quota_limit": limit_name,
                    "quota_limit_value": str(limit),
                    "quota_location": "global",
                    "quota_metric": f"{service}/{metric.lower().replace(' ', '_')}",
                    "quota_unit": "1/min/{project}",
                    "service": service,
                },
            )
        ],
    )
