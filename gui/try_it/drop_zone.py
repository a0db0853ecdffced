"""The place to drop a picture on."""

from __future__ import annotations

from PySide6.QtCore import QPointF, QRect, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDragLeaveEvent,
    QDropEvent,
    QFocusEvent,
    QImage,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPalette,
    QPen,
)
from PySide6.QtWidgets import QWidget

from gui.theme import mix
from gui.try_it.offers import Picture, may_hold_picture, picture_in
from gui.views.canvas import small
from gui.views.tips import plain_tip

HINT = "Drop a picture here, paste it, or click to choose one"
LET_GO = "Let go to ask the network"
_HARMLESS = (Qt.DropAction.CopyAction, Qt.DropAction.LinkAction)
_TIP = "Drop one picture here: PNG, JPEG, GIF, BMP, WebP or TIFF. Click or press Enter to choose a file."


class DropZone(QWidget):
    """Takes one picture by drag and drop and shows the one that was answered; a click asks for a file."""

    dropped = Signal(object, str)
    """A picture: the path of a file or the bytes of one, and its name."""

    refused = Signal(str)
    """Something else was dropped; the sentence says why it was not taken."""

    clicked = Signal()
    """A file is to be chosen."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("drop_zone")
        self.setAcceptDrops(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        self.setAccessibleName("Picture")
        self.setAccessibleDescription(HINT)
        self.setToolTip(_TIP)
        self._picture: QImage | None = None
        self._name = ""
        self._over = self._active = False

    def show_picture(self, picture: QImage, name: str) -> None:
        """Show a picture that was answered, with its name below."""
        self._picture, self._name = picture, name
        self.setAccessibleDescription(name)
        self.setToolTip(plain_tip(f"{name}\n{HINT}" if name else HINT))
        self.update()

    def clear(self) -> None:
        """Show the hint."""
        self._picture, self._name = None, ""
        self.setAccessibleDescription(HINT)
        self.setToolTip(_TIP)
        self.update()

    def picture(self) -> QImage | None:
        """What is shown, if anything."""
        return self._picture

    def set_active(self, active: bool) -> None:
        """Mark this as what the network answers to."""
        self._active = active
        self.update()

    def set_over(self, over: bool) -> None:
        """Whether a picture is held over the panel."""
        self._over = over
        self.update()

    def is_over(self) -> bool:
        """Whether a picture is held over the panel."""
        return self._over

    def sizeHint(self) -> QSize:
        """As large as the paper beside it."""
        return QSize(190, 190)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Light up for anything that might be a picture."""
        if may_hold_picture(event.mimeData()):
            self.set_over(True)
            _take_a_copy(event)
        else:
            event.ignore()

    def dragLeaveEvent(self, event: QDragLeaveEvent) -> None:
        """Go out again."""
        self.set_over(False)

    def dropEvent(self, event: QDropEvent) -> None:
        """Take the picture, or say why not."""
        self.set_over(False)
        _take_a_copy(event)
        offer = picture_in(event.mimeData(), "drop")
        if isinstance(offer, Picture):
            self.dropped.emit(offer.source, offer.name)
        else:
            self.refused.emit(offer.sentence)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        """A click asks for a file."""
        if event.button() == Qt.MouseButton.LeftButton and self.rect().contains(event.position().toPoint()):
            self.clicked.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        """Enter and Space ask for a file."""
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter, Qt.Key.Key_Space):
            self.clicked.emit()
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

    def paintEvent(self, event: QPaintEvent) -> None:
        """A dashed frame with the hint or the picture in it."""
        painter = QPainter(self)
        painter.setRenderHints(QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform)
        self._paint_frame(painter)
        if self._picture is not None and not self._over:
            self._paint_picture(painter, self._picture)
        else:
            self._paint_hint(painter, LET_GO if self._over else HINT)

    def _paint_frame(self, painter: QPainter) -> None:
        palette = self.palette()
        accent, base = palette.color(QPalette.ColorRole.Accent), palette.color(QPalette.ColorRole.Base)
        marked = self._over or self._active
        pen = QPen(accent if marked or self.hasFocus() else palette.color(QPalette.ColorRole.Mid))
        pen.setWidthF(2.0 if marked else 1.0)
        if self._picture is None or self._over:
            pen.setStyle(Qt.PenStyle.CustomDashLine)
            pen.setDashPattern([4.0 / pen.widthF(), 3.0 / pen.widthF()])
        painter.setPen(pen)
        painter.setBrush(mix(base, accent, 0.14) if self._over else base)
        inset = pen.widthF() / 2
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(inset, inset, -inset, -inset), 6, 6)

    def _paint_hint(self, painter: QPainter, words: str) -> None:
        role = QPalette.ColorRole.Accent if self._over else QPalette.ColorRole.PlaceholderText
        colour = self.palette().color(role)
        room = self.rect().adjusted(10, 8, -10, -8)
        flags = Qt.AlignmentFlag.AlignHCenter | Qt.TextFlag.TextWordWrap
        needed = painter.fontMetrics().boundingRect(room, flags, words).height()
        icon = 30 if room.height() >= needed + 44 else 0
        top = room.top() + max(0, room.height() - needed - icon - (10 if icon else 0)) // 2
        if icon:
            _paint_icon(painter, QRectF(room.center().x() - 18, top, 36, icon), QPen(colour, 1.6))
            top += icon + 10
        painter.setPen(colour)
        painter.drawText(QRect(room.left(), top, room.width(), room.bottom() - top + 1), flags, words)

    def _paint_picture(self, painter: QPainter, picture: QImage) -> None:
        painter.setFont(small(self.font()))
        line = painter.fontMetrics().height() + 2
        room = QRectF(self.rect()).adjusted(8, 8, -8, -8 - line)
        scale = min(room.width() / picture.width(), room.height() / picture.height())
        size = (max(1.0, picture.width() * scale), max(1.0, picture.height() * scale))
        corner = room.center() - QPointF(size[0] / 2, size[1] / 2)
        painter.drawImage(QRectF(corner.x(), corner.y(), *size), picture)
        painter.setPen(self.palette().color(QPalette.ColorRole.PlaceholderText))
        below = QRectF(room.left(), room.bottom() + 2, room.width(), line)
        name = painter.fontMetrics().elidedText(self._name, Qt.TextElideMode.ElideMiddle, int(below.width()))
        painter.drawText(below, Qt.AlignmentFlag.AlignCenter, name)


def _take_a_copy(event: QDropEvent) -> None:
    """Never move: the program that the picture comes from would delete its own."""
    possible = event.possibleActions()
    action = next((action for action in _HARMLESS if action in possible), Qt.DropAction.IgnoreAction)
    event.setDropAction(action)
    event.accept()


def _paint_icon(painter: QPainter, area: QRectF, pen: QPen) -> None:
    """A picture frame with a hill and a sun in it."""
    painter.save()
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(area.adjusted(1, 1, -1, -1), 4, 4)
    hills = QPainterPath(QPointF(area.left() + 5, area.bottom() - 6))
    for x, y in ((0.38, 0.45), (0.58, 0.72), (0.72, 0.55), (0.88, 0.8)):
        hills.lineTo(area.left() + area.width() * x, area.top() + area.height() * y)
    painter.drawPath(hills)
    painter.drawEllipse(QPointF(area.right() - 10, area.top() + 9), 2.6, 2.6)
    painter.restore()
