"""Parallel coordinates: a vertical axis for each setting that differs, a line for each run.

After Inselberg, "The plane with parallel coordinates" (1985); good runs are told from bad ones by colour.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from PySide6.QtCore import QEvent, QPointF, QRectF, Qt, Signal
from PySide6.QtGui import QColor, QFontMetricsF, QMouseEvent, QPainter, QPaintEvent, QPalette, QPen, QPolygonF
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.history import Differences

TOP, BOTTOM, SIDE = 44.0, 26.0, 64.0
REACH_PX = 8.0
WORST, BEST = QColor("#c9622f"), QColor("#0a7cc4")
HINT = "Select two runs or more that differ in some setting: each setting becomes an axis, each run a line."
MOST_AXES = 9
OBJECTIVES = ("val_loss", "val_accuracy", "test_accuracy", "test_loss")
LOG_SPAN = 20.0
"""Positive numbers that span more than this factor are laid out by their logarithm."""


@dataclass(frozen=True)
class Axis:
    """One setting or result: where each run lies on it, 0 at the bottom to 1 at the top; None: it has none."""

    name: str
    places: tuple[float | None, ...]
    ticks: tuple[tuple[float, str], ...]
    log: bool = False


def axis_of(name: str, values: Sequence[Any]) -> Axis:
    """Numbers by size (or by logarithm where they span much), anything else in the order of its words."""
    numbers = [value for value in values if isinstance(value, int | float) and not isinstance(value, bool)]
    if not numbers or any(isinstance(value, str) and value for value in values):
        return _named(name, values)
    low, high = float(min(numbers)), float(max(numbers))
    log = low > 0 and high / low > LOG_SPAN

    def place(value: float) -> float:
        if high == low:
            return 0.5
        return math.log(value / low) / math.log(high / low) if log else (value - low) / (high - low)

    middle = math.sqrt(low * high) if log else (low + high) / 2
    ticks = [(place(value), f"{value:.4g}") for value in dict.fromkeys((low, middle, high))]
    places = tuple(place(float(v)) if isinstance(v, int | float) and v == v else None for v in values)
    return Axis(name, places, tuple(ticks), log)


def _named(name: str, values: Sequence[Any]) -> Axis:
    words = sorted({str(value) for value in values})
    step = 1 / max(1, len(words) - 1)
    at = {word: index * step if len(words) > 1 else 0.5 for index, word in enumerate(words)}
    return Axis(name, tuple(at[str(value)] for value in values), tuple((at[word], word or "–") for word in words))


class ParallelPlot(QWidget):
    """A run under the mouse is drawn on top and named; a click tells its index."""

    clicked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("parallel_plot")
        self.setAccessibleName("Settings and results of the selected runs")
        self.setMouseTracking(True)
        self.setMinimumSize(240, 140)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.axes: tuple[Axis, ...] = ()
        self.titles: tuple[str, ...] = ()
        self.hovered = -1
        self._shades: tuple[float | None, ...] = ()

    def show_runs(self, titles: Sequence[str], found: Differences) -> None:
        """``titles``: one a row of ``found``. The last axis is the objective, which gives the colours."""
        objective = next((name for name in OBJECTIVES if name in found.results), "")
        names = [*found.settings[: MOST_AXES - 1], *([objective] if objective else [])]
        columns = {name: [row[found.columns.index(name)] for row in found.rows] for name in names}
        enough = len(titles) > 1 and bool(found.settings)
        self.axes = tuple(axis_of(name, columns[name]) for name in names) if enough else ()
        self.titles = tuple(titles)
        self._shades = self._quality(objective)
        self.hovered = -1
        self.update()

    def _quality(self, objective: str) -> tuple[float | None, ...]:
        if not self.axes or not objective:
            return tuple(0.5 for _ in self.titles)
        places = self.axes[-1].places
        return tuple(None if p is None else 1 - p for p in places) if objective.endswith("loss") else places

    def points(self, run: int) -> list[QPointF]:
        """Where the line of a run goes, in pixels of the widget; axes on which it has no value are left out."""
        return [
            QPointF(self._x(index), self._y(place))
            for index, axis in enumerate(self.axes)
            if (place := axis.places[run]) is not None
        ]

    def _x(self, index: int) -> float:
        inner = self.width() - 2 * SIDE
        return SIDE + (inner * index / (len(self.axes) - 1) if len(self.axes) > 1 else inner / 2)

    def _y(self, place: float) -> float:
        return self.height() - BOTTOM - place * (self.height() - TOP - BOTTOM)

    # --- drawing ---

    def paintEvent(self, event: QPaintEvent) -> None:
        """Axes behind, lines over them, the hovered run on top."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.fillRect(self.rect(), self.palette().color(QPalette.ColorRole.Base))
        if not self.axes:
            painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
            wrapped = Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap
            painter.drawText(self.rect().adjusted(16, 8, -16, -8), int(wrapped), HINT)
            return
        # Worst first, so that the good ones lie on top.
        order = sorted(range(len(self.titles)), key=lambda run: self._shades[run] or 0.0)
        for run in order:
            self._draw_run(painter, run, strong=False)
        if self.hovered >= 0:
            self._draw_run(painter, self.hovered, strong=True)
        for index, axis in enumerate(self.axes):
            self._draw_axis(painter, index, axis)

    def _draw_run(self, painter: QPainter, run: int, *, strong: bool) -> None:
        shade = self._shades[run]
        colour = QColor(self.palette().color(QPalette.ColorRole.PlaceholderText)) if shade is None else _mixed(shade)
        colour.setAlpha(255 if strong else (200 if self.hovered < 0 else 70))
        painter.setPen(QPen(colour, 3.0 if strong else 1.4))
        painter.drawPolyline(QPolygonF(self.points(run)))

    def _draw_axis(self, painter: QPainter, index: int, axis: Axis) -> None:
        x, text = self._x(index), self.palette().color(QPalette.ColorRole.Text)
        painter.setPen(QPen(text, 1.0))
        painter.drawLine(QPointF(x, TOP), QPointF(x, self.height() - BOTTOM))
        metrics = QFontMetricsF(self.font())
        room = self._room()
        name = metrics.elidedText(axis.name + (" (log)" if axis.log else ""), Qt.TextElideMode.ElideMiddle, room)
        painter.drawText(QRectF(x - room / 2, 4, room, 20), int(Qt.AlignmentFlag.AlignCenter), name)
        ground = QColor(self.palette().color(QPalette.ColorRole.Base))
        ground.setAlpha(200)
        every = max(1, math.ceil(len(axis.ticks) * metrics.height() / max(1.0, self.height() - TOP - BOTTOM)))
        for place, words in axis.ticks[::every]:
            shown = metrics.elidedText(words, Qt.TextElideMode.ElideMiddle, room)
            width, y = metrics.horizontalAdvance(shown) + 6, self._y(place)
            box = QRectF(x + 5 if index < len(self.axes) - 1 else x - 5 - width, y - 9, width, 18)
            painter.fillRect(box, ground)
            painter.drawLine(QPointF(x - 3, y), QPointF(x + 3, y))
            painter.drawText(box, int(Qt.AlignmentFlag.AlignCenter), shown)

    def _room(self) -> float:
        return max(40.0, (self.width() - 2 * SIDE) / max(1, len(self.axes) - 1) - 12)

    # --- mouse ---

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Stress the run nearest to the mouse and say what it is."""
        found = self.run_at(event.position())
        if found != self.hovered:
            self.hovered = found
            self.update()
        words = "" if found < 0 else self.titles[found]
        QToolTip.showText(event.globalPosition().toPoint(), words, self)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Tell which run was clicked."""
        found = self.run_at(event.position())
        if found >= 0:
            self.clicked.emit(found)

    def leaveEvent(self, event: QEvent) -> None:
        """Nothing is stressed any more."""
        self.hovered = -1
        self.update()

    def run_at(self, position: QPointF) -> int:
        """The run whose line passes nearest to a position; -1 where none is near."""
        nearest = [(_distance(self.points(run), position), run) for run in range(len(self.titles))] if self.axes else []
        distance, run = min(nearest, default=(math.inf, -1))
        return run if distance <= REACH_PX else -1


def _distance(line: list[QPointF], position: QPointF) -> float:
    """From a position to the line, measured straight up or down."""
    best = math.inf
    for a, b in itertools.pairwise(line):
        if a.x() <= position.x() <= b.x() and b.x() > a.x():
            share = (position.x() - a.x()) / (b.x() - a.x())
            best = min(best, abs(a.y() + share * (b.y() - a.y()) - position.y()))
    return best


def _mixed(share: float) -> QColor:
    """From the worst colour at 0 to the best at 1."""
    keep = 1 - share
    return QColor.fromRgbF(
        WORST.redF() * keep + BEST.redF() * share,
        WORST.greenF() * keep + BEST.greenF() * share,
        WORST.blueF() * keep + BEST.blueF() * share,
    )
