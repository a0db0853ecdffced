"""What a run tells the world: frozen events, safe to hand to another thread."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.slow_step.records import SlowStepStopped as SlowStepStopped
from core.views import View

RunState: TypeAlias = Literal["running", "finished", "stopped", "failed", "interrupted"]
Keep: TypeAlias = Literal["last", "best", "nothing"]
"""Which weights a run leaves: those after its last step, those of its best epoch, or no run at all."""


@dataclass(frozen=True)
class RunStarted:
    """The next step is about to be taken: the first one, or of a resumed run the one after ``step``."""

    run: str
    network: str
    data: str
    device: str
    parameters: int
    epochs: int
    steps_per_epoch: int
    step: int = 0

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
    """An epoch is over and the validation split has been looked at. ``epoch`` counts from 1.

    ``best_epoch``: the one with the lowest validation loss so far, 0 where none has any. ``waited``: epochs since then.
    ``patience``: after how many of them the run is stopped, 0: never.
    """

    epoch: int
    step: int
    train: Mapping[str, float]
    validation: Mapping[str, float]
    best_epoch: int = 0
    waited: int = 0
    patience: int = 0

    @property
    def waiting(self) -> str:
        """In words how near the run is to being stopped early; "" where there is nothing to say."""
        return f"{self.waited} of {self.patience} epochs without a better one" if self.patience and self.waited else ""


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
class HealthMeasured:
    """How each layer fared in the step after which there were ``step`` steps, taken with the learning rate ``lr``.

    ``layers``: names, in the order in which they compute; ``kinds``: the classes of their modules. All arrays have a
    value a layer; NaN: there is none; infinite: it is no finite number. ``sizes``: weights. ``trained``: whether any
    of them is. ``gradient_norm`` (before clipping) and ``weight_norm`` (after the update): Euclidean.
    ``update_ratio``: the norm of the step's change over that of the weights before. ``dead``: the share of the
    ``units`` behind its ReLU that are silent. ``saturated``: the share of a tanh's or sigmoid's answers at their ends.
    ``histograms``: for "weights", "gradients" and "activations" (the layer's answers), layers×bins, the share of
    values in each of the bins of :mod:`core.health.bins`; in a run's record they are left out.
    """

    step: int
    lr: float
    layers: tuple[str, ...]
    kinds: tuple[str, ...]
    sizes: NDArray[np.int64]
    trained: NDArray[np.bool_]
    gradient_norm: NDArray[np.float32]
    weight_norm: NDArray[np.float32]
    update_ratio: NDArray[np.float32]
    dead: NDArray[np.float32]
    units: NDArray[np.int64]
    saturated: NDArray[np.float32]
    histograms: Mapping[str, NDArray[np.float32]] = field(default_factory=dict)


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
    """A live setting is another from the step after ``step`` on. ``who`` changed it: "you" or "schedule"."""

    step: int
    name: str
    before: float | bool
    after: float | bool
    who: str = "you"


@dataclass(frozen=True)
class WeightsLoaded:
    """After ``step`` steps the model was given other weights, those of the file ``source``."""

    step: int
    source: str


@dataclass(frozen=True)
class CheckpointTaken:
    """What is needed to go on from here is on the disk; a crash now costs nothing. ``seconds``: what that took."""

    step: int
    seconds: float


@dataclass(frozen=True)
class RunEnded:
    """The run is over. ``summary``: what ``train --json`` prints; ``error``: one sentence where it failed.

    ``kept``: whose weights it leaves; of "nothing" the folder is gone. ``reason``: a sentence on why it ended before
    its last epoch, where nobody stopped it. ``retry_lr``: where the numbers gave out, a learning rate that may do
    better; the run can be resumed with it after ``retry_step`` steps (its last good checkpoint, or 0: from the start).
    """

    run: str
    state: RunState
    step: int
    summary: Mapping[str, object] = field(default_factory=dict)
    error: str = ""
    details: str = ""
    kept: Keep = "last"
    reason: str = ""
    retry_lr: float | None = None
    retry_step: int = 0


@dataclass(frozen=True)
class Noted:
    """Something that the person should know of the data before the first step, in a sentence; nothing has failed."""

    source: str
    text: str


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
    | HealthMeasured
    | TextSampled
    | SettingChanged
    | WeightsLoaded
    | CheckpointTaken
    | SlowStepStopped
    | Paused
    | Resumed
    | RunEnded
    | Noted
    | Problem
)
