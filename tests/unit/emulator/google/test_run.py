"""Cloud Run in both versions of its API."""

import copy
from collections.abc import Callable
from typing import Any

import pytest

from avdesk.core import wire
from avdesk.emulator.google.router import GoogleApis
from avdesk.emulator.server import Emulator
from tests.unit.emulator.google.conftest import START, Caller, SmallWorld

V1 = "/apis/serving.knative.dev/v1/namespaces/p-1"
ANY_V1 = "/apis/serving.knative.dev/v1/namespaces/av-8675309"
V2 = "/v2/projects/p-1/locations/us-central1/services"


@pytest.fixture
def regional(ask: Caller) -> Caller:
    """A caller at the regional host."""
    ask.host = "us-central1-run.avdesk.invalid"
    return ask


def read(ask: Caller) -> dict[str, Any]:
    return copy.deepcopy(dict(ask("GET", f"{V1}/services/av-app").body))


def ready(service: dict[str, Any]) -> str:
    return str(next(item["status"] for item in service["status"]["conditions"] if item["type"] == "Ready"))


def test_the_service_is_listed_where_it_is(ask: Caller) -> None:
    for path in ("/v1/projects/p-1/locations/-/services", "/v1/projects/p-1/locations/us-central1/services"):
        (service,) = ask("GET", path).items("items")
        assert wire.as_object(service["metadata"])["name"] == "av-app"
        assert "status" in service
    assert ask("GET", "/v1/projects/p-1/locations/europe-west1/services").items("items") == []
    for host, count in (("us-central1-run.avdesk.invalid", 1), ("europe-west1-run.avdesk.invalid", 0)):
        ask.host = host
        assert len(ask("GET", f"{V1}/services").items("items")) == count


def test_a_service_elsewhere_is_not_found(ask: Caller) -> None:
    ask.host = "europe-west1-run.avdesk.invalid"
    reply = ask("GET", f"{V1}/services/av-app")
    assert reply.status == 404
    assert "europe-west1" in str(reply.error["message"])


def test_a_changed_template_rolls_out_in_steps(regional: Caller, world: SmallWorld) -> None:
    service = read(regional)
    service["spec"]["template"]["metadata"]["annotations"]["autoscaling.knative.dev/minScale"] = "2"
    put = regional("PUT", f"{V1}/services/av-app", service)
    assert put.status == 200
    seen = read(regional)
    assert seen["metadata"]["generation"] == 43
    assert seen["status"]["observedGeneration"] == 42
    world.time += 1
    seen = read(regional)
    assert (seen["status"]["observedGeneration"], ready(seen)) == (43, "Unknown")
    assert seen["status"]["latestCreatedRevisionName"] != seen["status"]["latestReadyRevisionName"]
    world.time += 5
    seen = read(regional)
    assert (seen["status"]["observedGeneration"], ready(seen)) == (43, "True")
    assert seen["status"]["latestReadyRevisionName"].startswith("av-app-00043-")
    assert seen["status"]["traffic"][0]["revisionName"] == seen["status"]["latestReadyRevisionName"]


def test_a_stale_resource_version_conflicts(regional: Caller, world: SmallWorld) -> None:
    stale, fresh = read(regional), read(regional)
    fresh["metadata"]["annotations"]["note"] = "first"
    assert regional("PUT", f"{V1}/services/av-app", fresh).status == 200
    world.time += 10
    stale["metadata"]["annotations"]["note"] = "second"
    reply = regional("PUT", f"{V1}/services/av-app", stale)
    assert (reply.status, reply.error["status"]) == (409, "ABORTED")


def test_putting_back_what_was_read_changes_nothing(regional: Caller) -> None:
    service = read(regional)
    assert regional("PUT", f"{V1}/services/av-app", service).body == service


def test_traffic_is_split_without_a_new_revision(regional: Caller, world: SmallWorld) -> None:
    service = read(regional)
    revisions = [item["metadata"]["name"] for item in _items(regional, f"{V1}/revisions")]
    service["spec"]["traffic"] = [
        {"revisionName": revisions[0], "percent": 20},
        {"revisionName": revisions[1], "percent": 80},
    ]
    regional("PUT", f"{V1}/services/av-app", service)
    world.time += 10
    assert read(regional)["status"]["traffic"] == service["spec"]["traffic"]
    assert len(_items(regional, f"{V1}/revisions")) == 2


@pytest.mark.parametrize(
    "change",
    [
        lambda s: s["spec"].update(traffic=[{"latestRevision": True, "percent": 90}]),
        lambda s: s["spec"].update(traffic=[{"revisionName": "av-app-99999-xyz", "percent": 100}]),
        lambda s: s["spec"]["template"]["metadata"]["annotations"].update({"autoscaling.knative.dev/minScale": "11"}),
        lambda s: s["spec"]["template"]["metadata"]["annotations"].update({"autoscaling.knative.dev/minScale": 1}),
        lambda s: s["spec"]["template"]["metadata"]["annotations"].update({"autoscaling.knative.dev/maxScale": "x"}),
        lambda s: s["spec"]["template"]["spec"].update(containers=[]),
        lambda s: s["metadata"].update(name="other"),
        lambda s: s.update(extra=1),
    ],
)
def test_what_cannot_be_is_refused(regional: Caller, change: Callable[[dict[str, Any]], object]) -> None:
    service = read(regional)
    change(service)
    assert regional("PUT", f"{V1}/services/av-app", service).status == 400
    assert read(regional)["metadata"]["generation"] == 42


