"""Walking through the autograd graph with the buttons, the keys and clicks in the drawing."""

from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from core.slow_step.records import AutogradGraph, AutogradNode
from gui.slow_step.graph_panel import NO_GRAPH, NOTHING_YET, GraphPanel

GRAPH = AutogradGraph(
    (
        AutogradNode("NllLossBackward0", (1, None)),
        AutogradNode("AddmmBackward0", (2, None, 3), saved=("mat1: 2×4 (float32)",)),
        AutogradNode("torch::autograd::AccumulateGrad", (), "fc.bias", (3,)),
        AutogradNode("TBackward0", (4,)),
        AutogradNode("torch::autograd::AccumulateGrad", (), "fc.weight", (3, 4)),
    )
)


@pytest.fixture
def panel(qtbot: QtBot) -> GraphPanel:
    panel = GraphPanel()
    qtbot.addWidget(panel)
    panel.resize(400, 500)
    panel.show()
    return panel


def names(panel: GraphPanel) -> list[str]:
    return [button.text() for button in panel.following]


def test_the_walk_goes_from_the_loss_to_a_leaf_and_back(qtbot: QtBot, panel: GraphPanel) -> None:
    panel.show_graph(GRAPH)
    assert panel.here.text() == "NllLossBackward0"
    assert names(panel) == ["[0] AddmmBackward0", "[1] None"]
    assert not panel.following[1].isEnabled()
    qtbot.mouseClick(panel.following[0], Qt.MouseButton.LeftButton)
    assert panel.saved.text() == "Keeps for the way back: mat1: 2×4 (float32)"
    assert names(panel) == ["[0] fc.bias", "[1] None", "[2] TBackward0"]
    qtbot.mouseClick(panel.following[2], Qt.MouseButton.LeftButton)
    button = panel.findChild(QPushButton, "next_function_0")
    assert button is not None
    panel.go_on(0)
    assert panel.here.text() == "A leaf: backward ends in fc.weight.grad"
    assert panel.path.text() == "loss.grad_fn → next_functions 0 · 2 · 0"
    expression = "loss.grad_fn" + "".join(f".next_functions[{which}][0]" for which in (0, 2, 0))
    assert panel.path.toolTip() == expression
    assert panel.none.isVisible()
    qtbot.keyClick(panel, Qt.Key.Key_Backspace)
    assert panel.here.text() == "TBackward0"
    qtbot.keyClick(panel, Qt.Key.Key_Home)
    assert panel.place() == 0
    assert not panel.to_loss.isEnabled()


def test_a_click_in_the_drawing_goes_there_by_the_shortest_way(panel: GraphPanel) -> None:
    panel.show_graph(GRAPH)
    panel.graph.node_clicked.emit("4")
    assert panel.place() == 4
    assert panel.path.text() == "loss.grad_fn → next_functions 0 · 2 · 0"
    assert [name for name, item in panel.graph._items.items() if item.marked()] == ["4"]
    panel.back.click()
    assert panel.place() == 0


def test_without_a_graph_it_says_why(panel: GraphPanel) -> None:
    assert panel.message.text() == NOTHING_YET
    panel.show_graph(AutogradGraph())
    assert panel.message.text() == NO_GRAPH
    panel.go_on(0)
    panel.go_back()
    assert panel.place() == 0


def test_another_graph_begins_at_its_loss(panel: GraphPanel) -> None:
    panel.show_graph(GRAPH)
    panel.go_to(4)
    panel.show_graph(AutogradGraph(GRAPH.nodes[:2]))
    assert panel.place() == 0
    assert not panel.back.isEnabled()


def test_a_graph_is_laid_out_only_once_it_is_looked_at(qtbot: QtBot) -> None:
    panel = GraphPanel()
    qtbot.addWidget(panel)
    panel.show_graph(GRAPH)
    assert panel.following == []
    panel.show()
    assert names(panel) == ["[0] AddmmBackward0", "[1] None"]


def test_a_function_outside_of_the_part_that_is_drawn_is_drawn_when_the_walk_comes_to_it(panel: GraphPanel) -> None:
    nodes = tuple(AutogradNode(f"Tanh{place}Backward0", (place + 1,)) for place in range(600))
    graph = AutogradGraph((*nodes, AutogradNode("torch::autograd::AccumulateGrad", (), "w", (1,))))
    panel.show_graph(graph)
    assert "600" not in panel.graph._items
    panel.go_to(600)
    assert panel.graph._items["600"].marked()
    assert "nearest" in panel.caption.text()
