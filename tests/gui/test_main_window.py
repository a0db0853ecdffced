"""The real window, driven by its buttons."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest
from PySide6.QtCore import Qt
from PySide6.QtWidgets import QComboBox, QPushButton, QWidget
from pytestqt.qtbot import QtBot

from core.events import EpochEnded, Event, Paused, Problem, RunEnded, StepsLogged
from core.run_index import RunIndex
from core.runs import RunStore
from core.views import View
from gui.demo import SAMPLE, drop
from gui.main_window import MainWindow
from gui.workbench import Workbench
from tests.gui.conftest import RUN_MS

ROOT = Path(__file__).parents[2]
EPOCHS = 10
NAMES = (
    *("network_picker", "dataset_picker", "optimizer_picker"),
    *("start_button", "pause_button", "step_button", "stop_button"),
    *("loss_plot", "accuracy_plot", "progress", "drop_zone", "draw_pad", "prediction_view", "problems_panel"),
)


def bench(window: MainWindow) -> Workbench:
    assert window.workbench is not None
    return window.workbench


def click(window: MainWindow, name: str, qtbot: QtBot) -> None:
    button = window.findChild(QPushButton, f"{name}_button")
    assert button is not None
    assert button.isEnabled(), name
    qtbot.mouseClick(button, Qt.MouseButton.LeftButton)


def listen(window: MainWindow) -> list[Event]:
    """Every event of the window's runs, as they are handed to it."""
    heard: list[Event] = []
    bench(window).session.events.connect(heard.extend)
    return heard


def wait_for(qtbot: QtBot, window: MainWindow, state: str) -> None:
    qtbot.waitUntil(lambda: bench(window).session.state == state, timeout=RUN_MS)


def set_epochs(window: MainWindow, epochs: int) -> None:
    bench(window).setup.forms["training"].set_values({"epochs": epochs})


@pytest.mark.parametrize("name", NAMES)
def test_a_window_made_without_arguments_has_every_name_for_automation(window: MainWindow, name: str) -> None:
    assert window.findChild(QWidget, name) is not None


def test_a_new_window_offers_lenet_on_digits_and_start_is_possible(window: MainWindow) -> None:
    pickers = {name: window.findChild(QComboBox, f"{name}_picker") for name in ("network", "dataset", "optimizer")}
    chosen = {name: picker.currentData() for name, picker in pickers.items() if picker}
    assert chosen == {"network": "lenet", "dataset": "digits", "optimizer": "adamw"}
    assert bench(window).run_bar.buttons["start"].isEnabled()
    assert window.statusBar().currentMessage() == "Ready: press Start to train LeNet on Digits (scikit-learn)."


def test_start_trains_the_default_network_and_a_dropped_picture_is_recognised(window: MainWindow, qtbot: QtBot) -> None:
    set_epochs(window, EPOCHS)  # that it reads well after all 40 is shown on the command line
    heard = listen(window)
    with qtbot.waitSignal(bench(window).session.ended, timeout=RUN_MS) as ended:
        click(window, "start", qtbot)
    event: RunEnded = ended.args[0]
    losses = [loss for e in heard if isinstance(e, StepsLogged) for loss in e.metrics["loss"].tolist()]
    assert event.state == "finished"
    assert len(losses) == event.step == 40 * EPOCHS
    assert sum(losses[-40:]) < 0.25 * sum(losses[:40])
    with qtbot.waitSignal(bench(window).answers.answered, timeout=RUN_MS) as answered:
        drop(bench(window).try_it.drop_zone, SAMPLE)
    assert answered.args[0].labels[0] == "7"


def test_the_curves_hold_every_step_and_every_epoch(window: MainWindow, qtbot: QtBot) -> None:
    set_epochs(window, 3)
    with qtbot.waitSignal(bench(window).session.ended, timeout=RUN_MS):
        click(window, "start", qtbot)
    plot = bench(window).curves.plots["loss"]
    assert plot.curve("training").xs.tolist() == list(range(1, 121))
    assert plot.curve("validation").xs.tolist() == [40, 80, 120]


def test_pause_waits_resume_goes_on_and_step_takes_exactly_one(window: MainWindow, qtbot: QtBot) -> None:
    heard = listen(window)
    click(window, "step", qtbot)
    wait_for(qtbot, window, "paused")
    assert [e.step for e in heard if isinstance(e, Paused)] == [1]
    with qtbot.waitSignal(bench(window).session.events, timeout=RUN_MS):
        click(window, "step", qtbot)
    qtbot.waitUntil(lambda: [e.step for e in heard if isinstance(e, Paused)] == [1, 2], timeout=RUN_MS)
    assert bench(window).run_bar.buttons["pause"].text() == "Resume"
    click(window, "pause", qtbot)
    qtbot.waitUntil(lambda: any(isinstance(e, EpochEnded) for e in heard), timeout=RUN_MS)
    click(window, "pause", qtbot)
    wait_for(qtbot, window, "paused")
    with qtbot.waitSignal(bench(window).session.ended, timeout=RUN_MS) as ended:
        click(window, "stop", qtbot)
    assert ended.args[0].state == "stopped"


