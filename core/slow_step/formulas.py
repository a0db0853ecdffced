"""How one weight came to its new value: the optimizer's formulas, written out with the real numbers.

The arithmetic is done in float64 from what was recorded; torch does it in float32, so the last digits may differ.
Notation as in the documentation of ``torch.optim``.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TypeAlias

import numpy as np

from core.slow_step.records import ParameterNumbers, Value

MINUS = "−"


@dataclass(frozen=True)
class Line:
    """One line of a working: ``name`` = ``symbols`` = ``filled`` = ``value``; ``filled`` is "" for a given number."""

    name: str
    symbols: str
    filled: str
    value: float

    def text(self) -> str:
        """The line with its numbers, as it is read."""
        return f"{self.name} = {self.symbols} = {self.filled} = {number(self.value)}"


@dataclass(frozen=True)
class Working:
    """How a weight became what it is. ``new``: by the formula; ``kept``: what the model holds, None before the update.

    ``state``: what the optimizer remembers of this weight, (name, before, after); after is None before the update.
    """

    title: str
    lines: tuple[Line, ...]
    old: float
    gradient: float | None
    new: float | None
    kept: float | None
    state: tuple[tuple[str, float, float | None], ...] = ()


def number(value: float, digits: int = 7) -> str:
    """A number with so many significant digits: "0.0123457", "−1.5e−07"."""
    text = f"{float(value):.{digits}g}"
    return "0" if text == "-0" else text.replace("-", MINUS)


def working(numbers: ParameterNumbers, at: tuple[int, ...]) -> Working:
    """The working of the weight at index ``at`` of a parameter; without lines where there is no gradient yet.

    An optimizer that is not known by name is shown by what it changed.
    """
    old = float(numbers.old[at])
    gradient = None if numbers.gradient is None else float(numbers.gradient[at])
    kept = None if numbers.new is None else float(numbers.new[at])
    before = _at(numbers.before, at, numbers.old.shape)
    after = _at(numbers.after, at, numbers.old.shape)
    state = tuple((name, value, after.get(name)) for name, value in before.items())
    state += tuple((name, 0.0, value) for name, value in after.items() if name not in before)
    title = f"{numbers.name}{list(at) if at else ''}"
    sheet = _Sheet(numbers, old, 0.0 if gradient is None else gradient, before)
    if gradient is None:
        return Working(title, (), old, gradient, None, kept, state)
    rule = RULES.get(numbers.rule)
    if rule is not None:
        rule(sheet)
    elif kept is not None:
        sheet.put("new", "old + change", f"{number(old)} + {_in(kept - old)}", kept)
    return Working(title, tuple(sheet.lines), old, gradient, sheet.value.get("new"), kept, state)


def _at(values: Mapping[str, Value], at: tuple[int, ...], shape: tuple[int, ...]) -> dict[str, float]:
    """What the optimizer remembers of one weight, and what it remembers of all of them together."""
    found = {}
    for name, value in values.items():
        if isinstance(value, np.ndarray) and value.shape == shape:
            found[name] = float(value[at])
        elif not isinstance(value, np.ndarray):
            found[name] = float(value)
    return found


def _in(value: float) -> str:
    """A number inside of a sum or a product: in brackets if it is below zero."""
    text = number(value)
    return f"({text})" if text.startswith(MINUS) else text


class _Sheet:
    """Where the lines are written, one after the other."""

    def __init__(self, numbers: ParameterNumbers, old: float, gradient: float, state: Mapping[str, float]) -> None:
        self.old, self.gradient, self.state = old, gradient, state
        self.settings = numbers.settings
        self.fresh = not numbers.before
        self.lines: list[Line] = []
        self.value: dict[str, float] = {}

    def setting(self, name: str, default: float = 0.0) -> float:
        """A setting of the optimizer that is a number."""
        value = self.settings.get(name, default)
        return float(value) if isinstance(value, int | float) else default

    def betas(self) -> tuple[float, float]:
        """Adam's two."""
        value = self.settings.get("betas")
        return (float(value[0]), float(value[1])) if isinstance(value, tuple) else (0.9, 0.999)

    def step(self) -> float:
        """Which update of this weight it is, from 1."""
        return self.state.get("step", 0.0) + 1

    def put(self, name: str, symbols: str, filled: str, value: float) -> float:
        """Write a line."""
        self.lines.append(Line(name, symbols, filled, value))
        self.value[name] = value
        return value

    def slope(self, *, decays: bool = True) -> tuple[float, str]:
        """The gradient as the formulas take it, and how it is called: turned around, with the weight decay."""
        gradient, name = self.gradient, "gradient"
        if self.settings.get("maximize") is True:
            gradient, name = self.put("g", f"{MINUS}gradient", f"{MINUS}{_in(gradient)}", -gradient), "g"
        decay = self.setting("weight_decay")
        if decays and decay:
            filled = f"{_in(gradient)} + {number(decay)} × {_in(self.old)}"
            gradient = self.put("g", f"{name} + weight decay × old", filled, gradient + decay * self.old)
            name = "g"
        return gradient, name


