"""Takes one training step apart: it stops between the phases, tells what there is, and goes on when it is told to."""

from __future__ import annotations

import math
import time
from collections.abc import Callable
from contextlib import nullcontext
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

import torch
from torch import Tensor

from core.batches import Batch
from core.random_states import random_states, set_random_states
from core.slow_step.autograd_graph import autograd_graph
from core.slow_step.forward import Recording, first_sample, kept_part
from core.slow_step.records import (
    AutogradGraph,
    Clipping,
    ParameterGradient,
    ParameterNumbers,
    Phase,
    SlowStepStopped,
    StepRecord,
)
from core.slow_step.weights import Buffers, NoNumbers, Rest, Update, gradients_kept, numbers_so_far
from core.step_watch import StepAnew, StepWatch

if TYPE_CHECKING:
    from core.trainer import Trainer

ANEW = "Somebody changed the weights while the step waited, so it was begun anew with the same batch."


class SlowSteps:
    """The source of watches for steps that are to be taken slowly. Belongs to one trainer, on its thread."""

    def __init__(self, trainer: Trainer, emit: Callable[[SlowStepStopped], None], resumed: Callable[[], None]) -> None:
        self._trainer, self._emit, self._resumed = trainer, emit, resumed
        self._last: SlowStep | None = None

    def __call__(self, done: int) -> StepWatch | None:
        """The watch for the step after ``done`` ones, if it is to be taken slowly."""
        if self._last is not None:  # what was kept of the last one is no longer what the model holds
            self._last, self._trainer.observer.around = None, nullcontext
        if not self._trainer.control.slowly:
            return None
        self._last = SlowStep(self._trainer, self._emit, self._resumed)
        self._trainer.observer.around = partial(gradients_kept, self._trainer.job.model)
        return self._last

    def numbers(self, parameter: str) -> ParameterNumbers:
        """All numbers of a parameter in the step that waits, or in the last one; call at a safe point.

        Raises:
            NoNumbers: where they cannot be told, with the reason.
        """
        if self._last is None:
            raise NoNumbers("The run has gone on since: take the next step apart to see these numbers.")
        return self._last.numbers(parameter)


