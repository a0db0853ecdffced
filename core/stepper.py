"""Steps through a text token by token: quickly where the network is one we know, else through the network itself."""

from __future__ import annotations

import copy
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from functools import cache
from typing import Any, Protocol

import numpy as np
import torch
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController  # type: ignore[import-untyped]
from torch import Tensor, nn

from core.errors import UserError
from core.recurrent_stepper import RecurrentStepper

Logits = NDArray[np.float32]
CHUNK = 256
"""Tokens that are read at once: between two chunks somebody may have had enough."""
TRIED = 8
CLOSE = 1e-3


class Stepper(Protocol):
    """A place in a text: what the network remembers of the tokens it was given."""

    def step(self, token: int) -> None:
        """Read one token more."""

    def read(self, tokens: Sequence[int]) -> None:
        """Read several."""

    def logits(self) -> Logits:
        """The scores of the next token, float32, V; a new array."""

    def fork(self) -> Stepper:
        """Another stepper at the same place; the two go on apart."""


class CannotWrite(UserError):
    """The network is not made so that a text can be written with it."""


def stepper_for(model: nn.Module, vocabulary: int) -> Stepper:
    """A stepper before the first token of a text; later changes of the model's weights do not reach it.

    ``model``: on the CPU and in evaluation mode; it scores ``vocabulary`` tokens.
    A network with ``encoder`` (``nn.Embedding``, or None where tokens go in as one-hot vectors), ``rnn`` (``nn.RNN``,
    ``nn.LSTM`` or ``nn.GRU``) and ``head`` (``nn.Linear``) is stepped in NumPy, many times as fast as the network
    itself; it is tried on a few tokens first, since its ``forward`` may do more than that. Any other is
    called for each token: ``forward(int64 B×T, state) -> (logits B×T×V, state)``.

    Raises:
        CannotWrite: where it cannot be called like that, or does not score ``vocabulary`` tokens.
    """
    tokens = [index * 7 % vocabulary for index in range(TRIED)]
    expected = _forward(model, tokens, None)[0]
    if expected.shape != (TRIED, vocabulary):
        raise CannotWrite(
            f"The network scores {expected.shape[-1]:,} characters, but the text has {vocabulary:,}: train it again."
        )
    quick = RecurrentStepper.of(model)
    return quick if quick is not None and _agree(quick.fork(), tokens, expected) else ModelStepper(copy.deepcopy(model))


class ModelStepper:
    """Calls the network itself; for networks that are made in another way."""

    def __init__(self, model: nn.Module) -> None:
        self._model = model
        self._state: Any = None
        self._logits: Logits | None = None

    def step(self, token: int) -> None:
        """See :class:`Stepper`."""
        self.read((token,))

    def read(self, tokens: Sequence[int]) -> None:
        """See :class:`Stepper`; :data:`CHUNK` tokens go through the network at once."""
        for start in range(0, len(tokens), CHUNK):
            logits, self._state = _forward(self._model, tokens[start : start + CHUNK], self._state)
            self._logits = logits[-1]

    def logits(self) -> Logits:
        """See :class:`Stepper`."""
        assert self._logits is not None  # every text begins with a token
        return self._logits.copy()

    def fork(self) -> ModelStepper:
        """See :class:`Stepper`."""
        other = ModelStepper(self._model)
        other._state, other._logits = copy.deepcopy(self._state), self._logits
        return other


@contextmanager
def one_blas_thread() -> Iterator[None]:
    """One processor thread for NumPy's matrix products, all over the process.

    A matrix times a vector gains nothing from a second thread, which the training or the window wants; and how
    a sum is split over threads changes its last digit, and with it, once in a while, a text.
    """
    with _controller().limit(limits=1, user_api="blas"):
        yield


@cache
def _controller() -> ThreadpoolController:
    return ThreadpoolController()


def _forward(model: nn.Module, tokens: Sequence[int], state: Any) -> tuple[Logits, Any]:
    inputs = torch.tensor([tokens], dtype=torch.int64)
    with torch.no_grad():
        found = _called(model, inputs, state)
    if not isinstance(found, tuple) or len(found) != 2 or not isinstance(found[0], Tensor) or found[0].ndim != 3:
        raise CannotWrite("This network writes no text: its forward must return (logits B×T×V, state).")
    logits: Logits = found[0][0].float().numpy()
    return logits, found[1]


def _called(model: Callable[..., Any], inputs: Tensor, state: Any) -> Any:
    try:
        return model(inputs, state)
    except Exception as error:  # border: a plugin's network
        raise CannotWrite(f"This network cannot write: {type(error).__name__}: {error}") from error


def _agree(stepper: RecurrentStepper, tokens: Sequence[int], expected: Logits) -> bool:
    found = np.empty_like(expected)
    for row, token in enumerate(tokens):
        stepper.step(token)
        found[row] = stepper.logits()
    return bool(np.allclose(found, expected, rtol=CLOSE, atol=CLOSE, equal_nan=True))
