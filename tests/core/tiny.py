"""A registry with a network, data and views so small that a run takes a blink, for the tests of the training."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from importlib import import_module
from pathlib import Path
from types import ModuleType
from typing import Any

import numpy as np
import torch
from torch import nn

from core.api import (
    Cadence,
    DataBundle,
    DataFolders,
    DataInfo,
    DatasetSpec,
    Heatmap,
    NetworkSpec,
    RandomAffine,
    Recipe,
    Snapshot,
    Split,
    VisualizationSpec,
    hookimpl,
)
from core.events import Event
from core.job import Job, prepare_job
from core.registry import Registry
from core.run_config import RunConfig, run_config

SIDE, CLASSES = 8, 3
TRAINING = 50
NOWHERE = DataFolders((), Path("nowhere"))


def no_progress(done: int, total: int | None, text: str) -> None:
    pass


def split(seed: int, count: int) -> Split:
    """Noise with a bright row that tells the class."""
    chance = np.random.default_rng(seed)
    targets = chance.integers(0, CLASSES, count)
    inputs = chance.integers(0, 120, (count, 1, SIDE, SIDE), dtype=np.uint8)
    inputs[np.arange(count), 0, 2 * targets + 1] += 120
    return Split(inputs, targets.astype(np.int64))


def bundle(training: int = TRAINING) -> DataBundle:
    info = DataInfo((1, SIDE, SIDE), ("a", "b", "c"), (0.3,), (0.25,), "strokes")
    variation = RandomAffine(degrees=5, shift=0.05)
    return DataBundle(info, split(1, training), split(2, 20), split(3, 20), (variation,))


def build(config: Any, info: DataInfo) -> nn.Module:
    """With dropout, so that the run draws random numbers at each step."""
    return nn.Sequential(
        nn.Flatten(), nn.Linear(SIDE * SIDE, 12), nn.ReLU(), nn.Dropout(0.2), nn.Linear(12, len(info.classes))
    )


def weights_view(snapshot: Snapshot) -> Heatmap:
    """A view that draws random numbers and computes gradients, as one may."""
    torch.rand(7)
    snapshot.model(snapshot.probe.inputs).sum().backward()
    return Heatmap(values=snapshot.model.get_parameter("1.weight").detach().numpy().copy())


def plugin(**hooks: Callable[..., Any]) -> ModuleType:
    """A plugin module with these hook implementations."""
    module = ModuleType("a_plugin")
    for name, hook in hooks.items():
        setattr(module, name, hookimpl(hook))
    return module


def network(**changes: Any) -> NetworkSpec:
    settings = {"id": "tiny", "title": "Tiny", "summary": "Small.", "task": "image-classification", "build": build}
    recipe = Recipe(data="dots", epochs=3, batch_size=8, optimizer_settings={"lr": 0.01})
    return NetworkSpec(**{**settings, "recipe": recipe, **changes})


def dataset(**changes: Any) -> DatasetSpec:
    settings = {"id": "dots", "title": "Dots", "task": "image-classification", "licence": "none"}
    return DatasetSpec(**{**settings, "load": lambda config, folders: bundle(), **changes})


def view(id: str = "weights", compute: Callable[[Snapshot], Any] = weights_view, **changes: Any) -> VisualizationSpec:
    settings = {"title": id.title(), "networks": ("tiny",), "cadence": Cadence("steps", 2), **changes}
    return VisualizationSpec(id=id, compute=compute, **settings)


def registry(
    networks: tuple[NetworkSpec, ...] = (),
    datasets: tuple[DatasetSpec, ...] = (),
    views: tuple[VisualizationSpec, ...] = (),
    **hooks: Callable[..., Any],
) -> Registry:
    """The built-in task, optimizers and schedules, and a plugin with what is given, or with the tiny things."""
    found = Registry()
    for name in ("classification", "optimizers", "schedules"):
        found.add(name, "built-in", partial(import_module, f"plugins.{name}"))
    extra = plugin(
        register_networks=lambda: list(networks or (network(),)),
        register_datasets=lambda: list(datasets or (dataset(),)),
        register_visualizations=lambda: list(views or (view(),)),
        **hooks,
    )
    found.add("tiny", "test", lambda: extra)
    assert not found.problems, found.problems[0].details
    return found


def config(found: Registry, **overrides: Any) -> RunConfig:
    return run_config(found.get("networks", "tiny"), None, **{"threads": 1, "device": "cpu", **overrides})


def job(found: Registry | None = None, **overrides: Any) -> Job:
    found = found or registry()
    return prepare_job(found, config(found, **overrides), NOWHERE, no_progress)


class Events(list[Event]):
    """What a trainer emitted; usable as its ``emit``."""

    def __call__(self, event: Event) -> None:
        self.append(event)

    def of(self, kind: type) -> list[Any]:
        return [event for event in self if isinstance(event, kind)]


class Clock:
    """Stands in for the ``time`` module of what is tested."""

    def __init__(self) -> None:
        self.now = 100.0

    def perf_counter(self) -> float:
        return self.now


def same_weights(first: nn.Module, second: nn.Module) -> bool:
    ours, theirs = first.state_dict(), second.state_dict()
    return ours.keys() == theirs.keys() and all(torch.equal(ours[name], theirs[name]) for name in ours)


def losses(events: Events) -> np.ndarray[Any, np.dtype[np.float32]]:
    """The loss of every step."""
    from core.events import StepsLogged

    return np.concatenate([event.metrics["loss"] for event in events.of(StepsLogged)])
