"""Text written by a language model: a seed is read, then character after character is drawn."""

from __future__ import annotations

import copy
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import TypeVar

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from core.characters import names_of
from core.config import validated
from core.data import Cancelled, DataInfo
from core.inference import Classifier, NotReady, weights_copy
from core.registry import Registry
from core.run_config import RunConfig
from core.runs import Run
from core.sampling import Sampling, chances, draw, probabilities
from core.specs import TaskSpec
from core.stepper import Stepper, one_blas_thread, stepper_for
from core.trainer import Trainer
from core.writing import Drawn

T = TypeVar("T")
MAX_SEED = 10_000
"""Characters of a seed that are read, its last ones: no network of this kind remembers what was before."""
READ_AT_ONCE = 256
CONTEXT = 24


@dataclass(frozen=True)
class Opening:
    """A seed that was read; any number of texts begin here.

    ``seed``: what was read of it. ``skipped``: the characters the network does not know, each once.
    ``note``: one or two sentences about what was left out, or nothing. ``model``: whose text it will be, in words.
    """

    seed: str
    skipped: tuple[str, ...]
    note: str
    model: str
    vocabulary: tuple[str, ...]
    stepper: Stepper

    def logits(self) -> NDArray[np.float32]:
        """The scores of the first character after the seed, V."""
        return self.stepper.logits()


class Draft:
    """One text in the making. The same opening, random seed and settings give the same text, however it is cut."""

    def __init__(self, opening: Opening, random_seed: int) -> None:
        self.opening = opening
        self.length = 0
        self.tail = opening.seed[-CONTEXT:]
        """The last characters so far, of the seed where nothing is written yet."""
        self.logits = opening.logits()
        """The scores of the next character, V."""
        self.drawn: Drawn | None = None
        """The last character, where it was drawn alone."""
        self._stepper = opening.stepper.fork()
        self._chances = chances(random_seed)

    def write(self, sampling: Sampling, count: int, seconds: float = float("inf")) -> str:
        """The next ``count`` characters, fewer where ``seconds`` are over before; at least one.

        Raises:
            NoDistribution: where the network's scores are no numbers.
        """
        tokens: list[int] = []
        before, logits = self.logits, self.logits
        step, scores, chance, now = self._stepper.step, self._stepper.logits, self._chances.random, time.perf_counter
        over = now() + seconds
        with one_blas_thread():
            while len(tokens) < count:
                token = draw(logits, sampling, chance())
                step(token)
                logits = scores()
                tokens.append(token)
                if now() > over:
                    break
        self.logits = logits
        text = self._take(tokens)
        self.drawn = Drawn(text, float(probabilities(before, sampling)[tokens[0]])) if len(tokens) == 1 else None
        return text

    def put(self, token: int, sampling: Sampling) -> str:
        """Go on with that token: somebody chose it, chance was not asked."""
        chosen = float(probabilities(self.logits, sampling)[token])
        with one_blas_thread():
            self._stepper.step(token)
            self.logits = self._stepper.logits()
        text = self._take([token])
        self.drawn = Drawn(text, chosen)
        return text

    def _take(self, tokens: list[int]) -> str:
        vocabulary = self.opening.vocabulary
        text = "".join([vocabulary[token] for token in tokens])
        self.length += len(tokens)
        self.tail = (self.tail + text[-CONTEXT:])[-CONTEXT:]
        return text


