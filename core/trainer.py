"""The training loop. It knows no network, no data set and no window."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import Any

import numpy as np
import torch

from core.batches import Batch, BatchSource
from core.callbacks import Callback, Callbacks, Report
from core.control import Control
from core.devices import arithmetic
from core.errors import UserError
from core.evaluate import Interrupted, Judge, evaluate
from core.events import (
    EpochEnded,
    Event,
    Paused,
    Problem,
    Resumed,
    RunEnded,
    RunStarted,
    RunState,
    SettingChanged,
    StepsLogged,
)
from core.job import Job
from core.live_settings import change_optimizer
from core.observer import Observer
from core.past_runs import PastRuns
from core.recorder import Recorder
from core.sampler import Sampler
from core.snapshot import RunSoFar, Snapshot
from core.specs import VisualizationSpec
from core.step_log import StepLog
from core.stopwatch import Stopwatch


class TrainingError(UserError):
    """Training cannot go on; the message is one sentence for the user."""


def _unreported(source: str, consequence: str, error: BaseException) -> Problem:
    return Problem(source, f"{source} {consequence}: {error}", repr(error))


class Trainer:
    """Trains a :class:`Job`; :meth:`fit` reads like the loop of a tutorial.

    Between two steps is a safe point: there ``control`` may pause or stop the run, views are computed on
    the real weights, and checkpoints are taken. ``emit`` gets every event, on the training thread.
    """

    def __init__(
        self,
        job: Job,
        *,
        control: Control | None = None,
        emit: Callable[[Event], None] = lambda event: None,
        recorder: Recorder | None = None,
        callbacks: Iterable[tuple[str, Callback]] = (),
        visualizations: Iterable[VisualizationSpec] = (),
        report: Report = _unreported,
    ) -> None:
        self.job = job
        self.control = control or Control()
        self.recorder = recorder
        self.callbacks = Callbacks(callbacks, report)
        self.observer = Observer(visualizations, self.snapshot, emit, report)
        self.sampler = Sampler(job.task, self._tell, report)
        self.step = 0
        self.steps_per_epoch = len(job.train)
        self.total_steps = self.steps_per_epoch * job.config.epochs
        self.results: dict[str, dict[str, float]] = {}
        self._earlier = PastRuns(recorder.run.folder.parent if recorder else None)
        self._emit = emit
        self._log = StepLog(self.total_steps)
        self._epoch_log: list[StepsLogged] = []
        self._watch = Stopwatch()
        self._arithmetic = arithmetic(job.config.precision, job.device)

    def fit(self) -> RunEnded:
        """Train to the last epoch, or until stopped; a finished run is evaluated on the test split.

        Raises:
            TrainingError: where the loss is no longer a number.
        """
        try:
            self._start()
            while self.step < self.total_steps:
                epoch, done = divmod(self.step, self.steps_per_epoch)
                for batch in self.job.train.epoch(epoch, done):
                    if not self._safe_point():
                        return self._end("stopped")
                    self._train_step(batch)
                self._end_epoch(epoch)
            return self._end("finished")
        except Interrupted:
            return self._end("stopped")
        finally:
            self.control.close()

    def snapshot(self) -> Snapshot:
        """The model as it is now; call at a safe point only."""
        job, validation = self.job, dict(self.results.get("val", {}))
        run = RunSoFar(self._run_id, job.config, validation, tuple(self.sampler.newest), self._earlier.on)
        return Snapshot(job.model, job.probe, job.info, self.step, self.step // self.steps_per_epoch, run=run)

    def change_optimizer(self, name: str, value: float) -> None:
        """Change a live setting; call at a safe point only."""
        before = change_optimizer(self.job, name, value)
        self._tell(SettingChanged(self.step, name, before, value))

    def _start(self) -> None:
        job = self.job
        job.model.train()
        size = sum(parameter.numel() for parameter in job.model.parameters())
        asked = (self._run_id, job.network.id, job.config.data, str(job.device))
        self._tell(RunStarted(*asked, size, job.config.epochs, self.steps_per_epoch))
        self.observer.now()
        self._start_clock()

    def _train_step(self, batch: Batch) -> None:
        job = self.job
        job.optimizer.zero_grad(set_to_none=True)
        with self._arithmetic:
            loss, outputs = job.task.loss(job.model, batch)
        loss.backward()  # type: ignore[no-untyped-call]
        sums = job.task.metrics(outputs.detach(), batch)
        clip = job.config.gradient_clip
        if clip:
            norm = torch.nn.utils.clip_grad_norm_(job.model.parameters(), clip)
            sums["clipped"] = (norm > clip) * len(batch)
        rate = job.optimizer.param_groups[0]["lr"]
        job.optimizer.step()
        if job.schedule_every == "step":
            job.schedule.step()
        self.step += 1
        self._log.add(loss.detach(), sums, len(batch), rate)

    def _safe_point(self) -> bool:
        self.observer.at_step(self.step)
        if self._log.due:
            self._flush()
            if self.recorder and self.recorder.checkpoint_due:
                self._checkpoint()
        return self.control.safe_point(self._pause, self._resume)

    def _end_epoch(self, epoch: int) -> None:
        self._flush()
        self.results["train"] = _means(self._epoch_log)
        self._epoch_log.clear()
        self.results["val"] = self._evaluate(self.job.validation, "val")
        if self.job.schedule_every == "epoch":
            self.job.schedule.step(self.results["val"]["loss"])
        self._tell(EpochEnded(epoch + 1, self.step, self.results["train"], self.results["val"]))
        self.sampler.write(self.snapshot())
        self.observer.at_epoch()
        self._start_clock()

    def _evaluate(self, batches: BatchSource, part: str) -> dict[str, float]:
        """Between two batches of an evaluation the weights are at rest, so what waits is served there."""
        job, judge = self.job, Judge() if self.job.task.classifies else None
        found = evaluate(job.model, job.task, batches, self._serve, judge=judge, arithmetic=self._arithmetic)
        judged = judge.judged(part, self.step, self.step // self.steps_per_epoch) if judge else None
        if judged:
            self._emit(judged)
        return found

    def _serve(self) -> None:
        self.control.serve()
        if self.control.stopping:
            raise Interrupted

    def _end(self, state: RunState) -> RunEnded:
        self._flush()
        self._watch.stop()
        self._checkpoint()
        self.observer.now()
        if state == "finished" and self.job.test:
            try:
                self.results["test"] = self._evaluate(self.job.test, "test")
            except Interrupted:
                state = "stopped"
        event = RunEnded(self._run_id, state, self.step, self._summary())
        self._tell(event)
        return event

    def _pause(self) -> None:
        self._flush()
        self._watch.stop()
        self._checkpoint()
        self.observer.now()
        self._tell(Paused(self.step))

    def _resume(self) -> None:
        self._start_clock()
        if not self.control.paused:  # else it is a single step, and the run still counts as paused
            self._tell(Resumed(self.step))

    def _start_clock(self) -> None:
        self._watch.start()
        self._log.start_at(self.step + 1)

    def _flush(self) -> None:
        event = self._log.flush()
        if event is None:
            return
        self._epoch_log.append(event)
        self._tell(event)
        finite = np.isfinite(event.metrics["loss"])
        if not finite.all():
            step = event.first_step + int(np.argmin(finite))
            raise TrainingError(
                f"The loss stopped being a number at step {step:,}, probably because the learning rate "
                f"({event.lr[step - event.first_step]:.3g}) is too high; start again with a smaller one."
            )

    def _checkpoint(self) -> None:
        if self.recorder:
            self.recorder.checkpoint(self.step, self.job.model.state_dict(), self._state())

    def _state(self) -> dict[str, Any]:
        """All but the weights that a resumed run needs; the position in the data follows from the step."""
        return {
            "step": self.step,
            "seconds": self._watch.seconds,
            "optimizer": self.job.optimizer.state_dict(),
            "schedule": self.job.schedule.state_dict(),
            "random": torch.get_rng_state(),
            "carried": self.job.train.state,
        }

    def _summary(self) -> dict[str, Any]:
        """What ``train --json`` prints and ``result.json`` keeps."""
        config, seconds = self.job.config, max(self._watch.seconds, 1e-9)
        self.results.setdefault("train", _means(self._epoch_log))
        return {
            **{"run": self._run_id, "network": config.network, "data": config.data, "optimizer": config.optimizer},
            **{"epochs": self.step // self.steps_per_epoch, "steps": self.step},
            **{f"{part}_{name}": value for part in self.results for name, value in self._result(part).items()},
            **{"seconds": round(seconds, 3), "steps_per_second": round(self.step / seconds, 1)},
            **{"device": str(self.job.device), "seed": config.seed},
        }

    def _result(self, part: str) -> dict[str, float]:
        found = self.results[part]
        return {**found, **self.job.task.derived(found)}

    @property
    def _run_id(self) -> str:
        return self.recorder.run.id if self.recorder else ""

    def _tell(self, event: Event) -> None:
        if self.recorder:
            self.recorder.record(event)
        self.callbacks.tell(event)
        self._emit(event)


def _means(log: list[StepsLogged]) -> dict[str, float]:
    names = log[0].metrics if log else ()
    return {name: float(np.mean(np.concatenate([event.metrics[name] for event in log]))) for name in names}
