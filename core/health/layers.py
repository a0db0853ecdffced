"""The layers of a network whose health is told: each module with weights of its own."""

from __future__ import annotations

import re
from dataclasses import dataclass

from torch import Tensor, nn
from torch.nn.parameter import is_lazy

_OF_LAYER = re.compile(r"_l(\d+)(_reverse)?$")


@dataclass(frozen=True)
class Layer:
    """``parameters``: all of its own, also those that are not trained. ``module``: the name of what computes it."""

    name: str
    kind: str
    module: str
    parameters: tuple[Tensor, ...]
    computes_output: bool = True
    """Whether what the module answers is this layer's: of a stack of recurrent layers in one module, the last's."""

    @property
    def size(self) -> int:
        """How many weights it has."""
        return sum(parameter.numel() for parameter in self.parameters)

    @property
    def trained(self) -> bool:
        """Whether any of its weights is to be trained."""
        return any(parameter.requires_grad for parameter in self.parameters)


def layers_of(model: nn.Module) -> list[Layer]:
    """One for each module with parameters of its own; recurrent layers that are stacked in one module are told apart.

    Weights that several modules share belong to each of them.
    """
    found: list[Layer] = []
    for module_name, module in model.named_modules():
        kind = type(module).__name__
        groups = _groups(module)
        for number, (suffix, parameters) in enumerate(groups.items(), 1):
            name = (module_name or kind) + (f".{suffix}" if len(groups) > 1 else "")
            found.append(Layer(name, kind, module_name, tuple(parameters), number == len(groups)))
    return found


def _groups(module: nn.Module) -> dict[str, list[Tensor]]:
    """A module's own parameters; of a recurrent one by the layer in the stack, as in ``weight_hh_l1``."""
    groups: dict[str, list[Tensor]] = {}
    for name, parameter in module.named_parameters(recurse=False):
        if not parameter.is_floating_point() or is_lazy(parameter):
            continue
        match = _OF_LAYER.search(name) if isinstance(module, nn.RNNBase) else None
        groups.setdefault(f"l{match.group(1)}" if match else "", []).append(parameter)
    return groups
