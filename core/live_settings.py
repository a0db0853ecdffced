"""Settings of an optimizer that change while a run goes on."""

from __future__ import annotations

from typing import Any

from core.errors import UserError
from core.job import Job

RATES = ("lr", "initial_lr", "max_lr", "min_lr")
"""Where ``torch.optim.lr_scheduler`` keeps rates in a parameter group; a new rate scales them all alike."""


def change_optimizer(job: Job, name: str, value: float) -> float:
    """Set one of the optimizer's settings from the next step on; returns what it was. Call at a safe point.

    A new learning rate keeps the schedule's shape: what is still to come is scaled by new over old.

    Raises:
        UserError: where this optimizer has no such setting.
    """
    before = float(job.config.optimizer_settings.get(name, job.optimizer.defaults.get(name, 0.0)))
    if name == "lr":
        _scale_rates(job, value / before)
    elif name in job.optimizer.defaults:
        for group in job.optimizer.param_groups:
            group[name] = value
    else:
        raise UserError(f"This optimizer has no setting {name!r} that can change during a run.")
    settings = {**job.config.optimizer_settings, name: value}
    job.config = job.config.model_copy(update={"optimizer_settings": settings})
    return before


def _scale_rates(job: Job, factor: float) -> None:
    for group in job.optimizer.param_groups:
        for key in RATES:
            if key in group:
                group[key] = group[key] * factor
    for schedule in (job.schedule, *getattr(job.schedule, "_schedulers", ())):
        for attribute in ("base_lrs", "min_lrs"):
            rates: Any = getattr(schedule, attribute, None)
            if rates is not None:
                setattr(schedule, attribute, [rate * factor for rate in rates])
        if hasattr(schedule, "eta_min"):
            schedule.eta_min *= factor
