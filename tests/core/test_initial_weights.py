"""Weights that a new model begins with, where its network brings some."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import torch
from torch import Tensor

from core.api import DataFolders, DataInfo, Progress
from core.job import build_model, prepare_job
from tests.core.tiny import NOWHERE, bundle, config, network, no_progress, registry


def ones(config: Any, info: DataInfo, folders: DataFolders, progress: Progress) -> Mapping[str, Tensor]:
    progress(1, 1, "Downloading")
    return {"1.weight": torch.ones(12, 64)}


def test_a_new_model_begins_with_the_weights_that_its_network_brings_and_random_ones_elsewhere() -> None:
    told: list[str] = []
    with_weights, without = (registry((network(**changes),)) for changes in ({"initial_weights": ones}, {}))
    job = prepare_job(with_weights, config(with_weights), NOWHERE, lambda done, total, text: told.append(text))
    plain = prepare_job(without, config(without), NOWHERE, no_progress)
    assert "Downloading" in told
    assert torch.equal(job.model.get_parameter("1.weight"), torch.ones(12, 64))
    assert torch.equal(job.model.get_parameter("4.weight"), plain.model.get_parameter("4.weight"))


def test_a_model_that_is_built_to_take_kept_weights_asks_for_none() -> None:
    def never(*_: Any) -> None:
        raise AssertionError("asked for")

    build_model(network(initial_weights=never), {}, bundle().info)
