"""Finds what the last layer with weights is given, whatever the network looks like and without a word of its plugin.

Looking at modules would not be enough: a head may be written as a function, share its weights with another layer, or
be made of several modules. So every call of a torch function is watched while the network answers.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any, TypeAlias

import torch
from torch import Tensor, nn
from torch.overrides import TorchFunctionMode

NOT_LAYERS = frozenset(
    {
        *("add", "radd", "iadd", "sub", "rsub", "isub", "mul", "rmul", "imul", "addcmul", "addcdiv", "lerp"),
        *("div", "truediv", "rtruediv", "itruediv", "where", "maximum", "minimum", "eq", "ne", "lt", "le", "gt", "ge"),
        *("batch_norm", "layer_norm", "group_norm", "instance_norm", "rms_norm", "prelu", "dropout", "masked_fill"),
        *("cat", "concat", "concatenate", "stack", "getitem", "setitem", "get", "set", "copy", "to", "type_as"),
        *("expand_as", "cross_entropy", "nll_loss", "mse_loss"),
    }
)
"""Functions that put numbers beside each other, or shift and stretch them one by one, but mix nothing."""


@dataclass(frozen=True)
class Product:
    """One call of a layer. ``name``: the layer's, or that of its weights. ``index``: how many came before it."""

    name: str
    function: str
    given: Tensor
    made: Any
    index: int


Wanted: TypeAlias = Callable[[str, Tensor], bool]
"""Whether what a function of that name is given can be read sample by sample."""


def last_product(model: nn.Module, answer: Callable[[], Any], wanted: Wanted) -> tuple[Product | None, Any]:
    """Call ``answer``, in which ``model`` answers; the last layer with weights that is ``wanted``, and the answer.

    A layer is a torch function that is given numbers and, with them, weights in two or more dimensions. Only the last
    one is held on to, so that this needs no more memory than answering does.
    """
    watch = _Watch(model, wanted)
    with torch.no_grad(), watch:
        result = answer()
    return watch.last, result


class _Watch(TorchFunctionMode):
    """Weights are the model's parameters, views of them, and whatever was computed of them alone (a normed weight)."""

    def __init__(self, model: nn.Module, wanted: Wanted) -> None:
        super().__init__()
        self.last: Product | None = None
        self._wanted, self._count = wanted, 0
        self._stored: dict[int, str] = {_place(tensor): "" for _, tensor in model.named_buffers()}
        for name, tensor in model.named_parameters(remove_duplicate=False):
            self._stored[_place(tensor)] = name
        self._stored.pop(0, None)  # where nothing is stored at all
        self._computed: dict[int, tuple[Tensor, str]] = {}

    def __torch_function__(self, func: Any, types: Any, args: Any = (), kwargs: Any = None) -> Any:
        result = func(*args, **(kwargs or {}))
        tensors = list(_tensors((args, tuple((kwargs or {}).values()))))
        weights = [tensor for tensor in tensors if self._name(tensor) is not None]
        if not weights:
            return result
        if len(weights) == len(tensors):
            name = next((name for tensor in weights if (name := self._name(tensor))), "")
            for made in _tensors((result,)):
                if self._name(made) is None:
                    self._computed[id(made)] = made, name
            return result
        self._look(getattr(func, "__name__", "").strip("_"), tensors, weights, result)
        return result

    def _look(self, function: str, tensors: list[Tensor], weights: list[Tensor], made: Any) -> None:
        name = next((name for tensor in weights if tensor.ndim > 1 and (name := self._name(tensor))), "")
        if not name or function in NOT_LAYERS:
            return
        given = next(tensor for tensor in tensors if self._name(tensor) is None)
        if given.ndim and self._wanted(function, given):
            owner = name.rpartition(".")[0]
            self.last = Product(owner or name, function, given, made, self._count)
        self._count += 1

    def _name(self, tensor: Tensor) -> str | None:
        """The name of the weights that this is, "" for a buffer, None for numbers that depend on the input."""
        known = self._computed.get(id(tensor))
        return known[1] if known else self._stored.get(_place(tensor))


def _place(tensor: Tensor) -> int:
    """Where its numbers lie: views lie where their base does. Kinds without a place of their own are at 0."""
    try:
        return tensor.untyped_storage().data_ptr()
    except (NotImplementedError, RuntimeError):
        return 0


def _tensors(values: tuple[Any, ...]) -> Iterator[Tensor]:
    for value in values:
        if isinstance(value, Tensor):
            yield value
        elif isinstance(value, tuple | list):
            yield from _tensors(tuple(value))
