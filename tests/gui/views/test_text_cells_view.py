from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtWidgets import QApplication

from core.views import TextCells
from gui.views.cell_ranking import LIVELY, PHRASE, orders, ranked
from gui.views.text_cells import TextCellsWidget
from tests.gui.views.text_examples import LINE, TEXT, text_cells
from tests.gui.views.view_helpers import colours_in, picture_of, shown


@pytest.fixture
def widget(qtbot):
    widget = shown(qtbot, TextCellsWidget(), 420, 300)
    widget.show_view(text_cells())
    return widget


def offered(combo) -> list[str]:
    return [combo.itemText(index) for index in range(combo.count())]


def drag(qtbot, widget: TextCellsWidget, first: int, last: int) -> None:
    """Select from one character to another with the mouse."""
    viewport, offset = widget.text.viewport(), QPoint(0, widget.text.verticalScrollBar().value())
    start, end = (widget.text.cell_of(index).center().toPoint() - offset for index in (first, last))
    qtbot.mousePress(viewport, Qt.MouseButton.LeftButton, pos=start)
    qtbot.mouseMove(viewport, end)
    qtbot.mouseRelease(viewport, Qt.MouseButton.LeftButton, pos=end)


def select_quote(qtbot, widget: TextCellsWidget) -> None:
    drag(qtbot, widget, TEXT.index('"yes'), TEXT.index('yes"') + 2)


def test_the_cell_that_follows_the_signal_best_colours_the_text(widget):
    assert offered(widget.order) == ["position", "quotes", LIVELY]
    assert widget.shown_cell() == "line"
    widget.choose_order("quotes")
    assert widget.shown_cell() == "quote"
    assert "r −1.00" in widget.cells.currentText() or "r −0.99" in widget.cells.currentText()
    assert len(colours_in(picture_of(widget))) > 8


def test_cells_are_stepped_through_by_buttons_and_keys(widget, qtbot):
    names = [text.split("   ")[0] for text in offered(widget.cells)]
    assert sorted(names) == ["bracket", "line", "other", "quote"]
    assert not widget.previous.isEnabled()
    widget.next.click()
    assert widget.shown_cell() == names[1]
    widget.activateWindow()
    widget.text.setFocus()
    qtbot.keyClick(widget.text, "]")
    assert widget.shown_cell() == names[2]
    qtbot.keyClick(widget.text, "[")
    assert widget.shown_cell() == names[1]


def test_a_cell_that_was_chosen_stays_while_the_network_learns(widget):
    widget.cells.setCurrentIndex(widget.cells.findText("bracket", Qt.MatchFlag.MatchStartsWith))
    widget.show_view(text_cells(seed=5))
    assert widget.shown_cell() == "bracket"
    widget.choose_order("quotes")
    assert widget.shown_cell() == "quote", "another order shows its best cell"


def test_without_a_choice_the_best_cell_is_shown_whichever_it_is(widget):
    view = text_cells()
    better = TextCells(text=TEXT, values=view.values[:, ::-1].copy(), names=view.names, signals=view.signals)
    widget.show_view(better)
    assert widget.shown_cell() == "other"


def test_a_selected_phrase_shows_the_cells_that_remember_it_and_where_else(widget, qtbot):
    select_quote(qtbot, widget)
    assert widget.text.text()[slice(*widget.text.selection())] == '"yes'
    assert widget.order.currentText() == PHRASE
    assert widget.shown_cell() == "quote"
    assert widget.phrase.isVisible()
    assert widget.phrase.words.text() == '“"yes”: 1 cell active along it, and in 3 other passages'
    assert [TEXT[first:end] for first, end in widget.text.frames()] == ['"yes'] * 3


def test_the_passages_are_visited_one_after_the_other(widget, qtbot):
    widget.resize(420, 200)
    select_quote(qtbot, widget)
    widget.phrase.onward.click()
    assert widget.phrase.words.text().endswith("(1 of 3)")
    widget.phrase.back.click()
    assert widget.phrase.words.text().endswith("(3 of 3)")
    first = widget.text.frames()[2][0]
    visible = widget.text.viewport().rect().translated(0, widget.text.verticalScrollBar().value())
    assert visible.contains(widget.text.cell_of(first).center().toPoint())
    widget.text.setFocus()
    qtbot.keyClick(widget.text, "n")
    assert widget.phrase.place == 0


