"""A language model so small that a run takes a blink, for the tests of writing."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core.api import DataBundle, DataInfo, DatasetSpec, NetworkSpec, Recipe, TaskSpec, TokenStream
from core.batches import Batch
from core.control import Control
from core.discovery import discover
from core.job import Job, prepare_job
from core.launch import Launch
from core.registry import Registry
from core.run_config import RunConfig, run_config
from core.runs import Run, RunStore
from tests.core.tiny import NOWHERE, no_progress, plugin

TEXT = "the cat sat on the mat; the dog lay by the log.\n" * 12
VOCABULARY = tuple(sorted(set(TEXT)))
INFO = DataInfo((16,), VOCABULARY, vocabulary=VOCABULARY)


class Model(nn.Module):
    """What every language model here looks like: encoder (or one-hot), rnn, head."""

    def __init__(
        self, kind: type[nn.RNNBase] = nn.LSTM, hidden: int = 12, layers: int = 1, embedding: int = 0, **settings: Any
    ) -> None:
        super().__init__()
        size = len(VOCABULARY)
        self.encoder = nn.Embedding(size, embedding) if embedding else None
        self.rnn = kind(embedding or size, hidden, layers, batch_first=True, **settings)
        self.head = nn.Linear(hidden, size)

    def forward(self, inputs: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        if self.encoder is not None:
            vectors = self.encoder(inputs)
        else:
            vectors = nn.functional.one_hot(inputs, len(VOCABULARY)).float()
        hidden, state = self.rnn(vectors, state)
        return self.head(hidden), state


def with_dropout() -> Model:
    """Each of its steps draws random numbers, so that it is seen when somebody else used some up."""
    return Model(layers=2, dropout=0.2)


class Strange(Model):
    """Has the attributes, but does more than they say."""

    def forward(self, inputs: Tensor, state: Any = None) -> tuple[Tensor, Any]:
        logits, state = super().forward(inputs, state)
        return logits.flip(-1), state


def loss(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
    logits, state = model(batch.inputs, batch.state)
    batch.state = tuple(part.detach() for part in state)
    return nn.functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten()), logits


def bundle() -> DataBundle:
    tokens = np.array([VOCABULARY.index(character) for character in TEXT], np.uint8)
    return DataBundle(INFO, TokenStream(tokens), TokenStream(tokens[:100]), TokenStream(tokens[:100]))


def registry() -> Registry:
    """The built-in plugins and a task, a network and a text of our own."""
    found = discover("plugins", installed=False)
    recipe = Recipe(data="tiny-text", epochs=2, batch_size=4, optimizer_settings={"lr": 0.02})
    network = NetworkSpec(
        "tiny-writer", "Tiny writer", "Small.", "tiny-words", lambda *_: with_dropout(), recipe=recipe
    )
    data = DatasetSpec("tiny-text", "Tiny text", "tiny-words", "none", lambda config, folders: bundle())
    extra = plugin(
        register_tasks=lambda: [TaskSpec("tiny-words", "Tiny words", loss, lambda *_: {}, try_it="text generation")],
        register_networks=lambda: [network],
        register_datasets=lambda: [data],
    )
    found.add("tiny-text", "test", lambda: extra)
    assert all(problem.source != "tiny-text" for problem in found.problems)
    return found


def config(found: Registry, **overrides: Any) -> RunConfig:
    return run_config(found.get("networks", "tiny-writer"), None, **{"threads": 1, "device": "cpu", **overrides})


def job(found: Registry | None = None, **overrides: Any) -> Job:
    found = found or registry()
    return prepare_job(found, config(found, **overrides), NOWHERE, no_progress)


def kept_run(store: RunStore, found: Registry | None = None) -> Run:
    """A run that was trained to its end and kept."""
    found = found or registry()
    ended = Launch(found, config(found), NOWHERE, store, Control(), lambda event: None, no_progress).run()
    assert ended.state == "finished", ended.details or ended.error
    return store.find(ended.run)


def random_model(kind: type[nn.RNNBase] = nn.LSTM, **settings: Any) -> Model:
    """With weights large enough for scores that differ."""
    torch.manual_seed(3)
    model = Model(kind, **settings).eval()
    with torch.no_grad():
        for parameter in model.parameters():
            parameter.mul_(2.0)
    return model
