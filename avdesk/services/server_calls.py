"""What is asked of the AutoVideo server by hand: within its rate limit, and with what its revision is known to have.

Which endpoints a server has is found by asking once and remembered; since a server can be replaced by another
revision, an absence counts for some days and a presence until a 404 says otherwise.
"""

import threading
from collections.abc import Callable
from datetime import datetime

from avdesk.clients.autovideo import AutoVideoClient, EndpointAbsentError
from avdesk.clients.mishaps import NothingAnswersError
from avdesk.clients.reply import Reply
from avdesk.config.settings import Environment
from avdesk.core.endpoints import Endpoints
from avdesk.core.errors import NameLookupError, RateLimitedError, RequestRefusedError
from avdesk.core.snapshot import ServerView
from avdesk.core.status import ServerStatus, read_status
from avdesk.services.clock import Clock
from avdesk.store.ledger import Allowance, Ledger, server_key
from avdesk.store.memory import Memory

FACT = "endpoints"


def known_endpoints(memory: Memory, environment: Environment) -> Endpoints:
    """Return what is remembered of an environment's server."""
    known = memory.recall(environment.name, FACT, Endpoints)
    key = server_key(environment.url) if environment.url else ""
    return known[0] if known is not None and known[0].server == key else Endpoints(key)


class ServerCalls:
    """Asks one server, each counted request with a ticket. May be used from several threads, each with its memory."""

    def __init__(self, environment: Environment, client: AutoVideoClient, ledger: Ledger, clock: Clock) -> None:
        """Ask by `client`, counted in `ledger`."""
        self._environment = environment
        self._client = client
        self._ledger = ledger
        self._clock = clock
        self._key = server_key(environment.url)
        polling = environment.polling
        self._allowance = Allowance(polling.requests, polling.window_s, polling.reserve)
        self._asking = threading.Lock()
        self._status: tuple[ServerStatus, datetime] | None = None

    def ask(self, send: Callable[[AutoVideoClient], Reply], *, sparing: bool = False) -> Reply:
        """Send one counted request; unless `sparing`, with what is kept for the user's own wishes.

        Raises:
            RateLimitedError: nothing was sent, or the server said so.
            KnownError: as the client.
        """
        ticket = self._ledger.take(self._key, self._allowance, by_hand=not sparing)
        try:
            reply = send(self._client)
        except RateLimitedError as error:
            raise self._ledger.refused(ticket, self._allowance, error) from error
        except (NothingAnswersError, NameLookupError):
            self._ledger.release(ticket)
            raise
        except BaseException:
            self._ledger.settle(ticket)
            raise
        self._ledger.settle(ticket)
        return reply

    def try_endpoint(
        self, memory: Memory, endpoint: str, send: Callable[[AutoVideoClient], Reply], *, sparing: bool = False
    ) -> Reply | None:
        """Ask an endpoint that not every revision has; None where the server has none, known or found out now.

        Raises:
            KnownError: as `ask`.
        """
        if self._has(memory, endpoint) is None:
            with self._asking:  # the jobs of a bulk action find it out once
                known = self._has(memory, endpoint)
                if known is None:
                    return self._found_out(memory, endpoint, send, sparing=sparing)
        if self._has(memory, endpoint) is False:
            return None
        return self._found_out(memory, endpoint, send, sparing=sparing)

    def may_have(self, memory: Memory, endpoint: str) -> bool:
        """Whether the server has an endpoint, as far as is known."""
        return self._has(memory, endpoint) is not False

    def _has(self, memory: Memory, endpoint: str) -> bool | None:
        return known_endpoints(memory, self._environment).has(endpoint, self._clock.now())

    def _found_out(
        self, memory: Memory, endpoint: str, send: Callable[[AutoVideoClient], Reply], *, sparing: bool
    ) -> Reply | None:
        try:
            reply = self.ask(send, sparing=sparing)
        except EndpointAbsentError:
            self._note(memory, endpoint, present=False)
            return None
        except RequestRefusedError:  # the endpoint's own word
            self._note(memory, endpoint, present=True)
            raise
        self._note(memory, endpoint, present=True)
        return reply

    def status(self, memory: Memory, *, young_s: float) -> tuple[ServerStatus, datetime]:
        """Return the server's status and when it was told: asked now, unless somebody was told within `young_s`.

        Raises:
            KnownError: it had to be asked and could not.
        """
        with self._asking:  # the jobs of a bulk action all want to know the same
            known = self.known_status(memory)
            if known is not None and (self._clock.now() - known[1]).total_seconds() <= young_s:
                return known
            status = read_status(self.ask(lambda client: client.status()).json())
            self._status = (status, self._clock.now())
            return self._status

    def known_status(self, memory: Memory) -> tuple[ServerStatus, datetime] | None:
        """Return the youngest status that this process or a monitor of another was told; None without one."""
        found = [self._status] if self._status is not None else []
        kept = memory.recall(self._environment.name, "server", ServerView)
        if kept is not None and kept[0].status is not None and kept[0].status_at is not None:
            found.append((kept[0].status, kept[0].status_at))
        return max(found, key=lambda each: each[1]) if found else None

    def _note(self, memory: Memory, endpoint: str, *, present: bool) -> None:
        now = self._clock.now()

        def changed(known: Endpoints | None) -> Endpoints:
            before = known if known is not None and known.server == self._key else Endpoints(self._key)
            return Endpoints(self._key, {**before.present, endpoint: present}, {**before.asked_at, endpoint: now})

        memory.amend(self._environment.name, FACT, Endpoints, changed, now)
