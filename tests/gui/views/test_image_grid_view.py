from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint

from core.views import ImageGrid
from gui.views import image_grid
from gui.views.colormaps import MISSING_IN_GREY
from gui.views.image_grid import ImageGridWidget
from tests.gui.views.view_helpers import colour_at, picture_of, shown


@pytest.fixture
def widget(qtbot):
    return shown(qtbot, ImageGridWidget())


def centre_of(widget, picture: int, row: int, column: int) -> tuple[float, float]:
    layout = widget.grid_layout()
    x, y = layout.picture_corner(*divmod(picture, layout.columns))
    return x + (column + 0.5) * layout.scale, y + (row + 0.5) * layout.scale


def test_grey_pictures_go_from_black_to_white(widget):
    widget.show_view(ImageGrid(images=np.array([[[-3.0, 7.0], [2.0, -3.0]]])))
    image = picture_of(widget)
    assert colour_at(image, *centre_of(widget, 0, 0, 0)).name() == "#000000"
    assert colour_at(image, *centre_of(widget, 0, 0, 1)).name() == "#ffffff"
    assert 120 < colour_at(image, *centre_of(widget, 0, 1, 0)).red() < 136


def test_symmetric_pictures_are_blue_below_zero_and_red_above(widget):
    widget.show_view(ImageGrid(images=np.array([[[-1.0, 1.0]]]), symmetric=True))
    image = picture_of(widget)
    below, above = (colour_at(image, *centre_of(widget, 0, 0, column)) for column in (0, 1))
    assert below.blue() > below.red()
    assert above.red() > above.blue()


def test_colours_are_drawn_as_they_are(widget):
    pixels = np.array([[[[255, 0, 0], [10, 200, 30]]]], dtype=np.uint8)
    widget.show_view(ImageGrid(images=pixels))
    image = picture_of(widget)
    assert colour_at(image, *centre_of(widget, 0, 0, 0)).name() == "#ff0000"
    assert colour_at(image, *centre_of(widget, 0, 0, 1)).name() == "#0ac81e"


def test_nan_is_drawn_in_the_colour_of_missing_values(widget):
    widget.show_view(ImageGrid(images=np.array([[[np.nan, 0.0], [1.0, np.inf]]])))
    image = picture_of(widget)
    assert colour_at(image, *centre_of(widget, 0, 0, 0)).getRgb()[:3] == MISSING_IN_GREY[0]
    assert colour_at(image, *centre_of(widget, 0, 1, 1)).name() == "#ffffff"


def test_of_ten_thousand_pictures_only_those_in_view_are_converted(widget, monkeypatch):
    converted = []
    side_by_side = image_grid._side_by_side
    monkeypatch.setattr(
        image_grid, "_side_by_side", lambda block, columns: converted.append(len(block)) or side_by_side(block, columns)
    )
    widget.show_view(ImageGrid(images=np.zeros((10_000, 28, 28), dtype=np.uint8)))
    picture_of(widget)
    assert 0 < max(converted) < 200


def test_a_new_view_keeps_the_scroll_position(widget):
    images = np.zeros((1000, 28, 28), dtype=np.uint8)
    widget.show_view(ImageGrid(images=images))
    widget.verticalScrollBar().setValue(400)
    widget.show_view(ImageGrid(images=images + 1))
    assert widget.verticalScrollBar().value() == 400


def test_scrolling_brings_later_pictures_into_view(widget):
    images = np.zeros((1000, 4, 4), dtype=np.uint8)
    images[-1] = 255
    widget.show_view(ImageGrid(images=images))
    bar = widget.verticalScrollBar()
    bar.setValue(bar.maximum())
    x, y = centre_of(widget, 999, 1, 1)
    assert colour_at(picture_of(widget), x, y - bar.value()).name() == "#ffffff"


def test_hovering_names_label_place_and_value(widget):
    images = np.arange(8.0).reshape(2, 2, 2)
    widget.show_view(ImageGrid(images=images, labels=["first", "second"]))
    x, y = centre_of(widget, 1, 1, 0)
    assert widget.tip_at(QPoint(int(x), int(y))) == "second\nrow 1, column 0: 6"
    assert widget.tip_at(QPoint(0, 0)) == ""


def test_hovering_over_a_coloured_pixel_names_its_channels(widget):
    widget.show_view(ImageGrid(images=np.full((1, 2, 2, 3), 7, dtype=np.uint8)))
    x, y = centre_of(widget, 0, 0, 0)
    assert widget.tip_at(QPoint(int(x), int(y))) == "picture 1\nrow 0, column 0: red 7, green 7, blue 7"


@pytest.mark.parametrize(
    "images",
    [
        np.zeros((1, 1, 1)),
        np.ones((3, 4, 5), dtype=bool),
        np.full((2, 3, 3), np.nan),
        np.zeros((2, 3, 3, 3), dtype=np.float16),
        np.zeros((1, 600, 900, 3), dtype=np.uint8),
        np.array([[[-1.7e308, 1.7e308]]]),
    ],
    ids=["one pixel", "bool", "all NaN", "float RGB", "photograph", "enormous"],
)
def test_odd_pictures_are_drawn(widget, images):
    widget.show_view(ImageGrid(images=images))
    x, y = centre_of(widget, 0, 0, 0)
    assert widget.notice() == ""
    assert picture_of(widget).rect().contains(int(x), int(y))


@pytest.mark.parametrize("shape", [(0, 5, 5), (3, 0, 5)])
def test_no_pictures_is_said_in_words(widget, shape):
    widget.show_view(ImageGrid(images=np.zeros(shape)))
    picture_of(widget)
    assert widget.notice() == "There are no pictures in this view."
    widget.show_view(ImageGrid(images=np.zeros((1, 5, 5))))
    assert widget.notice() == ""


def test_pictures_of_anything_but_numbers_are_refused(widget):
    with pytest.raises(TypeError, match="made of numbers"):
        widget.show_view(ImageGrid(images=np.array([[[object()]]])))
