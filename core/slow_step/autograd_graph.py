"""The autograd graph of a loss, written down before backward takes it apart."""

from __future__ import annotations

from collections import deque
from typing import Any

import torch
from torch import Tensor, nn

from core.slow_step.records import AutogradGraph, AutogradNode

MOST_NODES = 3000
"""Functions that are walked: a recurrent network has some for each token; the leaves are near the loss all the same."""
_MOST_SAVED = 8
_SAVED = "_saved_"


def autograd_graph(loss: Tensor, model: nn.Module) -> AutogradGraph:
    """Walk from ``loss.grad_fn`` along ``next_functions``, nearest first. Nothing of it keeps a tensor alive."""
    if loss.grad_fn is None:
        return AutogradGraph()
    names = {id(parameter): name for name, parameter in model.named_parameters()}
    places: dict[Any, int] = {loss.grad_fn: 0}
    waiting: deque[Any] = deque([loss.grad_fn])
    nodes: list[AutogradNode] = []
    cut = False
    while waiting:
        function = waiting.popleft()
        inputs: list[int | None] = []
        for following, _ in function.next_functions:
            if following is not None and following not in places:
                if len(places) < MOST_NODES:
                    places[following] = len(places)
                    waiting.append(following)
                else:
                    cut = True
            inputs.append(places.get(following) if following is not None else None)
        nodes.append(_node(function, tuple(inputs), names))
    return AutogradGraph(tuple(nodes), cut)


def _node(function: Any, inputs: tuple[int | None, ...], names: dict[int, str]) -> AutogradNode:
    variable = getattr(function, "variable", None)
    if variable is not None:
        name = names.get(id(variable), "a tensor that is no parameter")
        return AutogradNode(function.name(), inputs, name, tuple(variable.shape))
    return AutogradNode(function.name(), inputs, saved=_saved(function))


def _saved(function: Any) -> tuple[str, ...]:
    """What is kept for the way back: tensors by their shape, settings by their value."""
    found: list[str] = []
    for attribute in dir(function):
        if attribute.startswith(_SAVED) and len(found) < _MOST_SAVED:
            try:
                value = getattr(function, attribute)
            except RuntimeError:  # it was changed in place since, or is gone already
                continue
            words = _words(value)
            if words:
                found.append(f"{attribute.removeprefix(_SAVED)}: {words}")
    return tuple(found)


def _words(value: object) -> str:
    if isinstance(value, torch.Tensor):
        kind = str(value.dtype).removeprefix("torch.")
        return f"{'×'.join(map(str, value.shape)) or 'a number'} ({kind})"
    if isinstance(value, bool | float):
        return str(value)
    if isinstance(value, int):
        return str(_signed(value))
    if isinstance(value, tuple) and value and all(isinstance(each, int) for each in value):
        return "×".join(str(_signed(each)) for each in value)
    return ""


def _signed(value: int) -> int:
    """torch tells some numbers below zero, such as the axis −1 or the target −100, without their sign."""
    return value - 2**64 if value >= 2**63 else value
