"""A step that is taken apart as a row of moments, each of which can be gone to and come back from."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal, TypeAlias

from core.slow_step.records import OutputGradient, ParameterGradient, StepRecord
from gui.views.numbers import format_number

Stage: TypeAlias = Literal["forward", "loss", "backward", "update"]
STAGES: tuple[Stage, ...] = ("forward", "loss", "backward", "update")


@dataclass(frozen=True)
class Moment:
    """Something that happened in the step, in words. ``call``: the use of a layer that it is about."""

    stage: Stage
    words: str
    call: int | None = None
    parameter: str = ""


class Timeline:
    """All moments of a record in their order, and what is known after so many of them."""

    def __init__(self, record: StepRecord) -> None:
        self.record = record
        self._loss_at = len(record.calls)
        known = record.loss is not None
        self._gradients_at = self._loss_at + known
        self._clip_at = self._gradients_at + len(record.arrivals)
        self.moments: tuple[Moment, ...] = (
            *(_layer(record, place) for place in range(len(record.calls))),
            *(_loss(record) if known else ()),
            *(_gradient(record, place) for place in range(len(record.arrivals))),
            *_clipping(record),
            *_update(record),
        )

    @property
    def end(self) -> int:
        """How many moments there are."""
        return len(self.moments)

    def stage(self, position: int) -> Stage:
        """In which stage the step is after so many moments."""
        return self.moments[position - 1].stage if position else "forward"

    def words(self, position: int) -> str:
        """What happened last."""
        if position:
            return self.moments[position - 1].words
        return f"A batch of {self.record.batch:,} is about to go through the network; all gradients are None."

    def calls(self, position: int) -> int:
        """How many uses of layers are known."""
        return min(position, self._loss_at)

    def arrivals(self, position: int) -> int:
        """How many gradients have arrived."""
        return min(max(position - self._gradients_at, 0), len(self.record.arrivals))

    def loss_known(self, position: int) -> bool:
        """Whether the loss is there."""
        return position > self._loss_at

    def has_gradient(self, parameter: str, position: int) -> bool:
        """Whether the gradient of a parameter has arrived."""
        arrived = self.record.arrivals[: self.arrivals(position)]
        return any(isinstance(each, ParameterGradient) and each.name == parameter for each in arrived)

    def updated(self, position: int) -> bool:
        """Whether the weights are new."""
        return self.record.phase == "updated" and position == len(self.moments)

    def end_of_stage(self, position: int) -> int:
        """The position at which the stage is over that comes after so many moments."""
        if position >= len(self.moments):
            return len(self.moments)
        stage = self.moments[position].stage
        while position < len(self.moments) and self.moments[position].stage == stage:
            position += 1
        return position


def _shape(shape: tuple[int, ...]) -> str:
    return "×".join(map(str, shape)) or "one number"


def _layer(record: StepRecord, place: int) -> Moment:
    call = record.calls[place]
    mean, std = format_number(call.numbers.mean, 3), format_number(call.numbers.std, 3)
    return Moment("forward", f"{call.title} gives {_shape(call.shape)}: mean {mean}, standard deviation {std}", place)


def _loss(record: StepRecord) -> tuple[Moment, ...]:
    assert record.loss is not None
    left_out = f" ({record.calls_left_out:,} more uses of layers are not listed)" if record.calls_left_out else ""
    words = f"The loss of the batch of {record.batch:,} is {format_number(record.loss, 6)}{left_out}"
    return (Moment("loss", words),)


def _gradient(record: StepRecord, place: int) -> Moment:
    arrival = record.arrivals[place]
    if isinstance(arrival, OutputGradient):
        title = record.calls[arrival.call].title
        words = f"Backward reaches what {title} gave: the gradient there has norm {format_number(arrival.norm, 3)}"
        return Moment("backward", words, arrival.call)
    owners = [index for index, call in enumerate(record.calls) if arrival.name in call.parameters]
    words = (
        f"{arrival.name}.grad was None and is there now: {_shape(arrival.shape)}, norm {format_number(arrival.norm, 3)}"
    )
    return Moment("backward", words, owners[-1] if owners else None, arrival.name)


def _clipping(record: StepRecord) -> tuple[Moment, ...]:
    clipping = record.clipping
    if clipping is None:
        return ()
    norm, limit, factor = (format_number(each, 3) for each in (clipping.norm, clipping.limit, clipping.factor))
    words = f"All gradients together have norm {norm}, more than {limit}: each is multiplied by {factor}"
    return (Moment("backward", words),)


def _update(record: StepRecord) -> tuple[Moment, ...]:
    if record.phase != "updated":
        return ()
    return (Moment("update", f"{record.optimizer} has changed the weights, at rate {format_number(record.rate)}"),)
