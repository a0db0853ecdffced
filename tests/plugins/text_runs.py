"""Runs of the networks that write, as the command line makes them, on one thread."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from core.data import DataFolders
from core.discovery import discover
from core.job import Job, prepare_job
from core.run_config import run_config
from core.trainer import Trainer
from tests.core.tiny import Events, no_progress

NOWHERE = DataFolders((), Path("nowhere"))


def job(network: str, data: str, **overrides: Any) -> Job:
    """With the network's own recipe for that data set, but for what is given."""
    registry = discover("plugins", installed=False)
    asked = {"threads": 1, "device": "cpu", **overrides}
    return prepare_job(registry, run_config(registry.get("networks", network), data, **asked), NOWHERE, no_progress)


def trained(network: str, data: str, **overrides: Any) -> tuple[Job, Events]:
    """The job after its run, and what was told meanwhile."""
    found, events = job(network, data, **overrides), Events()
    Trainer(found, emit=events).fit()
    return found, events


def chances(found: Job) -> Tensor:
    """Of each answer of the first batch of validation: how likely the model takes it to be."""
    batch = next(found.validation.epoch())
    found.model.eval()
    with torch.no_grad():
        logits, _ = found.model(batch.inputs)
    likely: Tensor = logits.softmax(-1).gather(-1, batch.targets[..., None]).squeeze(-1)
    return likely
