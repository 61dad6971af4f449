"""Where the frozen program begins."""

import multiprocessing

from avdesk.__main__ import main

if __name__ == "__main__":
    multiprocessing.freeze_support()
    main()
