"""The layers of the network, what each made of the picture, and how each number came about."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtWidgets import (
    QHBoxLayout,
    QLabel,
    QSizePolicy,
    QSplitter,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from core.explain.operations import Layer, Linear, Recording
from gui.explain.layer_list import LayerList
from gui.explain.map_detail import MapDetail
from gui.explain.map_grid import MapGrid
from gui.explain.unit_detail import UnitDetail
from gui.keys import local_key
from gui.try_it.message_view import MessageView

_NARROW = 720
"""Px below which an enlarged map takes the room of the list of layers, too."""


class LayersPanel(QWidget):
    """A list at the left; at the right all maps of a layer, or one of them enlarged, or the units."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.list = LayerList()
        self.grid = MapGrid()
        self.detail = MapDetail()
        self.units = UnitDetail()
        self.message = MessageView()
        self.title = QLabel()
        self.title.setTextFormat(Qt.TextFormat.PlainText)
        self.title.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.back = _button("‹ All maps", "Show all maps of this layer (Escape)", "all_maps")
        self.previous = _button("‹", "The map before (Page Up)", "previous_map")
        self.next = _button("›", "The map after (Page Down)", "next_map")
        self._recording: Recording | None = None
        self._classes: tuple[str, ...] = ()
        self._map: int | None = None
        self._arrange()
        self._connect()
        self._show_current()

    def show_recording(self, recording: Recording, classes: tuple[str, ...]) -> None:
        """Show these numbers; layer, map and pixel stay the chosen ones where they are still there."""
        self._recording, self._classes = recording, classes
        self.list.show_layers(recording.layers)
        self._show_current()

    def clear(self) -> None:
        """Show nothing."""
        self._recording, self._map = None, None
        self.list.show_layers(())
        self._show_current()

    def layer(self) -> Layer | None:
        """The layer that is chosen."""
        row = self.list.currentRow()
        layers = self._recording.layers if self._recording else ()
        return layers[row] if 0 <= row < len(layers) else None

    def open_map(self, index: int | None) -> None:
        """Enlarge one map of the layer, or with None show all of them."""
        self._map = index
        self._show_current()
        (self.grid if index is None else self.detail.map).setFocus()

    def _step(self, by: int) -> None:
        layer = self.layer()
        if layer is not None and self._map is not None and 0 <= self._map + by < len(layer.maps()):
            self._map += by
            self._show_current()

    def _on_layer(self) -> None:
        self._map = None
        self._show_current()

    def _show_current(self) -> None:
        layer = self.layer()
        maps = layer.maps() if layer is not None else None
        count = len(maps) if maps is not None else 0
        if self._map is not None and self._map >= count:
            self._map = None
        enlarged = self._map is not None
        for button in (self.back, self.previous, self.next):
            button.setVisible(enlarged)
        self.list.setVisible(not (enlarged and self.width() < _NARROW))
        if layer is None:
            self.title.setText("")
            self.message.set_text("What each layer makes of the picture is shown here.")
            self._stack.setCurrentWidget(self.message)
        elif layer.outputs.ndim == 1:
            self._show_units(layer)
        elif not count or not layer.outputs.size:
            self._say(layer, f"{layer.kind} gave out nothing that can be drawn.")
        elif self._map is not None:
            self._show_map(layer, self._map, count)
        else:
            self.title.setText(f"{layer.name}: {count} map{'s' if count != 1 else ''}, click one to see its sums")
            self.grid.show_maps(layer.maps())
            self._stack.setCurrentWidget(self.grid)

    def _show_map(self, layer: Layer, index: int, count: int) -> None:
        self.title.setText(f"{layer.name}, map {index} of 0–{count - 1}")
        self.previous.setEnabled(index > 0)
        self.next.setEnabled(index < count - 1)
        self.detail.show_map(layer, index, self._neighbour(layer, 1))
        self._stack.setCurrentWidget(self.detail)

    def _show_units(self, layer: Layer) -> None:
        names = self._classes if self._is_answer(layer) else ()
        self.title.setText(f"{layer.name}: {layer.outputs.size:,} units, click one to see its sum")
        self.units.show_layer(layer, names, self._input_names(layer))
        self._stack.setCurrentWidget(self.units)

    def _say(self, layer: Layer, words: str) -> None:
        self.title.setText(f"{layer.name}: {layer.kind}")
        self.message.set_text(words)
        self._stack.setCurrentWidget(self.message)

    def _is_answer(self, layer: Layer) -> bool:
        assert self._recording is not None
        return layer is self._recording.layers[-1] and layer.outputs.size == len(self._classes)

    def _neighbour(self, layer: Layer, by: int) -> Layer | None:
        assert self._recording is not None
        layers = self._recording.layers
        place = next(index for index, each in enumerate(layers) if each is layer) + by
        return layers[place] if 0 <= place < len(layers) else None

    def _input_names(self, layer: Layer) -> list[str]:
        """Which map and pixel each input of the first linear layer is."""
        before = self._neighbour(layer, -1)
        while before is not None and before.outputs.ndim == 1:
            if isinstance(before.operation, Linear):
                return []
            before = self._neighbour(before, -1)
        if before is None or layer.inputs is None or before.outputs.ndim != 3:
            return []
        if before.outputs.size != layer.inputs.size:
            return []
        _, height, width = before.outputs.shape
        return [
            f"map {index // (height * width)} ({index // width % height}, {index % width})"
            for index in range(before.outputs.size)
        ]

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(8, 4, 8, 0)
        head.setSpacing(4)
        for widget in (self.back, self.title, self.previous, self.next):
            head.addWidget(widget, 1 if widget is self.title else 0)
        self._stack = QStackedWidget()
        for page in (self.message, self.grid, self.detail, self.units):
            self._stack.addWidget(page)
        right = QWidget()
        column = QVBoxLayout(right)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addLayout(head)
        column.addWidget(self._stack, 1)
        self._split = QSplitter()
        self._split.addWidget(self.list)
        self._split.addWidget(right)
        self._split.setStretchFactor(1, 1)
        self._split.setChildrenCollapsible(False)
        self._split.setSizes([160, 400])
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(self._split)

    def _connect(self) -> None:
        self.list.layer_chosen.connect(lambda _row: self._on_layer())
        self.grid.map_chosen.connect(self.open_map)
        self.back.clicked.connect(lambda: self.open_map(None))
        self.previous.clicked.connect(lambda: self._step(-1))
        self.next.clicked.connect(lambda: self._step(1))
        keys = (
            ("Escape", lambda: self.open_map(None)),
            ("PgUp", lambda: self._step(-1)),
            ("PgDown", lambda: self._step(1)),
        )
        for key, slot in keys:
            local_key(key, self.detail, slot)


def _button(text: str, tip: str, name: str) -> QToolButton:
    button = QToolButton()
    button.setText(text)
    button.setToolTip(tip)
    button.setObjectName(name)
    button.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
    return button
