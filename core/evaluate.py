"""How good a model is on data it was not trained on."""

from __future__ import annotations

from collections.abc import Callable

import torch
from torch import nn

from core.batches import BatchSource
from core.specs import TaskSpec


class Interrupted(Exception):
    """The evaluation was given up because the run shall end."""


def evaluate(
    model: nn.Module, task: TaskSpec, batches: BatchSource, between: Callable[[], None] = lambda: None
) -> dict[str, float]:
    """Mean loss and metrics over all samples, the model in evaluation mode and left as it was.

    ``between`` is called between two batches, where gradients may be computed; it may raise :class:`Interrupted`.
    """
    sums: dict[str, torch.Tensor] = {}
    count = 0
    was_training = model.training
    model.eval()
    try:
        for batch in batches.epoch():
            between()
            with torch.no_grad():
                loss, outputs = task.loss(model, batch)
                found = {"loss": loss * len(batch), **task.metrics(outputs, batch)}
            for name, value in found.items():
                sums[name] = sums[name] + value.float() if name in sums else value.float()
            count += len(batch)
    finally:
        model.train(was_training)
    return {name: float(value) / max(count, 1) for name, value in sums.items()}
