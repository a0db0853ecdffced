"""What the last layer is given, for networks of every build."""

from __future__ import annotations

from collections.abc import Callable
from functools import cache
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn
from torch.nn import functional

from core.batches import Batch
from core.discovery import discover
from core.embedding.embedder import embed
from core.embedding.frame import EmbeddingError
from core.embedding.reading import MOST_NUMBERS, Reading, read_batch
from core.explain.live import resting_copy
from core.home import data_folders
from core.job import Job, prepare_job
from core.registry import Registry
from core.run_config import run_config
from core.specs import TaskSpec
from tests.core import tiny
from tests.core.tiny import no_progress


@cache
def built_in() -> Registry:
    return discover("plugins", installed=False)


def job(network: str, data: str | None = None, **settings: Any) -> Job:
    config = run_config(built_in().networks[network], data, device="cpu", threads=1, network_settings=settings)
    return prepare_job(built_in(), config, data_folders(), no_progress)


@pytest.mark.parametrize(
    ("network", "data", "settings", "width", "layer"),
    [
        ("lenet", None, {}, 84, "fc3"),
        ("cifar_cnn", "shapes", {}, 84, "fc3"),
        ("resnet18", "shapes", {}, 512, "fc"),
        ("cifar_resnet", "shapes", {"width": 8}, 32, "fc"),
        ("lstm", "hello", {"hidden": 12}, 12, "head"),
        ("char_rnn", "hello", {"hidden": 9}, 9, "head"),
        ("name_rnn", None, {"hidden": 10}, 20, "head"),
    ],
)
def test_the_built_in_networks_are_read_before_their_last_layer(
    network: str, data: str | None, settings: dict[str, Any], width: int, layer: str
) -> None:
    found = job(network, data, **settings)
    samples, seen = embed(resting_copy(found.model), found, 60)
    assert seen.vectors.shape == (len(samples), width)
    assert f"“{layer}”" in seen.where and f"{width:,} numbers" in seen.where


def test_lenets_numbers_are_exactly_what_its_last_layer_is_given() -> None:
    found = job("lenet")
    model = resting_copy(found.model)
    samples, seen = embed(model, found, 40)
    given: list[Tensor] = []
    model.fc3.register_forward_pre_hook(lambda _layer, inputs: given.append(inputs[0]))
    with torch.no_grad():
        logits = model(samples.batch(0, len(samples)).inputs)
    assert np.allclose(seen.vectors, given[0].numpy(), atol=1e-6)
    assert np.array_equal(seen.guesses, logits.argmax(1).numpy())
    assert np.allclose(seen.sureness, logits.softmax(1).max(1).values.numpy(), atol=1e-6)
    assert not any(layer._forward_hooks for layer in model.modules())


