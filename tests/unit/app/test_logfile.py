"""AVDesk's own log."""

import logging
from collections.abc import Iterator
from pathlib import Path

import pytest

from avdesk.app import logfile
from avdesk.app.logfile import close_log, open_log


@pytest.fixture
def root_level() -> Iterator[None]:
    level = logging.getLogger().level
    yield
    logging.getLogger().setLevel(level)


@pytest.mark.usefixtures("root_level")
def test_secrets_are_masked_in_records_and_in_tracebacks(tmp_path: Path) -> None:
    file = tmp_path / "logs" / "avdesk.log"
    handler = open_log(file)
    log = logging.getLogger("avdesk.test")
    log.info("sent Authorization: Bearer %s", "abcdefgh12345678")
    with pytest.raises(ValueError, match="hunter2") as raised:
        int("access_token=hunter2hunter2")
    log.warning("it failed", exc_info=raised.value)
    close_log(handler)
    text = file.read_text(encoding="utf-8")
    assert "it failed" in text
    assert "ValueError" in text
    assert "abcdefgh12345678" not in text
    assert "hunter2" not in text
    assert file.stat().st_mode & 0o077 == 0


@pytest.mark.usefixtures("root_level")
def test_a_line_break_in_a_record_does_not_forge_another_one(tmp_path: Path) -> None:
    file = tmp_path / "avdesk.log"
    handler = open_log(file)
    logging.getLogger("avdesk.test").info("one\n2026-01-01 00:00:00,000 ERROR forged")
    close_log(handler)
    assert [line[:4] for line in file.read_text(encoding="utf-8").splitlines()][1] == "    "


@pytest.mark.usefixtures("root_level")
def test_the_log_is_bounded(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(logfile, "MAX_BYTES", 2000)
    file = tmp_path / "avdesk.log"
    handler = open_log(file)
    for number in range(500):
        logging.getLogger("avdesk.test").info("line %d %s", number, "x" * 100)
    close_log(handler)
    assert len(list(tmp_path.iterdir())) == logfile.KEPT_FILES + 1
    assert sum(path.stat().st_size for path in tmp_path.iterdir()) < 2000 * (logfile.KEPT_FILES + 1) + 1000


def test_a_folder_that_cannot_be_made_is_no_reason_not_to_start(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    (tmp_path / "logs").write_text("in the way")
    assert open_log(tmp_path / "logs" / "avdesk.log") is None
    assert "no log is kept" in capsys.readouterr().err
