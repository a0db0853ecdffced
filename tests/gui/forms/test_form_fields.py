from __future__ import annotations

import pytest
from PySide6.QtCore import QMimeData, QPoint, QPointF, Qt, QUrl
from PySide6.QtGui import QDropEvent, QWheelEvent
from PySide6.QtWidgets import (
    QAbstractSpinBox,
    QApplication,
    QCheckBox,
    QComboBox,
    QFileDialog,
    QLineEdit,
    QMenu,
    QPushButton,
    QSlider,
    QWidget,
)

from core.config import Config, setting
from gui.forms import ConfigForm
from tests.gui.forms.form_examples import Everything, Training, part, type_into


@pytest.fixture
def form(qtbot) -> ConfigForm:
    form = ConfigForm(Everything)
    qtbot.addWidget(form)
    form.show()
    return form


def wheel_on(widget: QWidget) -> QWheelEvent:
    middle = QPointF(widget.rect().center())
    event = QWheelEvent(
        middle,
        QPointF(widget.mapToGlobal(middle.toPoint())),
        QPoint(),
        QPoint(0, -120),
        Qt.MouseButton.NoButton,
        Qt.KeyboardModifier.NoModifier,
        Qt.ScrollPhase.NoScrollPhase,
        False,
    )
    QApplication.sendEvent(widget, event)
    return event


@pytest.mark.parametrize("name", ["whole", "decimal", "choice", "maybe_decimal", "maybe_choice"])
def test_the_wheel_changes_nothing_without_the_focus_and_is_left_to_the_dock(qtbot, form, name):
    box = part(form, QWidget, f"setting_{name}")
    form.activateWindow()
    part(form, QLineEdit, "setting_text").setFocus()
    qtbot.waitUntil(part(form, QLineEdit, "setting_text").hasFocus)
    event = wheel_on(box)
    assert form.config() == Everything()
    assert not event.isAccepted(), "Qt hands on what is not accepted to the scroll area around"
    assert not box.focusPolicy() & Qt.FocusPolicy.WheelFocus & ~Qt.FocusPolicy.StrongFocus


def test_the_wheel_steps_the_field_that_has_the_focus(qtbot, form):
    box = part(form, QAbstractSpinBox, "setting_whole")
    form.activateWindow()
    box.setFocus()
    qtbot.waitUntil(box.hasFocus)
    wheel_on(box)
    assert form.config() == Everything(whole=2)


def test_the_arrow_keys_step_in_a_logarithmic_way(qtbot):
    form = ConfigForm(Training)
    qtbot.addWidget(form)
    box = part(form, QAbstractSpinBox, "setting_learning_rate")
    seen = []
    for _ in range(3):
        qtbot.keyClick(box, Qt.Key.Key_Up)
        seen.append(form.values()["learning_rate"])
    assert seen == ["0.002", "0.005", "0.01"]
    qtbot.keyClick(box, Qt.Key.Key_PageDown)
    assert form.values()["learning_rate"] == "0.001"


def test_a_step_from_a_wrong_text_gives_a_right_one(qtbot, form):
    box = part(form, QAbstractSpinBox, "setting_whole")
    for text, mended in (("x", "3"), ("99", "9"), ("-99", "1")):
        type_into(form, "whole", text)
        qtbot.keyClick(box, Qt.Key.Key_Up)
        assert form.values()["whole"] == mended


def test_the_arrows_stop_at_the_bounds(form):
    box = part(form, QAbstractSpinBox, "setting_whole")
    form.set_values({"whole": 9})
    assert box.stepEnabled() == QAbstractSpinBox.StepEnabledFlag.StepDownEnabled
    form.set_values({"whole": 1})
    assert box.stepEnabled() == QAbstractSpinBox.StepEnabledFlag.StepUpEnabled


def test_leaving_a_number_box_changes_no_text(qtbot, form):
    for text in ("1e-3", "abc", "", " 5 "):
        type_into(form, "decimal", text)
        part(form, QWidget, "setting_decimal").setFocus()
        qtbot.keyClick(part(form, QWidget, "setting_decimal"), Qt.Key.Key_Return)
        part(form, QLineEdit, "setting_text").setFocus()
        assert form.values()["decimal"] == text


def test_none_is_an_empty_check_box_that_keeps_the_value(qtbot, form):
    tick = part(form, QCheckBox, "setting_maybe_decimal_enabled")
    box = part(form, QAbstractSpinBox, "setting_maybe_decimal")
    type_into(form, "maybe_decimal", "0.75")
    tick.click()
    assert form.config() == Everything(maybe_decimal=None)
    assert not box.isEnabled()
    assert (box.text(), box.lineEdit().placeholderText()) == ("", "none")
    tick.click()
    assert form.config() == Everything(maybe_decimal=0.75)


