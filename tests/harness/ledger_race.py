"""A program of its own that takes tickets from a shared ledger as fast as it can, for tests with real processes.

``python ledger_race.py LEDGER COUNT [die]``: prints one line for each ticket taken; with ``die`` it kills itself in
the middle of a transaction.
"""

import os
import signal
import sys
from pathlib import Path

from avdesk.core.errors import RateLimitedError
from avdesk.store.database import transaction
from avdesk.store.ledger import Allowance, Ledger

SERVER = "http://127.0.0.1:8080"
TEN = Allowance(10, 300.0, 2)


def main(path: str, count: int, *, die: bool) -> None:
    """Take up to `count` tickets."""
    ledger = Ledger(Path(path))
    if ledger.trouble is not None:
        sys.stdout.write(f"trouble: {ledger.trouble}\n")
    for _ in range(count):
        try:
            ticket = ledger.take(SERVER, TEN, by_hand=True)
        except RateLimitedError:
            continue
        sys.stdout.write("taken\n")
        sys.stdout.flush()
        if not die:
            ledger.settle(ticket)
    if die:
        with transaction(ledger._opened.connection) as connection:  # noqa: SLF001 - the worst moment to die
            connection.execute("DELETE FROM requests")
            os.kill(os.getpid(), signal.SIGKILL)
    ledger.close()


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]), die="die" in sys.argv[3:])
