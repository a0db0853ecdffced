"""Weights in the course of one step: whether somebody changed them meanwhile, and all numbers of a parameter."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any

import torch
from torch import Tensor, nn, optim

from core.errors import UserError
from core.slow_step.forward import as_array, norm
from core.slow_step.records import ParameterNumbers, Phase, Value

MOST_BYTES = 2**28
"""Of copies of weights and of what the optimizer remembers, during a step and until the next one begins."""


class NoNumbers(UserError):
    """Why a parameter's numbers cannot be told, in a sentence."""


@contextmanager
def gradients_kept(model: nn.Module) -> Iterator[None]:
    """Who computes gradients in here finds copies of the model's, and leaves its own as they were."""
    kept = [(parameter, parameter.grad) for parameter in model.parameters()]
    for parameter, gradient in kept:
        parameter.grad = None if gradient is None else gradient.clone()
    try:
        yield
    finally:
        for parameter, gradient in kept:
            parameter.grad = gradient


@dataclass(frozen=True)
class _Mark:
    """By what a tensor is known again: the same memory, and not written to since."""

    place: int
    version: int


def _mark(tensor: Tensor) -> _Mark:
    return _Mark(tensor.data_ptr(), tensor._version)


class Rest:
    """The weights and buffers of a model as they are now, to tell later whether they still are.

    Writing through ``.data`` or NumPy leaves no trace but in the values, so they are compared, too, as far as the
    copies reach.
    """

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self._marks = {name: _mark(tensor) for name, tensor in _tensors(model)}
        self.copies: dict[str, Tensor] = {}
        """Parameter -> what it was, on its device; the largest are left out where all are too large."""
        room = MOST_BYTES
        for name, parameter in sorted(model.named_parameters(), key=lambda pair: pair[1].numel()):
            room -= parameter.numel() * parameter.element_size()
            if room < 0:
                break
            self.copies[name] = parameter.detach().clone()

    def disturbed(self) -> bool:
        """Whether somebody has changed a weight or a buffer."""
        tensors = dict(_tensors(self._model))
        if tensors.keys() != self._marks.keys():
            return True
        if any(_mark(tensor) != self._marks[name] for name, tensor in tensors.items()):
            return True
        return not all(same_numbers(copy, tensors[name]) for name, copy in self.copies.items())


def same_numbers(first: Tensor, second: Tensor) -> bool:
    """Whether two tensors hold the same numbers; what is no number is like itself."""
    return torch.equal(first, second) or torch.allclose(first, second, rtol=0.0, atol=0.0, equal_nan=True)


def _tensors(model: nn.Module) -> Iterator[tuple[str, Tensor]]:
    yield from model.named_parameters()
    yield from model.named_buffers()


class Buffers:
    """What a model's buffers, such as the running means of batch normalisation, were before a forward pass."""

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self._before = {name: buffer.detach().clone() for name, buffer in model.named_buffers()}
        self._after: dict[str, _Mark] = {}

    def forward_is_over(self) -> None:
        """Remember what the forward pass made of them."""
        self._after = {name: _mark(buffer) for name, buffer in self._model.named_buffers()}

    def put_back(self) -> None:
        """Undo what the forward pass did; what somebody has loaded since stays."""
        with torch.no_grad():
            for name, buffer in self._model.named_buffers():
                if name in self._before and self._after.get(name) == _mark(buffer):
                    buffer.copy_(self._before[name])


class Update:
    """One update of the weights: what it started from, and what came of it. Lives until the next step begins."""

    def __init__(self, model: nn.Module, optimizer: optim.Optimizer, old: Mapping[str, Tensor]) -> None:
        self._model, self._optimizer, self._old = model, optimizer, old
        self._groups = {id(each): group for group in optimizer.param_groups for each in group["params"]}
        self._settings = {key: _settings(group) for key, group in self._groups.items()}
        self._before: dict[str, dict[str, Value]] = {}
        self._rest: dict[str, _Mark] = {}
        room = MOST_BYTES
        for name, parameter in sorted(model.named_parameters(), key=lambda pair: pair[1].numel()):
            state = optimizer.state.get(parameter, {})
            room -= sum(part.numel() * 4 for part in state.values() if isinstance(part, Tensor))
            if room < 0:
                break
            self._before[name] = _values(state)

    def done(self) -> dict[str, float]:
        """The optimizer has taken its step. Returns for each parameter by how much it changed (Euclidean norm)."""
        parameters = dict(self._model.named_parameters())
        self._rest = {name: _mark(parameter) for name, parameter in parameters.items()}
        return {name: norm(parameters[name] - old) for name, old in self._old.items() if name in parameters}

    def numbers(self, name: str, step: int) -> ParameterNumbers:
        """All numbers of a parameter, after the update.

        Raises:
            NoNumbers: where they were not kept, or somebody has changed the weights since.
        """
        parameter = _parameter(self._model, name)
        if name not in self._old or name not in self._before:
            raise NoNumbers(f"{name} has {parameter.numel():,} numbers: too many to keep what they were.")
        if self._rest.get(name) != _mark(parameter):
            raise NoNumbers("The weights were changed after this step: take the next one apart.")
        state = self._optimizer.state.get(parameter, {})
        gradient = None if parameter.grad is None else as_array(parameter.grad)
        return ParameterNumbers(
            *(name, step, "updated", as_array(self._old[name]), gradient, rule_of(self._optimizer)),
            *(self._settings.get(id(parameter), {}), as_array(parameter), self._before[name], _values(state)),
        )


def numbers_so_far(
    model: nn.Module, optimizer: optim.Optimizer, name: str, step: int, phase: Phase
) -> ParameterNumbers:
    """The numbers of a parameter before the update, as they are at this moment."""
    parameter = _parameter(model, name)
    groups = [group for group in optimizer.param_groups if any(each is parameter for each in group["params"])]
    gradient = None if parameter.grad is None else as_array(parameter.grad)
    return ParameterNumbers(
        *(name, step, phase, as_array(parameter), gradient, rule_of(optimizer)),
        settings=_settings(groups[0]) if groups else {},
        before=_values(optimizer.state.get(parameter, {})),
    )


def rule_of(optimizer: optim.Optimizer) -> str:
    """The class of ``torch.optim`` that an optimizer is; "" for one of somebody else, whatever it is derived from."""
    kind = type(optimizer)
    return kind.__name__ if kind.__module__.startswith("torch.optim.") else ""


def _parameter(model: nn.Module, name: str) -> nn.Parameter:
    found = dict(model.named_parameters()).get(name)
    if found is None:
        raise NoNumbers(f"The network has no parameter {name} any more: take the next step apart.")
    return found


def _settings(group: Mapping[str, Any]) -> dict[str, object]:
    """What a group of parameters is optimized with, tensors as numbers."""
    plain = {key: float(value) if isinstance(value, Tensor) else value for key, value in group.items()}
    return {key: value for key, value in plain.items() if isinstance(value, bool | int | float | tuple)}


def _values(state: Mapping[str, Any]) -> dict[str, Value]:
    """Copies of what an optimizer remembers of a parameter: arrays, and plain numbers."""
    found: dict[str, Value] = {}
    for key, value in state.items():
        if isinstance(value, Tensor):
            found[str(key)] = float(value) if value.ndim == 0 else as_array(value)
        elif isinstance(value, int | float):
            found[str(key)] = float(value)
    return found
