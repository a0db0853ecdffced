"""Answers of a model to a typed text: to which class it belongs, after every letter."""

from __future__ import annotations

import copy
from concurrent.futures import Future
from functools import cache

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]
from torch import Tensor, nn

from core.characters import harmless, names_of
from core.config import validated
from core.data import DataInfo
from core.inference import NotReady, weights_copy
from core.kept import kept_model
from core.registry import Registry
from core.run_config import RunConfig
from core.runs import Run
from core.specs import TaskSpec
from core.spelling import PADDING, Spelt, places_of, spell
from core.trainer import Trainer
from core.typed_answer import TypedAnswer

MOST_TYPED = 10_000
"""Characters that are looked at, of however long a text."""
LONGEST = 1024
"""Letters that are read, however long the samples of the data were: a run from elsewhere may say anything."""
AT_ONCE = 64
"""Beginnings of a text that are answered side by side."""
EMPTY = "There is nothing to read yet: type a name."


class TextClassifier:
    """A model of its own, on the CPU, that answers while another one is being trained."""

    def __init__(self, model: nn.Module, info: DataInfo, name: str) -> None:
        """Copies the model.

        Raises:
            NotReady: where its data were no texts of one class each.
        """
        if not info.vocabulary or info.classes == info.vocabulary or len(info.input_shape) != 1:
            raise NotReady(f"{name} does not say what class a text is: train a network on names first.")
        self.model = copy.deepcopy(model).to("cpu").eval()
        self.info = info
        self.name = name
        self.length = min(info.input_shape[0], LONGEST)
        self._places = places_of(info.vocabulary)

    @classmethod
    def of_run(cls, run: Run, registry: Registry) -> TextClassifier:
        """The weights that count as a kept run's.

        Raises:
            RunNotFound, UnknownId, ConfigError: where the run or its network cannot be read.
            NotReady: where it is a run of another task.
        """
        network = registry.get("networks", validated(RunConfig, run.asked()["config"]).network)
        check_reads(registry.get("tasks", network.task), f"The run {run.id}")
        kept = kept_model(run, registry)
        return cls(kept.model, kept.info, kept.name)

    def load(self, weights: dict[str, Tensor], name: str) -> None:
        """Take over newer weights; ``name`` says whose they are."""
        self.model.load_state_dict(weights)
        self.name = name

    def answer(self, text: str) -> TypedAnswer:
        """The probability of each class, after every letter of ``text``.

        Raises:
            NotReady: where there is nothing to read, no character is known, or the training went wrong.
        """
        spelt = spell(text[:MOST_TYPED], self._places, self.length)
        if not spelt.tokens and not spelt.strangers:
            raise NotReady(EMPTY)
        if not spelt.tokens or all(spelt.unknown):
            raise NotReady(self._no_letter_known(spelt))
        shares = self.shares(spelt.tokens)
        if not np.isfinite(shares).all():
            raise NotReady(f"{self.name} answers with no numbers: train it again, with a smaller learning rate.")
        shown = " ".join(harmless(text[:MOST_TYPED]).split())
        note = self._note(text, spelt)
        return TypedAnswer(shown, spelt.read, spelt.unknown, self.info.classes, shares, self.name, note)

    def shares(self, tokens: tuple[int, ...]) -> NDArray[np.float32]:
        """The softmax of the model's logits after each token, len(tokens)×classes."""
        with torch.inference_mode(), _controller().limit(limits=1, user_api="openmp"):
            found = [torch.softmax(self.model(some).float(), dim=1) for some in self._beginnings(tokens)]
        shares: NDArray[np.float32] = torch.cat(found).numpy()
        return shares

    def _beginnings(self, tokens: tuple[int, ...]) -> list[Tensor]:
        """The first one, two, three … tokens: as rows filled up with padding, or, where there is none, one by one."""
        whole = torch.tensor(tokens, dtype=torch.int64)
        counts = range(1, len(tokens) + 1)
        if PADDING not in self._places:
            return [whole[None, :count] for count in counts]
        rows = whole.new_full((len(tokens), self.length), self._places[PADDING])
        for count in counts:
            rows[count - 1, :count] = whole[:count]
        return list(torch.split(rows, AT_ONCE))

    def _no_letter_known(self, spelt: Spelt) -> str:
        known = [sign for sign in self.info.vocabulary if sign.isalpha()]
        example = f" such as {', '.join(known[:3])}" if known else ""
        return (
            f"The network does not know {names_of(spelt.strangers)}: it learnt from names in other letters{example}. "
            "Type a name in those."
        )

    def _note(self, text: str, spelt: Spelt) -> str:
        notes = []
        if len(spelt.read) == self.length and len(" ".join(text[:MOST_TYPED].split())) > len(spelt.read):
            notes.append(f"Only the first {len(spelt.read):,} letters are read.")
        if spelt.strangers:
            notes.append(f"Unknown to the network: {names_of(spelt.strangers)}.")
        return " ".join(notes)


@cache
def _controller() -> ThreadpoolController:
    """For the calling thread alone: so little arithmetic waits longer for a second thread than it gains by it."""
    return ThreadpoolController()


class LiveTextClassifier:
    """Answers with a trainer's weights, without waiting for them: newer ones are asked for, and taken once there."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer = trainer
        self.step = -1
        """After how many steps the weights in use were taken; -1 before the first."""
        self._classifier: TextClassifier | None = None
        self._coming: Future[tuple[dict[str, Tensor], int]] | None = None

    @property
    def moved(self) -> bool:
        """Whether the trainer has other weights by now (any thread)."""
        return self.trainer.step != self.step

    def ask(self) -> Future[tuple[dict[str, Tensor], int]]:
        """Have the newest weights brought; they are used from the first answer after they came."""
        if self._coming is None:
            self._coming = self.trainer.control.at_safe_point(self._newest)
        return self._coming

    def answer(self, text: str) -> TypedAnswer:
        """See :meth:`TextClassifier.answer`; the first time it waits for a safe point: not on the GUI thread.

        Raises:
            NotReady: also where the trainer's network is for another task.
        """
        job = self.trainer.job
        if self._classifier is None:
            check_reads(job.task, job.network.title)
            copied = self.trainer.control.at_safe_point(lambda: copy.deepcopy(job.model).to("cpu")).result()
            self._classifier = TextClassifier(copied, job.info, job.network.title)
            self.ask().result()
        if self._coming is not None and self._coming.done():
            coming, self._coming = self._coming, None
            weights, self.step = coming.result()
            self._classifier.load(weights, f"{job.network.title} after {self.step:,} steps")
        return self._classifier.answer(text)

    def _newest(self) -> tuple[dict[str, Tensor], int]:
        return weights_copy(self.trainer.job.model), self.trainer.step


def check_reads(task: TaskSpec, what: str) -> None:
    """Whether a typed text can be classified by what was trained for that task.

    Raises:
        NotReady: where it cannot.
    """
    if task.try_it != "text classification":
        raise NotReady(
            f"{what} is for {task.title.lower()}, not for texts that are typed: choose one that reads names."
        )
