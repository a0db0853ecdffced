"""What a run tells the world: frozen events, safe to hand to another thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.views import View

RunState: TypeAlias = Literal["running", "finished", "stopped", "failed", "interrupted"]


@dataclass(frozen=True)
class RunStarted:
    """The first step is about to be taken."""

    run: str
    network: str
    data: str
    device: str
    parameters: int
    epochs: int
    steps_per_epoch: int

    @property
    def total_steps(self) -> int:
        """Steps from the start to the end of the last epoch."""
        return self.epochs * self.steps_per_epoch


@dataclass(frozen=True)
class StepsLogged:
    """Every step since the last event of this kind, none left out.

    ``first_step`` counts from 1. ``metrics``: name -> one value a step, "loss" (the task's unit, nats for
    cross-entropy) and whatever the task measures, as a share of the batch's samples. ``lr``: one value a step.
    ``eta``: seconds of training still to go.
    """

    first_step: int
    metrics: Mapping[str, NDArray[np.float32]]
    lr: NDArray[np.float32]
    steps_per_second: float
    eta: float

    @property
    def last_step(self) -> int:
        """The newest step in this event."""
        return self.first_step + len(self.lr) - 1


@dataclass(frozen=True)
class EpochEnded:
    """An epoch is over and the validation split has been looked at. ``epoch`` counts from 1."""

    epoch: int
    step: int
    train: Mapping[str, float]
    validation: Mapping[str, float]


@dataclass(frozen=True)
class Judged:
    """What the model said to every sample of a part: "val" after each epoch, "test" at the end.

    ``logits``: float32 N×classes. ``targets``: int64, N. Row i is sample i of the part.
    """

    part: str
    step: int
    epoch: int
    logits: NDArray[np.float32]
    targets: NDArray[np.int64]


@dataclass(frozen=True)
class ViewComputed:
    """A view of the real weights after ``step`` steps."""

    visualization: str
    step: int
    view: View


@dataclass(frozen=True)
class TextSampled:
    """What the model wrote after ``epoch`` epochs."""

    epoch: int
    step: int
    text: str


@dataclass(frozen=True)
class Paused:
    """The run waits at a safe point; everything stays loaded."""

    step: int


@dataclass(frozen=True)
class Resumed:
    """The run goes on."""

    step: int


@dataclass(frozen=True)
class SettingChanged:
    """A live setting of the optimizer is another from the step after ``step`` on."""

    step: int
    name: str
    before: float
    after: float


@dataclass(frozen=True)
class RunEnded:
    """The run is over. ``summary``: what ``train --json`` prints; ``error``: one sentence where it failed."""

    run: str
    state: RunState
    step: int
    summary: Mapping[str, object] = field(default_factory=dict)
    error: str = ""
    details: str = ""


@dataclass(frozen=True)
class Problem:
    """Something that failed and was switched off. ``source``: the plugin; ``details``: its traceback."""

    source: str
    summary: str
    details: str = ""


Event: TypeAlias = (
    RunStarted
    | StepsLogged
    | EpochEnded
    | Judged
    | ViewComputed
    | TextSampled
    | SettingChanged
    | Paused
    | Resumed
    | RunEnded
    | Problem
)
