"""The numbers of a parameter, as they were at each moment."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import Qt
from pytestqt.qtbot import QtBot

from core.slow_step.records import ParameterNumbers
from gui.slow_step.weights_panel import NOTHING_YET, WeightsPanel


def numbers(name: str, shape: tuple[int, ...], **changes: Any) -> ParameterNumbers:
    """After one update of SGD at rate 0.5, where every gradient is 0.25."""
    old = np.arange(int(np.prod(shape)), dtype=np.float32).reshape(shape)
    known = {"gradient": np.full(shape, 0.25, np.float32), "new": old - np.float32(0.125), **changes}
    return ParameterNumbers(name, 1, "updated", old, rule="SGD", settings={"lr": 0.5}, **known)


@pytest.fixture
def panel(qtbot: QtBot) -> WeightsPanel:
    panel = WeightsPanel()
    qtbot.addWidget(panel)
    panel.resize(400, 500)
    panel.set_parameters(["a", "b"])
    panel.show()
    return panel


def test_before_any_step_it_says_so(panel: WeightsPanel) -> None:
    assert panel.message.text() == NOTHING_YET
    assert not panel.map.isVisible()


def test_the_gradient_is_none_before_and_there_after(panel: WeightsPanel) -> None:
    found = numbers("a", (2, 3))
    panel.show_numbers(found, gradient=False, updated=False)
    assert panel.gradient.text() == "a.grad is None"
    assert panel.what.currentText() == "old weights"
    assert panel.formula.toPlainText() == "a[0, 0]\nold = 0, gradient = None"
    panel.show_numbers(found, gradient=True, updated=False)
    assert panel.gradient.text() == "a.grad: 6 numbers, norm 0.6124, largest 0.25"
    assert panel.what.currentText() == "gradient"
    assert "new (when the step is finished) = old − rate × gradient" in panel.formula.toPlainText()
    panel.show_numbers(found, gradient=True, updated=True)
    assert panel.what.currentText() == "new weights"
    assert "The model holds −0.125 now." in panel.formula.toPlainText()


def test_what_clipping_may_still_change_is_said(panel: WeightsPanel) -> None:
    panel.show_numbers(numbers("a", (2, 3), new=None, clips=True), gradient=True, updated=False)
    assert "new (when the step is finished, unless the gradients are clipped) = " in panel.formula.toPlainText()


def test_each_of_the_numbers_can_be_seen(panel: WeightsPanel) -> None:
    found = numbers("a", (2, 3))
    panel.show_numbers(found, gradient=True, updated=True)
    shown = []
    for place in range(4):
        panel.what.setCurrentIndex(place)
        shown.append(float(panel.map._values[1, 2]))
    assert shown == [5.0, 0.25, 4.875, -0.125]


def test_a_parameter_of_another_size_begins_at_its_first_number(qtbot: QtBot, panel: WeightsPanel) -> None:
    panel.show_numbers(numbers("a", (2, 3)), gradient=True, updated=True)
    panel.map.go_to(1, 2)
    panel.what.setCurrentIndex(1)
    panel.choose("b")
    panel.show_numbers(numbers("b", (1, 2), gradient=None), gradient=False, updated=False)
    panel.what.setCurrentIndex(1)
    assert panel.message.text() == "There is no gradient yet: go on with Next."
    assert panel.formula.toPlainText().startswith("b[0, 0]\n")


def test_a_weight_without_a_gradient_is_what_it_was(panel: WeightsPanel) -> None:
    old = np.zeros((2,), np.float32)
    panel.show_numbers(numbers("a", (2,), gradient=None, new=old), gradient=False, updated=True)
    assert "No gradient reached it, so it is what it was." in panel.formula.toPlainText()


def test_a_single_number_and_an_empty_parameter_can_be_shown(panel: WeightsPanel) -> None:
    panel.show_numbers(numbers("a", ()), gradient=True, updated=True)
    assert panel.formula.toPlainText().startswith("a\nold = 0, gradient = 0.25")
    empty = np.zeros((0, 3), np.float32)
    panel.show_numbers(numbers("b", (0, 3), gradient=empty, new=empty), gradient=True, updated=True)
    assert panel.formula.toPlainText() == ""


def test_a_number_can_be_held_with_the_keyboard(qtbot: QtBot, panel: WeightsPanel) -> None:
    panel.show_numbers(numbers("a", (2, 3)), gradient=True, updated=True)
    qtbot.keyClick(panel.map, Qt.Key.Key_Space)
    assert panel.map.held()
    qtbot.keyClick(panel.map, Qt.Key.Key_Left)
    assert panel.map.at() == (0, 0)