class SlowStep(StepWatch):
    """One such step."""

    def __init__(self, trainer: Trainer, emit: Callable[[SlowStepStopped], None], resumed: Callable[[], None]) -> None:
        self._trainer, self._emit, self._resumed = trainer, emit, resumed
        job = trainer.job
        self._model, self._optimizer = job.model, job.optimizer
        self._step = trainer.step + 1
        self._phase: Phase = "ready"
        self._anew = ""
        self._done = False
        self._update: Update | None = None
        self._changes: dict[str, float] = {}
        self._shapes = {name: tuple(parameter.shape) for name, parameter in job.model.named_parameters()}

    def before_forward(self, batch: Batch) -> None:
        """Stop, unless the step is begun anew; then record the forward pass."""
        self._recording = Recording(self._model, batch.inputs.shape[0])
        self._batch = batch
        self._loss: float | None = None
        self._graph: AutogradGraph | None = None
        self._clipping: Clipping | None = None
        if not self._anew:
            self._inputs = batch.inputs.clone()
            self._stop("ready")
            self._no_gradients()
            self._random = random_states(self._trainer.job.device)
        self._buffers = Buffers(self._model)
        self._recording.begin_forward()

    def before_backward(self, loss: Tensor, outputs: Tensor) -> None:
        """Stop at the loss; then record the backward pass."""
        began = time.perf_counter()
        self._recording.end()
        self._buffers.forward_is_over()
        self._rest = Rest(self._model)
        self._loss, self._graph = float(loss.detach()), autograd_graph(loss, self._model)
        self._leave_out(began)
        self._stop("loss")
        self._no_gradients()
        self._recording.begin_backward()

    def after_backward(self) -> None:
        """Stop at the gradients, as backward left them."""
        self._recording.end()
        self._stop("gradients")

    def before_update(self) -> None:
        """Stop where the gradients were clipped; then remember what the update starts from."""
        began = time.perf_counter()
        self._clipping = self._clipped()
        self._leave_out(began)
        if self._clipping:
            self._stop("clipped")
        began = time.perf_counter()
        self._update = Update(self._model, self._optimizer, self._rest.copies)
        self._leave_out(began)

    def after_update(self) -> None:
        """Nothing is waited for here: the run waits at its next safe point, where the step is over."""
        assert self._update
        began = time.perf_counter()
        self._changes = self._update.done()
        self._done, self._phase = True, "updated"
        self._leave_out(began)

    def close(self) -> None:
        """Let go of the model, and tell of the new weights; a run that was told to go on meanwhile says so."""
        self._recording.end()
        control = self._trainer.control
        control.step_taken()
        if self._done:
            self._tell()
            if not control.paused and not control.stopping:
                self._resumed()

    def numbers(self, parameter: str) -> ParameterNumbers:
        """See :meth:`SlowSteps.numbers`."""
        if self._done and self._update:
            return self._update.numbers(parameter, self._step)
        found = numbers_so_far(self._model, self._optimizer, parameter, self._step, self._phase)
        clips = self._phase == "gradients" and self._trainer.job.config.gradient_clip > 0
        return replace(found, clips=clips)

    def _stop(self, phase: Phase) -> None:
        """Tell how far the step is, and wait.

        Raises:
            StepAnew: where somebody has changed the weights, so that what was computed is no longer theirs.
        """
        self._phase = phase
        began = time.perf_counter()
        watch = self._trainer.watch
        watch.stop()
        disturbed = self._rest.disturbed if phase != "ready" else None
        changed = self._trainer.control.halt(self._tell, disturbed)
        watch.start()
        self._leave_out(began)
        if changed:
            self._recording.end()
            self._begin_anew()
            raise StepAnew

    def _tell(self) -> None:
        self._emit(SlowStepStopped(self._record()))

    def _begin_anew(self) -> None:
        """Give back what the forward pass used up: the random numbers, the buffers, the batch."""
        self._anew = ANEW
        self._buffers.put_back()
        set_random_states(self._random, self._trainer.job.device)
        if not torch.equal(self._batch.inputs, self._inputs):  # a layer that works in place had them
            self._batch.inputs.copy_(self._inputs)

    def _no_gradients(self) -> None:
        """Whoever computed some while the step waited must not have them added to those of this batch."""
        self._optimizer.zero_grad(set_to_none=True)

    def _leave_out(self, began: float) -> None:
        """What is done for the person who looks is no part of the training's pace."""
        self._trainer.leave_out(time.perf_counter() - began)

    def _clipped(self) -> Clipping | None:
        """By what the gradients were multiplied since backward left them."""
        limit = self._trainer.job.config.gradient_clip
        found = [each.norm for each in self._recording.arrivals if isinstance(each, ParameterGradient)]
        norm = math.hypot(*found)
        if not limit or not norm > limit:
            return None
        return Clipping(norm, limit, min(1.0, limit / (norm + 1e-6)))  # as torch.nn.utils.clip_grad_norm_ has it

    def _record(self) -> StepRecord:
        recording, group = self._recording, self._optimizer.param_groups[0]
        sample = first_sample(self._inputs, self._inputs.shape[0])
        return StepRecord(
            *(self._step, self._phase, self._inputs.shape[0], kept_part(sample), tuple(sample.shape), self._shapes),
            *(type(self._optimizer).__name__, float(group["lr"])),
            loss=self._loss,
            calls=tuple(recording.calls),
            calls_left_out=recording.calls_left_out,
            arrivals=tuple(recording.arrivals),
            graph=self._graph,
            clipping=self._clipping,
            changes=self._changes,
            anew=self._anew,
        )
