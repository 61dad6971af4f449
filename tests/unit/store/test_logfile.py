"""AVDesk's own log: private, redacted, bounded, and no reason to fail."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from avdesk.store.logfile import MAX_BYTES, LogFile, end_logging, log_to

log = logging.getLogger("avdesk.test")


@pytest.fixture(autouse=True)
def as_before() -> Iterator[None]:
    level = logging.getLogger().level
    yield
    end_logging()
    logging.getLogger().setLevel(level)


def test_the_file_is_made_with_the_first_record_and_private(tmp_path: Path) -> None:
    file = tmp_path / "logs" / "avdesk.log"
    log_to(file)
    log.info("not worth a line")
    assert not file.parent.exists()
    log.warning("worth one")
    assert "worth one" in file.read_text()
    assert file.stat().st_mode & 0o077 == 0


def test_secrets_are_hidden_in_tracebacks_too(tmp_path: Path) -> None:
    file = tmp_path / "avdesk.log"
    log_to(file)
    log.warning("password=%s", "hunter2", exc_info=ValueError("Authorization: Bearer abcdef123456"))
    text = file.read_text()
    assert "ValueError" in text
    assert "abcdef123456" not in text
    assert "hunter2" not in text


def test_a_full_log_is_put_aside(tmp_path: Path) -> None:
    file = tmp_path / "avdesk.log"
    file.write_bytes(b"x" * MAX_BYTES)
    log_to(file)
    log.warning("next")
    assert file.stat().st_size < 1000
    assert (tmp_path / "avdesk.log.1").stat().st_size == MAX_BYTES


def test_a_log_that_cannot_be_written_stops_nothing(tmp_path: Path) -> None:
    (tmp_path / "logs").write_text("in the way")
    log_to(tmp_path / "logs" / "avdesk.log")
    log.warning("lost")


def test_ending_lets_go_of_it(tmp_path: Path) -> None:
    log_to(tmp_path / "avdesk.log")
    end_logging()
    assert not any(isinstance(handler, LogFile) for handler in logging.getLogger().handlers)
