"""Two windows on one home: neither takes anything away from the other."""

from __future__ import annotations

from collections.abc import Callable

from pytestqt.qtbot import QtBot

from core.events import RunEnded
from core.run_config import run_config
from gui.main_window import MainWindow
from gui.workbench import Workbench
from tests.gui.conftest import RUN_MS


def test_a_run_of_one_window_is_seen_in_the_other_and_can_be_neither_deleted_nor_resumed_there(
    make_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    trains, looks = (bench(make_window()) for _ in range(2))
    with qtbot.waitSignal(trains.session.started, timeout=RUN_MS) as started:
        trains.train(run_config(trains.registry.networks["lenet"], None, epochs=1000))
    run = started.args[0].run
    looks.pages.setCurrentWidget(looks.runs_page)
    table = looks.runs_page.table
    qtbot.waitUntil(lambda: table.runs.total == 1, timeout=RUN_MS)
    line = table.runs.line(0)
    assert (line.id, line.state) == (run, "running")
    with qtbot.waitSignal(looks.history.failed, timeout=RUN_MS) as refused:
        looks.history.delete([line])
    assert "is being trained: stop it first" in refused.args[0]
    with qtbot.waitSignal(looks.session.ended, timeout=RUN_MS) as other:
        looks.runs_page.resume_asked.emit(line)
    assert "is being trained already" in other.args[0].error
    with qtbot.waitSignal(trains.session.ended, timeout=RUN_MS) as own:
        trains.session.stop()
    event: RunEnded = own.args[0]
    assert (event.run, event.state, event.error) == (run, "stopped", "")
    assert trains.session.store.find(run).state() == "stopped"


def bench(window: MainWindow) -> Workbench:
    assert window.workbench is not None
    return window.workbench
