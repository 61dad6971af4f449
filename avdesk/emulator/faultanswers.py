"""The answers that faults put in the place of the right ones, each in the manner of the side it befalls."""

from avdesk.emulator.access import forbidden, unauthorized
from avdesk.emulator.exchange import Answer, Request
from avdesk.emulator.faults import Effect, Fault, Side
from avdesk.emulator.flasklike import json_answer, page
from avdesk.emulator.google.permissions import permission_of

HUGE_BYTES = 64 * 1024 * 1024
NESTED_LEVELS = 100_000
_STATUS_NAMES = {
    400: "INVALID_ARGUMENT",
    401: "UNAUTHENTICATED",
    403: "PERMISSION_DENIED",
    404: "NOT_FOUND",
    409: "ABORTED",
    429: "RESOURCE_EXHAUSTED",
    500: "INTERNAL",
    501: "UNIMPLEMENTED",
    503: "UNAVAILABLE",
    504: "DEADLINE_EXCEEDED",
}
_MESSAGES = {
    400: "Request contains an invalid argument.",
    401: "Request had invalid authentication credentials. Expected OAuth 2 access token, login cookie or other valid "
    "authentication credential. See https://developers.google.com/identity/sign-in/web/devconsole-project.",
    404: "Requested entity was not found.",
    409: "The operation was aborted.",
    500: "Internal error encountered.",
    503: "The service is currently unavailable.",
}
_HTML = (
    "<!DOCTYPE html>\n<html><head><title>Sign in</title></head>\n"
    "<body><h1>Sign in to continue</h1><p>This network needs you to sign in first.</p></body></html>\n"
)


def answer_for(fault: Fault, side: Side, request: Request, limit_message: str) -> Answer | None:
    """Return what a fault answers instead, None for one that leaves the right answer (late, cut off, not at all)."""
    match fault.effect:
        case Effect.STATUS:
            headers = {"Retry-After": f"{fault.seconds:g}"} if fault.seconds else {}
            return _error(fault.status, side, headers)
        case Effect.HTML:
            return Answer(200, _HTML.encode(), "text/html; charset=utf-8")
        case Effect.HUGE:
            return Answer(200, b'{"filler": "' + b"x" * HUGE_BYTES + b'"}')
        case Effect.NESTED:
            return Answer(200, b'{"a":' * NESTED_LEVELS + b"1" + b"}" * NESTED_LEVELS)
        case Effect.REDIRECT:
            return Answer(302, b"", "text/html; charset=utf-8", {"Location": fault.url})
    return _refusal(fault.effect, side, request, limit_message)


def _refusal(effect: Effect, side: Side, request: Request, limit_message: str) -> Answer | None:
    match effect:
        case Effect.QUOTA:
            return _quota(side, limit_message)
        case Effect.DENIED:
            return _denied(side, request)
        case Effect.EXPIRED:
            return _expired(side)
    return None


def _error(status: int, side: Side, headers: dict[str, str]) -> Answer:
    if side is Side.GOOGLE:
        message = _MESSAGES.get(status, "The request could not be answered.")
        answer = _envelope(status, message)
    else:
        answer = page(status)
    return Answer(answer.status, answer.body, answer.content_type, headers)


def _envelope(code: int, message: str, *details: dict[str, object]) -> Answer:
    error: dict[str, object] = {"code": code, "message": message, "status": _STATUS_NAMES.get(code, "UNKNOWN")}
    if details:
        error["details"] = list(details)
    return Answer.of_json(code, {"error": error})


def _info(reason: str, **metadata: str) -> dict[str, object]:
    kind = "type.googleapis.com/google.rpc.ErrorInfo"
    return {"@type": kind, "reason": reason, "domain": "googleapis.com", "metadata": metadata}


def _quota(side: Side, limit_message: str) -> Answer:
    if side is not Side.GOOGLE:
        return json_answer(429, {"error": "Rate limit exceeded", "message": limit_message})
    message = "Quota exceeded for quota metric 'Read requests' and limit 'Read requests per minute' of the service."
    limit = "ReadRequestsPerMinutePerProject"
    return _envelope(429, message, _info("RATE_LIMIT_EXCEEDED", quota_limit=limit, quota_limit_value="60"))


def _denied(side: Side, request: Request) -> Answer:
    if side is not Side.GOOGLE:
        return forbidden()
    permission = permission_of(request) or "resourcemanager.projects.get"
    message = f"Permission '{permission}' denied on resource '//googleapis.com{request.path}' (or it may not exist)."
    return _envelope(403, message, _info("IAM_PERMISSION_DENIED", permission=permission))


def _expired(side: Side) -> Answer:
    if side is not Side.GOOGLE:
        return unauthorized("The access token expired")
    return _envelope(401, _MESSAGES[401], _info("ACCESS_TOKEN_EXPIRED", service="aiplatform.googleapis.com"))
