"""Which environment is meant, and what is said when there is none."""

from pathlib import Path

import pytest

from avdesk.config.choose import choose_environment
from avdesk.config.load import Loaded, load_text
from avdesk.core.errors import ConfigError, UsageError

GOOD = 'default_environment = "dev"\n[environments.dev]\n[environments.staging]\n[environments.prod]\n'


def load(text: str) -> Loaded:
    return load_text(text, Path("config.toml"))


def test_the_option_wins_over_the_variable_and_that_over_the_file() -> None:
    loaded = load(GOOD)
    assert choose_environment(loaded, None, {}).name == "dev"
    assert choose_environment(loaded, None, {"AVDESK_ENV": "staging"}).name == "staging"
    assert choose_environment(loaded, "prod", {"AVDESK_ENV": "staging"}).name == "prod"
    assert choose_environment(loaded, None, {"AVDESK_ENV": ""}).name == "dev"


def test_an_unknown_name_is_answered_with_the_nearest_one() -> None:
    with pytest.raises(UsageError) as raised:
        choose_environment(load(GOOD), "stagin", {})
    assert "staging" in raised.value.advice


def test_a_default_that_does_not_exist_is_not_replaced_by_another_environment() -> None:
    loaded = load('default_environment = "prdo"\n[environments.dev]\n[environments.prod]\n')
    with pytest.raises(ConfigError) as raised:
        choose_environment(loaded, None, {})
    assert "prod" in raised.value.advice
    assert choose_environment(loaded, "dev", {}).name == "dev"


def test_an_environment_that_cannot_be_used_is_refused_with_its_problem() -> None:
    loaded = load('[environments.dev]\nurl = "nonsense"\n[environments.prod]\n')
    with pytest.raises(ConfigError) as raised:
        choose_environment(loaded, "dev", {})
    assert "config.toml:2" in raised.value.message
    assert choose_environment(loaded, "prod", {}).name == "prod"


@pytest.mark.parametrize(
    "text", ["[environments.dev\nurl = 5", "environments = 5", "nonsense", "[environments.dev]\nurl="]
)
def test_a_file_without_one_usable_environment_is_not_replaced_by_a_made_up_one(text: str) -> None:
    with pytest.raises(ConfigError):
        choose_environment(load(text), None, {})


def test_a_file_that_speaks_of_no_environment_means_the_usual_one() -> None:
    assert choose_environment(load('[appearance]\ntheme = "dark"\n'), None, {}).name == "dev"
    assert choose_environment(load('[appearance]\ntheme = "dark\n'), None, {}).name == "dev"
