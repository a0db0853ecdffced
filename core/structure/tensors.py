"""The tensors that layers and functions are given and give out, and their shapes for one sample."""

from __future__ import annotations

import math
from collections.abc import Iterator
from typing import Any

from torch import Tensor, nn
from torch.nn.utils.rnn import PackedSequence

from core.structure.rows import Shape


def tensors_in(found: Any, depth: int = 0) -> Iterator[Tensor]:
    """The tensors in nested tuples, lists and dictionaries; of packed sequences those of the data alone."""
    if isinstance(found, Tensor):
        yield found
    elif isinstance(found, PackedSequence):
        yield found.data
    elif depth < 6 and isinstance(found, tuple | list):
        for each in found:
            yield from tensors_in(each, depth + 1)
    elif depth < 6 and isinstance(found, dict):
        for each in found.values():
            yield from tensors_in(each, depth + 1)


def recurrent_multiply_adds(module: nn.RNNBase, given: list[Tensor]) -> int:
    """Of torch's recurrent layers, for a whole sequence: every matrix is multiplied once a step."""
    steps = given[0].numel() // module.input_size if given else 0
    weights = (tensor for name, tensor in module.named_parameters() if name.startswith("weight"))
    return steps * sum(tensor.numel() for tensor in weights)


def shape_of(tensor: Tensor, axis: int = 0) -> Shape:
    """The shape for one sample: without the batch's axis, which has the length 1 here."""
    shape = tuple(int(length) for length in tensor.shape)
    return shape[:axis] + shape[axis + 1 :] if len(shape) > axis and shape[axis] == 1 else shape


def layer_shapes(module: nn.Module | None, tensors: list[Tensor]) -> tuple[Shape, ...]:
    """The shapes of what a layer is given or gives; recurrent ones have the samples on an axis of their own."""
    if not isinstance(module, nn.RNNBase):
        return tuple(shape_of(tensor) for tensor in tensors)
    first = 0 if module.batch_first or tensors[0].ndim < 3 else 1
    return tuple(shape_of(tensor, first if place == 0 else 1) for place, tensor in enumerate(tensors))


def numbers_in(shapes: tuple[Shape, ...]) -> int:
    """How many numbers tensors of these shapes hold together."""
    return sum(math.prod(shape) for shape in shapes)
