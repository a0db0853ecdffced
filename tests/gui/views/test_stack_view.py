from __future__ import annotations

import numpy as np
import pytest

from core.views import BarChart, Heatmap, Stack
from gui.views.bar_chart import BarChartWidget
from gui.views.drawer import ViewDrawer
from gui.views.heatmap import HeatmapWidget
from gui.views.stack import MOST_PARTS, StackWidget
from tests.gui.views.view_helpers import colours_in, picture_of, shown


def gates(count: int, letters: str = "some text", **changes) -> Stack:
    values = np.random.default_rng(0).random((6, len(letters)))
    changes = {"ends": (0.0, 1.0), "text_axis": True, **changes}
    return Stack(
        parts=[(f"Gate {n}", Heatmap(values=values, column_labels=list(letters), **changes)) for n in range(count)]
    )


@pytest.fixture
def widget(qtbot):
    return shown(qtbot, StackWidget(ViewDrawer), 400, 320)


def test_each_part_is_drawn_below_its_title(widget):
    widget.show_view(gates(3))
    assert [title.text() for title, _ in widget._parts] == ["Gate 0", "Gate 1", "Gate 2"]
    assert all(isinstance(drawer.widget(), HeatmapWidget) for _, drawer in widget._parts)
    assert len(colours_in(picture_of(widget))) > 20
    tops = [drawer.geometry().top() for _, drawer in widget._parts]
    assert tops == sorted(tops)


def test_the_parts_may_become_more_fewer_and_others(widget):
    widget.show_view(gates(4))
    widget.show_view(Stack(parts=[("", BarChart(labels=["a"], values=np.ones(1)))]))
    ((title, drawer),) = widget._parts
    assert isinstance(drawer.widget(), BarChartWidget)
    assert not title.isVisible()
    widget.show_view(Stack(parts=[]))
    assert widget.notice() == "There are no views in this stack."


def test_parts_without_room_are_scrolled(qtbot, widget):
    widget.show_view(gates(MOST_PARTS))
    qtbot.waitUntil(lambda: widget.verticalScrollBar().maximum() > 0)


def test_a_part_that_fails_is_a_sentence_and_the_others_are_drawn(widget):
    widget.show_view(Stack(parts=[("bad", Heatmap(values=np.zeros(3))), *gates(1).parts]))
    (_, bad), (_, good) = widget._parts
    assert bad.notice().startswith("This view cannot be drawn")
    assert good.notice() == ""


def test_stacks_within_stacks_and_towers_are_refused(widget):
    with pytest.raises(ValueError, match="cannot hold another"):
        widget.show_view(Stack(parts=[("a", gates(1))]))
    with pytest.raises(ValueError, match="at most"):
        widget.show_view(gates(MOST_PARTS + 1))


def test_columns_over_one_text_are_in_line_whatever_the_numbers(widget):
    views = [gates(1).parts[0][1], gates(1, ends=None, symmetric=True).parts[0][1]]
    widget.show_view(Stack(parts=[("a", views[0]), ("b", views[1])]))
    first, second = (drawer.widget().heatmap_layout().matrix for _, drawer in widget._parts)
    assert (first.left(), first.right()) == (second.left(), second.right())


def test_the_ends_of_the_scale_can_be_given(qtbot):
    widget = shown(qtbot, HeatmapWidget())
    widget.show_view(Heatmap(values=np.full((2, 2), 0.5), ends=(0.0, 1.0)))
    assert (widget._scale.low, widget._scale.high) == (0.0, 1.0)


def test_letters_that_cannot_be_read_are_not_drawn(qtbot):
    plain, dense = (shown(qtbot, HeatmapWidget(), 400, 120) for _ in range(2))
    letters = "W" * 300
    for widget, labels in ((plain, [" "] * 300), (dense, list(letters))):
        widget.show_view(Heatmap(values=np.zeros((2, 300)), column_labels=labels, text_axis=True))
    assert picture_of(plain) == picture_of(dense)
    roomy = shown(qtbot, HeatmapWidget(), 400, 120)
    roomy.show_view(Heatmap(values=np.zeros((2, 20)), column_labels=list(letters[:20]), text_axis=True))
    assert picture_of(roomy) != picture_of(plain)
    assert not roomy.heatmap_layout().upright_columns
