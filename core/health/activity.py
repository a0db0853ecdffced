"""What the layers answer during one forward pass, and which of their units are silent or saturated."""

from __future__ import annotations

import time
import weakref
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import partial
from typing import Any

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode
from torch.utils.hooks import RemovableHandle

from core.health.layers import Layer
from core.health.samples import Sampler

RELUS = frozenset({"relu", "relu_", "relu6", "rnn_relu"})
SQUASHING = {"tanh": (0.0, 1.0), "tanh_": (0.0, 1.0), "rnn_tanh": (0.0, 1.0), "sigmoid": (0.5, 0.5)}
SQUASHING["sigmoid_"] = SQUASHING["sigmoid"]
"""Of a function that squashes, the middle and how far its answers reach from there."""
SATURATED = 0.97
"""The share of that reach beyond which a value counts as saturated: the slope there is 6% of its largest, or less."""
_CHANNELS_FIRST = (nn.modules.conv._ConvNd, nn.modules.batchnorm._NormBase, nn.GroupNorm)


@dataclass(frozen=True)
class Answers:
    """Of one forward pass, by the row of the layer: ``loudest`` has, for each call of a ReLU, each unit's largest value
    in the whole batch; ``saturated`` for each call of tanh or sigmoid the share of values at the ends.
    """

    outputs: dict[int, Tensor]
    loudest: list[tuple[int, Tensor]]
    saturated: list[tuple[int, Tensor]]
    called: list[int]
    """The layers' rows in the order in which they were first called."""


class Activity(TorchFunctionMode):
    """Listens to all layers, and to every ReLU, tanh and sigmoid, whether it is a module or a function.

    Such a function is put down to the layer whose answer it is given or, where that is none's, to the one that began or
    ended last. Everything is computed at once, since a function that works in place changes what was answered.
    """

    def __init__(self, model: nn.Module, layers: Sequence[Layer], sampler: Sampler) -> None:
        super().__init__()
        self.answers = Answers({}, [], [], [])
        self.seconds = 0.0
        """How long the listening itself took."""
        self.error: Exception | None = None
        """What went wrong meanwhile; the forward pass itself goes on."""
        self._model, self._layers, self._sampler = model, layers, sampler
        self._last = -1
        self._made: dict[int, tuple[weakref.ref[Tensor], int]] = {}
        self._handles: list[RemovableHandle] = []
        self._entered = False

    def attach(self) -> None:
        """Begin to listen; on the thread that computes."""
        for row, layer in enumerate(self._layers):
            if layer.computes_output:
                module = self._model.get_submodule(layer.module)
                self._handles.append(module.register_forward_pre_hook(partial(self._on_call, row)))
                self._handles.append(module.register_forward_hook(partial(self._on_answer, row)))
        self.__enter__()  # type: ignore[no-untyped-call]
        self._entered = True

    def detach(self) -> None:
        """Let go of all; a second time it does nothing."""
        if self._entered:
            self._entered = False
            self.__exit__(None, None, None)  # type: ignore[no-untyped-call]
        for handle in self._handles:
            handle.remove()
        self._handles.clear()
        self._made.clear()

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        """Called by torch for each of its functions: compute it, and look at what it answers."""
        result = func(*args, **(kwargs or {}))
        name = getattr(func, "__name__", "")
        if name in RELUS or name in SQUASHING or (name == "hardtanh" and _is_relu6(args, kwargs)):
            self._guarded(lambda: self._on_function(name, args, result))
        return result

    def _on_call(self, row: int, _module: nn.Module, _inputs: Any) -> None:
        self._last = row

    def _on_answer(self, row: int, _module: nn.Module, _inputs: Any, output: Any) -> None:
        self._guarded(lambda: self._keep(row, output))

    def _keep(self, row: int, output: Any) -> None:
        self._last = row
        if row not in self.answers.outputs:
            self.answers.called.append(row)
        tensor = _first_tensor(output)
        if tensor is not None and tensor.is_floating_point():
            self.answers.outputs[row] = self._sampler.take(tensor)
            self._made[id(tensor)] = (weakref.ref(tensor), row)

    def _on_function(self, name: str, args: Any, result: Any) -> None:
        tensor = _first_tensor(result)
        row = self._maker_of(args[0] if args else None)
        if tensor is None or row < 0 or tensor.ndim < 2 or not tensor.numel():
            return
        values = tensor.detach()
        if name in SQUASHING:
            middle, reach = SQUASHING[name]
            self.answers.saturated.append((row, ((values - middle).abs() > SATURATED * reach).float().mean()))
        else:
            self.answers.loudest.append((row, self._by_unit(values, row)))

    def _maker_of(self, given: Any) -> int:
        reference, row = self._made.get(id(given), (None, -1))
        return row if reference is not None and reference() is given else self._last

    def _by_unit(self, values: Tensor, row: int) -> Tensor:
        """The largest value of each unit: of a channel of pictures, or of a feature at any place of a sequence."""
        module = self._model.get_submodule(self._layers[row].module)
        channels_first = values.ndim != 3 or isinstance(module, _CHANNELS_FIRST)
        unit = 1 if channels_first else 2
        return values.amax([axis for axis in range(values.ndim) if axis != unit]).float()

    def _guarded(self, look: Callable[[], None]) -> None:
        began = time.perf_counter()
        if self.error is None:
            try:
                with torch.no_grad():
                    look()
            except Exception as error:  # border: a network of a plugin may hand round whatever it likes
                self.error = error
        self.seconds += time.perf_counter() - began


def _first_tensor(output: Any) -> Tensor | None:
    """What a layer mainly answers: a recurrent one hands its state over, too."""
    if isinstance(output, Tensor):
        return output
    parts = output.values() if isinstance(output, dict) else output if isinstance(output, tuple | list) else ()
    return next((part for part in parts if isinstance(part, Tensor)), None)


def _is_relu6(args: Any, kwargs: Any) -> bool:
    lowest = args[1] if len(args) > 1 else (kwargs or {}).get("min_val", -1.0)
    return bool(lowest == 0.0)
