"""The rules by which a measurement is judged, each with its thresholds and where they come from."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.events import HealthMeasured
from core.health.numbers import join_names, layer_name, power_of_ten, share

VANISHES, VANISHES_NO_MORE = 1e-4, 1e-3
"""The gradient of a weight in an early layer over that in the layer with the largest, as root mean squares.

Sigmoid layers shrink it by up to 4 each (Hochreiter 1991; Glorot and Bengio, "Understanding the difficulty of training
deep feedforward neural networks", 2010). The optimizers that scale each weight's step hide it; plain SGD does not.
"""
EXPLODES, EXPLODES_NO_MORE = 100.0, 10.0
"""The norm of all gradients over its median so far. Pascanu, Mikolov and Bengio ("On the difficulty of training
recurrent neural networks", 2013) clip between half and ten times its mean.
"""
LEAST_PAST = 8
"""Measurements that such a median needs."""
TOO_LARGE, LARGE_NO_MORE = 0.1, 0.03
"""The norm of an update over that of the weights. About 1e-3 is healthy (Karpathy, CS231n, "Neural Networks 3"); a
tenth means that after ten steps nothing is left of what was learned.
"""
VERY_LARGE = 0.5
TOO_SMALL, SMALL_NO_MORE = 1e-6, 5e-6
"""The same: at a millionth a step, weights need a million steps to become others."""
WINDING_DOWN = 0.05
"""Of the highest learning rate so far: where a schedule has brought it below, small updates are what was asked for."""
DEAD, DEAD_NO_MORE, MOSTLY_DEAD = 0.4, 0.3, 0.9
"""The share of a layer's units that are silent. Too high a learning rate can kill 40% of them (Karpathy, CS231n)."""
SATURATED, SATURATED_NO_MORE, MOSTLY_SATURATED = 0.5, 0.4, 0.9
"""The share of a layer's answers at the ends of tanh or sigmoid, where the slope is nearly 0 (Glorot, Bengio 2010)."""

Floats: TypeAlias = NDArray[np.float64]
Past: TypeAlias = Sequence[HealthMeasured]


@dataclass(frozen=True)
class Finding:
    """``text``: what is wrong, a sentence with layers and numbers. ``advice``: what to do, another sentence.

    ``layers``: those it is about. ``measure``: the field of the measurement that shows it.
    """

    rule: str
    text: str
    advice: str
    layers: tuple[str, ...]
    serious: bool
    measure: str


@dataclass(frozen=True)
class Rule:
    """``at_once``: it does not wait for further measurements."""

    id: str
    looks: Callable[[HealthMeasured, Past, float, bool], Finding | None]
    at_once: bool = False

    def look(self, event: HealthMeasured, past: Past, highest_rate: float, *, leave: bool) -> Finding | None:
        """What is found; with ``leave`` by the threshold that a finding goes by. ``past``: earlier measurements."""
        return self.looks(event, past, highest_rate, leave)


def _not_numbers(event: HealthMeasured, past: Past, highest: float, leave: bool) -> Finding | None:
    for field, what in (("weight_norm", "weights"), ("gradient_norm", "gradients")):
        broken = np.isinf(getattr(event, field))
        if broken.any():
            layers = _names(event, broken)
            text = f"The {what} of {join_names(layers)} are no finite numbers any more (NaN or ∞)."
            advice = "Go back to an earlier checkpoint, or start again with a smaller learning rate."
            return Finding("numbers", text, advice, layers, True, field)
    return None


def _vanishing(event: HealthMeasured, past: Past, highest: float, leave: bool) -> Finding | None:
    each = _per_weight(event)
    if not _several(each):
        return None
    largest = int(np.nanargmax(each))
    if not each[largest] > 0:
        return None
    weak = (each < (VANISHES_NO_MORE if leave else VANISHES) * each[largest]) & (np.arange(len(each)) < largest)
    if not weak.any():
        return None
    layers, worst = _names(event, weak), int(np.nanargmin(np.where(weak, each, np.nan)))
    front, back = layer_name(event.layers[worst]), layer_name(event.layers[largest])
    if each[worst] > 0:
        text = (
            f"Gradients of {front} are {power_of_ten(each[worst] / each[largest])} of {back}’s, weight for weight: "
            f"they vanish on their way to the front{_others(layers)}."
        )
    else:
        silent = join_names(_names(event, weak & (each == 0)))
        text = f"No gradient reaches {silent}: it is exactly 0 there, so nothing is learned."
    advice = "ReLU instead of sigmoid or tanh, normalisation between the layers, or shortcuts around them help."
    return Finding("vanishing", text, advice, layers, True, "gradient_norm")


def _exploding(event: HealthMeasured, past: Past, highest: float, leave: bool) -> Finding | None:
    now, earlier = _whole(event.gradient_norm), [_whole(before.gradient_norm) for before in past]
    factor = EXPLODES_NO_MORE if leave else EXPLODES
    advice = "A smaller learning rate helps, or clipping the gradients (under Training), or smaller first weights."
    known = [norm for norm in earlier if 0 < norm < np.inf]
    if len(known) >= LEAST_PAST and now > factor * float(np.median(known)):
        times = now / float(np.median(known))
        text = f"The gradients explode: their norm is {now:.3g}, {times:,.0f} times its usual value in this run."
        return Finding("exploding", text, advice, event.layers, True, "gradient_norm")
    each = _per_weight(event)
    if not _several(each):
        return None
    largest, last = int(np.nanargmax(each)), int(np.flatnonzero(~np.isnan(each))[-1])
    ratio = each[largest] / each[last] if each[last] > 0 else 0.0
    if ratio < 1 / (VANISHES_NO_MORE if leave else VANISHES) or largest > last // 2:
        return None
    front, back = layer_name(event.layers[largest]), layer_name(event.layers[last])
    text = (
        f"Gradients of {front} are {power_of_ten(ratio)} times {back}’s, weight for weight: they explode on their way "
        "to the front."
    )
    return Finding("exploding", text, advice, (event.layers[largest],), True, "gradient_norm")


def _dead(event: HealthMeasured, past: Past, highest: float, leave: bool) -> Finding | None:
    dead = event.dead >= (DEAD_NO_MORE if leave else DEAD)
    if not dead.any():
        return None
    worst = int(np.nanargmax(event.dead))
    units, layers = int(event.units[worst]), _names(event, dead)
    count = round(float(event.dead[worst]) * units)
    text = (
        f"{count:,} of {units:,} units of {layer_name(event.layers[worst])} are dead: their ReLU is 0 for every "
        f"sample, so no gradient reaches them{_others(layers)}."
    )
    advice = "A smaller learning rate keeps units alive; dead ones come back with a new start, or with a leaky ReLU."
    return Finding("dead", text, advice, layers, float(event.dead[worst]) >= MOSTLY_DEAD, "dead")


def _saturated(event: HealthMeasured, past: Past, highest: float, leave: bool) -> Finding | None:
    stuck = event.saturated >= (SATURATED_NO_MORE if leave else SATURATED)
    if not stuck.any():
        return None
    worst, layers = int(np.nanargmax(event.saturated)), _names(event, stuck)
    part, where = share(float(event.saturated[worst])), layer_name(event.layers[worst])
    text = f"{part} of the answers of {where} are at an end of tanh or sigmoid, where the slope is 0{_others(layers)}."
    advice = "Smaller first weights, normalisation in front of it, or a smaller learning rate keep it in its middle."
    serious = float(event.saturated[worst]) >= MOSTLY_SATURATED
    return Finding("saturated", text, advice, layers, serious, "saturated")


def _large_updates(event: HealthMeasured, past: Past, highest: float, leave: bool) -> Finding | None:
    known = np.isfinite(event.update_ratio)
    large = known & (event.update_ratio > (LARGE_NO_MORE if leave else TOO_LARGE))
    if not large.any():
        return None
    worst, layers = int(np.argmax(np.where(known, event.update_ratio, -1))), _names(event, large)
    ratio = float(event.update_ratio[worst])
    text = (
        f"Each step changes the weights of {layer_name(event.layers[worst])} by {share(ratio)}, where about 0.1% is "
        f"healthy{_others(layers)}."
    )
    advice = f"Try a smaller learning rate than {event.lr:.2g}."
    return Finding("large updates", text, advice, layers, ratio >= VERY_LARGE, "update_ratio")


def _small_updates(event: HealthMeasured, past: Past, highest: float, leave: bool) -> Finding | None:
    if event.lr <= WINDING_DOWN * highest:
        return None
    ratio = np.where(event.trained, event.update_ratio, np.nan)
    small = ratio < (SMALL_NO_MORE if leave else TOO_SMALL)
    small &= ~np.isnan(event.gradient_norm)
    if not small.any():
        return None
    layers, still = _names(event, small), bool((ratio[small] == 0).all())
    if still:
        text = f"The weights of {join_names(layers)} do not move, though they are trained."
        advice = "Their gradient is 0, or each update is too small for the precision of the weights."
    else:
        least = float(ratio[small & (ratio > 0)].min())  # others may not move at all
        text = f"The weights of {join_names(layers)} hardly move: by {power_of_ten(least)} of their size in a step."
        advice = f"Try a larger learning rate than {event.lr:.2g}, if the loss stands still, too."
    return Finding("small updates", text, advice, layers, False, "update_ratio")


def _left_out(event: HealthMeasured, past: Past, highest: float, leave: bool) -> Finding | None:
    without = event.trained & np.isnan(event.gradient_norm)
    if not without.any() or without.all():
        return None
    layers = _names(event, without)
    text = f"No gradient comes to {join_names(layers)}: the loss does not depend on the weights there."
    advice = "Look whether the network uses these weights at all, or cuts them off (detach, no_grad)."
    return Finding("left out", text, advice, layers, False, "gradient_norm")


RULES = (
    Rule("numbers", _not_numbers, at_once=True),
    Rule("vanishing", _vanishing),
    Rule("exploding", _exploding),
    Rule("dead", _dead),
    Rule("saturated", _saturated),
    Rule("large updates", _large_updates),
    Rule("small updates", _small_updates),
    Rule("left out", _left_out),
)


def _per_weight(event: HealthMeasured) -> Floats:
    """The root mean square of each layer's gradient: a norm alone grows with the number of weights."""
    norms = np.where(np.isfinite(event.gradient_norm), event.gradient_norm, np.nan).astype(np.float64)
    return np.where(event.trained, norms / np.sqrt(np.maximum(event.sizes, 1)), np.nan)


def _several(values: Floats) -> bool:
    return int(np.count_nonzero(~np.isnan(values))) > 1


def _whole(norms: NDArray[np.float32]) -> float:
    return float(np.sqrt(np.nansum(np.square(norms, dtype=np.float64))))


def _names(event: HealthMeasured, chosen: NDArray[np.bool_]) -> tuple[str, ...]:
    return tuple(name for name, is_one in zip(event.layers, chosen, strict=True) if is_one)


def _others(layers: Sequence[str]) -> str:
    """Behind a sentence about the worst of several layers."""
    return f" (and so in {len(layers) - 1} more)" if len(layers) > 1 else ""