def test_the_log_names_the_revision_that_serves() -> None:
    clock = [START]
    world = Emulator(now=lambda: clock[0]).world
    clock[0] += 60
    with world.lock:
        world.advance()
        entries = [record for record in world.logs() if record.resource_type == "cloud_run_revision"]
    (status,) = [
        wire.as_object(item["status"])
        for item in Caller(GoogleApis(world), bearer=world.token)("GET", f"{ANY_V1}/services").items("items")
    ]
    assert {record.resource_labels["revision_name"] for record in entries} == {status["latestReadyRevisionName"]}


def _items(ask: Caller, path: str, **query: str) -> list[dict[str, Any]]:
    return [dict(item) for item in ask("GET", path, **query).items("items")]


def test_revisions_are_paged_and_selected(regional: Caller) -> None:
    first = regional("GET", f"{V1}/revisions", labelSelector="serving.knative.dev/service = av-app", limit="1")
    more = str(wire.as_object(first.body["metadata"])["continue"])
    second = regional(
        "GET", f"{V1}/revisions", **{"labelSelector": "serving.knative.dev/service = av-app", "continue": more}
    )
    names = [wire.as_object(item["metadata"])["name"] for item in first.items("items") + second.items("items")]
    assert [str(name)[:12] for name in names] == ["av-app-00042", "av-app-00041"]
    assert second.body["metadata"] == {}
    assert _items(regional, f"{V1}/revisions", labelSelector="serving.knative.dev/service=other") == []
    assert regional("GET", f"{V1}/revisions", labelSelector="colour=red").status == 400
    digest = wire.as_object(regional("GET", f"{V1}/revisions/{names[0]}").body["status"])["imageDigest"]
    assert "@sha256:" in str(digest)


def test_version_two_has_strings_etags_and_full_names(ask: Caller) -> None:
    (service,) = ask("GET", V2).items("services")
    assert service == ask("GET", f"{V2}/av-app").body
    assert service["name"] == "projects/p-1/locations/us-central1/services/av-app"
    assert (service["generation"], service["observedGeneration"]) == ("42", "42")
    assert "reconciling" not in service
    assert wire.as_object(service["terminalCondition"])["state"] == "CONDITION_SUCCEEDED"
    template = wire.as_object(service["template"])
    assert template["scaling"] == {"minInstanceCount": 1, "maxInstanceCount": 10}
    assert len(ask("GET", f"{V2}/av-app/revisions").items("revisions")) == 2
    assert ask("GET", V2.replace("us-central1", "europe-west1")).body == {}


def test_a_patch_changes_what_its_mask_names_and_is_an_operation(ask: Caller, world: SmallWorld) -> None:
    etag = ask("GET", f"{V2}/av-app").body["etag"]
    body = {"etag": etag, "template": {"scaling": {"minInstanceCount": 3, "maxInstanceCount": 30}}, "traffic": []}
    started = ask("PATCH", f"{V2}/av-app", body, updateMask="template.scaling")
    assert "done" not in started.body
    world.time += 1
    assert ask("GET", f"{V2}/av-app").body["reconciling"] is True
    world.time += 10
    done = ask("GET", f"/v2/{started.body['name']}")
    assert done.body["done"] is True
    service = ask("GET", f"{V2}/av-app").body
    assert wire.as_object(service["template"])["scaling"] == {"minInstanceCount": 3, "maxInstanceCount": 30}
    assert service["generation"] == "43"
    conflict = ask("PATCH", f"{V2}/av-app", body, updateMask="template.scaling")
    assert (conflict.status, conflict.error["status"]) == (409, "ABORTED")


def test_a_patch_may_only_be_tried(ask: Caller) -> None:
    before = ask("GET", f"{V2}/av-app").body
    body = {"scaling": {"minInstanceCount": 2}}
    assert ask("PATCH", f"{V2}/av-app", body, validateOnly="true").body["done"] is True
    assert ask("GET", f"{V2}/av-app").body == before
    assert ask("PATCH", f"{V2}/av-app", body, updateMask="template.containers").status == 400
    assert (
        ask("PATCH", f"{V2}/av-app", {"template": {"scaling": {"minInstanceCount": 9, "maxInstanceCount": 8}}}).status
        == 400
    )


def test_version_two_moves_traffic(ask: Caller, world: SmallWorld) -> None:
    older = str(ask("GET", f"{V2}/av-app/revisions").items("revisions")[1]["name"]).rpartition("/")[2]
    target = {"type": "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", "revision": older, "percent": 100}
    assert ask("PATCH", f"{V2}/av-app", {"traffic": [target]}, updateMask="traffic").status == 200
    world.time += 10
    (status,) = [wire.as_object(item) for item in wire.as_list(ask("GET", f"{V2}/av-app").body["trafficStatuses"])]
    assert status["revision"] == older
