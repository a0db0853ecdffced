"""Changing the optimizer in the middle of a run."""

from __future__ import annotations

import pytest
import torch

from core.errors import UserError
from core.events import Event, SettingChanged, StepsLogged
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
            trainer.change_optimizer("lr", job.config.optimizer_settings["lr"] * factor)
        step(batch)  # type: ignore[arg-type]

    trainer._train_step = train_step  # type: ignore[method-assign]
    trainer.fit()
    assert any(isinstance(event, SettingChanged) and event.step == 10 for event in events) == (factor != 1)
    return [rate for event in events if isinstance(event, StepsLogged) for rate in event.lr.tolist()]


def test_another_setting_reaches_every_parameter_group() -> None:
    trainer = Trainer(tiny_job(epochs=1))
    trainer.change_optimizer("weight_decay", 0.25)
    assert {group["weight_decay"] for group in trainer.job.optimizer.param_groups} == {0.25}
    assert trainer.job.config.optimizer_settings["weight_decay"] == 0.25


def test_a_setting_that_the_optimizer_does_not_have_is_refused() -> None:
    with pytest.raises(UserError, match="no setting 'spin'"):
        Trainer(tiny_job(epochs=1)).change_optimizer("spin", 1.0)
