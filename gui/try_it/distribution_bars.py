"""The likeliest next characters as bars: filled as they are drawn, in outline as the network learnt them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QColor,
    QFontMetricsF,
    QHelpEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QResizeEvent,
)
from PySide6.QtWidgets import QSizePolicy, QToolTip, QWidget

from core.characters import harmless, name_of
from core.sampling import NoDistribution, Sampling, probabilities
from core.writing import Outlook
from gui.theme import mix
from gui.views.canvas import small
from gui.views.tips import plain_tip

MOST_ROWS = 12
AS_LEARNT = Sampling(temperature=1.0)
_ROW_HEIGHTS = (15, 24)
_GAP = 6.0
_CEILINGS = (0.25, 0.5, 1.0)
_FAINT = 0.55
_OUTLINE = 0.3
_TAIL = 10
_LEAST_OUTLINE = 2.0


@dataclass(frozen=True)
class Row:
    """One character: its token, its name, and its probability as drawn and as learnt."""

    token: int
    name: str
    share: float
    learnt: float

    @property
    def cut(self) -> bool:
        """Whether the settings leave it no chance at all."""
        return self.share == 0.0


class DistributionBars(QWidget):
    """The dozen likeliest; below them, in a number, all the others. A click on a character asks for it."""

    picked = Signal(int)
    """The token of the character that was clicked."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("distribution_bars")
        self.setMouseTracking(True)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        self.setAccessibleName("Probabilities of the next character")
        self._outlook: Outlook | None = None
        self._sampling = Sampling()
        self._rows: list[Row] = []
        self._rest = 0.0
        self._problem = ""
        self._pickable = False
        self._under_mouse = -1

    def show_outlook(self, outlook: Outlook | None) -> None:
        """What may come next; None: nothing is known."""
        self._outlook = outlook
        self._work_out()

    def set_sampling(self, sampling: Sampling) -> None:
        """Reshape the bars; nothing is asked of the network for it."""
        if sampling != self._sampling:
            self._sampling = sampling
            self._work_out()

    def set_pickable(self, pickable: bool) -> None:
        """Whether a click on a character asks for it."""
        self._pickable = pickable
        self._point_at(-1)

    def rows(self) -> list[Row]:
        """What is drawn, the likeliest first."""
        return self._rows

    def rest(self) -> float:
        """The probability of all the others together."""
        return self._rest

    def sizeHint(self) -> QSize:
        """Room for all rows."""
        return QSize(170, round(self._caption_height()) + (MOST_ROWS + 1) * 18)

    def minimumSizeHint(self) -> QSize:
        """A few rows."""
        return QSize(120, round(self._caption_height()) + 5 * _ROW_HEIGHTS[0])

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As many rows as there is room for."""
        super().resizeEvent(event)
        self._work_out()

    def event(self, event: QEvent) -> bool:
        """The exact numbers of a row, as a tooltip."""
        if event.type() == QEvent.Type.ToolTip and isinstance(event, QHelpEvent):
            QToolTip.showText(event.globalPos(), plain_tip(self.tip_at(event.pos().y())), self)
            return True
        return super().event(event)

    def tip_at(self, y: float) -> str:
        """What is ``y`` px from the top."""
        index = self._row_at(y)
        if index < 0:
            return "The next character.\nFilled: with the settings above. Outline: as the network learnt it."
        row = self._rows[index]
        lines = [f"{row.name}: {row.share:.2%}", f"as learnt: {row.learnt:.2%}"]
        lines += ["cut off by top-k or top-p"] if row.cut and self._sampling.temperature else []
        return "\n".join(lines + (["Click to write it yourself."] if self._pickable else []))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Light up the row that a click would pick."""
        self._point_at(self._row_at(event.position().y()) if self._pickable else -1)

    def leaveEvent(self, event: QEvent) -> None:
        """No row is lit."""
        self._point_at(-1)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Pick the character."""
        index = self._row_at(event.position().y())
        if self._pickable and index >= 0 and event.button() == Qt.MouseButton.LeftButton:
            self.picked.emit(self._rows[index].token)

    def paintEvent(self, event: QPaintEvent) -> None:
        """The caption, the rows, and the rest."""
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setFont(small(self.font()))
        self._draw_caption(painter)
        if not self._rows:
            self._draw_notice(painter)
            return
        metrics = QFontMetricsF(painter.font())
        widest = max(metrics.horizontalAdvance(row.name) for row in self._rows)
        label = min(max(widest, metrics.horizontalAdvance("mm")), self.width() * 0.4)
        number = metrics.horizontalAdvance("100.0 %")
        room = max(10.0, self.width() - label - number - 2 * _GAP)
        ceiling = next((c for c in _CEILINGS if c >= max(max(row.share, row.learnt) for row in self._rows)), 1.0)
        for index, row in enumerate(self._rows):
            self._draw_row(painter, index, row, (label, room, number), room / ceiling)
        self._draw_rest(painter, label)

    def _work_out(self) -> None:
        self._rows, self._rest, self._problem = [], 0.0, ""
        outlook = self._outlook
        if outlook is not None:
            try:
                shares, learnt = (probabilities(outlook.logits, s) for s in (self._sampling, AS_LEARNT))
            except NoDistribution as error:
                self._problem = str(error)
            else:
                best = np.argsort(-outlook.logits, kind="stable")[: self._fitting()]
                names = (name_of(outlook.vocabulary[token]) for token in best)
                columns = (best.tolist(), names, shares[best].tolist(), learnt[best].tolist())
                self._rows = [Row(*cells) for cells in zip(*columns, strict=True)]
                self._rest = max(0.0, 1.0 - float(shares[best].sum()))
        self.setAccessibleDescription(", ".join(f"{row.name} {row.share:.0%}" for row in self._rows[:3]))
        self.update()

    def _fitting(self) -> int:
        room = self.height() - self._caption_height()
        return int(max(1, min(MOST_ROWS, room // _ROW_HEIGHTS[0] - 1)))

    def _caption_height(self) -> float:
        return QFontMetricsF(small(self.font())).height() + _GAP

    def _row_height(self) -> float:
        room = (self.height() - self._caption_height()) / (len(self._rows) + 1)
        return min(max(room, _ROW_HEIGHTS[0]), _ROW_HEIGHTS[1])

    def _row_at(self, y: float) -> int:
        index = int((y - self._caption_height()) // self._row_height()) if self._rows else -1
        return index if 0 <= index < len(self._rows) else -1

    def _point_at(self, index: int) -> None:
        if index != self._under_mouse:
            self._under_mouse = index
            self.setCursor(Qt.CursorShape.PointingHandCursor if index >= 0 else Qt.CursorShape.ArrowCursor)
            self.update()

    def _draw_caption(self, painter: QPainter) -> None:
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        area = QRectF(0, 0, self.width(), self._caption_height() - _GAP)
        metrics = QFontMetricsF(painter.font())
        words = caption(self._outlook)
        shown = metrics.elidedText(words, Qt.TextElideMode.ElideRight, area.width())
        painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter, shown)

    def _draw_notice(self, painter: QPainter) -> None:
        area = QRectF(self.rect()).adjusted(4, self._caption_height(), -4, -4)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        painter.drawText(area, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, self._problem)

    def _draw_row(
        self, painter: QPainter, index: int, row: Row, widths: tuple[float, float, float], pixels_each: float
    ) -> None:
        palette, height = self.palette(), self._row_height()
        top = self._caption_height() + index * height
        label, room, number = widths
        if index == self._under_mouse:
            painter.fillRect(QRectF(0, top, self.width(), height), palette.color(QPalette.ColorRole.AlternateBase))
        ink = palette.color(QPalette.ColorRole.Text)
        painter.setPen(mix(ink, palette.color(QPalette.ColorRole.Window), _FAINT) if row.cut else ink)
        middle = Qt.AlignmentFlag.AlignVCenter
        name = QFontMetricsF(painter.font()).elidedText(row.name, Qt.TextElideMode.ElideRight, label)
        painter.drawText(QRectF(0, top, label, height), middle | Qt.AlignmentFlag.AlignRight, name)
        left, inset = label + _GAP, min(3.0, height * 0.16)
        percent = f"{row.share:.1%}".replace("%", " %") if not row.cut else "–"
        painter.drawText(
            QRectF(left + room + _GAP / 2, top, number, height), middle | Qt.AlignmentFlag.AlignRight, percent
        )
        accent = palette.color(QPalette.ColorRole.Accent)
        self._draw_bar(painter, QRectF(left, top + inset, row.share * pixels_each, height - 2 * inset), accent)
        outline = QRectF(left, top + inset, row.learnt * pixels_each, height - 2 * inset)
        if outline.width() < _LEAST_OUTLINE:
            return
        painter.setBrush(Qt.BrushStyle.NoBrush)
        painter.setPen(QPen(mix(ink, palette.color(QPalette.ColorRole.Window), _OUTLINE), 1.0))
        painter.drawRoundedRect(outline.adjusted(0.5, 0.5, -0.5, -0.5), 2, 2)

    def _draw_bar(self, painter: QPainter, bar: QRectF, colour: QColor) -> None:
        if bar.width() > 0:
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(colour)
            painter.drawRoundedRect(bar, 2, 2)

    def _draw_rest(self, painter: QPainter, label: float) -> None:
        assert self._outlook is not None
        others = len(self._outlook.vocabulary) - len(self._rows)
        if others <= 0:
            return
        top = self._caption_height() + len(self._rows) * self._row_height()
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        area = QRectF(label + _GAP, top, self.width() - label - _GAP, self._row_height())
        words = f"{others:,} others"
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignLeft, words)
        percent = f"{self._rest:.1%}".replace("%", " %")
        painter.drawText(area, Qt.AlignmentFlag.AlignVCenter | Qt.AlignmentFlag.AlignRight, percent)


def caption(outlook: Outlook | None) -> str:
    """The line above the bars: what was drawn last, or what it comes after."""
    if outlook is None:
        return "Next character"
    if outlook.drawn is not None:
        return f"Drew {_quoted(outlook.drawn.character)} at {outlook.drawn.probability:.1%}".replace("%", " %")
    if not outlook.tail:
        return "The first character"
    tail = harmless(outlook.tail[-_TAIL:]).replace("\n", "↵").replace("\t", "⇥")
    return f"Next after “{'…' if len(outlook.tail) > _TAIL else ''}{tail}”"


def _quoted(character: str) -> str:
    name = name_of(character)
    return f"“{name}”" if name == character else name
