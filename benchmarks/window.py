"""The real window, for benchmarks: opened, waited for, and trained in."""

from __future__ import annotations

import os
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from PySide6.QtCore import QEventLoop, QTimer, SignalInstance

from core.events import RunEnded
from core.run_config import RunConfig
from gui.app import make_application
from gui.main_window import MainWindow
from gui.theme import apply_theme

if TYPE_CHECKING:
    from core.trainer import Trainer
    from gui.workbench import Workbench

TIMEOUT_S = 600


@contextmanager
def open_window() -> Iterator[Workbench]:
    """The window as a person has it: shown, in its first layout, PyTorch warm; closed afterwards."""
    app = make_application()
    apply_theme(app, "system")
    window = MainWindow()
    workbench = window.workbench
    assert workbench is not None  # it is loaded at once
    window.show()
    wait_for(workbench.ready)
    if not workbench.views.wanted():
        raise RuntimeError("No view is shown, so the window would not do what it is measured for.")
    try:
        yield workbench
    finally:
        window.close()
        spin(0.1)


def start(workbench: Workbench, config: RunConfig) -> None:
    """What the Start button does, but for a configuration that the forms do not show."""
    workbench.curves.clear()
    workbench.views.clear()
    workbench.session.watch(workbench.views.wanted())
    workbench.session.start(config)


def train_in(workbench: Workbench, config: RunConfig, longest: float) -> Trainer:
    """Train to the end, or for so many seconds.

    Raises:
        RuntimeError: where the run fails.
    """
    ended: list[RunEnded] = []
    workbench.session.ended.connect(ended.append)
    alarm = QTimer(workbench, singleShot=True, interval=round(longest * 1000))
    alarm.timeout.connect(workbench.session.stop)
    start(workbench, config)
    alarm.start()
    wait_for(workbench.session.ended)
    alarm.stop()
    trainer = workbench.session.trainer
    if ended[0].state == "failed" or trainer is None:
        raise RuntimeError(f"The run failed: {ended[0].error}")
    return trainer


def wait_for(signal: SignalInstance, seconds: float = TIMEOUT_S) -> None:
    """Run the event loop until that signal comes.

    Raises:
        TimeoutError: where it does not.
    """
    loop, came = QEventLoop(), []

    def arrived(*_: object) -> None:
        came.append(True)
        loop.quit()

    signal.connect(arrived)
    QTimer.singleShot(round(seconds * 1000), loop, loop.quit)
    loop.exec()
    signal.disconnect(arrived)
    if not came:
        raise TimeoutError("The window did not get so far in time.")


def spin(seconds: float) -> None:
    """Run the event loop for so long."""
    loop = QEventLoop()
    QTimer.singleShot(round(seconds * 1000), loop, loop.quit)
    loop.exec()
