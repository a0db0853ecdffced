"""Keeps a run on disk while it goes on, without ever being a reason for it to stop."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from core.checkpoints import save_checkpoint
from core.data import DataInfo
from core.events import Event, Problem, RunEnded
from core.run_config import RunConfig
from core.runs import Run

CHECKPOINT_EVERY_S = 30.0


class Recorder:
    """Writes events and checkpoints into a run's folder. A disk that fails is told once; training goes on."""

    def __init__(
        self, run: Run, tell: Callable[[Problem], None], *, checkpoint_every: float = CHECKPOINT_EVERY_S
    ) -> None:
        self.run = run
        self.checkpoint_every = checkpoint_every
        self._tell = tell
        self._told = False
        self._begun = True
        self._last_checkpoint = time.perf_counter()

    @property
    def checkpoint_due(self) -> bool:
        """Whether the last checkpoint is old enough for a new one (seconds of wall time)."""
        return time.perf_counter() - self._last_checkpoint >= self.checkpoint_every

    def begin(self, config: RunConfig, info: DataInfo, machine: Mapping[str, Any]) -> None:
        """Make the run's folder and write down what was asked."""
        self._begun = self._guarded(lambda: self.run.begin(config, info, machine))

    def record(self, event: Event) -> None:
        """Append the event to the run's record; the last one also writes the result and lets go of the folder."""
        if not self._begun:
            return
        self._guarded(lambda: self.run.record(event))
        if isinstance(event, RunEnded):
            self._guarded(lambda: self.run.end(event))
            self.run.release()

    def checkpoint(self, step: int, weights: dict[str, Tensor], state: dict[str, Any]) -> None:
        """Save a checkpoint; call at a safe point only."""
        if self._begun:
            self._guarded(lambda: save_checkpoint(self.run.checkpoints, step, weights, state))
        self._last_checkpoint = time.perf_counter()

    def _guarded(self, write: Callable[[], object]) -> bool:
        try:
            write()
        except OSError as error:
            where, reason = self.run.folder.parent, error.strerror or str(error)
            self._tell_once(
                error, f"This run cannot be kept on disk ({reason}); training goes on. Make room in {where}."
            )
        except Exception as error:  # border: what a plugin's network, optimizer or schedule calls its state
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            self._tell_once(error, f"This run cannot be kept in full ({reason}); training goes on.")
        else:
            return True
        return False

    def _tell_once(self, error: Exception, sentence: str) -> None:
        if not self._told:
            self._told = True
            self._tell(Problem("run store", sentence, "".join(traceback.format_exception(error))))
