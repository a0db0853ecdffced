from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QPalette
from PySide6.QtWidgets import QApplication

from core.views import ColoredText
from gui.views.colored_text import ColoredTextWidget
from gui.views.text_layout import wrapped
from tests.gui.views.view_helpers import colour_at, picture_of, shown


@pytest.fixture
def widget(qtbot):
    return shown(qtbot, ColoredTextWidget())


def ground_of(widget, index):
    cell = widget.cell_of(index)
    return colour_at(picture_of(widget), cell.left() + 1, cell.top() + 3)


def test_lines_break_after_spaces_and_at_line_breaks():
    text = "one two three\nfour"
    assert [text[first:end] for first, end in wrapped(text, 8)] == ["one two ", "three\n", "four"]


def test_a_word_longer_than_a_line_is_cut():
    assert wrapped("abcdefghij", 4) == [(0, 4), (4, 8), (8, 10)]


@pytest.mark.parametrize("text", ["", "\n", "\n\n", "a", "a\n", " " * 50, "word " * 40, "\n \n" * 9])
@pytest.mark.parametrize("columns", [1, 7, 80])
def test_every_character_is_in_exactly_one_line(text, columns):
    lines = wrapped(text, columns)
    assert "".join(text[first:end] for first, end in lines) == text
    assert all(end - first <= columns for first, end in lines)


def test_wrapping_needs_a_column():
    with pytest.raises(ValueError, match="0 columns"):
        wrapped("a", 0)


def test_values_below_zero_are_blue_above_red_and_zero_is_the_ground(widget):
    widget.show_view(ColoredText(text="abc", values=np.array([-1.0, 0.0, 1.0])))
    below, zero, above = (ground_of(widget, index) for index in range(3))
    assert below.blue() > below.red() + 50
    assert above.red() > above.blue() + 50
    assert zero == widget.palette().color(QPalette.ColorRole.Base)


def test_values_beyond_one_are_drawn_like_one(widget):
    widget.show_view(ColoredText(text="abcd", values=np.array([1.0, 1e9, np.inf, -np.inf])))
    assert ground_of(widget, 0) == ground_of(widget, 1) == ground_of(widget, 2)
    assert ground_of(widget, 3).blue() > ground_of(widget, 3).red()


def test_nan_is_drawn(widget):
    widget.show_view(ColoredText(text="a", values=np.array([np.nan])))
    picture_of(widget)
    assert widget.notice() == ""
    assert widget.tip_at(widget.cell_of(0).center().toPoint()) == "“a” at 1: NaN"


def test_hovering_names_character_and_value(widget):
    widget.show_view(ColoredText(text="ab\nc", values=np.array([0.5, -0.25, 0.0, 1.0])))
    assert widget.tip_at(widget.cell_of(1).center().toPoint()) == "“b” at 2: −0.25"
    assert widget.tip_at(widget.cell_of(2).center().toPoint()) == "“line break” at 3: 0"
    assert widget.tip_at(QPoint(400, 300)) == ""


def test_each_cell_is_found_by_its_middle(widget):
    text = "some words to wrap " * 20
    widget.show_view(ColoredText(text=text, values=np.zeros(len(text))))
    for index in range(0, len(text), 17):
        assert widget.index_at(widget.cell_of(index).center().toPoint()) == index


def test_ten_thousand_characters_scroll_and_keep_their_place(widget):
    text = "0123456789 \n" * 900
    view = ColoredText(text=text, values=np.linspace(-1, 1, len(text)))
    widget.show_view(view)
    bar = widget.verticalScrollBar()
    bar.setValue(bar.maximum() // 2)
    place = bar.value()
    widget.show_view(view)
    assert bar.value() == place > 0
    picture_of(widget)
    assert widget.notice() == ""


def test_ctrl_c_copies_the_text(widget, qtbot):
    widget.show_view(ColoredText(text="copy me", values=np.zeros(7)))
    qtbot.keyClick(widget, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    assert QApplication.clipboard().text() == "copy me"


def test_no_text_is_said_in_words(widget):
    widget.show_view(ColoredText(text="", values=np.array([])))
    picture_of(widget)
    assert widget.notice() == "There is no text in this view."
