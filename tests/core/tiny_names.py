"""A network for names so small that a run takes a blink, for the tests of typed answers."""

from __future__ import annotations

from typing import Any

import numpy as np
import torch
from torch import Tensor, nn

from core.api import DataBundle, DataInfo, DatasetSpec, NetworkSpec, Recipe, Split
from core.control import Control
from core.discovery import discover
from core.job import Job, prepare_job
from core.launch import Launch
from core.registry import Registry
from core.run_config import RunConfig, run_config
from core.runs import Run, RunStore
from tests.core.tiny import NOWHERE, no_progress, plugin

LENGTH = 8
VOCABULARY = ("", "\ufffd", *"abcdef")
INFO = DataInfo((LENGTH,), ("Early", "Late"), vocabulary=VOCABULARY)


class Letters(nn.Module):
    """Adds up what speaks for each class: a to c for the first, d to f for the second."""

    def __init__(self) -> None:
        super().__init__()
        self.votes = nn.Embedding(len(VOCABULARY), 2, padding_idx=0)

    def forward(self, inputs: Tensor) -> Tensor:
        votes: Tensor = self.votes(inputs)
        return votes.sum(1)


def taught() -> Letters:
    """One that knows, without training."""
    model = Letters()
    with torch.no_grad():
        model.votes.weight.zero_()
        model.votes.weight[2:5, 0] = 1.0
        model.votes.weight[5:8, 1] = 1.0
    return model


def bundle() -> DataBundle:
    chance = np.random.default_rng(0)
    targets = np.arange(40, dtype=np.int64) % 2
    inputs = np.zeros((40, LENGTH), np.uint8)
    for row, target in enumerate(targets):
        inputs[row, : 3 + row % 4] = chance.integers(2 + 3 * target, 5 + 3 * target, 3 + row % 4)
    part = Split(inputs, targets)
    return DataBundle(INFO, part, part, part)


def registry() -> Registry:
    """The built-in plugins, and a network and names of our own."""
    found = discover("plugins", installed=False)
    recipe = Recipe(data="tiny-names", epochs=20, batch_size=8, optimizer_settings={"lr": 0.05})
    network = NetworkSpec(
        "tiny-reader", "Tiny reader", "Small.", "text-classification", lambda *_: Letters(), recipe=recipe
    )
    data = DatasetSpec("tiny-names", "Tiny names", "text-classification", "none", lambda *_: bundle())
    extra = plugin(register_networks=lambda: [network], register_datasets=lambda: [data])
    found.add("tiny-names", "test", lambda: extra)
    assert all(problem.source != "tiny-names" for problem in found.problems)
    return found


def config(found: Registry, **overrides: Any) -> RunConfig:
    return run_config(found.get("networks", "tiny-reader"), None, **{"threads": 1, "device": "cpu", **overrides})


def job(found: Registry | None = None, **overrides: Any) -> Job:
    found = found or registry()
    return prepare_job(found, config(found, **overrides), NOWHERE, no_progress)


def kept_run(store: RunStore, found: Registry | None = None) -> Run:
    """A run that was trained to its end and kept."""
    found = found or registry()
    ended = Launch(found, config(found), NOWHERE, store, Control(), lambda event: None, no_progress).run()
    assert ended.state == "finished", ended.details or ended.error
    return store.find(ended.run)
