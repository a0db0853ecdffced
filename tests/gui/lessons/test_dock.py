"""The dock of lessons in the real window: what is read, run, checked, set up and kept."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QPlainTextEdit
from pytestqt.qtbot import QtBot

from core.lessons import SetUp, read_lesson_file
from core.lessons.set_up import resolve
from gui.lessons.cell_view import CellView
from gui.lessons.notes import FaultView, SetUpView
from gui.lessons.output_view import ErrorView, PictureView
from gui.lessons.prose_view import ProseView
from gui.lessons.set_up import WorkbenchSetter
from gui.main_window import MainWindow
from tests.gui.conftest import RUN_MS
from tests.gui.lessons.conftest import TASK, Bench

Write = Callable[..., None]
Open = Callable[..., Bench]

SETUP = """
```setup
label: Open it
network: lenet
data: shapes
optimizer: sgd
optimizer.lr: 0.02
training.epochs: 3
page: results
```
"""


def outputs(cell: CellView) -> list[str]:
    return [text.toPlainText() for text in cell.outputs.findChildren(QPlainTextEdit) if text.isVisibleTo(cell)]


def test_f1_brings_the_dock_to_the_front_and_wide_and_closing_it_gives_the_width_back(
    write: Write, make_bench: Callable[[], Bench], qtbot: QtBot
) -> None:
    write("Text.\n")
    bench = make_bench()
    window, dock = bench.window, bench.window.docks["lessons"]
    window.resize(1800, 900)
    setup = window.docks["setup"]
    qtbot.waitUntil(lambda: window.width() == 1800)
    before, centre = setup.width(), bench.workbench.pages.width()
    (action,) = (a for a in window.findChildren(QAction) if a.shortcut().toString() == "F1")
    action.trigger()
    qtbot.waitUntil(lambda: bench.lessons.panel is not None and dock.width() >= 440, timeout=RUN_MS)
    assert not dock.visibleRegion().isEmpty()
    assert window.tabifiedDockWidgets(dock) == [setup]
    assert bench.workbench.pages.width() >= bench.workbench.pages.minimumSizeHint().width()
    dock.close()
    qtbot.waitUntil(lambda: (setup.width(), bench.workbench.pages.width()) == (before, centre), timeout=RUN_MS)


def test_nothing_is_read_before_the_dock_is_seen(write: Write, make_bench: Callable[[], Bench]) -> None:
    write("Text.\n")
    assert make_bench().lessons.panel is None


def test_the_list_says_how_far_one_is(write: Write, make_bench: Callable[[], Bench]) -> None:
    write(TASK, "1-a", "First")
    write("Text.\n", "2-b", "Second")
    write("```python sell\n```\n", "3-c", "Third")
    bench = make_bench()
    bench.show()
    items = bench.lessons.panel.list.list
    told = [items.item(n).data(Qt.ItemDataRole.AccessibleTextRole) for n in range(items.count())]
    assert told == [
        "First. A small one. 0 of 1 tasks right · 5 min",
        "Second. A small one. no tasks · 5 min",
        "Third. A small one. no tasks · 5 min · its file has faults",
    ]


def test_without_lessons_the_dock_says_so(make_bench: Callable[[], Bench], qtbot: QtBot) -> None:
    bench = make_bench()
    bench.show()
    hint = bench.lessons.panel.list.hint
    qtbot.waitUntil(hint.isVisible)
    assert "There are no lessons" in hint.text()


def test_enter_in_the_list_opens_a_lesson_and_the_buttons_at_its_end_lead_on(
    write: Write, make_bench: Callable[[], Bench], qtbot: QtBot
) -> None:
    for n in (1, 2):
        write(f"Text {n}.\n", f"{n}-x", f"Lesson {n}")
    bench = make_bench()
    bench.show()
    with qtbot.waitSignal(bench.reader.built, timeout=RUN_MS):
        qtbot.keyClick(bench.lessons.panel.list.list, Qt.Key.Key_Return)
    assert bench.lessons.open_lesson == "1-x"
    assert not bench.reader.before.isEnabled()
    with qtbot.waitSignal(bench.reader.built, timeout=RUN_MS):
        bench.reader.after.click()
    assert bench.lessons.open_lesson == "2-x"
    assert not bench.reader.after.isEnabled()


def test_a_lesson_is_built_block_by_block(write: Write, make_bench: Callable[[], Bench], qtbot: QtBot) -> None:
    write("\n".join(f"Text {n}.\n\n```python cell\nx = {n}\n```\n" for n in range(30)))
    bench = make_bench()
    bench.show()
    with qtbot.waitSignal(bench.reader.built, timeout=RUN_MS):
        bench.lessons.open("1-small")
        assert bench.reader.views == []
    assert len(bench.reader.views) == 60
    assert len(bench.cells) == 30


def test_a_cell_shows_what_it_prints_its_value_and_its_picture(write: Write, bench: Open, qtbot: QtBot) -> None:
    code = "print('hello')\nfrom PIL import Image\ndisplay(Image.new('L', (8, 6)))\n2 + 3"
    write(f"```python cell\n{code}\n```\n")
    (cell,) = (opened := bench()).cells
    opened.run(cell)
    assert [text.strip() for text in outputs(cell)] == ["hello", "5"]
    (picture,) = cell.outputs.findChildren(PictureView)
    assert picture.accessibleName() == "Picture, 8×6 px"
    qtbot.waitUntil(lambda: picture.pixmap().width() == 96)  # 8 px, in whole steps larger
    assert cell.state.text() == "Ran"


def test_a_cell_that_fails_shows_the_error_in_place_and_the_traceback_on_demand(write: Write, bench: Open) -> None:
    write("```python cell\ndef f():\n    return 1 / 0\nf()\n```\n")
    (cell,) = (opened := bench()).cells
    opened.run(cell)
    (error,) = cell.outputs.findChildren(ErrorView)
    assert error.summary.text() == "ZeroDivisionError: division by zero"
    assert not error.traceback.isVisible()
    error.fold.click()
    assert error.traceback.isVisible()
    assert "return 1 / 0" in error.traceback.toPlainText()
    assert cell.state.text() == "Failed"
    cell.code.setPlainText("1 + 1")
    opened.run(cell)
    assert [text.strip() for text in outputs(cell)] == ["2"]
    assert not [e for e in cell.outputs.findChildren(ErrorView) if e.isVisible()]


def test_a_task_is_told_to_be_wrong_then_right_in_words(write: Write, bench: Open) -> None:
    write(TASK)
    (cell,) = (opened := bench()).cells
    opened.run(cell)
    assert cell.verdict.text() == "✗ Not yet. z is not 0."
    assert opened.lessons.panel.title.text() == "0 of 1 right"
    cell.solve.click()
    assert cell.solution.toPlainText() == "z = 0"
    cell.code.setPlainText(cell.solution.toPlainText())
    opened.run(cell)
    assert cell.verdict.text() == "✓ z is 0: right."
    assert opened.lessons.panel.title.text() == "✓ 1 of 1 right"


def test_a_cell_that_loops_for_ever_is_interrupted_and_the_window_stays_alive(
    write: Write, bench: Open, qtbot: QtBot
) -> None:
    write("```python cell\nwhile True:\n    print('on and on')\n```\n\n```python cell\n1 + 1\n```\n")
    opened = bench()
    loop, after = opened.cells
    loop.run.click()
    qtbot.waitUntil(lambda: bool(outputs(loop)), timeout=RUN_MS)  # drawn while it runs
    assert loop.run.text() == "■ Interrupt"
    after.run.click()
    loop.run.click()
    opened.settle()
    assert loop.state.text() == "Interrupted"
    assert after.state.text() == ""
    opened.run(after)
    assert outputs(after)[0].strip() == "2"


def test_run_all_above_runs_in_order_and_stops_at_what_fails(write: Write, bench: Open) -> None:
    write("".join(f"```python cell\n{code}\n```\n\n" for code in ("a = 1", "a += 1", "nothing_here", "a += 1", "a")))
    opened = bench()
    cells = opened.cells
    assert not cells[0].above.isEnabled()
    cells[2].above.click()
    opened.settle()
    assert opened.workbench.console.kernel.namespace["a"] == 2
    cells[4].above.click()
    opened.settle()
    assert [cell.state.text() for cell in cells] == ["Ran", "Ran", "Failed", "", ""]


def test_keys_run_a_cell_go_to_the_next_and_leave(write: Write, bench: Open, qtbot: QtBot) -> None:
    write("```python cell\n1 + 1\n```\n\nText.\n\n```python cell\n2 + 2\n```\n")
    opened = bench()
    first, second = opened.cells
    qtbot.keyClick(opened.reader, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert first.code.hasFocus()
    qtbot.keyClick(first.code, Qt.Key.Key_Return, Qt.KeyboardModifier.ShiftModifier)
    opened.settle()
    assert outputs(first)[0].strip() == "2"
    qtbot.keyClick(first.code, Qt.Key.Key_Down, Qt.KeyboardModifier.ControlModifier)
    assert second.code.hasFocus()
    qtbot.keyClick(second.code, Qt.Key.Key_Up, Qt.KeyboardModifier.ControlModifier)
    assert first.code.hasFocus()
    qtbot.keyClick(first.code, Qt.Key.Key_Escape)
    assert first.run.hasFocus()


def test_faults_of_the_file_stand_in_place_and_the_rest_works(write: Write, bench: Open) -> None:
    bad = "Text.\n\n```python sell\nx\n```\n\n```setup\nlabel: Go\nnetwork: nobody\n```\n\n```python cell\n1 + 1\n```\n"
    write(bad + "\n```python cell\nx =\n")
    opened = bench()
    kinds = [type(view) for view in opened.reader.views]
    assert kinds == [ProseView, FaultView, FaultView, CellView, FaultView]
    said = [view.text() for view in opened.reader.views if isinstance(view, FaultView)]
    assert said[0].startswith("⚠ Line 8: There is no block python sell")
    assert said[1].startswith("⚠ Line 12: The button “Go” cannot work: There is no network 'nobody'")
    assert said[2].startswith("⚠ Line 21: The block that begins here")
    (cell,) = opened.cells
    opened.run(cell)
    assert outputs(cell)[0].strip() == "2"


def test_a_set_up_button_sets_the_workbench_up_and_puts_it_back(write: Write, bench: Open) -> None:
    write(SETUP)
    opened = bench()
    workbench = opened.workbench
    workbench.setup.forms["optimizer"].set_values({"lr": 0.123})
    before = workbench.setup.config()
    (view,) = (view for view in opened.reader.views if isinstance(view, SetUpView))
    view.button.click()
    config = workbench.setup.config()
    assert (config.network, config.data, config.optimizer, config.epochs) == ("lenet", "shapes", "sgd", 3)
    assert config.optimizer_settings["lr"] == 0.02
    assert workbench.pages.currentWidget() is workbench.results_page
    assert view.words.text() == "The set-up is changed."
    view.back.click()
    assert workbench.setup.config() == before
    assert not view.back.isVisible()


def test_a_set_up_button_can_take_a_step_and_changes_nothing_during_a_run(
    write: Write, bench: Open, qtbot: QtBot
) -> None:
    write(SETUP.replace("page: results", "page: training\nthen: step"))
    opened = bench()
    session = opened.workbench.session
    (view,) = (view for view in opened.reader.views if isinstance(view, SetUpView))
    view.button.click()
    qtbot.waitUntil(lambda: session.state == "paused", timeout=RUN_MS)
    before = opened.workbench.setup.config()
    view.button.click()
    assert view.words.text() == "A run goes on: stop it first, then press this again."
    view.back.click()
    assert opened.workbench.setup.config() == before


def test_what_was_done_is_there_again_in_the_next_window(
    write: Write, make_bench: Callable[[], Bench], qtbot: QtBot
) -> None:
    write("Text.\n", "1-first", "First")
    write(TASK, "2-second", "Second")
    bench = make_bench()
    bench.open("2-second")
    (cell,) = bench.cells
    cell.code.setPlainText("z = 0  # mine")
    bench.run(cell)
    bench.close()
    again = make_bench()
    again.show()
    qtbot.waitUntil(lambda: bool(again.cells), timeout=RUN_MS)
    assert again.lessons.open_lesson == "2-second"
    (cell,) = again.cells
    assert cell.code.toPlainText() == "z = 0  # mine"
    assert cell.verdict.text() == "✓ You had this right."
    assert cell.state.text() == "Ran earlier"
    assert again.lessons.panel.title.text() == "✓ 1 of 1 right"
    cell.reset.click()
    assert cell.code.toPlainText() == "z = ..."
    assert not cell.reset.isEnabled()
    cell.code.undo()
    assert cell.code.toPlainText() == "z = 0  # mine"


def test_a_damaged_file_of_progress_is_set_aside_and_said(
    write: Write, make_bench: Callable[[], Bench], trainyard_home
) -> None:
    write(TASK)
    trainyard_home.mkdir(parents=True, exist_ok=True)
    (trainyard_home / "lessons.json").write_text("{")
    bench = make_bench()
    bench.show()
    assert "could not be read" in bench.window.statusBar().currentMessage()
    assert (trainyard_home / "lessons.damaged.json").exists()


def test_a_cell_goes_on_while_another_lesson_is_open(write: Write, bench: Open, qtbot: QtBot) -> None:
    write("```python cell\ngate.wait(60)\nprint('through')\n```\n", "1-small")
    write("Text.\n", "2-other")
    opened = bench("1-small")
    import threading

    gate = threading.Event()
    kernel = opened.workbench.console.kernel
    kernel.execute("1", lambda _output: None).result(60)
    kernel.namespace["gate"] = gate
    opened.cells[0].run.click()
    opened.open("2-other")
    gate.set()
    opened.settle()
    opened.open("1-small")
    assert outputs(opened.cells[0])[0].strip() == "through"


def test_letters_can_be_made_larger_and_stay_so(write: Write, make_bench: Callable[[], Bench]) -> None:
    write(f"Text.\n\n```python cell\n1\n```\n{TASK}{SETUP}\n```python sell\n```\n")
    bench = make_bench()
    bench.open("1-small")
    before = bench.cells[0].code.font().pointSizeF()
    bench.lessons.panel.larger.click()
    assert bench.cells[0].code.font().pointSizeF() > before
    larger = bench.cells[0].code.font().pointSizeF()
    bench.close()
    again = make_bench()
    again.open("1-small")
    assert again.cells[0].code.font().pointSizeF() == pytest.approx(larger)


def test_everything_that_can_be_pressed_or_written_in_has_a_name(write: Write, bench: Open) -> None:
    write(TASK + "\n```python cell\n1\n```\n")
    opened = bench()
    for cell in opened.cells:
        parts = [cell, cell.code, cell.run, cell.above, cell.reset, cell.verdict]
        assert all(part.accessibleName() for part in parts)
    assert opened.reader.accessibleName()


def test_every_set_up_button_of_our_lessons_sets_exactly_what_it_says(window: MainWindow) -> None:
    workbench = window.workbench
    assert workbench is not None
    setter, found = WorkbenchSetter(workbench), 0
    for spec in workbench.registry.lessons.values():
        for block in read_lesson_file(spec.file, spec.id).blocks:
            if not isinstance(block, SetUp):
                continue
            found += 1
            words, _before = setter.apply(replace(block, then=""))
            config, asked = workbench.setup.config(), resolve(workbench.registry, block)
            assert config is not None and (asked is None or asked == config), (spec.id, block.line, words)
    assert found > 8


def test_a_lesson_is_taken_up_where_it_was_left(write: Write, bench: Open, qtbot: QtBot) -> None:
    write("\n".join(f"Text {n}.\n\n```python cell\nx = {n}\n```\n" for n in range(20)))
    write("Text.\n", "2-other")
    opened = bench("1-small")
    bar, progress = opened.reader.verticalScrollBar(), opened.lessons.progress
    qtbot.waitUntil(lambda: bar.maximum() > 1000)
    bar.setValue(opened.reader.views[25].y())
    qtbot.waitUntil(lambda: progress.of("1-small").place > 20)
    place = progress.of("1-small").place
    opened.open("2-other")
    opened.open("1-small")
    qtbot.waitUntil(lambda: bar.value() == opened.reader.views[place].y() > 500)
    assert progress.of("1-small").place == place
