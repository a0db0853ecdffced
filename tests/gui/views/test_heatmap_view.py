from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, QRectF

from core.views import Heatmap
from gui.views.colormaps import MISSING, diverging, sequential
from gui.views.heatmap import MOST_CELLS, HeatmapWidget, _averaged
from gui.views.heatmap_layout import every
from tests.gui.views.view_helpers import colour_at, picture_of, shown


@pytest.fixture
def widget(qtbot):
    return shown(qtbot, HeatmapWidget())


def colour_of(widget, row, column):
    centre = widget.heatmap_layout().cell(row, column).center()
    return colour_at(picture_of(widget), centre.x(), centre.y()).getRgb()[:3]


def test_the_smallest_and_the_largest_value_get_the_ends_of_the_map(widget):
    widget.show_view(Heatmap(values=np.array([[0.0, 5.0], [2.5, 5.0]])))
    assert colour_of(widget, 0, 0) == tuple(sequential()[0])
    assert colour_of(widget, 0, 1) == tuple(sequential()[255])


def test_symmetric_puts_zero_in_the_middle_of_two_colours(widget):
    widget.show_view(Heatmap(values=np.array([[0.0, 1.0, -4.0]]), symmetric=True))
    assert colour_of(widget, 0, 0) == tuple(diverging()[128])
    assert colour_of(widget, 0, 2) == tuple(diverging()[0])


def test_nan_has_a_colour_of_its_own(widget):
    widget.show_view(Heatmap(values=np.array([[np.nan, 1.0], [0.0, np.inf]])))
    assert colour_of(widget, 0, 0) == MISSING[0]
    assert colour_of(widget, 1, 1) == tuple(sequential()[255])


def test_hovering_names_row_column_and_value(widget):
    view = Heatmap(
        values=np.array([[1.0, 2.0], [3.0, 0.25]]),
        row_labels=["cat", "dog"],
        column_labels=["cat", "dog"],
        x_label="predicted",
        y_label="true",
    )
    widget.show_view(view)
    point = widget.heatmap_layout().cell(1, 1).center().toPoint()
    assert widget.tip_at(point) == "true: dog\npredicted: dog\nvalue: 0.25"
    outside = widget.heatmap_layout().matrix.bottomRight() + QPointF(5, 5)
    assert widget.tip_at(outside.toPoint()) == ""


def test_numbers_in_cells_are_drawn_when_asked_for(widget):
    values = np.full((2, 2), 8.0)
    widget.show_view(Heatmap(values=values))
    plain = picture_of(widget)
    widget.show_view(Heatmap(values=values, show_numbers=True))
    numbered = picture_of(widget)
    cell = widget.heatmap_layout().cell(0, 0).toRect()
    assert plain.copy(cell) != numbered.copy(cell)


def test_all_parts_lie_within_the_widget(widget):
    names = [f"a rather long name {index}" for index in range(10)]
    widget.show_view(
        Heatmap(values=np.eye(10), row_labels=names, column_labels=names, x_label="predicted", y_label="true")
    )
    layout = widget.heatmap_layout()
    area = QRectF(widget.viewport().rect())
    assert area.contains(layout.matrix)
    assert area.contains(layout.bar)
    assert layout.upright_columns
    assert layout.matrix.left() - layout.row_label_width >= 0
    assert layout.matrix.bottom() + layout.column_label_height <= area.height()
    assert layout.matrix.width() > 0.3 * area.width()


def test_cells_of_a_small_matrix_keep_a_readable_shape(widget):
    widget.show_view(Heatmap(values=np.zeros((2, 30))))
    layout = widget.heatmap_layout()
    assert layout.cell_height <= 2.01 * layout.cell_width


def test_very_large_matrices_are_averaged_block_by_block():
    values = np.zeros((MOST_CELLS * 2 + 1, 3))
    values[0] = 8.0
    values[2] = np.nan
    small = _averaged(values)
    assert small.shape[0] <= MOST_CELLS
    assert small[0].tolist() == [4.0, 4.0, 4.0]  # of 8, 0 and NaN
    assert _averaged(np.ones((3, 5 * MOST_CELLS))).shape == (3, MOST_CELLS)
    assert (_averaged(np.ones((3, 5 * MOST_CELLS + 1))) == 1.0).all()
    assert np.isnan(_averaged(np.full((2 * MOST_CELLS, 1), np.nan))).all()


@pytest.mark.filterwarnings("error")
def test_infinities_of_both_signs_are_left_out_of_the_means_without_a_warning():
    values = np.ones((MOST_CELLS * 2, 1))
    values[0], values[1], values[2] = np.inf, -np.inf, np.inf
    small = _averaged(values)
    assert np.isnan(small[0, 0])
    assert small[1:].tolist() == [[1.0]] * (MOST_CELLS - 1)


def test_hovering_over_an_averaged_matrix_names_the_exact_value(widget):
    values = np.zeros((3000, 2))
    values[1500, 1] = 7.0
    widget.show_view(Heatmap(values=values))
    layout = widget.heatmap_layout()
    assert layout.cell_at(layout.cell(1500, 1).center()) == (1500, 1)


@pytest.mark.parametrize("shape", [(1, 1), (1, 3000), (3000, 1), (200, 200)])
def test_every_size_is_drawn(widget, shape):
    widget.show_view(Heatmap(values=np.ones(shape), show_numbers=True))
    picture_of(widget)
    assert widget.notice() == ""


def test_a_matrix_without_a_finite_value_is_drawn(widget):
    widget.show_view(Heatmap(values=np.array([[np.nan, np.inf]]), show_numbers=True, symmetric=True))
    picture_of(widget)
    assert widget.notice() == ""


def test_no_values_is_said_in_words(widget):
    widget.show_view(Heatmap(values=np.zeros((0, 4))))
    picture_of(widget)
    assert widget.notice() == "There are no values in this view."


def test_what_is_no_matrix_is_refused(widget):
    with pytest.raises(ValueError, match="matrix of numbers, not 3 dimensions"):
        widget.show_view(Heatmap(values=np.zeros((2, 2, 2))))


def test_a_tiny_widget_does_not_fail(qtbot):
    widget = shown(qtbot, HeatmapWidget(), 8, 8)
    widget.show_view(Heatmap(values=np.eye(3), row_labels=["a", "b", "c"], x_label="x", y_label="y"))
    picture_of(widget)
    assert widget.notice() == ""


@pytest.mark.parametrize(
    ("pixels", "needed", "step"), [(20, 10, 1), (6, 10, 2), (2.5, 10, 5), (1, 10, 10), (0.3, 30, 100)]
)
def test_labels_are_thinned_out_in_round_steps(pixels, needed, step):
    assert every(pixels, needed) == step
