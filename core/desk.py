"""Where the window's texts are written: looks ahead, writes in one column or several, draws one character at a time.

Plain Python for one thread at a time; the window calls it on a thread of its own, and the command line could.
"""

from __future__ import annotations

import time
from collections.abc import Callable
from dataclasses import dataclass
from threading import Event
from typing import Protocol

from core.generation import Draft, Opening, TextModel
from core.writing import Order, Outlook, Page, Samplings

TURN_S = 0.012
"""How long is written between two looks at whether it shall stop: shorter than a redraw of the window."""


class Source(Protocol):
    """Where the model comes from: a trainer, or a kept run."""

    def newest(self) -> TextModel:
        """The model with the newest weights there are."""


@dataclass(frozen=True)
class KeptModel:
    """A source that never changes."""

    model: TextModel

    def newest(self) -> TextModel:
        """Always the same."""
        return self.model


class Desk:
    """Keeps the drafts that are being written, so that one can go on a character at a time."""

    def __init__(self, source: Source) -> None:
        self._source = source
        self._drafts: list[Draft] = []
        self._begun: tuple[str, int, int] | None = None

    def look(self, seed: str, stop: Event) -> Outlook:
        """What the newest model would begin with after that seed; drafts stay as they are.

        Raises:
            Cancelled: where ``stop`` is set while the seed is read; :meth:`write` and :meth:`step` do so, too.
        """
        return _outlook(Draft(self._open(seed, stop), 0))

    def write(
        self, order: Order, samplings: Callable[[], Samplings], publish: Callable[[Page], None], stop: Event
    ) -> None:
        """Write anew, column beside column, until all are full or ``stop`` is set.

        ``samplings()`` is asked again and again: a setting may be moved meanwhile. Its length, the number of
        columns, must stay.
        """
        self._begin(order, len(samplings()), publish, stop)
        began = time.perf_counter()
        while not stop.is_set():
            done, elapsed = self._drafts[0].length, time.perf_counter() - began
            due = min(order.length, int(elapsed * order.pace) + 1) if order.pace else order.length
            if done >= order.length:
                return
            if done < due:
                self._turn(samplings(), due, publish)
            else:
                stop.wait(max(0.001, done / order.pace - elapsed))

    def step(
        self,
        order: Order,
        samplings: Samplings,
        publish: Callable[[Page], None],
        stop: Event,
        picked: int | None = None,
    ) -> None:
        """One character more in each column; a new text where the order or the number of columns is another.

        ``picked``: the token that somebody chose for the only column, in place of chance.
        """
        if self._begun != _beginning(order, len(samplings)):
            self._begin(order, len(samplings), publish, stop)
        first = self._drafts[0]
        if picked is None:
            self._turn(samplings, first.length + 1, publish)
        else:
            publish(Page((first.put(picked, samplings[0]),), _outlook(first)))

    def _begin(self, order: Order, columns: int, publish: Callable[[Page], None], stop: Event) -> None:
        self._begun = None
        opening = self._open(order.seed, stop)
        self._drafts = [Draft(opening, order.random_seed) for _ in range(columns)]
        self._begun = _beginning(order, columns)
        publish(Page(("",) * columns, _outlook(self._drafts[0]), opening.seed))

    def _open(self, seed: str, stop: Event) -> Opening:
        return self._source.newest().read(seed, stop.is_set)

    def _turn(self, samplings: Samplings, due: int, publish: Callable[[Page], None]) -> None:
        """Every column gets as far as the first one does in its share of the time, so that they grow abreast."""
        first, *others = self._drafts
        texts = [first.write(samplings[0], due - first.length, TURN_S / len(self._drafts))]
        for draft, sampling in zip(others, samplings[1:], strict=True):
            texts.append(draft.write(sampling, first.length - draft.length))
        publish(Page(tuple(texts), _outlook(first)))


def _beginning(order: Order, columns: int) -> tuple[str, int, int]:
    return (order.seed, order.random_seed, columns)


def _outlook(draft: Draft) -> Outlook:
    opening = draft.opening
    return Outlook(draft.logits, opening.vocabulary, draft.tail, opening.model, opening.note, draft.drawn, draft.length)
