"""What has happened to the environments from one configuration to the next."""

from dataclasses import replace
from types import MappingProxyType

import pytest

from avdesk.config.differences import Differences, differences, mark_of
from avdesk.config.settings import Environment, Notifications, Polling, Settings

DEV = Environment("dev", url="http://127.0.0.1:1")
PROD = Environment("prod", url="http://127.0.0.1:2", project="av-8675309")


def settings(*environments: Environment) -> Settings:
    return Settings(environments[0].name, MappingProxyType({each.name: each for each in environments}))


def test_nothing_has_happened_to_what_is_the_same() -> None:
    assert differences(settings(DEV, PROD), settings(PROD, DEV)) == Differences()


def test_environments_come_and_go() -> None:
    lab = Environment("lab", url="http://127.0.0.1:3")
    found = differences(settings(DEV, PROD), settings(PROD, lab))
    assert (found.added, found.removed, found.renamed) == (("lab",), ("dev",), {})
    assert found.gone == ("dev",)


@pytest.mark.parametrize(
    ("change", "rewatched", "moved", "regarded"),
    [
        ({"url": "http://127.0.0.1:9"}, True, True, True),
        ({"project": "av-other-1"}, True, True, True),
        ({"google_endpoint": "http://127.0.0.1:9"}, True, True, True),
        ({"regions": ("us-west1",)}, True, False, True),
        ({"vertex": "off"}, True, False, True),
        ({"auth": "bearer"}, True, False, True),
        ({"polling": Polling(alive_s=5.0)}, True, False, True),
        ({"read_only": True}, False, False, True),
        ({"production": True}, False, False, True),
        ({"colour": "red"}, False, False, False),
        ({"notifications": Notifications(enabled=False)}, False, False, False),
    ],
)
def test_each_change_reaches_what_it_concerns(
    change: dict[str, object], rewatched: bool, moved: bool, regarded: bool
) -> None:
    found = differences(settings(DEV, PROD), settings(DEV, replace(PROD, **change)))  # type: ignore[arg-type]
    assert found.rewatched == (("prod",) if rewatched else ())
    assert found.moved == found.gone == (("prod",) if moved else ())
    assert found.regarded == (("prod",) if regarded else ())


def test_one_that_is_the_same_but_for_its_name_was_renamed() -> None:
    live = replace(PROD, name="live")
    found = differences(settings(DEV, PROD), settings(DEV, live))
    assert dict(found.renamed) == {"live": "prod"}
    assert (found.added, found.removed, found.gone) == ((), (), ("prod",))


def test_what_may_be_either_of_two_was_renamed_from_neither() -> None:
    twins = (replace(PROD, name="a"), replace(PROD, name="b"))
    assert not differences(settings(DEV, *twins), settings(DEV, PROD)).renamed
    assert not differences(settings(DEV, PROD), settings(DEV, *twins)).renamed
    nowhere = Environment("a", url="")
    assert not differences(settings(DEV, nowhere), settings(DEV, replace(nowhere, name="b"))).renamed


def test_a_mark_tells_where_an_environment_leads_and_nothing_else() -> None:
    assert mark_of(PROD) == mark_of(replace(PROD, colour="red", read_only=True, polling=Polling(alive_s=5.0)))
    others = [replace(PROD, url="http://127.0.0.1:9"), replace(PROD, project="av-1-2-3"), replace(PROD, vertex="off")]
    assert len({mark_of(each) for each in (PROD, *others)}) == 4
