"""A run's health, as it was recorded: to be shown again when the run goes on."""

from __future__ import annotations

from collections.abc import Mapping
from contextlib import suppress
from typing import Any

import numpy as np

from core.event_log import recorded_events
from core.events import HealthMeasured
from core.health.history import MEASURES
from core.runs import Run


def read_health(run: Run, before: int) -> list[HealthMeasured]:
    """The measurements up to the step ``before``, without histograms; damaged ones are passed over.

    What was infinite is NaN here: JSON knows neither.
    """
    found: list[HealthMeasured] = []
    with suppress(OSError):
        for line in recorded_events(run.folder / "events.jsonl", "HealthMeasured"):
            with suppress(KeyError, TypeError, ValueError):
                event = _event(line)
                if event.step <= before:
                    found.append(event)
    return found


def _event(line: Mapping[str, Any]) -> HealthMeasured:
    layers = tuple(str(name) for name in line["layers"])
    columns: dict[str, Any] = {name: np.array(line[name], np.float32) for name in MEASURES}
    columns |= {name: np.array(line[name], np.int64) for name in ("sizes", "units")}
    columns["trained"] = np.array(line["trained"], np.bool_)
    if any(values.shape != (len(layers),) for values in columns.values()):
        raise ValueError("columns of different lengths")
    kinds = tuple(str(kind) for kind in line["kinds"])
    return HealthMeasured(step=int(line["step"]), lr=float(line["lr"]), layers=layers, kinds=kinds, **columns)
