"""The request ledger keeps the server's sliding window whatever happens to clocks, processes and files."""

import random
import sqlite3
from collections import deque
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avdesk.core.errors import RateLimitedError, StoreError
from avdesk.store.ledger import Allowance, Ledger, Ticket, server_key
from avdesk.store.window import MARGIN_S

SERVER = "http://127.0.0.1:8080"
TEN = Allowance(10, 300.0, 2)
EPOCH = 1_795_469_672.0


class Clocks:
    """A wall clock that can be set, a monotonic one that begins anew with the machine, and the true time."""

    def __init__(self) -> None:
        self.true = 0.0
        self.set_by = 0.0
        self.mono_offset = 5000.0

    def wall(self) -> float:
        return EPOCH + self.true + self.set_by

    def mono(self) -> float:
        return self.true + self.mono_offset

    def ledger(self, path: Path) -> Ledger:
        return Ledger(path, wall=self.wall, mono=self.mono)


class Server:
    """The limit as the server keeps it: by the true time, a rejected request uncounted."""

    def __init__(self, limit: int = 10, window_s: float = 300.0) -> None:
        self.limit, self.window_s = limit, window_s
        self.counted: deque[float] = deque()

    def allows(self, moment: float) -> bool:
        while self.counted and self.counted[0] <= moment - self.window_s:
            self.counted.popleft()
        if len(self.counted) >= self.limit:
            return False
        self.counted.append(moment)
        return True


def send(ledger: Ledger, *, by_hand: bool = True) -> None:
    ledger.settle(ledger.take(SERVER, TEN, by_hand=by_hand))


steps = st.one_of(
    st.tuples(st.just("send"), st.integers(0, 2), st.floats(0.0, 20.0)),
    st.tuples(st.just("send by itself"), st.integers(0, 2), st.floats(0.0, 20.0)),
    st.tuples(st.just("killed before settling"), st.integers(0, 2), st.floats(0.0, 1.0)),
    st.tuples(st.just("never sent"), st.integers(0, 2), st.just(0.0)),
    st.tuples(st.just("wait"), st.just(0), st.floats(0.0, 200.0)),
    st.tuples(st.just("wait as told"), st.just(0), st.just(0.0)),
    st.tuples(st.just("set the clock"), st.just(0), st.sampled_from([-7200.0, -40.0, 40.0, 3600.0, 200_000.0])),
    st.tuples(st.just("suspend"), st.just(0), st.floats(1.0, 8000.0)),
    st.tuples(st.just("reopen"), st.integers(0, 2), st.just(0.0)),
)


@settings(max_examples=150)
@given(st.lists(steps, max_size=80))
def test_no_interleaving_of_processes_clocks_and_crashes_is_refused(story: Sequence[tuple[str, int, float]]) -> None:
    clocks, server = Clocks(), Server()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite3"
        ledgers = [clocks.ledger(path) for _ in range(3)]
        for what, who, amount in story:
            if what == "wait":
                clocks.true += amount
            elif what == "wait as told":
                clocks.true += ledgers[0].wait_s(SERVER, TEN, by_hand=True)
            elif what == "set the clock":
                clocks.set_by += amount
            elif what == "suspend":
                clocks.true += amount
                clocks.mono_offset -= amount
            elif what == "reopen":
                ledgers[who].close()
                ledgers[who] = clocks.ledger(path)
            else:
                _request(what, ledgers[who], clocks, server, amount)
        for ledger in ledgers:
            assert ledger.trouble is None
            ledger.close()


def _request(what: str, ledger: Ledger, clocks: Clocks, server: Server, takes_s: float) -> None:
    by_hand = what != "send by itself"
    if ledger.wait_s(SERVER, TEN, by_hand=by_hand) > 0:
        with pytest.raises(RateLimitedError) as refused:
            ledger.take(SERVER, TEN, by_hand=by_hand)
        assert refused.value.until is not None
        assert refused.value.until.timestamp() >= clocks.wall() - 1
        return
    ticket = ledger.take(SERVER, TEN, by_hand=by_hand)
    if what == "never sent":
        ledger.release(ticket)
        return
    clocks.true += takes_s / 2
    assert server.allows(clocks.true), "a 429"
    clocks.true += takes_s / 2
    if what != "killed before settling":
        ledger.settle(ticket)


@settings(max_examples=60)
@given(st.lists(st.tuples(st.floats(0.0, 250.0), st.booleans()), min_size=5, max_size=60), st.floats(5.0, 500.0))
def test_restarts_of_the_machine_bring_no_429_and_no_endless_pause(
    story: Sequence[tuple[float, bool]], uptime: float
) -> None:
    clocks, server = Clocks(), Server()
    with TemporaryDirectory() as folder:
        path = Path(folder) / "ledger.sqlite3"
        for wait, reboots in story:
            clocks.true += wait
            if reboots:
                clocks.mono_offset = uptime - clocks.true
            ledger = clocks.ledger(path)
            assert ledger.wait_s(SERVER, TEN, by_hand=True) <= 300.0 + MARGIN_S + 60.0
            try:
                ticket = ledger.take(SERVER, TEN, by_hand=True)
            except RateLimitedError:
                ledger.close()
                continue
            assert server.allows(clocks.true), "a 429"
            ledger.settle(ticket)
            ledger.close()


