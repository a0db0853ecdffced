"""What a person does in the text panel becomes an order; what comes back is shown, copied and saved whole."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from PySide6.QtCore import QMimeData, Qt
from PySide6.QtGui import QGuiApplication
from PySide6.QtWidgets import QWidget
from pytestqt.qtbot import QtBot

from core.sampling import Sampling
from core.writing import Order, Outlook, Page, Samplings
from gui.try_it.sampling_sliders import SamplingSliders
from gui.try_it.seed_edit import MOST_CHARACTERS
from gui.try_it.text_panel import HINT, TextPanel
from gui.try_it.writing_controls import SEED

CONTROL, SHIFT = Qt.KeyboardModifier.ControlModifier, Qt.KeyboardModifier.ShiftModifier
VOCABULARY = tuple("\n abcdefgh")


def outlook(note: str = "", written: int = 0) -> Outlook:
    return Outlook(np.zeros(len(VOCABULARY), np.float32), VOCABULARY, "abc", "A model", note, None, written)


def page(*texts: str, seed: str | None = None) -> Page:
    return Page(texts, outlook(), seed)


@pytest.fixture
def panel(qtbot: QtBot) -> TextPanel:
    panel = TextPanel()
    qtbot.addWidget(panel)
    panel.resize(panel.sizeHint())
    panel.show()
    panel.activateWindow()
    panel.controls.seed.setFocus()
    qtbot.waitUntil(panel.controls.seed.hasFocus)
    return panel


class Asked:
    """What the panel asked for."""

    def __init__(self, panel: TextPanel) -> None:
        self.texts: list[Order] = []
        self.steps: list[tuple[Order, int | None]] = []
        self.stops = 0
        self.samplings: list[Samplings] = []
        panel.write_asked.connect(self.texts.append)
        panel.step_asked.connect(lambda order, picked: self.steps.append((order, picked)))
        panel.stop_asked.connect(self._stopped)
        panel.samplings_changed.connect(self.samplings.append)

    def _stopped(self) -> None:
        self.stops += 1


@pytest.fixture
def asked(panel: TextPanel) -> Asked:
    return Asked(panel)


def test_without_a_network_nothing_can_be_asked_and_the_hint_says_what_to_do(panel: TextPanel, asked: Asked) -> None:
    panel.set_ready(False, "Press Start first.")
    panel._write()
    panel._step(None)
    assert not panel.controls.write.isEnabled()
    assert not panel.controls.step.isEnabled()
    assert (asked.texts, asked.steps) == ([], [])
    view = panel.stage.columns[0].view
    assert view.placeholderText() == "Press Start first."
    panel.set_ready(True, "")
    assert view.placeholderText() == HINT


def test_everything_that_is_set_is_in_the_order(panel: TextPanel, asked: Asked) -> None:
    panel.set_ready(True, "")
    panel.controls.vary.setChecked(False)
    panel.controls.seed.set_seed("To be\nor")
    panel.controls.length.setValue(77)
    panel.controls.random_seed.setValue(5)
    panel.controls.pace.setCurrentText("10 a second")
    panel.controls.write.click()
    panel.controls.step.click()
    panel.stage.bars.picked.emit(3)
    order = Order("To be\nor", 5, 77, 10.0)
    assert asked.texts == [order]
    assert asked.steps == [(order, None), (order, 3)]


def test_each_new_text_has_another_random_seed_but_not_each_step(panel: TextPanel, asked: Asked) -> None:
    panel.set_ready(True, "")
    for _ in range(4):
        panel.controls.write.click()
        panel.controls.step.click()
    assert len({order.random_seed for order in asked.texts}) > 1
    assert [order.random_seed for order, _ in asked.steps] == [order.random_seed for order in asked.texts]


@pytest.mark.parametrize("place", ["seed", "view", "bars"])
def test_the_keys_write_step_and_stop(panel: TextPanel, asked: Asked, qtbot: QtBot, place: str) -> None:
    places: dict[str, QWidget] = {"seed": panel.controls.seed, "view": panel.stage.columns[0].view}
    widget = places.get(place, panel.controls.compare)
    widget.setFocus()
    panel.set_ready(True, "")
    qtbot.keyClick(widget, Qt.Key.Key_Return, CONTROL)
    qtbot.keyClick(widget, Qt.Key.Key_Return, SHIFT)
    qtbot.keyClick(widget, Qt.Key.Key_Escape)
    assert (len(asked.texts), len(asked.steps), asked.stops) == (1, 1, 0)
    panel.set_writing(True)
    qtbot.keyClick(widget, Qt.Key.Key_Return, CONTROL)
    qtbot.keyClick(widget, Qt.Key.Key_Escape)
    assert (len(asked.texts), asked.stops) == (1, 1)
    assert panel.controls.seed.seed() == ""


def test_a_number_counts_as_soon_as_it_is_typed(panel: TextPanel, asked: Asked, qtbot: QtBot) -> None:
    panel.set_ready(True, "")
    for box, text in ((panel.controls.length, "42"), (panel.controls.sliders.temperature, "1.25")):
        box.setFocus()
        box.selectAll()
        qtbot.keyClicks(box, text)
    qtbot.keyClick(panel.controls.sliders.temperature, Qt.Key.Key_Return, CONTROL)
    assert asked.texts[0].length == 42
    assert asked.samplings[-1][0].temperature == 1.25


def test_while_it_writes_the_button_stops(panel: TextPanel, asked: Asked) -> None:
    panel.set_ready(True, "")
    panel.set_writing(True)
    assert panel.controls.write.text() == "Stop"
    assert not panel.controls.step.isEnabled()
    panel.controls.write.click()
    assert (asked.stops, asked.texts) == (1, [])
    panel.set_writing(False)
    assert panel.controls.write.text() == "Write"
    assert panel.controls.step.isEnabled()


def test_after_a_text_without_a_network_step_stays_locked(panel: TextPanel) -> None:
    panel.set_writing(True)
    panel.set_ready(False, "")
    panel.set_writing(False)
    assert not panel.controls.step.isEnabled()


def test_pages_grow_into_a_text(panel: TextPanel) -> None:
    panel.show_pages([page("", seed="ab"), page("cd"), page("e")])
    panel.show_pages([page("f")])
    assert panel.stage.text() == "abcdef"
    panel.show_pages([page("x"), page("", seed="new "), page("y")])
    assert panel.stage.text() == "new y"


def test_a_slider_changes_what_is_drawn_with_and_the_bars(panel: TextPanel, asked: Asked) -> None:
    panel.show_outlook(outlook())
    panel.controls.sliders.slider("temperature").setValue(10)
    panel.controls.sliders.slider("top_p").setValue(90)
    assert asked.samplings[-1] == (Sampling(temperature=0.5, top_p=0.9),)
    panel.controls.sliders.top_k.setValue(2)
    assert asked.samplings[-1][0].top_k == 2
    assert sum(not row.cut for row in panel.stage.bars.rows()) == 2


def test_a_comparison_has_three_columns_at_temperatures_of_their_own(panel: TextPanel, asked: Asked) -> None:
    panel.controls.sliders.top_k.setValue(5)
    panel.controls.compare.setChecked(True)
    assert [sampling.temperature for sampling in asked.samplings[-1]] == [0.5, 0.8, 1.1]
    assert {sampling.top_k for sampling in asked.samplings[-1]} == {5}
    panel.stage.columns[2].temperature.setValue(1.5)
    assert asked.samplings[-1][2].temperature == 1.5
    panel.show_pages([page("", "", "", seed="s"), page("a", "b", "c")])
    assert panel.stage.text() == "Temperature 0.5\n\nsa\n\n\nTemperature 0.8\n\nsb\n\n\nTemperature 1.5\n\nsc"
    panel.controls.compare.setChecked(False)
    assert len(asked.samplings[-1]) == 1
    assert panel.stage.text() == "sa"


def test_the_whole_text_is_copied_and_saved(panel: TextPanel, tmp_path: Path) -> None:
    assert not panel.copy_button.isEnabled()
    panel.show_pages([page("", seed="é"), page("🙂\ud800\n")])
    panel.copy_button.click()
    assert QGuiApplication.clipboard().text() == "é🙂?\n"
    panel.save_text(tmp_path / "text.txt")
    assert (tmp_path / "text.txt").read_bytes() == "é🙂?\n".encode()
    assert panel.status.text() == "Saved as text.txt"


def test_a_text_that_cannot_be_saved_is_a_sentence_and_stays(panel: TextPanel, tmp_path: Path) -> None:
    panel.show_pages([page("", seed="a"), page("b")])
    panel.save_text(tmp_path / "nowhere" / "text.txt")
    assert panel.controls.note.text().startswith("The text could not be saved as text.txt: ")
    assert panel.stage.text() == "ab"


def test_of_a_pasted_book_the_end_is_taken_and_that_is_said(panel: TextPanel) -> None:
    book = QMimeData()
    book.setText("a line of the book\n" * 60_000)
    panel.controls.seed.insertFromMimeData(book)
    assert len(panel.controls.seed.seed()) == MOST_CHARACTERS
    assert "1,140,000 characters" in panel.controls.note.text()


def test_a_note_stands_in_place_of_the_title_until_it_no_longer_holds(panel: TextPanel) -> None:
    assert panel.controls.note.text() == SEED
    panel.show_outlook(outlook("Skipped, since the network never saw it: é."))
    assert "é" in panel.controls.note.text()
    panel.show_outlook(outlook())
    assert panel.controls.note.text() == SEED


def test_what_is_typed_is_announced_once_it_rests(panel: TextPanel, qtbot: QtBot) -> None:
    announced: list[str] = []
    panel.seed_changed.connect(announced.append)
    with qtbot.waitSignal(panel.seed_changed):
        qtbot.keyClicks(panel.controls.seed, "the")
    assert announced == ["the"]


@pytest.mark.parametrize(("size", "beside"), [((400, 480), False), ((900, 260), True)])
def test_the_controls_stand_where_there_is_room(
    panel: TextPanel, qtbot: QtBot, size: tuple[int, int], beside: bool
) -> None:
    panel.resize(*size)
    qtbot.waitUntil(lambda: (panel.stage.x() > panel.controls.geometry().right()) == beside)
    assert (panel.width(), panel.height()) == size
    assert (panel.stage.y() > panel.controls.geometry().bottom()) != beside
    assert panel.stage.columns[0].view.viewport().height() > 100
    assert panel.controls.write.geometry().bottom() <= panel.controls.height() <= panel.height()


@pytest.fixture
def sliders(qtbot: QtBot) -> SamplingSliders:
    sliders = SamplingSliders()
    qtbot.addWidget(sliders)
    return sliders


@pytest.mark.parametrize(
    ("name", "place", "expected"),
    [
        *(("temperature", 0, {"temperature": 0.0}), ("temperature", 16, {}), ("temperature", 40, {"temperature": 2.0})),
        *(("top_k", 0, {"top_k": 1}), ("top_k", 20, {"top_k": 10}), ("top_k", 40, {"top_k": 0})),
        *(("top_p", 1, {"top_p": 0.01}), ("top_p", 100, {})),
    ],
)
def test_a_slider_and_its_number_say_the_same(
    sliders: SamplingSliders, name: str, place: int, expected: dict[str, Any]
) -> None:
    sliders.slider(name).setValue(place)
    assert sliders.sampling() == Sampling(**expected)


@pytest.mark.parametrize("k", [1, 2, 50, 99, 0])
def test_a_number_moves_its_slider_and_is_not_moved_by_it(sliders: SamplingSliders, k: int) -> None:
    changes: list[Sampling] = []
    sliders.changed.connect(changes.append)
    sliders.top_k.setValue(50)
    sliders.top_k.setValue(k)
    assert sliders.sampling().top_k == k
    assert changes[-1].top_k == k
    sliders.set_vocabulary(7)
    assert sliders.sampling().top_k == k


def test_top_k_reaches_from_one_to_all_of_any_vocabulary(sliders: SamplingSliders) -> None:
    def reach(place: int) -> int:
        sliders.slider("top_k").setValue(place)
        return sliders.top_k.value()

    for vocabulary in (1, 2, 5000):
        sliders.set_vocabulary(vocabulary)
        assert [reach(place) for place in (40, 0)] == [0, 1]
        assert reach(39) <= vocabulary