def test_a_picture_dropped_on_a_paused_run_is_answered_with_the_weights_of_that_step(
    window: MainWindow, qtbot: QtBot
) -> None:
    click(window, "step", qtbot)
    wait_for(qtbot, window, "paused")
    with qtbot.waitSignal(bench(window).answers.answered, timeout=RUN_MS) as answered:
        drop(bench(window).try_it.drop_zone, SAMPLE)
    assert answered.args[0].model == "LeNet after 1 steps"


def test_a_picture_dropped_during_training_is_answered_and_the_run_goes_on(window: MainWindow, qtbot: QtBot) -> None:
    heard = listen(window)
    set_epochs(window, 500)
    click(window, "start", qtbot)
    wait_for(qtbot, window, "running")
    with qtbot.waitSignal(bench(window).answers.answered, timeout=RUN_MS):
        drop(bench(window).try_it.drop_zone, SAMPLE)
    heard.clear()
    qtbot.waitUntil(lambda: any(isinstance(e, StepsLogged) for e in heard), timeout=RUN_MS)
    assert bench(window).session.state == "running"


def test_a_picture_dropped_before_the_first_run_gets_a_hint(window: MainWindow) -> None:
    drop(bench(window).try_it.drop_zone, SAMPLE)
    assert "Press Start first" in bench(window).try_it.prediction_view.problem()


@pytest.mark.parametrize("kind", ["text", "truncated", "empty", "ten files", "address"])
def test_a_bad_picture_gets_a_sentence_and_the_training_goes_on(
    window: MainWindow, qtbot: QtBot, tmp_path: Path, kind: str
) -> None:
    heard, complaints = listen(window), []
    panel = bench(window).try_it
    original = panel.show_problem

    def note(sentence: str) -> None:
        complaints.append(sentence)
        original(sentence)

    panel.show_problem = note  # type: ignore[method-assign]
    set_epochs(window, 500)
    click(window, "start", qtbot)
    wait_for(qtbot, window, "running")
    drop(panel.drop_zone, *bad_pictures(kind, tmp_path))
    qtbot.waitUntil(lambda: bool(complaints), timeout=RUN_MS)
    heard.clear()
    qtbot.waitUntil(lambda: any(isinstance(e, StepsLogged) for e in heard), timeout=RUN_MS)
    assert complaints[0].endswith(".")
    assert "Traceback" not in complaints[0]
    assert bench(window).session.state == "running"
    assert bench(window).problems.count() == 0


def bad_pictures(kind: str, folder: Path) -> list[Path | str]:
    path = folder / "picture.png"
    if kind == "text":
        path.write_text("no picture")
    elif kind == "truncated":
        path.write_bytes(SAMPLE.read_bytes()[:5000])
    elif kind == "empty":
        path.touch()
    elif kind == "ten files":
        return [SAMPLE] * 10
    elif kind == "address":
        return ["https://example.org/seven.png"]
    return [path]


def test_closing_during_a_run_asks_and_then_stops_and_keeps_it(
    make_window: Callable[[], MainWindow], qtbot: QtBot, monkeypatch: pytest.MonkeyPatch, trainyard_home: Path
) -> None:
    window = make_window()
    asked: list[bool] = []
    monkeypatch.setattr(MainWindow, "confirm_close", lambda self: asked.append(True) or len(asked) > 1)
    set_epochs(window, 500)
    click(window, "start", qtbot)
    wait_for(qtbot, window, "running")
    window.close()
    assert window.isVisible(), "the first answer was to keep training"
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=RUN_MS)
    assert len(asked) == 2
    (kept,) = RunIndex(RunStore(trainyard_home / "runs")).runs()
    assert kept.state == "stopped"
    assert list((trainyard_home / "runs" / kept.id / "checkpoints").glob("step-*/weights.safetensors"))


def test_a_broken_plugin_is_named_in_the_problems_panel_and_the_others_work(
    trainyard_home: Path, make_window: Callable[[], MainWindow]
) -> None:
    (trainyard_home / "plugins").mkdir(parents=True)
    (trainyard_home / "plugins" / "broken.py").write_text("import no_such_module\n")
    window = make_window()
    assert bench(window).problems.count() == 1
    assert window.docks["problems"].isVisible()
    assert bench(window).run_bar.buttons["start"].isEnabled()


