"""The numbers of one parameter: what its gradient was and is, and how each weight became what it is."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QFontDatabase
from PySide6.QtWidgets import (
    QComboBox,
    QHBoxLayout,
    QLabel,
    QPlainTextEdit,
    QSizePolicy,
    QSplitter,
    QVBoxLayout,
    QWidget,
)

from core.slow_step.formulas import Working, number, working
from core.slow_step.records import Array, ParameterNumbers
from gui.slow_step.weight_map import WeightMap
from gui.try_it.message_view import MessageView
from gui.views.canvas import small
from gui.views.numbers import format_number

NOTHING_YET = "The numbers of the weights are here once a step is taken apart."
SHOWN = ("old weights", "gradient", "new weights", "change")


class WeightsPanel(QWidget):
    """A picker, the line that tells of the gradient, a heat map, and the working of the number that is chosen."""

    parameter_chosen = Signal(str)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.parameter = QComboBox()
        self.parameter.setObjectName("parameter_picker")
        self.parameter.setAccessibleName("Parameter")
        self.parameter.setToolTip("Whose numbers are shown")
        self.parameter.setSizeAdjustPolicy(QComboBox.SizeAdjustPolicy.AdjustToMinimumContentsLengthWithIcon)
        self.parameter.setMinimumContentsLength(14)
        self.what = QComboBox()
        self.what.setObjectName("parameter_numbers")
        self.what.setAccessibleName("Which of its numbers")
        self.what.addItems(SHOWN)
        self.gradient = QLabel()
        self.gradient.setObjectName("gradient_line")
        self.gradient.setTextFormat(Qt.TextFormat.PlainText)
        self.gradient.setTextInteractionFlags(Qt.TextInteractionFlag.TextSelectableByMouse)
        self.gradient.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
        self.map = WeightMap()
        self.message = MessageView()
        self.formula = QPlainTextEdit(readOnly=True)
        self.formula.setObjectName("weight_formula")
        self.formula.setAccessibleName("How this weight is changed")
        self.formula.setFont(small(QFontDatabase.systemFont(QFontDatabase.SystemFont.FixedFont)))
        self.formula.setTabChangesFocus(True)
        self.formula.setMinimumHeight(60)
        self._numbers: ParameterNumbers | None = None
        self._original: ParameterNumbers | None = None
        self._known: tuple[bool, bool] = (False, False)
        self._arrange()
        self.parameter.currentTextChanged.connect(self._on_parameter)
        self.what.currentIndexChanged.connect(lambda _index: self._show_map())
        self.map.cell_changed.connect(self._show_formula)
        self.clear()

    def set_parameters(self, names: Sequence[str]) -> None:
        """Offer these; the one that is chosen stays so, if it is among them."""
        if [self.parameter.itemText(place) for place in range(self.parameter.count())] == list(names):
            return
        chosen = self.parameter.currentText()
        self.parameter.blockSignals(True)
        self.parameter.clear()
        self.parameter.addItems(list(names))
        self.parameter.setCurrentIndex(max(0, self.parameter.findText(chosen)))
        self.parameter.blockSignals(False)
        self._on_parameter(self.parameter.currentText())

    def choose(self, name: str) -> None:
        """Choose a parameter."""
        place = self.parameter.findText(name)
        if place >= 0:
            self.parameter.setCurrentIndex(place)

    def chosen(self) -> str:
        """The parameter that is chosen, "" where there is none."""
        return self.parameter.currentText()

    def show_numbers(self, numbers: ParameterNumbers, *, gradient: bool, updated: bool) -> None:
        """Show the numbers as they were when the ``gradient`` had, or had not, arrived and the weights were old."""
        after = numbers.new if updated else None
        known = (gradient and numbers.gradient is not None, after is not None)
        if self._numbers is not None and self._original is numbers and known == self._known:
            return
        fresh = self._numbers is None or known != self._known
        self._original, self._known = numbers, known
        self._numbers = replace(
            numbers,
            gradient=numbers.gradient if gradient else None,
            new=after,
            after=numbers.after if updated else {},
        )
        if fresh:
            self.what.setCurrentIndex(2 if known[1] else 1 if known[0] else 0)
        self._show_gradient_line()
        self._show_map()

    def say(self, words: str) -> None:
        """A sentence in place of the numbers."""
        self._numbers = None
        self.gradient.setText("")
        self.map.hide()
        self.formula.hide()
        self.message.show()
        self.message.set_text(words)

    def clear(self) -> None:
        """Nothing is known."""
        self.say(NOTHING_YET)

    def _on_parameter(self, name: str) -> None:
        self._known = (False, False)
        if name:
            self.parameter_chosen.emit(name)

    def _show_gradient_line(self) -> None:
        numbers = self._numbers
        assert numbers is not None
        if numbers.gradient is None:
            self.gradient.setText(f"{numbers.name}.grad is None")
        else:
            flat = numbers.gradient.reshape(-1)
            norm = math.sqrt(np.einsum("i,i->", flat, flat, dtype=np.float64))  # without a copy in twice the size
            largest = max(float(flat.max(initial=0.0)), -float(flat.min(initial=0.0)))
            words = f"norm {format_number(norm)}, largest {format_number(largest)}"
            self.gradient.setText(f"{numbers.name}.grad: {numbers.gradient.size:,} numbers, {words}")
        self.gradient.setToolTip(self.gradient.text())

    def _show_map(self) -> None:
        numbers = self._numbers
        if numbers is None:
            return
        shown = _chosen(numbers, self.what.currentIndex())
        self.formula.show()
        if shown is None:
            self.map.hide()
            self.message.show()
            missing = "gradient" if self.what.currentIndex() == 1 else "new weight"
            self.message.set_text(f"There is no {missing} yet: go on with Next.")
        else:
            self.message.hide()
            self.map.show()
        self.map.show_numbers(numbers.old if shown is None else shown)  # in any case: it knows which one is chosen
        self._show_formula()

    def _show_formula(self) -> None:
        if self._numbers is None or not self._numbers.old.size:
            self.formula.setPlainText("")
            return
        self.formula.setPlainText(in_words(working(self._numbers, self.map.at()), clips=self._numbers.clips))

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.addWidget(self.parameter, 1)
        head.addWidget(self.what)
        upper = QWidget()
        stack = QVBoxLayout(upper)
        stack.setContentsMargins(0, 0, 0, 0)
        stack.addWidget(self.map, 1)
        stack.addWidget(self.message, 1)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setChildrenCollapsible(False)
        split.addWidget(upper)
        split.addWidget(self.formula)
        split.setSizes([220, 190])
        column = QVBoxLayout(self)
        column.setContentsMargins(6, 4, 6, 4)
        column.setSpacing(4)
        column.addLayout(head)
        column.addWidget(self.gradient)
        column.addWidget(split, 1)


def in_words(found: Working, *, clips: bool = False) -> str:
    """The working as it is read: first what the weight becomes, then where the parts of that come from."""
    gradient = "None" if found.gradient is None else number(found.gradient)
    lines = [found.title, f"old = {number(found.old)}, gradient = {gradient}"]
    if found.lines:
        *parts, new = found.lines
        unless = ", unless the gradients are clipped" if clips else ""
        when = "" if found.kept is not None else f" (when the step is finished{unless})"
        lines += [f"new{when} = {new.symbols}", f"  = {new.filled}", f"  = {number(new.value)}"]
        lines += ["where"] if parts else []
        for part in parts:
            lines += [f"{part.name} = {part.symbols}", f"  = {part.filled} = {number(part.value)}"]
    elif found.kept is not None:
        lines.append("No gradient reached it, so it is what it was.")
    if found.kept is not None:
        lines.append(f"The model holds {number(found.kept, 9)} now.")
    for name, before, after in found.state:
        lines.append(f"{name}: {number(before)}" + ("" if after is None else f" → {number(after)}"))
    return "\n".join(lines)


def _chosen(numbers: ParameterNumbers, place: int) -> Array | None:
    if place == 3:
        return None if numbers.new is None else numbers.new - numbers.old
    return (numbers.old, numbers.gradient, numbers.new)[place]