def test_switching_a_value_on_starts_with_a_valid_one(form):
    for name in ("maybe_whole", "maybe_text"):
        part(form, QCheckBox, f"setting_{name}_enabled").click()
    assert form.config() == Everything(maybe_whole=2, maybe_text="")


def test_setting_values_does_not_take_the_focus(qtbot, form):
    text = part(form, QLineEdit, "setting_text")
    form.activateWindow()
    text.setFocus()
    qtbot.waitUntil(text.hasFocus)
    form.set_values({"maybe_whole": 5, "maybe_decimal": None})
    assert text.hasFocus()


def test_a_choice_reads_as_words(qtbot, form):
    combo = part(form, QComboBox, "setting_maybe_choice")
    assert [combo.itemText(index) for index in range(combo.count())] == ["none", "a", "b"]


def test_tab_goes_from_field_to_field_in_order(qtbot, form):
    form.activateWindow()
    first = part(form, QWidget, "setting_whole")
    first.setFocus()
    qtbot.waitUntil(first.hasFocus)
    seen = []
    for _ in range(11):
        seen.append(QApplication.focusWidget().objectName())
        qtbot.keyClick(QApplication.focusWidget(), Qt.Key.Key_Tab)
    assert seen == [
        "setting_whole",
        "setting_decimal",
        "setting_switch",
        "setting_choice",
        "setting_text",
        "setting_data_path",
        "setting_data_path_choose",
        "setting_maybe_whole_enabled",
        "setting_maybe_decimal_enabled",
        "setting_maybe_decimal",
        "setting_maybe_text_enabled",
    ]


def test_a_click_on_the_label_goes_to_the_editor(qtbot, form):
    form.activateWindow()
    box = part(form, QWidget, "setting_decimal")
    qtbot.mouseClick(part(form, QWidget, "label_decimal"), Qt.MouseButton.LeftButton)
    qtbot.waitUntil(box.hasFocus)
    qtbot.mouseClick(part(form, QWidget, "label_switch"), Qt.MouseButton.LeftButton)
    assert form.config() == Everything(switch=False)


class Paths(Config):
    data_folder: str = setting("", "Pictures")
    text_file: str | None = setting(None, "Text")
    model_path: str = setting("", "Model")
    profile: str = setting("", "Profile")


@pytest.fixture
def paths(qtbot) -> ConfigForm:
    form = ConfigForm(Paths)
    qtbot.addWidget(form)
    form.set_values({"text_file": ""})
    form.show()
    return form


@pytest.mark.parametrize(
    ("name", "mode"),
    [("data_folder", QFileDialog.FileMode.Directory), ("text_file", QFileDialog.FileMode.ExistingFile)],
)
def test_a_path_is_chosen_in_a_dialog_for_a_file_or_a_folder(paths, tmp_path, monkeypatch, name, mode):
    opened: list[QFileDialog] = []
    monkeypatch.setattr(QFileDialog, "open", lambda dialog: opened.append(dialog))
    paths.set_values({name: str(tmp_path / "not there yet")})
    part(paths, QPushButton, f"setting_{name}_choose").click()
    (dialog,) = opened
    assert dialog.fileMode() == mode
    assert dialog.directory().absolutePath() == str(tmp_path)
    dialog.fileSelected.emit("chosen")
    assert paths.values()[name] == "chosen"


def test_where_the_name_does_not_say_which_the_button_asks(paths, monkeypatch):
    shown: list[list[str]] = []
    monkeypatch.setattr(QMenu, "popup", lambda menu, place: shown.append([a.text() for a in menu.actions()]))
    part(paths, QPushButton, "setting_model_path_choose").click()
    assert shown == [["A file…", "A folder…"]]


def test_a_name_that_only_ends_in_the_letters_file_is_no_path(paths):
    assert paths.findChild(QPushButton, "setting_profile_choose") is None


def test_a_file_dropped_on_the_line_becomes_its_path(paths, tmp_path):
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(tmp_path / "cat.png"))])
    action = Qt.DropAction.CopyAction
    event = QDropEvent(QPointF(2, 2), action, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    part(paths, QLineEdit, "setting_model_path").dropEvent(event)
    assert paths.values()["model_path"] == str(tmp_path / "cat.png")


class Dragged(Config):
    gap: int = setting(50, "Gap", minimum=1, maximum=200, slider=True)


def test_a_slider_and_its_box_follow_each_other_and_a_wrong_number_leaves_the_slider(qtbot) -> None:
    form = ConfigForm(Dragged)
    qtbot.addWidget(form)
    slider = form.findChild(QSlider, "slider_gap")
    assert slider is not None
    assert (slider.minimum(), slider.maximum(), slider.value()) == (1, 200, 50)
    slider.setValue(120)
    assert form.config() == Dragged(gap=120)
    form.set_values({"gap": 7})
    assert slider.value() == 7
    form.set_values({"gap": 900})
    assert slider.value() == 7
    assert form.config() is None
