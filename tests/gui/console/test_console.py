"""The console in a window: what is typed runs elsewhere, sees the real objects, and can always be interrupted."""

from __future__ import annotations

import threading
from collections.abc import Callable

import pytest
from PySide6.QtCore import Qt, QTimer
from PySide6.QtGui import QAction, QColor, QPalette
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from gui.console import console as module
from gui.console.console import GIVEN_UP, STUBBORN, WAITS, Console
from gui.main_window import MainWindow
from gui.theme import apply_theme, contrast
from tests.gui.conftest import RUN_MS

MakeWindow = Callable[[], MainWindow]


class Typist:
    """Types into a window's console and reads what stands there."""

    def __init__(self, qtbot: QtBot, window: MainWindow) -> None:
        assert window.workbench is not None
        self.qtbot, self.window, self.workbench = qtbot, window, window.workbench
        self.console: Console = window.workbench.console
        with qtbot.waitSignal(self.console.ready, timeout=RUN_MS):
            self.console.show()
        assert self.console.front is not None
        self.front = self.console.front
        self.wait(lambda: "In [1]" in self.text())

    def text(self) -> str:
        return str(self.front._control.toPlainText())

    def wait(self, condition: Callable[[], object]) -> None:
        self.qtbot.waitUntil(lambda: bool(condition()), timeout=RUN_MS)

    def begin(self, code: str) -> None:
        """Type it and press Enter."""
        self.front.input_buffer = code
        self.qtbot.keyClick(self.front._control, Qt.Key.Key_Return)
        self.wait(lambda: self.front._executing)

    def run(self, code: str) -> str:
        """What is told between the cell and the next prompt."""
        before = len(self.text())
        self.begin(code)
        self.wait(lambda: not self.front._executing)
        return self.text()[before:]

    def let_train(self) -> None:
        self.run('app.open("lenet", data="digits", epochs=500)')
        with self.qtbot.waitSignal(self.workbench.session.started, timeout=RUN_MS):
            self.run("app.start()")
        self.wait(lambda: self.workbench.session.state == "running")

    def hold_the_training(self) -> None:
        """Begin a cell that never ends by itself, and wait until the run waits for it.

        A run that is stopped before the cell has claimed it owes that cell nothing, and lets it go on for ever.
        """
        self.begin("while True: pass")
        self.wait(lambda: (self.console.holder.waiting or [""])[0] == "training")


@pytest.fixture
def typist(qtbot: QtBot, window: MainWindow) -> Typist:
    return Typist(qtbot, window)


def test_nothing_of_the_console_is_made_before_it_is_seen(window: MainWindow) -> None:
    assert window.workbench is not None
    assert window.workbench.console.front is None
    assert "console" not in {thread.name for thread in threading.enumerate()}


def test_what_is_typed_runs_and_its_value_is_shown(typist: Typist) -> None:
    assert "Out[1]: 42" in typist.run("6 * 7")
    assert "hello" in typist.run("print('hello')")
    assert "NameError: name 'zz' is not defined" in typist.run("zz")
    assert "In [4]" in typist.text()


def test_the_names_of_the_window_are_there(typist: Typist) -> None:
    assert "(None, None, None)" in typist.run("model, batch, run")
    assert "Trainyard, idle" in typist.run("app")
    assert "lenet" in typist.run("app.networks")


def test_an_open_bracket_asks_for_another_line(typist: Typist) -> None:
    typist.front.input_buffer = "f = ("
    typist.qtbot.keyClick(typist.front._control, Qt.Key.Key_Return)
    assert not typist.front._executing
    assert "\n" in typist.front.input_buffer


def test_tab_completes_a_name_and_question_mark_explains_it(typist: Typist) -> None:
    typist.run("some_long_name = 1")
    typist.front.input_buffer = "some_l"
    typist.qtbot.keyClick(typist.front._control, Qt.Key.Key_Tab)
    typist.wait(lambda: typist.front.input_buffer == "some_long_name")
    typist.front.input_buffer = ""
    assert "Bring a page or dock to the front" in typist.run("app.show?")


def test_the_window_lives_while_a_cell_loops_and_interrupt_ends_it(typist: Typist) -> None:
    typist.begin("while True: pass")
    beats: list[int] = []
    timer = QTimer(interval=5)
    timer.timeout.connect(lambda: beats.append(1))
    timer.start()
    typist.wait(lambda: len(beats) > 40)
    timer.stop()
    typist.wait(lambda: typist.console.dock.interrupt.isEnabled())
    typist.console.dock.interrupt.click()
    typist.wait(lambda: not typist.front._executing)
    assert "KeyboardInterrupt" in typist.text()
    assert not typist.console.dock.interrupt.isEnabled()
    assert "Out[2]: 2" in typist.run("1 + 1")


