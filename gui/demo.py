"""What a person would do first: press Start, wait, drop in a picture. Done by the program itself."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QMimeData, QObject, QPoint, QPointF, Qt, QTimer, QUrl, Signal
from PySide6.QtGui import QDragEnterEvent, QDropEvent
from PySide6.QtWidgets import QApplication, QWidget

from core.events import RunEnded
from gui.main_window import MainWindow
from gui.words import outcome

if TYPE_CHECKING:
    from core.prediction import Prediction

SAMPLE = Path(__file__).parent.parent / "resources" / "samples" / "seven.png"
SIZE = (1440, 900)
SETTLE_MS = 400
"""For the last redraws before the picture is taken."""


class Demo(QObject):
    """Presses, waits and drops; prints each step; :attr:`finished` brings the exit status."""

    finished = Signal(int)

    def __init__(self, window: MainWindow, screenshot: Path | None) -> None:
        super().__init__(window)
        self._window, self._screenshot = window, screenshot
        self._status = 0
        window.resize(*SIZE)
        window.loaded.connect(self._begin)

    def _begin(self) -> None:
        workbench = self._window.workbench
        assert workbench is not None  # it is what was loaded
        self._workbench = workbench
        workbench.session.ended.connect(self._on_ended)
        workbench.answers.answered.connect(self._on_answer)
        workbench.answers.failed.connect(self._on_failure)
        self._say("Pressing Start: the default network trains to its end.")
        workbench.run_bar.buttons["start"].click()

    def _on_ended(self, event: RunEnded) -> None:
        self._say(outcome(event))
        if event.state != "finished":
            self._close(1)
            return
        self._say(f"Dropping {SAMPLE.name} on the window.")
        drop(self._workbench.try_it.drop_zone, SAMPLE)

    def _on_answer(self, prediction: Prediction) -> None:
        if not self._workbench.session.active:
            best = f"{prediction.labels[0]} ({prediction.probabilities[0]:.1%})"
            self._say(f"{prediction.model} says of {prediction.name}: {best}.")
            QTimer.singleShot(SETTLE_MS, self, self._take_screenshot)

    def _on_failure(self, words: str) -> None:
        self._say(words)
        self._close(1)

    def _take_screenshot(self) -> None:
        if self._screenshot is not None:
            saved = self._window.grab().save(str(self._screenshot))
            self._say(f"Screenshot: {self._screenshot}" if saved else f"{self._screenshot} cannot be written.")
            self._status = 0 if saved else 1
        self._close(self._status)

    def _close(self, status: int) -> None:
        self._window.close()
        self.finished.emit(status)

    def _say(self, words: str) -> None:
        print(words, file=sys.stderr if self._status else sys.stdout, flush=True)


def drop(target: QWidget, *what: Path | str) -> None:
    """Drop files, or addresses, on a widget, as the mouse would."""
    data = QMimeData()
    data.setUrls([QUrl.fromLocalFile(str(item)) if isinstance(item, Path) else QUrl(item) for item in what])
    middle = target.rect().center()
    common = (Qt.DropAction.CopyAction, data, Qt.MouseButton.LeftButton, Qt.KeyboardModifier.NoModifier)
    QApplication.sendEvent(target, QDragEnterEvent(QPoint(middle), *common))
    QApplication.sendEvent(target, QDropEvent(QPointF(middle), *common))
