"""The layers of the network, in the order in which the picture goes through them."""

from __future__ import annotations

from collections.abc import Sequence

from PySide6.QtCore import QModelIndex, QPersistentModelIndex, QRect, QSignalBlocker, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QPainter, QPalette
from PySide6.QtWidgets import QListWidget, QListWidgetItem, QStyle, QStyledItemDelegate, QStyleOptionViewItem, QWidget

from core.explain.operations import Layer
from gui.views.canvas import small

_KIND, _SHAPE = Qt.ItemDataRole.UserRole + 1, Qt.ItemDataRole.UserRole + 2
_PAD = 8


class LayerList(QListWidget):
    """One line a layer: its name, what it is, and the shape of its answer."""

    layer_chosen = Signal(int)
    """The place of the layer that the person, or :meth:`choose`, chose."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layer_list")
        self.setAccessibleName("Layers")
        self.setProperty("frameless", True)
        self.setItemDelegate(_LayerDelegate(self))
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setMinimumWidth(130)
        self._shown: list[tuple[str, str, str]] = []
        self.currentRowChanged.connect(lambda row: self.layer_chosen.emit(row) if row >= 0 else None)

    def show_layers(self, layers: Sequence[Layer]) -> None:
        """Show these layers; the choice stays with the layer of the same name, and is told only where that is gone."""
        wanted = [(layer.name, layer.kind, layer.shape_text) for layer in layers]
        if wanted == self._shown:
            return
        current = self.currentItem()
        before = current.text() if current else ""
        self._shown = wanted
        with QSignalBlocker(self):
            self.clear()
            for name, kind, shape in wanted:
                item = QListWidgetItem(name)
                item.setData(_KIND, kind)
                item.setData(_SHAPE, shape)
                item.setToolTip(f"{name}: {kind}, gives {shape}")
                self.addItem(item)
            names = [name for name, _kind, _shape in wanted]
            if before in names:
                self.setCurrentRow(names.index(before))
        if before not in names and wanted:
            self.setCurrentRow(_first_with_maps(layers))

    def sizeHint(self) -> QSize:
        """Room for usual names."""
        return QSize(170, 200)


class _LayerDelegate(QStyledItemDelegate):
    """The name, and below it in small print the kind and the shape."""

    def sizeHint(self, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex) -> QSize:
        """Two lines."""
        lines = QFontMetrics(option.font).height() + QFontMetrics(small(option.font)).height()
        return QSize(80, lines + 8)

    def paint(
        self, painter: QPainter, option: QStyleOptionViewItem, index: QModelIndex | QPersistentModelIndex
    ) -> None:
        """Two lines on the ground of the list or of a choice."""
        # The binding's stub does not know the fields of the option.
        state, area, font, palette = option.state, option.rect, option.font, option.palette
        chosen = bool(state & QStyle.StateFlag.State_Selected)
        painter.save()
        if chosen:
            painter.fillRect(area, palette.color(QPalette.ColorRole.Highlight))
        elif state & QStyle.StateFlag.State_MouseOver:
            painter.fillRect(area, palette.color(QPalette.ColorRole.AlternateBase))
        role = QPalette.ColorRole
        _line(
            painter,
            area.adjusted(_PAD, 4, -_PAD, 0),
            font,
            str(index.data()),
            palette.color(role.HighlightedText if chosen else role.Text),
        )
        below = area.adjusted(_PAD, 4 + QFontMetrics(font).height(), -_PAD, 0)
        words = f"{index.data(_KIND)} · {index.data(_SHAPE)}"
        _line(
            painter, below, small(font), words, palette.color(role.HighlightedText if chosen else role.PlaceholderText)
        )
        painter.restore()


def _line(painter: QPainter, area: QRect, font: object, text: str, colour: object) -> None:
    painter.setFont(font)  # type: ignore[arg-type]
    painter.setPen(colour)
    fitted = painter.fontMetrics().elidedText(text, Qt.TextElideMode.ElideRight, area.width())
    painter.drawText(area, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, fitted)


def _first_with_maps(layers: Sequence[Layer]) -> int:
    return next((place for place, layer in enumerate(layers) if layer.outputs.ndim == 3), 0)
