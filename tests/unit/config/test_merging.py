"""Two edits of one file come together: by lines where they can, else by keys; where they clash it is asked."""

import tomllib

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from avdesk.config.document import Document, leaves, same
from avdesk.config.merging import Side, merge
from avdesk.core.errors import ConfigError, KnownError

BASE = """\
# the file
default_environment = "dev"

[environments.dev]
url = "http://a"   # here
project = "av-1"

[environments.prod]
url = "https://p"

[appearance]
theme = "dark"
"""


def edited(text: str, **values: object) -> str:
    document = Document(text)
    for key, value in values.items():
        document.put(key.replace("__", "."), value)
    return document.text


def test_edits_of_different_lines_keep_both_sides_comments() -> None:
    mine = BASE.replace("# here", "# my new comment").replace("https://p", "https://mine")
    theirs = BASE.replace("# the file", "# their heading").replace('"dark"', '"light"')
    merged = merge(BASE, mine, theirs)
    assert not merged.conflicts
    assert merged.text == (
        BASE.replace("# here", "# my new comment")
        .replace("https://p", "https://mine")
        .replace("# the file", "# their heading")
        .replace('"dark"', '"light"')
    )


def test_edits_of_neighbouring_lines_come_together_by_key() -> None:
    mine = edited(BASE, environments__dev__url="http://mine")
    theirs = edited(BASE, environments__dev__project="av-2")
    merged = merge(BASE, mine, theirs)
    assert not merged.conflicts
    document = Document(merged.text)
    assert document.given("environments.dev") == {"url": "http://mine", "project": "av-2"}
    assert "# here" in merged.text


def test_the_same_change_on_both_sides_is_no_conflict() -> None:
    mine = edited(BASE, environments__dev__url="http://same", appearance__theme="light")
    theirs = edited(BASE, environments__dev__url="http://same")
    assert merge(BASE, mine, theirs).text == mine


def test_a_conflict_is_told_by_key_and_decided_by_key() -> None:
    mine = edited(BASE, environments__dev__url="http://mine", appearance__theme="system")
    theirs = edited(BASE, environments__dev__url="http://theirs", environments__prod__url="https://q")
    merged = merge(BASE, mine, theirs)
    [conflict] = merged.conflicts
    assert (conflict.key, conflict.base, conflict.mine, conflict.theirs) == (
        "environments.dev.url",
        "http://a",
        "http://mine",
        "http://theirs",
    )
    for side, url in ((Side.MINE, "http://mine"), (Side.THEIRS, "http://theirs")):
        decided = merge(BASE, mine, theirs, {conflict.key: side})
        assert not decided.conflicts
        document = Document(decided.text)
        assert document.given("environments.dev.url") == url
        assert document.given("environments.prod.url") == "https://q"
        assert document.given("appearance.theme") == "system"


def test_an_environment_removed_here_and_changed_there_is_asked_about() -> None:
    document = Document(BASE)
    document.remove_environment("prod")
    theirs = edited(BASE, environments__prod__url="https://q")
    merged = merge(BASE, document.text, theirs)
    assert [each.key for each in merged.conflicts] == ["environments.prod.url"]
    gone = merge(BASE, document.text, theirs, {"environments.prod.url": Side.MINE})
    assert Document(gone.text).environments() == ("dev",)


def test_an_environment_added_on_each_side_is_there_twice() -> None:
    mine, theirs = Document(BASE), Document(BASE)
    mine.add_environment("mine", {"url": "http://m"})
    theirs.add_environment("theirs", {"url": "http://t"})
    merged = merge(BASE, mine.text, theirs.text)
    assert not merged.conflicts
    assert set(Document(merged.text).environments()) == {"dev", "prod", "mine", "theirs"}


def test_a_damaged_side_is_said() -> None:
    with pytest.raises(ConfigError):
        merge(BASE, BASE, "[environments.dev\n")


KEYS = st.sampled_from(["environments.dev.url", "environments.prod.url", "appearance.theme", "mine.own", "polling.x"])
VALUES = st.one_of(st.none(), st.sampled_from(["one", "two", 3, True]))
CHANGES = st.dictionaries(KEYS, VALUES, max_size=4)


def changed(text: str, changes: dict[str, object]) -> str:
    document = Document(text)
    for key, value in changes.items():
        if value is None:
            document.unset(key)
        else:
            document.put(key, value)
    return document.text


def values(text: str) -> dict[tuple[str, ...], object]:
    return {path: value for path, value in leaves(tomllib.loads(text)) if value != {}}


@settings(max_examples=150, deadline=None)
@given(CHANGES, CHANGES)
def test_every_change_of_both_sides_is_in_the_merge_or_in_a_conflict(
    mine: dict[str, object], theirs: dict[str, object]
) -> None:
    here, there = changed(BASE, mine), changed(BASE, theirs)
    try:
        merged = merge(BASE, here, there)
    except KnownError as error:
        raise AssertionError(error.message) from error
    base, a, b, result = map(values, (BASE, here, there, merged.text))
    asked = {conflict.path for conflict in merged.conflicts}
    for path in {*base, *a, *b}:
        old, new, other = base.get(path), a.get(path), b.get(path)
        if path in asked:
            assert not same(old, new)
            assert not same(old, other)
            assert not same(new, other)
        else:
            expected = new if same(old, other) else other
            assert same(result.get(path), expected), path
    assert set(result) <= {*a, *b}
