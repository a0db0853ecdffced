"""Measurements of small networks, one step at a time, for the tests of health."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.batches import Batch
from core.events import HealthMeasured, Problem
from core.health import monitor as monitor_module
from core.health.bins import BINS
from core.health.monitor import HealthMonitor


class Bench:
    """A model, its optimizer and a monitor that looks at every step it is asked for."""

    def __init__(self, model: nn.Module, lr: float = 0.1, **settings: Any) -> None:
        self.model = model
        trained = [parameter for parameter in model.parameters() if parameter.requires_grad]
        self.optimizer = torch.optim.SGD(trained or [nn.Parameter(torch.zeros(1))], lr=lr, **settings)
        self.events: list[HealthMeasured] = []
        self.problems: list[tuple[str, str, BaseException]] = []
        self.monitor = HealthMonitor(model, self.optimizer, self.events.append, self.events.append, self._report)
        self.monitor.on = True
        self.done = 0

    def _report(self, source: str, consequence: str, error: BaseException) -> Problem:
        self.problems.append((source, consequence, error))
        return Problem(source, consequence)

    def step(self, inputs: Tensor, loss_of: Callable[[Any], Tensor] = lambda outputs: outputs.square().mean()) -> None:
        """What the trainer does in a step."""
        self.optimizer.zero_grad(set_to_none=True)
        watch = self.monitor(self.done)
        if watch is None:
            watch = monitor_module.StepWatch()
        try:
            watch.before_forward(Batch(inputs, inputs))
            outputs = self.model(inputs)
            loss = loss_of(outputs)
            watch.before_backward(loss, outputs)
            loss.backward()  # type: ignore[no-untyped-call]
            watch.after_backward()
            watch.before_update()
            self.optimizer.step()
            watch.after_update()
        finally:
            watch.close()
        self.done += 1

    def look(self, inputs: Tensor, **how: Any) -> HealthMeasured:
        """Take a step that is looked at."""
        self.monitor._watched = None
        before = len(self.events)
        self.step(inputs, **how)
        assert not self.problems, self.problems
        assert len(self.events) == before + 1
        return self.events[-1]


@pytest.fixture
def always(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    """There is no budget: every step that is due is looked at."""
    monkeypatch.setattr(monitor_module, "SHARE", 1e9)
    monkeypatch.setattr(monitor_module, "REST_S", 0.0)
    monkeypatch.setattr(monitor_module, "FIRST", range(10**9))
    yield


def by_layer(event: HealthMeasured, field: str) -> dict[str, float]:
    """A measure of each layer, by its name."""
    return dict(zip(event.layers, getattr(event, field).tolist(), strict=True))


def measured(step: int = 1, layers: int = 3, lr: float = 0.1, **changes: Any) -> HealthMeasured:
    """A healthy measurement with some changes."""
    names = tuple(f"fc{number}" for number in range(1, layers + 1))
    each = np.ones(layers, np.float32)
    values: dict[str, Any] = {
        **{"kinds": ("Linear",) * layers, "sizes": np.full(layers, 100), "trained": np.ones(layers, np.bool_)},
        **{"gradient_norm": each * 0.1, "weight_norm": each * 5, "update_ratio": each * 1e-3},
        **{"dead": each * 0, "units": np.full(layers, 10), "saturated": each * np.nan},
        "histograms": {
            kind: np.full((layers, BINS), 1 / BINS, np.float32) for kind in ("weights", "gradients", "activations")
        },
    }
    values.update({name: np.asarray(value, values[name].dtype) for name, value in changes.items()})
    return HealthMeasured(step=step, lr=lr, layers=names, **values)