def _mean(sheet: _Sheet, name: str, key: str, keep: tuple[float, str], what: tuple[float, str]) -> float:
    """A running mean: it keeps a share of what it was and takes in the rest of what is new."""
    before = sheet.state.get(key, 0.0)
    (share, letter), (value, called) = keep, what
    filled = f"{number(share)} × {_in(before)} + {number(1 - share)} × {_in(value)}"
    symbols = f"{letter} × {name} before + (1 {MINUS} {letter}) × {called}"
    return sheet.put(name, symbols, filled, share * before + (1 - share) * value)


def _go(sheet: _Sheet, old: float, rate: float, direction: float, called: str, *, from_name: str = "old") -> None:
    filled = f"{number(old)} {MINUS} {number(rate)} × {_in(direction)}"
    sheet.put("new", f"{from_name} {MINUS} rate × {called}", filled, old - rate * direction)


def _sgd(sheet: _Sheet) -> None:
    gradient, called = sheet.slope()
    momentum, dampening = sheet.setting("momentum"), sheet.setting("dampening")
    if momentum:
        kept = sheet.state.get("momentum_buffer")
        if kept is None:
            buffer = sheet.put("m", f"{called} (the first update)", number(gradient), gradient)
        else:
            share = f"(1 {MINUS} dampening) × {called}" if dampening else called
            taken = f"{number(1 - dampening)} × {_in(gradient)}" if dampening else _in(gradient)
            filled = f"{number(momentum)} × {_in(kept)} + {taken}"
            value = momentum * kept + (1 - dampening) * gradient
            buffer = sheet.put("m", f"momentum × m before + {share}", filled, value)
        if sheet.settings.get("nesterov") is True:
            filled = f"{_in(gradient)} + {number(momentum)} × {_in(buffer)}"
            gradient = sheet.put("d", f"{called} + momentum × m", filled, gradient + momentum * buffer)
            called = "d"
        else:
            gradient, called = buffer, "m"
    _go(sheet, sheet.old, sheet.setting("lr"), gradient, called)


