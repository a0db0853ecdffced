"""What each layer of a network answers to given inputs."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from torch import Tensor, nn


def activations(model: nn.Module, inputs: Tensor) -> dict[str, NDArray[np.float32]]:
    """The output of every layer (module without children) for ``inputs``, by the layer's name, in calling order.

    The model is run once, in evaluation mode and without gradients, and is left as it was. A layer that is
    called more than once is kept with its last output. Outputs that are no tensors are left out.
    """
    import torch

    found: dict[str, NDArray[np.float32]] = {}

    def keep(name: str, output: object) -> None:
        if isinstance(output, torch.Tensor):
            found[name] = output.detach().to("cpu", torch.float32, copy=True).numpy()

    layers = [(name, layer) for name, layer in model.named_modules() if name and not any(layer.children())]
    handles = [
        layer.register_forward_hook(lambda _layer, _inputs, output, name=name: keep(name, output))
        for name, layer in layers
    ]
    was_training = model.training
    try:
        model.eval()
        with torch.no_grad():
            model(inputs)
    finally:
        model.train(was_training)
        for handle in handles:
            handle.remove()
    return found
