from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QPalette

from core.views import BarChart
from gui.views.bar_chart import BarChartWidget
from tests.gui.views.view_helpers import colour_at, picture_of, shown


@pytest.fixture
def widget(qtbot):
    return shown(qtbot, BarChartWidget())


def test_lengths_of_bars_are_proportional_to_the_values(widget):
    widget.show_view(BarChart(labels=["a", "b"], values=np.array([1.0, 3.0])))
    layout = widget.bar_layout()
    assert layout.bar(1, 3.0).width() == pytest.approx(3.0 * layout.bar(0, 1.0).width())


def test_negative_bars_go_to_the_left_of_zero(widget):
    widget.show_view(BarChart(labels=["a", "b"], values=np.array([-1.0, 3.0])))
    layout = widget.bar_layout()
    assert layout.bar(0, -1.0).right() == pytest.approx(layout.zero)
    assert layout.bar(1, 3.0).left() == pytest.approx(layout.zero)


def test_the_highlighted_bar_has_the_accent_and_the_others_have_less_of_it(widget):
    widget.show_view(BarChart(labels=["a", "b"], values=np.array([3.0, 3.0]), highlight=1))
    image, layout = picture_of(widget), widget.bar_layout()
    quiet, loud = (
        colour_at(image, layout.bar(index, 3.0).center().x(), layout.bar(index, 3.0).center().y()) for index in (0, 1)
    )
    assert loud == widget.palette().color(QPalette.ColorRole.Accent)
    assert quiet != loud


def test_hovering_names_label_and_value(widget):
    widget.show_view(BarChart(labels=["cat", "dog"], values=np.array([12.3456, 3.0]), unit="%"))
    y = int(widget.bar_layout().bar(0, 1.0).center().y())
    assert widget.tip_at(QPoint(50, y)) == "cat: 12.3456 %"
    assert widget.tip_at(QPoint(50, -20)) == ""


def test_few_bars_fit_and_many_scroll(widget):
    widget.show_view(BarChart(labels=["a"] * 10, values=np.ones(10)))
    assert widget.verticalScrollBar().maximum() == 0
    widget.show_view(BarChart(labels=["a"] * 5000, values=np.ones(5000)))
    assert widget.verticalScrollBar().maximum() > 10_000
    picture_of(widget)
    assert widget.notice() == ""


def test_the_axis_stays_within_the_widget_beside_long_labels(widget):
    widget.show_view(BarChart(labels=["a very long label " * 9, "b"], values=np.array([-1e-12, 1e12]), unit="images"))
    layout = widget.bar_layout()
    assert 0 < layout.left < layout.right < widget.viewport().width()


@pytest.mark.parametrize("values", [[np.nan], [np.inf, 1.0], [-np.inf, np.inf], [0.0, 0.0], [-2.0, -1.0]], ids=str)
def test_odd_values_are_drawn(widget, values):
    widget.show_view(BarChart(labels=[str(value) for value in values], values=np.array(values)))
    layout = widget.bar_layout()
    for index, value in enumerate(values):
        bar = layout.bar(index, value)
        assert layout.left - 1 <= bar.left() <= bar.right() <= layout.right + 1
    picture_of(widget)
    assert widget.notice() == ""


def test_no_bars_is_said_in_words(widget):
    widget.show_view(BarChart(labels=[], values=np.array([])))
    picture_of(widget)
    assert widget.notice() == "There are no bars in this view."


def test_values_that_are_no_row_of_numbers_are_refused(widget):
    with pytest.raises(ValueError, match="one number each"):
        widget.show_view(BarChart(labels=["a"], values=np.zeros((1, 2))))


def test_a_highlight_beyond_the_bars_stresses_none(widget):
    widget.show_view(BarChart(labels=["a"], values=np.ones(1), highlight=7))
    picture_of(widget)
    assert widget.notice() == ""
