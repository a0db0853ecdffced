"""How a run began, made again: the model with its first weights, and the state of chance."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import nn, optim

from core.config import validated
from core.data import DataInfo
from core.event_log import recorded_events
from core.export.request import CannotExport, Request
from core.job import build_model, seed_everything
from core.runs import Run
from core.specs import OptimizerSpec
from core.weights_files import FIRST_WEIGHTS, fitted, read_weights


@dataclass(frozen=True)
class Start:
    """The model before its first step, and torch's random state there."""

    model: nn.Module
    optimizer: optim.Optimizer
    random_state: NDArray[np.uint8]

    def is_drawn_by(self, other: nn.Module, state: NDArray[np.uint8]) -> bool:
        """Whether ``other``, just made with the run's seed, has the first weights, and left chance in that state.

        Raises:
            CannotExport: where it is another network.
        """
        ours, theirs = self.model.state_dict(), other.state_dict()
        names = [[name for name, _ in model.named_parameters()] for model in (self.model, other)]
        if ours.keys() != theirs.keys() or any(ours[name].shape != theirs[name].shape for name in ours):
            raise CannotExport("The network changes when it is written out: export its weights instead.")
        if names[0] != names[1]:
            raise CannotExport("The weights change their order when the network is written out: export them instead.")
        same = all(torch.equal(ours[name], theirs[name]) for name in ours)
        return same and bool(np.array_equal(state, self.random_state))


@dataclass(frozen=True)
class Recorded:
    """What happened to a run. ``steps``: how many were taken. ``changes``: step -> (name, before, after)."""

    steps: int
    changes: Mapping[int, list[tuple[str, float, float]]] = field(default_factory=dict)


def start_of(request: Request, info: DataInfo) -> Start:
    """The beginning of the run, as it was on the processor; seeds all randomness.

    Raises:
        WeightsError: where the network has changed since.
    """
    config, network = request.kept.config, request.kept.network
    seed_everything(config.seed)
    model = build_model(network, config.network_settings, info)
    settings = validated(network.config, config.network_settings)
    brought = network.initial_weights(settings, info, request.folders, request.progress)
    if brought is not None:
        model.load_state_dict({**model.state_dict(), **brought})
    given = request.run.folder / FIRST_WEIGHTS
    if given.exists():
        model.load_state_dict(fitted(read_weights(given), model, given.name, network.title))
    spec: OptimizerSpec = request.registry.get("optimizers", config.optimizer)
    optimizer = spec.build(model.parameters(), validated(spec.config, config.optimizer_settings))
    return Start(model.train(), optimizer, torch.get_rng_state().numpy().copy())


def recorded(run: Run) -> Recorded:
    """What ``events.jsonl`` says happened.

    Raises:
        CannotExport: where something was changed on the way that a script does not repeat.
    """
    steps, changes = 0, dict[int, list[tuple[str, float, float]]]()
    for event in _events(run):
        kind = event.get("event")
        if kind == "WeightsLoaded":
            raise CannotExport("Other weights were loaded into this run on its way: a script cannot repeat that.")
        try:
            if kind == "StepsLogged":
                steps = max(steps, int(event["first_step"]) + len(event["lr"]) - 1)
            elif kind == "SettingChanged" and event.get("who") != "schedule":
                change = (str(event["name"]), float(event["before"]), float(event["after"]))
                changes.setdefault(int(event["step"]), []).append(change)
        except (KeyError, TypeError, ValueError) as error:
            raise CannotExport(f"What happened in the run {run.id} cannot be read: its events are damaged.") from error
    return Recorded(steps, changes)


def _events(run: Run) -> Iterator[dict[str, Any]]:
    try:
        yield from recorded_events(run.folder / "events.jsonl")
    except OSError as error:
        raise CannotExport(f"What happened in the run {run.id} cannot be read: its events are missing.") from error
