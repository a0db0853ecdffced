"""The pieces of a lesson by themselves: code that is edited and coloured, text with links and pictures."""

from __future__ import annotations

from pathlib import Path

import pytest
from PySide6.QtCore import Qt, QUrl
from PySide6.QtGui import QColor, QDesktopServices, QImage, QPalette, QTextCursor, QTextDocument
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.console.outputs import Output
from core.lessons import Fault, Prose, SetUp, Task, read_lesson
from core.lessons.records import CellRecord, Shown
from gui.lessons.cell_view import CellView
from gui.lessons.code_text import CodeText, PlainText
from gui.lessons.highlighter import DARK, LIGHT
from gui.lessons.notes import FaultView, SetUpView
from gui.lessons.output_view import OutputView
from gui.lessons.prose_view import ProseView
from gui.theme import DARK as DARK_COLOURS
from gui.theme import LIGHT as LIGHT_COLOURS
from gui.theme import contrast, palette_of


def editor(qtbot: QtBot, code: str) -> CodeText:
    made = CodeText(code, 1.0, "Code", editable=True)
    qtbot.addWidget(made)
    made.resize(500, 100)
    made.show()
    made.setFocus()
    made.moveCursor(QTextCursor.MoveOperation.End)
    return made


def colours(widget: CodeText) -> dict[str, str]:
    """Each coloured piece of the text, with its colour."""
    found, block = {}, widget.document().firstBlock()
    while block.isValid():
        for span in block.layout().formats():
            units = block.text().encode("utf-16-le")  # as Qt counts
            piece = units[2 * span.start : 2 * (span.start + span.length)].decode("utf-16-le")
            found[piece] = span.format.foreground().color().name()
        block = block.next()
    return found


def test_a_new_line_begins_where_the_last_one_did_and_further_in_behind_a_colon(qtbot: QtBot) -> None:
    code = editor(qtbot, "")
    for keys in ("for x in y:", "print(x)", "z"):
        qtbot.keyClicks(code, keys)
        qtbot.keyClick(code, Qt.Key.Key_Return)
    assert code.toPlainText() == "for x in y:\n    print(x)\n    z\n    "


def test_tab_indents_to_the_next_stop_and_shift_tab_takes_it_back(qtbot: QtBot) -> None:
    code = editor(qtbot, "ab")
    qtbot.keyClick(code, Qt.Key.Key_Tab)
    assert code.toPlainText() == "ab  "
    code.setPlainText("a\nb\n\nc")
    code.selectAll()
    qtbot.keyClick(code, Qt.Key.Key_Tab)
    assert code.toPlainText() == "    a\n    b\n\n    c"
    qtbot.keyClick(code, Qt.Key.Key_Backtab, Qt.KeyboardModifier.ShiftModifier)
    assert code.toPlainText() == "a\nb\n\nc"
    code.undo()
    assert code.toPlainText() == "    a\n    b\n\n    c"


def test_code_is_as_high_as_its_lines_wrapped_ones_too(qtbot: QtBot) -> None:
    code = editor(qtbot, "a")
    one = code.height()
    code.setPlainText("\n".join(["a"] * 20))
    line = code.fontMetrics().lineSpacing()
    qtbot.waitUntil(lambda: code.height() >= one + 19 * line)
    code.setPlainText("word " * 200)
    qtbot.waitUntil(lambda: one + 10 * line < code.height() < one + 16 * line)
    code.resize(250, code.height())
    qtbot.waitUntil(lambda: code.height() > one + 24 * line)
    assert code.verticalScrollBar().maximum() == 0


def test_words_strings_and_comments_have_colours_of_their_own(qtbot: QtBot) -> None:
    code = editor(qtbot, "for x in range(3):  # why\n    print('é', \"🙂\", 2)")
    qtbot.waitUntil(lambda: "2" in colours(code))  # the first colouring comes by itself
    found = colours(code)
    assert len({found["for"], found["range"], found["# why"], found["3"]}) == 4
    assert found["for"] == found["in"]


def test_a_triple_quote_colours_the_lines_below_it_as_it_is_written(qtbot: QtBot) -> None:
    code = editor(qtbot, "x = 1\nfor\nprint")
    qtbot.waitUntil(lambda: "for" in colours(code))
    before = colours(code)["for"]
    cursor = QTextCursor(code.document())
    cursor.insertText('"""')
    assert colours(code)["for"] != before
    code.undo()
    assert colours(code)["for"] == before


@pytest.mark.parametrize(("table", "scheme"), [(LIGHT, LIGHT_COLOURS), (DARK, DARK_COLOURS)])
def test_every_colour_of_code_can_be_read_on_its_ground(table: dict[object, str], scheme: object) -> None:
    palette = palette_of(scheme)
    for role in (QPalette.ColorRole.Base, QPalette.ColorRole.AlternateBase):
        ground = palette.color(role)
        assert [colour for colour in table.values() if contrast(QColor(colour), ground) < 4.5] == []


