"""What gcloud's complaints mean; the texts are as gcloud 528 writes them."""

from collections.abc import Mapping

import pytest

from avdesk.clients.gcloudtext import explain
from avdesk.core.errors import (
    AvdeskError,
    BadAnswerError,
    CredentialsExpiredError,
    CredentialsMissingError,
    NameLookupError,
    NotFoundError,
    PermissionDeniedError,
    ProxyError,
    RateLimitedError,
    RefusedError,
    RequestRefusedError,
    ServerFailedError,
    TimedOutError,
    UnreachableError,
    UsageError,
)

ENDPOINT = "Using endpoint [http://127.0.0.1:4711/]\n"
LIST = ENDPOINT + "ERROR: (gcloud.ai.custom-jobs.list) "
AS_FILE = " This command is authenticated with an access token from FILE specified by the [auth] property."
DENIED = """PERMISSION_DENIED: Permission 'aiplatform.customJobs.list' denied on resource.{as_file}
- '@type': type.googleapis.com/google.rpc.ErrorInfo
  domain: aiplatform.googleapis.com
  metadata:
    permission: aiplatform.customJobs.list
  reason: IAM_PERMISSION_DENIED
"""
CRASH = "ERROR: gcloud crashed ({kind}): {rest}\n\nIf you would like to report this issue, please run: …"


@pytest.mark.parametrize(
    ("stderr", "code", "expected", "attributes"),
    [
        (LIST + "INVALID_ARGUMENT: Bad page.", 1, RequestRefusedError, {"status": 400}),
        (LIST + "UNAUTHENTICATED: Invalid." + AS_FILE, 1, CredentialsExpiredError, {}),
        (
            LIST + DENIED.format(as_file=AS_FILE),
            1,
            PermissionDeniedError,
            {"permission": "aiplatform.customJobs.list", "reason": "IAM_PERMISSION_DENIED"},
        ),
        (
            LIST + "PERMISSION_DENIED: Vertex AI API is disabled.\n- '@type': x\n  reason: SERVICE_DISABLED\n",
            1,
            PermissionDeniedError,
            {"reason": "SERVICE_DISABLED"},
        ),
        (LIST + "NOT_FOUND: No such job." + AS_FILE, 1, NotFoundError, {"status": 404}),
        (LIST + "ABORTED: Twice.", 1, RequestRefusedError, {"status": 409}),
        (LIST + "RESOURCE_EXHAUSTED: Quota exceeded.", 1, RateLimitedError, {"by_server": True}),
        (
            LIST + "HttpError accessing <http://127.0.0.1/v1>: response: <{'content-length': '9', 'status': 503}>, "
            'content {"error": {"message": "Try later."}}',
            1,
            ServerFailedError,
            {"status": 503},
        ),
        (LIST + "HTTPError 403: <html><title>Blocked</title>", 1, PermissionDeniedError, {"permission": None}),
        (ENDPOINT + CRASH.format(kind="InvalidDataFromServerError", rest="Error decoding"), 1, BadAnswerError, {}),
        (
            CRASH.format(kind="ConnectionError", rest="Failed to establish a new connection: [Errno 111]"),
            1,
            RefusedError,
            {},
        ),
        (CRASH.format(kind="ConnectionError", rest="[Errno -2] Name or service not known"), 1, NameLookupError, {}),
        (CRASH.format(kind="ProxyError", rest="Tunnel connection failed: 403"), 1, ProxyError, {}),
        (CRASH.format(kind="ReadTimeout", rest="Read timed out."), 1, TimedOutError, {}),
        (CRASH.format(kind="FileNotFoundError", rest="[Errno 2]"), 1, UnreachableError, {}),
        (
            "ERROR: (gcloud.ai.custom-jobs.list) You do not currently have an active account selected.\nPlease run:",
            1,
            CredentialsMissingError,
            {},
        ),
        (
            (
                "ERROR: (gcloud.ai.custom-jobs.list) Your current active account [x@example.com] does not "
                "have any valid credentials\n"
            ),
            1,
            CredentialsExpiredError,
            {},
        ),
        (
            (
                "ERROR: (gcloud.ai.custom-jobs.list) There was a problem refreshing your current auth tokens: "
                "('invalid_grant: Bad Request', {'error': 'invalid_grant'})\n"
            ),
            1,
            CredentialsExpiredError,
            {},
        ),
        ("ERROR: (gcloud.ai.custom-jobs.list) argument --region: Invalid choice\nUsage: …", 2, UsageError, {}),
        ("", 1, UnreachableError, {}),
        ("\x1b[31mE\x00RROR" * 10_000, -9, UnreachableError, {}),
    ],
)
def test_complaints_are_typed(
    stderr: str, code: int, expected: type[AvdeskError], attributes: Mapping[str, object]
) -> None:
    error = explain(stderr, code)
    assert type(error) is expected
    assert {name: getattr(error, name) for name in attributes} == attributes
    assert error.advice
    assert len(error.message) < 500
    assert "\n" not in error.message
    assert "FILE specified" not in error.message


def test_secrets_in_a_complaint_are_hidden() -> None:
    error = explain("ERROR: (gcloud.x) Something about ya29.abcdefghijklmnop went wrong", 1)
    assert "ya29" not in error.message
