"""Searching log entries."""

import pytest

from avdesk.core import wire
from avdesk.emulator.google.cloudlogging import Logging
from avdesk.emulator.google.router import GoogleApis
from tests.unit.emulator.google.conftest import Caller, Reply, SmallWorld

PATH = "/v2/entries:list"


def search(ask: Caller, text: str = "", **body: object) -> Reply:
    return ask("POST", PATH, {"resourceNames": ["projects/p-1"], "filter": text, **body})


def texts(reply: Reply) -> list[object]:
    return [entry.get("textPayload") for entry in reply.items("entries")]


def test_nothing_found_is_an_empty_object(ask: Caller) -> None:
    assert search(ask).body == {}


def test_an_entry_has_google_fields(ask: Caller, world: SmallWorld) -> None:
    world.log("hello", severity="DEFAULT", log_name="run.googleapis.com/stdout")
    (entry,) = search(ask).items("entries")
    assert entry["logName"] == "projects/p-1/logs/run.googleapis.com%2Fstdout"
    labels = {"project_id": "p-1", "job_id": "77", "task_name": "workerpool0-0"}
    assert entry["resource"] == {"type": "ml_job", "labels": labels}
    assert "severity" not in entry
    timestamp, received = wire.as_time(entry["timestamp"]), wire.as_time(entry["receiveTimestamp"])
    assert timestamp is not None
    assert received is not None
    assert timestamp < received


def test_json_payloads_and_labels_are_passed_on(ask: Caller, world: SmallWorld) -> None:
    world.log(json={"message": 5}, labels={"a": "b"})
    (entry,) = search(ask, "jsonPayload.message=5").items("entries")
    assert (entry["jsonPayload"], entry["labels"]) == ({"message": 5}, {"a": "b"})


def test_order_is_by_time_and_insert_id_either_way(ask: Caller, world: SmallWorld) -> None:
    world.log("late", timestamp=world.time - 5, received=world.time)
    for name in ("b", "a"):
        world.log(name, timestamp=world.time - 9, insert_id=name)
    assert texts(search(ask)) == ["a", "b", "late"]
    assert texts(search(ask, orderBy="timestamp desc")) == ["late", "b", "a"]
    assert search(ask, orderBy="severity").status == 400


@pytest.mark.parametrize("order", ["timestamp asc", "timestamp desc"])
def test_pages_hold_every_entry_once_and_times_never_disagree_with_the_order(
    ask: Caller, world: SmallWorld, order: str
) -> None:
    for index in range(40):
        world.log(str(index), timestamp=world.time - 100 + index // 3 * 0.000_001, insert_id=f"{index * 7 % 40:02d}")
    found: list[tuple[str, str]] = []
    token = ""
    for _ in range(20):
        reply = search(ask, orderBy=order, pageSize=7, pageToken=token)
        found += [(str(entry["timestamp"]), str(entry["insertId"])) for entry in reply.items("entries")]
        if "nextPageToken" not in reply.body:
            break
        token = str(reply.body["nextPageToken"])
    assert len(set(found)) == len(found) == 40
    keys = [(text[:26].ljust(26, "0"), name) for text, name in found]
    assert keys == sorted(keys, reverse=order.endswith("desc"))


def test_an_unfinished_search_has_a_token_and_no_entries(world: SmallWorld) -> None:
    api = Logging(world, scan_limit=10)
    ask = Caller(GoogleApis(world))
    ask.apis._routes[:0] = api.routes()  # noqa: SLF001 - the same door with a smaller budget
    world.log("wanted")
    for _ in range(25):
        world.log("other")
    reply = search(ask, "wanted", orderBy="timestamp desc")
    pages = 1
    while "entries" not in reply.body:
        reply = search(ask, "wanted", orderBy="timestamp desc", pageToken=reply.body["nextPageToken"])
        pages += 1
    assert (pages, texts(reply), "nextPageToken" in reply.body) == (3, ["wanted"], False)


def test_time_bounds_keep_a_search_within_its_budget(world: SmallWorld) -> None:
    for index in range(30):
        world.log(str(index))
    ask = Caller(GoogleApis(world))
    ask.apis._routes[:0] = Logging(world, scan_limit=5).routes()  # noqa: SLF001 - as above
    bound = search(ask, "", pageSize=1, orderBy="timestamp desc").items("entries")[0]["timestamp"]
    reply = search(ask, f'timestamp>="{bound}"')
    assert (texts(reply), "nextPageToken" in reply.body) == (["29"], False)


def test_what_was_answered_can_be_asked_for_exactly(ask: Caller, world: SmallWorld) -> None:
    for index in range(30):
        world.log(str(index), timestamp=world.time - 50 + index * 0.123_457)
    for entry in search(ask).items("entries"):
        text = f'timestamp="{entry["timestamp"]}" AND insertId="{entry["insertId"]}"'
        assert search(ask, text).items("entries") == [entry]


def test_page_sizes_and_tokens_are_checked(ask: Caller, world: SmallWorld) -> None:
    for index in range(60):
        world.log(str(index))
    first = search(ask)
    assert len(first.items("entries")) == 50
    assert search(ask, pageSize=-1).status == 400
    assert search(ask, "severity=INFO", pageToken=first.body["nextPageToken"]).status == 400
    assert len(search(ask, pageSize=100_000).items("entries")) == 60


@pytest.mark.parametrize(
    ("body", "status"),
    [
        (None, 400),
        ([], 400),
        ({}, 400),
        ({"resourceNames": []}, 400),
        ({"resourceNames": ["p-1"]}, 400),
        ({"resourceNames": ["projects/p-1"] * 101}, 400),
        ({"resourceNames": ["projects/p-1"], "query": "x"}, 400),
        ({"resourceNames": ["projects/p-1"], "filter": 5}, 400),
        ({"resourceNames": ["projects/p-1"], "filter": "a ="}, 400),
        ({"resourceNames": ["projects/p-2"]}, 403),
        ({"resourceNames": ["projects/p-1", "projects/424242424242"]}, 200),
        ({"projectIds": ["p-1"]}, 200),
        ({"resource_names": ["projects/p-1/locations/global/buckets/_Default/views/_AllLogs"]}, 200),
    ],
)
def test_the_request_is_checked(ask: Caller, body: object, status: int) -> None:
    assert ask("POST", PATH, body).status == status
