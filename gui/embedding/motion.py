"""Points glide from one frame to the next, so that the eye can follow them."""

from __future__ import annotations

import time
from collections.abc import Callable

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QObject, QTimer

from gui.embedding.viewport import Viewport

GLIDE_S = 0.25
TICK_MS = 33


class Motion(QObject):
    """Where the points are ``now``, and the ``target`` that they glide to; ``moved`` is called at each step."""

    def __init__(self, parent: QObject, moved: Callable[[], None]) -> None:
        super().__init__(parent)
        self.now = self.target = self._from = np.zeros((0, 2), np.float32)
        self._moved = moved
        self._began = 0.0
        self._share = 1.0
        self._timer = QTimer(self, interval=TICK_MS)
        self._timer.timeout.connect(self._tick)

    def go(self, positions: NDArray[np.float32], *, glide: bool) -> None:
        """To these positions: at once, or step by step from where the points are; new ones are there at once."""
        common = min(len(self.now), len(positions))
        self.target = positions.astype(np.float32)
        if not glide or not common:
            self.settle()
            return
        self._from = self.target.copy()
        self._from[:common] = self.now[:common]
        self.now, self._share, self._began = self._from, 0.0, time.perf_counter()
        self._timer.start()

    def settle(self) -> None:
        """Be there."""
        self._timer.stop()
        self.now, self._share = self.target, 1.0

    def between(
        self, view_of: Callable[[NDArray[np.float32], int, int], Viewport], width: int, height: int
    ) -> Viewport:
        """What is in view on the way from one frame to the next."""
        there = view_of(self.target, width, height)
        if self._share >= 1.0:
            return there
        here = view_of(self._from, width, height)
        keep = 1.0 - self._share
        x, y, scale = (
            keep * ours + self._share * theirs
            for ours, theirs in ((here.x, there.x), (here.y, there.y), (here.scale, there.scale))
        )
        return Viewport(x, y, scale, width, height)

    def _tick(self) -> None:
        share = min(1.0, (time.perf_counter() - self._began) / GLIDE_S)
        if share >= 1.0:
            self.settle()
        else:
            self._share = share * share * (3 - 2 * share)
            self.now = self._from + (self.target - self._from) * np.float32(self._share)
        self._moved()
