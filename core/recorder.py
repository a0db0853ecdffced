"""Keeps a run on disk while it goes on, without ever being a reason for it to stop."""

from __future__ import annotations

import time
import traceback
from collections.abc import Callable, Mapping
from typing import Any

from torch import Tensor

from core.checkpoints import save_checkpoint
from core.data import DataInfo
from core.events import CheckpointTaken, Event, Problem, RunEnded
from core.history.bin import RunBin
from core.run_config import RunConfig
from core.runs import Run, RunStore

CHECKPOINT_EVERY_S = 30.0
SHARE = 0.02
"""Of the time, at most, that checkpoints by the clock may take: a large one on a slow disk is taken less often."""


class Recorder:
    """Writes events and checkpoints into a run's folder. A disk that fails is told once; training goes on.

    ``checkpoint_every``: seconds between two checkpoints. ``checkpoint_steps``: steps between two, 0: by time alone.
    """

    def __init__(
        self,
        run: Run,
        tell: Callable[[CheckpointTaken | Problem], None],
        *,
        checkpoint_every: float = CHECKPOINT_EVERY_S,
        checkpoint_steps: int = 0,
    ) -> None:
        self.run = run
        self.checkpoint_every = checkpoint_every
        self.checkpoint_steps = checkpoint_steps
        self.last_step: int | None = None
        """Where the newest checkpoint is, None: there is none yet."""
        self._tell = tell
        self._told = False
        self._begun = True
        self._tried_step = 0
        self._tried_at = time.perf_counter()
        self._took = 0.0

    @property
    def begun(self) -> bool:
        """Whether the run has a folder."""
        return self._begun

    @property
    def checkpoint_due(self) -> bool:
        """Whether the last checkpoint is old enough for a new one (seconds of wall time)."""
        return time.perf_counter() - self._tried_at >= max(self.checkpoint_every, self._took / SHARE)

    def steps_due(self, step: int) -> bool:
        """Whether so many steps were taken since the last checkpoint that a new one was asked for."""
        return 0 < self.checkpoint_steps <= step - self._tried_step

    def begin(self, config: RunConfig, info: DataInfo, machine: Mapping[str, Any]) -> None:
        """Make the run's folder and write down what was asked."""
        self._begun = self._guarded(lambda: self.run.begin(config, info, machine))

    def go_on(self, step: int, size: int | None) -> None:
        """Go on with a run that is held, after ``step`` steps (0: anew); ``size`` as for :meth:`Run.reopen`.

        Raises:
            RunHeld: where the disk does not let us.
        """
        self.run.reopen(step, size)
        self._tried_step, self.last_step = step, step or None

    def record(self, event: Event) -> None:
        """Append the event to the run's record; the last one also writes the result and lets go of the folder."""
        if not self._begun:
            return
        self._guarded(lambda: self.run.record(event))
        if isinstance(event, RunEnded):
            self._end(event)

    def checkpoint(
        self,
        step: int,
        weights: Mapping[str, Tensor],
        state: Mapping[str, Any],
        best: tuple[int, Mapping[str, Tensor]] | None = None,
    ) -> None:
        """Save a checkpoint (see :func:`save_checkpoint`); call at a safe point only."""
        began = time.perf_counter()
        if self._begun and self._save(step, weights, state, best):
            self.last_step = step
            self._took = time.perf_counter() - began
            self._tell(CheckpointTaken(step, self._took))
        self._tried_step, self._tried_at = step, time.perf_counter()

    def warn(self, sentence: str) -> None:
        """Tell why the run is not kept as it should be, unless something was told already."""
        self._tell_once(sentence, "")

    def _save(
        self,
        step: int,
        weights: Mapping[str, Tensor],
        state: Mapping[str, Any],
        best: tuple[int, Mapping[str, Tensor]] | None,
    ) -> bool:
        self._guarded(self.run.sync)  # first, so that no checkpoint is ahead of the record
        known = {**state, "events": self.run.recorded}
        return self._guarded(lambda: save_checkpoint(self.run.checkpoints, step, weights, known, best))

    def _end(self, event: RunEnded) -> None:
        self._begun = False  # what comes later is no part of the run
        if event.kept != "nothing":
            self._guarded(lambda: self.run.end(event))
        self.run.release()
        if event.kept == "nothing":
            self._guarded(self._throw_away)

    def _throw_away(self) -> None:
        if self.run.folder.is_dir():
            bin = RunBin(RunStore(self.run.folder.parent))
            bin.empty()  # what was thrown away before is gone for good, as after any deletion
            bin.throw_away(self.run)

    def _guarded(self, write: Callable[[], object]) -> bool:
        try:
            write()
        except OSError as error:
            where, reason = self.run.folder.parent, error.strerror or str(error)
            sentence = f"This run cannot be kept on disk ({reason}); training goes on. Make room in {where}."
            self._tell_once(sentence, "".join(traceback.format_exception(error)))
        except Exception as error:  # border: what a plugin's network, optimizer or schedule calls its state
            reason = f"{type(error).__name__}: {error}".splitlines()[0]
            sentence = f"This run cannot be kept in full ({reason}); training goes on."
            self._tell_once(sentence, "".join(traceback.format_exception(error)))
        else:
            return True
        return False

    def _tell_once(self, sentence: str, details: str) -> None:
        if not self._told:
            self._told = True
            self._tell(Problem("run store", sentence, details))