def test_control_c_interrupts(typist: Typist) -> None:
    typist.begin("began = True\nimport time\ntime.sleep(1e6)")
    typist.wait(lambda: "began" in typist.console.kernel.namespace)  # a cell that has not begun would be dropped
    typist.qtbot.keyClick(typist.front._control, Qt.Key.Key_C, Qt.KeyboardModifier.ControlModifier)
    typist.wait(lambda: not typist.front._executing)
    assert "KeyboardInterrupt" in typist.text()


def test_a_flood_of_text_leaves_the_window_alive(typist: Typist) -> None:
    typist.begin("while True: print('x' * 60)")
    typist.wait(lambda: "left out" in typist.text())
    assert typist.front._control.document().maximumBlockCount() > 0
    typist.console.interrupt()
    typist.wait(lambda: not typist.front._executing)


def test_words_are_completed_at_once_or_not_at_all_while_a_cell_runs(typist: Typist) -> None:
    answered: list[object] = []
    typist.begin("while True: pass")
    typist.front.kernel_client.shell_channel.message_received.connect(answered.append)
    typist.front.kernel_client.complete("app.", 4)
    typist.front.kernel_client.inspect("app", 3)
    typist.wait(lambda: len(answered) == 2)
    typist.console.interrupt()
    typist.wait(lambda: not typist.front._executing)


def test_a_restart_empties_the_namespace_and_goes_on(typist: Typist) -> None:
    typist.run("x = 5")
    typist.begin("while True: pass")
    typist.console.dock.restart.click()
    typist.wait(lambda: "Restarted" in typist.text() and typist.console.dock.restart.isEnabled())
    typist.wait(lambda: not typist.front._executing and "In [1]" in typist.text().split("Restarted")[1])
    assert "NameError" in typist.run("x")


