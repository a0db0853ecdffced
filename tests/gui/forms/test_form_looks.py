from __future__ import annotations

import pytest
from PySide6.QtCore import QPoint
from PySide6.QtGui import QColor, QImage, QPalette
from PySide6.QtWidgets import QToolButton, QWidget

from core.config import Config, setting
from gui.forms import ConfigForm
from gui.forms.colours import fault_colour
from gui.forms.labels import FieldLabel, ReasonLine
from tests.gui.forms.form_examples import Everything, Training, part, type_into

DOCK_WIDTH = 300


@pytest.fixture
def form(qtbot) -> ConfigForm:
    form = ConfigForm(Training)
    qtbot.addWidget(form)
    form.resize(DOCK_WIDTH, form.sizeHint().height())
    form.show()
    return form


def places(form: ConfigForm) -> dict[str, object]:
    return {
        widget.objectName(): widget.geometry().translated(widget.parentWidget().mapTo(form, QPoint()))
        for widget in form.findChildren(QWidget)
        if widget.objectName() and not widget.objectName().startswith("qt_")
    }


def test_nothing_moves_when_a_fault_appears_or_a_title_turns_bold(form):
    before, height = places(form), form.sizeHint().height()
    type_into(form, "learning_rate", "x")
    type_into(form, "batch_size", "0")
    assert set(form.problems()) == {"learning_rate", "batch_size"}
    assert (places(form), form.sizeHint().height()) == (before, height)
    form.set_values({"learning_rate": 1, "batch_size": 8, "momentum": 0, "nesterov": True})
    assert set(form.problems()) == {""}
    assert (places(form), form.sizeHint().height()) == (before, height)


@pytest.mark.parametrize("config_type", [Everything, Training])
def test_a_form_fits_a_narrow_dock(qtbot, config_type):
    form = ConfigForm(config_type)
    qtbot.addWidget(form)
    form.set_values({"seed": "x"})
    assert part(form, QToolButton, "more_settings").isChecked()
    assert form.minimumSizeHint().width() <= DOCK_WIDTH


def test_a_long_title_is_elided_and_not_a_wider_form(qtbot):
    class Wordy(Config):
        size: int = setting(1, "The number of things that are counted here " * 3)

    form = ConfigForm(Wordy)
    qtbot.addWidget(form)
    assert form.minimumSizeHint().width() <= DOCK_WIDTH
    form.resize(DOCK_WIDTH, 100)
    form.show()
    assert part(form, QWidget, "setting_size").width() >= 50


def picture(widget: QWidget) -> QImage:
    return widget.grab().toImage()


def test_a_fault_shows_as_an_outline_a_mark_and_a_text(form):
    editor, reason = (
        part(form, QWidget, "setting_batch_size").parentWidget(),
        part(form, ReasonLine, "reason_batch_size"),
    )
    calm_editor, calm_reason = picture(editor), picture(reason)
    type_into(form, "batch_size", "0")
    red = fault_colour(form.palette())
    outlined, told = picture(editor), picture(reason)
    ring = [outlined.pixelColor(x, 1) for x in range(10, outlined.width() // 3)]
    assert all(colour == red for colour in ring)
    marked = [x for x in range(told.width()) for y in range(told.height()) if told.pixelColor(x, y) == red]
    assert marked
    assert min(marked) > told.width() / 3, "a short reason stands below the editor, not below the title"
    type_into(form, "batch_size", "64")
    assert (picture(editor), picture(reason)) == (calm_editor, calm_reason)


def test_a_long_reason_is_cut_and_whole_in_the_tooltip(qtbot):
    reason = ReasonLine(2)
    qtbot.addWidget(reason)
    reason.resize(DOCK_WIDTH, reason.sizeHint().height())
    reason.set_text("word " * 200)
    assert not picture(reason).isNull()
    assert reason.toolTip() == "word " * 200
    reason.set_text("x" * 1000)
    assert not picture(reason).isNull()


def luminance(colour: QColor) -> float:
    parts = [part_ / 12.92 if part_ <= 0.04045 else ((part_ + 0.055) / 1.055) ** 2.4 for part_ in colour.getRgbF()[:3]]
    return 0.2126 * parts[0] + 0.7152 * parts[1] + 0.0722 * parts[2]


@pytest.mark.parametrize("background", ["#ffffff", "#efefef", "#e0e0e0", "#1e1f22", "#2b2d30", "#3c3f41"])
def test_a_fault_is_readable_on_light_and_dark_windows(background):
    palette = QPalette()
    palette.setColor(QPalette.ColorRole.Window, QColor(background))
    light, dark = sorted((luminance(fault_colour(palette)), luminance(QColor(background))), reverse=True)
    assert (light + 0.05) / (dark + 0.05) >= 4.5


def test_a_bold_title_asks_for_no_more_room(qtbot):
    label = FieldLabel("Learning rate")
    qtbot.addWidget(label)
    hint = label.sizeHint()
    label.set_bold(True)
    assert label.sizeHint() == hint
