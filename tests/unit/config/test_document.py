"""Whatever is done to the configuration, comments, order and unknown keys survive, and it says what was set."""

import tomllib
from collections import Counter
from collections.abc import Callable
from datetime import UTC

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avdesk.config.document import Document, leaves, same
from avdesk.config.statements import comments_in
from avdesk.core.errors import ConfigError, UsageError

COMMENTED = """\
# AVDesk on my machine
default_environment = "dev"  # the harmless one

# my own machine
[environments.dev]   # at home
url = 'http://127.0.0.1:8080'   # the usual port
regions = [
  "us-central1",  # first choice
  "us-west1",
]
# project = "av-1"

# Careful from here on
[environments.prod]
url = "https://video.example"
my_note = { since = 2024-05-01, by = ["me", "you"] }
production = true

[environments.prod.polling]
requests = 5  # as agreed

[tools.of_mine]
keep = [[true, false], [true]]
text = '''
[environments.trap]
url = "# no comment"
'''
# the end
"""

NAMES = ("dev", "prod", "staging", "dév", "a.b", "x-1_2")
EDITS = st.one_of(
    st.tuples(
        st.just("set"),
        st.sampled_from(NAMES),
        st.sampled_from(
            [
                ("url", "https://host.example/path"),
                ("url", "http://127.0.0.1:1"),
                ("project", "av-8675309"),
                ("regions", ("us-central1",)),
                ("regions", ("us-west1", "europe-west1", "us-central1")),
                ("read_only", True),
                ("read_only", False),
                ("colour", "#12ab9f"),
                ("polling.requests", 7),
                ("polling.window_s", 12.5),
                ("polling.alive_s", 20.0),
                ("notifications.enabled", False),
            ]
        ),
    ),
    st.tuples(
        st.just("unset"), st.sampled_from(NAMES), st.sampled_from(["url", "regions", "colour", "polling.requests"])
    ),
    st.tuples(
        st.just("shared"),
        st.sampled_from(["appearance.theme", "polling.reserve", "notifications.job_stuck"]),
        st.sampled_from(["dark", 1, False]),
    ),
    st.tuples(st.just("add"), st.sampled_from(NAMES), st.sampled_from([None, *NAMES])),
    st.tuples(st.just("rename"), st.sampled_from(NAMES), st.sampled_from(NAMES)),
    st.tuples(st.just("remove"), st.sampled_from(NAMES), st.none()),
    st.tuples(st.just("default"), st.sampled_from(NAMES), st.none()),
)

PIECES = st.sampled_from(
    [
        "# a comment of its own",
        "  # one with blanks before it",
        "",
        "[environments.dev]",
        "[ environments . prod ]  # with blanks",
        '[environments."a.b"]',
        '[environments."dév"]',
        "[environments.dev.polling] # inner",
        "[environments.prod.notifications]",
        "[environments]",
        "[polling]",
        "[appearance]",
        "[unknown.table]",
        "[[unknown.list]]",
        'url = "http://one"  # first',
        "url='http://two'",
        'regions = ["us-west1",   "us-east1"] # two',
        'regions = [ # many\n  "us-west1", # w\n\n  "us-east1" # e\n] # end',
        "requests = 9 # nine",
        "read_only = true",
        "unknown_key = { a = 1, b = [1, 2.5, nan] } # mine",
        'unknown_text = """\n# no comment\n[no.table]\n"""  # but this',
        "when = 1979-05-27T07:32:00Z",
        'prod.url = "http://dotted" # dotted',
        'staging = { url = "http://inline", polling = { requests = 3 } }  # inline',
        'environments.dev.url = "http://from-the-top"',
        'environments = { dev = { url = "http://all-inline" } }',
        'default_environment = "dev"   # default',
        '"quoted = key" = 1',
        "nested = [[1], [true]\n, [\ntrue\n]\n]",
    ]
)


def kept_comments(text: str) -> Counter[str]:
    return Counter(comments_in(text.replace("\r\n", "\n")))


def unknown_values(text: str) -> dict[tuple[str, ...], object]:
    return {
        path: value
        for path, value in leaves(tomllib.loads(text.removeprefix("\ufeff")))
        if path[0] not in ("environments", "polling", "notifications", "appearance", "default_environment")
    }


def order(text: str) -> list[str]:
    return list(tomllib.loads(text.removeprefix("\ufeff")))


