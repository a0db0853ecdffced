"""Shapes and sums in words."""

from __future__ import annotations

import math
from collections.abc import Sequence

MOST_SHAPES = 3


def shape_text(shape: Sequence[int]) -> str:
    """A shape as people read it: "6×28×28"; a single number is "1"."""
    return "×".join(str(length) for length in shape) or "1"


def shapes_text(shapes: Sequence[Sequence[int]]) -> str:
    """Several shapes: "16×64, 2×64"; of many, the first."""
    shown = ", ".join(shape_text(shape) for shape in shapes[:MOST_SHAPES])
    return shown + (f", … ({len(shapes)})" if len(shapes) > MOST_SHAPES else "")


def window_sum(given: int, kernel: int, stride: int, padding: int, dilation: int, *, ceil: bool = False) -> str:
    """Why a window that is moved over ``given`` places has so many: "28 = (32 − 5)/1 + 1".

    ``padding``: at each end. A kernel that is spread out counts with the length that it spans.
    """
    span = dilation * (kernel - 1) + 1
    room = given + 2 * padding - span
    whole = room % stride == 0
    steps = -(-room // stride) if ceil else room // stride
    if ceil and steps * stride >= given + padding:  # a window must not begin beyond the input
        steps -= 1
    inside = f"{given} + 2·{padding} − {span}" if padding else f"{given} − {span}"
    quotient = f"({inside})/{stride}" if whole else f"⌈({inside})/{stride}⌉" if ceil else f"⌊({inside})/{stride}⌋"
    spread = f", where {span} = {dilation}·({kernel} − 1) + 1" if dilation > 1 else ""
    return f"{steps + 1} = {quotient} + 1{spread}"


def transposed_sum(given: int, kernel: int, stride: int, padding: int, dilation: int, further: int) -> str:
    """The same for a transposed convolution: "16 = (8 − 1)·2 − 2·1 + 4"; ``further``: its output padding."""
    span = dilation * (kernel - 1) + 1
    made = (given - 1) * stride - 2 * padding + span + further
    less = f" − 2·{padding}" if padding else ""
    more = f" + {further}" if further else ""
    spread = f", where {span} = {dilation}·({kernel} − 1) + 1" if dilation > 1 else ""
    return f"{made} = ({given} − 1)·{stride}{less} + {span}{more}{spread}"


def product(factors: Sequence[int]) -> str:
    """ "400 = 16×5×5"; of a single factor the number alone."""
    total = f"{math.prod(factors):,}"
    return f"{total} = {shape_text(factors)}" if len(factors) > 1 else total


def many(count: int, word: str) -> str:
    """ "1 bias", "6 biases", "84 weights"."""
    if count == 1:
        return f"1 {word}"
    return f"{count:,} {word}es" if word.endswith(("s", "x")) else f"{count:,} {word}s"
