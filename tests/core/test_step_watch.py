"""A step that is looked at from inside is the same step; taken slowly, it waits between its phases."""

from __future__ import annotations

import threading
from typing import Any

import pytest
import torch
from torch import Tensor

from core.batches import Batch
from core.control import Control
from core.step_watch import StepWatch
from core.trainer import Trainer
from tests.core.tiny import job, same_weights


class Diary(StepWatch):
    """Writes down what it saw."""

    def __init__(self, trainer: Trainer) -> None:
        self.trainer, self.seen = trainer, []

    def note(self, phase: str) -> None:
        weight = next(self.trainer.job.model.parameters())
        self.seen.append((phase, weight.detach().clone(), None if weight.grad is None else weight.grad.clone()))

    def before_forward(self, batch: Batch) -> None:
        self.note("forward")

    def before_backward(self, loss: Tensor, outputs: Tensor) -> None:
        assert loss.requires_grad
        self.note("loss")

    def after_backward(self) -> None:
        self.note("backward")

    def before_update(self) -> None:
        self.note("clipped")

    def after_update(self) -> None:
        self.note("update")

    def close(self) -> None:
        self.note("close")


def test_a_watch_sees_gradients_come_and_weights_change_in_one_step() -> None:
    trainer = Trainer(job(epochs=1, gradient_clip=1e-3))
    diary = Diary(trainer)
    trainer.step_watches.append(lambda done: diary if done == 1 else None)
    trainer.fit()
    phases, weights, grads = zip(*diary.seen, strict=True)
    assert phases == ("forward", "loss", "backward", "clipped", "update", "close")
    assert grads[0] is grads[1] is None
    assert grads[2].norm() > 1e-3 >= grads[3].norm() - 1e-7
    assert all(torch.equal(weights[0], weight) for weight in weights[:4])
    assert not torch.equal(weights[0], weights[4])


def test_a_run_that_was_watched_ends_in_the_same_weights() -> None:
    plain = Trainer(job())
    plain.fit()
    watched = Trainer(job())
    watched.step_watches.append(lambda done: Diary(watched))
    watched.fit()
    assert same_weights(plain.job.model, watched.job.model)


def test_a_watch_is_closed_when_the_step_fails() -> None:
    trainer = Trainer(job())
    diary = Diary(trainer)

    def fail(*_: Any) -> None:
        raise RuntimeError("no")

    diary.after_backward = fail  # type: ignore[method-assign]
    trainer.step_watches.append(lambda done: diary)
    with pytest.raises(RuntimeError, match="no"):
        trainer.fit()
    assert diary.seen[-1][0] == "close"


def halting(control: Control, halts: int) -> tuple[threading.Thread, list[int]]:
    """A thread that takes one step with so many halts, and the list of those that are behind it."""
    passed: list[int] = []

    def take() -> None:
        control.safe_point()
        for number in range(halts):
            control.halt()
            passed.append(number)
        control.step_taken()

    thread = threading.Thread(target=take)
    thread.start()
    return thread, passed


def test_a_slow_step_goes_on_when_it_is_told_to_and_serves_what_is_asked_meanwhile() -> None:
    control = Control(paused=True)
    control.step(slowly=True)
    thread, passed = halting(control, 2)
    assert control.at_safe_point(lambda: list(passed)).result(10) == []
    control.advance()
    while control.at_safe_point(lambda: list(passed)).result(10) != [0]:
        pass
    control.advance()
    thread.join(10)
    assert passed == [0, 1]
    assert control.paused
    assert not control.slowly


@pytest.mark.parametrize("how", ["resume", "stop", "step"])
def test_resume_stop_and_step_finish_a_slow_step_without_further_halts(how: str) -> None:
    control = Control(paused=True)
    control.step(slowly=True)
    thread, passed = halting(control, 3)
    control.at_safe_point(lambda: None).result(10)  # it waits in a halt now
    getattr(control, how)()
    thread.join(10)
    assert passed == [0, 1, 2]
    assert control.paused == (how != "resume")
