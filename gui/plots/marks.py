"""Vertical labelled lines: "paused", "learning rate 0.001", …."""

from __future__ import annotations

import math

import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QFont, QPalette, QPen

from gui.plots.canvas import Canvas, View, faded

_LONGEST_LABEL = 40
_GAP = 4.0


class Marks:
    """The marks of one plot. A label that would overlap a newer one is left out until there is room."""

    def __init__(self, canvas: Canvas, *, at_top: bool) -> None:
        self._canvas = canvas
        self._at_top = at_top
        self._marks: list[tuple[float, pg.InfiniteLine, pg.TextItem]] = []
        self._pen = QPen()
        self._text_colour = QColor()
        self._ground = QColor()
        self._font = QFont()

    def __len__(self) -> int:
        return len(self._marks)

    def add(self, x: float, text: str) -> None:
        """Mark `x`, which must be finite (ValueError); a long text is cut."""
        if not math.isfinite(x):
            raise ValueError("a mark needs a finite x")
        label = text if len(text) <= _LONGEST_LABEL else text[: _LONGEST_LABEL - 1] + "…"
        line = pg.InfiniteLine(pos=x, angle=90, movable=False)
        line.setZValue(-5)
        item = pg.TextItem(label)
        item.setZValue(25)
        item.textItem.document().setDocumentMargin(2)
        self._marks.append((x, line, item))
        self._marks.sort(key=lambda mark: mark[0])
        self._dress(line, item)
        self._canvas.add(line)
        self._canvas.add(item)

    def clear(self) -> None:
        """Remove all marks."""
        for _, line, item in self._marks:
            self._canvas.remove(line)
            self._canvas.remove(item)
        self._marks.clear()

    def labels_shown(self) -> list[str]:
        """The labels there was room for at the last `place`, from left to right."""
        return [item.toPlainText() for _, _, item in self._marks if item.isVisible()]

    def recolour(self, palette: QPalette, font: QFont) -> None:
        """Take colours and font."""
        self._pen = QPen(faded(palette, 0.4), 1, Qt.PenStyle.DashLine)
        self._pen.setCosmetic(True)
        self._text_colour = faded(palette, 0.75)
        self._ground = QColor(palette.color(QPalette.ColorRole.Base))
        self._ground.setAlpha(140)
        self._font = font
        for _, line, item in self._marks:
            self._dress(line, item)

    def place(self, view: View) -> None:
        """Put the labels to the right of their lines (to the left at the right edge), at one edge of the view."""
        y = view.y_high if self._at_top else view.y_low
        width = self._canvas.plot_area().width()
        taken = math.inf
        for x, _, item in reversed(self._marks):
            pixel = (x - view.x_low) / (view.x_high - view.x_low) * width
            label = item.boundingRect().width()
            flipped = pixel + label > width
            start = pixel - label if flipped else pixel
            visible = 0 <= pixel <= width and start + label <= taken
            item.setVisible(visible)
            if visible:
                item.setAnchor((1.0 if flipped else 0.0, 0.0 if self._at_top else 1.0))
                item.setPos(x, y)
                taken = start - _GAP

    def strip(self) -> float:
        """The share of the plot's height that the labels take, 0 without marks."""
        if not self._marks:
            return 0.0
        label_height = float(self._marks[0][2].boundingRect().height())
        return min(0.3, label_height / max(1.0, self._canvas.plot_area().height()))

    def _dress(self, line: pg.InfiniteLine, item: pg.TextItem) -> None:
        line.setPen(self._pen)
        item.setFont(self._font)
        item.setColor(self._text_colour)
        item.fill = pg.mkBrush(self._ground)
        item.update()
