"""The page of runs: found, compared, written about, thrown away and brought back."""

from __future__ import annotations

import shlex
from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from PySide6.QtCore import Qt
from PySide6.QtGui import QGuiApplication
from pytestqt.qtbot import QtBot

from core.cli import parser
from core.cli.train import asked
from core.data import DataInfo
from core.discovery import discover
from core.events import EpochEnded, RunEnded, RunStarted, StepsLogged
from core.history import RunCurves, RunNotes, line_of, read_notes
from core.registry import Registry
from core.run_config import RunConfig
from core.runs import Run, RunStore
from gui.history import History, HistoryPage
from gui.history.history import command_of, short_title
from gui.session import Session

INFO = DataInfo((1, 8, 8), ("a", "b"))


def kept(store: RunStore, network: str = "lenet", loss: float = 0.5, **asked: object) -> Run:
    """A run as the trainer would have left it."""
    run = store.new(network, "digits")
    run.begin(RunConfig(**{"network": network, "data": "digits", **asked}), INFO, {})
    run.record(RunStarted(run.id, network, "digits", "cpu", 3, 1, 3))
    losses = np.array([3, 2, loss], np.float32)
    run.record(StepsLogged(1, {"loss": losses}, np.full(3, 0.1, np.float32), 1.0, 0.0))
    run.record(EpochEnded(1, 3, {"loss": loss}, {"loss": loss}))
    run.end(RunEnded(run.id, "finished", 3, {"val_loss": loss, "seconds": 2.0, "epochs": 1}))
    return run


@pytest.fixture
def history(qtbot: QtBot) -> Iterator[History]:
    session = Session(Registry())
    page = HistoryPage()
    qtbot.addWidget(page)
    made = History(session, page)
    yield made
    made.close()


def opened(qtbot: QtBot, history: History) -> HistoryPage:
    page, store = history.page, history._store
    page.show()
    qtbot.waitUntil(lambda: page.table.runs.total == len(store.folders()))
    return page


def titles(page: HistoryPage) -> list[str]:
    return [page.table.runs.line(row).title for row in range(page.table.runs.rowCount())]


def test_without_runs_it_says_how_to_make_one(qtbot: QtBot, history: History) -> None:
    page = opened(qtbot, history)
    qtbot.waitUntil(lambda: "Press Start" in page._hint.text())
    assert page._hint.isVisible()


def test_runs_are_listed_and_typing_finds_them(qtbot: QtBot, history: History) -> None:
    first = kept(history._store, optimizer_settings={"lr": 0.25})
    second = kept(history._store, "char_rnn")
    page = opened(qtbot, history)
    assert set(titles(page)) == {first.id, second.id}
    for text, found in (("char finished", [second.id]), ("lr=0.25", [first.id]), ("nothing", [])):
        page.filter.setText(text)
        assert titles(page) == found
    assert "Clear the filter" in page._hint.text()
    assert page.count.text() == "0 of 2 runs"


def test_runs_are_sorted_by_numbers_and_those_without_come_last(qtbot: QtBot, history: History) -> None:
    losses = {kept(history._store, loss=loss).id: loss for loss in (0.5, 10.0, 0.25)}
    begun = history._store.new("lenet", "digits")
    begun.begin(RunConfig(), INFO, {})
    page = opened(qtbot, history)
    column = next(i for i in range(20) if page.table.runs.headerData(i, Qt.Orientation.Horizontal) == "Val. loss")
    for order, sign in ((Qt.SortOrder.AscendingOrder, 1), (Qt.SortOrder.DescendingOrder, -1)):
        page.table.sortByColumn(column, order)
        assert titles(page) == [*sorted(losses, key=lambda id: sign * losses[id]), begun.id]
    begun.release()


def test_pinned_runs_are_on_top_and_hidden_ones_away_until_they_are_asked_for(qtbot: QtBot, history: History) -> None:
    ids = [kept(history._store).id for _ in range(3)]
    page = opened(qtbot, history)
    page.table.select((ids[0],))
    page.actions_["pin"].trigger()
    qtbot.waitUntil(lambda: titles(page)[0] == ids[0] and page.table.runs.line(0).notes.pinned)
    assert page.table.runs.data(page.table.runs.index(0, 0)).startswith("★")
    page.actions_["hide"].trigger()
    qtbot.waitUntil(lambda: ids[0] not in titles(page))
    assert page.hidden.text() == "Hidden (1)"
    page.hidden.setChecked(True)
    assert ids[0] in titles(page)


def test_deleted_runs_come_back_when_that_is_undone(qtbot: QtBot, history: History) -> None:
    ids = {kept(history._store).id for _ in range(3)}
    page = opened(qtbot, history)
    gone = tuple(sorted(ids))[:2]
    page.table.select(gone)
    page.actions_["delete"].trigger()
    qtbot.waitUntil(lambda: page.table.runs.total == 1)
    assert page._undo_strip.isVisible()
    assert page._undo_words.text() == "2 runs deleted."
    page.actions_["undo"].trigger()
    qtbot.waitUntil(lambda: set(titles(page)) == ids)
    assert not page._undo_strip.isVisible()