def apply(document: Document, edit: tuple[str, object, object]) -> None:
    """Make one edit, and check that what is read back is what was set."""
    what, name, more = edit
    match what, more:
        case "set", (str(key), value):
            path = ("environments", str(name), *key.split("."))
            document.set(path, value)
            assert document.get(path) == value or document.loaded.problems
            read = document.given(path)
            assert (tuple(read) if isinstance(read, list) else read) == value
        case "unset", str(key):
            path = ("environments", str(name), *key.split("."))
            document.unset(path)
            assert document.given(path) is None
        case "shared", value:
            document.set(str(name), value)
            assert document.given(str(name)) == value
        case "add", like:
            document.add_environment(str(name), {"project": "av-new"}, like=None if like is None else str(like))
            assert document.given(("environments", str(name), "project")) == "av-new"
        case "rename", str(new):
            before = document.given(("environments", str(name)))
            places = document.environments()
            document.rename_environment(str(name), new)
            assert same(document.given(("environments", new)), before)
            assert Counter(document.environments()) == Counter(new if each == name else each for each in places)
        case "remove", _:
            document.remove_environment(str(name))
            assert str(name) not in document.environments()
        case "default", _:
            document.set("default_environment", name)
            assert document.loaded.settings.default_environment == name or document.loaded.problems


def check_edits(text: str, edits: list[tuple[str, object, object]]) -> None:
    document = Document(text)
    for edit in edits:
        before = document.text
        try:
            apply(document, edit)
        except (UsageError, ConfigError):
            assert document.text == before
            continue
        if edit[0] != "remove":  # which takes along what stands inside the environment
            assert not kept_comments(before) - kept_comments(document.text), edit
        assert same(unknown_values(document.text), unknown_values(before)), edit
        kept = [key for key in order(document.text) if key in order(before)]
        if edit[0] in ("set", "shared", "add"):
            assert kept == [key for key in order(before) if key in kept], edit
        assert document.text.startswith("\ufeff") == before.startswith("\ufeff")


@settings(max_examples=150, deadline=None)
@given(st.lists(EDITS, min_size=1, max_size=8), st.booleans())
def test_edits_of_a_commented_file_keep_what_they_do_not_mean(
    edits: list[tuple[str, object, object]], windows: bool
) -> None:
    text = COMMENTED.replace("\n", "\r\n") if windows else COMMENTED
    check_edits(text, edits)


@settings(max_examples=300, deadline=None)
@given(st.lists(PIECES, max_size=14), st.lists(EDITS, min_size=1, max_size=5), st.sampled_from(["", "\ufeff"]))
def test_edits_of_any_file_keep_what_they_do_not_mean(
    pieces: list[str], edits: list[tuple[str, object, object]], mark: str
) -> None:
    text = mark + "\n".join(pieces)
    if Document(text).damaged:
        return
    check_edits(text, edits)


def test_removing_an_environment_takes_its_own_lines_and_nothing_else() -> None:
    document = Document(COMMENTED)
    document.remove_environment("prod")
    first = COMMENTED.index("[environments.prod]")
    last = COMMENTED.index("[tools.of_mine]")
    assert document.text == COMMENTED[:first] + "\n" + COMMENTED[last:]
    document.remove_environment("dev")
    assert "default_environment" not in document.text
    assert comments_in(document.text) == [
        "# AVDesk on my machine",
        "# the harmless one",
        "# my own machine",
        '# project = "av-1"',
        "# Careful from here on",
        "# the end",
    ]


def test_a_form_of_small_edits_reads_as_if_written_by_hand() -> None:
    document = Document(COMMENTED)
    document.set("environments.dev.url", "https://elsewhere")
    document.set("environments.dev.regions", ("us-central1", "us-east1"))
    document.set("environments.dev.project", "av-2")
    document.set("environments.prod.polling.window_s", 60.0)
    document.set("appearance.theme", "dark")
    document.rename_environment("dev", "home")
    expected = (
        COMMENTED.replace("'http://127.0.0.1:8080'", '"https://elsewhere"')
        .replace('  "us-west1",\n', '  "us-east1",\n')
        .replace(']\n# project = "av-1"', ']\nproject = "av-2"\n# project = "av-1"')
        .replace("  # as agreed\n", "  # as agreed\nwindow_s = 60\n")
        .replace("[environments.dev]", "[environments.home]")
        .replace('default_environment = "dev"', 'default_environment = "home"')
        .replace("# the end\n", '# the end\n\n[appearance]\ntheme = "dark"\n')
    )
    assert document.text == expected


def test_an_empty_text_becomes_a_configuration() -> None:
    document = Document()
    document.add_environment("prod", {"url": "https://video.example", "production": True})
    document.set("default_environment", "prod")
    assert document.text == (
        'default_environment = "prod"\n\n[environments.prod]\nurl = "https://video.example"\nproduction = true\n'
    )
    assert not document.problems