class Functional(nn.Module):
    """A head without a module."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(25, 7)
        self.weight = nn.Parameter(torch.randn(3, 7))
        self.scale = nn.Parameter(torch.ones(3))

    def forward(self, inputs: Tensor) -> Tensor:
        hidden = self.body(inputs.flatten(1)).relu()
        return functional.linear(hidden, self.weight) * self.scale


class Multiplied(Functional):
    """Written with an operator."""

    def forward(self, inputs: Tensor) -> Tensor:
        return self.body(inputs.flatten(1)).tanh() @ self.weight.T


class Named(Functional):
    """By distances to prototypes, as the first LeNet had it."""

    def forward(self, inputs: Tensor) -> Tensor:
        return -torch.cdist(self.body(inputs.flatten(1)), self.weight)


class Normed(nn.Module):
    """A weight that is computed anew at each call."""

    def __init__(self) -> None:
        super().__init__()
        self.body = nn.Linear(25, 7)
        self.head = nn.utils.parametrizations.weight_norm(nn.Linear(7, 3))

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(self.body(inputs.flatten(1)).relu())


class Convolutional(nn.Module):
    """The last layer is a convolution; the mean over all places comes after it."""

    def __init__(self) -> None:
        super().__init__()
        self.body, self.head = nn.Conv2d(1, 6, 3), nn.Conv2d(6, 3, 1)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(self.body(inputs).relu()).mean((2, 3))


class Shared(nn.Module):
    """The same layer is called twice; what counts is the last time."""

    def __init__(self) -> None:
        super().__init__()
        self.first, self.same, self.head = nn.Linear(25, 7), nn.Linear(7, 7), nn.Linear(7, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.head(self.same(self.same(self.first(inputs.flatten(1))).relu()))


def read(model: nn.Module, count: int = 5) -> tuple[Reading, Tensor]:
    torch.manual_seed(2)
    inputs = torch.randn(count, 1, 5, 5)
    task = tiny.registry().tasks["image-classification"]
    batch = Batch(inputs, torch.arange(count) % 3)
    return read_batch(resting_copy(model), task, batch, None, 0), inputs


@pytest.mark.parametrize(
    ("build", "hidden", "name"),
    [
        (Functional, lambda model, x: model.body(x.flatten(1)).relu(), "weight"),
        (Multiplied, lambda model, x: model.body(x.flatten(1)).tanh(), "weight"),
        (Named, lambda model, x: model.body(x.flatten(1)), "weight"),
        (Normed, lambda model, x: model.body(x.flatten(1)).relu(), "head"),
        (Convolutional, lambda model, x: model.body(x).relu().mean((2, 3)), "head"),
        (Shared, lambda model, x: model.same(model.same(model.first(x.flatten(1))).relu()), "head"),
    ],
)
def test_heads_of_all_kinds_are_found(
    build: Callable[[], nn.Module], hidden: Callable[[Any, Tensor], Tensor], name: str
) -> None:
    torch.manual_seed(1)
    model = build()
    found, inputs = read(model)
    with torch.no_grad():
        assert torch.allclose(found.vectors, hidden(model, inputs), atol=1e-5)
    assert name in found.where and "the last layer with weights" in found.where
    assert found.logits is not None and found.logits.shape == (5, 3)


@pytest.mark.parametrize("flat", [True, False])
def test_with_a_single_layer_it_is_the_input_itself_and_that_is_said(flat: bool) -> None:
    layers = [nn.Flatten(), nn.Linear(25, 3)] if flat else [nn.Conv2d(1, 3, 5), nn.Flatten()]
    found, inputs = read(nn.Sequential(*layers))
    assert torch.equal(found.vectors, inputs.flatten(1))
    assert found.where.startswith("the input itself, 25 numbers")


def test_very_many_numbers_are_averaged_to_fewer() -> None:
    torch.manual_seed(1)
    model = nn.Sequential(nn.Conv2d(1, 400, 1), nn.Flatten(), nn.Linear(10_000, 3))
    found, _ = read(model, 4)
    assert found.vectors.shape == (4, MOST_NUMBERS)
    assert "10,000 numbers" in found.where and f"averaged to {MOST_NUMBERS:,}" in found.where


class Tied(nn.Module):
    """Reads and writes with the same weights."""

    def __init__(self, first: bool) -> None:
        super().__init__()
        self.encoder, self.head = nn.Embedding(6, 8), nn.Linear(8, 6, bias=False)
        self.head.weight = self.encoder.weight
        self.rnn = nn.GRU(8, 8, batch_first=not first)
        self.first = first

    def forward(self, inputs: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        vectors = self.encoder(inputs)
        found, state = self.rnn(vectors.transpose(0, 1) if self.first else vectors, state)
        logits = self.head(found)
        return logits.transpose(0, 1) if self.first else logits, state


@pytest.mark.parametrize("first", [False, True])
@pytest.mark.parametrize("single", [False, True])
def test_a_text_is_read_place_by_place_or_where_the_answer_is_taken_from(first: bool, single: bool) -> None:
    torch.manual_seed(1)
    model = resting_copy(Tied(first))
    tokens = torch.randint(0, 6, (4, 7))
    mask = torch.zeros(4, 7, dtype=torch.bool)
    mask[:, 2:] = True
    batch = Batch(tokens, torch.zeros(4, dtype=torch.long) if single else tokens)
    task = built_in().tasks["language-model"]
    found = read_batch(model, task, batch, None if single else mask, 6)
    given: list[Tensor] = []
    model.head.register_forward_pre_hook(lambda _layer, inputs: given.append(inputs[0]))
    with torch.no_grad():
        model(tokens)
    hidden = given[0].transpose(0, 1) if first else given[0]
    assert torch.allclose(found.vectors, hidden[:, -1] if single else hidden[mask], atol=1e-6)
    assert "head" in found.where and ("after the last character" in found.where) == single
    assert found.logits is not None and len(found.logits) == len(found.vectors)


class Votes(nn.Module):
    """A single layer, and it reads tokens."""

    def __init__(self) -> None:
        super().__init__()
        self.votes = nn.Embedding(6, 3)

    def forward(self, inputs: Tensor) -> Tensor:
        return self.votes(inputs).sum(1)


def test_tokens_that_are_the_input_itself_are_a_one_among_zeros() -> None:
    tokens = torch.tensor([[0, 5], [1, 1], [2, 4]])
    task = built_in().tasks["text-classification"]
    found = read_batch(Votes().eval(), task, Batch(tokens, torch.zeros(3, dtype=torch.long)), None, 6)
    assert torch.equal(found.vectors.reshape(3, 2, 6).argmax(2), tokens) and float(found.vectors.sum()) == 6
    assert found.where.startswith("the input itself, 12 numbers")


class Crowd(nn.Module):
    """Its weights see all samples at once, never one by one."""

    def __init__(self) -> None:
        super().__init__()
        self.weight = nn.Parameter(torch.randn(3, 25))

    def forward(self, inputs: Tensor) -> Tensor:
        return (self.weight @ inputs.flatten(1).T).T


def test_where_no_layer_is_given_a_row_a_sample_a_sentence_says_so() -> None:
    with pytest.raises(EmbeddingError, match="nothing to place the samples by"):
        read(Crowd())


def test_a_task_of_a_plugin_without_classes_is_read_and_guesses_nothing() -> None:
    def loss(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        counts = model(batch.inputs).squeeze(1)
        return functional.mse_loss(counts, batch.targets.float()), counts

    task = TaskSpec("counting", "Counting", loss, lambda *_: {})
    model = nn.Sequential(nn.Flatten(), nn.Linear(25, 4), nn.ReLU(), nn.Linear(4, 1))
    found = read_batch(resting_copy(model), task, Batch(torch.randn(5, 1, 5, 5), torch.arange(5)), None, 0)
    assert found.vectors.shape == (5, 4) and found.logits is None