def test_yesterdays_requests_do_not_count_after_a_restart_of_the_machine(tmp_path: Path) -> None:
    clocks = Clocks()
    clocks.mono_offset = 0.0
    ledger = clocks.ledger(tmp_path / "ledger.sqlite3")
    for _ in range(200):
        clocks.true += 40
        send(ledger, by_hand=False)
    clocks.true += 8 * 3600
    clocks.mono_offset = 60.0 - clocks.true  # one minute after the start of the machine
    sent = 0
    for _ in range(60):
        clocks.true += 40
        sent += ledger.wait_s(SERVER, TEN) == 0
        if ledger.wait_s(SERVER, TEN) == 0:
            send(ledger, by_hand=False)
    assert sent == 60


def test_clock_that_was_a_year_ahead_does_not_lock_us_out_after_a_restart(tmp_path: Path) -> None:
    clocks = Clocks()
    clocks.set_by = 365 * 86_400.0
    ledger = clocks.ledger(tmp_path / "ledger.sqlite3")
    for _ in range(10):
        send(ledger)
    clocks.set_by = 0.0
    clocks.true += 30
    clocks.mono_offset = 10.0 - clocks.true
    wait = ledger.wait_s(SERVER, TEN, by_hand=True)
    assert 0 < wait <= 302.0
    clocks.true += wait
    assert ledger.wait_s(SERVER, TEN, by_hand=True) == 0


def test_pause_after_a_429_ends_although_the_clock_was_set_back(tmp_path: Path) -> None:
    clocks = Clocks()
    ledger = clocks.ledger(tmp_path / "ledger.sqlite3")
    ledger.refused(ledger.take(SERVER, TEN), TEN, RateLimitedError("429"))
    clocks.set_by = -5 * 3600.0
    wait = ledger.wait_s(SERVER, TEN)
    assert wait <= 302.0
    clocks.true += wait + 1
    assert ledger.wait_s(SERVER, TEN) == 0


def test_reserve_is_for_the_user_alone(tmp_path: Path) -> None:
    ledger = Clocks().ledger(tmp_path / "ledger.sqlite3")
    for _ in range(8):
        send(ledger, by_hand=False)
    assert ledger.free(SERVER, TEN) == 0
    with pytest.raises(RateLimitedError) as refused:
        ledger.take(SERVER, TEN)
    assert not refused.value.by_server
    send(ledger)
    send(ledger)
    with pytest.raises(RateLimitedError):
        ledger.take(SERVER, TEN, by_hand=True)
    assert ledger.budget(SERVER, TEN).used == 10
    assert ledger.budget(SERVER, TEN).next_free_at is not None


def test_servers_have_allowances_of_their_own(tmp_path: Path) -> None:
    ledger = Clocks().ledger(tmp_path / "ledger.sqlite3")
    for _ in range(10):
        send(ledger)
    assert ledger.budget("https://other:443", TEN).used == 0


def test_429_without_retry_after_pauses_longer_each_time_up_to_the_window(tmp_path: Path) -> None:
    clocks = Clocks()
    ledger = clocks.ledger(tmp_path / "ledger.sqlite3")
    pauses = []
    for _ in range(6):
        ticket = ledger.take(SERVER, TEN, by_hand=True)
        error = ledger.refused(ticket, TEN, RateLimitedError("429", limit=10, window_s=300.0))
        assert error.by_server
        assert error.until is not None
        pauses.append(error.until.timestamp() - clocks.wall())
        assert ledger.wait_s(SERVER, TEN, by_hand=True) == pytest.approx(pauses[-1])
        assert ledger.budget(SERVER, TEN).next_free_at == error.until
        clocks.true += pauses[-1] + 0.1
    assert pauses == pytest.approx([30, 60, 120, 240, 300, 300])


def test_429_with_retry_after_is_obeyed_within_reason(tmp_path: Path) -> None:
    clocks = Clocks()
    ledger = clocks.ledger(tmp_path / "ledger.sqlite3")
    now = datetime.fromtimestamp(clocks.wall(), UTC)
    ledger.refused(ledger.take(SERVER, TEN), TEN, RateLimitedError("429", until=now + timedelta(seconds=77)))
    assert ledger.wait_s(SERVER, TEN) == pytest.approx(77)
    clocks.true += 78
    ledger.refused(ledger.take(SERVER, TEN), TEN, RateLimitedError("429", until=now + timedelta(days=9)))
    assert ledger.wait_s(SERVER, TEN) <= 3600


def test_limit_learnt_from_a_429s_text_is_kept_when_the_next_says_nothing(tmp_path: Path) -> None:
    clocks = Clocks()
    path = tmp_path / "ledger.sqlite3"
    ledger = clocks.ledger(path)
    ledger.refused(ledger.take(SERVER, TEN), TEN, RateLimitedError("429", limit=4, window_s=60.0))
    clocks.true += 61
    ledger.refused(ledger.take(SERVER, TEN), TEN, RateLimitedError("429"))
    clocks.true += 1000
    budget = clocks.ledger(path).budget(SERVER, TEN)
    assert (budget.limit, budget.window_s, budget.used) == (4, 60.0, 0)


