"""Which class is explained: the top guess, whatever it is, or one that the person chose."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QSignalBlocker, Signal
from PySide6.QtWidgets import QWidget

from gui.forms.inputs import CalmComboBox
from gui.views.numbers import with_unit


class ClassPicker(CalmComboBox):
    """The classes by their probability, the likeliest first; the entry above them follows the top guess."""

    target_changed = Signal()
    """The person chose another class, or the top guess."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("class_picker")
        self.setAccessibleName("Class to explain")
        self.setToolTip("The class whose score is explained; “top guess” goes with whatever the network says")
        self.setMaxVisibleItems(14)
        self._target: int | None = None
        self.activated.connect(self._on_activated)
        self.currentIndexChanged.connect(self._on_activated)
        self.reset()

    def target(self) -> int | None:
        """The index of the class that was chosen, or None for the top guess."""
        return self._target

    def reset(self) -> None:
        """Forget the classes and the choice."""
        self._target = None
        with QSignalBlocker(self):
            self.clear()
            self.addItem("Top guess", None)

    def show_classes(self, classes: tuple[str, ...], probabilities: NDArray[np.float32]) -> None:
        """Offer ``classes`` with their probabilities (0…1, one a class); the choice stays. An open list waits."""
        if self.view().isVisible():
            return
        order = np.argsort(-probabilities[: len(classes)], kind="stable")
        entries: list[tuple[str, int | None]] = [
            (f"{classes[index]} — {with_unit(float(probabilities[index]) * 100, '%')}", int(index)) for index in order
        ]
        with QSignalBlocker(self):
            self.clear()
            self.addItem(f"Top guess: {entries[0][0]}", None)
            self.insertSeparator(1)
            for text, index in entries:
                self.addItem(text, index)
            places = [place for place in range(2, self.count()) if self.itemData(place) == self._target]
            self.setCurrentIndex(places[0] if places and self._target is not None else 0)

    def _on_activated(self) -> None:
        chosen = self.currentData()
        if chosen != self._target:
            self._target = chosen
            self.target_changed.emit()
