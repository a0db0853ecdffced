"""What is typed is asked for, what is answered is shown, letter by letter, in any size."""

from __future__ import annotations

import numpy as np
import pytest
from PySide6.QtCore import QPointF, Qt
from pytestqt.qtbot import QtBot

from core.specs import TryIt
from core.typed_answer import TypedAnswer
from gui.try_it.letter_bars import MOST_ROWS, LetterBars, ranked_classes, told
from gui.try_it.typing_panel import HINT, TypingPanel
from gui.try_it_stack import TryItStack

CLASSES = ("Dutch", "German", "Greek", "Irish", "Italian", "Polish", "Russian", "Spanish")


def answer(text: str = "meyer", note: str = "", unknown: int = -1) -> TypedAnswer:
    shares = np.full((len(text), len(CLASSES)), 0.02, np.float32)
    for row in range(len(text)):
        leader = 0 if row < 2 else 1
        shares[row, leader] = 1 - 0.02 * (len(CLASSES) - 1)
    marks = tuple(place == unknown for place in range(len(text)))
    return TypedAnswer(text, tuple(text), marks, CLASSES, shares, "A model", note)


@pytest.fixture
def panel(qtbot: QtBot) -> TypingPanel:
    panel = TypingPanel()
    qtbot.addWidget(panel)
    panel.resize(384, 440)
    panel.show()
    return panel


def test_every_key_is_told(panel: TypingPanel, qtbot: QtBot) -> None:
    told: list[str] = []
    panel.text_changed.connect(told.append)
    qtbot.keyClicks(panel.line, "Ab")
    panel.line.insert("é")
    qtbot.keyClick(panel.line, Qt.Key.Key_Backspace)
    assert told == ["A", "Ab", "Abé", "Ab"]


def test_escape_empties_the_line(panel: TypingPanel, qtbot: QtBot) -> None:
    panel.activateWindow()
    panel.line.setFocus()
    qtbot.waitUntil(panel.line.hasFocus)
    panel.set_text("Sato")
    qtbot.keyClick(panel.line, Qt.Key.Key_Escape)
    assert panel.text() == ""


def test_an_answer_is_shown_as_bars_and_letter_by_letter(panel: TypingPanel) -> None:
    panel.show_answer(answer(note="A note."))
    view = panel.prediction_view
    assert view.prediction() is not None and view.prediction().labels[0] == "German"
    assert view.note() == "A note."
    assert panel.letters.rows()[0] == "German"
    assert "Dutch" in panel.letters.rows()


def test_a_problem_and_an_emptied_line_take_the_answer_away(panel: TypingPanel) -> None:
    for sentence, hide in (("It went wrong.", lambda: panel.show_problem("It went wrong.")), ("", panel.show_nothing)):
        panel.show_answer(answer())
        hide()
        assert panel.prediction_view.problem() == sentence
        assert panel.prediction_view.prediction() is None
        assert panel.letters.rows() == []


def test_the_hint_says_what_to_do_until_there_is_a_network(panel: TypingPanel) -> None:
    panel.set_ready(False, "Press Start first.")
    assert panel.prediction_view.hint() == "Press Start first."
    panel.show_problem("Press Start first.")
    panel.set_ready(True, "")
    assert panel.prediction_view.hint() == HINT


@pytest.mark.parametrize(("width", "height", "beside"), [(300, 440, False), (400, 700, False), (800, 300, True)])
def test_the_letters_stand_below_the_answer_or_beside_it(
    panel: TypingPanel, width: int, height: int, beside: bool
) -> None:
    panel.show_answer(answer())
    panel.resize(width, height)
    view, letters = panel.prediction_view.geometry(), panel.letters.geometry()
    assert letters.isValid() and panel.letters.isVisible()
    assert (letters.left() > view.right()) == beside
    assert (letters.top() > view.bottom()) != beside
    assert view.height() >= panel.prediction_view.least_height()


def test_in_a_low_panel_the_answer_keeps_its_room(panel: TypingPanel) -> None:
    panel.resize(250, 250)
    assert not panel.letters.isVisible()
    assert panel.prediction_view.height() >= panel.prediction_view.least_height()
    panel.resize(250, 440)
    assert panel.letters.isVisible()


@pytest.mark.parametrize(("kind", "name"), [("text classification", "typing"), ("image", "image")])
def test_the_stack_has_the_panel_for_the_task(qtbot: QtBot, kind: TryIt, name: str) -> None:
    stack = TryItStack()
    qtbot.addWidget(stack)
    stack.choose(kind)
    assert stack.currentWidget() is getattr(stack, name)


class TestLetterBars:
    @pytest.fixture
    def bars(self, qtbot: QtBot) -> LetterBars:
        bars = LetterBars()
        qtbot.addWidget(bars)
        bars.resize(300, 160)
        bars.show()
        return bars

    def test_classes_that_led_on_the_way_have_a_row_in_the_order_of_the_end(self) -> None:
        chosen = ranked_classes(answer())
        assert chosen[0] == 1
        assert 0 in chosen
        assert len(chosen) == MOST_ROWS
        shares = answer().final[chosen]
        assert (np.diff(shares) <= 0).all()

    def test_the_tip_says_the_number_of_a_bar(self, bars: LetterBars) -> None:
        bars.show_answer(answer())
        assert bars.tip_at(QPointF(bars._left() + 2, bars._head() + 2)) == "after “m”\nGerman: 2.0%"
        third = bars._left() + 2.5 * bars._cell_width()
        assert bars.tip_at(QPointF(third, bars._head() + 2)) == "after “mey”\nGerman: 86.0%"
        assert "How probable" in bars.tip_at(QPointF(1, 1))

    def test_who_cannot_see_the_bars_is_told_the_same(self, bars: LetterBars) -> None:
        bars.show_answer(answer())
        assert bars.accessibleDescription() == "Dutch from m on, German from y on"
        assert told(answer("a b")) == "Dutch from a on, German from b on"

    def test_a_bar_is_as_high_as_its_share(self, bars: LetterBars) -> None:
        bars.show_answer(answer())
        image = bars.grab().toImage()
        accent = bars.palette().color(bars.palette().ColorRole.Accent).rgb()

        def coloured(column: int) -> int:
            x = round(bars._left() + (column + 0.5) * bars._cell_width())
            top, height = bars._head(), bars._row_height()
            return sum(image.pixel(x, y) == accent for y in range(round(top), round(top + height)))

        assert coloured(0) == 0  # Dutch leads there
        assert coloured(2) == pytest.approx(0.86 * (bars._row_height() - 3), abs=2)

    @pytest.mark.parametrize("length", [1, 24, 1000])
    @pytest.mark.parametrize("width", [120, 300, 900])
    def test_any_length_can_be_drawn_in_any_width(self, bars: LetterBars, length: int, width: int) -> None:
        bars.resize(width, 90)
        bars.show_answer(answer("x" * length, unknown=0))
        assert not bars.grab().isNull()
        assert bars.rows()
        assert bars._left() < width / 2

    def test_without_an_answer_there_is_nothing(self, bars: LetterBars) -> None:
        bars.show_answer(answer())
        bars.show_answer(None)
        assert bars.rows() == []
        assert bars.tip_at(QPointF(100, 50)) == ""
        assert not bars.grab().isNull()
