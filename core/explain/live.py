"""A copy of a model that is being trained, kept up to date at safe points."""

from __future__ import annotations

import copy

from torch import Tensor, nn

from core.inference import weights_copy
from core.trainer import Trainer


def resting_copy(model: nn.Module) -> nn.Module:
    """A copy on the CPU for looking at: evaluation mode, nothing to learn, no layer that works in place.

    Call it at a safe point where ``model`` is being trained.
    """
    copied = copy.deepcopy(model).to("cpu").eval().requires_grad_(False)
    for parameter in copied.parameters():
        parameter.grad = None
    for module in copied.modules():
        if getattr(module, "inplace", None) is True:
            module.inplace = False  # type: ignore[assignment]
    return copied


class LiveModel:
    """The model of a trainer as it was at its last safe point, or as it is when the training is over."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self.step = -1
        """After how many steps the weights were copied; -1 before the first time."""
        self._model: nn.Module | None = None

    @property
    def title(self) -> str:
        """Which model this is, in words."""
        return f"{self.trainer.job.network.title} after {self.step:,} steps"

    def newest(self) -> nn.Module:
        """The copy, with the newest weights; waits for a safe point, so it must not be called on the GUI thread."""
        if self._model is None:
            self._model, self.step = self.trainer.control.at_safe_point(self._first).result()
        weights, step = self.trainer.control.at_safe_point(self._newer).result()
        if weights is not None:
            # Assigned: recordings that are still looked at keep the numbers of their own time.
            self._model.load_state_dict(weights, assign=True)
            self.step = step
        return self._model

    def _first(self) -> tuple[nn.Module, int]:
        return resting_copy(self.trainer.job.model), self.trainer.step

    def _newer(self) -> tuple[dict[str, Tensor] | None, int]:
        step = self.trainer.step
        return (None if step == self.step else weights_copy(self.trainer.job.model)), step
