"""What can go wrong, as types: each carries one sentence of what happened and one of what to do.

`KnownError` is the world's fault and is shown as it is; `BugError` is ours and is reported.
The command line turns the types into exit codes, the window into messages; neither looks at message texts.
Messages never hold a secret: whoever raises has redacted what came from outside.
"""

from datetime import datetime


class AvdeskError(Exception):
    """Base of everything that AVDesk raises on purpose.

    Attributes:
        message: what happened, one sentence without a line break.
        advice: what to do about it, one sentence; empty only for `BugError`.
    """

    def __init__(self, message: str, advice: str = "") -> None:
        super().__init__(message)
        self.message = message
        self.advice = advice

    def __str__(self) -> str:
        """Return the message alone; front ends put the advice where it fits."""
        return self.message


class KnownError(AvdeskError):
    """A fault of the world that the user can do something about."""


class BugError(AvdeskError):
    """A fault of AVDesk itself."""


class UsageError(KnownError):
    """A wrong argument, an unknown name, a contradiction between options."""


class ConfigError(KnownError):
    """The configuration cannot be used as it is."""


class UnreachableError(KnownError):
    """The other side gave no usable answer."""


class NameLookupError(UnreachableError):
    """The host's name does not resolve."""


class RefusedError(UnreachableError):
    """Nothing listens at the address, or the connection was cut."""


class TimedOutError(UnreachableError):
    """No answer, or not the whole of it, within the time allowed."""


class TlsError(UnreachableError):
    """The certificate could not be verified, or the TLS handshake failed."""


class ProxyError(UnreachableError):
    """The proxy refused or could not be reached."""


class AbortedError(UnreachableError):
    """AVDesk itself gave the request up, because it is quitting."""


class BadAnswerError(UnreachableError):
    """An answer came but means nothing: HTML, cut off, too large, too deeply nested, of the wrong shape."""


class TooLargeError(BadAnswerError):
    """An answer is larger than what is taken."""


class RedirectError(BadAnswerError):
    """The server sends us to another host; credentials do not follow."""


class ServerFailedError(UnreachableError):
    """The other side answered with an HTTP 5xx.

    Attributes:
        status: the HTTP status code.
    """

    def __init__(self, message: str, advice: str = "", *, status: int = 500) -> None:
        super().__init__(message, advice)
        self.status = status


class NotAllowedError(KnownError):
    """Credentials, a permission or the configuration forbid it."""


class CredentialsMissingError(NotAllowedError):
    """No credentials were found where they were looked for."""


class CredentialsExpiredError(NotAllowedError):
    """The credentials were refused (HTTP 401) or could not be renewed."""


class PermissionDeniedError(NotAllowedError):
    """The account lacks a permission, or the API is not enabled (HTTP 403).

    Attributes:
        permission: its name, as ``aiplatform.customJobs.list``; None where the answer does not name one.
        reason: Google's ErrorInfo reason, as ``IAM_PERMISSION_DENIED`` or ``SERVICE_DISABLED``; None without one.
    """

    def __init__(
        self, message: str, advice: str = "", *, permission: str | None = None, reason: str | None = None
    ) -> None:
        super().__init__(message, advice)
        self.permission = permission
        self.reason = reason


class ReadOnlyError(NotAllowedError):
    """The environment is marked read_only: nothing may be changed from here."""


class RequestRefusedError(KnownError):
    """The other side understood and declined: already running, job already ended, unknown job.

    Attributes:
        status: the HTTP status code of the refusal, None where it was not refused over HTTP.
    """

    def __init__(self, message: str, advice: str = "", *, status: int | None = None) -> None:
        super().__init__(message, advice)
        self.status = status


class NotFoundError(RequestRefusedError):
    """The other side does not have what was asked for (HTTP 404)."""


class RateLimitedError(KnownError):
    """The allowance is spent; nothing was sent, or the server answered 429.

    Attributes:
        until: when a request is free again (UTC), None when that is unknown.
        limit: the number of requests that the 429's text names, None without one.
        window_s: the window in seconds that the 429's text names, None without one.
        by_server: True when the server said so, False when our own ledger did.
    """

    def __init__(
        self,
        message: str,
        advice: str = "",
        *,
        until: datetime | None = None,
        limit: int | None = None,
        window_s: float | None = None,
        by_server: bool = False,
    ) -> None:
        super().__init__(message, advice)
        self.until = until
        self.limit = limit
        self.window_s = window_s
        self.by_server = by_server


class StoreError(KnownError):
    """The state folder cannot be used: read-only, full, or the database is damaged."""
