"""The exit codes that scripts rely on, and which error ends in which."""

from enum import IntEnum

from avdesk.core.errors import (
    ConfigError,
    NotAllowedError,
    RateLimitedError,
    RequestRefusedError,
    StoreError,
    UnreachableError,
    UsageError,
)


class Exit(IntEnum):
    """How a command ends."""

    FINE = 0
    """Done, and what was looked at is fine."""
    BAD = 1
    """Done, and what was looked at is bad; also a fault of AVDesk itself, which says so and where its log is."""
    USAGE = 2
    """Wrong use or wrong configuration."""
    UNREACHABLE = 3
    NOT_ALLOWED = 4
    REFUSED = 5
    RATE_LIMITED = 6
    INTERRUPTED = 130
    """Ctrl-C."""


_CODES: tuple[tuple[type[BaseException], Exit], ...] = (
    (UsageError, Exit.USAGE),
    (ConfigError, Exit.USAGE),
    (StoreError, Exit.USAGE),
    (UnreachableError, Exit.UNREACHABLE),
    (NotAllowedError, Exit.NOT_ALLOWED),
    (RequestRefusedError, Exit.REFUSED),
    (RateLimitedError, Exit.RATE_LIMITED),
)


def exit_code(error: BaseException) -> Exit:
    """Return the code for what went wrong."""
    return next((code for kind, code in _CODES if isinstance(error, kind)), Exit.BAD)
