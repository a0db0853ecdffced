"""The training loop. It knows no network, no data set and no window."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable
from dataclasses import replace

import numpy as np
import torch
from torch import Tensor

from core.averaging import WeightAverage
from core.batches import Batch, BatchSource
from core.best import Best
from core.callbacks import Callback, Callbacks, Report
from core.control import Control
from core.devices import arithmetic
from core.evaluate import Interrupted, Judge, evaluate
from core.events import (
    EpochEnded,
    Event,
    Keep,
    Paused,
    Problem,
    Resumed,
    RunEnded,
    RunStarted,
    RunState,
    SettingChanged,
    StepsLogged,
    WeightsLoaded,
)
from core.health.monitor import HealthMonitor
from core.job import Job
from core.live_settings import change
from core.numbers_gone import NumbersGone, TrainingError, bad_weights, numbers_gone, where_it_began
from core.observer import Observer
from core.past_runs import PastRuns
from core.recorder import Recorder
from core.run_summary import means, run_summary
from core.sampler import Sampler
from core.slow_step.slow_step import SlowSteps
from core.snapshot import RunSoFar, Snapshot
from core.specs import VisualizationSpec
from core.step_log import StepLog
from core.step_watch import UNWATCHED, StepAnew, StepWatch, WatchSource
from core.stopwatch import Stopwatch
from core.training_state import Saved, restore, training_state

__all__ = ["Trainer", "TrainingError"]


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
        self.epoch = 0
        """How many epochs are over, their validation included."""
        self.steps_per_epoch = len(job.train)
        self.results: dict[str, dict[str, float]] = {}
        self.best = Best()
        self.average = WeightAverage(job.model, job.config.average)
        self.reason = ""
        """Why the run ends before its last epoch, if it does."""
        self.epoch_log: list[StepsLogged] = []
        self.watch = Stopwatch()
        self.slow_steps = SlowSteps(self, emit, lambda: self._tell(Resumed(self.step)))
        self.health = HealthMonitor(job.model, job.optimizer, emit, self._tell, report)
        self.step_watches: list[WatchSource] = [self.slow_steps, self.health]
        """Who may look at a step from inside; the first that wants the next one gets it."""
        self._earlier = PastRuns(recorder.run.folder.parent if recorder else None)
        self._emit = emit
        self._log = StepLog(self.total_steps)
        self._changed: list[SettingChanged] = []
        self._kept: Keep | None = None
        self._where = ""
        self._arithmetic = arithmetic(job.config.precision, job.device)

    @property
    def total_steps(self) -> int:
        """Steps from the start to the end of the last epoch."""
        return self.steps_per_epoch * self.job.config.epochs

    def fit(self) -> RunEnded:
        """Train to the last epoch, or until stopped; a finished run is evaluated on the test split.

        Raises:
            TrainingError: where a loss is no longer a number.
        """
        try:
            self._start()
            while self.epoch < self.job.config.epochs and not self.reason:
                batches = self.job.train.epoch(self.epoch, self.step - self.epoch * self.steps_per_epoch)
                while self.step < (self.epoch + 1) * self.steps_per_epoch:
                    if not self._safe_point():
                        return self._end("stopped")
                    self._train_step(next(batches))
                self._end_epoch()
            return self._end("finished")
        except Interrupted:
            return self._end("stopped")
        finally:
            self.control.close()

    def leave_out(self, seconds: float) -> None:
        """So much time just now was spent for somebody who looks at a step, and is no part of the pace."""
        self._log.leave_out(seconds)

    def snapshot(self) -> Snapshot:
        """The model as it is now; call at a safe point only."""
        job, validation = self.job, dict(self.results.get("val", {}))
        run = RunSoFar(self.run_id, job.config, validation, tuple(self.sampler.newest), self._earlier.on)
        return Snapshot(job.model, job.probe, job.info, self.step, self.step // self.steps_per_epoch, run=run)

    def go_on_from(self, saved: Saved) -> None:
        """Begin where a run was saved instead of at the start; call before :meth:`fit`.

        Raises:
            UserError: where this job is not that run's, or a setting cannot become what was asked.
        """
        restore(self, saved)
        known = {"epochs": self.job.config.epochs, **self.job.config.optimizer_settings}
        others = {name: value for name, value in saved.changes.items() if value != known.get(name)}
        self._changed = [self._change(name, value) for name, value in others.items()]

    def change(self, name: str, value: float | bool) -> None:
        """Change a live setting: epochs, augment, gradient_clip, patience, or one of the optimizer's, as lr.

        Call at a safe point only.

        Raises:
            UserError: where there is no such setting, or the value is not allowed.
        """
        self._flush()  # what is logged in one go is logged under the same settings
        self._tell(self._change(name, value))

    def weights_loaded(self, source: str) -> None:
        """Tell that the model has other weights now; call at the safe point at which it was given them."""
        self._flush()
        self._tell(WeightsLoaded(self.step, source))

    def _change(self, name: str, value: float | bool, who: str = "you") -> SettingChanged:
        before = change(self.job, name, value, self.step)
        self._log.total_steps = self.total_steps
        return SettingChanged(self.step, name, before, value, who)

    def _start(self) -> None:
        job = self.job
        job.model.train()
        size = sum(parameter.numel() for parameter in job.model.parameters())
        asked = (self.run_id, job.network.id, job.config.data, str(job.device))
        self._tell(RunStarted(*asked, size, job.config.epochs, self.steps_per_epoch, self.step))
        for event in self._changed:
            self._tell(event)
        if self._changed:
            self._checkpoint()
        self.observer.now()
        self._start_clock()

    def _train_step(self, batch: Batch) -> None:
        for source in self.step_watches:
            watch = source(self.step)
            if watch is not None:
                self._take_watched(batch, watch)
                return
        self._take_step(batch, UNWATCHED)

    def _take_watched(self, batch: Batch, watch: StepWatch) -> None:
        carried, taken = batch.state, False
        try:
            while not taken:
                try:
                    self._take_step(batch, watch)
                    taken = True
                except StepAnew:
                    batch.state = carried
        finally:
            watch.close()

    def _take_step(self, batch: Batch, watch: StepWatch) -> None:
        job = self.job
        job.optimizer.zero_grad(set_to_none=True)
        carried = batch.state
        watch.before_forward(batch)
        with self._arithmetic:
            loss, outputs = job.task.loss(job.model, batch)
        watch.before_backward(loss, outputs)
        # A processor has the loss already; an accelerator would have to be waited for.
        if job.device.type == "cpu" and not math.isfinite(loss.item()):
            rate = job.optimizer.param_groups[0]["lr"]
            self._give_up(replace(batch, state=carried), loss, outputs, rate)
        loss.backward()  # type: ignore[no-untyped-call]
        watch.after_backward()
        sums = job.task.metrics(outputs.detach(), batch)
        clip = job.config.gradient_clip
        if clip:
            norm = torch.nn.utils.clip_grad_norm_(job.model.parameters(), clip)
            sums["clipped"] = (norm > clip) * len(batch)
        watch.before_update()
        rate = job.optimizer.param_groups[0]["lr"]  # it may have been changed while a slow step waited
        job.optimizer.step()
        watch.after_update()
        if job.schedule_every == "step":
            job.schedule.step()
        self.average.take()
        self.step += 1
        job.train.state = batch.state
        self._log.add(loss.detach(), sums, len(batch), rate)

    def _safe_point(self) -> bool:
        self.observer.at_step(self.step)
        due = self.recorder is not None and self.recorder.steps_due(self.step)
        if due or self._log.due:
            self._flush()
            if due or (self.recorder and self.recorder.checkpoint_due):
                self._checkpoint()
        return self.control.safe_point(self._pause, self._resume)

    def _end_epoch(self) -> None:
        self._flush()
        job, epoch, patience = self.job, self.epoch + 1, self.job.config.patience
        self.results["train"] = trained = means(self.epoch_log)
        with self.average.in_force():
            self.results["val"] = found = self._evaluate(job.validation, "val")
            self.best.take(epoch, self.step, found, job.model)
        self._tell(EpochEnded(epoch, self.step, trained, found, self.best.epoch, self.best.waited, patience))
        if math.isnan(found["loss"]):
            what = f"The validation loss stopped being a number at epoch {epoch:,} (step {self.step:,})"
            raise self._numbers_gone(what, job.optimizer.param_groups[0]["lr"])
        if job.schedule_every == "epoch":
            self._step_schedule(found["loss"])
        self.epoch = epoch
        self.epoch_log.clear()
        if patience and self.best.waited >= patience:
            self.reason = f"There was no better validation loss for {self.best.waited:,} epochs."
        self.sampler.write(self.snapshot())
        self.observer.at_epoch()
        self._start_clock()

    def _step_schedule(self, validation_loss: float) -> None:
        group = self.job.optimizer.param_groups[0]
        before = group["lr"]
        self.job.schedule.step(validation_loss)
        if group["lr"] != before:
            self._tell(SettingChanged(self.step, "lr", before, group["lr"], "schedule"))

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
        self.watch.stop()
        best = self.reason or self.average.decay  # what was averaged is kept as validated, not as trained
        kept = self._settle(self.control.keep if state == "stopped" else "best" if best else "last")
        self.observer.now()
        if state == "finished" and self.job.test:
            try:
                self.results["test"] = self._evaluate(self.job.test, "test")
            except Interrupted:
                state, kept = "stopped", self._settle(self.control.keep)
        summary = run_summary(self, kept)
        event = RunEnded(self.run_id, state, self.step, summary, kept=kept, reason=self.reason)
        self._tell(event)
        return event

    def _settle(self, keep: Keep) -> Keep:
        """Write the last checkpoint, and give the model the weights that are to be kept."""
        if keep != "nothing" and self._kept is None:
            self._checkpoint()
        if keep == "best" and self.best.weights:
            self.job.model.load_state_dict(dict(self.best.weights))
            self.results["val"] = dict(self.best.means)
        elif keep == "best":
            keep = "last"
        self._kept = keep
        return keep

    def _pause(self) -> None:
        self._flush()
        self.watch.stop()
        self._checkpoint()
        self.observer.now()
        self._tell(Paused(self.step))

    def _resume(self) -> None:
        self._start_clock()
        if not self.control.paused:  # else it is a single step, and the run still counts as paused
            self._tell(Resumed(self.step))

    def _start_clock(self) -> None:
        self.watch.start()
        self._log.start_at(self.step + 1)

    def _flush(self) -> None:
        event = self._log.flush()
        if event is None:
            return
        self.epoch_log.append(event)
        self._tell(event)
        finite = np.isfinite(event.metrics["loss"])
        if not finite.all():
            step = event.first_step + int(np.argmin(finite))
            rate = float(event.lr[step - event.first_step])
            raise self._numbers_gone(f"The loss stopped being a number at step {step:,}{self._where}", rate)

    def _give_up(self, batch: Batch, loss: Tensor, outputs: Tensor, rate: float) -> None:
        """End the run over this batch's loss, which no update has spread to the weights yet."""
        job = self.job
        self._flush()
        self.step += 1
        self._log.add(loss.detach(), job.task.metrics(outputs.detach(), batch), len(batch), rate)
        with self._arithmetic:
            self._where = where_it_began(job.model, lambda: job.task.loss(job.model, batch), batch.inputs)
        self._flush()

    def _numbers_gone(self, what: str, rate: float) -> NumbersGone:
        kept = self.recorder if self.recorder and self.recorder.begun else None
        return numbers_gone(what, rate, self.job.config, kept.last_step if kept else None, retry=kept is not None)

    def _checkpoint(self) -> None:
        if not self.recorder:
            return
        bad = bad_weights(self.job.model)
        if bad:
            self.recorder.warn(f"No checkpoint is taken any more: the weights {bad} are no numbers; training goes on.")
            return
        best = (self.best.step, self.best.weights) if self.best.weights else None
        self.recorder.checkpoint(self.step, self.job.model.state_dict(), training_state(self), best)

    @property
    def run_id(self) -> str:
        """The run's name, "" where it is not kept."""
        return self.recorder.run.id if self.recorder else ""

    def _tell(self, event: Event) -> None:
        if self.recorder:
            self.recorder.record(event)
        self.callbacks.tell(event)
        self._emit(event)