class TextModel:
    """A model of its own, on the CPU, that writes while another one is being trained."""

    def __init__(self, model: nn.Module, info: DataInfo, name: str) -> None:
        """Copies the model.

        Raises:
            NotReady: where the data had no vocabulary.
        """
        if not info.vocabulary:
            raise NotReady(f"{name} has no vocabulary to write with: train it on a text.")
        self.model = copy.deepcopy(model).to("cpu").eval()
        self.name = name
        self.vocabulary = info.vocabulary
        self._tokens = {character: token for token, character in enumerate(info.vocabulary)}
        self._blank: Stepper | None = None

    @classmethod
    def of_run(cls, run: Run, registry: Registry) -> TextModel:
        """The newest weights that a run kept.

        Raises:
            RunNotFound, UnknownId, ConfigError: where the run or its network cannot be read.
            NotReady: where it is a run of another task.
        """
        network = registry.get("networks", validated(RunConfig, run.asked()["config"]).network)
        check_writes(registry.get("tasks", network.task), f"The run {run.id}")
        kept = Classifier.of_run(run, registry)
        return cls(kept.model, kept.info, kept.name)

    def load(self, weights: dict[str, Tensor], name: str) -> None:
        """Take over newer weights; ``name`` says whose they are. Openings and drafts keep theirs."""
        self.model.load_state_dict(weights)
        self.name = name
        self._blank = None

    def read(self, seed: str, stopping: Callable[[], bool] = lambda: False) -> Opening:
        """Read a seed; its last :data:`MAX_SEED` characters, without those the network does not know.

        An empty seed is read as a newline (where there is none a space, else the first character), which is
        not part of the text.

        Raises:
            CannotWrite: where the network is not made for that.
            Cancelled: once ``stopping`` says so.
        """
        known, skipped, note = self._known(seed)
        with one_blas_thread():
            self._blank = self._blank or stepper_for(self.model, len(self.vocabulary))
            stepper = self._blank.fork()
            tokens = [self._tokens[character] for character in known] or [self._first_token()]
            for start in range(0, len(tokens), READ_AT_ONCE):
                stepper.read(tokens[start : start + READ_AT_ONCE])
                if stopping():
                    raise Cancelled
        return Opening(known, skipped, note, self.name, self.vocabulary, stepper)

    def _known(self, seed: str) -> tuple[str, tuple[str, ...], str]:
        notes = []
        if len(seed) > MAX_SEED:
            notes.append(f"Only the last {MAX_SEED:,} of the seed's {len(seed):,} characters are read.")
        if "\r" not in self._tokens:
            seed = seed[-2 * MAX_SEED :].replace("\r\n", "\n")
        seed = seed[-MAX_SEED:]
        skipped = tuple(dict.fromkeys(character for character in seed if character not in self._tokens))
        if skipped:
            notes.append(f"Skipped, since the network never saw {_them(skipped)}: {names_of(skipped)}.")
        return "".join(character for character in seed if character in self._tokens), skipped, " ".join(notes)

    def _first_token(self) -> int:
        return self._tokens.get("\n", self._tokens.get(" ", 0))


def _them(characters: tuple[str, ...]) -> str:
    return "it" if len(characters) == 1 else "them"


class LiveTextModel:
    """The model of a trainer, with the weights of its next safe point, or with its last ones when it is done."""

    def __init__(self, trainer: Trainer) -> None:
        self._trainer = trainer
        self._model: TextModel | None = None
        self._step = -1

    @property
    def moved(self) -> bool:
        """Whether the weights have changed since :meth:`newest` was last called (any thread)."""
        return self._trainer.step != self._step

    def newest(self) -> TextModel:
        """Waits for a safe point, so it must not be called on the GUI thread.

        Raises:
            NotReady: where the trainer's network writes no text.
        """
        job = self._trainer.job
        check_writes(job.task, job.network.title)
        if self._model is None:
            copied = self._trainer.control.at_safe_point(lambda: copy.deepcopy(job.model).to("cpu")).result()
            self._model = TextModel(copied, job.info, job.network.title)
        if self.moved:
            weights, step = self._trainer.control.at_safe_point(self._newest_weights).result()
            self._model.load(weights, f"{job.network.title} after {step:,} steps")
            self._step = step
        return self._model

    def _newest_weights(self) -> tuple[dict[str, Tensor], int]:
        return weights_copy(self._trainer.job.model), self._trainer.step


def made_at_rest(trainer: Trainer, make: Callable[[], T]) -> T:
    """``make()`` between two steps of a run, whose random numbers it shall not use up: a network that is built draws.

    Waits for a safe point, so it must not be called on the GUI thread.
    """

    def made() -> T:
        with torch.random.fork_rng(devices=[]):  # networks are built on the CPU
            return make()

    return trainer.control.at_safe_point(made).result()


def check_writes(task: TaskSpec, what: str) -> None:
    """Whether a text can be written by what was trained for that task.

    Raises:
        NotReady: where it cannot.
    """
    if task.try_it != "text generation":
        raise NotReady(f"{what} writes no text, it is for {task.title.lower()}: train a language model first.")
