"""How often the window draws while a network is being trained."""

from __future__ import annotations

import time

SHARE = 0.08
"""Of one core, what the window may take for itself: what it takes, the training lacks."""
LONGEST_S = 1.0
"""Nobody waits longer for a drawing, however much the window has done meanwhile for itself or for the person."""


class Pace:
    """Says when it is time to draw again, so that drawing costs no more than a share of the thread's time.

    Cheap drawing is done thirty times a second; where painting is slow (no graphics card, a large screen, a busy
    machine), or the person keeps the window busy, it is done more rarely, and the training keeps its speed.
    """

    def __init__(self, share: float = SHARE) -> None:
        self.share = share
        self._spent, self._since = time.thread_time(), time.perf_counter()

    def ready(self) -> bool:
        """Whether the time spent since the last yes has been earned back. Call on the GUI thread."""
        spent, now = time.thread_time(), time.perf_counter()
        if now - self._since < min((spent - self._spent) / self.share, LONGEST_S):
            return False
        self._spent, self._since = spent, now
        return True
