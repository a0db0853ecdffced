from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QApplication

from core.views import Table
from gui.views.table import TableWidget
from tests.gui.views.view_helpers import picture_of, shown

ROWS = [("b", 10, 0.5), ("a", 2, float("nan")), ("c", 1234567, -1.0)]


@pytest.fixture
def widget(qtbot):
    widget = shown(qtbot, TableWidget())
    widget.show_view(Table(columns=["name", "count", "score"], rows=ROWS))
    return widget


def column(widget, index):
    model = widget.model
    return [model.data(model.index(row, index)) for row in range(model.rowCount())]


def sort_by(widget, index, order=Qt.SortOrder.AscendingOrder):
    widget.table.sortByColumn(index, order)


def test_rows_stand_in_the_order_of_the_view(widget):
    assert column(widget, 0) == ["b", "a", "c"]
    assert column(widget, 1) == ["10", "2", "1,234,567"]


def test_numbers_are_aligned_to_the_right_and_texts_to_the_left(widget):
    def alignment(index):
        return widget.model.data(widget.model.index(0, index), Qt.ItemDataRole.TextAlignmentRole)

    assert alignment(1) & Qt.AlignmentFlag.AlignRight
    assert alignment(0) & Qt.AlignmentFlag.AlignLeft


def test_numbers_sort_as_numbers_both_ways(widget):
    sort_by(widget, 1)
    assert column(widget, 1) == ["2", "10", "1,234,567"]
    sort_by(widget, 1, Qt.SortOrder.DescendingOrder)
    assert column(widget, 1) == ["1,234,567", "10", "2"]


@pytest.mark.parametrize("order", [Qt.SortOrder.AscendingOrder, Qt.SortOrder.DescendingOrder])
def test_nan_is_last_whichever_way_it_is_sorted(widget, order):
    sort_by(widget, 2, order)
    assert column(widget, 2)[-1] == "NaN"


def test_a_new_view_keeps_the_sorting_and_shows_the_new_cells(widget):
    sort_by(widget, 0)
    widget.show_view(Table(columns=["name", "count", "score"], rows=[("z", 1, 1.0), ("y", 2, 2.0), ("x", 3, 3.0)]))
    assert column(widget, 0) == ["x", "y", "z"]
    widget.show_view(Table(columns=["name", "count", "score"], rows=[("q", 1, 1.0), ("p", 2, 2.0)]))
    assert column(widget, 0) == ["p", "q"]


def test_a_new_view_keeps_scroll_position_and_column_widths(widget):
    rows = [(str(index), index, 0.0) for index in range(500)]
    widget.show_view(Table(columns=["name", "count", "score"], rows=rows))
    widget.table.setColumnWidth(0, 177)
    QApplication.processEvents()  # the table arranges its rows in the event loop
    bar = widget.table.verticalScrollBar()
    bar.setValue(100)
    widget.show_view(Table(columns=["name", "count", "score"], rows=rows))
    assert bar.value() == 100
    assert widget.table.columnWidth(0) == 177


def test_other_columns_start_unsorted(widget):
    sort_by(widget, 0)
    widget.show_view(Table(columns=["other"], rows=[(3,), (1,)]))
    assert column(widget, 0) == ["3", "1"]


def test_ctrl_c_copies_the_selected_rows_unrounded(widget, qtbot):
    widget.show_view(Table(columns=["name", "value"], rows=[("a", 0.123456789), ("b\tc", 1000000)]))
    widget.table.selectAll()
    qtbot.keyClick(widget.table, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "a\t0.123456789\nb c\t1000000"


def test_one_selected_row_is_copied_alone(widget):
    widget.table.selectRow(1)
    assert widget.table.selected_text().startswith("a\t2")
    assert "\n" not in widget.table.selected_text()


def test_mixed_and_odd_cells_are_shown_and_sorted(widget):
    rows = [("text",), (3,), (10**400,), (np.float32(2.5),), (True,), (float("inf"),)]
    widget.show_view(Table(columns=["odd"], rows=rows))
    sort_by(widget, 0)
    assert column(widget, 0)[:3] == ["2.5", "3", "∞"]
    picture_of(widget)


def test_a_hundred_thousand_rows_are_no_trouble(widget):
    widget.show_view(Table(columns=["n"], rows=[(number,) for number in range(100_000)]))
    sort_by(widget, 0, Qt.SortOrder.DescendingOrder)
    assert widget.model.data(widget.model.index(0, 0)) == "99,999"
    picture_of(widget)


def test_an_empty_table_is_said_in_words(widget):
    assert widget.notice() == ""
    widget.show_view(Table(columns=["a"], rows=[]))
    assert widget.notice() == "There are no rows in this view."
    widget.show_view(Table(columns=[], rows=[]))
    picture_of(widget)
