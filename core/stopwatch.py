"""Time spent training, pauses left out."""

from __future__ import annotations

import time


class Stopwatch:
    """Stands still until :meth:`start`; starting or stopping twice does no harm."""

    def __init__(self, seconds: float = 0.0) -> None:
        self._seconds = seconds
        self._since: float | None = None

    @property
    def seconds(self) -> float:
        """Seconds it has run so far."""
        return self._seconds + (time.perf_counter() - self._since if self._since is not None else 0.0)

    def add(self, seconds: float) -> None:
        """Count time that was spent before."""
        self._seconds += seconds

    def start(self) -> None:
        """Run on from here."""
        if self._since is None:
            self._since = time.perf_counter()

    def stop(self) -> None:
        """Stand still."""
        self._seconds, self._since = self.seconds, None
