"""Opens a window and says when it was painted; run by :mod:`benchmarks.start_up` as a process of its own.

Arguments: the side ("trainyard" or "bare"), how far to go ("painted", "loaded" or "ready"), and the time of
``time.monotonic()`` when the process was started. Nothing is imported here that its side does not need.
"""

from __future__ import annotations

import os
import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable

ROOT = Path(__file__).resolve().parent.parent


def main(side: str, goal: str, began: float) -> None:
    """Open the window of that side; the process ends when the goal is reached."""
    stamps = Stamps(goal, began)
    if side == "trainyard":
        open_trainyard(stamps)
    else:
        open_bare(stamps)


class Stamps:
    """Seconds since the process was started; at the goal they are printed as JSON, and the process is no more."""

    def __init__(self, goal: str, began: float) -> None:
        self.goal, self.began = goal, began
        self.found: dict[str, float | bool] = {}

    def reach(self, name: str) -> None:
        """Note the time."""
        self.found[name] = time.monotonic() - self.began
        self.found[f"torch when {name}"] = "torch" in sys.modules
        if name == self.goal:
            import json

            print(json.dumps(self.found), flush=True)
            os._exit(0)  # what still loads in the background is of no interest


def open_trainyard(stamps: Stamps) -> None:
    """Run ``main.py`` as it is, with a look at when the window begins and ends to load."""
    sys.path.insert(0, str(ROOT))
    import runpy

    from gui.main_window import MainWindow

    load: Callable[[MainWindow], None] = MainWindow.load

    def measured(window: MainWindow) -> None:
        # Called when the first paint event has been dealt with.
        stamps.reach("painted")
        load(window)
        stamps.reach("loaded")
        assert window.workbench is not None
        window.workbench.ready.connect(lambda: stamps.reach("ready"))

    MainWindow.load = measured  # type: ignore[method-assign, assignment]
    sys.argv = ["main.py"]
    runpy.run_path(str(ROOT / "main.py"), run_name="__main__")


def open_bare(stamps: Stamps) -> None:
    """The least that Qt can show as a main window."""
    from PySide6.QtCore import QEvent, QObject, QTimer
    from PySide6.QtWidgets import QApplication, QMainWindow

    class FirstPaint(QObject):
        def eventFilter(self, watched: QObject, event: QEvent) -> bool:
            if event.type() == QEvent.Type.Paint:
                watched.removeEventFilter(self)
                QTimer.singleShot(0, lambda: stamps.reach("painted"))
            return False

    app = QApplication(sys.argv[:1])
    window = QMainWindow()
    watcher = FirstPaint()
    window.installEventFilter(watcher)
    window.show()
    app.exec()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2], float(sys.argv[3]))
