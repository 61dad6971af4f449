"""Who is answered, and how a refusal looks."""

import base64
import json

import pytest

from avdesk.core import wire
from avdesk.emulator.google.router import GoogleApis
from tests.unit.emulator.google.conftest import Caller, SmallWorld

JOBS = "/v1/projects/p-1/locations/us-central1/customJobs"
ACCOUNT = "/v1/projects/-/serviceAccounts/runner@p-1.iam.gserviceaccount.com"


@pytest.mark.parametrize("bearer", ["", "another", "the-bearer-and-more", "\xff"])
def test_only_the_worlds_bearer_is_let_in(ask: Caller, bearer: str) -> None:
    ask.bearer = bearer
    reply = ask("GET", JOBS)
    assert reply.status == 401
    assert reply.error["status"] == "UNAUTHENTICATED"
    (detail,) = wire.as_list(reply.error["details"])
    assert wire.as_object(detail)["@type"] == "type.googleapis.com/google.rpc.ErrorInfo"


@pytest.mark.parametrize("scheme", ["Basic", "", "Bearerish"])
def test_other_schemes_than_bearer_are_refused(ask: Caller, scheme: str) -> None:
    ask.headers["authorization"] = f"{scheme} the-bearer"
    assert ask("GET", JOBS).status == 401


@pytest.mark.parametrize(
    ("method", "path"),
    [("GET", "/"), ("GET", "/v1/projects/p-1"), ("PATCH", JOBS), ("GET", JOBS + "/1/2"), ("GET", "/v9" + JOBS)],
)
def test_unknown_paths_and_methods_are_not_found(ask: Caller, method: str, path: str) -> None:
    reply = ask(method, path)
    assert (reply.status, reply.error["code"], reply.error["status"]) == (404, 404, "NOT_FOUND")


def test_the_world_is_brought_up_to_date_before_anything_is_read(ask: Caller, world: SmallWorld) -> None:
    ask("GET", JOBS)
    assert world.advanced == 1


def test_fields_shrink_the_answer_and_unknown_parameters_do_nothing(ask: Caller, world: SmallWorld) -> None:
    world.add(labels={"a": "b"})
    reply = ask("GET", JOBS, fields="nextPageToken,customJobs(state,labels/a,error)", quotaUser="me", nonsense="1")
    assert reply.body == {"customJobs": [{"state": "JOB_STATE_PENDING", "labels": {"a": "b"}}]}


def test_unreadable_fields_are_refused(ask: Caller) -> None:
    reply = ask("GET", JOBS, fields="customJobs(name")
    assert (reply.status, reply.error["status"]) == (400, "INVALID_ARGUMENT")


def test_half_a_surrogate_pair_in_the_world_breaks_no_answer(ask: Caller, world: SmallWorld) -> None:
    world.add(display_name="half \ud83d")
    assert ask("GET", JOBS).items("customJobs")[0]["displayName"] == "half \ud83d"


def test_an_impersonated_token_opens_the_door_until_it_expires(ask: Caller, world: SmallWorld) -> None:
    scope = ["https://www.googleapis.com/auth/cloud-platform"]
    made = ask("POST", ACCOUNT + ":generateAccessToken", {"delegates": None, "scope": scope, "lifetime": "600s"})
    ask.bearer = str(made.body["accessToken"])
    assert ask("GET", JOBS).status == 200
    world.time += 601
    assert ask("GET", JOBS).status == 401


@pytest.mark.parametrize(
    "body", [None, {}, {"scope": ["s"], "lifetime": "7200s"}, {"scope": ["s"], "lifetime": "soon"}, {"scopes": ["s"]}]
)
def test_access_tokens_need_a_scope_and_a_lifetime_of_an_hour_at_most(ask: Caller, body: object) -> None:
    assert ask("POST", ACCOUNT + ":generateAccessToken", body).status == 400


def test_an_identity_token_is_a_jwt_with_an_end(ask: Caller, world: SmallWorld) -> None:
    made = ask("POST", ACCOUNT + ":generateIdToken", {"audience": "https://x.invalid", "includeEmail": True})
    segments = str(made.body["token"]).split(".")
    claims = json.loads(base64.urlsafe_b64decode(segments[1] + "=" * (-len(segments[1]) % 4)))
    assert len(segments) == 3
    assert claims["exp"] == int(world.time) + 3600
    assert claims["aud"] == "https://x.invalid"
    assert claims["email"] == "runner@p-1.iam.gserviceaccount.com"


def test_strangers_accounts_are_not_impersonated(ask: Caller) -> None:
    path = "/v1/projects/-/serviceAccounts/x@other.iam.gserviceaccount.com:generateIdToken"
    assert ask("POST", path, {"audience": "a"}).status == 404


def test_logging_reads_are_limited_per_minute(world: SmallWorld) -> None:
    ask = Caller(GoogleApis(world, log_reads_per_minute=2))
    body = {"resourceNames": ["projects/p-1"]}
    assert [ask("POST", "/v2/entries:list", body).status for _ in range(3)] == [200, 200, 429]
    refused = ask("POST", "/v2/entries:list", body)
    (info,) = [wire.as_object(detail) for detail in wire.as_list(refused.error["details"])]
    assert (refused.error["status"], info["reason"]) == ("RESOURCE_EXHAUSTED", "RATE_LIMIT_EXCEEDED")
    metadata = wire.as_object(info["metadata"])
    assert (metadata["quota_limit"], metadata["quota_limit_value"]) == ("ReadRequestsPerMinutePerProject", "2")
    world.time += 60
    assert ask("POST", "/v2/entries:list", body).status == 200
    world.time -= 7200
    assert ask("POST", "/v2/entries:list", body).status == 200
