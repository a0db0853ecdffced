"""The queue: one run after the other, in the order that the person gave them."""

from __future__ import annotations

from pytestqt.qtbot import QtBot

from core.history import RunLine
from core.run_config import RunConfig, run_config
from core.run_index import RunIndex
from core.sweep import SweepSettings, parse_space
from gui.main_window import MainWindow
from gui.queue.entries import Entry
from gui.queue.run_queue import WAITS
from gui.queue.sweep_dialog import SweepDialog
from gui.workbench import QUEUE_TRAINS, Workbench
from tests.gui.conftest import RUN_MS


def bench(window: MainWindow) -> Workbench:
    assert window.workbench is not None
    return window.workbench


def short(workbench: Workbench, **wishes: object) -> RunConfig:
    return run_config(workbench.registry.networks["lenet"], None, epochs=1, batch_size=256, threads=1, **wishes)


def runs(workbench: Workbench) -> list[RunLine]:
    return list(reversed(RunIndex(workbench.session.store).runs()))


def finished(qtbot: QtBot, workbench: Workbench) -> None:
    qtbot.waitUntil(lambda: not workbench.queue.running and not workbench.session.active, timeout=RUN_MS)


def test_runs_are_trained_one_after_the_other_and_one_that_fails_does_not_stop_the_rest(
    qtbot: QtBot, window: MainWindow
) -> None:
    workbench = bench(window)
    entries = [Entry(short(workbench, seed=seed)) for seed in (1, 2)]
    broken = Entry(short(workbench, device="abacus"))
    for entry in (entries[0], broken, entries[1]):
        workbench.queue.add(entry)
    assert not workbench.session.active
    workbench.queue_page.buttons["start"].click()
    finished(qtbot, workbench)
    assert [entry.state for entry in workbench.queue.entries] == ["finished", "failed", "finished"]
    assert "no device 'abacus'" in broken.words
    assert "accuracy" in entries[0].words
    assert [line.settings["seed"] for line in runs(workbench)] == [1, 2]


def begin_an_endless_cell(qtbot: QtBot, workbench: Workbench) -> None:
    workbench.console.kernel.execute("begun = True\nwhile True: pass", lambda output: None)
    qtbot.waitUntil(lambda: "begun" in workbench.console.kernel.namespace, timeout=RUN_MS)


def test_the_queue_waits_for_the_cell_that_runs(qtbot: QtBot, window: MainWindow) -> None:
    workbench = bench(window)
    entry = Entry(short(workbench))
    workbench.queue.add(entry)
    begin_an_endless_cell(qtbot, workbench)
    workbench.queue_page.buttons["start"].click()
    assert workbench.queue.running
    assert (entry.state, workbench.session.active) == ("waiting", False)
    assert window.statusBar().currentMessage() == WAITS
    workbench.console.interrupt()
    finished(qtbot, workbench)
    assert entry.state == "finished"


def sweep_whose_trial_waits(qtbot: QtBot, window: MainWindow) -> Entry:
    """A sweep that a cell keeps from its first trial."""
    workbench = bench(window)
    space = parse_space(["seed=1,2"])
    entry = Entry(short(workbench), space, SweepSettings(trials=2, prune=False))
    begin_an_endless_cell(qtbot, workbench)
    workbench.queue.entries.append(entry)
    workbench.queue.running = True
    workbench.queue._current = entry
    with qtbot.waitSignal(workbench.queue.told, timeout=RUN_MS, check_params_cb=lambda words: words == WAITS):
        workbench.queue._begin_sweep(entry)
    return entry


def test_a_trial_waits_for_the_cell_that_runs_and_start_does_not_take_its_place(
    qtbot: QtBot, window: MainWindow
) -> None:
    entry, workbench = sweep_whose_trial_waits(qtbot, window), bench(window)
    workbench.press("start")
    assert window.statusBar().currentMessage() == QUEUE_TRAINS
    workbench.console.interrupt()
    finished(qtbot, workbench)
    assert entry.state == "finished"
    assert sorted(line.settings["seed"] for line in runs(workbench)) == [1, 2]


def test_a_trial_that_waits_can_be_stopped(qtbot: QtBot, window: MainWindow) -> None:
    entry, workbench = sweep_whose_trial_waits(qtbot, window), bench(window)
    assert workbench.queue._sweep is not None
    workbench.queue._sweep.stop()
    finished(qtbot, workbench)
    assert entry.state == "failed"
    assert runs(workbench) == []
    workbench.console.interrupt()


