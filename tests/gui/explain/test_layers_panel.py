"""Every number of every layer can be looked at, with mouse and keyboard."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
from PySide6.QtCore import QPoint, QPointF, Qt
from pytestqt.qtbot import QtBot
from torch import nn

from core.data import DataInfo
from core.explain.live import resting_copy
from core.explain.operations import Recording
from core.explain.recording import record
from gui.explain.layers_panel import LayersPanel

CLASSES = ("ant", "bee", "cat")
CLICK = Qt.MouseButton.LeftButton


def recording(seed: int = 0) -> Recording:
    model = nn.Sequential(
        nn.Conv2d(1, 4, 3, padding=1), nn.ReLU(), nn.MaxPool2d(2), nn.Flatten(), nn.Linear(64, 5), nn.Linear(5, 3)
    )
    seen = np.random.default_rng(seed).integers(0, 256, (1, 8, 8), dtype=np.uint8)
    return record(resting_copy(model), DataInfo((1, 8, 8), CLASSES), seen)


@pytest.fixture
def panel(qtbot: QtBot) -> Iterator[LayersPanel]:
    made = LayersPanel()
    made.resize(900, 500)
    made.show_recording(recording(), CLASSES)
    made.show()
    qtbot.waitExposed(made)
    yield made
    made.close()
    made.deleteLater()


def place_of(panel: LayersPanel, row: int, column: int) -> QPoint:
    """Where a pixel of the enlarged map is."""
    area, map_view = panel.detail.map.area(), panel.detail.map
    layer = panel.layer()
    assert layer is not None
    side = area.width() / layer.maps().shape[2]
    return (
        QPointF(area.left() + (column + 0.5) * side, area.top() + (row + 0.5) * side).toPoint()
        + map_view.rect().topLeft()
    )


def test_each_layer_is_listed_with_its_kind_and_shape(panel: LayersPanel) -> None:
    tips = [panel.list.item(row).toolTip() for row in range(panel.list.count())]
    assert tips[0] == "0: Conv2d, gives 4×8×8"
    assert tips[-1] == "5: Linear, gives 3"
    assert panel.grid.isVisible(), "the first layer with maps is shown"


def test_a_click_on_a_map_enlarges_it_and_the_pixel_under_the_cursor_is_worked_out(
    panel: LayersPanel, qtbot: QtBot
) -> None:
    layout, layer = panel.grid.grid_layout(), panel.layer()
    assert layout is not None and layer is not None
    x, y = layout.picture_corner(0, 0)
    qtbot.mouseClick(panel.grid.viewport(), CLICK, pos=QPoint(round(x) + 3, round(y) + 3))
    assert panel.detail.isVisible() and "map 0" in panel.title.text()
    qtbot.mouseMove(panel.detail.map, place_of(panel, 0, 7))
    assert panel.detail.map.pixel() == (0, 7)
    total = float(layer.outputs[0, 0, 7])
    words = panel.detail.formula.text()
    assert words.startswith("Row 0, column 7:") and f"= {total:.4f}".replace("-", "−") in words
    assert "1 makes" in words, "and what the ReLU behind it makes of that"
    lines = panel.detail.view._working.lines
    assert len(lines) == 1 and lines[0].cells[0].outside is not None
    assert lines[0].cells[0].outside[0].all() and lines[0].cells[0].outside[:, 2].all()


def test_a_click_holds_the_pixel_and_another_lets_it_go(panel: LayersPanel, qtbot: QtBot) -> None:
    panel.open_map(1)
    view = panel.detail.map
    qtbot.mouseClick(view, CLICK, pos=place_of(panel, 2, 3))
    qtbot.mouseMove(view, place_of(panel, 5, 5))
    assert view.held() and view.pixel() == (2, 3)
    qtbot.mouseClick(view, CLICK, pos=place_of(panel, 2, 3))
    qtbot.mouseMove(view, place_of(panel, 5, 6))
    assert not view.held() and view.pixel() == (5, 6)


def test_all_of_it_works_without_a_mouse(panel: LayersPanel, qtbot: QtBot) -> None:
    panel.list.setFocus()
    qtbot.keyClick(panel.list, Qt.Key.Key_Down)
    qtbot.keyClick(panel.list, Qt.Key.Key_Up)
    panel.grid.setFocus()
    qtbot.keyClick(panel.grid, Qt.Key.Key_Right)
    qtbot.keyClick(panel.grid, Qt.Key.Key_Return)
    assert panel.detail.isVisible() and "map 1" in panel.title.text()
    row, column = panel.detail.map.pixel()
    down = row + 1 if row < 7 else row
    qtbot.keyClick(panel.detail.map, Qt.Key.Key_Down)
    assert panel.detail.map.pixel() == (down, column)
    qtbot.keyClick(panel.detail.map, Qt.Key.Key_PageDown)
    assert "map 2" in panel.title.text()
    qtbot.keyClick(panel.detail.map, Qt.Key.Key_Escape)
    assert panel.grid.isVisible()


def test_newer_numbers_leave_layer_map_and_pixel_where_they_are(panel: LayersPanel) -> None:
    panel.list.setCurrentRow(2)
    panel.open_map(3)
    panel.detail.map.go_to(1, 2)
    before = panel.detail.formula.text()
    panel.show_recording(recording(1), CLASSES)
    assert panel.list.currentRow() == 2 and "map 3" in panel.title.text()
    assert panel.detail.map.pixel() == (1, 2)
    assert panel.detail.formula.text() != before and "the largest of 4 numbers" in panel.detail.formula.text()


def test_a_layer_that_works_number_by_number_says_what_it_made_of_one(panel: LayersPanel) -> None:
    panel.list.setCurrentRow(1)
    panel.open_map(0)
    assert "ReLU was given" in panel.detail.formula.text()
    assert "no sum to show" in panel.detail.view.notice()


def test_the_units_of_the_last_layer_have_the_names_of_the_classes_and_their_sums(
    panel: LayersPanel, qtbot: QtBot
) -> None:
    panel.list.setCurrentRow(5)
    layer = panel.layer()
    assert layer is not None and panel.units.isVisible()
    top = CLASSES[int(layer.outputs.argmax())]
    assert panel.units.formula.text().startswith(f"{top}: ")
    panel.units.strip.setFocus()
    qtbot.mouseClick(panel.units.strip.viewport(), CLICK, pos=QPoint(20, 40))
    value = f"{float(layer.outputs[0]):.4f}".replace("-", "−")
    assert panel.units.formula.text().startswith("ant: ") and f"= {value}" in panel.units.formula.text()


def test_the_inputs_of_the_first_linear_layer_are_named_by_map_and_pixel(panel: LayersPanel) -> None:
    panel.list.setCurrentRow(4)
    view = panel.units.products._view
    assert view is not None and view.labels[0].startswith("map ")
    layer = panel.layer()
    assert layer is not None
    assert float(np.sum(view.values)) == pytest.approx(float(layer.outputs[panel.units._unit]), abs=1e-4)


def test_another_network_begins_with_its_first_maps(panel: LayersPanel) -> None:
    panel.list.setCurrentRow(2)
    panel.open_map(0)
    model = nn.Sequential(nn.Flatten(), nn.Linear(64, 3))
    other = record(resting_copy(model), DataInfo((1, 8, 8), CLASSES), np.zeros((1, 8, 8), np.uint8))
    panel.show_recording(other, CLASSES)
    assert panel.list.currentRow() == 0 and panel.units.isVisible()
    panel.clear()
    assert panel.message.isVisible() and not panel.list.count()


@pytest.mark.parametrize("width", [420, 900])
def test_everything_can_be_painted_wide_and_narrow(panel: LayersPanel, width: int) -> None:
    panel.resize(width, 400)
    for row in range(panel.list.count()):
        panel.list.setCurrentRow(row)
        panel.grab()
        if panel.grid.isVisible():
            panel.open_map(0)
            panel.grab()
            assert not panel.detail.view.notice().startswith("This view cannot be drawn")
        assert not panel.grid.notice() and not panel.units.strip.notice()
