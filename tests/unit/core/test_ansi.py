"""Terminal colours, and characters that cannot be seen."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.core.ansi import Span, Style, styled


@pytest.mark.parametrize(
    ("text", "shown", "spans"),
    [
        ("plain", "plain", ()),
        ("a\x1b[31mred\x1b[0m b", "ared b", (Span(1, 4, Style(colour=1)),)),
        ("\x1b[1;92mok\x1b[22m!", "ok!", (Span(0, 2, Style(colour=10, bold=True)), Span(2, 3, Style(colour=10)))),
        ("\x1b[38;5;200mX\x1b[m", "X", (Span(0, 1, Style(colour=200)),)),
        ("\x1b[48;2;1;2;300mX", "X", (Span(0, 1, Style(background="#0102ff")),)),
        ("\x1b[2K\x1b]0;title\x07done", "done", ()),
        ("\x1b[38;5mX", "X", ()),
    ],
)
def test_colours_are_told_and_sequences_left_out(text: str, shown: str, spans: tuple[Span, ...]) -> None:
    found = styled(text)
    assert (found.text, found.spans) == (shown, spans)


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("a\tb", "a       b"),
        ("1234567\tb", "1234567 b"),
        ("nul\x00", "nul␀"),
        ("\x7f", "␡"),
        ("file\u202egnp.exe", "file⟨RLO⟩gnp.exe"),
        ("a\u200bb", "a⟨ZWSP⟩b"),
        ("👩\u200d👧", "👩\u200d👧"),
        ("\x1b", "␛"),
    ],
)
def test_what_cannot_be_seen_is_made_visible(text: str, shown: str) -> None:
    assert styled(text).text == shown


@given(st.text(alphabet=st.characters() | st.sampled_from("\x1b[;m0123456789"), max_size=200))
def test_any_text_becomes_one_line_whose_spans_lie_within_it(text: str) -> None:
    found = styled(text)
    assert not {"\x1b", "\n", "\r", "\x00", "\u202e"} & set(found.text)
    ends = [0]
    for span in found.spans:
        assert ends[-1] <= span.start < span.end <= len(found.text)
        ends.append(span.end)
