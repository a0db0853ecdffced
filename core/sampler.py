"""Keeps, epoch by epoch, what a model writes."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable

import torch

from core.callbacks import Report
from core.events import TextSampled
from core.snapshot import Snapshot
from core.specs import TaskSpec

MOST_KEPT = 100


class Sampler:
    """Asks the task for a text at each epoch's end. A task that fails at it is reported and not asked again.

    ``newest``: the last texts, oldest first, for the views; the run's record has them all.
    """

    def __init__(self, task: TaskSpec, tell: Callable[[TextSampled], None], report: Report) -> None:
        self._task = task
        self._tell = tell
        self._report = report
        self._failed = False
        self.newest: deque[TextSampled] = deque(maxlen=MOST_KEPT)

    def write(self, snapshot: Snapshot) -> None:
        """Tell what the model writes now, if anything; the run's random numbers stay where they are."""
        if self._failed:
            return
        device = snapshot.probe.inputs.device
        try:
            with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
                text = self._task.sample(snapshot)
            if not isinstance(text, str):
                raise TypeError(f"sample must return a text, not {type(text).__name__}")
        except (Exception, SystemExit) as error:  # border: plugin guard
            self._failed = True
            self._report(self._task.title, "writes no more samples in this run: it failed at one", error)
            return
        if text:
            self.newest.append(TextSampled(snapshot.epoch, snapshot.step, text))
            self._tell(self.newest[-1])
