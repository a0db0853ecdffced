"""What is told of a layer: titles, explanations, and how its numbers are written."""

from __future__ import annotations

import math
from dataclasses import dataclass

from core.health.numbers import compact, share

NOTHING = "–"


@dataclass(frozen=True)
class Measure:
    """``field``: of the measurement. ``log``: drawn with equal factors at equal heights. ``none``: why it is empty."""

    field: str
    title: str
    column: str
    help: str
    percent: bool = False
    log: bool = True
    none: str = ""

    def written(self, value: float) -> str:
        """A value as it stands in a cell."""
        if math.isnan(value):
            return NOTHING
        if math.isinf(value):
            return "NaN or ∞"
        return share(value) if self.percent else compact(value)


MEASURES = (
    Measure(
        "gradient_norm",
        "Gradient norm",
        "gradient",
        "The length of the gradient of all weights of the layer together, before it is clipped.\n"
        "Where it shrinks a thousandfold from layer to layer, gradients vanish; where it grows so, they explode.",
    ),
    Measure(
        "update_ratio",
        "Update over weights",
        "update",
        "How much one step changes the weights: the length of the change over that of the weights.\n"
        "About 0.1% is healthy; 10% forgets what was learned, a millionth learns nothing.",
        percent=True,
    ),
    Measure(
        "weight_norm",
        "Weight norm",
        "weights",
        "The length of all weights of the layer together, biases included, after the step.",
    ),
    Measure(
        "dead",
        "Dead units",
        "dead units",
        "The share of the units behind the layer's ReLU that were 0 for each of the last samples (256 at most).\n"
        "No gradient reaches them.",
        percent=True,
        log=False,
        none="No layer of this network is followed by a ReLU.",
    ),
    Measure(
        "saturated",
        "Saturated answers",
        "saturated",
        "The share of the layer's answers that are at an end of their tanh or sigmoid, where its slope is almost 0.",
        percent=True,
        log=False,
        none="No layer of this network is followed by a tanh or sigmoid.",
    ),
)
BY_FIELD = {measure.field: measure for measure in MEASURES}
