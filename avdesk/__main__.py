"""Entry point of `python -m avdesk`, `avdesk` and `avmonitor`."""

import sys


def main() -> None:
    """Hand the process's arguments to the command line and exit with its code."""
    from avdesk.cli.main import run

    sys.exit(run(sys.argv))


if __name__ == "__main__":
    main()
