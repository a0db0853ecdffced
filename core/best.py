"""The best epoch so far, and how long ago it was: for early stopping, and to keep its weights."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from torch import Tensor, nn


@dataclass
class Best:
    """The epoch with the lowest validation loss; of equals the first.

    The loss and not the accuracy: every task has one, no two epochs share it, and schedules and patience go by it.
    ``epoch`` counts from 1, 0: there is none yet. ``means``: what validation found. ``weights``: a copy, on the device.
    ``waited``: epochs since then.
    """

    epoch: int = 0
    step: int = 0
    waited: int = 0
    means: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, Tensor] = field(default_factory=dict)

    @property
    def loss(self) -> float:
        """The lowest validation loss, or infinity."""
        return self.means.get("loss", math.inf)

    def take(self, epoch: int, step: int, means: Mapping[str, float], model: nn.Module) -> bool:
        """See whether an epoch is the best one; the weights are then copied from ``model``."""
        if not means["loss"] < self.loss:
            self.waited += 1
            return False
        self.epoch, self.step, self.waited, self.means = epoch, step, 0, dict(means)
        # Held in memory: validation may come many times a second, and the disk waits for the next checkpoint.
        self.weights = {name: tensor.detach().clone() for name, tensor in model.state_dict().items()}
        return True

    def summary(self) -> dict[str, Any]:
        """What a run's result says of it."""
        if not self.epoch:
            return {}
        return {
            **{"best_epoch": self.epoch, "best_step": self.step, "epochs_without_better": self.waited},
            **{f"best_val_{name}": value for name, value in self.means.items()},
        }

    def state(self) -> dict[str, Any]:
        """All but the weights, for a checkpoint."""
        return {"epoch": self.epoch, "step": self.step, "waited": self.waited, "means": dict(self.means)}
