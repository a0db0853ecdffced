"""Cells while a network is trained: they see it at rest, change it between two steps, and stop nothing for ever."""

from __future__ import annotations

import threading
from collections.abc import Callable

import numpy as np
import pytest
import torch

from core.batches import Batch
from core.console import hold
from core.console.hold import CONSOLE
from core.console.intact import FROZEN, LAYERS, SHAPES
from core.console.run import OVER
from core.events import RunEnded, SettingChanged, SlowStepStopped, WeightsLoaded
from tests.core.console.cells import WAIT_S, Told, begin, run
from tests.core.console.training import training
from tests.core.tiny import Events, losses, same_weights

READING = """
for parameter in model.parameters():
    parameter.abs().max().item()
model.eval()
model(batch.inputs).softmax(1)
torch.rand(5), np.random.rand(5), __import__("random").random()
torch.nn.functional.cross_entropy(model(batch.inputs), batch.targets).backward()
run.step, run.losses, run.optimizer, repr(run)
"""


def wait_until(condition: Callable[[], bool]) -> None:
    """Of what no event tells."""
    for _ in range(int(WAIT_S / 0.001)):
        if condition():
            return
        threading.Event().wait(0.001)
    raise AssertionError("it never happened")


def test_a_cell_sees_the_training_at_rest_and_then_it_goes_on() -> None:
    with training() as run_:
        run_.wait_for_steps()
        code = "before = run.step\nimport time\ntime.sleep(0.1)\nrun.step - before"
        outcome, told = run(run_.kernel, code)
        assert (outcome.state, told.text()) == ("done", "0")
        run_.wait_for_steps(2)


def test_cells_that_only_read_leave_the_run_as_it_would_have_been() -> None:
    with training(epochs=30) as plain:
        assert plain.finish().state == "finished"
    with training(epochs=30, paused=True) as looked_at:
        for _ in range(12):
            outcome, told = run(looked_at.kernel, READING)
            assert outcome.state == "done", told.text()
            looked_at.control.step()
        looked_at.control.resume()
        while looked_at.find():
            assert run(looked_at.kernel, READING)[0].state == "done"
        assert looked_at.finish().state == "finished"
        assert looked_at.events.of(WeightsLoaded) == []
        assert np.array_equal(losses(plain.events), losses(looked_at.events))
        assert same_weights(plain.trainer.job.model, looked_at.trainer.job.model)


def test_a_cell_has_random_numbers_of_its_own() -> None:
    with training() as run_:
        run(run_.kernel, "torch.manual_seed(5)")
        numbers = [run(run_.kernel, "torch.rand(1).item()")[1].text() for _ in range(2)]
    torch.manual_seed(5)
    assert numbers == [repr(torch.rand(1).item()), repr(torch.rand(1).item())]


def test_weights_that_a_cell_changes_are_those_of_the_next_step_and_are_recorded() -> None:
    with training(paused=True) as run_:
        outcome, told = run(run_.kernel, "with torch.no_grad():\n    model[1].weight.zero_()")
        assert outcome.state == "done", told.text()
        seen: list[float] = []
        forward = run_.trainer.job.model.register_forward_pre_hook(
            lambda model, _inputs: seen.append(model[1].weight.abs().sum().item())
        )
        run_.control.step()
        run_.wait_until(lambda: run_.trainer.step == 1 and len(run_.events.of(WeightsLoaded)) == 1)
        forward.remove()
        assert seen == [0.0]
        assert run_.events.of(WeightsLoaded) == [WeightsLoaded(0, CONSOLE)]


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("model[1] = torch.nn.Linear(64, 12)", LAYERS),
        ("del model[4]", LAYERS),
        ("model[1].weight = torch.nn.Parameter(torch.zeros(12, 64))", LAYERS),
        ("model.double()", SHAPES),
        ("model[1].weight.data = torch.zeros(2, 2)", SHAPES),
        ("model.requires_grad_(False)", FROZEN),
    ],
)
def test_what_the_training_could_not_go_on_with_is_put_back_and_told(code: str, words: str) -> None:
    with training() as run_:
        run_.wait_for_steps()
        outcome, told = run(run_.kernel, code)
        assert (outcome.state, outcome.summary) == ("refused", words)
        assert words in told.text("error")
        run_.wait_for_steps(2)


