from __future__ import annotations

import itertools

import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from PySide6.QtGui import QWheelEvent
from PySide6.QtWidgets import QApplication

from core.views import Graph, Node
from gui.views import graph as graph_module
from gui.views.graph import GraphWidget
from gui.views.graph_items import EdgeItem, NodeItem
from gui.views.graph_layout import layered
from gui.views.graph_places import placed
from tests.gui.views.view_helpers import colours_in, picture_of, shown


@pytest.fixture
def widget(qtbot):
    return shown(qtbot, GraphWidget())


def chain(count: int, value: float | None = None) -> Graph:
    nodes = [Node(str(index), f"layer {index}", "64@32×32", value) for index in range(count)]
    return Graph(nodes=nodes, edges=[(str(index), str(index + 1)) for index in range(count - 1)])


def items(widget, kind):
    return [item for item in widget.scene().items() if isinstance(item, kind)]


def box(item):
    return item.sceneBoundingRect()


def test_a_box_can_be_looked_at_and_the_whole_graph_again(widget):
    widget.show_view(chain(60))
    whole = widget.zoom()
    widget.look_at("30", zoom=1.5)
    middle = widget.mapToScene(widget.viewport().rect().center())
    assert widget.zoom() == pytest.approx(1.5)
    assert box(widget._items["30"]).adjusted(-2, -2, 2, 2).contains(middle)
    widget.look_at("no such box")
    widget.fit()
    assert widget.zoom() == pytest.approx(whole)


def test_each_box_is_one_layer_behind_the_last_before_it():
    layering = layered("abcd", [("a", "b"), ("b", "c"), ("a", "c"), ("c", "d")])
    boxes = [[name for name in layer if name not in layering.waypoints] for layer in layering.layers]
    assert boxes == [["a"], ["b"], ["c"], ["d"]]


def test_an_edge_that_skips_a_layer_gets_a_place_to_pass_by():
    layering = layered("abc", [("a", "b"), ("b", "c"), ("a", "c")])
    (waypoint,) = layering.routes["a", "c"]
    assert waypoint in layering.layers[1]
    places = placed(layering, dict.fromkeys("abc", (60.0, 30.0)), 10.0)
    beside = places["b"]
    assert places[waypoint].y >= beside.y + beside.height or places[waypoint].y + places[waypoint].height <= beside.y


def test_circles_and_loops_are_laid_out():
    layering = layered("abc", [("a", "b"), ("b", "c"), ("c", "a"), ("b", "b")])
    assert layering.layers == [["a"], ["b"], ["c"]]
    assert layering.backward == {("c", "a"), ("b", "b")}


def test_crossing_edges_are_untangled():
    layering = layered("abcd", [("a", "d"), ("b", "c")])
    order = [layering.layers[0].index("a") < layering.layers[0].index("b")]
    order.append(layering.layers[1].index("d") < layering.layers[1].index("c"))
    assert order[0] == order[1]


def test_a_chain_deeper_than_the_recursion_limit_is_laid_out():
    names = [str(index) for index in range(5000)]
    assert len(layered(names, list(itertools.pairwise(names))).layers) == 5000


def test_a_long_chain_is_folded_into_bands_and_a_wide_area_unfolds_it():
    names = [str(index) for index in range(12)]
    layering = layered(names, list(itertools.pairwise(names)))
    sizes = dict.fromkeys(names, (90.0, 40.0))
    folded, straight = (placed(layering, sizes, aspect).values() for aspect in (1.3, 40.0))
    assert max(place.band for place in folded) >= 2
    assert max(place.right for place in folded) < 0.5 * max(place.right for place in straight)
    assert {place.band for place in straight} == {0}


def test_boxes_do_not_overlap(widget):
    nodes = [Node(str(index), f"box {index}", "detail\nof two lines") for index in range(25)]
    edges = [(str(a), str(b)) for a in range(25) for b in range(a + 1, min(25, a + 4))]
    widget.show_view(Graph(nodes=nodes, edges=edges))
    boxes = [box(item) for item in items(widget, NodeItem)]
    assert len(boxes) == 25
    assert not any(first.intersects(second) for first, second in itertools.combinations(boxes, 2))