def test_a_callback_that_raises_is_named_and_the_run_finishes(
    trainyard_home: Path, make_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    (trainyard_home / "plugins").mkdir(parents=True)
    (trainyard_home / "plugins" / "moody.py").write_text(
        "from core.api import Callback, hookimpl\n"
        "class Moody(Callback):\n    def on_epoch(self, event):\n        raise RuntimeError('not today')\n"
        "@hookimpl\ndef make_callbacks(run):\n    return [Moody()]\n"
    )
    window = make_window()
    heard = listen(window)
    set_epochs(window, 2)
    with qtbot.waitSignal(bench(window).session.ended, timeout=RUN_MS) as ended:
        click(window, "start", qtbot)
    assert ended.args[0].state == "finished"
    assert ["moody" in e.summary and "not today" in e.details for e in heard if isinstance(e, Problem)] == [True]
    assert bench(window).problems.count() == 1


def test_a_wrong_setting_disables_start_and_says_why(window: MainWindow) -> None:
    bench(window).setup.forms["training"].set_values({"epochs": "none"})
    assert not bench(window).run_bar.buttons["start"].isEnabled()
    assert "Epochs" in window.statusBar().currentMessage()


def test_the_view_is_drawn_at_a_pause_and_at_the_end(window: MainWindow, qtbot: QtBot) -> None:
    stamps: list[str] = []
    views = bench(window).views
    original = views.show_view

    def note(id: str, view: View, stamp: str = "") -> None:
        stamps.append(stamp)
        original(id, view, stamp)

    views.show_view = note  # type: ignore[method-assign]
    set_epochs(window, 1)
    click(window, "step", qtbot)
    wait_for(qtbot, window, "paused")
    assert stamps[-1] == "at step 1"
    with qtbot.waitSignal(bench(window).session.ended, timeout=RUN_MS):
        click(window, "pause", qtbot)
    assert stamps[-1] == "at step 40"


def test_the_window_remembers_its_layout(make_window: Callable[[], MainWindow]) -> None:
    first = make_window()
    first.docks["views"].hide()
    first.close()
    second = make_window()
    assert not second.docks["views"].isVisible()
    assert second.docks["setup"].isVisible()
    second.reset_layout()
    assert second.docks["views"].isVisible()


def test_the_first_paint_comes_before_torch_is_imported() -> None:
    script = (
        "import sys\n"
        "from gui import app\n"
        "from gui.main_window import MainWindow\n"
        "application = app.make_application('light')\n"
        "window = MainWindow(load=False)\n"
        "class Painted(app.FirstPaint):\n"
        "    def eventFilter(self, watched, event):\n"
        "        done = super().eventFilter(watched, event)\n"
        "        if event.type() == event.Type.Paint:\n"
        "            print('torch' in sys.modules, 'numpy' in sys.modules); application.quit()\n"
        "        return done\n"
        "Painted(window); window.show(); application.exec()\n"
    )
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", script], cwd=ROOT, env=environment, capture_output=True, text=True, check=True
    )
    assert done.stdout.split() == ["False", "False"]


def test_the_window_has_no_torch_of_its_own() -> None:
    script = "import sys, gui.workbench, gui.demo, gui.app; print('torch' in sys.modules)"
    done = subprocess.run([sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "False"


ENDLESS = """
from threading import Event
from core.api import DatasetSpec, hookimpl

def prepare(config, folders, progress):
    done = 0
    while True:
        progress(done, 1000, "Downloading endless pictures")
        done = min(done + 1, 999)
        Event().wait(0.001)

@hookimpl
def register_datasets():
    return [DatasetSpec("endless", "Endless", "image-classification", "none", load=lambda c, f: None, prepare=prepare)]
"""


def test_a_download_shows_its_progress_and_can_be_cancelled(
    trainyard_home: Path, make_window: Callable[[], MainWindow], qtbot: QtBot
) -> None:
    (trainyard_home / "plugins").mkdir(parents=True)
    (trainyard_home / "plugins" / "endless.py").write_text(ENDLESS)
    window = make_window()
    bench(window).setup.data.pick("endless")
    click(window, "start", qtbot)
    bar = bench(window).run_bar
    qtbot.waitUntil(lambda: bar.progress.maximum() == 1000 and bar.progress.value() > 0, timeout=RUN_MS)
    assert "Downloading endless pictures" in bar.words.text()
    assert bar.buttons["stop"].text() == "Cancel"
    with qtbot.waitSignal(bench(window).session.ended, timeout=RUN_MS) as ended:
        click(window, "stop", qtbot)
    assert (ended.args[0].state, ended.args[0].run) == ("stopped", "")
    assert not list((trainyard_home / "runs").glob("*"))
    assert bar.buttons["start"].isEnabled()


def test_the_window_fits_the_screen_of_a_small_laptop_whatever_is_open(window: MainWindow, qtbot: QtBot) -> None:
    workbench = bench(window)
    window.resize(1366, 700)  # of 1366 × 768 the system's bars leave no more
    set_epochs(window, 1)
    with qtbot.waitSignal(workbench.session.ended, timeout=RUN_MS):
        click(window, "start", qtbot)
    workbench.pages.show_page(workbench.results_page)
    qtbot.waitUntil(lambda: workbench.results_page.judgement() is not None, timeout=RUN_MS)
    for name in ("lessons", "console"):
        window.docks[name].show()
        window.docks[name].raise_()
    qtbot.waitUntil(lambda: workbench.console.front is not None, timeout=RUN_MS)
    for tabs in (workbench.pages, workbench.inside.page):
        workbench.pages.show_page(workbench.inside.page)
        for index in range(tabs.count()):
            tabs.setCurrentIndex(index)
            qtbot.waitUntil(tabs.widget(index).isVisible)
    least = window.minimumSizeHint()
    assert (window.width(), window.height()) == (1366, 700)
    assert least.width() <= 1366 and least.height() <= 700
