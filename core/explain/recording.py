"""Records what every layer was given and answered, and how its arithmetic goes."""

from __future__ import annotations

from collections import Counter
from typing import Any, cast

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.data import DataInfo
from core.explain.explanation import ExplainError
from core.explain.operations import AdaptivePooling, Convolution, Floats, Layer, Linear, Operation, Pooling, Recording
from core.inference import NotReady


def network_input(info: DataInfo, seen: NDArray[np.uint8]) -> Tensor:
    """A uint8 C×H×W picture as the network takes it: 1×C×H×W, scaled and normalised.

    Raises:
        ExplainError: where the network takes pictures of another shape.
    """
    if seen.shape != tuple(info.input_shape):
        given, taken = ("×".join(map(str, shape)) for shape in (seen.shape, info.input_shape))
        raise ExplainError(f"This picture is {given}, but the network takes {taken}: drop it again, or use a sample.")
    shape = (1, -1, 1, 1)
    inputs = torch.from_numpy(np.ascontiguousarray(seen)).unsqueeze(0).float().div(255)
    return (inputs - torch.tensor(info.mean).view(shape)) / torch.tensor(info.std).view(shape)


def softmax(logits: Tensor) -> NDArray[np.float32]:
    """The probabilities of one row of logits.

    Raises:
        NotReady: where they are no numbers.
    """
    probabilities: NDArray[np.float32] = torch.softmax(logits.detach().float(), dim=0).numpy()
    if not np.isfinite(probabilities).all():
        raise NotReady("The network answers with no numbers: train it again, with a smaller learning rate.")
    return probabilities


def record(model: nn.Module, info: DataInfo, seen: NDArray[np.uint8]) -> Recording:
    """What every layer (module without children) of ``model`` answers to ``seen``, a uint8 C×H×W picture.

    ``model`` is a copy made by :func:`core.explain.live.resting_copy`: later weights must be assigned to it, not
    copied into its tensors, since the recording refers to them. Outputs that are no tensors are left out.

    Raises:
        ExplainError, NotReady: where the picture has another shape, or the answer is no number.
    """
    found: list[Layer] = []
    calls: Counter[str] = Counter()
    inputs: dict[str, Tensor] = {}

    def before(layer: nn.Module, name: str, given: tuple[Any, ...]) -> None:
        # Copied before the layer runs: what follows may change the tensor in place.
        if given and isinstance(given[0], torch.Tensor):
            inputs[name] = given[0].detach().to("cpu", torch.float32, copy=True)

    def after(layer: nn.Module, name: str, output: object) -> None:
        if isinstance(output, torch.Tensor):
            calls[name] += 1
            called = name if calls[name] == 1 else f"{name} (call {calls[name]})"
            found.append(_layer(called, layer, inputs.pop(name, None), output))

    handles = []
    for name, layer in model.named_modules():
        if name and not any(layer.children()):
            handles.append(layer.register_forward_pre_hook(lambda lay, given, name=name: before(lay, name, given)))
            handles.append(layer.register_forward_hook(lambda lay, _in, out, name=name: after(lay, name, out)))
    try:
        with torch.no_grad():
            logits = model(network_input(info, seen))[0]
    finally:
        for handle in handles:
            handle.remove()
    return Recording(softmax(logits), tuple(found))


def _layer(name: str, layer: nn.Module, given: Tensor | None, output: Tensor) -> Layer:
    outputs = output.detach().to("cpu", torch.float32, copy=True)
    made = _without_batch(outputs)
    operation = _operation(layer, given, outputs) if given is not None else None
    if given is None or (operation is None and given.shape != outputs.shape):
        return Layer(name, type(layer).__name__, made)
    return Layer(name, type(layer).__name__, made, _without_batch(given), operation)


def _without_batch(tensor: Tensor) -> Floats:
    numbers: Floats = (tensor[0] if tensor.ndim and tensor.shape[0] == 1 else tensor).numpy()
    return numbers


def _operation(layer: nn.Module, given: Tensor, made: Tensor) -> Operation | None:
    """What the layer does, where its arithmetic can be shown for one picture."""
    if given.shape[:1] != (1,) or made.shape[:1] != (1,):
        return None
    if isinstance(layer, nn.Linear) and given.ndim == 2:
        return Linear(_floats(layer.weight), _bias(layer))
    if given.ndim != 4:
        return None
    if isinstance(layer, nn.Conv2d):
        return _convolution(layer)
    if isinstance(layer, nn.MaxPool2d):
        kernel, stride, padding = _pair(layer.kernel_size), _pair(layer.stride), _pair(layer.padding)
        return Pooling("max", kernel, stride, padding, _pair(layer.dilation))
    if isinstance(layer, nn.AvgPool2d):
        kernel, stride, padding = _pair(layer.kernel_size), _pair(layer.stride), _pair(layer.padding)
        counts, divisor = layer.count_include_pad, layer.divisor_override
        return Pooling("mean", kernel, stride, padding, count_padding=counts, divisor=divisor)
    if isinstance(layer, nn.AdaptiveAvgPool2d):
        return AdaptivePooling("mean")
    return AdaptivePooling("max") if isinstance(layer, nn.AdaptiveMaxPool2d) else None


def _convolution(layer: nn.Conv2d) -> Convolution:
    dilation, kernel = _pair(layer.dilation), _pair(layer.kernel_size)
    if layer.padding == "same":
        # torch puts the odd row or column at the end.
        before = tuple(step * (side - 1) // 2 for step, side in zip(dilation, kernel, strict=True))
    else:
        before = (0, 0) if layer.padding == "valid" else _pair(layer.padding)
    return Convolution(
        _floats(layer.weight),
        _bias(layer),
        _pair(layer.stride),
        _pair(before),
        dilation,
        layer.groups,
        cast(Any, layer.padding_mode),
    )


def _bias(layer: nn.Conv2d | nn.Linear) -> Floats | None:
    return None if layer.bias is None else _floats(layer.bias)


def _floats(tensor: Tensor) -> Floats:
    numbers: Floats = tensor.detach().to("cpu", torch.float32).numpy()
    return numbers


def _pair(size: Any) -> tuple[int, int]:
    down, across = size if isinstance(size, tuple | list) else (size, size)
    return int(down), int(across)
