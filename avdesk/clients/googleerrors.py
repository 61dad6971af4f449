"""Google's refusals as AVDesk's errors: the same ones whether REST or gcloud reported them."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from avdesk.clients.reply import Reply
from avdesk.clients.words import retry_after, server_words
from avdesk.core import wire
from avdesk.core.errors import (
    BadAnswerError,
    CredentialsExpiredError,
    KnownError,
    NotFoundError,
    PermissionDeniedError,
    RateLimitedError,
    RequestRefusedError,
    ServerFailedError,
)
from avdesk.core.redact import redact
from avdesk.core.text import one_line
from avdesk.i18n import _

_CODES = {
    "INVALID_ARGUMENT": 400,
    "FAILED_PRECONDITION": 400,
    "OUT_OF_RANGE": 400,
    "UNAUTHENTICATED": 401,
    "PERMISSION_DENIED": 403,
    "NOT_FOUND": 404,
    "ABORTED": 409,
    "ALREADY_EXISTS": 409,
    "RESOURCE_EXHAUSTED": 429,
    "CANCELLED": 499,
    "UNKNOWN": 500,
    "INTERNAL": 500,
    "DATA_LOSS": 500,
    "UNIMPLEMENTED": 501,
    "UNAVAILABLE": 503,
    "DEADLINE_EXCEEDED": 504,
}
"""HTTP status of each google.rpc.Code name."""

_PERMISSION = re.compile(r"[a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+){1,4}")
_QUOTED_PERMISSION = re.compile(r"[Pp]ermission '?([a-z][A-Za-z0-9]*(?:\.[A-Za-z0-9]+){1,4})'?")
_SERVICE = re.compile(r"[a-z][a-z0-9\-]{1,40}\.googleapis\.com")
_REASON = re.compile(r"[A-Z][A-Z0-9_]{2,60}")


@dataclass(frozen=True, slots=True)
class Refusal:
    """What Google said.

    Attributes:
        status: the HTTP status code.
        message: its sentence; empty without one.
        reason: the ErrorInfo reason, as ``SERVICE_DISABLED``.
        permission: the permission that is lacking.
        until: when to come back (UTC).
        limit: requests a minute that a quota of such allows, where the refusal names it.
        service: whose refusal it is, as ``logging.googleapis.com``, where it names it.
    """

    status: int
    message: str = ""
    reason: str | None = None
    permission: str | None = None
    until: datetime | None = None
    limit: int | None = None
    service: str | None = None


def code_of(name: str) -> int | None:
    """Return the HTTP status for a google.rpc.Code name as ``NOT_FOUND``, None for another word."""
    return _CODES.get(name)


def refusal_of(reply: Reply) -> Refusal:
    """Return what an answer with a status from 400 up says."""
    message, reason = "", None
    metadata: Mapping[str, object] = {}
    try:
        body = {} if reply.is_html else wire.as_object(reply.json())
    except BadAnswerError:
        body = {}
    error = wire.as_object(body.get("error"))
    message = wire.as_text(error.get("message")) or server_words(reply)
    for each in wire.as_list(error.get("details"))[:20]:
        detail = wire.as_object(each)
        if wire.as_text(detail.get("reason")):
            reason = wire.as_text(detail.get("reason"))
            metadata = wire.as_object(detail.get("metadata"))
            break
    return Refusal(
        reply.status,
        message,
        reason,
        wire.as_text(metadata.get("permission")),
        retry_after(reply),
        _limit_per_minute(metadata),
        wire.as_text(metadata.get("service")),
    )


def _limit_per_minute(metadata: Mapping[str, object]) -> int | None:
    """Return the allowance that a refusal names, where it is one of requests a minute."""
    if "PerMinute" not in str(metadata.get("quota_limit")):
        return None
    limit = wire.as_int(metadata.get("quota_limit_value"))
    return limit if limit is not None and limit > 0 else None


def error_of(refusal: Refusal) -> KnownError:
    """Return the error that a refusal means."""
    said = one_line(redact(refusal.message))
    if refusal.status == 401:
        return CredentialsExpiredError(
            _("Google does not accept the credentials."),
            _("Sign in again: gcloud auth login, or gcloud auth application-default login."),
        )
    if refusal.status == 403:
        return _denied(refusal, said)
    if refusal.status == 404:
        return NotFoundError(
            _("Google does not have what was asked for: {words}").format(words=said or "404"),
            _("Check the project, the region and the job’s id."),
            status=404,
        )
    if refusal.status == 429:
        return RateLimitedError(
            _("Google’s quota is spent: {words}").format(words=said or "429"),
            _("Wait a minute, or ask for more quota in the Google Cloud console."),
            until=refusal.until,
            limit=refusal.limit,
            window_s=60.0 if refusal.limit is not None else None,
            by_server=True,
        )
    if refusal.status >= 500:
        return ServerFailedError(
            _("Google failed (HTTP {status}): {words}").format(status=refusal.status, words=said or "–"),
            _("Try again in a moment."),
            status=refusal.status,
        )
    return RequestRefusedError(
        _("Google declined: {words}").format(words=said or refusal.status),
        _("Check the project, the region and the state of the job."),
        status=refusal.status,
    )


def _denied(refusal: Refusal, said: str) -> PermissionDeniedError:
    reason = refusal.reason if refusal.reason and _REASON.fullmatch(refusal.reason) else None
    permission = refusal.permission
    if permission is None:
        match = _QUOTED_PERMISSION.search(refusal.message)
        permission = match.group(1) if match else None
    if permission is not None and not _PERMISSION.fullmatch(permission):
        permission = None
    if reason == "SERVICE_DISABLED":
        named = refusal.service is not None and _SERVICE.fullmatch(refusal.service) is not None
        service = refusal.service if named else "aiplatform.googleapis.com"
        return PermissionDeniedError(
            _("An API is not enabled in this project: {words}").format(words=said),
            _("Enable it: gcloud services enable {service}").format(service=service),
            reason=reason,
        )
    if permission is not None:
        return PermissionDeniedError(
            _("The account lacks the permission {permission}.").format(permission=permission),
            _("Ask the project’s owner for a role that holds it, or sign in with another account."),
            permission=permission,
            reason=reason,
        )
    return PermissionDeniedError(
        _("Access was denied: {words}").format(words=said)
        if said
        else _("Access was denied, by a page that is not Google’s usual answer."),
        _("Check the account, the project, and whether a proxy blocks Google’s APIs."),
        reason=reason,
    )


def words_of_details(text: str) -> Mapping[str, str]:
    """Return ``reason`` and ``permission`` from details as gcloud prints them: YAML lines."""
    found: dict[str, str] = {}
    for line in text.splitlines()[:200]:
        name, colon, value = line.strip().lstrip("- ").partition(":")
        if colon and name in ("reason", "permission") and name not in found and value.strip():
            found[name] = value.strip().strip("'\"")
    return found
