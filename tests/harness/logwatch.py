"""Fails a test in which something was logged as an error that the test didn't expect."""

import logging
import re
from collections.abc import Iterator
from contextlib import contextmanager


class LogWatch(logging.Handler):
    """Collects the errors that are logged while a test runs; the test names those that belong to its story."""

    def __init__(self) -> None:
        """Start with nothing seen and nothing expected."""
        super().__init__(logging.ERROR)
        self._seen: list[str] = []
        self._expected: list[re.Pattern[str]] = []

    def expect(self, pattern: str) -> None:
        """Allow errors in whose message, with its logger's name before it, `pattern` (a regex) is found."""
        self._expected.append(re.compile(pattern))

    def emit(self, record: logging.LogRecord) -> None:
        """Note one error."""
        self._seen.append(f"{record.name}: {record.getMessage()}")

    def unexpected(self) -> list[str]:
        """Return the errors that nothing allowed."""
        return [line for line in self._seen if not any(pattern.search(line) for pattern in self._expected)]


@contextmanager
def watched_log() -> Iterator[LogWatch]:
    """Watch the root logger; an AssertionError at the end names what nobody expected."""
    watch = LogWatch()
    logging.getLogger().addHandler(watch)
    try:
        yield watch
    finally:
        logging.getLogger().removeHandler(watch)
    lines = watch.unexpected()
    assert not lines, f"logged as errors, unexpectedly (a test that wants them: logged_errors.expect('…')): {lines}"
