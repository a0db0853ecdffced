from __future__ import annotations

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractSpinBox, QToolButton, QWidget

from core.config import Config, setting
from gui.forms import ConfigForm
from gui.forms.labels import FieldLabel, ReasonLine
from tests.gui.forms.form_examples import Training, part, type_into


@pytest.fixture
def form(qtbot) -> ConfigForm:
    form = ConfigForm(Training)
    qtbot.addWidget(form)
    form.show()
    return form


@pytest.fixture
def told(form) -> list[tuple[str, object]]:
    told: list[tuple[str, object]] = []
    form.live_changed.connect(lambda name, value: told.append((name, value)))
    return told


def enter(qtbot, form: ConfigForm, name: str) -> None:
    qtbot.keyClick(part(form, QWidget, f"setting_{name}"), Qt.Key.Key_Return)


def test_a_run_locks_every_field_that_is_not_live(form):
    form.set_running(True)
    enabled = {name for name in Training.model_fields if part(form, QWidget, f"setting_{name}").isEnabled()}
    assert enabled == {"learning_rate", "momentum"}
    assert "Cannot be changed while training" in part(form, FieldLabel, "label_batch_size").toolTip()
    assert "Can be changed while training" in part(form, FieldLabel, "label_momentum").toolTip()
    form.set_running(False)
    assert all(part(form, QWidget, f"setting_{name}").isEnabled() for name in Training.model_fields)
    assert "Cannot be changed" not in part(form, FieldLabel, "label_batch_size").toolTip()


def test_a_run_locks_the_reset(form):
    form.set_values({"batch_size": 32})
    button = part(form, QToolButton, "reset_to_defaults")
    assert button.isEnabled()
    form.set_running(True)
    assert not button.isEnabled()


def test_a_live_value_is_told_on_enter_and_not_while_it_is_typed(qtbot, form, told):
    form.set_running(True)
    part(form, QAbstractSpinBox, "setting_learning_rate").lineEdit().clear()
    qtbot.keyClicks(part(form, QWidget, "setting_learning_rate"), "1e-2")
    assert told == []
    assert part(form, ReasonLine, "reason_learning_rate").hint() == "press Enter to apply"
    enter(qtbot, form, "learning_rate")
    assert told == [("learning_rate", 0.01)]
    assert part(form, ReasonLine, "reason_learning_rate").hint() == ""
    enter(qtbot, form, "learning_rate")
    assert len(told) == 1


def test_a_step_is_told_at_once(qtbot, form, told):
    form.set_running(True)
    qtbot.keyClick(part(form, QWidget, "setting_learning_rate"), Qt.Key.Key_Up)
    assert told == [("learning_rate", 0.002)]


def test_an_invalid_live_value_is_not_told(qtbot, form, told):
    form.set_running(True)
    type_into(form, "momentum", "1")
    enter(qtbot, form, "momentum")
    assert told == []


def test_a_value_that_waited_for_another_to_be_mended_is_told_with_it(qtbot, form, told):
    form.set_running(True)
    type_into(form, "momentum", "1")
    type_into(form, "learning_rate", "0.5")
    enter(qtbot, form, "learning_rate")
    assert told == []
    type_into(form, "momentum", "0.5")
    enter(qtbot, form, "momentum")
    assert told == [("learning_rate", 0.5), ("momentum", 0.5)]


def test_nothing_is_told_without_a_run(qtbot, form, told):
    type_into(form, "momentum", "0.5")
    enter(qtbot, form, "momentum")
    form.set_running(True)
    enter(qtbot, form, "momentum")
    assert told == []


def test_what_the_program_sets_is_not_told_back(qtbot, form, told):
    form.set_running(True)
    type_into(form, "learning_rate", "0.5")
    form.set_values({"momentum": 0.1})
    enter(qtbot, form, "momentum")
    assert told == [("learning_rate", 0.5)]


def test_a_live_field_reset_from_its_label_is_told(form, told):
    form.set_values({"momentum": 0.1})
    form.set_running(True)
    (action,) = part(form, FieldLabel, "label_momentum").findChildren(QAction)
    action.trigger()
    assert told == [("momentum", 0.9)]


def test_a_live_switch_is_told_when_it_is_clicked(qtbot):
    class Augmented(Config):
        flip: bool = setting(False, "Flip", live=True)

    form = ConfigForm(Augmented)
    qtbot.addWidget(form)
    form.set_running(True)
    with qtbot.waitSignal(form.live_changed) as signal:
        part(form, FieldLabel, "label_flip").clicked.emit()
    assert signal.args == ["flip", True]


def test_a_new_type_stays_locked_while_a_run_goes_on(form):
    class Other(Config):
        size: int = setting(1, "Size")

    form.set_running(True)
    form.set_type(Other)
    assert not part(form, QWidget, "setting_size").isEnabled()
