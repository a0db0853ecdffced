"""A text that streams in stays cheap to show, whole to copy, and where the reader left it."""

from __future__ import annotations

import pytest
from PySide6.QtGui import QColor, QPalette, QTextCursor
from pytestqt.qtbot import QtBot

from gui.theme import DARK, LIGHT, palette_of
from gui.try_it import stream_view
from gui.try_it.stream_view import CUT_BELOW, LONGEST_LINE, StreamView


@pytest.fixture
def view(qtbot: QtBot) -> StreamView:
    view = StreamView()
    qtbot.addWidget(view)
    view.resize(240, 200)
    view.show()
    return view


def colour_at(view: StreamView, position: int) -> QColor:
    cursor = QTextCursor(view.document())
    cursor.setPosition(position + 1)
    return cursor.charFormat().foreground().color()


def test_what_is_appended_stands_after_the_seed(view: StreamView) -> None:
    view.begin("the ")
    view.append_text("cat\n")
    view.append_text("")
    view.append_text("sat")
    assert view.toPlainText() == "the cat\nsat"
    assert (view.seed(), view.written(), view.length()) == ("the ", "cat\nsat", 7)
    view.begin("a")
    assert (view.toPlainText(), view.written(), view.length()) == ("a", "", 0)


@pytest.mark.parametrize("colours", [LIGHT, DARK])
def test_the_seed_is_muted_in_every_palette(view: StreamView, colours: object) -> None:
    view.begin("🙂 seed")
    view.append_text(" written")
    palette = palette_of(colours)
    view.setPalette(palette)
    muted = palette.color(QPalette.ColorRole.PlaceholderText)
    assert [colour_at(view, position) == muted for position in (0, 5, 8, 12)] == [True, True, False, False]


def test_a_line_without_an_end_is_broken_after_a_space_and_kept_whole(view: StreamView) -> None:
    text = "word " * 1000
    view.begin("")
    for start in range(0, len(text), 333):
        view.append_text(text[start : start + 333])
    lines = view.toPlainText().split("\n")
    assert max(map(len, lines)) <= LONGEST_LINE
    assert all(line.endswith(" ") for line in lines[:-1] if line)
    assert view.written() == text


def test_a_line_without_any_space_is_broken_too(view: StreamView) -> None:
    view.begin("")
    view.append_text("x" * 3500)
    assert max(map(len, view.toPlainText().split("\n"))) == LONGEST_LINE
    assert view.written() == "x" * 3500


def test_of_a_very_long_text_the_end_is_shown_and_all_is_kept(
    view: StreamView, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(stream_view, "MOST_SHOWN", 1000)
    line = "a line of forty characters, and an end.\n"
    view.begin("seed")
    for _ in range(200):
        view.append_text(line)
    shown = view.toPlainText()
    assert len(shown) <= 1250 + len(CUT_BELOW)
    assert shown.startswith(CUT_BELOW)
    assert shown.count(CUT_BELOW) == 1
    assert shown.removeprefix(CUT_BELOW).replace(line, "") == ""
    assert view.written() == line * 200


def test_it_scrolls_along_only_while_one_looks_at_the_end(view: StreamView) -> None:
    bar = view.verticalScrollBar()
    view.begin("")
    view.append_text("line\n" * 100)
    assert bar.value() == bar.maximum() > 0
    bar.setValue(3)
    view.append_text("line\n" * 100)
    assert bar.value() == 3
    bar.setValue(bar.maximum())
    view.append_text("line\n" * 100)
    view.resize(180, 90)
    assert bar.value() == bar.maximum()


def test_what_is_selected_stays_selected(view: StreamView) -> None:
    view.begin("one two")
    cursor = view.textCursor()
    cursor.setPosition(0)
    cursor.setPosition(3, QTextCursor.MoveMode.KeepAnchor)
    view.setTextCursor(cursor)
    view.append_text(" three")
    assert view.textCursor().selectedText() == "one"


def test_characters_that_steer_are_shown_as_pictures(view: StreamView) -> None:
    view.begin("")
    view.append_text("a\x1b[1m\x00b\ud800")
    assert view.toPlainText() == "a␛[1m␀b\ufffd"
    assert view.written() == "a\x1b[1m\x00b\ud800"