def test_a_layer_may_be_frozen() -> None:
    with training(paused=True) as run_:
        run(run_.kernel, "model[1].requires_grad_(False); before = model[1].weight.clone()")
        run_.control.step()
        run_.wait_until(lambda: run_.trainer.step == 1 and not run_.control.slowly)
        assert run(run_.kernel, "bool((model[1].weight == before).all())")[1].text() == "True"


def test_the_batch_is_the_one_that_the_next_step_will_see() -> None:
    with training(paused=True) as run_:
        seen: list[Batch] = []
        take = run_.trainer._train_step

        def watched(batch: Batch) -> None:
            seen.append(batch)
            take(batch)

        run_.trainer._train_step = watched  # type: ignore[method-assign]
        for step in range(9):  # an epoch has seven
            run(run_.kernel, f"kept_{step} = batch")
            run_.control.step()
            run_.wait_until(lambda: len(seen) == step + 1)  # noqa: B023
        for step, batch in enumerate(seen):
            kept = run_.kernel.namespace[f"kept_{step}"]
            assert torch.equal(kept.inputs, batch.inputs)
            assert torch.equal(kept.targets, batch.targets)


def test_the_rate_that_is_set_is_the_rate_of_the_next_step_and_is_recorded() -> None:
    with training(paused=True) as run_:
        outcome, told = run(run_.kernel, "run.lr = 0.125\nround(run.lr, 9)")
        assert (outcome.state, told.text()) == ("done", "0.125")
        assert [event.name for event in run_.events.of(SettingChanged)] == ["lr"]
        assert run(run_.kernel, "run.change('epochs', 7)\nrun.epochs")[1].text() == "7"
        assert run(run_.kernel, "run.lr = -1")[0].summary == "lr must be a number above 0, not -1."


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("run.config = 3", "run.config cannot be set"),
        ("run.step = 3", "run.step cannot be set"),
        ("run.speed = 3", "run has no 'speed'"),
        ("run.config.epochs = 3", "frozen"),
        ("run.stop('all')", "nothing"),
    ],
)
def test_what_cannot_be_set_is_refused_in_words(code: str, words: str) -> None:
    with training(paused=True) as run_:
        outcome, told = run(run_.kernel, code)
        assert outcome.state == "failed"
        assert words in told.text("error")


def test_a_cell_may_pause_resume_and_stop_the_run_that_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hold, "STOP_PATIENCE_S", 0.2)
    with training() as run_:
        run(run_.kernel, "run.pause()")
        assert run(run_.kernel, "run.state")[1].text() == "'paused'"
        run(run_.kernel, "run.resume()")
        run_.wait_for_steps(2)
        code = "run.stop()\nimport time\ntime.sleep(0.5)\nrun.state"
        outcome, told = run(run_.kernel, code)
        assert (outcome.state, told.text()) == ("done", "'stopping'")  # and is not hurried
        assert run_.finish().state == "stopped"
        run_.ended.wait(WAIT_S)
        assert run(run_.kernel, "run.state")[1].text() == "'over'"
        assert run(run_.kernel, "run.pause()")[0].summary == OVER


def test_a_cell_that_loops_is_interrupted_when_its_run_is_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(hold, "STOP_PATIENCE_S", 0.1)
    with training() as run_:
        future, _ = begin(run_.kernel, "while True: pass")
        run_.control.stop()
        assert run_.finish().state == "stopped"
        assert future.result(WAIT_S).state == "interrupted"


