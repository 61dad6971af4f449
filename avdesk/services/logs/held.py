"""What a source stands on: connections and the record of requests, given up and closed together."""

from dataclasses import dataclass

from avdesk.services.runtime import Links
from avdesk.store.ledger import Ledger
from avdesk.store.memory import Memory


@dataclass(slots=True)
class Held:
    """Opened for one source alone.

    Attributes:
        memory: of the source's thread; None where none is needed.
    """

    links: Links
    ledger: Ledger
    memory: Memory | None = None

    def abort(self) -> None:
        """Make whatever is in flight fail soon; from any thread."""
        self.links.abort()

    def close(self) -> None:
        """Close it all; in the source's thread."""
        self.links.abort()
        self.links.close()
        self.ledger.close()
        if self.memory is not None:
            self.memory.close()
