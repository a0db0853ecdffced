"""The task of saying which class a sample belongs to."""

from __future__ import annotations

from typing import TYPE_CHECKING

from core.api import TaskSpec, hookimpl

if TYPE_CHECKING:
    from torch import Tensor, nn

    from core.api import Batch


def cross_entropy(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    """Mean cross-entropy in nats, and the logits, B×classes."""
    from torch.nn.functional import cross_entropy

    logits = model(batch.inputs)
    return cross_entropy(logits, batch.targets), logits


def accuracy(logits: Tensor, batch: Batch) -> dict[str, Tensor]:
    """How many of the batch's samples have their highest logit at the right class."""
    return {"accuracy": (logits.argmax(1) == batch.targets).sum()}


@hookimpl
def register_tasks() -> list[TaskSpec]:
    """Classification of pictures."""
    return [
        TaskSpec(
            "image-classification", "Picture classification", cross_entropy, accuracy, try_it="image", classifies=True
        )
    ]
