"""A sheet of paper to draw on with the mouse or a pen."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QColor,
    QCursor,
    QFocusEvent,
    QKeyEvent,
    QKeySequence,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPalette,
    QPen,
    QPixmap,
    QResizeEvent,
)
from PySide6.QtWidgets import QWidget

from gui.keys import local_key
from gui.try_it.drawing import PEN_WIDTH, SIDE, Drawing
from gui.try_it.offers import png_bytes

HINT = "Draw here"
EVERY_MS = 60
"""While the pen moves the drawing is given out this often at most, so that the answer follows it."""

PAPER = QColor("#fbfaf5")
_FAINT_INK = QColor("#8d8b82")
_EDGE = QColor("#c9c7bd")


class DrawPad(QWidget):
    """Black on off-white paper in every theme: it is paper. The drawing is a square, centred in the widget."""

    drawn = Signal(bytes)
    """The PNG bytes of the drawing as it is now: while the pen moves, and when it is lifted."""

    emptied = Signal()
    """There is nothing on the paper any more."""

    changed = Signal()
    """Something can be undone or cleared that could not before, or the other way round."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("draw_pad")
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName("Drawing")
        self.setAccessibleDescription("Draw with the mouse or a pen; Ctrl+Z takes back a stroke, Delete clears.")
        self.setToolTip("Draw with the mouse or a pen: the network answers while you draw.")
        self._drawing = Drawing()
        self._pen_width = PEN_WIDTH
        self._active = False
        self._soon = QTimer(self, singleShot=True, interval=EVERY_MS)
        self._soon.timeout.connect(self._give)
        for keys, slot in ((QKeySequence.StandardKey.Undo, self.undo), (QKeySequence.StandardKey.Delete, self.clear)):
            local_key(keys, self, slot, children=False)

    def is_empty(self) -> bool:
        """Whether nothing is drawn."""
        return self._drawing.is_empty()

    def can_undo(self) -> bool:
        """Whether a stroke, or a clearing, can be taken back."""
        return self._drawing.can_undo()

    def png(self) -> bytes:
        """The drawing as a PNG of :data:`~gui.try_it.drawing.SIDE` px a side, black on white."""
        return png_bytes(self._drawing.picture())

    def undo(self) -> None:
        """Take back the last stroke, or the clearing of the paper."""
        if self.can_undo() or self._drawing.drawing:
            self._drawing.undo()
            self._after_change()

    def clear(self) -> None:
        """Wipe everything away."""
        if not self.is_empty():
            self._drawing.clear()
            self._after_change()

    def pen_width(self) -> float:
        """Px of a paper of :data:`~gui.try_it.drawing.SIDE` px a side."""
        return self._pen_width

    def set_pen_width(self, width: float) -> None:
        """For the strokes to come."""
        self._pen_width = float(width)
        self._show_pen()

    def set_active(self, active: bool) -> None:
        """Mark this as what the network answers to."""
        self._active = active
        self.update()

    def paper(self) -> QRect:
        """Where the paper is, in px of the widget."""
        side = max(1, min(self.width(), self.height()))
        return QRect((self.width() - side) // 2, (self.height() - side) // 2, side, side)

    def sizeHint(self) -> QSize:
        """A comfortable sheet."""
        return QSize(190, 190)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        """Put the pen down."""
        if event.button() == Qt.MouseButton.LeftButton:
            self._drawing.begin(self._on_paper(event.position()), self._pen_width)
            self._soon.start()
            self.changed.emit()
            self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        """Draw."""
        if self._drawing.drawing and event.buttons() & Qt.MouseButton.LeftButton:
            self._drawing.move(self._on_paper(event.position()))
            if not self._soon.isActive():
                self._soon.start()
            self.update()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """Lift the pen."""
        if event.button() == Qt.MouseButton.LeftButton and self._drawing.drawing:
            self._drawing.end()
            self._after_change()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Backspace clears, as Delete does."""
        if event.key() == Qt.Key.Key_Backspace:
            self.clear()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QFocusEvent) -> None:
        """The frame shows the focus."""
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        """The frame shows the focus."""
        super().focusOutEvent(event)
        self.update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """The pen grows with the paper."""
        super().resizeEvent(event)
        self._show_pen()

    def paintEvent(self, event: QPaintEvent) -> None:
        """Paper, hint or ink, and a frame."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        paper = self.paper()
        self._paint_paper(painter, QRectF(paper))
        if self.is_empty():
            painter.setPen(_FAINT_INK)
            room = paper.adjusted(8, 8, -8, -8)
            painter.drawText(room, Qt.AlignmentFlag.AlignCenter | Qt.TextFlag.TextWordWrap, HINT)
        else:
            painter.drawImage(QRectF(paper), self._drawing.ink)

    def _paint_paper(self, painter: QPainter, paper: QRectF) -> None:
        chosen = self._active or self.hasFocus()
        edge = self.palette().color(QPalette.ColorRole.Accent) if chosen else _EDGE
        painter.setPen(QPen(edge, 2.0 if self._active else 1.0))
        painter.setBrush(PAPER)
        inset = painter.pen().widthF() / 2
        painter.drawRoundedRect(paper.adjusted(inset, inset, -inset, -inset), 6, 6)

    def _on_paper(self, position: QPointF) -> QPointF:
        paper = self.paper()
        place = (position - QPointF(paper.topLeft())) * (SIDE / paper.width())
        # Beyond the edge the pen slides along it.
        return QPointF(min(max(place.x(), 0.0), SIDE), min(max(place.y(), 0.0), SIDE))

    def _after_change(self) -> None:
        self._soon.stop()
        self.changed.emit()
        self.update()
        if self.is_empty():
            self.emptied.emit()
        else:
            self._give()

    def _give(self) -> None:
        if not self.is_empty():
            self.drawn.emit(self.png())

    def _show_pen(self) -> None:
        """The cursor is a ring as wide as the pen."""
        width = self._pen_width * self.paper().width() / SIDE
        side = int(width) + 5
        ring = QPixmap(side, side)
        ring.fill(Qt.GlobalColor.transparent)
        painter = QPainter(ring)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        middle = QPointF(side / 2, side / 2)
        for colour, thickness in ((QColor(255, 255, 255, 200), 3.0), (QColor(0, 0, 0, 200), 1.2)):
            painter.setPen(QPen(colour, thickness))
            painter.drawEllipse(middle, width / 2, width / 2)
        painter.end()
        self.setCursor(QCursor(ring))
