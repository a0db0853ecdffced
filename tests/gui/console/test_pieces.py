"""What the console is made of, by itself: the file of past cells, the pump, and calls to the GUI thread."""

from __future__ import annotations

import json
import threading
from pathlib import Path

import pytest
from pytestqt.qtbot import QtBot

from core.console.outputs import Output
from core.errors import UserError
from gui.console.gui_thread import GuiThread
from gui.console.past_cells import LARGEST_CELL, MOST, PastCells
from gui.console.pump import MOST_CHARACTERS, MOST_WAITING, Pump


def test_past_cells_are_read_back_and_bounded(tmp_path: Path) -> None:
    cells = PastCells(tmp_path / "new" / "cells.jsonl")
    assert cells.read() == []
    for cell in ("x = 1", "if x:\n    y = '…'", "  ", "z" * (LARGEST_CELL + 1)):
        cells.add(cell)
    assert cells.read() == ["x = 1", "if x:\n    y = '…'"]
    for number in range(MOST + 5):
        cells.add(str(number))
    assert cells.read() == [str(number) for number in range(5, MOST + 5)]
    assert len((tmp_path / "new" / "cells.jsonl").read_text().splitlines()) == MOST


def test_damaged_past_cells_are_passed_over(tmp_path: Path) -> None:
    path = tmp_path / "cells.jsonl"
    path.write_bytes(b'"good"\n{"a": 1}\n\xff\xfe\nnonsense\n' + json.dumps("last").encode())
    assert PastCells(path).read() == ["good", "last"]
    assert PastCells(tmp_path).read() == []  # a folder


def test_the_pump_joins_text_keeps_the_order_and_ends_after_all_of_it(qtbot: QtBot) -> None:
    shown: list[object] = []
    pump = Pump(shown.append)
    for text in ("a", "b"):
        pump.tell(Output("stdout", text))
    pump.tell(Output("stderr", "c"))
    pump.tell(Output("result", "1", count=1))
    pump.then(lambda: shown.append("end"))
    qtbot.waitUntil(lambda: "end" in shown)
    expected = [Output("stdout", "ab"), Output("stderr", "c"), Output("result", "1", count=1), "end"]
    assert shown == expected


def test_what_waits_for_a_busy_window_is_bounded(qtbot: QtBot) -> None:
    shown: list[Output] = []
    pump = Pump(shown.append)
    for number in range(10 * MOST_WAITING):
        pump.tell(Output("stdout" if number % 2 else "stderr", "x" * 100))
    pump.tell(Output("stdout", "y" * 10 * MOST_CHARACTERS))
    pump.drain()
    assert len(shown) <= MOST_WAITING + 1
    assert max(len(output.text) for output in shown) <= MOST_CHARACTERS + 100
    assert shown[-1].text.endswith("y")
    pump.close()


def test_other_threads_have_things_done_on_the_gui_thread(qtbot: QtBot) -> None:
    gui, seen = GuiThread(), []

    def ask() -> None:
        seen.append(gui.call(threading.current_thread))
        with pytest.raises(UserError, match="no"):
            gui.call(refuse)
        seen.append("done")

    def refuse() -> None:
        raise UserError("no")

    thread = threading.Thread(target=ask)
    thread.start()
    qtbot.waitUntil(lambda: len(seen) == 2)
    thread.join()
    assert seen == [threading.main_thread(), "done"]


def test_a_window_that_does_not_answer_is_told_of(qtbot: QtBot) -> None:
    gui, told = GuiThread(), []

    def ask() -> None:
        try:
            gui.call(lambda: None, limit=0.02)
        except UserError as error:
            told.append(str(error))

    thread = threading.Thread(target=ask)
    thread.start()
    thread.join()  # the event loop does not run
    assert told == ["The window did not answer within 0 s: try again when it is less busy."]
