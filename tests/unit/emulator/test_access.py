"""Who is let in to the emulated server, and what the emulated IAM says and enforces."""

import json
import urllib.error
import urllib.request
from collections.abc import Iterator

import pytest

from avdesk.clients.google_auth import GoogleCredentials
from avdesk.clients.transport import Transport
from avdesk.emulator.access import Access
from avdesk.emulator.server import Emulator


@pytest.fixture
def emulator() -> Iterator[Emulator]:
    with Emulator(seed=1) as running:
        yield running


def ask(url: str, token: str | None = None, body: object = None) -> tuple[int, dict[str, object]]:
    """Return status and JSON of an answer."""
    headers = {"Content-Type": "application/json"} | ({"Authorization": f"Bearer {token}"} if token else {})
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data=data, headers=headers)  # noqa: S310 - the emulator's own address
    try:
        with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310
            return answer.status, json.loads(answer.read())
    except urllib.error.HTTPError as error:
        with error:
            content = error.read()
            return error.code, json.loads(content) if content.startswith(b"{") else {}


def test_a_server_with_a_token_lets_nobody_else_in_and_counts_nobody_else(emulator: Emulator) -> None:
    emulator.access = Access(token="the-one")  # noqa: S106 - of a test
    url = f"{emulator.autovideo_url}/status"
    for _again in range(15):  # more than the rate limit
        assert ask(url)[0] == 403
        assert ask(url, "another")[0] == 401
    assert ask(url, "the-one")[0] == 200


def test_iam_lets_in_who_has_an_identity_token_for_this_very_server(emulator: Emulator) -> None:
    emulator.put_behind_iam()
    url = f"{emulator.autovideo_url}/status"
    transport = Transport()
    credentials = GoogleCredentials(transport, key=emulator.make_service_account_key)
    assert ask(url, credentials.identity_token(emulator.autovideo_url))[0] == 200
    assert ask(url, credentials.identity_token("http://127.0.0.1:9"))[0] == 401
    assert ask(url, credentials.token())[0] == 401
    transport.close()


def test_permissions_are_told_and_enforced(emulator: Emulator) -> None:
    emulator.withheld.add("aiplatform.customJobs.list")
    names = ["aiplatform.customJobs.list", "logging.logEntries.list"]
    test = f"{emulator.google_url}/v1/projects/{emulator.project}:testIamPermissions"
    assert ask(test, emulator.token, {"permissions": names}) == (200, {"permissions": names[1:]})
    assert ask(test, emulator.token, {"permissions": names[:1]}) == (200, {})
    assert ask(test, emulator.token, {"permissions": []})[0] == 400
    assert ask(test, None, {"permissions": names})[0] == 401
    elsewhere = test.replace(emulator.project, "another-project")
    assert ask(elsewhere, emulator.token, {"permissions": names})[0] == 403
    jobs = f"{emulator.google_url}/v1/projects/{emulator.project}/locations/{emulator.regions[0]}/customJobs"
    status, refusal = ask(jobs, emulator.token)
    assert status == 403
    assert "aiplatform.customJobs.list" in json.dumps(refusal)


def test_sign_in_gives_nothing_for_what_no_key_has_signed(emulator: Emulator) -> None:
    url = f"{emulator.google_url}/token"
    for form in (
        b"",
        b"grant_type=password",
        b"grant_type=urn:ietf:params:oauth:grant-type:jwt-bearer&assertion=a.b.c",
    ):
        request = urllib.request.Request(url, data=form)  # noqa: S310
        with pytest.raises(urllib.error.HTTPError) as raised:
            urllib.request.urlopen(request, timeout=30)  # noqa: S310
        with raised.value as error:
            assert error.code == 400
            assert "error_description" in json.loads(error.read())
