"""A step taken apart in the real window, with its buttons and keys."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from PySide6.QtCore import QPoint, Qt
from PySide6.QtGui import QAction, QKeySequence
from PySide6.QtWidgets import QPushButton
from pytestqt.qtbot import QtBot

from core.events import Event, RunEnded, StepsLogged
from core.slow_step.records import Phase
from gui.demo import SAMPLE, drop
from gui.main_window import MainWindow
from gui.slow_step.page import NEW_RUN, SlowStepPage
from tests.gui.conftest import RUN_MS


class Bench:
    """The window, its page, and the person's hands."""

    def __init__(self, window: MainWindow, qtbot: QtBot) -> None:
        assert window.workbench is not None
        self.window, self.qtbot, self.workbench = window, qtbot, window.workbench
        self.session = self.workbench.session
        page = window.findChild(SlowStepPage)
        assert page is not None
        self.page = page
        self.page.controls.speed.setCurrentText("At once")
        self.heard: list[Event] = []
        self.session.events.connect(self.heard.extend)
        self.workbench.setup.schedule.pick("constant")

    def press(self, name: str) -> None:
        """Click one of the page's buttons."""
        button = self.window.findChild(QPushButton, f"slow_{name}")
        assert button is not None
        assert button.isEnabled(), name
        self.qtbot.mouseClick(button, Qt.MouseButton.LeftButton)

    def wait(self, done: Callable[[], bool]) -> None:
        self.qtbot.waitUntil(done, timeout=RUN_MS)

    def comes_to(self, phase: Phase, step: int = 1) -> None:
        """Wait until the page shows that phase, and the numbers of the chosen parameter at it."""

        def there() -> bool:
            timeline, numbers = self.page.timeline, self.page._numbers
            if timeline is None or (timeline.record.phase, timeline.record.step) != (phase, step):
                return False
            return numbers is not None and numbers.phase == phase and numbers.name == self.page.weights.chosen()

        self.wait(there)

    def go(self, phase: Phase) -> None:
        """From the beginning to that phase of the first step."""
        self.page.begin.click()
        order: list[Phase] = ["ready", "loss", "gradients", "updated"]
        for each in order[: order.index(phase) + 1]:
            self.comes_to(each)
            if each != phase:
                self.press("skip")

    def weight(self, name: str) -> np.ndarray:
        assert self.session.trainer is not None
        return self.session.trainer.job.model.get_parameter(name).detach().numpy().copy()


@pytest.fixture
def bench(window: MainWindow, qtbot: QtBot) -> Bench:
    return Bench(window, qtbot)


def test_begin_starts_what_is_chosen_and_next_takes_its_first_step_apart(bench: Bench) -> None:
    page = bench.page
    bench.workbench.pages.show_page(bench.workbench.inside.page)
    bench.press("begin")
    bench.comes_to("ready")
    old = bench.weight("conv1.bias")
    assert bench.session.state == "paused"
    assert bench.workbench.run_bar.words.text() == "step 1, taken apart: forward"
    assert page.layers.layers.rowCount() == 0
    assert np.array_equal(page.output.shown(), page.timeline.record.inputs)
    bench.press("next")
    bench.comes_to("loss")
    assert page.layers.layers.rowCount() == 12
    page.weights.choose("conv1.bias")
    bench.comes_to("loss")
    assert page.weights.gradient.text() == "conv1.bias.grad is None"
    bench.press("next")
    bench.comes_to("gradients")
    assert page.weights.gradient.text().startswith("conv1.bias.grad: 6 numbers, norm ")
    assert "new (when the step is finished) = " in page.weights.formula.toPlainText()
    assert np.array_equal(bench.weight("conv1.bias"), old)
    bench.press("next")
    bench.comes_to("updated")
    new = bench.weight("conv1.bias")
    assert not np.array_equal(new, old)
    assert np.array_equal(page._numbers.new, new)
    assert np.array_equal(page._numbers.old, old)
    bench.wait(lambda: bench.window.statusBar().currentMessage().startswith("Step 1 is taken."))
    assert bench.workbench.run_bar.words.text().startswith("step 1 of")


