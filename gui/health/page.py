"""The look "Health": what is wrong in words, all layers in a table, curves, and histograms through time."""

from __future__ import annotations

from collections.abc import Callable, Sequence

from PySide6.QtCore import Qt
from PySide6.QtGui import QResizeEvent
from PySide6.QtWidgets import (
    QComboBox,
    QFrame,
    QHBoxLayout,
    QLabel,
    QScrollArea,
    QSplitter,
    QStackedLayout,
    QVBoxLayout,
    QWidget,
)

from core.health.bins import KINDS
from core.health.history import HealthHistory
from core.health.numbers import layer_name
from core.health.words import Finding
from gui.health.head import HealthHead
from gui.health.layer_curves import LayerCurves
from gui.health.layer_table import LayerTable
from gui.health.measures import MEASURES
from gui.health.through_time import ThroughTime
from gui.health.words_box import WordsBox
from gui.seen_page import SeenPage
from gui.try_it.elided_label import ElidedLabel

BEFORE = (
    "Press Start: here you see how each layer fares while the network learns – gradients, updates, dead units – "
    "and a sentence where something is wrong."
)
OFF = "The health of this network is not watched: tick “Watch the health” to see how each layer fares."
WAITING = "The first look comes with the first steps."
_WIDE = 600
"""Px from which curves and histograms stand side by side."""
_LEAST_HEIGHT = 380
_KINDS = {
    "weights": "How large the weights of the layer are",
    "gradients": "How large the gradients of its weights are, before they are clipped",
    "activations": "How large the layer’s answers are, before an activation function makes something else of them",
}


