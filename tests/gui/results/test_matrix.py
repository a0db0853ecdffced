"""The confusion matrix tells its cells apart, by mouse and by keys, and mistakes are seen beside the diagonal."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QColor, QGuiApplication
from pytestqt.qtbot import QtBot

from core.events import Judged
from core.judgement import Judgement, Report, report
from gui.results.colours import matrix_colours
from gui.results.matrix import NOWHERE, ConfusionMatrix, Mode
from tests.gui.results.made import CLASSES, click, judgement


def counted(confusion: list[list[int]]) -> Report:
    """A report with this confusion matrix."""
    pairs = [(t, p) for t, row in enumerate(confusion) for p, number in enumerate(row) for _ in range(number)]
    logits = np.eye(len(confusion), dtype=np.float32)[[predicted for _, predicted in pairs]]
    return report(logits, np.array([true for true, _ in pairs]), CLASSES[: len(confusion)])


@pytest.fixture
def matrix(qtbot: QtBot) -> ConfusionMatrix:
    made = ConfusionMatrix()
    qtbot.addWidget(made)
    made.resize(500, 460)
    made.show_report(counted([[480, 17, 3], [0, 300, 0], [1, 1, 98]]))
    made.show()
    return made


def centre(matrix: ConfusionMatrix, row: int, column: int) -> QPointF:
    layout = matrix.matrix_layout()
    assert layout is not None
    return layout.cell(row, column).center()


def test_a_cell_says_how_many_of_which_class_were_taken_for_which(matrix: ConfusionMatrix) -> None:
    assert matrix.sentence((0, 1)) == "17 of 500 pictures of “cat” were taken for “dog” (3.4%)"
    assert matrix.sentence((2, 0)) == "1 of 100 pictures of “frog” was taken for “cat” (1.0%)"
    assert matrix.sentence((0, 0)) == "480 of 500 pictures of “cat” were recognised (96.0%)"


def test_a_name_says_what_its_row_or_column_does(matrix: ConfusionMatrix) -> None:
    assert matrix.sentence((0, -1)) == "500 pictures of “cat”, of which 20 not recognised"
    assert matrix.sentence((-1, 0)) == "481 pictures taken for “cat”, of which 1 wrongly"


@pytest.mark.parametrize("cell", [(0, 1), (2, 0), (1, 1)])
def test_a_click_chooses_the_cell_under_the_mouse(qtbot: QtBot, matrix: ConfusionMatrix, cell: tuple[int, int]) -> None:
    with qtbot.waitSignal(matrix.chosen) as told:
        click(qtbot, matrix, centre(matrix, *cell))
    assert tuple(told.args) == cell == matrix.selected()


def test_a_click_on_a_name_chooses_its_row_or_column(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    layout = matrix.matrix_layout()
    assert layout is not None
    beside, above = centre(matrix, 2, 0), centre(matrix, 0, 1)
    beside.setX(layout.matrix.left() - 12)
    above.setY(layout.matrix.top() - 12)
    for point, cell in ((beside, [2, -1]), (above, [-1, 1])):
        with qtbot.waitSignal(matrix.chosen) as told:
            click(qtbot, matrix, point)
        assert told.args == cell


def test_a_click_beside_the_matrix_chooses_nothing(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    with qtbot.assertNotEmitted(matrix.chosen):
        click(qtbot, matrix, QPointF(2, 2))
        click(qtbot, matrix, QPointF(498, 458))


def test_arrow_keys_move_within_the_matrix_and_enter_chooses(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    for key in (Qt.Key.Key_Right, Qt.Key.Key_Right, *[Qt.Key.Key_Down] * 5):
        qtbot.keyClick(matrix, key)
    with qtbot.waitSignal(matrix.chosen) as told:
        qtbot.keyClick(matrix, Qt.Key.Key_Return)
    assert told.args == [2, 1]


def test_the_arrow_keys_reach_the_names_but_not_the_corner(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    for key in (Qt.Key.Key_Left, Qt.Key.Key_Left, Qt.Key.Key_Up, Qt.Key.Key_Up):
        qtbot.keyClick(matrix, key)
    with qtbot.waitSignal(matrix.chosen) as told:
        qtbot.keyClick(matrix, Qt.Key.Key_Space)
    assert told.args == [0, -1]


def test_moving_the_mouse_tells_what_is_under_it(qtbot: QtBot, matrix: ConfusionMatrix) -> None:
    with qtbot.waitSignal(matrix.pointed) as told:
        qtbot.mouseMove(matrix.viewport(), centre(matrix, 0, 1).toPoint())
    assert told.args[0].startswith("17 of 500")
    assert matrix.tip_at(centre(matrix, 0, 1).toPoint()) == told.args[0]


@pytest.mark.parametrize(
    ("mode", "texts"),
    [
        ("mistakes", ["", "17", "3", "", "", ""]),
        ("counts", ["480", "17", "3", "", "300", ""]),
        ("shares", ["96%", "3%", "1%", "", "100%", ""]),
    ],
)
def test_each_mode_writes_its_numbers(matrix: ConfusionMatrix, mode: Mode, texts: list[str]) -> None:
    matrix.set_mode(mode)
    assert [matrix.cell_text(row, column) for row in (0, 1) for column in range(3)] == texts


def test_a_share_of_almost_nothing_and_of_almost_all_is_written_as_such(matrix: ConfusionMatrix) -> None:
    matrix.set_mode("shares")
    matrix.show_report(counted([[999, 1], [0, 5]]))
    assert (matrix.cell_text(0, 0), matrix.cell_text(0, 1)) == ("99%", "<1%")


def test_the_chosen_cell_stays_when_newer_answers_come(matrix: ConfusionMatrix) -> None:
    matrix.select((0, 1))
    matrix.show_report(counted([[500, 0, 0], [0, 300, 0], [1, 1, 98]]))
    assert matrix.selected() == (0, 1)
    matrix.show_report(counted([[5, 0], [1, 2]]))
    assert matrix.selected() == NOWHERE


def test_mistakes_are_coloured_however_large_the_diagonal_is(qtbot: QtBot) -> None:
    palette = QGuiApplication.palette()
    rgb = matrix_colours(np.array([[5000.0, 5.0], [1.0, 4000.0]]), palette, diagonal=True).astype(int)
    ground = QColor(palette.color(palette.ColorRole.Base)).getRgb()[:3]
    distance = np.abs(rgb - np.array(ground)).sum(axis=2)
    assert distance[0, 1] > distance[1, 0] > 20
    assert (matrix_colours(np.eye(2), palette, diagonal=False) == np.array(ground)).all()


@pytest.mark.parametrize("classes", [2, 40, 400])
def test_matrices_of_any_size_are_drawn_without_a_fault(qtbot: QtBot, classes: int) -> None:
    made = ConfusionMatrix()
    qtbot.addWidget(made)
    made.resize(420, 380)
    made.show_report(judgement(count=2 * classes, classes=classes).report)
    made.grab()
    assert made.notice() == ""


def test_a_part_without_pictures_of_a_class_says_so(qtbot: QtBot) -> None:
    made = ConfusionMatrix()
    qtbot.addWidget(made)
    logits = np.eye(3, dtype=np.float32)[:2]
    made.show_report(Judgement(Judged("val", 1, 1, logits, np.array([0, 1])), CLASSES).report)
    assert made.sentence((2, 0)) == "There is no picture of “frog” in this part"
    assert made.cell_text(2, 0) == ""