def test_a_run_that_is_trained_is_not_deleted_and_that_is_said(qtbot: QtBot, history: History) -> None:
    run = history._store.new("lenet", "digits")
    run.begin(RunConfig(), INFO, {})
    page = opened(qtbot, history)
    page.table.select((run.id,))
    with qtbot.waitSignal(history.failed) as said:
        page.actions_["delete"].trigger()
    assert "is being trained: stop it first" in said.args[0]
    run.release()


def test_name_tags_and_note_are_kept_as_they_are_written(qtbot: QtBot, history: History) -> None:
    run = kept(history._store)
    page = opened(qtbot, history)
    page.table.select((run.id,))
    page.actions_["rename"].trigger()
    page.notes.name.setText("the good one")
    page.notes.tags.setText("class, class , fast")
    page.notes.note.setPlainText("# Why\nBecause.")
    page.notes.save()
    qtbot.waitUntil(lambda: titles(page) == ["the good one"])
    assert read_notes(run) == RunNotes(name="the good one", note="# Why\nBecause.", tags=("class", "fast"))
    page.notes.switch.setChecked(True)
    assert "Because." in page.notes.preview.toPlainText()


def test_what_is_being_written_is_kept_when_another_run_is_selected(qtbot: QtBot, history: History) -> None:
    first, second = kept(history._store), kept(history._store)
    page = opened(qtbot, history)
    page.table.select((first.id,))
    page.notes.note.setPlainText("half a thou")
    page.table.select((second.id,))
    assert page.notes.note.toPlainText() == ""
    qtbot.waitUntil(lambda: read_notes(first).note == "half a thou")
    assert read_notes(second).note == ""


def test_the_curves_of_the_selected_runs_are_laid_over_each_other(qtbot: QtBot, history: History) -> None:
    runs = [kept(history._store, loss=loss) for loss in (0.5, 0.25)]
    page = opened(qtbot, history)
    page.table.select(tuple(run.id for run in runs))
    qtbot.waitUntil(lambda: len(page.overlay.plot.names()) == 4)
    for run, loss in zip(runs, (0.5, 0.25), strict=True):
        np.testing.assert_allclose(page.overlay.plot.curve(short_title(run.id)).ys, [3, 2, loss])
    page.overlay.axis_picker.setCurrentIndex(page.overlay.axis_picker.findData("epoch"))
    np.testing.assert_allclose(page.overlay.plot.curve(short_title(runs[0].id)).xs, [1 / 3, 2 / 3, 1])
    assert page.differences.model.rowCount() == 2


def test_runs_of_one_name_are_both_drawn(qtbot: QtBot) -> None:
    page = HistoryPage()
    qtbot.addWidget(page)
    steps = np.arange(1.0, 3.0)
    curves = RunCurves(steps, steps, steps, {"loss": steps})
    page.show_curves({"a": ("same", curves), "b": ("same", curves)})
    assert len(page.overlay.plot.names()) == 2


def test_copied_settings_are_a_command_line_that_asks_for_the_same_run(qtbot: QtBot, history: History) -> None:
    registry = discover("plugins", installed=False)
    options = ["train", "lenet", "--optimizer", "sgd", "--lr", "0.25", "--epochs", "3", "--set", "augment=false"]
    config = asked(parser().parse_args(options), registry)
    run = history._store.new("lenet", "digits")
    run.begin(config, INFO, {})
    run.release()
    page = opened(qtbot, history)
    page.table.select((run.id,))
    page.actions_["copy"].trigger()
    command = QGuiApplication.clipboard().text()
    assert command == command_of(line_of(run))
    again = asked(parser().parse_args(shlex.split(command)[2:]), registry)
    assert again == config


def test_a_selection_survives_news_and_another_order(qtbot: QtBot, history: History) -> None:
    ids = [kept(history._store, loss=loss).id for loss in (0.5, 0.25, 1.0)]
    page = opened(qtbot, history)
    page.table.select((ids[1],))
    kept(history._store)
    history.refresh()
    qtbot.waitUntil(lambda: page.table.runs.total == 4)
    page.table.sortByColumn(2, Qt.SortOrder.AscendingOrder)
    assert [line.id for line in page.table.selected()] == [ids[1]]


def test_the_folder_of_runs_may_vanish(qtbot: QtBot, history: History, tmp_path: Path) -> None:
    import shutil

    kept(history._store)
    page = opened(qtbot, history)
    shutil.rmtree(history._store.folder)
    history.refresh()
    qtbot.waitUntil(lambda: page.table.runs.total == 0)