def test_escape_a_click_and_the_cross_end_the_search(widget, qtbot):
    widget.choose_order("quotes")
    for end in (
        lambda: qtbot.keyClick(widget.text, Qt.Key.Key_Escape),
        lambda: widget.phrase.close_button.click(),
        lambda: qtbot.mouseClick(widget.text.viewport(), Qt.MouseButton.LeftButton, pos=QPoint(60, 20)),
    ):
        select_quote(qtbot, widget)
        assert widget.phrase.isVisible()
        end()
        assert not widget.phrase.isVisible()
        assert widget.text.frames() == []
        assert widget.order.currentText() == "quotes", "what was ranked by before counts again"
        assert PHRASE not in offered(widget.order)


def test_a_phrase_that_no_cell_remembers_keeps_the_colours(widget):
    widget.text.select(0, len(LINE))
    assert "try a shorter phrase" in widget.phrase.words.text()
    assert widget.shown_cell() == "line"
    assert not widget.phrase.onward.isEnabled()


def test_the_phrase_stays_selected_in_the_next_view_of_the_same_text(widget):
    widget.text.select(4, 8)
    widget.phrase.onward.click()
    widget.show_view(text_cells(seed=3))
    assert widget.text.selection() == (4, 8)
    assert widget.phrase.place == 0
    widget.show_view(text_cells("another text\n"))
    assert widget.text.selection() == (0, 0)
    assert not widget.phrase.isVisible()
    assert widget.shown_cell() != ""


def test_while_the_list_is_open_it_is_left_alone(widget, qtbot):
    before = offered(widget.cells)
    widget.cells.showPopup()
    qtbot.waitUntil(widget.cells.view().isVisible)
    widget.show_view(text_cells(noise=0.4, seed=9))
    assert offered(widget.cells) == before
    widget.cells.hidePopup()


def test_two_widgets_do_not_fight_for_the_keys(widget, qtbot):
    other = shown(qtbot, TextCellsWidget(), 420, 300)
    other.show_view(text_cells())
    widget.activateWindow()
    widget.text.setFocus()
    QApplication.processEvents()
    before = other.shown_cell()
    qtbot.keyClick(widget.text, "]")
    assert other.shown_cell() == before
    assert widget.shown_cell() != before


def test_a_text_without_cells_or_letters_is_shown_as_it_is(qtbot):
    widget = shown(qtbot, TextCellsWidget())
    widget.show_view(TextCells(text="ab", values=np.zeros((2, 0)), names=[]))
    assert widget.shown_cell() == ""
    widget.text.select(0, 1)
    widget.show_view(TextCells(text="", values=np.zeros((0, 2)), names=["a", "b"]))
    assert widget.notice() == "There is no text in this view."


def test_values_that_are_no_numbers_are_refused(qtbot):
    widget = shown(qtbot, TextCellsWidget())
    with pytest.raises(ValueError, match="not of numbers"):
        widget.show_view(TextCells(text="a", values=np.array([["x"]]), names=["a"]))


def test_values_that_do_not_fit_the_text_make_no_view():
    with pytest.raises(ValueError, match="2×3 values for 1 characters"):
        TextCells(text="a", values=np.zeros((2, 3)), names=["a", "b", "c"])
    with pytest.raises(ValueError, match="the signal 's' has 2 values"):
        TextCells(text="a", values=np.zeros((1, 1)), names=["a"], signals={"s": np.zeros(2)})


def test_the_liveliest_cells_come_first_where_there_is_no_signal():
    view = text_cells()
    plain = TextCells(text=view.text, values=view.values, names=view.names)
    assert orders(plain) == [LIVELY]
    spread = [float(view.values[:, one.cell].std()) for one in ranked(plain, LIVELY)]
    assert spread == sorted(spread, reverse=True)
