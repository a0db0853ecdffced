"""A question about one picture, and its answer: the map and every layer's numbers, of one moment's weights."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from core.config import Config
from core.explain.explanation import ExplainError, Explanation, Tick
from core.explain.operations import Recording

if TYPE_CHECKING:
    from core.explain.live import LiveModel


@dataclass(frozen=True)
class Question:
    """``seen``: uint8 C×H×W, as the network is given it. ``target``: index of the class, None for the top guess."""

    seen: NDArray[np.uint8]
    name: str
    method: str
    settings: Config
    target: int | None = None


@dataclass(frozen=True)
class Answer:
    """``explanation`` is None where the method does not suit the network; ``problem`` then says why.

    ``model``: whose answer it is, in words; ``step``: after how many steps. ``classes``: the names, in order.
    """

    question: Question
    recording: Recording
    explanation: Explanation | None
    problem: str
    classes: tuple[str, ...]
    model: str
    step: int


def answer(live: LiveModel, question: Question, tick: Tick = lambda done, total: None) -> Answer:
    """Answer with the newest weights; waits for a safe point, so it must not be called on the GUI thread.

    Raises:
        ExplainError, core.inference.NotReady: where this picture cannot be answered by this network at all.
        Whatever ``tick`` raises to give up.
    """
    from core.explain.attribution import explain
    from core.explain.recording import record

    model, info = live.newest(), live.trainer.job.info
    recording = record(model, info, question.seen)
    tick(0, 1)
    explanation, problem = None, ""
    try:
        explanation = explain(model, info, question.seen, question.method, question.target, question.settings, tick)
    except ExplainError as error:
        problem = str(error)
    return Answer(question, recording, explanation, problem, info.classes, live.title, live.step)
