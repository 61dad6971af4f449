"""Whatever stands in the file, loading it returns complete settings and says what is wrong."""

from pathlib import Path

from hypothesis import given
from hypothesis import strategies as st

from avdesk.config.load import Loaded, load_text
from avdesk.config.statements import statements

PIECES = st.sampled_from(
    [
        "[environments.dev]",
        "[environments.prod",
        "[[environments]]",
        "environments = 5",
        "[polling]",
        "[appearance]",
        'url = "http://127.0.0.1:1"',
        'url = "x',
        "url = '''",
        '"""',
        "regions = [",
        ']  # "',
        'default_environment = "dev"',
        "a.b.c = { d = 1, e = [1, 2] }",
        '"quoted key" = 1',
        "read_only = maybe",
        "requests = 1e999",
        "window_s = nan",
        "theme = 1979-05-27T07:32:00Z",
        "= =",
        "\ufffd = 1",
        "",
        "# a comment",
    ]
)


def check(loaded: Loaded) -> None:
    assert loaded.settings.environments
    assert loaded.settings.default_environment in loaded.settings.environments
    for environment in loaded.settings.environments.values():
        assert environment.url.startswith("http") or not environment.url
        assert environment.polling.reserve < environment.polling.requests
    assert not set(loaded.broken) & set(loaded.settings.environments) or loaded.invented
    for sentence in loaded.sentences():
        assert "\n" not in sentence


@given(st.text(max_size=400))
def test_any_text_loads(text: str) -> None:
    check(load_text(text, Path("config.toml")))


@given(st.lists(PIECES, max_size=25))
def test_any_mixture_of_good_and_damaged_statements_loads(pieces: list[str]) -> None:
    check(load_text("\n".join(pieces), Path("config.toml")))


@given(st.lists(PIECES, max_size=25))
def test_statements_cover_the_text_in_order_and_do_not_overlap(pieces: list[str]) -> None:
    text = "\n".join(pieces)
    last = 0
    for statement in statements(text):
        assert last < statement.first <= statement.last <= text.count("\n") + 1
        last = statement.last
