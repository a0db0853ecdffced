"""All that a run needs to go on as if it had not stopped: taken at a safe point, and put back."""

from __future__ import annotations

import pickle
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from safetensors import SafetensorError
from torch import Tensor

from core.best import Best
from core.checkpoints import best_checkpoint, checkpoints, load_state, load_weights, remove_all_but
from core.config import validated
from core.data import DataInfo
from core.errors import UserError
from core.event_log import recorded_events
from core.events import StepsLogged, TextSampled
from core.kept import asked_of
from core.random_states import random_states, set_random_states
from core.resume import Resume
from core.run_config import RunConfig
from core.runs import Run

if TYPE_CHECKING:
    from core.trainer import Trainer


class ResumeError(UserError):
    """The run cannot go on; the message says why."""


@dataclass(frozen=True)
class Saved:
    """Where a run goes on. ``weights`` and ``state`` are empty where it begins anew.

    ``ended``: how it had, or "" where it was broken off. ``changes``: settings that become others now.
    """

    run: Run
    config: RunConfig
    info: DataInfo
    ended: str
    changes: Mapping[str, float] = field(default_factory=dict)
    weights: Mapping[str, Tensor] = field(default_factory=dict)
    state: Mapping[str, Any] = field(default_factory=dict)
    best: Mapping[str, Tensor] = field(default_factory=dict)

    @property
    def step(self) -> int:
        """After how many steps it goes on."""
        return int(self.state.get("step", 0))

    @property
    def events(self) -> int | None:
        """The size of its record at that step, where that is known."""
        return self.state.get("events") if self.state else 0


def read_saved(resume: Resume) -> Saved:
    """Read a run that is held from its newest checkpoint, and clear away what a crash left beside it.

    Raises:
        RunNotFound, ConfigError: where the run cannot be read.
        ResumeError: where its checkpoint cannot, or all of its epochs are done.
    """
    run = resume.run
    config, info = asked_of(run)
    start = Saved(run, _on_as_many_threads(config, run.asked()), info, run.ended, resume.changes)
    found = checkpoints(run.checkpoints)
    if not found:
        return start
    try:
        saved = _read(found[-1], start)
    except (OSError, RuntimeError, ValueError, KeyError, TypeError, SafetensorError, pickle.UnpicklingError) as error:
        raise ResumeError(
            f"The run {run.id} cannot be resumed: its last checkpoint is damaged ({type(error).__name__})."
        ) from error
    epochs = saved.config.epochs
    if saved.ended == "finished" and not saved.state.get("reason") and _is_complete(saved, resume.epochs or epochs):
        more = 2 * epochs
        raise ResumeError(f"The run {run.id} has had all of its {epochs} epochs: ask for more, as --epochs {more}.")
    return saved


def _on_as_many_threads(config: RunConfig, asked: Mapping[str, Any]) -> RunConfig:
    """Where the machine chose them: on another number of threads the same sums end in other digits."""
    machine = asked.get("machine")
    threads = machine.get("threads") if isinstance(machine, dict) else None
    return config.model_copy(update={"threads": threads}) if not config.threads and isinstance(threads, int) else config


def _read(checkpoint: Path, start: Saved) -> Saved:
    state = load_state(checkpoint)
    config = validated(RunConfig, state["config"]) if "config" in state else start.config
    config = _on_as_many_threads(config, start.run.asked())
    step = state.get("best", {}).get("step", 0)
    best = best_checkpoint(checkpoint.parent, step) if step else None
    remove_all_but(checkpoint.parent, {checkpoint.name, best.name if best else ""})
    weights = load_weights(checkpoint)
    return replace(start, config=config, weights=weights, state=state, best=load_weights(best) if best else {})


def _is_complete(saved: Saved, epochs: int) -> bool:
    return "epoch" in saved.state and saved.state["epoch"] >= epochs


