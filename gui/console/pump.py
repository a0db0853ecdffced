"""Brings what cells show to the GUI thread: often enough to be live, and never more than can be drawn."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable
from dataclasses import replace
from threading import Lock

from PySide6.QtCore import QObject, Qt, QTimer, Signal, Slot

from core.console.outputs import Output

EVERY_MS = 50
MOST_WAITING = 200
"""Pieces; when the GUI thread is held up, older text is dropped, pictures and errors are not."""
MOST_CHARACTERS = 8_000
"""Of one piece of text that waits; the newest are kept."""


class Pump(QObject):
    """Give :meth:`tell` to a kernel; ``show`` then gets the same in the same order on the GUI thread.

    Text of one stream that comes within a moment is shown in one go, and what is called with :meth:`then` comes after
    all that was told before it.
    """

    _filled = Signal()

    def __init__(self, show: Callable[[Output], None], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._show = show
        self._lock = Lock()
        self._waiting: deque[Output | Callable[[], None]] = deque()
        self._timer = QTimer(self, interval=EVERY_MS, singleShot=True)
        self._timer.timeout.connect(self.drain)
        self._filled.connect(self._soon, Qt.ConnectionType.QueuedConnection)

    def tell(self, output: Output) -> None:
        """Any thread."""
        with self._lock:
            first = not self._waiting
            self._join(output)
        if first:
            self._filled.emit()

    def then(self, action: Callable[[], None]) -> None:
        """Any thread: do this on the GUI thread, after all that was told."""
        with self._lock:
            first = not self._waiting
            self._waiting.append(action)
        if first:
            self._filled.emit()

    @Slot()
    def drain(self) -> None:
        """Show what waits, on the GUI thread."""
        with self._lock:
            waiting, self._waiting = self._waiting, deque()
        for one in waiting:
            if isinstance(one, Output):
                self._show(one)
            else:
                one()

    def close(self) -> None:
        """Nothing is shown any more."""
        self._timer.stop()
        with self._lock:
            self._waiting.clear()

    @Slot()
    def _soon(self) -> None:
        """At once after a pause, else with what comes in the next moment."""
        if not self._timer.isActive():
            self._timer.start()

    def _join(self, output: Output) -> None:
        last = self._waiting[-1] if self._waiting else None
        if output.kind in ("stdout", "stderr") and isinstance(last, Output) and last.kind == output.kind:
            self._waiting[-1] = replace(last, text=(last.text + output.text)[-MOST_CHARACTERS:])
            return
        if len(self._waiting) >= MOST_WAITING:
            text = next((one for one in self._waiting if isinstance(one, Output) and not one.png), None)
            if text is not None:
                self._waiting.remove(text)
        self._waiting.append(output)
