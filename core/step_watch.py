"""A look at one step from inside, between its phases."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

if TYPE_CHECKING:
    from torch import Tensor

    from core.batches import Batch


class StepAnew(Exception):
    """Raised by a watch before the update: what was computed no longer holds; the step begins anew, same batch."""


class StepWatch:
    """No-op methods that the trainer calls on its own thread in the course of one step, in this order.

    A watch must leave weights, gradients and random state as they were, so that a step that was watched is the same
    as one that was not.
    """

    def before_forward(self, batch: Batch) -> None:
        """No parameter has a gradient; the loss of ``batch`` is computed next."""

    def before_backward(self, loss: Tensor, outputs: Tensor) -> None:
        """The loss (a scalar that knows how it came about) is there, the gradients are not."""

    def after_backward(self) -> None:
        """Every parameter has its gradient, as ``backward()`` left it."""

    def before_update(self) -> None:
        """The gradients are clipped, where that was asked for; the optimizer's step is next."""

    def after_update(self) -> None:
        """The weights are new; the gradients are still there."""

    def close(self) -> None:
        """Called last, also where the step failed: let go of whatever was attached to the model."""


UNWATCHED = StepWatch()
WatchSource: TypeAlias = Callable[[int], StepWatch | None]
"""Asked before each step, with the number of steps that are done: the watch for the next one, or None."""
