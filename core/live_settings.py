"""Settings that change while a run goes on."""

from __future__ import annotations

import warnings
from typing import Any

from core.batches import Batches
from core.config import ConfigError, validated
from core.errors import UserError
from core.job import Job
from core.run_config import RunConfig

RATES = ("lr", "initial_lr", "max_lr", "min_lr", "base_lr")
"""Where ``torch.optim.lr_scheduler``, and a job, keep rates in a parameter group; a new rate scales them all alike."""
TRAINING = ("epochs", "augment", "gradient_clip", "patience")


def change(job: Job, name: str, value: float | bool, step: int) -> float | bool:
    """Set a live setting of the training or of the optimizer from the step after ``step`` on; returns what it was.

    Call at a safe point. What the job's config says is what is in force.

    Raises:
        UserError: where there is no such setting or the value is not allowed; nothing has changed then.
    """
    if name not in TRAINING:
        return change_optimizer(job, name, value)
    before: float | bool = getattr(job.config, name)
    config = validated(RunConfig, {**job.config.model_dump(), name: value})
    if name == "epochs":
        _change_epochs(job, config.epochs, step)
    elif name == "augment" and isinstance(job.train, Batches):
        job.train.augmentations = job.augmentations if config.augment else ()
    job.config = config
    return before


def change_optimizer(job: Job, name: str, value: float) -> float:
    """Set one of the optimizer's settings from the next step on; returns what it was. Call at a safe point.

    A new learning rate keeps the schedule's shape: what is still to come is scaled by new over old.

    Raises:
        UserError: where this optimizer has no such setting, or a learning rate is not above 0.
    """
    before = float(job.config.optimizer_settings.get(name, job.optimizer.defaults.get(name, 0.0)))
    if name == "lr":
        if not 0 < value < float("inf"):
            raise ConfigError(f"lr must be a number above 0, not {value:g}.")
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


def _change_epochs(job: Job, epochs: int, step: int) -> None:
    steps_per_epoch = len(job.train)
    begun = -(-step // steps_per_epoch)
    if epochs < begun:
        raise ConfigError(f"epochs must be at least {begun}: so many have been begun.")
    if job.schedule_every == "step" and job.build_schedule:
        _reschedule(job, epochs * steps_per_epoch, step)


def _reschedule(job: Job, total_steps: int, step: int) -> None:
    """The schedule that a run of ``total_steps`` would have, at the place that this one has come to.

    So a rate that had fallen to almost nothing at the end of a cycle rises again to where the longer cycle has it.
    """
    assert job.build_schedule
    groups = job.optimizer.param_groups
    before = [{key: group[key] for key in RATES if key in group} for group in groups]
    try:
        for group, rates in zip(groups, before, strict=True):
            for key in rates:
                del group[key]
            group["lr"] = group["base_lr"] = rates.get("base_lr", job.config.optimizer_settings.get("lr"))
        with warnings.catch_warnings():  # that no optimizer's step came between
            warnings.simplefilter("ignore")
            schedule = job.build_schedule(total_steps)
            for _ in range(step):
                schedule.step()
    except BaseException:
        for group, rates in zip(groups, before, strict=True):
            group.update(rates)
        raise
    job.schedule = schedule
