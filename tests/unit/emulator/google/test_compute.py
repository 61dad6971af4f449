"""Regions and their quotas."""

import pytest

from avdesk.core import wire
from tests.unit.emulator.google.conftest import Caller, SmallWorld

PATHS = ["/compute/v1/projects/p-1/regions", "/projects/p-1/regions"]


@pytest.mark.parametrize("path", PATHS)
def test_a_region_has_quotas_as_doubles(ask: Caller, path: str) -> None:
    reply = ask("GET", f"{path}/us-central1")
    assert reply.body["quotas"] == [{"metric": "NVIDIA_L4_GPUS", "limit": 8.0, "usage": 2.0}]
    assert b'"limit": 8.0' in reply.raw.body
    assert isinstance(reply.body["id"], str)
    assert str(reply.body["creationTimestamp"]).endswith("-08:00")


def test_quotas_that_are_not_known_are_missing_and_not_zero(ask: Caller, world: SmallWorld) -> None:
    world.usage = {}
    assert "quotas" not in ask("GET", f"{PATHS[0]}/us-central1").body


def test_regions_are_listed_in_pages(ask: Caller) -> None:
    first = ask("GET", PATHS[0], maxResults="1")
    second = ask("GET", PATHS[0], maxResults="1", pageToken=str(first.body["nextPageToken"]))
    found = [reply.items("items")[0]["name"] for reply in (first, second)]
    assert found == ["europe-west1", "us-central1"]
    assert "nextPageToken" not in second.body


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("name=us-central1", ["us-central1"]),
        ('name eq ".*west.*"', ["europe-west1"]),
        ("name ne us.*", ["europe-west1"]),
        ("(name = nowhere)", []),
    ],
)
def test_regions_are_filtered_by_name(ask: Caller, text: str, names: list[str]) -> None:
    assert [item["name"] for item in ask("GET", PATHS[0], filter=text).items("items")] == names


def test_refusals_have_computes_own_envelope(ask: Caller) -> None:
    reply = ask("GET", f"{PATHS[0]}/mars-east1")
    (error,) = [wire.as_object(item) for item in wire.as_list(reply.error["errors"])]
    assert (reply.status, error["reason"], error["domain"]) == (404, "notFound", "global")
    assert ask("GET", PATHS[0], filter="status=UP").status == 400
    assert ask("GET", PATHS[0], orderBy="status").status == 400
    assert ask("GET", PATHS[0].replace("p-1", "p-2")).status == 403
    ask.bearer = "x"
    assert "errors" in ask("GET", PATHS[0]).error
