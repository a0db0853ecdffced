"""The tables of classes and confusions keep order and selection while the numbers change, and can be copied."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from core.judgement import Report, report
from gui.results.class_model import ACCURACY, NAME, PRECISION, TREND
from gui.results.class_table import ClassTable
from gui.results.confusions import Confusions
from gui.results.words import percent
from tests.gui.results.made import CLASSES, judgement

TREND_ROWS = (np.array([0.1, 0.2, 0.3]), np.array([0.4, 0.1, 0.9]))


def first() -> Report:
    """Accuracies 0.5, 1 and 0; nothing is taken for "frog"."""
    return report(np.eye(3, dtype=np.float32)[[0, 1, 1, 1, 0, 0]], np.array([0, 0, 1, 1, 2, 2]), CLASSES)


def second() -> Report:
    """Accuracies 1, 0 and 0.5."""
    return report(np.eye(3, dtype=np.float32)[[0, 0, 2, 2, 2, 0]], np.array([0, 0, 1, 1, 2, 2]), CLASSES)


@pytest.fixture
def table(qtbot: QtBot) -> ClassTable:
    made = ClassTable()
    qtbot.addWidget(made)
    made.resize(640, 200)
    made.show_report(first(), TREND_ROWS)
    made.show()
    return made


def names(table: ClassTable) -> list[str]:
    return [str(table.classes.index(row, NAME).data()) for row in range(table.classes.rowCount())]


def test_the_cells_are_percent_and_a_dash_where_there_is_no_share(table: ClassTable) -> None:
    assert [table.classes.index(row, ACCURACY).data() for row in range(3)] == ["50.0%", "100.0%", "0.0%"]
    assert table.classes.index(2, PRECISION).data() == "–"


def test_the_order_survives_newer_numbers(table: ClassTable) -> None:
    table.sortByColumn(ACCURACY, Qt.SortOrder.AscendingOrder)
    assert names(table) == ["frog", "cat", "dog"]
    table.show_report(second(), TREND_ROWS)
    assert names(table) == ["dog", "frog", "cat"]


def test_the_selection_stays_with_the_class_when_its_row_moves(table: ClassTable) -> None:
    table.sortByColumn(ACCURACY, Qt.SortOrder.AscendingOrder)
    table.selectRow(2)
    table.show_report(second(), TREND_ROWS)
    assert [table.classes.class_of(index.row()) for index in table.selectionModel().selectedRows()] == [1]


def test_a_click_and_enter_ask_for_the_class_in_the_row(qtbot: QtBot, table: ClassTable) -> None:
    table.sortByColumn(ACCURACY, Qt.SortOrder.AscendingOrder)
    place = table.visualRect(table.classes.index(0, NAME)).center()
    with qtbot.waitSignal(table.chosen) as told:
        qtbot.mouseClick(table.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert told.args == [2]
    with qtbot.waitSignal(table.chosen) as told:
        qtbot.keyClick(table, Qt.Key.Key_Return)
    assert told.args == [2]


def test_copying_takes_titles_and_exact_numbers_without_the_curves(qtbot: QtBot, table: ClassTable) -> None:
    table.copy(everything=True)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert lines[0].split("\t") == ["class", "accuracy = recall", "precision", "F1", "most often taken for", "pictures"]
    assert lines[1].split("\t") == ["cat", "0.5", str(1 / 3), "0.4", "dog (1)", "2"]
    assert len(lines) == 4


def test_ctrl_c_takes_the_selected_classes_alone(qtbot: QtBot, table: ClassTable) -> None:
    table.selectRow(1)
    qtbot.keyClick(table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    lines = QGuiApplication.clipboard().text().splitlines()
    assert [line.split("\t")[0] for line in lines] == ["class", "dog"]


def test_the_little_curves_are_those_of_the_classes_and_sort_by_their_change(table: ClassTable) -> None:
    assert table.classes.trend(2).tolist() == [0.3, 0.9]
    table.sortByColumn(TREND, Qt.SortOrder.DescendingOrder)
    assert names(table) == ["frog", "cat", "dog"]


def test_it_is_drawn_with_curves_with_one_epoch_and_with_none(table: ClassTable) -> None:
    for trend in (TREND_ROWS, TREND_ROWS[:1], ()):
        table.show_report(first(), trend)
        assert not table.grab().isNull()


def test_another_number_of_classes_takes_the_place_of_the_first(table: ClassTable) -> None:
    table.selectRow(0)
    table.show_report(judgement(classes=7).report, ())
    assert table.classes.rowCount() == 7
    assert not table.grab().isNull()


def test_confusions_are_listed_by_number_and_ask_for_their_pictures(qtbot: QtBot) -> None:
    made = Confusions()
    qtbot.addWidget(made)
    made.show_report(first())
    assert [made.pairs.pair(row) for row in range(made.pairs.rowCount())] == [(2, 0), (0, 1)]
    made.selectRow(1)
    with qtbot.waitSignal(made.chosen) as told:
        qtbot.keyClick(made, Qt.Key.Key_Return)
    assert told.args == [0, 1]


def test_the_selected_confusion_stays_selected_while_it_is_there(qtbot: QtBot) -> None:
    made = Confusions()
    qtbot.addWidget(made)
    made.show_report(first())
    made.selectRow(0)
    made.show_report(second())
    assert [made.pairs.pair(index.row()) for index in made.selectionModel().selectedRows()] == [(2, 0)]


@pytest.mark.parametrize(
    ("share", "words"), [(0.91449, "91.4%"), (0.9999, "99.9%"), (1.0, "100.0%"), (0.0001, "<0.1%"), (np.nan, "–")]
)
def test_a_share_is_never_rounded_to_all_or_to_nothing(share: float, words: str) -> None:
    assert percent(share) == words
