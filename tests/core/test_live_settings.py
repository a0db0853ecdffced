"""Changing settings in the middle of a run."""

from __future__ import annotations

import pytest
import torch

from core.batches import Batch
from core.config import extra
from core.errors import UserError
from core.events import Event, SettingChanged, StepsLogged
from core.live_settings import TRAINING
from core.specs import TrainingSettings
from core.trainer import Trainer
from tests.core.tiny import job as tiny_job


@pytest.mark.parametrize("schedule", ["constant", "one-cycle", "cosine", "step", "plateau"])
def test_a_new_learning_rate_scales_what_the_schedule_still_has_to_come(schedule: str) -> None:
    plain, changed = (rates(schedule, factor) for factor in (1.0, 0.5))
    assert changed[:10] == plain[:10]
    torch.testing.assert_close(torch.tensor(changed[10:]), torch.tensor(plain[10:]) * 0.5, rtol=1e-4, atol=1e-9)


def rates(schedule: str, factor: float) -> list[float]:
    """Each step's learning rate when it is multiplied after ten steps."""
    events: list[Event] = []
    job = tiny_job(epochs=5, schedule=schedule)
    trainer = Trainer(job, emit=events.append)
    step = trainer._train_step

    def train_step(batch: object) -> None:
        if trainer.step == 10 and factor != 1:
            trainer.change("lr", job.config.optimizer_settings["lr"] * factor)
        step(batch)  # type: ignore[arg-type]

    trainer._train_step = train_step  # type: ignore[method-assign]
    trainer.fit()
    assert any(isinstance(event, SettingChanged) and event.step == 10 for event in events) == (factor != 1)
    return [rate for event in events if isinstance(event, StepsLogged) for rate in event.lr.tolist()]


def test_another_setting_reaches_every_parameter_group() -> None:
    trainer = Trainer(tiny_job(epochs=1))
    trainer.change("weight_decay", 0.25)
    assert {group["weight_decay"] for group in trainer.job.optimizer.param_groups} == {0.25}
    assert trainer.job.config.optimizer_settings["weight_decay"] == 0.25


def test_a_setting_that_the_optimizer_does_not_have_is_refused() -> None:
    with pytest.raises(UserError, match="no setting 'spin'"):
        Trainer(tiny_job(epochs=1)).change("spin", 1.0)


def test_every_live_setting_of_the_training_can_be_changed() -> None:
    live = {name for name, field in TrainingSettings.model_fields.items() if extra(field, "live")}
    assert live == set(TRAINING)
    for name, value in (("epochs", 5), ("augment", False), ("gradient_clip", 0.5), ("patience", 3)):
        trainer = Trainer(tiny_job())
        before = getattr(trainer.job.config, name)
        events: list[Event] = []
        trainer._emit = events.append
        trainer.change(name, value)
        assert getattr(trainer.job.config, name) == value
        assert events == [SettingChanged(0, name, before, value)]


def test_more_epochs_make_the_run_longer_and_the_time_to_go_with_it() -> None:
    events: list[Event] = []
    trainer = Trainer(tiny_job(epochs=1), emit=events.append)
    trainer.change("epochs", 3)
    assert trainer.fit().step == trainer.total_steps == 21
    assert [event.eta for event in events if isinstance(event, StepsLogged)][-1] == 0


def test_fewer_epochs_end_the_run_after_the_one_that_goes_on() -> None:
    trainer = Trainer(tiny_job(epochs=5))
    trainer.step, trainer.epoch = 9, 1
    with pytest.raises(UserError, match="at least 2"):
        trainer.change("epochs", 1)
    assert trainer.total_steps == 35
    trainer.change("epochs", 2)
    assert trainer.total_steps == 14


def test_without_augmentation_the_pictures_are_those_of_the_data_set_and_back_again() -> None:
    trainer = Trainer(tiny_job())
    varied = next(trainer.job.train.epoch()).inputs
    trainer.change("augment", False)
    plain = next(trainer.job.train.epoch()).inputs
    assert torch.equal(plain, next(tiny_job(augment=False).train.epoch()).inputs)
    trainer.change("augment", True)
    assert torch.equal(varied, next(trainer.job.train.epoch()).inputs)
    assert not torch.equal(varied, plain)


@pytest.mark.parametrize(
    ("name", "value", "said"),
    [
        ("epochs", 0, "epochs must be at least 1"),
        ("epochs", 1.5, "epochs must be"),
        ("gradient_clip", -1.0, "gradient_clip must be at least 0"),
        ("patience", -1, "patience must be at least 0"),
        ("lr", 0.0, "lr must be a number above 0"),
        ("lr", float("nan"), "lr must be a number above 0"),
        ("batch_size", 4, "no setting 'batch_size' that can change"),
    ],
)
def test_what_may_not_be_is_a_sentence_and_changes_nothing(name: str, value: float, said: str) -> None:
    trainer = Trainer(tiny_job())
    before = trainer.job.config
    with pytest.raises(UserError, match=said):
        trainer.change(name, value)
    assert trainer.job.config == before


def test_a_schedule_that_cannot_be_rebuilt_leaves_the_rates_as_they_were() -> None:
    trainer = Trainer(tiny_job())
    group = trainer.job.optimizer.param_groups[0]
    before = dict(group, params=None)

    def fail(total_steps: int) -> None:
        raise ValueError("too long")

    trainer.job.build_schedule = fail
    with pytest.raises(ValueError, match="too long"):
        trainer.change("epochs", 4)
    assert dict(group, params=None) == before
    assert trainer.total_steps == 21


def test_gradients_clipped_from_some_step_on_are_counted_from_there() -> None:
    events: list[Event] = []
    trainer = Trainer(tiny_job(), emit=events.append)
    take = trainer._train_step

    def changing(batch: Batch) -> None:
        take(batch)
        if trainer.step in (4, 9):
            trainer.control.at_safe_point(lambda: trainer.change("gradient_clip", 1e-6 if trainer.step == 4 else 0.0))

    trainer._train_step = changing  # type: ignore[method-assign]
    assert trainer.fit().state == "finished"
    clipped = {
        step: bool(event.metrics["clipped"][step - event.first_step])
        for event in events
        if isinstance(event, StepsLogged) and "clipped" in event.metrics
        for step in range(event.first_step, event.last_step + 1)
    }
    assert clipped == dict.fromkeys(range(5, 10), True)