class HealthPage(SeenPage):
    """Shows what it is given."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("health_page")
        self.head, self.words, self.table = HealthHead(), WordsBox(), LayerTable()
        self.curves, self.through_time = LayerCurves(), ThroughTime()
        self.measure, self.kind = self._measures(), self._kinds()
        self.layer_name = ElidedLabel()
        self.hint = QLabel(BEFORE, wordWrap=True, margin=32, alignment=Qt.AlignmentFlag.AlignCenter)
        self.hint.setProperty("hint", True)
        self.layer = 0
        """The chosen one."""
        self._history = HealthHistory()
        self._findings: Sequence[Finding] = ()
        self._summary = ""
        self._lay_out()
        self.curves.choose(MEASURES[0].field)
        self.measure.currentIndexChanged.connect(self._on_measure)
        self.kind.currentIndexChanged.connect(self._draw_through_time)
        self.table.chosen.connect(self._on_chosen)

    def show_hint(self, words: str) -> None:
        """A sentence in place of everything but the switch."""
        self.hint.setText(words)
        self._stack.setCurrentIndex(0)

    def show_health(self, history: HealthHistory, findings: Sequence[Finding], summary: str) -> None:
        """What is known now; :meth:`drawers` draw it."""
        if history.layers != self._history.layers or self.layer >= len(history.layers):
            self.layer = 0
        self._history, self._findings, self._summary = history, findings, summary
        self._stack.setCurrentIndex(1)

    def drawers(self) -> tuple[Callable[[], None], ...]:
        """One function for each part."""
        return self._draw_numbers, self._draw_curves, self._draw_through_time

    def clear(self, words: str) -> None:
        """Another run begins."""
        self._history, self._findings, self._summary, self.layer = HealthHistory(), (), "", 0
        self.table.clear()
        self.curves.clear()
        self.head.status.set_text("")
        self.show_hint(words)

    def choose(self, field: str) -> None:
        """Show the curves of another measure."""
        self.measure.setCurrentIndex(self.measure.findData(field))

    def resizeEvent(self, event: QResizeEvent) -> None:
        """Curves and histograms side by side, or below each other."""
        super().resizeEvent(event)
        wide = self.width() >= _WIDE
        self._pictures.setOrientation(Qt.Orientation.Horizontal if wide else Qt.Orientation.Vertical)
        self._split.setMinimumHeight(_LEAST_HEIGHT if wide else _LEAST_HEIGHT + 220)

    def _draw_numbers(self) -> None:
        history, newest = self._history, self._history.newest
        self.words.say(self._findings, self._summary)
        if newest is not None:
            looks = "1 look" if history.measurements == 1 else f"{history.measurements:,} looks"
            self.head.status.set_text(f"{looks}, the newest at step {newest.step:,}")
            self.table.show_health(history, self._findings)
            kind, size = newest.kinds[self.layer], int(newest.sizes[self.layer])
            self.layer_name.set_text(f"of {layer_name(newest.layers[self.layer])} ({kind}, {size:,} weights)")

    def _draw_curves(self) -> None:
        if self._history.newest is not None:
            self.curves.show_history(self._history, self.layer)

    def _draw_through_time(self) -> None:
        history, kind = self._history, str(self.kind.currentData())
        if history.newest is None:
            return
        name = history.layers[self.layer]
        steps, shares = history.through_time(kind, self.layer)
        hint = f"There are no {kind} of {layer_name(name)} to be shown."
        self.through_time.show_histograms(steps, shares, KINDS[kind], hint=hint)

    def _on_measure(self) -> None:
        self.curves.choose(str(self.measure.currentData()))
        self._draw_curves()

    def _on_chosen(self, layer: int, field: str) -> None:
        self.layer = layer
        self._draw_numbers()
        if field and field != self.curves.field:
            self.choose(field)
        else:
            self._draw_curves()
        if field == "gradient_norm":
            self.kind.setCurrentIndex(self.kind.findData("gradients"))
        elif field == "weight_norm":
            self.kind.setCurrentIndex(self.kind.findData("weights"))
        elif field in ("dead", "saturated"):
            self.kind.setCurrentIndex(self.kind.findData("activations"))
        self._draw_through_time()

    def _lay_out(self) -> None:
        self._pictures = QSplitter(Qt.Orientation.Horizontal)
        self._pictures.addWidget(_captioned(self.curves, self.measure))
        self._pictures.addWidget(_captioned(self.through_time, self.kind, self.layer_name))
        self._pictures.setSizes([1000, 1000])
        self._split = QSplitter(Qt.Orientation.Vertical)
        for widget, stretch in ((self.table, 2), (self._pictures, 3)):
            self._split.addWidget(widget)
            self._split.setStretchFactor(self._split.count() - 1, stretch)
        for splitter in (self._pictures, self._split):
            splitter.setChildrenCollapsible(False)
        self._split.setSizes([2000, 3000])
        self.table.setMinimumHeight(130)
        content = QWidget()
        column = QVBoxLayout(content)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(2)
        column.addWidget(self.words)
        column.addWidget(_scrolled(self._split), 1)
        body = QWidget()
        self._stack = QStackedLayout(body)
        self._stack.addWidget(self.hint)
        self._stack.addWidget(content)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.setSpacing(0)
        outer.addWidget(self.head)
        outer.addWidget(body, 1)
        self.setMinimumSize(360, 320)

    def _measures(self) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName("What the curves show")
        for place, measure in enumerate(MEASURES):
            box.addItem(measure.title, measure.field)
            box.setItemData(place, measure.help, Qt.ItemDataRole.ToolTipRole)
        return box

    def _kinds(self) -> QComboBox:
        box = QComboBox()
        box.setAccessibleName("Of what the histograms are")
        for place, (kind, help) in enumerate(_KINDS.items()):
            box.addItem(kind.capitalize(), kind)
            box.setItemData(place, help, Qt.ItemDataRole.ToolTipRole)
        box.setToolTip("Up: positive, down: negative; each line ten times the one before it. The stronger, the more.")
        return box


def _scrolled(widget: QWidget) -> QScrollArea:
    """As large as there is room, and to be scrolled where that is not enough."""
    area = QScrollArea()
    area.setFrameShape(QFrame.Shape.NoFrame)
    area.setWidgetResizable(True)
    area.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
    area.setWidget(widget)
    return area


def _captioned(picture: QWidget, *controls: QWidget) -> QWidget:
    """A picture with a row of controls above it; the last of several takes the room that is left."""
    whole = QWidget()
    row = QHBoxLayout()
    row.setContentsMargins(8, 3, 8, 0)
    row.setSpacing(8)
    for place, control in enumerate(controls):
        row.addWidget(control, 1 if place else 0)
    if len(controls) == 1:
        row.addStretch(1)
    column = QVBoxLayout(whole)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addLayout(row)
    column.addWidget(picture, 1)
    return whole
