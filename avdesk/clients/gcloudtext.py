"""What gcloud writes to stderr when it fails, as AVDesk's errors."""

import re

from avdesk.clients import mishaps
from avdesk.clients.googleerrors import Refusal, code_of, error_of, words_of_details
from avdesk.core.errors import (
    AvdeskError,
    BadAnswerError,
    CredentialsExpiredError,
    CredentialsMissingError,
    NameLookupError,
    ProxyError,
    RefusedError,
    TlsError,
    UnreachableError,
    UsageError,
)
from avdesk.core.redact import redact
from avdesk.core.text import clean, one_line
from avdesk.i18n import _

_ERROR = re.compile(r"^ERROR: (?:\([\w.\-]+\) )?(.*)", re.MULTILINE | re.DOTALL)
_STATUS_WORD = re.compile(r"([A-Z_]{5,25}): (.*)", re.DOTALL)
_AUTHENTICATED_AS = re.compile(r" This command is authenticated (?:as|with) .*", re.DOTALL)
_HTTP_ERROR = re.compile(r"HTTPError (\d{3})\b|HttpError accessing .*?'status': '?(\d{3})", re.DOTALL)
_CRASH = re.compile(r"gcloud crashed \((\w+)\)(.*)", re.DOTALL)
_ENVELOPE_MESSAGE = re.compile(r'"message":\s*"((?:[^"\\]|\\.){1,500})"')

_NO_ACCOUNT = ("do not currently have an active account", "default credentials were not found")
_STALE = (
    "does not have any valid credentials",
    "problem refreshing your current auth tokens",
    "Reauthentication",
    "reauth",
    "Unable to read file [",
    "No identity token can be obtained",
)


def explain(stderr: str, code: int) -> AvdeskError:
    """Return the error for a command that ended with `code`, which is not 0."""
    text = clean(stderr, 20_000)
    match = _ERROR.search(text)
    said = match.group(1) if match else text
    if any(words in said for words in _NO_ACCOUNT):
        return CredentialsMissingError(
            _("gcloud is not signed in."), _("Sign in: gcloud auth login, or store a service-account key.")
        )
    if any(words in said for words in _STALE):
        return CredentialsExpiredError(
            _("gcloud’s sign-in cannot be used: {words}").format(words=_short(said)),
            _("Sign in again: gcloud auth login"),
        )
    if code == 2:
        return UsageError(
            _("gcloud does not accept the request: {words}").format(words=_short(said)),
            _("Check the project and the regions of the environment, and update gcloud."),
        )
    return _refused(said) or _crashed(said) or _other(said, code)


def _refused(said: str) -> AvdeskError | None:
    word = _STATUS_WORD.match(said)
    status = code_of(word.group(1)) if word else None
    if word is not None and status is not None:
        details = words_of_details(said)
        message = _AUTHENTICATED_AS.sub("", word.group(2)).split("\n- '@type'")[0]
        return error_of(Refusal(status, message, details.get("reason"), details.get("permission")))
    http = _HTTP_ERROR.search(said)
    if http is None:
        return None
    message_match = _ENVELOPE_MESSAGE.search(said)
    return error_of(Refusal(int(http.group(1) or http.group(2)), message_match.group(1) if message_match else ""))


def _crashed(said: str) -> AvdeskError | None:
    match = _CRASH.search(said)
    if match is None:
        return None
    kind, rest = match.groups()
    google = _("Google")
    advice = _("Check the network, and the endpoint of the environment.")
    if kind == "InvalidDataFromServerError":
        return BadAnswerError(_("gcloud got an answer that means nothing: a web page, or cut off."), advice)
    if "Proxy" in kind or "ProxyError" in rest:
        return ProxyError(_("The proxy that gcloud uses refused or cannot be reached."), advice)
    if "SSL" in kind or "CERTIFICATE_VERIFY_FAILED" in rest:
        return TlsError(_("gcloud cannot verify Google’s certificate, or TLS failed."), advice)
    if "Timeout" in kind:
        return mishaps.timed_out(google)
    if re.search(r"Name or service not known|Failed to resolve|NameResolutionError|nodename nor servname", rest):
        return NameLookupError(_("gcloud cannot find Google’s name."), advice)
    if kind in ("ConnectionError", "TransportError", "ServerNotFoundError"):
        return RefusedError(_("gcloud cannot reach Google."), advice)
    return None


def _other(said: str, code: int) -> AvdeskError:
    return UnreachableError(
        _("gcloud failed (exit code {code}): {words}").format(code=code, words=_short(said)),
        _("Run the same gcloud command in a terminal to see more."),
    )


def _short(said: str) -> str:
    return one_line(redact(said), 200) or "–"
