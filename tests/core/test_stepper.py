"""A step in NumPy gives the network's own scores; where it would not, the network itself is asked."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest
import torch
from threadpoolctl import threadpool_info
from torch import Tensor, nn

from core import recurrent_stepper
from core.recurrent_stepper import RecurrentStepper
from core.stepper import CannotWrite, ModelStepper, Stepper, one_blas_thread, stepper_for
from tests.core.tiny_text import VOCABULARY, Model, Strange, random_model

SIZE = len(VOCABULARY)
KINDS = (nn.RNN, nn.LSTM, nn.GRU)
TOKENS = np.random.default_rng(1).integers(0, SIZE, 60).tolist()


def own_scores(model: nn.Module, tokens: list[int] = TOKENS) -> np.ndarray[Any, np.dtype[np.float32]]:
    with torch.no_grad():
        scores: Tensor = model(torch.tensor([tokens]))[0][0]
    return scores.numpy()


def stepped_scores(stepper: Stepper, tokens: list[int] = TOKENS) -> np.ndarray[Any, np.dtype[np.float32]]:
    found = []
    for token in tokens:
        stepper.step(token)
        found.append(stepper.logits())
    return np.array(found)


@pytest.mark.parametrize("kind", KINDS)
@pytest.mark.parametrize("layers", [1, 2])
@pytest.mark.parametrize("embedding", [0, 7])
def test_the_quick_step_gives_the_scores_of_the_network(kind: type[nn.RNNBase], layers: int, embedding: int) -> None:
    model = random_model(kind, layers=layers, embedding=embedding)
    stepper = stepper_for(model, SIZE)
    assert isinstance(stepper, RecurrentStepper)
    np.testing.assert_allclose(stepped_scores(stepper), own_scores(model), atol=1e-4)


@pytest.mark.parametrize("settings", [{"bias": False}, {"dropout": 0.5, "layers": 3}, {"nonlinearity": "relu"}])
def test_so_it_does_with_other_settings(settings: dict[str, Any]) -> None:
    model = random_model(nn.RNN if "nonlinearity" in settings else nn.GRU, **settings)
    stepper = stepper_for(model, SIZE)
    assert isinstance(stepper, RecurrentStepper)
    np.testing.assert_allclose(stepped_scores(stepper), own_scores(model), atol=1e-4)


def test_a_vocabulary_too_large_for_a_table_is_looked_up_token_by_token(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(recurrent_stepper, "LARGEST_TABLE", 10)
    model = random_model(nn.LSTM, embedding=7)
    stepper = stepper_for(model, SIZE)
    expected = own_scores(model)
    spoil(model)
    np.testing.assert_allclose(stepped_scores(stepper), expected, atol=1e-4)


class OneWayAndBack(Model):
    """The head sees both directions, so it fits, but not the hidden size."""

    def __init__(self) -> None:
        super().__init__(hidden=6, bidirectional=True)
        self.head = nn.Linear(12, SIZE)


@pytest.mark.parametrize("model", [Strange().eval(), OneWayAndBack().eval()])
def test_a_network_that_does_something_else_is_asked_itself(model: nn.Module) -> None:
    stepper = stepper_for(model, SIZE)
    assert isinstance(stepper, ModelStepper)
    token = TOKENS[:1]  # to read a text backwards it has to be there at once
    np.testing.assert_allclose(stepped_scores(stepper, token), own_scores(model, token), atol=1e-4)


@pytest.mark.parametrize("quick", [True, False])
def test_reading_is_stepping(quick: bool) -> None:
    model = random_model() if quick else Strange().eval()
    tokens = TOKENS * 10
    stepper = stepper_for(model, SIZE)
    stepper.read(tokens)
    np.testing.assert_allclose(stepper.logits(), own_scores(model, tokens)[-1], atol=1e-4)


@pytest.mark.parametrize("model", [*(random_model(kind, layers=2) for kind in KINDS), Strange().eval()])
def test_forks_go_on_apart_from_the_same_place(model: nn.Module) -> None:
    stepper = stepper_for(model, SIZE)
    stepper.read(TOKENS[:10])
    fork = stepper.fork()
    before = stepper.logits()
    np.testing.assert_array_equal(fork.logits(), before)
    ahead = stepped_scores(fork, TOKENS[10:])
    np.testing.assert_array_equal(stepper.logits(), before)
    np.testing.assert_array_equal(stepped_scores(stepper, TOKENS[10:]), ahead)


def spoil(model: nn.Module) -> None:
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.fill_(0.1)


@pytest.mark.parametrize("make", [random_model, lambda: random_model(embedding=3), lambda: Strange().eval()])
def test_later_changes_of_the_weights_do_not_reach_a_stepper(make: Any) -> None:
    model = make()
    stepper, expected = stepper_for(model, SIZE), own_scores(model)
    spoil(model)
    np.testing.assert_allclose(stepped_scores(stepper), expected, atol=1e-4)


class ScoresOnly(nn.Module):
    def forward(self, inputs: Tensor, state: Any = None) -> Tensor:
        return torch.zeros(*inputs.shape, SIZE)


class Broken(nn.Module):
    def forward(self, inputs: Tensor, state: Any = None) -> Tensor:
        raise ValueError("no such thing")


@pytest.mark.parametrize(
    ("model", "vocabulary", "words"),
    [
        (ScoresOnly(), SIZE, "must return"),
        (Broken(), SIZE, "ValueError: no such thing"),
        (random_model(embedding=4), SIZE - 1, f"scores {SIZE} characters"),
        (random_model(embedding=4), SIZE + 9, "cannot write: "),
    ],
)
def test_a_network_that_cannot_write_is_a_sentence(model: nn.Module, vocabulary: int, words: str) -> None:
    with pytest.raises(CannotWrite, match=words):
        stepper_for(model, vocabulary)


def test_a_model_that_went_astray_is_stepped_too() -> None:
    model = random_model()
    with torch.no_grad():
        model.head.bias[0] = float("nan")
    assert isinstance(stepper_for(model, SIZE), RecurrentStepper)


def blas_threads() -> list[int]:
    return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]


def test_numpy_multiplies_with_one_thread_meanwhile() -> None:
    before = blas_threads()
    with one_blas_thread():
        assert set(blas_threads()) <= {1}
    assert blas_threads() == before
