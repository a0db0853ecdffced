"""What a cell brought: text, pictures, and errors with their traceback folded away."""

from __future__ import annotations

from PySide6.QtCore import QEvent, Qt
from PySide6.QtGui import QPixmap, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QToolButton, QVBoxLayout, QWidget

from core.console.outputs import Output
from core.lessons.records import STREAMS, Shown
from gui.forms.colours import fault_colour
from gui.lessons.code_text import PlainText, read_only_ground
from gui.lessons.fonts import text_font

SMALL_PICTURE = 96
"""Px: below, a picture is shown larger, in whole steps, so that its pixels can be seen."""


class OutputView(QWidget):
    """Changes as little as possible when more comes, so that what is selected stays selected."""

    def __init__(self, scale: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._scale = scale
        self._shown: list[tuple[Output, QWidget]] = []
        self._column = QVBoxLayout(self)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(4)
        self._left_out = QLabel(wordWrap=True)
        self._left_out.setProperty("hint", True)
        self._left_out.hide()
        self._column.addWidget(self._left_out)
        self.hide()

    def show_outputs(self, shown: Shown) -> None:
        """What there is of a cell now."""
        outputs = shown.outputs
        for place, output in enumerate(outputs):
            self._place(place, output)
        while len(self._shown) > len(outputs):
            self._remove(len(self._shown) - 1)
        self._left_out.setText(shown.left_out)
        self._left_out.setVisible(bool(shown.left_out))
        self.setVisible(bool(outputs))

    def set_scale(self, scale: float) -> None:
        """Larger or smaller letters."""
        self._scale = scale
        for _output, widget in self._shown:
            if isinstance(widget, PlainText | ErrorView):
                widget.set_scale(scale)

    def _place(self, place: int, output: Output) -> None:
        there = self._shown[place] if place < len(self._shown) else None
        if there is not None and there[0] is output:
            return
        if there is not None and isinstance(there[1], PlainText) and output.kind in STREAMS:
            there[1].show_text(_printed(output.text))
            self._shown[place] = (output, there[1])
            return
        if there is not None:
            self._remove(place)
        widget = self._widget(output)
        self._shown.insert(place, (output, widget))
        self._column.insertWidget(place, widget)

    def _remove(self, place: int) -> None:
        _output, widget = self._shown.pop(place)
        self._column.removeWidget(widget)
        widget.hide()
        widget.deleteLater()

    def _widget(self, output: Output) -> QWidget:
        if output.kind == "error":
            return ErrorView(output, self._scale)
        pixmap = QPixmap()
        if output.png and pixmap.loadFromData(output.png, "PNG"):
            return PictureView(pixmap, output.text)
        text = PlainText(_printed(output.text), self._scale, "Output")
        text.setStyleSheet(read_only_ground(self.palette()))
        return text


class ErrorView(QWidget):
    """The error in one line; the traceback on demand."""

    def __init__(self, output: Output, scale: float, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.summary = QLabel(output.summary or _last_line(output.text), wordWrap=True)
        self.summary.setTextFormat(Qt.TextFormat.PlainText)
        self.summary.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.summary.setAccessibleName("Error")
        self.fold = QToolButton(arrowType=Qt.ArrowType.RightArrow)
        self.fold.setCheckable(True)
        self.fold.setText("Traceback")
        self.fold.setToolButtonStyle(Qt.ToolButtonStyle.ToolButtonTextBesideIcon)
        self.fold.setToolTip("Where in the code it happened")
        self.traceback = PlainText(output.text.strip("\n"), scale, "Traceback")
        self.traceback.hide()
        self.fold.setVisible(bool(output.text.strip()))
        self.fold.toggled.connect(self._unfold)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        for widget in (self.summary, self.fold, self.traceback):
            column.addWidget(widget)
        self.set_scale(scale)
        self._colour()

    def set_scale(self, scale: float) -> None:
        """Larger or smaller letters."""
        self.summary.setFont(text_font(scale))
        self.traceback.set_scale(scale)

    def changeEvent(self, event: QEvent) -> None:
        """The theme may have changed."""
        super().changeEvent(event)
        if event.type() == QEvent.Type.PaletteChange and hasattr(self, "traceback"):
            self._colour()

    def _unfold(self, on: bool) -> None:
        self.fold.setArrowType(Qt.ArrowType.DownArrow if on else Qt.ArrowType.RightArrow)
        self.traceback.setVisible(on)

    def _colour(self) -> None:
        self.summary.setStyleSheet(f"color: {fault_colour(self.palette()).name()};")
        self.traceback.setStyleSheet(read_only_ground(self.palette()))


class PictureView(QLabel):
    """A picture no wider than there is room; a small one in whole steps larger."""

    def __init__(self, pixmap: QPixmap, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._pixmap = pixmap
        size = f"{pixmap.width()}×{pixmap.height()} px"
        self.setAccessibleName(f"Picture, {size}")
        self.setToolTip(f"{text}\n{size}".strip() if len(text) < 200 else size)
        self.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.setAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop)
        self._fit(400)

    def resizeEvent(self, event: QResizeEvent) -> None:
        """As large as there is room now."""
        super().resizeEvent(event)
        self._fit(event.size().width())

    def _fit(self, room: int) -> None:
        pixmap, room = self._pixmap, max(1, room)
        longest = max(pixmap.width(), pixmap.height(), 1)
        wanted = pixmap.width() * max(1, SMALL_PICTURE // longest)
        width = min(wanted, room)
        if self.pixmap().width() == width:
            return
        larger = width > pixmap.width()
        how = Qt.TransformationMode.FastTransformation if larger else Qt.TransformationMode.SmoothTransformation
        self.setPixmap(pixmap if width == pixmap.width() else pixmap.scaledToWidth(max(1, width), how))


def _printed(text: str) -> str:
    return text.removesuffix("\n")


def _last_line(text: str) -> str:
    lines = text.strip().splitlines()
    return lines[-1][:400] if lines else "It failed."