def test_a_copied_environment_has_the_values_but_neither_the_address_nor_the_production_mark() -> None:
    document = Document(COMMENTED)
    document.add_environment("second", {"url": "https://second"}, like="prod")
    assert document.given("environments.second") == {"url": "https://second", "polling": {"requests": 5}}


def test_setting_what_is_there_changes_nothing() -> None:
    document = Document(COMMENTED)
    document.set("environments.dev.url", "http://127.0.0.1:8080")
    document.set("default_environment", "dev")
    assert document.text == COMMENTED


@pytest.mark.parametrize(
    ("key", "value", "said"),
    [
        ("environments.dev.urll", "x", "Did you mean “environments.dev.url”?"),
        ("apearance.theme", "dark", "Did you mean “appearance.theme”?"),
        ("environments.dev.url", "ftp://x", "http://"),
        ("polling.requests", 0, "from 1 to 100000"),
        ("polling.requests", True, "number"),
        ("appearance.theme", "drak", "Did you mean “dark”?"),
        ("default_environment", "pord", "Did you mean “prod”?"),
        ("environments.dev", {}, "Did you mean"),
        ("", 1, "environments.dev.url"),
    ],
)
def test_what_cannot_be_set_is_refused_with_what_could(key: str, value: object, said: str) -> None:
    document = Document(COMMENTED)
    with pytest.raises(UsageError) as caught:
        document.set(key, value)
    assert said in f"{caught.value.message} {caught.value.advice}"
    assert document.text == COMMENTED


def test_a_damaged_text_is_shown_but_not_edited() -> None:
    text = '[environments.dev]\nurl = "http://a"\nproject = \n'
    document = Document(text)
    assert document.damaged
    assert document.get("environments.dev.url") == "http://a"
    assert [problem.line for problem in document.problems] == [3]
    assert document.given("environments.dev.url") == "http://a"
    edits: list[Callable[[], None]] = [
        lambda: document.set("environments.dev.url", "http://b"),
        lambda: document.unset("environments.dev.url"),
        lambda: document.add_environment("x"),
        lambda: document.rename_environment("dev", "x"),
        lambda: document.remove_environment("dev"),
    ]
    for edit in edits:
        with pytest.raises(ConfigError):
            edit()
    assert document.text == text


def test_values_are_inherited_from_the_shared_tables_and_the_defaults() -> None:
    document = Document("[polling]\nrequests = 4\n[environments.a]\n[environments.b.polling]\nrequests = 6\n")
    assert document.get("environments.a.polling.requests") == 4
    assert document.get("environments.b.polling.requests") == 6
    assert document.get("polling.requests") == 4
    assert document.get("polling.window_s") == 300.0
    assert document.get("environments.a.colour") == "green"
    assert document.given("environments.a.colour") is None


TEXTS = st.text(st.characters(codec="utf-8", exclude_characters="\r"), max_size=20)
NAMES_OF_ANY_KIND = st.text(st.characters(codec="utf-8", exclude_characters="\r[]"), max_size=20)
ANY_VALUE = st.recursive(
    st.one_of(
        st.booleans(),
        st.integers(-(2**63), 2**63 - 1),
        st.floats(),
        TEXTS,
        st.datetimes(timezones=st.sampled_from([UTC])),
        st.dates(),
    ),
    lambda inner: st.one_of(st.lists(inner, max_size=3), st.dictionaries(TEXTS, inner, min_size=1, max_size=3)),
    max_leaves=6,
)


@settings(max_examples=200, deadline=None)
@given(st.lists(st.tuples(st.lists(NAMES_OF_ANY_KIND, min_size=1, max_size=3), ANY_VALUE), min_size=1, max_size=4))
def test_any_value_under_any_name_reads_back_as_it_was_put(puts: list[tuple[list[str], object]]) -> None:
    document = Document(COMMENTED)
    for names, value in puts:
        path = ("tools", "mine", *names)
        before = document.text
        try:
            document.put(path, value)
        except ConfigError:  # inside of what is no table by now
            assert document.text == before
            assert any(not isinstance(document.given(path[:depth]), dict | None) for depth in range(3, len(path)))
            continue
        assert same(document.given(path), value)
        document.put(path, value)
        assert not kept_comments(COMMENTED) - kept_comments(document.text)
    document.unset(("tools", "mine"))
    assert same(tomllib.loads(document.text), tomllib.loads(COMMENTED))