def test_the_weight_under_the_mouse_or_at_the_arrow_keys_is_worked_out(bench: Bench) -> None:
    page = bench.page
    bench.go("updated")
    page.tabs.setCurrentWidget(page.weights)
    page.weights.choose("fc3.weight")
    bench.comes_to("updated")
    map = page.weights.map
    layout = map.heatmap_layout()
    assert layout is not None
    point = layout.cell(4, 9).center().toPoint()
    bench.qtbot.mouseMove(map.viewport(), QPoint(point.x() - 1, point.y()))
    bench.qtbot.mouseMove(map.viewport(), point)
    assert map.at() == (4, 9)
    weights = bench.weight("fc3.weight")
    said = page.weights.formula.toPlainText()
    assert said.startswith("fc3.weight[4, 9]\n")
    assert f"The model holds {weights[4, 9]:.9g} now.".replace("-", "−") in said
    bench.qtbot.keyClick(map, Qt.Key.Key_Right)
    bench.qtbot.keyClick(map, Qt.Key.Key_Down)
    assert page.weights.formula.toPlainText().startswith("fc3.weight[5, 10]\n")
    assert map.held()
    bench.qtbot.mouseMove(map.viewport(), point)
    assert map.at() == (5, 10)


def test_going_back_shows_the_step_as_it_was(bench: Bench) -> None:
    page = bench.page
    bench.go("updated")
    page.weights.choose("conv1.bias")
    bench.comes_to("updated")
    assert page.strip.stage() == "update"
    page.controls.slider.setValue(3)
    assert page.strip.stage() == "forward"
    assert page.layers.layers.rowCount() == 3
    assert page.weights.gradient.text() == "conv1.bias.grad is None"
    assert "new" not in page.weights.formula.toPlainText()
    bench.press("next")
    assert page.layers.layers.rowCount() == 4
    bench.press("back")
    bench.press("back")
    assert page.layers.layers.rowCount() == 2
    bench.press("skip")
    assert page.layers.layers.rowCount() == 12
    assert bench.session.trainer.step == 1


def test_the_keys_of_the_page_do_what_its_buttons_do(bench: Bench) -> None:
    page, qtbot = bench.page, bench.qtbot
    bench.go("loss")
    page.setFocus()
    end, keys = page.player.end, Qt.KeyboardModifier
    qtbot.keyClick(page.layers, Qt.Key.Key_Left, keys.AltModifier)
    assert page.player.position == end - 1
    qtbot.keyClick(page.layers, Qt.Key.Key_Right, keys.AltModifier)
    assert page.player.position == end
    qtbot.keyClick(page.layers, Qt.Key.Key_Right, keys.AltModifier)
    bench.comes_to("gradients")
    qtbot.keyClick(page.layers, Qt.Key.Key_End, keys.AltModifier)
    bench.comes_to("updated")
    bench.wait(lambda: bench.session.trainer.step == 1)


def test_the_menu_brings_the_page_to_the_front_and_goes_on(bench: Bench) -> None:
    (entry,) = [each for each in bench.window.findChildren(QAction) if each.text() == "&Take a step apart"]
    assert entry.shortcut() == QKeySequence("Shift+F7")
    entry.trigger()
    assert bench.workbench.pages.currentWidget() is bench.workbench.inside.page
    assert bench.workbench.inside.page.currentWidget() is bench.page
    phases: list[Phase] = ["ready", "loss", "gradients", "updated"]
    for phase in phases:
        bench.comes_to(phase)
        entry.trigger()
    bench.comes_to("ready", step=2)
    bench.workbench.run_bar.step_menu.menu().actions()[0].trigger()
    bench.comes_to("loss", step=2)


def test_a_run_that_goes_on_is_held_for_a_slow_step_and_goes_on_after_it(bench: Bench) -> None:
    bench.workbench.run_bar.buttons["start"].click()
    bench.wait(lambda: any(isinstance(event, StepsLogged) for event in bench.heard))
    bench.workbench.press("step_slowly")
    bench.wait(lambda: bench.page.timeline is not None)
    step = bench.page.timeline.record.step
    bench.comes_to("ready", step)
    assert bench.session.state == "paused"
    assert bench.workbench.run_bar.buttons["pause"].text() == "Resume"
    bench.press("next")
    bench.comes_to("loss", step)
    bench.workbench.run_bar.buttons["pause"].click()
    bench.wait(lambda: bench.session.state == "running")
    bench.wait(lambda: bench.page.timeline.record.phase == "updated")
    bench.wait(lambda: bench.session.trainer.step > step + 1)
    bench.page.weights.choose("fc2.bias")
    bench.wait(lambda: "The run has gone on since" in bench.page.weights.message.text())


