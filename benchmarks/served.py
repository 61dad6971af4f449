"""The embedded AutoVideo for the benchmarks, in a process of its own whose time counts for nobody.

``python -m benchmarks.served`` prints where it listens, as one JSON object, and serves until it is ended. Nothing is
made, and no rate limit gets in the way of measuring often.
"""

import sys
import threading

from avdesk.emulator.server import Emulator

PAST_JOBS = 60
RATE_LIMIT = (1_000_000, 60.0)


def main() -> None:
    """Serve."""
    with Emulator(past_jobs=PAST_JOBS, seed=7, rate_limit=RATE_LIMIT) as emulator:
        sys.stdout.write(emulator.ready_line() + "\n")
        sys.stdout.flush()
        threading.Event().wait()


if __name__ == "__main__":
    main()
