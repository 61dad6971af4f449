"""The signs: each a shape of its own, in the size of a panel."""

from itertools import combinations, pairwise

import pytest
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from avdesk.core.summary import Sign
from avdesk.ui.signs import app_icon, icon_file, sign_icon, sign_pixmap, sign_svg

SIZE = 16


def _shape(image: QImage) -> list[float]:
    """Return how much each pixel is covered, without its colour."""
    return [image.pixelColor(x, y).alphaF() for y in range(image.height()) for x in range(image.width())]


def _difference(one: list[float], other: list[float]) -> float:
    return sum(abs(a - b) for a, b in zip(one, other, strict=True)) / max(sum(one), sum(other))


@pytest.mark.parametrize("dark", [False, True])
def test_signs_differ_by_their_shape_alone_at_16_pixels(qtbot: QtBot, dark: bool) -> None:
    del qtbot
    shapes = {sign: _shape(sign_pixmap(sign, SIZE, dark=dark, done=2).toImage()) for sign in Sign}
    for one, other in combinations(Sign, 2):
        assert _difference(shapes[one], shapes[other]) > 0.2, (one, other)


def test_the_running_ring_fills_segment_by_segment(qtbot: QtBot) -> None:
    del qtbot
    covered = [sum(_shape(sign_pixmap(Sign.RUNNING, SIZE, dark=False, done=done).toImage())) for done in range(5)]
    steps = [later - earlier for earlier, later in pairwise(covered)]
    assert all(step > 5 for step in steps), steps


@pytest.mark.parametrize(("done", "total"), [(-1, 4), (9, 4), (0, 0), (3, 100), (1, 1)])
def test_counts_that_make_no_sense_still_draw_a_ring(qtbot: QtBot, done: int, total: int) -> None:
    del qtbot
    assert sum(_shape(sign_pixmap(Sign.RUNNING, SIZE, dark=False, done=done, total=total).toImage())) > 20


def test_light_and_dark_surroundings_get_different_colours() -> None:
    for sign in Sign:
        assert sign_svg(sign, dark=True) != sign_svg(sign, dark=False)
        assert "currentColor" not in sign_svg(sign, dark=True)


def test_a_dense_screen_gets_more_pixels_for_the_same_size(qtbot: QtBot) -> None:
    del qtbot
    pixmap = sign_pixmap(Sign.FAILED, SIZE, dark=False, ratio=2.0)
    assert pixmap.width() == 2 * SIZE
    assert pixmap.deviceIndependentSize().width() == SIZE


def test_every_sign_and_the_app_have_their_file_and_icon(qtbot: QtBot) -> None:
    del qtbot
    for sign in Sign:
        assert icon_file(sign.value).is_file()
        assert not sign_icon(sign, dark=False).isNull()
    assert not app_icon().isNull()
