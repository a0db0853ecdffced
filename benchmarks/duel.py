"""Trainer and bare loop taking turns on the training thread, some hundred steps each."""

from __future__ import annotations

import statistics
import time
from dataclasses import dataclass
from types import ModuleType

import torch

from benchmarks.bare_loop import BareLoop
from core.api import Callback, EpochEnded, RunEnded, RunStarted, StepsLogged, hookimpl
from core.registry import Registry
from core.run_config import RunConfig

LEAST_TURNS = 3
LONGEST_TURN_S = 2.0
"""On a machine that is busy otherwise, a turn ends after this time, however few steps were taken."""


@dataclass
class Turn:
    """``steps`` steps of one side: seconds spent on them, and on the validation passes that fell among them."""

    steps: int = 0
    training: float = 0.0
    validating: float = 0.0

    @property
    def speed(self) -> float:
        """Steps per second of training alone."""
        return self.steps / self.training

    @property
    def speed_with_validation(self) -> float:
        """Steps per second of training and validation."""
        return self.steps / (self.training + self.validating)


class Duel(Callback):
    """A callback of the run: whenever the trainer has taken ``steps`` steps, the bare loop takes as many.

    The clock of the trainer's turns runs from the end of one turn of the bare loop to the beginning of the next,
    so all that the trainer does besides stepping is in it: logging, views, recording, checkpoints. ``settle``:
    seconds for a window to draw what it still has to, before the bare loop runs without it.
    """

    def __init__(self, bare: BareLoop, steps: int, *, settle: float = 0.0) -> None:
        self.bare = bare
        self.steps = steps
        self.settle = settle
        self.trainer_turns: list[Turn] = []
        self.bare_turns: list[Turn] = []
        self.ended: RunEnded | None = None
        self._turn = Turn()
        self._bare_step = self._trainer_step = 0
        self._since = 0.0

    def plugin(self, name: str = "duel") -> ModuleType:
        """A plugin whose only hook adds this callback to the next run."""
        module = ModuleType(name)

        def make_callbacks(run: RunConfig) -> list[Callback]:
            return [self]

        module.__dict__["make_callbacks"] = hookimpl(make_callbacks)
        return module

    def join(self, registry: Registry) -> None:
        """Take part in the next run of that registry."""
        registry.add("duel", "installed", self.plugin)

    def on_start(self, event: RunStarted) -> None:
        """The clock starts."""
        self._steps_per_epoch = event.steps_per_epoch
        self._since = time.perf_counter()

    def on_steps(self, event: StepsLogged) -> None:
        """The trainer's time until now was spent on training; perhaps it is the other side's turn."""
        now = time.perf_counter()
        self._turn.training += now - self._since
        self._turn.steps += event.last_step - self._trainer_step
        self._trainer_step = event.last_step
        epoch_over = event.last_step % self._steps_per_epoch == 0
        if self._turn_over and not epoch_over:
            self._let_the_other_go()
        self._since = time.perf_counter()

    def on_epoch(self, event: EpochEnded) -> None:
        """The trainer's time since its last step was spent on validation."""
        self._turn.validating += time.perf_counter() - self._since
        if self._turn_over:
            self._let_the_other_go()
        self._since = time.perf_counter()

    def on_end(self, event: RunEnded) -> None:
        """What is left of the steps is taken too, so that both models have been trained alike."""
        self.ended = event
        self._train_to(event.step)

    def ratios(self, *, with_validation: bool = False) -> list[float]:
        """Speed of each turn of the trainer over the bare loop's turns just before and just after it.

        Before and after, since a machine that grows slower or faster meanwhile would favour one order. The first
        turn of each side is left out: it pays for what happens once.

        Raises:
            RuntimeError: where there were too few turns to compare anything.
        """
        if len(self.trainer_turns) < LEAST_TURNS:
            raise RuntimeError("This machine is too busy to compare anything: hardly any steps were taken.")
        name = "speed_with_validation" if with_validation else "speed"
        ours = [getattr(turn, name) for turn in self.trainer_turns]
        theirs = [getattr(turn, name) for turn in self.bare_turns]
        after = [a / b for a, b in zip(ours[1:], theirs[1:], strict=True)]
        before = [a / b for a, b in zip(ours[2:], theirs[1:-1], strict=True)]
        return after + before

    def speeds(self) -> tuple[float, float]:
        """Median steps per second of the trainer and of the bare loop."""
        ours, theirs = ([turn.speed for turn in turns[1:]] for turns in (self.trainer_turns, self.bare_turns))
        return statistics.median(ours), statistics.median(theirs)

    @property
    def _turn_over(self) -> bool:
        return self._turn.steps >= self.steps or self._turn.training >= LONGEST_TURN_S

    def _let_the_other_go(self) -> None:
        time.sleep(self.settle)
        self.trainer_turns.append(self._turn)
        self.bare_turns.append(self._train_to(self._trainer_step))
        self._turn = Turn()

    def _train_to(self, last: int) -> Turn:
        turn = Turn(last - self._bare_step)
        while self._bare_step < last:
            steps = min(last - self._bare_step, self._steps_per_epoch - self._bare_step % self._steps_per_epoch)
            turn.training += self.bare.train(steps)
            self._bare_step += steps
            if self._bare_step % self._steps_per_epoch == 0:
                turn.validating += self.bare.validate()
        return turn


def check_same_weights(bare: torch.nn.Module, trained: torch.nn.Module) -> None:
    """Both sides did the same work only if they end in the same weights, bit for bit.

    Raises:
        RuntimeError: where they do not.
    """
    theirs = trained.state_dict()
    different = [name for name, value in bare.state_dict().items() if not torch.equal(value, theirs[name])]
    if different:
        raise RuntimeError(f"The two sides were not trained alike: {', '.join(different)} differ.")
