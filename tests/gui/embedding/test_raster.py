"""The points as pixels: their colours, shapes and order."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QColor, QImage, QPalette
from pytestqt.qtbot import QtBot

from gui.embedding.marks import ON_DARK, ON_LIGHT, SHAPES, colour_of, icon_of, shape_of
from gui.embedding.raster import Raster
from gui.theme import DARK, LIGHT, contrast, palette_of

PALETTES = {"light": palette_of(LIGHT), "dark": palette_of(DARK)}


def drawn(
    places: list[tuple[float, float]],
    groups: list[int] | None = None,
    *,
    wrong: list[bool] | None = None,
    dim: list[bool] | None = None,
    palette: QPalette = PALETTES["light"],
    ratio: float = 1.0,
) -> QImage:
    count = len(places)
    return Raster().image(
        np.array(places, np.float64).reshape(-1, 2),
        np.array(groups or [0] * count, np.int64),
        np.array(wrong or [False] * count, np.bool_),
        np.array(dim or [False] * count, np.bool_),
        (100, 80, ratio),
        palette,
    )


def differing(image: QImage) -> int:
    """How many pixels are not the ground."""
    ground = image.pixel(image.width() - 1, 0)
    return sum(image.pixel(x, y) != ground for x in range(image.width()) for y in range(image.height()))


@pytest.mark.parametrize("theme", PALETTES)
def test_every_colour_stands_out_from_the_ground_and_from_every_other(qtbot: QtBot, theme: str) -> None:
    palette = PALETTES[theme]
    colours = [QColor(colour) for colour in (ON_LIGHT if theme == "light" else ON_DARK)]
    assert len(colours) == 10
    ground = palette.color(QPalette.ColorRole.Base)
    assert all(contrast(colour, ground) >= 3 for colour in colours)
    for index, one in enumerate(colours):
        for other in colours[index + 1 :]:
            apart = sum(abs(a - b) for a, b in zip(one.getRgb()[:3], other.getRgb()[:3], strict=True))
            assert apart > 60, (one.name(), other.name())


def test_forty_groups_look_different_each(qtbot: QtBot) -> None:
    palette = PALETTES["light"]
    looks = {(colour_of(group, palette).name(), shape_of(group)) for group in range(40)}
    assert len(looks) == 40 and {shape for _, shape in looks} == set(SHAPES)
    pictures = {drawn([(50, 40)], [group]).bits().tobytes() for group in range(40)}
    assert len(pictures) == 40
    assert icon_of(3, palette).pixmap(16, 16).width() >= 16


@pytest.mark.parametrize("theme", PALETTES)
@pytest.mark.parametrize("ratio", [1.0, 2.0, 1.5])
def test_a_point_is_where_it_shall_be_in_its_colour(qtbot: QtBot, theme: str, ratio: float) -> None:
    palette = PALETTES[theme]
    image = drawn([(30.2, 20.7)], [4], palette=palette, ratio=ratio)
    assert (image.width(), image.height()) == (round(100 * ratio), round(80 * ratio))
    assert image.devicePixelRatio() == ratio
    assert QColor(image.pixel(int(30.2 * ratio), int(20.7 * ratio))).name() == colour_of(4, palette).name()
    assert QColor(image.pixel(image.width() - 1, 0)).name() == palette.color(QPalette.ColorRole.Base).name()


def test_points_at_the_edge_are_cut_and_those_outside_left_out(qtbot: QtBot) -> None:
    whole = differing(drawn([(50, 40)]))
    assert whole > 40
    assert 0 < differing(drawn([(0, 40)])) < whole
    assert 0 < differing(drawn([(99, 79)])) < whole
    assert differing(drawn([(-50, 40), (500, 40), (50, -1e9), (1e12, 1e12)])) == 0
    assert differing(drawn([])) == 0


@pytest.mark.parametrize("ratio", [1.0, 1.25, 2.0])
def test_wherever_points_are_they_are_cut_at_the_edges_alone(qtbot: QtBot, ratio: float) -> None:
    """Beside a larger picture of the same: nothing comes in on the other side."""
    chance = np.random.default_rng(0)
    places = chance.uniform(-30, 130, (600, 2))
    groups, wrong = np.arange(600) % 12, np.arange(600) % 3 == 0
    arguments = groups, wrong, np.zeros(600, np.bool_)
    small = Raster().image(places, *arguments, (100, 80, ratio), PALETTES["light"])
    large = Raster().image(places + 40, *arguments, (200, 160, ratio), PALETTES["light"])
    corner = round(40 * ratio)
    assert small == large.copy(corner, corner, small.width(), small.height())


def test_later_points_lie_on_earlier_ones_and_wrong_ones_on_all(qtbot: QtBot) -> None:
    palette = PALETTES["light"]
    at = [(50.0, 40.0)] * 2

    def top(groups: list[int], wrong: list[bool]) -> str:
        return QColor(drawn(at, groups, wrong=wrong).pixel(50, 40)).name()

    assert top([0, 1], [False, False]) == colour_of(1, palette).name()
    assert top([0, 1], [True, False]) == colour_of(0, palette).name()


def test_a_wrong_answer_has_a_ring_in_the_colour_of_text(qtbot: QtBot) -> None:
    plain, ringed = drawn([(50, 40)]), drawn([(50, 40)], wrong=[True])
    assert differing(ringed) > differing(plain)
    darkest = min(QColor(ringed.pixel(x, 40)).lightness() for x in range(40, 61))
    assert darkest < 90 < min(QColor(plain.pixel(x, 40)).lightness() for x in range(54, 61))


def test_points_that_stand_back_are_nearly_the_ground(qtbot: QtBot) -> None:
    ground = PALETTES["light"].color(QPalette.ColorRole.Base)
    pixel = QColor(drawn([(50, 40)], dim=[True]).pixel(50, 40))
    assert 1 < contrast(pixel, ground) < 1.8
