"""One look at a step: everything is computed where the weights are, and read back in one go."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.batches import Batch
from core.events import HealthMeasured
from core.health.activity import Activity
from core.health.bins import KINDS, histograms
from core.health.layers import layers_of
from core.health.samples import Sampler, thinned
from core.health.silence import Silence
from core.step_watch import StepWatch

Floats = NDArray[np.float64]


class Look(StepWatch):
    """Watches one step. ``told`` gets what was found, after the update.

    Gradients are looked at as ``backward()`` left them, before they are clipped; what is updated are the weights that
    are trained, whatever mean is kept of them.
    """

    def __init__(
        self, model: nn.Module, step: int, lr: float, memory: Memory, told: Callable[[HealthMeasured], None]
    ) -> None:
        self._model, self._step, self._lr, self._memory, self._told = model, step, lr, memory, told
        self._layers = layers_of(model)
        self._rows, self._parameters = _with_rows([layer.parameters for layer in self._layers])
        self.activity = Activity(model, self._layers, memory.sampler)
        self._before: list[Tensor] = []
        self._size = 0
        self._gradients: list[tuple[int, Tensor]] = []
        self._read = ReadBack()

    def before_forward(self, batch: Batch) -> None:
        """Copy the old weights, and listen to the layers."""
        self._size = len(batch)
        self._before = [thinned(parameter).clone() for parameter in self._parameters]
        self.activity.attach()

    def before_backward(self, loss: Tensor, outputs: Tensor) -> None:
        """The forward pass is over: what is computed again on the way back is not listened to."""
        self.activity.detach()

    def after_backward(self) -> None:
        """Measure the gradients before anybody clips them."""
        for row, parameter in zip(self._rows, self._parameters, strict=True):
            if parameter.grad is not None:
                gradient = parameter.grad
                self._gradients.append((row, gradient.coalesce().values() if gradient.is_sparse else gradient))
        self._measure("gradients", self._gradients)

    def after_update(self) -> None:
        """Measure the weights and by how much they have changed; read everything back and tell it."""
        now = [thinned(parameter) for parameter in self._parameters]
        self._norms("before", self._before)
        self._norms("change", torch._foreach_sub(now, self._before) if now else [])
        self._before = []
        whole = [(row, parameter.detach()) for row, parameter in zip(self._rows, self._parameters, strict=True)]
        self._measure("weights", whole)
        answers = self.activity.answers
        for row, sample in answers.outputs.items():
            self._read.add("activations", row, sample)
        for name, found in (("loudest", answers.loudest), ("saturated", answers.saturated)):
            for row, values in found:
                self._read.add(name, row, values)
        called = [self._layers[row].module for row in answers.called]
        order = self._memory.order([layer.module for layer in self._layers], called)
        self._told(_reordered(self._measured(self._read.all()), order))

    def close(self) -> None:
        """Let go of the model, also where the step failed."""
        self.activity.detach()

    def _measure(self, name: str, tensors: Sequence[tuple[int, Tensor]]) -> None:
        self._norms(f"{name} norm", [tensor for _, tensor in tensors])
        for row in range(len(self._layers)):
            for sample in self._memory.sampler.share([tensor for owner, tensor in tensors if owner == row]):
                self._read.add(name, row, sample)

    def _norms(self, name: str, tensors: list[Tensor] | tuple[Tensor, ...]) -> None:
        if tensors:
            for norm in torch._foreach_norm(tensors, 2, dtype=torch.float32):
                self._read.add(name, 0, norm)

    def _measured(self, found: Found) -> HealthMeasured:
        rows, count, layers = np.asarray(self._rows, np.intp), len(self._layers), self._layers
        with_gradient = np.asarray([row for row, _ in self._gradients], np.intp)
        before, change = (_by_row(found.values(name), rows, count) for name in ("before", "change"))
        with np.errstate(divide="ignore", invalid="ignore"):
            ratio = np.where(before > 0, change / before, np.nan)
        names = [layer.name for layer in layers]
        dead, units = self._memory.silence.take(names, found.parts("loudest"), self._size)
        return HealthMeasured(
            step=self._step,
            lr=self._lr,
            layers=tuple(names),
            kinds=tuple(layer.kind for layer in layers),
            sizes=np.asarray([layer.size for layer in layers], np.int64),
            trained=np.asarray([layer.trained for layer in layers], np.bool_),
            gradient_norm=_told(_by_row(found.values("gradients norm"), with_gradient, count)),
            weight_norm=_told(_by_row(found.values("weights norm"), rows, count)),
            update_ratio=_told(ratio, broken=~np.isfinite(change) & ~np.isnan(before)),
            dead=dead,
            units=units,
            saturated=_largest(found.parts("saturated"), count),
            histograms={
                name: histograms(found.values(name), found.rows(name), count, bins) for name, bins in KINDS.items()
            },
        )


class Memory:
    """What is carried from one look to the next."""

    def __init__(self) -> None:
        self.sampler = Sampler()
        self.silence = Silence()
        self._order: dict[str, int] = {}

    def order(self, modules: Sequence[str], called: Sequence[str]) -> list[int]:
        """The rows of layers in the order in which their modules are ``called``; those that are not come last.

        As long as no new ones are called the order stays what it was, whichever way the data take.
        """
        if not self._order.keys() >= set(called):
            self._order = {name: place for place, name in enumerate(called)}
        return sorted(range(len(modules)), key=lambda row: self._order.get(modules[row], len(self._order)))


class Found:
    """What was read back: under each name some parts, each with the row that it belongs to."""

    def __init__(self, parts: dict[str, list[tuple[int, NDArray[np.float32]]]]) -> None:
        self._parts = parts

    def parts(self, name: str) -> list[tuple[int, NDArray[np.float32]]]:
        """All that is told under a name."""
        return self._parts.get(name, [])

    def values(self, name: str) -> NDArray[np.float32]:
        """The same as one row of numbers."""
        return np.concatenate([values for _, values in self.parts(name)] or [np.empty(0, np.float32)])

    def rows(self, name: str) -> NDArray[np.intp]:
        """The row of each of these numbers."""
        parts = self.parts(name)
        return np.repeat([row for row, _ in parts], [len(values) for _, values in parts]).astype(np.intp)


class ReadBack:
    """Collects tensors that still lie on the device."""

    def __init__(self) -> None:
        self._waiting: list[tuple[str, int, Tensor]] = []

    def add(self, name: str, row: int, values: Tensor) -> None:
        """Float32 numbers of any shape."""
        self._waiting.append((name, row, values.reshape(-1)))

    def all(self) -> Found:
        """Everything at once: the processor waits once for each device, which is one but for networks on several."""
        found: dict[str, list[tuple[int, NDArray[np.float32]]]] = {}
        for device in dict.fromkeys(values.device for _, _, values in self._waiting):
            mine = [entry for entry in self._waiting if entry[2].device == device]
            read: NDArray[np.float32] = torch.cat([values for _, _, values in mine]).cpu().numpy()
            ends = np.cumsum([values.numel() for _, _, values in mine])
            for (name, row, values), end in zip(mine, ends, strict=True):
                found.setdefault(name, []).append((row, read[end - values.numel() : end]))
        self._waiting = []
        return Found(found)


def _with_rows(groups: Sequence[Sequence[Tensor]]) -> tuple[list[int], list[Tensor]]:
    pairs = [(row, tensor) for row, tensors in enumerate(groups) for tensor in tensors]
    return [row for row, _ in pairs], [tensor for _, tensor in pairs]


def _by_row(norms: NDArray[np.float32], rows: NDArray[np.intp], count: int) -> Floats:
    """The norm of all that belongs to a row together; NaN where nothing does, infinite where it is not a number."""
    squares = np.bincount(rows, np.square(norms, dtype=np.float64), count)
    there = np.bincount(rows, minlength=count) > 0
    return np.where(there, np.sqrt(np.nan_to_num(squares, nan=np.inf, posinf=np.inf)), np.nan)


def _reordered(event: HealthMeasured, order: Sequence[int]) -> HealthMeasured:
    rows = np.asarray(order, np.intp)
    arrays: dict[str, Any] = {
        name: values[rows] for name, values in vars(event).items() if isinstance(values, np.ndarray)
    }
    shares = {kind: values[rows] for kind, values in event.histograms.items()}
    names, kinds = (tuple(words[row] for row in order) for words in (event.layers, event.kinds))
    return replace(event, layers=names, kinds=kinds, histograms=shares, **arrays)


def _told(values: Floats, broken: NDArray[np.bool_] | None = None) -> NDArray[np.float32]:
    if broken is not None:
        values = np.where(broken, np.inf, values)
    return values.astype(np.float32)


def _largest(parts: Sequence[tuple[int, NDArray[np.float32]]], count: int) -> NDArray[np.float32]:
    found: NDArray[Any] = np.full(count, np.nan, np.float32)
    for row, share in parts:
        found[row] = np.fmax(found[row], share[0])
    return found
