"""What a sweep tries: for each setting a range of numbers or a list of choices."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from core.errors import UserError

if TYPE_CHECKING:
    from optuna import Trial

MOST_CHOICES = 1000
Value: TypeAlias = "int | float | str"


class SweepError(UserError):
    """A sweep that cannot be made; the message is one sentence for the user."""


@dataclass(frozen=True)
class Range:
    """Numbers from ``low`` to ``high``, both included; whole ones where both are whole and written so.

    ``log``: each power of ten is as likely as the next.
    """

    low: float
    high: float
    log: bool = False
    whole: bool = False

    def suggest(self, trial: Trial, name: str) -> Value:
        """Let Optuna choose."""
        if self.whole:
            return trial.suggest_int(name, int(self.low), int(self.high), log=self.log)
        return trial.suggest_float(name, self.low, self.high, log=self.log)


@dataclass(frozen=True)
class Choices:
    """These values and no others."""

    values: tuple[str, ...]

    def suggest(self, trial: Trial, name: str) -> Value:
        """Let Optuna choose."""
        return trial.suggest_categorical(name, self.values)


Space: TypeAlias = "Mapping[str, Range | Choices]"


def parse_space(texts: Sequence[str]) -> dict[str, Range | Choices]:
    """What ``lr=1e-4..1e-1:log``, ``batch_size=16..128`` and ``optimizer=sgd,adamw`` ask for, by setting.

    Raises:
        SweepError: where a text cannot be read.
    """
    space: dict[str, Range | Choices] = {}
    for text in texts:
        name, sign, values = (part.strip() for part in text.partition("="))
        if not sign or not name or not values:
            raise SweepError(f"{text!r} is no sweep: write it as lr=1e-4..1e-1:log or batch_size=16,32,64.")
        if name in space:
            raise SweepError(f"{name} is swept twice: give all its values at once.")
        space[name] = _range(name, values) if ".." in values else _choices(name, values)
    if not space:
        raise SweepError("A sweep needs a setting to vary, for example lr=1e-4..1e-1:log.")
    return space


def _range(name: str, text: str) -> Range:
    bounds, _, scale = text.partition(":")
    low_text, _, high_text = bounds.partition("..")
    if scale not in ("", "log"):
        raise SweepError(f"{name}: {scale!r} is no scale; there is log, or none.")
    try:
        low, high = float(low_text), float(high_text)
    except ValueError as error:
        raise SweepError(f"{name}: {bounds!r} is no range of numbers such as 1e-4..1e-1.") from error
    if not (math.isfinite(low) and math.isfinite(high) and low < high):
        raise SweepError(f"{name}: a range goes from a smaller to a larger number, not {bounds}.")
    if scale and low <= 0:
        raise SweepError(f"{name}: on a log scale a range begins above 0, not at {low_text}.")
    return Range(low, high, bool(scale), all(part.strip().lstrip("+-").isdecimal() for part in (low_text, high_text)))


def _choices(name: str, text: str) -> Choices:
    values = tuple(dict.fromkeys(value.strip() for value in text.split(",") if value.strip()))
    if not values or len(values) > MOST_CHOICES:
        raise SweepError(f"{name}: give 1 to {MOST_CHOICES} values, separated by commas.")
    return Choices(values)
