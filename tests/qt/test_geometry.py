"""The window's place: what is stored, and what becomes of it when the screens have changed."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from avdesk.ui.geometry import LEAST_SIZE, Box, Place, clamp, reachable

LEFT = Box(0, 0, 1920, 1040)
RIGHT = Box(1920, 0, 1280, 1024)

_numbers = st.integers(-50_000, 50_000)
_sizes = st.integers(1, 50_000)
_boxes = st.builds(Box, _numbers, _numbers, _sizes, _sizes)


def test_a_window_on_a_screen_stays_where_it_is() -> None:
    box = Box(100, 100, 1080, 720)
    assert clamp(box, [LEFT, RIGHT]) == box


def test_a_window_of_a_screen_that_is_gone_comes_to_the_first_one() -> None:
    assert clamp(Box(2000, 50, 1080, 720), [LEFT]) == Box(840, 50, 1080, 720)


def test_a_window_larger_than_its_screen_shrinks_to_it() -> None:
    assert clamp(Box(-20, -20, 4000, 3000), [RIGHT]) == RIGHT


def test_a_window_between_two_screens_goes_to_the_one_it_lies_on_most() -> None:
    assert clamp(Box(1800, 0, 1000, 720), [LEFT, RIGHT]).x == 1920


@given(_boxes, st.lists(_boxes, min_size=1, max_size=4))
def test_the_clamped_window_lies_within_a_screen(box: Box, screens: list[Box]) -> None:
    clamped = clamp(box, screens)
    assert any(
        screen.x <= clamped.x
        and screen.y <= clamped.y
        and clamped.x + clamped.width <= screen.x + screen.width
        and clamped.y + clamped.height <= screen.y + screen.height
        and clamped.width >= min(LEAST_SIZE[0], screen.width)
        for screen in screens
    )


def test_without_any_screen_nothing_is_changed() -> None:
    assert clamp(Box(1, 2, 3, 4), []) == Box(1, 2, 3, 4)


def test_a_window_whose_title_bar_is_off_the_screen_cannot_be_reached() -> None:
    assert reachable(Box(10, 10, 800, 600), [LEFT])
    assert not reachable(Box(10, -200, 800, 600), [LEFT])
    assert not reachable(Box(5000, 10, 800, 600), [LEFT])


def test_a_place_survives_being_stored() -> None:
    place = Place(Box(-5, 10, 800, 600), maximised=True)
    assert Place.from_text(place.to_text()) == place


@pytest.mark.parametrize("text", [None, "", "1,2,3", "a,b,c,d,e", "0,0,0,0,0", "0,0,-5,600,0", "9999999,0,5,5,0"])
def test_a_damaged_place_is_no_place(text: object) -> None:
    assert Place.from_text(text) is None