def test_a_cell_that_heeds_nothing_is_given_up_by_a_restart(typist: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SLOW_S", 0.1)
    door = threading.Lock()
    door.acquire()
    try:
        typist.console.kernel.namespace["door"] = door
        typist.begin("print('be' + 'gun')\ndoor.acquire()")
        typist.wait(lambda: "begun" in typist.text())
        typist.console.interrupt()
        typist.wait(lambda: typist.console.dock.status.text() == STUBBORN)
        typist.console.restart()
        typist.wait(lambda: GIVEN_UP[:40] in typist.text())
        typist.wait(lambda: not typist.front._executing and "In [1]" in typist.text().split("Restarted")[1])
        assert "Out[1]: 2" in typist.run("1 + 1")
    finally:
        door.release()


def test_clear_empties_the_text_but_not_the_namespace(typist: Typist) -> None:
    typist.run("x = 5")
    typist.console.dock.clear.click()
    assert "x = 5" not in typist.text()
    assert "Out[2]: 5" in typist.run("x")


def test_cells_are_kept_for_the_next_session(qtbot: QtBot, make_window: MakeWindow) -> None:
    first = Typist(qtbot, make_window())
    first.run("precious = 1")
    second = Typist(qtbot, make_window())
    qtbot.keyClick(second.front._control, Qt.Key.Key_Up)
    assert second.front.input_buffer == "precious = 1"


def test_two_windows_have_consoles_of_their_own(qtbot: QtBot, make_window: MakeWindow) -> None:
    first, second = Typist(qtbot, make_window()), Typist(qtbot, make_window())
    first.run("x = 'first'")
    second.run("x = 'second'")
    assert "'first'" in first.run("x")


def test_closing_the_window_ends_a_cell_that_loops(qtbot: QtBot, make_window: MakeWindow) -> None:
    window = make_window()
    typist = Typist(qtbot, window)
    typist.begin("while True:\n    try:\n        pass\n    except BaseException:\n        pass\n")
    window.close()
    assert "console" not in {thread.name for thread in threading.enumerate()}


def test_a_run_that_is_started_from_a_cell_begins_after_it(typist: Typist) -> None:
    typist.let_train()
    assert "Run " in typist.run("run")
    assert "Batch on cpu: inputs" in typist.run("batch")
    assert "True" in typist.run("isinstance(model, torch.nn.Module)")
    assert "A run goes on" in typist.run("app.open('lenet')")
    typist.run("app.pause()")
    typist.wait(lambda: typist.workbench.session.state == "paused")
    typist.run("app.resume()")
    typist.wait(lambda: typist.workbench.session.state == "running")
    with typist.qtbot.waitSignal(typist.workbench.session.ended, timeout=RUN_MS):
        typist.run("app.stop()")
    assert "'over'" in typist.run("run.state")


def test_start_waits_for_the_cell_that_runs(typist: Typist) -> None:
    typist.begin("while True: pass")
    typist.workbench.press("start")
    assert typist.workbench.session.state == "idle"
    assert typist.window.statusBar().currentMessage() == WAITS
    with typist.qtbot.waitSignal(typist.workbench.session.started, timeout=RUN_MS):
        typist.console.interrupt()


def test_the_training_waits_for_a_cell_and_the_status_says_so(typist: Typist, monkeypatch: pytest.MonkeyPatch) -> None:
    typist.let_train()
    monkeypatch.setattr(module, "_SLOW_S", 0.1)
    typist.begin("while True: pass")
    typist.wait(lambda: "training waits" in typist.console.dock.status.text())
    typist.console.dock.interrupt.click()
    typist.wait(lambda: not typist.front._executing)
    assert typist.console.holder.waiting is None


def test_stop_ends_a_run_although_a_cell_holds_it(typist: Typist) -> None:
    typist.let_train()
    typist.hold_the_training()
    with typist.qtbot.waitSignal(typist.workbench.session.ended, timeout=RUN_MS):
        typist.workbench.session.stop()
    typist.wait(lambda: not typist.front._executing)


def test_closing_during_a_run_that_a_cell_holds_ends_both(
    qtbot: QtBot, make_window: MakeWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    window = make_window()
    typist = Typist(qtbot, window)
    typist.let_train()
    typist.hold_the_training()
    monkeypatch.setattr(window, "confirm_close", lambda: True)
    window.close()
    qtbot.waitUntil(lambda: not window.isVisible(), timeout=RUN_MS)
    assert "console" not in {thread.name for thread in threading.enumerate()}


def test_a_cell_steers_the_window(typist: Typist) -> None:
    typist.run("app.show('results')")
    assert typist.workbench.pages.currentWidget() is typist.workbench.results_page
    typist.run("app.say('done so far')")
    assert typist.window.statusBar().currentMessage() == "done so far"
    typist.run('app.open("lenet", data="digits", optimizer="sgd", lr=0.02, momentum=0.5, epochs=2)')
    config = typist.workbench.setup.config()
    assert config is not None
    assert (config.network, config.data, config.optimizer, config.epochs) == ("lenet", "digits", "sgd", 2)
    assert config.optimizer_settings["lr"] == 0.02
    assert config.optimizer_settings["momentum"] == 0.5


def test_what_the_window_cannot_do_is_told_in_words(typist: Typist) -> None:
    for code, words in (
        ("app.open('linet')", "There is no network 'linet'"),
        ("app.open('lenet', speed=3)", "Nothing has a setting 'speed'"),
        ("app.open('lenet', data='hello')", "choose another"),
        ("app.show('nowhere')", "There is no page 'nowhere'"),
        ("app.pause()", "No run goes on"),
        ("app.stop('all')", "keep is"),
    ):
        told = typist.run(code)
        assert words in told.replace("\n", " ")
        assert "Traceback" not in told


def test_no_key_of_the_console_is_one_of_the_window(typist: Typist) -> None:
    actions = typist.window.findChildren(QAction)
    local = [action for action in actions if action.shortcutContext() == Qt.ShortcutContext.WidgetWithChildrenShortcut]
    keys = {action.shortcut().toString() for action in actions if action not in local}
    assert "Ctrl+J" in keys
    assert {action.shortcut().toString() for action in [*local, *typist.front.actions()]} & keys <= {""}


@pytest.mark.parametrize("theme", ["light", "dark"])
def test_text_and_errors_can_be_read_in_both_themes(typist: Typist, theme: str) -> None:
    app = QApplication.instance()
    assert isinstance(app, QApplication)
    try:
        apply_theme(app, theme)  # type: ignore[arg-type]
        typist.wait(lambda: typist.front._dressed == typist.front._look())
        control = typist.front._control
        ground = control.palette().color(QPalette.ColorRole.Base)
        assert contrast(control.palette().color(QPalette.ColorRole.Text), ground) > 7
        assert contrast(QColor(typist.front._ansi_processor.color_map[1]), ground) > 4.5
    finally:
        apply_theme(app, "system")


def test_a_console_that_cannot_be_loaded_says_so(
    qtbot: QtBot, window: MainWindow, monkeypatch: pytest.MonkeyPatch
) -> None:
    def missing() -> None:
        raise ModuleNotFoundError("No module named 'qtconsole'")

    monkeypatch.setattr(module, "_import", missing)
    assert window.workbench is not None
    console = window.workbench.console
    with qtbot.waitSignal(console.failed, timeout=RUN_MS):
        console.show()
    assert "No module named 'qtconsole'" in console.dock.message.text()
    assert not console.dock.restart.isEnabled()


def test_a_restart_while_a_reply_is_shown_breaks_nothing(typist: Typist) -> None:
    with typist.qtbot.waitSignal(typist.front.executed, timeout=RUN_MS):
        typist.front.executed.connect(lambda _reply: typist.front.begin_anew("Begun anew."))
        typist.begin("x = 5")
    typist.front.executed.disconnect()
    assert "Begun anew." in typist.text()
