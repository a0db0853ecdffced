"""The training loop: exact, repeatable, and untouched by whoever watches or steers it."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core import observer, step_log, stopwatch
from core.api import Callback, OptimizerSpec, RunEnded, RunStarted, ScheduleSpec, StepsLogged, TaskSpec
from core.batches import Batch, Batches
from core.control import Control
from core.events import EpochEnded, Paused, Problem, Resumed, ViewComputed
from core.job import Job
from core.trainer import Trainer, TrainingError
from plugins.classification import accuracy, cross_entropy
from plugins.optimizers import SGDConfig
from tests.core import tiny
from tests.core.tiny import CLASSES, SIDE, TRAINING, Clock, Events, job, losses, registry, same_weights, view

STEPS_PER_EPOCH = -(-TRAINING // 8)


def trained(made: Job, **options: Any) -> tuple[Trainer, Events, RunEnded]:
    events = Events()
    trainer = Trainer(made, emit=events, **options)
    return trainer, events, trainer.fit()


def score(loss: Any = cross_entropy) -> TaskSpec:
    return TaskSpec("image-classification", "Scored", loss, accuracy)


def with_loss(loss: Any, **overrides: Any) -> Job:
    made = job(**overrides)
    made.task = score(loss)
    return made


def test_a_run_trains_and_tells_how_it_went() -> None:
    trainer, events, ended = trained(job(epochs=8))
    assert (ended.state, ended.step) == ("finished", 8 * STEPS_PER_EPOCH)
    assert losses(events)[-5:].mean() < losses(events)[:5].mean() / 2
    assert ended.summary["test_accuracy"] == trainer.results["test"]["accuracy"] > 0.8
    assert (ended.summary["epochs"], ended.summary["steps"]) == (8, 8 * STEPS_PER_EPOCH)
    assert set(ended.summary) >= {
        *("run", "network", "data", "optimizer", "epochs", "steps", "train_loss", "val_loss", "val_accuracy"),
        *("test_loss", "test_accuracy", "seconds", "steps_per_second", "device", "seed"),
    }
    assert events[-1] is ended


def test_the_first_event_is_the_start_with_the_size_of_the_run() -> None:
    _, events, _ = trained(job())
    parameters = (SIDE * SIDE + 1) * 12 + (12 + 1) * CLASSES
    assert events[0] == RunStarted("", "tiny", "dots", "cpu", parameters, 3, STEPS_PER_EPOCH)
    assert events[0].total_steps == 3 * STEPS_PER_EPOCH


def test_the_same_request_gives_the_same_losses_and_weights_bit_for_bit() -> None:
    (first, first_events, _), (second, second_events, _) = trained(job(seed=4)), trained(job(seed=4))
    assert np.array_equal(losses(first_events), losses(second_events))
    assert same_weights(first.job.model, second.job.model)
    assert first.results == second.results
    _, other_events, _ = trained(job(seed=5))
    assert not np.array_equal(losses(first_events), losses(other_events))


def plain_loop(epochs: int, *, clip: float = 0.0, varied: bool = True) -> tuple[nn.Module, list[float]]:
    """What a tutorial would write, with the same batches."""
    bundle = tiny.bundle()
    torch.manual_seed(0)
    model = tiny.build(None, bundle.info)
    batches = Batches(
        *(bundle.train, bundle.info, 8, torch.device("cpu")),  # type: ignore[arg-type]
        seed=0,
        augmentations=bundle.augmentations if varied else (),
    )
    total = epochs * len(batches)
    optimizer = torch.optim.AdamW(model.parameters(), lr=0.01, fused=True)
    schedule = torch.optim.lr_scheduler.OneCycleLR(optimizer, 0.01, total + 1, cycle_momentum=False)
    found = []
    for epoch in range(epochs):
        for batch in batches.epoch(epoch):
            optimizer.zero_grad()
            loss = nn.functional.cross_entropy(model(batch.inputs), batch.targets)
            loss.backward()  # type: ignore[no-untyped-call]
            if clip:
                nn.utils.clip_grad_norm_(model.parameters(), clip)
            optimizer.step()
            schedule.step()
            found.append(loss.item())
    return model, found


@pytest.mark.parametrize("settings", [{}, {"augment": False}, {"gradient_clip": 0.5}])
def test_the_trainer_equals_a_plain_loop_bit_for_bit(settings: dict[str, Any]) -> None:
    trainer, events, _ = trained(job(**settings))
    model, expected = plain_loop(3, clip=settings.get("gradient_clip", 0.0), varied=settings.get("augment", True))
    assert losses(events).tolist() == expected
    assert same_weights(trainer.job.model, model)


def test_gradients_are_cut_to_the_length_asked_for() -> None:
    norms = []

    class Watched(torch.optim.SGD):
        def step(self, closure: Any = None) -> None:
            gradients = [p.grad for group in self.param_groups for p in group["params"]]
            norms.append(float(torch.cat([gradient.flatten() for gradient in gradients]).norm()))
            super().step()

    def build(parameters: Any, config: Any) -> torch.optim.Optimizer:
        return Watched(parameters, lr=config.lr)

    found = registry(register_optimizers=lambda: [OptimizerSpec("watched", "Watched", build, SGDConfig)])
    trained(job(found, optimizer="watched"))
    longest, longest_cut = max(norms), 0.7 * min(norms)
    norms.clear()
    trained(job(found, optimizer="watched", gradient_clip=longest_cut))
    assert longest > longest_cut
    assert max(norms) <= longest_cut * 1.001


def test_no_step_is_left_out_of_the_log_and_none_told_twice() -> None:
    _, events, ended = trained(job(epochs=30))
    logs = events.of(StepsLogged)
    assert [log.first_step for log in logs] == [1, *(log.last_step + 1 for log in logs[:-1])]
    assert logs[-1].last_step == ended.step == 30 * STEPS_PER_EPOCH
    assert all(len(log.lr) == len(log.metrics["loss"]) == len(log.metrics["accuracy"]) for log in logs)


def test_throughput_and_time_to_go_are_always_finite_and_end_at_nothing() -> None:
    _, events, _ = trained(job())
    logs = events.of(StepsLogged)
    assert all(math.isfinite(log.eta) and log.eta >= 0 and 0 < log.steps_per_second < math.inf for log in logs)
    assert logs[-1].eta == 0


def test_each_epoch_ends_with_its_means_and_the_validation() -> None:
    trainer, events, _ = trained(job())
    epochs = events.of(EpochEnded)
    assert [(event.epoch, event.step) for event in epochs] == [(n, n * STEPS_PER_EPOCH) for n in (1, 2, 3)]
    means = losses(events).reshape(3, STEPS_PER_EPOCH).mean(1)
    assert [event.train["loss"] for event in epochs] == pytest.approx(means.tolist(), rel=1e-6)
    assert trainer.results["val"] == epochs[-1].validation
    assert set(epochs[0].validation) == {"loss", "accuracy"}


def test_the_learning_rate_logged_is_the_one_the_step_was_taken_with() -> None:
    _, events, _ = trained(job(schedule="step", schedule_settings={"every": 1, "factor": 0.5}))
    rates = np.concatenate([log.lr for log in events.of(StepsLogged)]).reshape(3, STEPS_PER_EPOCH)
    assert np.allclose(rates, [[0.01], [0.005], [0.0025]])


def test_a_schedule_by_epoch_is_stepped_once_an_epoch_with_the_validation_loss() -> None:
    given: list[float] = []

    class Schedule:
        def step(self, loss: float) -> None:
            given.append(loss)

        def state_dict(self) -> dict[str, Any]:
            return {}

    spec = ScheduleSpec("spy", "Spy", lambda *_: Schedule(), every="epoch")
    _, events, _ = trained(job(registry(register_schedules=lambda: [spec]), schedule="spy"))
    assert given == [event.validation["loss"] for event in events.of(EpochEnded)]


def test_reduce_on_plateau_lowers_the_rate_when_validation_stands_still() -> None:
    def standing_still(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        loss, outputs = cross_entropy(model, batch)
        return (loss if model.training else torch.tensor(1.0)), outputs

    settings = {"schedule": "plateau", "schedule_settings": {"patience": 0, "factor": 0.5}, "epochs": 4}
    _, events, _ = trained(with_loss(standing_still, **settings))
    rates = np.concatenate([log.lr for log in events.of(StepsLogged)]).reshape(4, STEPS_PER_EPOCH)
    assert np.allclose(rates, [[0.01], [0.01], [0.005], [0.0025]])


@pytest.mark.parametrize("value", [math.nan, math.inf])
def test_a_loss_that_is_no_number_ends_the_run_with_a_sentence(value: float) -> None:
    taken = [0]

    def explode(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        loss, outputs = cross_entropy(model, batch)
        taken[0] += model.training
        return (loss * value if taken[0] == 5 else loss), outputs

    with pytest.raises(TrainingError, match=r"stopped being a number at step 5, .*learning rate .*smaller"):
        trained(with_loss(explode))


def test_a_stop_is_answered_within_one_step() -> None:
    control, taken = Control(), [0]

    def stopping(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        taken[0] += 1
        if taken[0] == 5:
            control.stop()
        return cross_entropy(model, batch)

    _, events, ended = trained(with_loss(stopping), control=control)
    assert (ended.state, ended.step, taken[0]) == ("stopped", 5, 5)
    assert len(losses(events)) == 5
    assert "test_accuracy" not in ended.summary
    assert ended.summary["train_loss"] == pytest.approx(losses(events).mean(), rel=1e-6)


def test_a_stop_before_the_first_step_is_kept_too() -> None:
    control = Control()
    control.stop()
    _, _, ended = trained(job(), control=control)
    assert (ended.state, ended.step, ended.summary["steps"]) == ("stopped", 0, 0)


@pytest.mark.parametrize(("part", "state_after"), [("validation", STEPS_PER_EPOCH), ("test", 3 * STEPS_PER_EPOCH)])
def test_a_stop_is_answered_in_the_middle_of_an_evaluation(part: str, state_after: int) -> None:
    control, looked_at = Control(), [0]
    made = job()
    source = getattr(made, part)
    source.batch_size = 1

    def stopping(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        if not model.training and len(batch) == 1:
            looked_at[0] += 1
            if looked_at[0] == 3:
                control.stop()
        return cross_entropy(model, batch)

    made.task = score(stopping)
    _, _, ended = trained(made, control=control)
    assert (ended.state, ended.step, looked_at[0]) == ("stopped", state_after, 3)


def test_an_action_is_served_in_the_middle_of_an_evaluation_with_gradients_allowed() -> None:
    control = Control()
    made = job()
    made.validation.batch_size = 1  # type: ignore[attr-defined]
    answers = []

    def asking(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        if not model.training and len(answers) < 3:
            answers.append(control.at_safe_point(torch.is_grad_enabled))
        return cross_entropy(model, batch)

    made.task = score(asking)
    trained(made, control=control)
    assert [answer.result(0) for answer in answers] == [True, True, True]


class Careless(Callback):
    def __init__(self, method: str, error: BaseException) -> None:
        self.method, self.error, self.calls = method, error, 0
        setattr(self, method, self._fail)

    def _fail(self, event: Any) -> None:
        self.calls += 1
        raise self.error


class Careful(Callback):
    def __init__(self) -> None:
        self.told: list[str] = []

    def on_start(self, event: RunStarted) -> None:
        self.told.append("start")

    def on_steps(self, event: StepsLogged) -> None:
        self.told += ["step"] * len(event.lr)

    def on_epoch(self, event: EpochEnded) -> None:
        self.told.append("epoch")

    def on_end(self, event: RunEnded) -> None:
        self.told.append("end")


@pytest.mark.parametrize("method", ["on_start", "on_steps", "on_epoch", "on_end"])
@pytest.mark.parametrize("error", [ValueError("broken"), SystemExit(1)])
def test_a_callback_that_raises_is_switched_off_and_reported_and_the_run_goes_on(
    method: str, error: BaseException
) -> None:
    reported: list[tuple[str, BaseException]] = []

    def report(source: str, consequence: str, raised: BaseException) -> Problem:
        reported.append((source, raised))
        return Problem(source, consequence)

    bad, good = Careless(method, error), Careful()
    _, _, ended = trained(job(), callbacks=[("bad", bad), ("good", good)], report=report)
    assert ended.state == "finished"
    assert (bad.calls, reported) == (1, [("bad", error)])
    steps = ["step"] * STEPS_PER_EPOCH
    assert good.told == ["start", *3 * [*steps, "epoch"], "end"]


def test_a_view_that_raises_is_switched_off_and_reported_and_the_run_goes_on() -> None:
    reported: list[str] = []

    def report(source: str, consequence: str, error: BaseException) -> Problem:
        reported.append(source)
        return Problem(source, consequence)

    events = Events()
    views = [view("bad", lambda snapshot: 1 / 0), view("good")]
    trainer = Trainer(job(), emit=events, visualizations=views, report=report)
    trainer.observer.wanted = frozenset({"bad", "good"})
    assert trainer.fit().state == "finished"
    assert reported == ["Bad"]
    assert {event.visualization for event in events.of(ViewComputed)} == {"good"}


def test_views_are_of_the_real_weights_before_the_first_step_and_after_the_last() -> None:
    events = Events()
    trainer = Trainer(job(), emit=events, visualizations=[view()])
    trainer.observer.wanted = frozenset({"weights"})
    before = trainer.job.model.get_parameter("1.weight").detach().clone()
    trainer.fit()
    found = events.of(ViewComputed)
    assert found[0].step == 0
    assert np.array_equal(found[0].view.values, before.numpy())
    assert found[-1].step == 3 * STEPS_PER_EPOCH
    assert np.array_equal(found[-1].view.values, trainer.job.model.get_parameter("1.weight").detach().numpy())


def test_watching_does_not_change_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(observer, "SHARE", math.inf)  # no rest between two views
    unwatched, unwatched_events, _ = trained(job())
    events = Events()
    watched = Trainer(job(), emit=events, visualizations=[view()], callbacks=[("c", Careful())])
    watched.observer.wanted = frozenset({"weights"})
    watched.fit()
    assert len(events.of(ViewComputed)) > STEPS_PER_EPOCH
    assert np.array_equal(losses(events), losses(unwatched_events))
    assert same_weights(watched.job.model, unwatched.job.model)


def test_pauses_are_counted_neither_into_the_seconds_nor_into_the_throughput(monkeypatch: pytest.MonkeyPatch) -> None:
    clock, control = Clock(), Control()
    monkeypatch.setattr(stopwatch, "time", clock)
    monkeypatch.setattr(step_log, "time", clock)

    def ticking(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        clock.now += 0.1 if model.training else 0.0
        return cross_entropy(model, batch)

    events = Events()

    def emit(event: Any) -> None:
        events(event)
        if isinstance(event, StepsLogged) and event.last_step in (5, 12):
            control.pause()
        if isinstance(event, Paused):
            clock.now += 1000
            control.resume()

    ended = Trainer(with_loss(ticking), emit=emit, control=control).fit()
    assert len(events.of(Paused)) == len(events.of(Resumed)) == 2
    assert ended.summary["seconds"] == pytest.approx(0.1 * ended.step)
    assert ended.summary["steps_per_second"] == pytest.approx(10)
    assert [log.steps_per_second for log in events.of(StepsLogged)] == pytest.approx([10] * len(events.of(StepsLogged)))


def test_a_finished_run_takes_no_more_requests_but_answers_them() -> None:
    control = Control()
    trainer, _, _ = trained(job(), control=control)
    assert control.at_safe_point(lambda: trainer.step).result(0) == 3 * STEPS_PER_EPOCH
