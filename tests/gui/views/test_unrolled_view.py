from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtGui import QFontMetricsF

from core.views import Layer, Unrolled
from gui.forms.colours import fault_colour
from gui.views.unrolled import MOST_NUMBERS, MOST_STEPS, UnrolledWidget, number_text
from tests.gui.views.view_helpers import colours_in, picture_of, shown


def diagram(scores: np.ndarray | None = None, steps: int = 4) -> Unrolled:
    """As the article draws it: four letters, three hidden numbers."""
    outputs = np.tile([[1.0, 2.2, -3.0, 4.1]], (steps, 1)) if scores is None else scores
    marks = np.full(outputs.shape, -1)
    marks[:, 1] = 1
    return Unrolled(
        inputs=list("hell")[:steps],
        layers=[
            Layer("input", np.eye(4)[:steps]),
            Layer("hidden", np.linspace(-1, 1, 3 * steps).reshape(steps, 3), carries=True, link="W_xh", carry="W_hh"),
            Layer("output", outputs, list("helo"), marks, link="W_hy"),
        ],
        targets=[f"{letter} 40%" for letter in "ello"][:steps],
    )


@pytest.fixture
def widget(qtbot):
    widget = shown(qtbot, UnrolledWidget(), 520, 400)
    widget.show_view(diagram())
    return widget


def place_of(widget: UnrolledWidget, layer: int, step: int, index: int):
    """The middle of a number, in pixels of the widget."""
    layout = widget._layout
    middle = layout.number(layer, step, index).center() * widget._scale
    return (middle + type(middle)(widget._left, widget._top(layout))).toPoint()


def test_layers_stand_above_each_other_and_steps_side_by_side(widget):
    boxes = widget._layout.boxes
    assert [len(row) for row in boxes] == [4, 4, 4]
    assert boxes[0][0].top() > boxes[1][0].bottom() > boxes[2][0].bottom()
    assert all(left.right() < right.left() for left, right in zip(boxes[1], boxes[1][1:], strict=False))
    assert all(row[2].center().x() == boxes[0][2].center().x() for row in boxes)


@pytest.mark.parametrize("size", [(400, 260), (700, 400), (300, 700)])
def test_the_whole_diagram_is_in_view(qtbot, size):
    widget = shown(qtbot, UnrolledWidget(), *size)
    widget.show_view(diagram())
    width, height = widget._layout.size
    assert width * widget._scale <= size[0] + 1
    assert height * widget._scale <= size[1] + 1
    assert all(box.left() >= 0 and box.top() >= 0 for row in widget._layout.boxes for box in row)
    assert widget.verticalScrollBar().maximum() == 0


def test_where_it_would_become_too_small_it_is_scrolled(qtbot):
    widget = shown(qtbot, UnrolledWidget(), 400, 90)
    widget.show_view(diagram())
    assert widget.verticalScrollBar().maximum() > 0
    assert widget._scale >= 0.5


def test_the_right_score_is_green_and_the_wrong_ones_are_red(widget):
    palette = widget.palette()
    layer = widget._view.layers[2]
    ground, green, bold = widget._colours(layer, 0, 1, 2.2)
    assert (green, bold) == (palette.color(palette.ColorRole.Accent), True)
    assert ground is not None
    assert widget._colours(layer, 0, 0, 1.0)[1] == fault_colour(palette)
    assert fault_colour(palette).name() in colours_in(picture_of(widget), 1)


def test_it_changes_as_the_network_learns(widget):
    before = picture_of(widget)
    widget.show_view(diagram(np.full((4, 4), 0.5)))
    assert picture_of(widget) != before


def test_the_hover_text_names_the_number(widget):
    assert widget.tip_at(place_of(widget, 2, 1, 1)) == "output e after “e” (step 2): 2.2"
    assert widget.tip_at(place_of(widget, 0, 0, 3)) == "input 4 after “h” (step 1): 0"
    assert widget.tip_at(type(place_of(widget, 0, 0, 0))(2, 2)) == ""


@pytest.mark.parametrize(
    ("value", "text"),
    [(0.834, "0.83"), (-1.0, "−1.00"), (12.345, "12.3"), (-123.4, "−123"), (2.5e7, "2e+07"), (float("nan"), "NaN")],
)
def test_numbers_are_short_enough_for_their_boxes(widget, value, text):
    assert number_text(value, whole=False) == text
    assert number_text(1.0, whole=True) == "1"
    metrics = QFontMetricsF(widget.font())
    assert metrics.horizontalAdvance(text) <= metrics.horizontalAdvance("−00.00") + 8


def test_what_nobody_could_read_is_left_out(qtbot):
    widget = shown(qtbot, UnrolledWidget())
    widget.show_view(Unrolled(inputs=["x"] * 500, layers=[Layer("a", np.zeros((500, 300)), ["label"] * 300)]))
    assert len(widget._layout.boxes[0]) == MOST_STEPS
    assert widget._view.layers[0].values.shape == (MOST_STEPS, MOST_NUMBERS)


def test_values_that_are_no_numbers_and_empty_views_do_no_harm(qtbot):
    widget = shown(qtbot, UnrolledWidget())
    with pytest.raises(ValueError, match="'a' is made of"):
        widget.show_view(Unrolled(inputs=["x"], layers=[Layer("a", np.array([["x"]]))]))
    widget.show_view(Unrolled(inputs=["x"], layers=[Layer("a", np.array([[np.nan, np.inf]]))]))
    picture_of(widget)
    assert widget.notice() == ""
    widget.show_view(Unrolled(inputs=[], layers=[]))
    assert widget.notice() == "There is nothing to unroll in this view."


@pytest.mark.parametrize(
    ("layer", "fault"),
    [
        (Layer("a", np.zeros((3, 2))), "shape"),
        (Layer("a", np.zeros(2)), "shape"),
        (Layer("a", np.zeros((2, 2)), marks=np.zeros((1, 2), int)), "marks of shape"),
        (Layer("a", np.zeros((2, 2)), labels=["x"]), "1 labels for 2 numbers"),
    ],
)
def test_parts_that_do_not_fit_make_no_view(layer, fault):
    with pytest.raises(ValueError, match=fault):
        Unrolled(inputs=["x", "y"], layers=[layer])
    with pytest.raises(ValueError, match="1 targets for 2 steps"):
        Unrolled(inputs=["x", "y"], layers=[], targets=["z"])