@pytest.mark.parametrize(("limit", "window_s"), [(0, 300.0), (-3, -1.0), (10**9, 1e12), (5, 0.001)])
def test_nonsense_in_a_429s_text_is_not_learnt(limit: int, window_s: float, tmp_path: Path) -> None:
    clocks = Clocks()
    ledger = clocks.ledger(tmp_path / "ledger.sqlite3")
    ledger.refused(ledger.take(SERVER, TEN), TEN, RateLimitedError("429", limit=limit, window_s=window_s))
    clocks.true += 1000
    budget = ledger.budget(SERVER, TEN)
    assert 1 <= budget.limit <= 10
    assert budget.window_s == 300.0
    assert ledger.wait_s(SERVER, TEN) == 0


def test_others_use_of_the_allowance_is_believed_for_a_while_and_told_as_used(tmp_path: Path) -> None:
    clocks = Clocks()
    ledger = clocks.ledger(tmp_path / "ledger.sqlite3")
    for _ in range(3):
        send(ledger)
    ledger.refused(ledger.take(SERVER, TEN), TEN, RateLimitedError("429", limit=10, window_s=300.0))
    clocks.true += 31
    budget = ledger.budget(SERVER, TEN)
    assert (budget.limit, budget.used) == (10, 10)
    clocks.true += 600
    assert ledger.budget(SERVER, TEN).used == 0


def test_answer_to_an_earlier_request_does_not_end_the_pause_of_a_429(tmp_path: Path) -> None:
    ledger = Clocks().ledger(tmp_path / "ledger.sqlite3")
    early = ledger.take(SERVER, TEN)
    ledger.refused(ledger.take(SERVER, TEN), TEN, RateLimitedError("429"))
    ledger.settle(early)
    assert ledger.wait_s(SERVER, TEN) > 0


def test_full_disk_keeps_this_process_within_the_limit(tmp_path: Path) -> None:
    clocks, server = Clocks(), Server()
    ledger = clocks.ledger(tmp_path / "ledger.sqlite3")
    connection = ledger._opened.connection  # noqa: SLF001 - the fault is made inside
    first: list[Ticket] = []
    for _ in range(4):
        first.append(ledger.take(SERVER, TEN, by_hand=True))
        assert server.allows(clocks.true)
    ledger.settle(first[0])
    pages = connection.execute("PRAGMA page_count").fetchone()[0]
    connection.execute(f"PRAGMA max_page_count={pages}")
    connection.execute("PRAGMA query_only=1")  # what SQLite answers on a full or read-only disk: no write succeeds
    sent = 4
    for _ in range(40):
        try:
            ticket = ledger.take(SERVER, TEN, by_hand=True)
        except RateLimitedError:
            clocks.true += 40
            continue
        assert server.allows(clocks.true), "a 429"
        sent += 1
        ledger.settle(ticket)
    for ticket in first:
        ledger.settle(ticket)
        ledger.release(ticket)
    assert sent > 10
    assert isinstance(ledger.trouble, StoreError)


def test_file_that_another_process_holds_is_not_given_up(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "ledger.sqlite3"
    monkeypatch.setattr("avdesk.store.database.BUSY_TIMEOUT_S", 0.05)
    ledger = Clocks().ledger(path)
    ticket = ledger.take(SERVER, TEN)
    holder = sqlite3.connect(path, isolation_level=None)
    holder.execute("BEGIN IMMEDIATE")
    with pytest.raises(StoreError):
        ledger.take(SERVER, TEN)
    ledger.settle(ticket)
    assert ledger.budget(SERVER, TEN).used == 1
    holder.execute("ROLLBACK")
    holder.close()
    send(ledger)
    assert ledger.trouble is None
    assert Clocks().ledger(path).budget(SERVER, TEN).used == 2


def test_names_of_this_machine_are_one_server() -> None:
    same = ["http://localhost:8080", "http://127.0.0.1:8080/", "http://[::1]:8080/x", "http://LOCALHOST:8080"]
    assert {server_key(url) for url in same} == {SERVER}
    assert server_key("https://av.example") == "https://av.example:443"
    assert server_key("https://av.example") != server_key("http://av.example")


def test_waiting_as_told_is_always_enough_and_never_far_too_long(tmp_path: Path) -> None:
    clocks, server = Clocks(), Server()
    ledger = clocks.ledger(tmp_path / "ledger.sqlite3")
    dice = random.Random(7)  # noqa: S311 - a repeatable story
    for _ in range(300):
        clocks.true += dice.uniform(0, 60)
        wait = ledger.wait_s(SERVER, TEN, by_hand=True)
        assert wait <= 302
        clocks.true += wait + 1e-6
        assert server.allows(clocks.true)
        send(ledger)
