"""The reads of Cloud Logging that a project has a minute, counted for all AVDesk processes of the user together."""

from collections.abc import Callable
from typing import TypeVar

from avdesk.clients.mishaps import NothingAnswersError
from avdesk.core.errors import (
    CredentialsExpiredError,
    CredentialsMissingError,
    KnownError,
    NameLookupError,
    RateLimitedError,
)
from avdesk.store.ledger import Allowance, Ledger

T = TypeVar("T")

READS_PER_MINUTE = 60
BY_ITSELF = 20
"""So many of them may be spent by following; the others are for what somebody asks for, and for other programs."""

ALLOWANCE = Allowance(limit=READS_PER_MINUTE, window_s=60.0, reserve=READS_PER_MINUTE - BY_ITSELF)

_NOT_SENT = (NothingAnswersError, NameLookupError, CredentialsMissingError, CredentialsExpiredError)


class ReadQuota:
    """One project's reads. May be used from several threads."""

    def __init__(self, ledger: Ledger, project: str, endpoint: str = "") -> None:
        """Count in `ledger`; `endpoint` tells an emulator's project from the real one."""
        self._ledger = ledger
        self._key = f"logging:{endpoint}/projects/{project}"

    def wait_s(self, *, by_hand: bool) -> float:
        """Return the seconds until a read is free."""
        return self._ledger.wait_s(self._key, ALLOWANCE, by_hand=by_hand)

    def ask(self, read: Callable[[], T], *, by_hand: bool) -> T:
        """Return what `read` returns, counted.

        Raises:
            RateLimitedError: nothing was sent, or Google said so; `until` says when a read is free again.
            KnownError: as `read`.
        """
        ticket = self._ledger.take(self._key, ALLOWANCE, by_hand=by_hand)
        try:
            answer = read()
        except RateLimitedError as error:
            raise self._ledger.refused(ticket, ALLOWANCE, error) from error
        except KnownError as error:
            if isinstance(error, _NOT_SENT):
                self._ledger.release(ticket)
            else:
                self._ledger.settle(ticket)
            raise
        except BaseException:
            self._ledger.settle(ticket)
            raise
        self._ledger.settle(ticket)
        return answer