def test_the_whole_graph_is_in_view_also_after_a_resize(widget, qtbot):
    widget.show_view(chain(12))
    for size in ((420, 320), (900, 200), (200, 500)):
        widget.resize(*size)
        QApplication.processEvents()
        seen = widget.mapToScene(widget.viewport().rect()).boundingRect()
        assert seen.adjusted(-2, -2, 2, 2).contains(widget.scene().itemsBoundingRect())


def zoom_in(widget):
    middle = QPointF(widget.viewport().rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, 240),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget.viewport(), event)


def test_a_zoom_by_the_wheel_stays_when_the_values_change(widget):
    widget.show_view(chain(5, value=0.1))
    fitted = widget.zoom()
    zoom_in(widget)
    zoomed = widget.zoom()
    assert zoomed > fitted
    widget.show_view(chain(5, value=-0.9))
    assert widget.zoom() == zoomed
    assert {item.value() for item in items(widget, NodeItem)} == {-0.9}


def test_another_graph_is_fitted_anew_and_a_double_click_fits(widget, qtbot):
    widget.show_view(chain(5))
    fitted = widget.zoom()
    zoom_in(widget)
    qtbot.mouseDClick(widget.viewport(), Qt.MouseButton.LeftButton)
    assert widget.zoom() == pytest.approx(fitted)
    zoom_in(widget)
    widget.show_view(chain(40))
    assert widget.zoom() < fitted


def test_a_value_colours_its_box(widget):
    widget.show_view(chain(1, value=1.0))
    red = picture_of(widget)
    widget.show_view(chain(1, value=-1.0))
    blue = picture_of(widget)
    assert colours_in(red) != colours_in(blue)


@pytest.mark.parametrize("value", [float("nan"), float("inf"), -float("inf"), 0.0, 5.0])
def test_odd_values_are_drawn(widget, value):
    widget.show_view(chain(2, value=value))
    assert len(colours_in(picture_of(widget))) > 2


def test_titles_are_shown_as_they_stand_in_the_tip(widget):
    widget.show_view(Graph(nodes=[Node("a", "<img src='x'>")], edges=[]))
    (item,) = items(widget, NodeItem)
    assert "<img" not in item.toolTip()
    assert "&lt;img" in item.toolTip()


def test_a_huge_graph_is_cut_with_a_sentence(widget, monkeypatch):
    monkeypatch.setattr(graph_module, "MOST_BOXES", 20)
    widget.show_view(chain(50))
    assert len(items(widget, NodeItem)) == 20
    assert len(items(widget, EdgeItem)) == 19
    assert widget.notice() == "The first 20 of 50 boxes are drawn."
    picture_of(widget)


def test_an_empty_graph_is_said_in_words(widget):
    widget.show_view(Graph(nodes=[], edges=[]))
    picture_of(widget)
    assert widget.notice() == "There are no boxes in this view."


def test_a_value_that_is_no_number_is_refused(widget):
    with pytest.raises(ValueError, match="float"):
        widget.show_view(Graph(nodes=[Node("a", "a", value="many")], edges=[]))


def test_a_click_on_a_box_tells_its_id_and_a_drag_does_not(qtbot, widget):
    widget.show_view(chain(3))
    told = []
    widget.node_clicked.connect(told.append)
    place = widget.mapFromScene(box(items_by_title(widget)["layer 1"]).center())
    qtbot.mouseClick(widget.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told == ["1"]
    qtbot.mousePress(widget.viewport(), Qt.MouseButton.LeftButton, pos=place)
    qtbot.mouseMove(widget.viewport(), place + QPoint(30, 0))
    qtbot.mouseRelease(widget.viewport(), Qt.MouseButton.LeftButton, pos=place + QPoint(30, 0))
    assert told == ["1"]


def test_the_marked_box_is_framed_also_after_the_boxes_were_built_anew(widget):
    widget.show_view(chain(3))
    widget.mark("1")
    assert [name for name, item in items_by_title(widget).items() if item.marked()] == ["layer 1"]
    widget.show_view(chain(4))
    assert [name for name, item in items_by_title(widget).items() if item.marked()] == ["layer 1"]
    widget.mark("")
    assert not any(item.marked() for item in items_by_title(widget).values())


def items_by_title(widget):
    return {item._title: item for item in items(widget, NodeItem)}
