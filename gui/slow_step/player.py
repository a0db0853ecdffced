"""Shows the moments of a step one after the other, and goes to any of them."""

from __future__ import annotations

from PySide6.QtCore import QObject, QTimer, Signal

SPEEDS = {"Slowly": 900, "Steadily": 300, "Fast": 90, "At once": 0}
"""Milliseconds from one moment to the next."""
LONGEST_MS = 20_000
"""What comes at one stop is shown in this time at most: a deep network has hundreds of moments."""


class Player(QObject):
    """Holds a position between 0 and the number of moments there are; plays whatever is new."""

    moved = Signal(int)
    playing_changed = Signal(bool)

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.position = 0
        self.end = 0
        self.speed = "Steadily"
        self._timer = QTimer(self)
        self._timer.timeout.connect(self._tick)

    @property
    def playing(self) -> bool:
        """Whether it moves on by itself."""
        return self._timer.isActive()

    def begin(self) -> None:
        """Another step: from its first moment."""
        self._stop()
        self.position = self.end = 0

    def grow(self, end: int) -> None:
        """There are more moments now, or, where the step was begun anew, fewer; the new ones are played."""
        self.end = end
        if self.position > end:
            self.go_to(end)
        self.play()

    def play(self) -> None:
        """Move on by itself to the end, or at once there where that is the speed."""
        if self.position >= self.end:
            self._stop()
            self.moved.emit(self.position)
        elif SPEEDS[self.speed] == 0:
            self.go_to(self.end)
        else:
            self._timer.start(max(1, min(SPEEDS[self.speed], LONGEST_MS // (self.end - self.position))))
            self.playing_changed.emit(True)
            self.moved.emit(self.position)

    def pause(self) -> None:
        """Stand still."""
        self._stop()

    def go_to(self, position: int) -> None:
        """Show the step as it was after so many moments, and stand still there."""
        self._stop()
        self.position = min(max(position, 0), self.end)
        self.moved.emit(self.position)

    def set_speed(self, speed: str) -> None:
        """One of :data:`SPEEDS`; what is being played goes on with it."""
        self.speed = speed
        if self.playing:
            self.play()

    def _tick(self) -> None:
        self.position += 1
        if self.position >= self.end:
            self._stop()
        self.moved.emit(self.position)

    def _stop(self) -> None:
        if self._timer.isActive():
            self._timer.stop()
            self.playing_changed.emit(False)
