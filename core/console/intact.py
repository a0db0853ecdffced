"""What a cell may do to a model that is being trained: change its numbers, but not what it is made of."""

from __future__ import annotations

from collections.abc import Mapping

from torch import Tensor, nn

LAYERS = (
    "The model's layers cannot be exchanged while it is trained, since the optimizer would go on with the old ones: "
    "they are as they were. Change their weights in place, as in model.conv1.weight.data.mul_(2)."
)
SHAPES = (
    "Shape, type and device of the weights cannot change while the model is trained: they are as they were. "
    "Stop the run first, or work on a copy: copy.deepcopy(model)."
)
FROZEN = "With every parameter frozen there would be nothing to train: they are as they were. Leave at least one free."


class Intact:
    """A model as it is before a cell; after it, :meth:`settle` puts back what the training cannot do without.

    Nothing is copied: only which tensors there are, how often each was written to, and whether layers are in training
    mode.
    """

    def __init__(self, model: nn.Module) -> None:
        self._layers = [
            (module, module.training, dict(module._parameters), dict(module._modules)) for module in model.modules()
        ]
        self._model = model
        self._data = [(tensor, tensor.data) for tensor in model.parameters()]
        self._needed = [tensor.requires_grad for tensor, _ in self._data]
        self._numbers = self._written()

    def settle(self) -> tuple[bool, str]:
        """Whether the model's numbers are others now, and what was put back, as a sentence; "" for nothing."""
        said = self._put_layers_back() or self._put_shapes_back() or self._put_gradients_back()
        for module, training, _, _ in self._layers:
            module.training = training  # a look with model.eval() must not change how the training goes on
        return self._written() != self._numbers, said

    def _written(self) -> list[tuple[int, int, int]]:
        """Which memory each number is in, and how often it was written to."""
        tensors: list[Tensor] = [*self._model.parameters(), *self._model.buffers()]
        return [(id(tensor), tensor.data_ptr(), tensor._version) for tensor in tensors]

    def _put_layers_back(self) -> str:
        said = ""
        for module, _, parameters, modules in self._layers:
            for now, before in ((module._parameters, parameters), (module._modules, modules)):
                if _identities(now) != _identities(before):
                    now.clear()
                    now.update(before)  # type: ignore[arg-type]
                    said = LAYERS
        return said

    def _put_shapes_back(self) -> str:
        said = ""
        for tensor, data in self._data:
            now = tensor.data
            if (now.shape, now.dtype, now.device) != (data.shape, data.dtype, data.device):
                tensor.data = data
                said = SHAPES
        return said

    def _put_gradients_back(self) -> str:
        if not any(self._needed) or any(tensor.requires_grad for tensor, _ in self._data):
            return ""
        for (tensor, _), needed in zip(self._data, self._needed, strict=True):
            tensor.requires_grad_(needed)
        return FROZEN


def _identities(parts: Mapping[str, object]) -> list[tuple[str, int]]:
    """Tensors are compared by what they are, not number by number."""
    return [(name, id(part)) for name, part in parts.items()]
