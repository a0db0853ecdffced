from __future__ import annotations

from itertools import combinations

import pytest
from PySide6.QtCore import QRect

from gui.try_it.places import SIDE, Needs, Places, arrange

NEEDS = Needs(result_height=190, tools_height=26, tools_width=150)
SIZES = [(380, 420), (400, 450), (340, 600), (900, 260), (1400, 240), (330, 300), (600, 480), (700, 1000), (1600, 1000)]


def parts(places: Places) -> list[QRect]:
    return list(vars(places).values())


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_nothing_overlaps_or_leaves_the_panel(width: int, height: int) -> None:
    rectangles = parts(arrange(width, height, NEEDS))
    panel = QRect(0, 0, width, height)
    assert all(panel.contains(rectangle) for rectangle in rectangles)
    assert not any(first.intersects(second) for first, second in combinations(rectangles, 2))


@pytest.mark.parametrize(("width", "height"), SIZES)
def test_zone_and_pad_stand_side_by_side_at_the_same_height_and_the_pad_is_square(width: int, height: int) -> None:
    places = arrange(width, height, NEEDS)
    assert (places.drop.top(), places.drop.height()) == (places.pad.top(), places.pad.height())
    assert places.pad.width() == places.pad.height() >= SIDE[0]
    assert places.drop.right() < places.pad.left()


@pytest.mark.parametrize(("width", "height"), [(380, 420), (340, 600), (900, 260), (600, 480)])
def test_the_answer_has_the_height_it_needs(width: int, height: int) -> None:
    assert arrange(width, height, NEEDS).prediction.height() >= NEEDS.result_height


def test_a_wide_panel_has_the_answer_beside_the_pictures() -> None:
    places = arrange(900, 260, NEEDS)
    assert places.prediction.left() > places.seen.right() > places.pad.right()


def test_a_tall_panel_has_the_answer_below_what_the_network_sees() -> None:
    places = arrange(340, 600, NEEDS)
    assert places.prediction.top() > places.seen.bottom() > places.pad.bottom()
    assert places.prediction.width() == places.seen.width() == 340 - 16
