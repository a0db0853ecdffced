"""The grid: where cells are, what is painted, and how one moves in it."""

from __future__ import annotations

import time

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QImage
from pytestqt.qtbot import QtBot

from core.survey import Catalogue
from gui.browser.cells import GAP, Cells
from gui.browser.grid import LARGEST, SMALLEST, SampleGrid
from gui.browser.strips import side_by_side
from tests.gui.browser.conftest import pictures

KEY = Qt.Key


@pytest.fixture
def grid(qtbot: QtBot) -> SampleGrid:
    made = SampleGrid()
    qtbot.addWidget(made)
    made.resize(500, 400)
    with qtbot.waitExposed(made):
        made.show()
    catalogue = Catalogue(pictures())
    made.show_samples(catalogue, catalogue.find())
    return made


def test_cells_fill_rows_and_know_their_places() -> None:
    cells = Cells(count=10, width=220, side=64, label=12)
    assert (cells.columns, cells.rows) == (3, 4)
    for index in range(10):
        x, y = cells.corner(index)
        assert cells.at(x, y) == cells.at(x + 63, y + 75) == index
        assert cells.at(x + 64, y) == -1
    assert cells.height == 4 * cells.row_height + GAP
    assert cells.at(cells.corner(9)[0] + 70, cells.corner(9)[1]) == -1
    assert list(cells.rows_between(0, cells.row_height)) == [0]
    assert list(cells.rows_between(cells.row_height + GAP, 10_000)) == [1, 2, 3]


def test_an_area_narrower_than_a_cell_has_one_column() -> None:
    assert Cells(5, 10, 64, 0).columns == 1
    assert Cells(0, 100, 64, 0).height == 0


@pytest.mark.parametrize(("channels", "colour"), [(1, (9, 9, 9)), (3, (9, 10, 11)), (4, (9, 10, 11)), (2, (9, 9, 9))])
def test_any_number_of_channels_is_shown(channels: int, colour: tuple[int, ...]) -> None:
    samples = np.zeros((2, channels, 3, 5), np.uint8)
    samples[1] = np.arange(9, 9 + channels)[:, None, None]
    image = side_by_side(samples)
    assert (image.width(), image.height()) == (10, 3)
    assert image.pixelColor(7, 1).getRgb()[:3] == colour
    assert image.pixelColor(2, 1).getRgb()[:3] == (0, 0, 0)


def level(grid: SampleGrid, index: int) -> int:
    """The brightness of the middle of a cell as it is painted."""
    x, y = grid.cells().corner(index)
    image: QImage = grid.viewport().grab().toImage()
    ratio = image.devicePixelRatio()
    middle = grid.side() / 2
    return image.pixelColor(
        round((x + middle) * ratio), round((y + middle - grid.verticalScrollBar().value()) * ratio)
    ).red()


def test_each_cell_shows_its_sample_wherever_the_grid_is_scrolled(grid: SampleGrid) -> None:
    for value in (0, 333, grid.verticalScrollBar().maximum()):
        grid.verticalScrollBar().setValue(value)
        cells = grid.cells()
        for row in cells.rows_between(value, value + grid.viewport().height())[1:-1]:
            index = row * cells.columns + 1
            assert level(grid, index) == index % 50


def test_a_filter_shows_only_its_rows(grid: SampleGrid) -> None:
    catalogue = Catalogue(pictures())
    grid.show_samples(catalogue, np.array([7, 8, 49, 120]))
    assert grid.cells().count == 4
    assert [level(grid, index) for index in range(4)] == [7, 8, 49, 20]


def test_rows_that_a_frame_has_no_time_for_follow_in_the_next(
    qtbot: QtBot, grid: SampleGrid, monkeypatch: pytest.MonkeyPatch
) -> None:
    class Late:
        """Every look at the clock is a second later."""

        def __init__(self) -> None:
            self.now = 0.0

        def __call__(self) -> float:
            self.now += 1.0
            return self.now

    painted: list[int] = []
    paint = grid._strips._painted
    monkeypatch.setattr(grid._strips, "_painted", lambda row, *rest: painted.append(row) or paint(row, *rest))
    monkeypatch.setattr(time, "perf_counter", Late())
    grid.verticalScrollBar().setValue(grid.verticalScrollBar().maximum())
    grid.viewport().repaint()
    assert len(painted) == 1
    value = grid.verticalScrollBar().value()
    wanted = set(grid.cells().rows_between(value, value + grid.viewport().height() - 1))
    qtbot.waitUntil(lambda: set(painted) == wanted)
    assert len(painted) == len(wanted)


def test_scrolling_paints_no_row_twice(qtbot: QtBot, grid: SampleGrid, monkeypatch: pytest.MonkeyPatch) -> None:
    painted: list[int] = []
    paint = grid._strips._painted
    monkeypatch.setattr(grid._strips, "_painted", lambda row, *rest: painted.append(row) or paint(row, *rest))
    for value in range(0, 600, 20):
        grid.verticalScrollBar().setValue(value)
        grid.viewport().repaint()
    assert painted == sorted(set(painted)) and painted
    assert len(grid._strips._kept) <= grid._strips.most


