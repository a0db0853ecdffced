"""What a run comes to: the numbers that ``train --json`` prints and ``result.json`` keeps."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np

from core.events import Keep, StepsLogged
from core.training_state import joined

if TYPE_CHECKING:
    from core.trainer import Trainer


def run_summary(trainer: Trainer, kept: Keep) -> dict[str, Any]:
    """All numbers of a trainer that has ended; ``kept``: whose weights it leaves."""
    config, seconds = trainer.job.config, max(trainer.watch.seconds, 1e-9)
    results = trainer.results
    results.setdefault("train", means(trainer.epoch_log))
    return {
        **{"run": trainer.run_id, "network": config.network, "data": config.data, "optimizer": config.optimizer},
        **{"epochs": trainer.step // trainer.steps_per_epoch, "steps": trainer.step},
        **{
            f"{part}_{name}": value for part in results for name, value in _with_derived(trainer, results[part]).items()
        },
        **{"seconds": round(seconds, 3), "steps_per_second": round(trainer.step / seconds, 1)},
        **{"device": str(trainer.job.device), "seed": config.seed},
        **trainer.best.summary(),
        **{"kept": kept, "reason": trainer.reason},
    }


def means(log: list[StepsLogged]) -> dict[str, float]:
    """The mean over the steps of several events of each metric that all of them have."""
    return {name: float(np.mean(values)) for name, values in joined(log).items()}


def _with_derived(trainer: Trainer, found: dict[str, float]) -> dict[str, float]:
    return {**found, **trainer.job.task.derived(found)}