def training_state(trainer: Trainer) -> dict[str, Any]:
    """All but the weights; the position in the data follows from step and epoch."""
    job = trainer.job
    return {
        "step": trainer.step,
        "epoch": trainer.epoch,
        "steps_per_epoch": trainer.steps_per_epoch,
        "seconds": trainer.watch.seconds,
        "config": job.config.model_dump(),
        "optimizer": job.optimizer.state_dict(),
        "schedule": job.schedule.state_dict(),
        "random": random_states(job.device),
        "carried": job.train.state,
        "results": {part: dict(means) for part, means in trainer.results.items()},
        "best": trainer.best.state(),
        "average": list(trainer.average.mean),
        "reason": trainer.reason,
        "so_far": {name: torch.from_numpy(values) for name, values in joined(trainer.epoch_log).items()},
    }


def restore(trainer: Trainer, saved: Saved) -> None:
    """Bring a trainer that has not begun to where the run was saved.

    Raises:
        ResumeError: where network, optimizer or data are no longer those of the run.
    """
    job, state = trainer.job, saved.state
    _check_data(trainer, saved)
    if not state:
        return
    try:
        job.model.load_state_dict(dict(saved.weights))
        job.optimizer.load_state_dict(state["optimizer"])
        job.schedule.load_state_dict(state["schedule"])
        trainer.average.restore(state.get("average", ()))
    except (RuntimeError, ValueError, KeyError, TypeError, AttributeError) as error:
        raise ResumeError(
            f"The run {saved.run.id} cannot be resumed: its network or optimizer has changed since "
            f"({str(error).splitlines()[0] if str(error) else type(error).__name__})."
        ) from error
    job.train.state = on_device(state.get("carried"), job.device)
    trainer.step = saved.step
    trainer.epoch = state.get("epoch", saved.step // trainer.steps_per_epoch)
    trainer.watch.add(state.get("seconds", 0.0))
    trainer.results = {part: dict(means) for part, means in state.get("results", {}).items()}
    trainer.epoch_log = _so_far(state.get("so_far", {}))
    trainer.best = Best(**state.get("best", {}), weights=saved.best)
    trainer.reason = state.get("reason", "")
    if trainer.reason and saved.ended:  # somebody wants it to go on nevertheless
        trainer.reason, trainer.best.waited = "", 0
    trainer.sampler.newest.extend(_texts(saved.run.folder / "events.jsonl", saved.step))
    _restore_random(state.get("random"), job.device)


def _texts(path: Path, last_step: int) -> Iterator[TextSampled]:
    """What the model wrote up to that step, oldest first."""
    with suppress(FileNotFoundError):
        for event in recorded_events(path, "TextSampled"):
            with suppress(KeyError, TypeError):  # not as we write it
                if event["step"] <= last_step:
                    yield TextSampled(event["epoch"], event["step"], event["text"])


def _check_data(trainer: Trainer, saved: Saved) -> None:
    steps = saved.state.get("steps_per_epoch", trainer.steps_per_epoch)
    if trainer.job.info != saved.info or steps != trainer.steps_per_epoch:
        raise ResumeError(
            f"The run {saved.run.id} cannot be resumed: its data set is not the one that it began with; "
            "start a new run instead."
        )


def _restore_random(states: Any, device: torch.device) -> None:
    if isinstance(states, Tensor):  # as the first version wrote it
        torch.set_rng_state(states)
    elif states:
        set_random_states(states, device)


def _so_far(columns: Mapping[str, Tensor]) -> list[StepsLogged]:
    """What the epoch that was under way had logged, for the means at its end."""
    metrics = {name: values.numpy() for name, values in columns.items()}
    return [StepsLogged(0, metrics, np.empty(0, np.float32), 0.0, 0.0)] if metrics else []


def joined(log: list[StepsLogged]) -> dict[str, np.ndarray[tuple[int], np.dtype[np.float32]]]:
    """The metrics of several events in a row; those that not all of them have are left out."""
    names = [name for name in (log[0].metrics if log else ()) if all(name in event.metrics for event in log)]
    return {name: np.concatenate([event.metrics[name] for event in log]) for name in names}


def on_device(value: Any, device: torch.device) -> Any:
    """Tensors in tuples, lists and dictionaries, moved."""
    if isinstance(value, Tensor):
        return value.to(device)
    if isinstance(value, (tuple, list)):
        return type(value)(on_device(part, device) for part in value)
    if isinstance(value, dict):
        return {key: on_device(part, device) for key, part in value.items()}
    return value