def test_entries_are_moved_removed_and_brought_back(window: MainWindow) -> None:
    workbench = bench(window)
    queue, page = workbench.queue, workbench.queue_page
    entries = [Entry(short(workbench, seed=seed)) for seed in range(3)]
    for entry in entries:
        queue.add(entry)
    page.list.topLevelItem(2).setSelected(True)
    page.buttons["up"].click()
    assert queue.entries == [entries[0], entries[2], entries[1]]
    assert page.selected() == [entries[2]]
    page.buttons["remove"].click()
    assert queue.entries == [entries[0], entries[1]]
    page.buttons["undo"].click()
    assert queue.entries == [entries[0], entries[2], entries[1]]
    assert not page.buttons["undo"].isEnabled()


def test_the_set_up_is_added_as_it_is(window: MainWindow) -> None:
    workbench = bench(window)
    workbench.setup.forms["training"].set_values({"epochs": 7})
    workbench.queue_page.buttons["add"].click()
    (entry,) = workbench.queue.entries
    assert entry.config == workbench.setup.config()
    assert "epochs 7" in entry.details


def test_a_held_queue_ends_its_run_and_begins_no_other(qtbot: QtBot, window: MainWindow) -> None:
    workbench = bench(window)
    entries = [Entry(short(workbench, seed=seed)) for seed in range(2)]
    for entry in entries:
        workbench.queue.add(entry)
    with qtbot.waitSignal(workbench.session.started, timeout=RUN_MS):
        workbench.queue.start()
    workbench.queue.hold()
    qtbot.waitUntil(lambda: not workbench.session.active, timeout=RUN_MS)
    assert [entry.state for entry in entries] == ["finished", "waiting"]


def test_a_sweep_trains_its_trials_through_the_window(qtbot: QtBot, window: MainWindow) -> None:
    workbench = bench(window)
    space = parse_space(["lr=1e-9,4e-3", "seed=1,2"])
    entry = Entry(short(workbench), space, SweepSettings(trials=4, prune=False))
    workbench.queue.add(entry)
    workbench.queue.start()
    finished(qtbot, workbench)
    assert entry.state == "finished"
    assert entry.words.startswith("4 of 4 trials, best val_loss ")
    lines = runs(workbench)
    assert sorted((line.settings["optimizer.lr"], line.settings["seed"]) for line in lines) == [
        (1e-9, 1),
        (1e-9, 2),
        (4e-3, 1),
        (4e-3, 2),
    ]
    assert len({line.notes.tags for line in lines}) == 1
    assert lines[0].notes.tags[0].startswith("sweep lenet-")


def test_a_window_that_is_closed_ends_the_sweep(qtbot: QtBot, window: MainWindow) -> None:
    workbench = bench(window)
    entry = Entry(short(workbench), parse_space(["seed=0..1000"]), SweepSettings(trials=50))
    workbench.queue.add(entry)
    with qtbot.waitSignal(workbench.session.started, timeout=RUN_MS):
        workbench.queue.start()
    workbench.queue.close()
    with qtbot.waitSignal(workbench.session.ended, timeout=RUN_MS):
        workbench.session.stop()
    assert len(runs(workbench)) == 1


def test_the_dialog_says_what_will_be_tried_or_what_is_wrong(qtbot: QtBot, window: MainWindow) -> None:
    workbench = bench(window)
    workbench.planning.plan_sweep()
    (dialog,) = window.findChildren(SweepDialog)
    assert dialog.ok.isEnabled()
    assert "20 trials of optimizer.lr 0.0004 to 0.04 (log)" in dialog.words.text()
    dialog.rows[0].values.setText("2..1")
    assert not dialog.ok.isEnabled()
    assert "from a smaller to a larger" in dialog.words.text()
    dialog.rows[0].values.setText("1e-3, 1e-2")
    dialog.add_row("batch_size", "0, 16")
    assert "at least 1" in dialog.words.text()
    dialog.remove_row(dialog.rows[1])
    with qtbot.waitSignal(dialog.asked) as asked:
        dialog.ok.click()
    assert asked.args[0].space["optimizer.lr"].values == ("1e-3", "1e-2")
    workbench.queue.hold()
