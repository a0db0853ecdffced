from __future__ import annotations

import pytest
from PySide6.QtGui import QTextCursor
from PySide6.QtWidgets import QApplication

from core.views import TextList
from gui.views import text_list
from gui.views.text_list import TextListWidget
from tests.gui.views.view_helpers import shown


def samples(count: int, length: int = 200) -> TextList:
    newest_first = range(count, 0, -1)
    return TextList(
        entries=[(f"Epoch {number}", f"text {number} <b>&\n" + "x " * (length // 2)) for number in newest_first]
    )


@pytest.fixture
def widget(qtbot):
    return shown(qtbot, TextListWidget(), 400, 200)


def test_the_texts_stand_below_each_other_as_they_are(widget):
    widget.show_view(samples(3, 10))
    plain = widget.page.toPlainText()
    assert plain.startswith("Epoch 3\ntext 3 <b>&\nx x")
    assert plain.index("Epoch 2") < plain.index("Epoch 1")
    assert widget.notice() == ""


def test_the_newest_is_in_view_as_texts_come_in(widget):
    for count in range(1, 12):
        widget.show_view(samples(count))
    assert widget.page.verticalScrollBar().value() == 0
    assert widget.page.cursorForPosition(widget.page.viewport().rect().topLeft()).block().text() == "Epoch 11"


def test_who_has_scrolled_down_goes_on_reading_there(widget):
    widget.show_view(samples(8))
    widget.page.verticalScrollBar().setValue(300)
    top = widget.page.cursorForPosition(widget.page.viewport().rect().topLeft()).block().text()
    widget.show_view(samples(9))
    QApplication.processEvents()
    assert widget.page.cursorForPosition(widget.page.viewport().rect().topLeft()).block().text() == top


def test_the_same_texts_leave_what_is_selected(widget):
    widget.show_view(samples(2))
    widget.page.moveCursor(QTextCursor.MoveOperation.EndOfLine, QTextCursor.MoveMode.KeepAnchor)
    widget.show_view(samples(2))
    assert widget.page.textCursor().selectedText() == "Epoch 2"


def test_there_is_a_limit_to_what_is_shown(widget, monkeypatch):
    monkeypatch.setattr(text_list, "MOST_CHARACTERS", 300)
    widget.show_view(samples(50))
    plain = widget.page.toPlainText()
    assert len(plain) < 500
    assert plain.endswith("48 more texts are left out.")


def test_nothing_yet_is_said(widget):
    widget.show_view(TextList(entries=[]))
    assert widget.notice() == "There are no texts in this view yet."
