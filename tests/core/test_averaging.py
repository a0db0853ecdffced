"""A running mean of the weights: what is validated and kept."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import nn

from core.averaging import WeightAverage
from core.checkpoints import checkpoints, kept_checkpoint, load_weights
from core.control import Control
from core.evaluate import evaluate
from core.events import EpochEnded
from core.job import prepare_job
from core.launch import Launch
from core.runs import RunStore
from core.trainer import Trainer
from tests.core.tiny import NOWHERE, Events, config, job, no_progress, registry


def test_the_mean_follows_the_weights_step_by_step() -> None:
    model = nn.Linear(2, 1)
    average, expected = WeightAverage(model, 0.75), model.weight.detach().clone()
    for _ in range(3):
        with torch.no_grad():
            model.weight.add_(1.0)
        average.take()
        expected = 0.75 * expected + 0.25 * model.weight.detach()
    torch.testing.assert_close(average.mean[0], expected)


def test_in_force_the_model_has_the_mean_and_afterwards_its_own_weights_whatever_happens() -> None:
    model = nn.Linear(2, 1)
    average, own = WeightAverage(model, 0.75), model.weight.detach().clone()
    with torch.no_grad():
        model.weight.add_(1.0)
    with pytest.raises(ZeroDivisionError), average.in_force():
        torch.testing.assert_close(model.weight.detach(), own)
        raise ZeroDivisionError
    torch.testing.assert_close(model.weight.detach(), own + 1)


def test_without_a_decay_nothing_is_kept_and_nothing_changes() -> None:
    average = WeightAverage(nn.Linear(2, 1), 0.0)
    average.take()
    assert average.mean == []


def test_a_run_is_trained_as_without_it_and_validated_with_the_mean() -> None:
    plain, averaged = Events(), Events()
    Trainer(job(epochs=2), emit=plain).fit()
    Trainer(job(epochs=2, average=0.9), emit=averaged).fit()
    first, second = (events.of(EpochEnded) for events in (plain, averaged))
    assert [event.train for event in first] == [event.train for event in second]
    assert [event.validation for event in first] != [event.validation for event in second]


def test_the_kept_weights_are_the_mean_that_was_validated(tmp_path: Path) -> None:
    found, events, store = registry(), Events(), RunStore(tmp_path)
    asked = config(found, epochs=3, average=0.9)
    ended = Launch(found, asked, NOWHERE, store, Control(), events, no_progress).run()
    run = store.find(ended.run)
    kept = kept_checkpoint(run)
    assert kept is not None
    assert kept.name.startswith("best-")
    assert kept not in checkpoints(run.checkpoints)
    again = prepare_job(found, asked, NOWHERE, no_progress)
    again.model.load_state_dict(load_weights(kept))
    assert evaluate(again.model, again.task, again.validation)["loss"] == pytest.approx(ended.summary["val_loss"])