def test_a_run_that_is_stopped_does_not_wait_for_a_call_that_nothing_interrupts(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(hold, "STOP_PATIENCE_S", 0.1)
    monkeypatch.setattr(hold, "STOP_LIMIT_S", 0.3)
    door = threading.Lock()
    door.acquire()
    with training() as run_:
        run_.kernel.namespace["door"] = door
        future, _ = begin(run_.kernel, "door.acquire()")
        run_.control.stop()
        assert run_.finish().state == "stopped"
        assert not future.done()
        door.release()
        assert future.result(WAIT_S).state == "interrupted"


def test_an_interrupt_lets_the_training_go_on() -> None:
    with training() as run_:
        future, _ = begin(run_.kernel, "while True: pass")
        assert run_.holder.waiting is not None
        assert run_.holder.waiting[0] == "training"
        run_.kernel.interrupt()
        assert future.result(WAIT_S).state == "interrupted"
        run_.wait_for_steps(2)
        assert run_.holder.waiting is None


def test_a_cell_that_is_given_up_lets_the_training_go_on() -> None:
    door = threading.Lock()
    door.acquire()
    with training() as run_:
        run_.kernel.namespace["door"] = door
        future, _ = begin(run_.kernel, "door.acquire()")
        assert not run_.kernel.restart(patience=0.1)
        run_.wait_for_steps(2)
        assert future.result(WAIT_S).state == "interrupted"
        assert run(run_.kernel, "run.state")[1].text() == "'training'"
        door.release()


def test_a_cell_waits_for_a_run_that_is_being_prepared_but_not_when_it_is_interrupted() -> None:
    with training(begin=False) as run_:
        told = Told()
        future = run_.kernel.execute("1", told)
        wait_until(lambda: run_.holder.waiting is not None and run_.holder.waiting[0] == "console")
        run_.kernel.interrupt()
        assert future.result(WAIT_S).state == "interrupted"
        second = run_.kernel.execute("run.step", told)
        wait_until(lambda: run_.holder.waiting is not None)
        run_.thread.start()
        assert second.result(WAIT_S).state == "done"
        assert told.text("result") == "0"
        run_.control.stop()
        run_.finish()


def test_a_run_that_begins_during_a_cell_waits_for_it_before_its_first_step() -> None:
    with training(begin=False) as run_:
        found, run_.ended = run_.ended, threading.Event()
        run_.ended.set()  # no run yet
        future, _ = begin(run_.kernel, "while True: pass")
        run_.ended = found
        run_.holder.follow()
        run_.thread.start()
        run_.wait_until(lambda: bool(run_.events))
        wait_until(lambda: run_.holder.waiting is not None and run_.holder.waiting[0] == "training")
        assert run_.trainer.step == 0
        run_.kernel.interrupt()
        future.result(WAIT_S)
        run_.wait_for_steps()
        run_.control.stop()
        run_.finish()


def phases(events: Events) -> list[str]:
    """Where a step that is taken slowly has stopped so far."""
    return [stop.record.phase for stop in events.of(SlowStepStopped)]


def test_in_the_midst_of_a_slow_step_the_gradients_are_there() -> None:
    with training(paused=True) as run_:
        run_.control.step(slowly=True)
        for phase in ("ready", "loss", "gradients"):
            wait_until(lambda phase=phase: phases(run_.events)[-1:] == [phase])
            outcome, told = run(run_.kernel, "model[1].bias.grad is None, run.step")
            assert (outcome.state, told.text()) == ("done", f"({phase != 'gradients'}, 0)")
            run_.control.advance()


def test_after_the_run_its_model_is_still_there_and_may_be_changed() -> None:
    with training(epochs=2) as run_:
        assert run_.finish().state == "finished"
        run_.ended.wait(WAIT_S)
        outcome, told = run(run_.kernel, "model.double()\nmodel[1].weight.dtype, len(run.losses), batch.inputs.shape")
        assert (outcome.state, told.text()) == ("done", "(torch.float64, 14, torch.Size([8, 1, 8, 8]))")
        assert len(run_.events.of(RunEnded)) == 1


def test_cells_and_a_run_that_ends_never_wait_for_each_other() -> None:
    for _ in range(15):
        with training(epochs=3) as run_:
            told = Told()
            cells = [run_.kernel.execute("sum(p.sum().item() for p in model.parameters())", told) for _ in range(8)]
            assert [cell.result(WAIT_S).state for cell in cells] == ["done"] * 8
            assert run_.finish().state == "finished"
