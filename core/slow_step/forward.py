"""Records what every layer gives in one forward pass, and what backward makes of it."""

from __future__ import annotations

from collections import Counter
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.utils.hooks import RemovableHandle

from core.slow_step.records import Array, Arrival, LayerCall, OutputGradient, ParameterGradient, Summary

MOST_CALLS = 300
"""Uses of layers that are listed; a network that uses one for each token has more, and nobody reads them all."""
MOST_NUMBERS = 2**16
"""Numbers kept of one layer's output for the first sample."""


def first_sample(tensor: Tensor, batch: int) -> Tensor:
    """The part of a layer's output that belongs to the first of ``batch`` samples, wherever the batch's axis is."""
    if tensor.ndim and tensor.shape[0] == batch:
        return tensor[0]
    if tensor.ndim > 1 and tensor.shape[1] == batch:
        return tensor[:, 0]
    return tensor


def as_array(tensor: Tensor) -> Array:
    """A copy as float32 on the processor, its rows one behind the other: whoever draws it has no time to sort it."""
    found: Array = tensor.detach().to("cpu", torch.float32, copy=True, memory_format=torch.contiguous_format).numpy()
    return found


def kept_part(tensor: Tensor) -> Array:
    """As much of a sample's numbers as is kept: whole maps or rows, one at least."""
    if tensor.numel() > MOST_NUMBERS and tensor.ndim:
        each = max(1, tensor.numel() // tensor.shape[0])
        tensor = tensor[: max(1, MOST_NUMBERS // each)]
    return as_array(tensor)


class Recording:
    """Hooks on the layers for one forward pass, then on outputs and parameters for one backward pass.

    A layer is a module that has no children, or parameters of its own. No hook stays on the model between the two.
    """

    def __init__(self, model: nn.Module, batch: int) -> None:
        self.calls: list[LayerCall] = []
        self.calls_left_out = 0
        self.arrivals: list[Arrival] = []
        self._model, self._batch = model, batch
        self._names = {id(parameter): name for name, parameter in model.named_parameters()}
        self._counts: Counter[str] = Counter()
        self._handles: list[RemovableHandle] = []
        self._backward = False

    def begin_forward(self) -> None:
        """From now on what layers give is recorded."""
        for name, layer in self._model.named_modules():
            if not any(layer.children()) or any(True for _ in layer.parameters(recurse=False)):
                self._handles.append(layer.register_forward_hook(partial(self._after_layer, name)))

    def begin_backward(self) -> None:
        """From now on the gradients are recorded that arrive."""
        self._backward = True
        for name, parameter in self._model.named_parameters():
            if parameter.requires_grad:
                hook = partial(self._at_parameter, name)
                handle = parameter.register_post_accumulate_grad_hook(hook)  # type: ignore[no-untyped-call]
                self._handles.append(handle)

    def end(self) -> None:
        """Take the hooks off the model; those on outputs go with the graph, and record nothing any more."""
        self._backward = False
        for handle in self._handles:
            handle.remove()
        self._handles.clear()

    def _after_layer(self, name: str, layer: nn.Module, given: Any, output: Any) -> None:
        tensor = _first_tensor(output)
        if tensor is None:
            return
        self._counts[name] += 1
        if len(self.calls) >= MOST_CALLS:
            self.calls_left_out += 1
            return
        sample = first_sample(tensor.detach(), self._batch)
        # A weight that two layers share goes by one name.
        own = tuple(self._names[id(each)] for each in layer.parameters(recurse=False) if id(each) in self._names)
        call = LayerCall(
            *(name, type(layer).__name__, self._counts[name], tuple(tensor.shape), summary(tensor)),
            *(kept_part(sample), tuple(sample.shape), own),
        )
        self.calls.append(call)
        if tensor.requires_grad:
            tensor.register_hook(partial(self._at_output, len(self.calls) - 1))  # type: ignore[no-untyped-call]

    def _at_output(self, call: int, gradient: Tensor) -> None:
        if self._backward:  # a view may send gradients of its own through, while the step waits
            sample = first_sample(gradient, self._batch)
            self.arrivals.append(OutputGradient(call, norm(gradient), kept_part(sample)))

    def _at_parameter(self, name: str, parameter: Tensor) -> None:
        if parameter.grad is not None:
            self.arrivals.append(ParameterGradient(name, tuple(parameter.shape), norm(parameter.grad)))


def summary(tensor: Tensor) -> Summary:
    """Numbers about a tensor of at least one number."""
    numbers = tensor.detach().float()
    if not numbers.numel():
        return Summary(*[float("nan")] * 5)
    least, largest = numbers.aminmax()
    zeros = (numbers == 0).float().mean()
    mean, std = numbers.mean(), numbers.std(correction=0)
    return Summary(*(float(each) for each in (mean, std, least, largest, zeros)))


def norm(tensor: Tensor) -> float:
    """The Euclidean norm."""
    return float(tensor.detach().float().norm())


def _first_tensor(output: Any) -> Tensor | None:
    """What a layer gave; a recurrent one gives its outputs first and its state after them."""
    if isinstance(output, torch.Tensor):
        return output
    parts = output.values() if isinstance(output, dict) else output if isinstance(output, tuple | list) else ()
    return next((found for part in parts if (found := _first_tensor(part)) is not None), None)