def test_code_changes_its_colours_with_the_theme(qtbot: QtBot) -> None:
    code = editor(qtbot, "for x in y: pass")
    code.setPalette(palette_of(LIGHT_COLOURS))
    light = colours(code)["for"]
    code.setPalette(palette_of(DARK_COLOURS))
    assert colours(code)["for"] != light


def prose_of(markdown: str, folder: Path | None = None) -> Prose:
    lesson = read_lesson(f"---\ntitle: a\n---\n{markdown}", "a", folder=folder)
    return next(block for block in lesson.blocks if isinstance(block, Prose))


def view(qtbot: QtBot, prose: Prose) -> ProseView:
    made = ProseView(prose, 1.0)
    qtbot.addWidget(made)
    made.show()
    return made


def test_links_to_pages_are_opened_outside_and_headings_found_here(
    qtbot: QtBot, monkeypatch: pytest.MonkeyPatch
) -> None:
    opened: list[str] = []
    monkeypatch.setattr(QDesktopServices, "openUrl", lambda url: opened.append(url.toString()))
    shown = view(qtbot, prose_of("[a](https://example.org/a) [b](#there)\n"))
    shown.anchorClicked.emit(QUrl("https://example.org/a"))
    with qtbot.waitSignal(shown.anchor_asked) as asked:
        shown.anchorClicked.emit(QUrl("#there"))
    shown.anchorClicked.emit(QUrl("file:///etc/passwd"))
    assert (opened, asked.args) == (["https://example.org/a"], ["there"])


def test_only_the_pictures_of_the_lesson_are_loaded(qtbot: QtBot, tmp_path: Path) -> None:
    for name in ("in.png", "other.png"):
        image = QImage(1600, 400, QImage.Format.Format_RGB32)
        image.fill(QColor("red"))
        assert image.save(str(tmp_path / name))
    shown = view(qtbot, prose_of("![in](in.png)\n", tmp_path))
    kind = QTextDocument.ResourceType.ImageResource.value
    loaded = shown.loadResource(kind, QUrl((tmp_path.resolve() / "in.png").as_uri()))
    assert (loaded.width(), loaded.height()) <= (800, 200)
    assert shown.loadResource(kind, QUrl((tmp_path.resolve() / "other.png").as_uri())) is None
    assert shown.loadResource(kind, QUrl("https://example.org/x.png")) is None


def test_text_of_a_lesson_with_html_in_it_shows_the_html(qtbot: QtBot) -> None:
    shown = view(qtbot, prose_of("<script>alert(1)</script>\n"))
    assert "<script>alert(1)</script>" in shown.toPlainText()


def test_what_goes_on_printing_keeps_its_widget_and_what_is_selected_in_it(qtbot: QtBot) -> None:
    made = OutputView(1.0)
    qtbot.addWidget(made)
    made.show_outputs(Shown(outputs=(Output("stdout", "one\n"),)))
    (text,) = made.findChildren(PlainText)
    cursor = text.textCursor()
    cursor.setPosition(2, QTextCursor.MoveMode.KeepAnchor)
    text.setTextCursor(cursor)
    made.show_outputs(Shown(outputs=(Output("stdout", "one\ntwo\n"),)))
    assert made.findChildren(PlainText) == [text]
    assert text.toPlainText() == "one\ntwo"
    assert text.textCursor().selectedText() == "on"


def test_a_picture_that_is_none_is_shown_as_its_text(qtbot: QtBot) -> None:
    made = OutputView(1.0)
    qtbot.addWidget(made)
    made.show_outputs(Shown(outputs=(Output("display", "<a picture>", png=b"no picture"),)))
    (text,) = made.findChildren(PlainText)
    assert text.toPlainText() == "<a picture>"


def test_nothing_of_a_lesson_makes_the_dock_wider(qtbot: QtBot) -> None:
    prose = prose_of("`" + "x" * 500 + "`\n\n    " + "y" * 500 + "\n")
    task = Task("zeros", "z" * 500, 1, "right('x')", "z" * 500)
    cell = CellView(task, task.code, CellRecord(), 2.0, ran=False, right=False)
    set_up = SetUpView(SetUp("w" * 200, (), "runs", "", 1), 1.0)
    fault = FaultView(Fault(1, "It is wrong. " * 50), 1.0)
    parts: list[QWidget] = [view(qtbot, prose), editor(qtbot, "z" * 500), cell, set_up, fault]
    for part in parts[2:]:
        qtbot.addWidget(part)
    assert max(part.minimumSizeHint().width() for part in parts) <= 260
