"""Draws any view: finds the widget for its type, and says so in a sentence where there is none or it fails."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, Protocol, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QLabel, QStackedLayout, QWidget

from core.views import (
    BarChart,
    ColoredText,
    Graph,
    Heatmap,
    ImageGrid,
    LinePlot,
    Stack,
    Table,
    TextCells,
    TextList,
    Unrolled,
    View,
)
from gui.views.bar_chart import BarChartWidget
from gui.views.canvas import cannot_draw
from gui.views.colored_text import ColoredTextWidget
from gui.views.graph import GraphWidget
from gui.views.heatmap import HeatmapWidget
from gui.views.image_grid import ImageGridWidget
from gui.views.line_plot import LinePlotWidget
from gui.views.stack import StackWidget
from gui.views.table import TableWidget
from gui.views.text_cells import TextCellsWidget
from gui.views.text_list import TextListWidget
from gui.views.unrolled import UnrolledWidget


class ViewWidget(Protocol):
    """What every widget that draws a view type can do."""

    def show_view(self, view: Any) -> None:
        """Draw ``view`` in place of what was drawn before."""

    def notice(self) -> str:
        """The sentence shown instead of, or over, the drawing; empty if there is none."""


WIDGETS: dict[type, Callable[[], QWidget]] = {
    LinePlot: LinePlotWidget,
    ImageGrid: ImageGridWidget,
    Heatmap: HeatmapWidget,
    BarChart: BarChartWidget,
    ColoredText: ColoredTextWidget,
    Graph: GraphWidget,
    Table: TableWidget,
    TextList: TextListWidget,
    TextCells: TextCellsWidget,
    Unrolled: UnrolledWidget,
    Stack: lambda: StackWidget(ViewDrawer),
}


class ViewDrawer(QWidget):
    """Shows one view at a time, of whatever type; :meth:`draw` never raises."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._widgets: dict[type, QWidget] = {}
        self._message = QLabel()
        self._message.setTextFormat(Qt.TextFormat.PlainText)
        self._message.setWordWrap(True)
        self._message.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._message.setMargin(24)
        self._message.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self._layout = QStackedLayout(self)
        self._layout.addWidget(self._message)

    def draw(self, view: View) -> None:
        """Draw ``view``; what was drawn before of the same type keeps its zoom, scroll position and order."""
        try:
            widget = self._widget_for(view)
            cast("ViewWidget", widget).show_view(view)
        except Exception as error:  # border: a view is data from a plugin
            self.say(cannot_draw(error))
        else:
            self._layout.setCurrentWidget(widget)

    def say(self, sentence: str) -> None:
        """Show a sentence instead of a view."""
        self._message.setText(sentence)
        self._layout.setCurrentWidget(self._message)

    def notice(self) -> str:
        """The sentence that is shown now, if any."""
        current = self._layout.currentWidget()
        return self._message.text() if current is self._message else cast("ViewWidget", current).notice()

    def widget(self) -> QWidget:
        """The widget that is seen now."""
        return self._layout.currentWidget() or self._message

    def _widget_for(self, view: View) -> QWidget:
        kind = next((kind for kind in WIDGETS if isinstance(view, kind)), None)
        if kind is None:
            raise TypeError(f"the visualization gave {type(view).__name__!r}, which is none of the view types.")
        if kind not in self._widgets:
            self._widgets[kind] = WIDGETS[kind]()
            self._layout.addWidget(self._widgets[kind])
        return self._widgets[kind]
