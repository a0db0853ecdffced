from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QApplication, QToolTip

from core.views import (
    VIEW_TYPES,
    BarChart,
    ColoredText,
    Graph,
    Heatmap,
    ImageGrid,
    Layer,
    LinePlot,
    Node,
    Stack,
    Table,
    TextCells,
    TextList,
    Unrolled,
)
from gui.views.canvas import Canvas
from gui.views.drawer import WIDGETS, ViewDrawer
from tests.gui.views.view_helpers import colours_in, picture_of, shown

VIEWS = {
    LinePlot: LinePlot(lines={"a": (np.arange(3.0), np.arange(3.0))}),
    ImageGrid: ImageGrid(images=np.random.default_rng(0).random((2, 4, 4))),
    Heatmap: Heatmap(values=np.eye(3)),
    BarChart: BarChart(labels=["a"], values=np.ones(1)),
    ColoredText: ColoredText(text="abc", values=np.array([-1.0, 0.0, 1.0])),
    Graph: Graph(nodes=[Node("a", "A"), Node("b", "B")], edges=[("a", "b")]),
    Table: Table(columns=["a"], rows=[(1,)]),
    TextList: TextList(entries=[("Epoch 1", "a text")]),
    TextCells: TextCells(text="abc", values=np.eye(3), names=["a", "b", "c"]),
    Unrolled: Unrolled(inputs=["h", "e"], layers=[Layer("hidden", np.eye(2), carries=True)]),
    Stack: Stack(parts=[("A part", Heatmap(values=np.eye(2)))]),
}


@pytest.fixture
def drawer(qtbot):
    return shown(qtbot, ViewDrawer())


def test_there_is_a_widget_for_every_view_type():
    assert set(WIDGETS) == set(VIEW_TYPES) == set(VIEWS)


@pytest.mark.parametrize("kind", VIEW_TYPES)
def test_every_view_type_is_drawn(drawer, kind):
    drawer.draw(VIEWS[kind])
    assert drawer.notice() == ""
    assert len(colours_in(picture_of(drawer))) >= 2


def test_a_view_of_the_same_type_reuses_the_widget(drawer):
    drawer.draw(VIEWS[Heatmap])
    widget = drawer.widget()
    drawer.draw(VIEWS[BarChart])
    assert drawer.widget() is not widget
    drawer.draw(Heatmap(values=np.zeros((2, 2))))
    assert drawer.widget() is widget


@pytest.mark.parametrize("junk", [None, {"a": 1}, "text", object(), Heatmap])
def test_what_is_no_view_becomes_a_sentence(drawer, junk):
    drawer.draw(junk)
    assert drawer.notice().startswith("This view cannot be drawn:")


def test_a_view_that_fails_becomes_a_sentence_and_the_next_one_is_drawn(drawer):
    drawer.draw(Heatmap(values=np.zeros(3)))
    assert drawer.notice().startswith("This view cannot be drawn: a heat map needs a matrix")
    drawer.draw(VIEWS[Heatmap])
    assert drawer.notice() == ""


class Failing(Canvas):
    def __init__(self, where):
        super().__init__()
        self.where = where

    def fail(self, where):
        if self.where == where:
            raise RuntimeError(f"bad {where}\nsecond line")

    def lay_out(self, width, height):
        self.fail("layout")
        return height

    def draw(self, painter, visible):
        painter.save()
        self.fail("paint")
        painter.restore()

    def tip_at(self, point):
        self.fail("tip")
        return "<b>bold</b>"


@pytest.mark.parametrize("where", ["layout", "paint"])
def test_a_fault_while_painting_becomes_a_sentence(qtbot, where):
    canvas = shown(qtbot, Failing(where))
    canvas.refresh()
    picture_of(canvas)
    assert canvas.notice() == f"This view cannot be drawn: bad {where}"
    canvas.where = ""
    canvas.refresh()
    picture_of(canvas)
    assert canvas.notice() == ""


def hover(canvas):
    place = QPointF(30, 30)
    event = QMouseEvent(
        QMouseEvent.Type.MouseMove,
        place,
        QPointF(canvas.viewport().mapToGlobal(place.toPoint())),
        Qt.MouseButton.NoButton,
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
    )
    QApplication.sendEvent(canvas.viewport(), event)


def test_the_hover_text_shows_labels_as_they_stand(qtbot):
    canvas = shown(qtbot, Failing(""))
    hover(canvas)
    assert "&lt;b&gt;bold" in QToolTip.text()
    canvas.where = "tip"
    hover(canvas)
    assert "bad tip" in QToolTip.text()
    QToolTip.hideText()