def test_step_finishes_a_slow_step_and_no_other_is_taken(bench: Bench) -> None:
    bench.go("loss")
    bench.workbench.run_bar.buttons["step"].click()
    bench.comes_to("updated")
    bench.wait(lambda: not bench.session.slow)
    assert bench.session.trainer.control.at_safe_point(lambda: bench.session.trainer.step).result(60) == 1


def test_stop_in_mid_step_finishes_the_step_and_keeps_the_run(bench: Bench) -> None:
    bench.go("gradients")
    with bench.qtbot.waitSignal(bench.session.ended, timeout=RUN_MS) as ended:
        bench.workbench.run_bar.buttons["stop"].click()
    event: RunEnded = ended.args[0]
    assert (event.state, event.step) == ("stopped", 1)
    assert bench.page.timeline.record.phase == "updated"
    assert bench.page.controls.buttons["next"].text() == NEW_RUN
    assert not bench.page.controls.buttons["finish"].isEnabled()
    bench.page.weights.choose("fc2.bias")
    bench.comes_to("updated")
    assert np.array_equal(bench.page._numbers.new, bench.weight("fc2.bias"))


def test_closing_the_window_in_mid_step_ends_the_run_and_closes(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.go("gradients")
    monkeypatch.setattr(bench.window, "confirm_close", lambda: True)
    with bench.qtbot.waitSignal(bench.session.ended, timeout=RUN_MS) as ended:
        bench.window.close()
    assert ended.args[0].step == 1
    bench.wait(lambda: not bench.window.isVisible())


def test_a_picture_is_answered_in_mid_step_and_changes_nothing(bench: Bench) -> None:
    bench.go("loss")
    with bench.qtbot.waitSignal(bench.workbench.answers.answered, timeout=RUN_MS) as answered:
        drop(bench.workbench.try_it.drop_zone, SAMPLE)
    assert answered.args[0].model == "LeNet after 0 steps"
    assert bench.page.timeline.record.phase == "loss"
    bench.press("next")
    bench.comes_to("gradients")
    assert bench.page.timeline.record.anew == ""


def test_other_weights_in_mid_step_begin_it_anew_and_the_page_says_so(bench: Bench) -> None:
    bench.go("gradients")
    trainer = bench.session.trainer

    def zero() -> None:
        trainer.job.model.get_parameter("fc3.bias").data.zero_()

    trainer.control.at_safe_point(zero).result(60)
    bench.comes_to("loss")
    assert "begun anew with the same batch" in bench.page.words.text()
    assert bench.page.strip.stage() == "loss"
    bench.press("finish")
    bench.comes_to("updated")


def test_another_run_begins_with_an_empty_page(bench: Bench) -> None:
    bench.go("loss")
    with bench.qtbot.waitSignal(bench.session.ended, timeout=RUN_MS):
        bench.session.stop()
    bench.workbench.run_bar.buttons["step"].click()
    bench.wait(lambda: bench.session.state == "paused")
    bench.wait(lambda: bench.page.timeline is None)
    assert bench.page.begin.isEnabled()


def test_a_run_that_goes_on_does_not_wait_for_what_is_being_played(bench: Bench) -> None:
    bench.go("ready")
    bench.page.controls.speed.setCurrentText("Slowly")
    bench.press("next")
    bench.wait(lambda: bench.page.timeline.record.phase == "loss")
    assert bench.page.player.playing
    bench.workbench.run_bar.buttons["pause"].click()
    bench.wait(lambda: bench.page.timeline.record.phase == "updated" and bench.session.state == "running")
    assert not bench.page.player.playing
    assert bench.page.player.position == bench.page.player.end
    bench.wait(lambda: "taken apart" not in bench.workbench.run_bar.words.text())
