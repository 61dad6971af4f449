"""Reading the files that hold Google credentials, each kind by the loader that google-auth has for it."""

import importlib
import json
from collections.abc import Mapping
from typing import TYPE_CHECKING, cast

from avdesk.core.errors import CredentialsMissingError
from avdesk.core.redact import know_secret
from avdesk.i18n import _

if TYPE_CHECKING:
    from google.auth.credentials import Credentials

SERVICE_ACCOUNT = "service-account"
APPLICATION_DEFAULT = "application-default"
SCOPE = "https://www.googleapis.com/auth/cloud-platform"

_MAX_KEY = 64 * 1024

_SECRET_FIELDS = ("private_key", "refresh_token", "client_secret")

_LOADERS: Mapping[str, tuple[str, str]] = {
    "service_account": ("google.oauth2.service_account", "from_service_account_info"),
    "authorized_user": ("google.oauth2.credentials", "from_authorized_user_info"),
    "external_account_authorized_user": ("google.auth.external_account_authorized_user", "from_info"),
    "impersonated_service_account": (
        "google.auth.impersonated_credentials",
        "from_impersonated_service_account_info",
    ),
}
_ELSEWHERE = "external_account"
"""Workload identity; which of three loaders depends on where the proof comes from."""


def read_credentials(text: str, kind: str) -> Mapping[str, object]:
    """Return the JSON object of a key or credentials file.

    Raises:
        CredentialsMissingError: it is none, or of a type that is not known. A stored key must be a service account's.
    """
    try:
        info = json.loads(text) if len(text) <= _MAX_KEY else None
    except (ValueError, RecursionError):
        info = None
    known = {"service_account"} if kind == SERVICE_ACCOUNT else {*_LOADERS, _ELSEWHERE}
    if not isinstance(info, dict) or info.get("type") not in known:
        raise unusable(kind)
    for name in _SECRET_FIELDS:
        value = info.get(name)
        if isinstance(value, str):
            know_secret(value)
    return info


def load_credentials(info: Mapping[str, object], kind: str) -> "Credentials":
    """Return google-auth's credentials for a file's content.

    Raises:
        CredentialsMissingError: something in it is missing or damaged.
    """
    from google.auth import exceptions

    module_name, loader = _loader(info)
    try:
        made = getattr(importlib.import_module(module_name).Credentials, loader)(dict(info), scopes=[SCOPE])
    except (exceptions.GoogleAuthError, ValueError, KeyError, TypeError, AttributeError):
        raise unusable(kind) from None
    return cast("Credentials", made)


def unusable(kind: str) -> CredentialsMissingError:
    """Return the error for a file that cannot be used."""
    if kind == SERVICE_ACCOUNT:
        return CredentialsMissingError(
            _("The service-account key cannot be used: it is no complete key in JSON."),
            _("Make it again, and store it with “avdesk auth set service-account”."),
        )
    return CredentialsMissingError(
        _("The application-default credentials cannot be used: the file is missing, or no complete JSON."),
        _("Make it again: gcloud auth application-default login"),
    )


def _loader(info: Mapping[str, object]) -> tuple[str, str]:
    if info.get("type") != _ELSEWHERE:
        return _LOADERS[str(info.get("type"))]
    source = info.get("credential_source")
    if info.get("subject_token_type") == "urn:ietf:params:aws:token-type:aws4_request":
        return ("google.auth.aws", "from_info")
    if isinstance(source, Mapping) and "executable" in source:
        return ("google.auth.pluggable", "from_info")
    return ("google.auth.identity_pool", "from_info")