def test_the_keyboard_goes_everywhere(qtbot: QtBot, grid: SampleGrid) -> None:
    columns = grid.cells().columns

    def pressed(key: Qt.Key) -> int:
        qtbot.keyClick(grid, key)
        return grid.current_row()

    assert grid.current_row() == 0
    assert pressed(KEY.Key_Left) == 0
    assert pressed(KEY.Key_Up) == 0
    assert pressed(KEY.Key_Right) == 1
    assert pressed(KEY.Key_Down) == 1 + columns
    assert pressed(KEY.Key_Up) == 1
    assert pressed(KEY.Key_PageDown) > 1 + columns
    assert pressed(KEY.Key_PageUp) == 1
    assert pressed(KEY.Key_End) == 299
    assert grid.verticalScrollBar().value() == grid.verticalScrollBar().maximum()
    assert pressed(KEY.Key_Down) == 299
    assert pressed(KEY.Key_Home) == 0
    assert grid.verticalScrollBar().value() == 0


def test_down_from_the_last_but_one_row_reaches_a_shorter_last_row(qtbot: QtBot, grid: SampleGrid) -> None:
    catalogue = Catalogue(pictures())
    columns = grid.cells().columns
    grid.show_samples(catalogue, np.arange(columns + 1))
    grid.go_to(columns - 1)
    qtbot.keyClick(grid, KEY.Key_Down)
    assert grid.current_row() == columns


def test_enter_and_a_double_click_take_a_sample(qtbot: QtBot, grid: SampleGrid) -> None:
    with qtbot.waitSignal(grid.activated) as taken:
        qtbot.keyClick(grid, KEY.Key_Return)
    assert taken.args == [0]
    x, y = grid.cells().corner(2)
    with qtbot.waitSignal(grid.activated) as taken:
        qtbot.mouseDClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x + 10, y + 50))
    assert taken.args == [2]


def test_one_click_on_the_arrow_of_a_cell_takes_its_sample(qtbot: QtBot, grid: SampleGrid) -> None:
    x, y = grid.cells().corner(3)
    with qtbot.waitSignal(grid.activated) as taken:
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x + grid.side() - 8, y + 8))
    assert taken.args == [3]
    with qtbot.assertNotEmitted(grid.activated):
        qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x + 8, y + 40))


def test_a_click_beside_the_cells_changes_nothing(qtbot: QtBot, grid: SampleGrid) -> None:
    grid.go_to(5)
    x, y = grid.cells().corner(1)
    qtbot.mouseClick(grid.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(x - 2, y + 5))
    assert grid.current_row() == 5


def test_the_current_sample_survives_a_filter_that_has_it(grid: SampleGrid) -> None:
    catalogue = Catalogue(pictures())
    grid.show_samples(catalogue, catalogue.find())
    grid.go_to(70)
    grid.show_samples(catalogue, catalogue.find("", 1))
    assert grid.current_row() == 70
    grid.show_samples(catalogue, catalogue.find("", 2))
    assert grid.current_row() == 2
    grid.show_samples(catalogue, np.zeros(0, np.int64))
    assert grid.current_row() == -1


def test_zooming_keeps_the_current_sample_in_view_and_the_size_within_bounds(qtbot: QtBot, grid: SampleGrid) -> None:
    grid.go_to(150)
    for side in (160, 24, 96):
        with qtbot.waitSignal(grid.side_changed):
            grid.set_side(side)
        y = grid.cells().corner(150)[1] - grid.verticalScrollBar().value()
        assert 0 <= y <= grid.viewport().height() - side
    qtbot.keyClick(grid, KEY.Key_Plus, Qt.KeyboardModifier.ControlModifier)
    assert grid.side() == 104
    grid.set_side(10_000)
    assert grid.side() == LARGEST
    grid.set_side(0)
    assert grid.side() == SMALLEST


def test_another_width_keeps_what_is_at_the_top(grid: SampleGrid) -> None:
    grid.verticalScrollBar().setValue(grid.cells().corner(140)[1] - GAP)
    first = grid._first_seen()
    grid.resize(300, 400)
    assert grid._first_seen() <= first < grid._first_seen() + grid.cells().columns


def test_the_hover_text_names_the_sample(grid: SampleGrid) -> None:
    x, y = grid.cells().corner(4)
    assert grid.tip_at(QPoint(x + 5, y + 40)) == "dog\ntraining sample 4\ndog/0004.png"
    assert grid.tip_at(QPoint(x - 2, y + 40)) == ""
    assert grid.tip_at(QPoint(x + grid.side() - 8, y + 8)) == "Try it"
