"""Addresses that lead into the app, and those that do not."""

import pytest

from avdesk.core.places import Place, PlaceKind, read_place


@pytest.mark.parametrize(
    ("address", "place"),
    [
        ("", Place()),
        ("avdesk://", Place()),
        ("avdesk:///", Place()),
        ("avdesk://logs", Place(PlaceKind.LOGS)),
        ("AVDesk://LOGS/", Place(PlaceKind.LOGS)),
        ("avdesk://new-video", Place(PlaceKind.NEW_VIDEO)),
        ("avdesk://job/video-job-0a1b2c3d", Place(PlaceKind.JOB, "video-job-0a1b2c3d")),
        ("avdesk://job/1234567890123456789/", Place(PlaceKind.JOB, "1234567890123456789")),
        ("avdesk://environment/prod.eu", Place(PlaceKind.ENVIRONMENT, "prod.eu")),
    ],
)
def test_an_address_leads_to_its_place(address: str, place: Place) -> None:
    assert read_place(address) == place
    assert read_place(place.address) == place


@pytest.mark.parametrize(
    "address",
    [
        "http://job/video-job-0a1b2c3d",
        "avdesk:job/x",
        "avdesk://job",
        "avdesk://job/",
        "avdesk://job/../../etc",
        "avdesk://job/a b",
        "avdesk://job/--yes",
        "avdesk://job/x?run=1",
        "avdesk://job/x#y",
        "avdesk://job/%41",
        "avdesk://job/x\n",
        "avdesk://job/" + "x" * 129,
        "avdesk://logs/more",
        "avdesk://quit",
        "avdesk://job/ｖideo",
        "avdesk://logs" + "/" * 600,
        "--version",
    ],
)
def test_what_leads_nowhere_is_no_place(address: str) -> None:
    assert read_place(address) is None
