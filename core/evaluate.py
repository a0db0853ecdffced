"""How good a model is on data it was not trained on."""

from __future__ import annotations

from collections.abc import Callable
from contextlib import AbstractContextManager, nullcontext

import torch
from torch import Tensor, nn

from core.batches import Batch, BatchSource
from core.events import Judged
from core.specs import TaskSpec

MOST_LOGITS = 2**24
"""A thousand classes of 16,000 pictures: 64 MB; more is not kept."""


class Interrupted(Exception):
    """The evaluation was given up because the run shall end."""


class Judge:
    """Keeps what a model says to each sample while it is evaluated, so that it need not be asked again."""

    def __init__(self) -> None:
        self._logits: list[Tensor] = []
        self._targets: list[Tensor] = []
        self._numbers = 0

    def keep(self, outputs: Tensor, batch: Batch) -> None:
        """Take the logits of a batch, B×classes."""
        self._numbers += outputs.numel()
        if self._numbers > MOST_LOGITS:
            self._logits.clear()
            self._targets.clear()
            return
        self._logits.append(outputs.float())
        self._targets.append(batch.targets)

    def judged(self, part: str, step: int, epoch: int) -> Judged | None:
        """The event; None where nothing was kept."""
        if not self._logits:
            return None
        logits, targets = (torch.cat(parts).cpu().numpy() for parts in (self._logits, self._targets))
        return Judged(part, step, epoch, logits, targets)


def evaluate(
    model: nn.Module,
    task: TaskSpec,
    batches: BatchSource,
    between: Callable[[], None] = lambda: None,
    *,
    judge: Judge | None = None,
    arithmetic: AbstractContextManager[object] | None = None,
) -> dict[str, float]:
    """Mean loss and metrics over all samples, the model in evaluation mode and left as it was.

    ``between`` is called between two batches, where gradients may be computed; it may raise :class:`Interrupted`.
    ``judge`` is shown the outputs. ``arithmetic``: the context in which the model computes, as in training.
    """
    arithmetic = arithmetic or nullcontext()
    sums: dict[str, torch.Tensor] = {}
    count = 0
    was_training = model.training
    model.eval()
    try:
        for batch in batches.epoch():
            between()
            with torch.no_grad(), arithmetic:
                loss, outputs = task.loss(model, batch)
                found = {"loss": loss * len(batch), **task.metrics(outputs, batch)}
            if judge:
                judge.keep(outputs, batch)
            for name, value in found.items():
                sums[name] = sums[name] + value.float() if name in sums else value.float()
            count += len(batch)
    finally:
        model.train(was_training)
    return {name: float(value) / max(count, 1) for name, value in sums.items()}
