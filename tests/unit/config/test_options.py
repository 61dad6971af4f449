"""The option table names every setting there is, with a default that it accepts itself."""

import dataclasses

import pytest

from avdesk.config.options import (
    APPEARANCE,
    ENVIRONMENT,
    NOTIFICATIONS,
    OPTIONS,
    POLLING,
    TABLES,
    UPDATES,
    Kind,
    Option,
)
from avdesk.config.settings import Appearance, Environment, Notifications, Polling, Updates
from avdesk.config.values import fit


@pytest.mark.parametrize(
    ("table", "owner", "apart"),
    [
        (ENVIRONMENT, Environment, {"name", "polling", "notifications"}),
        (POLLING, Polling, set()),
        (NOTIFICATIONS, Notifications, set()),
        (APPEARANCE, Appearance, set()),
        (UPDATES, Updates, set()),
    ],
)
def test_every_setting_has_an_option(table: str, owner: type, apart: set[str]) -> None:
    assert set(TABLES[table]) == {item.name for item in dataclasses.fields(owner)} - apart


@pytest.mark.parametrize("option", OPTIONS, ids=lambda option: f"{option.table}.{option.key}")
def test_defaults_and_stand_ins_are_values_that_the_file_could_hold(option: Option) -> None:
    for value in (option.default, option.instead):
        given = list(value) if isinstance(value, tuple) else value
        assert fit(option, given) == value
    assert option.label()
    assert option.help().endswith(".")
    assert option.unit == ("s" if option.kind is Kind.SECONDS else "")