def _adam(sheet: _Sheet) -> None:
    decoupled = sheet.settings.get("decoupled_weight_decay") is True
    gradient, called = sheet.slope(decays=not decoupled)
    rate, (beta1, beta2), eps, step = sheet.setting("lr"), sheet.betas(), sheet.setting("eps"), sheet.step()
    old, from_name, decay = sheet.old, "old", sheet.setting("weight_decay")
    if decoupled and decay:
        filled = f"{number(old)} × (1 {MINUS} {number(rate)} × {number(decay)})"
        symbols = f"old × (1 {MINUS} rate × weight decay)"
        old, from_name = sheet.put("w", symbols, filled, old * (1 - rate * decay)), "w"
    first = _mean(sheet, "m", "exp_avg", (beta1, "β₁"), (gradient, called))
    second = _mean(sheet, "v", "exp_avg_sq", (beta2, "β₂"), (gradient**2, f"{called}²"))
    if sheet.settings.get("amsgrad") is True:
        before = sheet.state.get("max_exp_avg_sq", 0.0)
        second = sheet.put("v̂", "max(v̂ before, v)", f"max({number(before)}, {number(second)})", max(before, second))
    filled = f"{_in(first)} / (1 {MINUS} {number(beta1)}^{step:.0f})"
    unbiased = sheet.put("m′", f"m / (1 {MINUS} β₁^step)", filled, first / (1 - beta1**step))
    squares = "v̂" if sheet.settings.get("amsgrad") is True else "v"
    filled = f"{number(second)} / (1 {MINUS} {number(beta2)}^{step:.0f})"
    spread = sheet.put("v′", f"{squares} / (1 {MINUS} β₂^step)", filled, second / (1 - beta2**step))
    root = math.sqrt(spread) + eps
    filled = f"{number(old)} {MINUS} {number(rate)} × {_in(unbiased)} / (√{number(spread)} + {number(eps)})"
    sheet.put("new", f"{from_name} {MINUS} rate × m′ / (√v′ + ε)", filled, old - rate * unbiased / root)


def _rmsprop(sheet: _Sheet) -> None:
    gradient, called = sheet.slope()
    alpha, eps, momentum = sheet.setting("alpha"), sheet.setting("eps"), sheet.setting("momentum")
    square = _mean(sheet, "v", "square_avg", (alpha, "α"), (gradient**2, f"{called}²"))
    under, words = square, "v"
    if sheet.settings.get("centered") is True:
        mean = _mean(sheet, "a", "grad_avg", (alpha, "α"), (gradient, called))
        filled = f"{number(square)} {MINUS} {_in(mean)}²"
        under, words = sheet.put("c", f"v {MINUS} a²", filled, max(square - mean**2, 0.0)), "c"
    root = math.sqrt(under) + eps
    filled = f"{_in(gradient)} / (√{number(under)} + {number(eps)})"
    direction, name = sheet.put("d", f"{called} / (√{words} + ε)", filled, gradient / root), "d"
    if momentum:
        before = sheet.state.get("momentum_buffer", 0.0)
        filled = f"{number(momentum)} × {_in(before)} + {_in(direction)}"
        direction = sheet.put("b", "momentum × b before + d", filled, momentum * before + direction)
        name = "b"
    _go(sheet, sheet.old, sheet.setting("lr"), direction, name)


def _adagrad(sheet: _Sheet) -> None:
    gradient, called = sheet.slope()
    rate, slowing, eps = sheet.setting("lr"), sheet.setting("lr_decay"), sheet.setting("eps")
    before = sheet.state.get("sum", sheet.setting("initial_accumulator_value"))
    filled = f"{number(before)} + {_in(gradient)}²"
    total = sheet.put("s", f"s before + {called}²", filled, before + gradient**2)
    if slowing:
        filled = f"{number(rate)} / (1 + {sheet.step() - 1:.0f} × {number(slowing)})"
        rate = sheet.put(
            "rate", f"lr / (1 + (step {MINUS} 1) × lr decay)", filled, rate / (1 + (sheet.step() - 1) * slowing)
        )
    filled = f"{number(sheet.old)} {MINUS} {number(rate)} × {_in(gradient)} / (√{number(total)} + {number(eps)})"
    new = sheet.old - rate * gradient / (math.sqrt(total) + eps)
    sheet.put("new", f"old {MINUS} rate × {called} / (√s + ε)", filled, new)


Rule: TypeAlias = Callable[[_Sheet], None]
RULES: dict[str, Rule] = {"SGD": _sgd, "Adam": _adam, "AdamW": _adam, "RMSprop": _rmsprop, "Adagrad": _adagrad}
