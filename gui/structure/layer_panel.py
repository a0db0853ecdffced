"""One layer from close by: its sums, its weights, what it gave out last, and its gradient."""

from __future__ import annotations

from PySide6.QtCore import Qt
from PySide6.QtGui import QPalette, QResizeEvent
from PySide6.QtWidgets import QLabel, QSizePolicy, QStackedLayout, QTabWidget, QVBoxLayout, QWidget

from core.structure import LayerLook, LayerRow, shapes_text
from core.views import View
from gui.try_it.message_view import MessageView
from gui.views.drawer import ViewDrawer

CLICK = "Click a layer, in the drawing or in the table: its sums, weights, activation and gradient are shown here."
WAIT = "…"
_LOW = 220
"""Px of height below which the sums give way to the pictures."""
TABS = {
    "weights": ("Weights", "The numbers that this layer has learnt, or begins with"),
    "activation": ("Activation", "What this layer gives out for one sample"),
    "gradient": ("Gradient", "How the loss would change with each number: where it comes from is said above it"),
}


class LayerPanel(QWidget):
    """Shows a row at once, and its pictures when they come."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("layer_panel")
        self.hint = MessageView()
        self.hint.set_text(CLICK)
        self.title, self.sums, self.source = _label(), _label(), _label()
        font = self.title.font()
        font.setBold(True)
        self.title.setFont(font)
        self.sums.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.source.setForegroundRole(QPalette.ColorRole.PlaceholderText)
        self.words: dict[str, QLabel] = {}
        self.drawers: dict[str, ViewDrawer] = {}
        self.tabs = QTabWidget(documentMode=True)
        self.tabs.setObjectName("layer_tabs")
        self._row = ""
        self._arrange()

    def row(self) -> str:
        """The id of the layer that is shown, "" where there is none."""
        return self._row

    def show_row(self, row: LayerRow | None) -> None:
        """The name, shapes and sums of a layer; pictures of another one are taken away."""
        same = row is not None and row.id == self._row
        self._row = row.id if row else ""
        self._stack.setCurrentIndex(0 if row is None else 1)
        if row is None:
            return
        flow = f"{shapes_text(row.inputs)} → {shapes_text(row.outputs)}" if row.calls else ""
        kind = "" if row.kind.casefold() == row.title.casefold() else f"  {row.kind}"
        self.title.setText(f"{row.title}{kind}  {flow}")
        self.title.setToolTip("\n".join((f"{row.id}: shapes for one sample", *row.arithmetic)))
        self.sums.setText("\n".join(row.arithmetic))
        self._give_room()
        if not same:
            self.say(WAIT)

    def show_look(self, look: LayerLook) -> None:
        """The pictures of the layer that is shown; those of another one come too late."""
        if look.row != self._row:
            return
        self._show("weights", look.weights, look.weights_words)
        self._show("activation", look.activation, look.activation_words)
        self._show("gradient", look.gradient, look.gradient_words)
        self.source.setText(look.source)
        self.source.show()

    def say(self, words: str) -> None:
        """A sentence in place of the pictures."""
        for name in TABS:
            self._show(name, None, words)
        self.source.hide()

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Where there is little room it is for the pictures: the sums are in the tooltip of the title, too."""
        super().resizeEvent(event)
        self._give_room()

    def _give_room(self) -> None:
        self.sums.setVisible(bool(self.sums.text()) and self.height() >= _LOW)

    def _show(self, name: str, view: View | None, words: str) -> None:
        label, drawer = self.words[name], self.drawers[name]
        if view is None:
            label.hide()
            drawer.say(words)
            return
        label.setText(words)
        label.setVisible(bool(words))
        drawer.draw(view)

    def _arrange(self) -> None:
        for name, (title, help) in TABS.items():
            page, self.words[name], self.drawers[name] = QWidget(), _label(), ViewDrawer()
            self.words[name].setForegroundRole(QPalette.ColorRole.PlaceholderText)
            self.words[name].setContentsMargins(8, 4, 8, 0)
            column = QVBoxLayout(page)
            column.setContentsMargins(0, 0, 0, 0)
            column.setSpacing(2)
            column.addWidget(self.words[name])
            column.addWidget(self.drawers[name], 1)
            self.tabs.setTabToolTip(self.tabs.addTab(page, title), help)
        shown = QWidget()
        column = QVBoxLayout(shown)
        column.setContentsMargins(0, 6, 0, 4)
        column.setSpacing(4)
        for label in (self.title, self.sums, self.source):
            label.setContentsMargins(8, 0, 8, 0)
        column.addWidget(self.title)
        column.addWidget(self.sums)
        column.addWidget(self.tabs, 1)
        column.addWidget(self.source)
        self._stack = QStackedLayout(self)
        self._stack.addWidget(self.hint)
        self._stack.addWidget(shown)


def _label() -> QLabel:
    label = QLabel(wordWrap=True)
    label.setTextFormat(Qt.TextFormat.PlainText)
    label.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    return label
