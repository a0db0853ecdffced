"""The learning-rate range test: it suggests what works, and leaves no trace."""

from __future__ import annotations

import copy

import numpy as np
import pytest
import torch

from core.data import Cancelled
from core.rate_finder import RateTestFailed, find_rate
from core.trainer import Trainer
from tests.core.tiny import Events, job, losses, no_progress, same_weights


def test_the_smoothed_loss_falls_and_then_blows_up_and_the_suggestion_is_where_it_falls() -> None:
    found = find_rate(job(), no_progress)
    assert len(found.rates) == len(found.losses) == len(found.smoothed)
    best = int(np.argmin(found.smoothed))
    assert found.smoothed[best] < 0.7 * found.smoothed[0]
    assert found.rates[0] < found.suggested <= found.rates[best]


def test_a_run_with_the_suggested_rate_learns_faster_than_one_with_a_hundredth_of_it() -> None:
    rate = find_rate(job(), no_progress).suggested
    results = [Trainer(job(epochs=6, optimizer_settings={"lr": lr})).fit().summary for lr in (rate, rate / 100)]
    assert results[0]["train_loss"] < results[1]["train_loss"]


def test_everything_is_as_it_was_and_the_training_goes_on_as_if_nothing_had_been() -> None:
    tested = job(epochs=2)
    Trainer(tested).fit()
    kept = copy.deepcopy(tested.model)
    chance = torch.get_rng_state()
    before = copy.deepcopy(tested.optimizer.state_dict())
    find_rate(tested, no_progress)
    assert torch.equal(torch.get_rng_state(), chance)
    assert same_weights(tested.model, kept)
    assert repr(tested.optimizer.state_dict()) == repr(before)


def test_a_new_run_after_the_test_has_the_losses_of_one_without_it() -> None:
    curves = []
    for test_first in (True, False):
        made, events = job(epochs=2, seed=3), Events()
        if test_first:
            find_rate(made, no_progress)
        Trainer(made, emit=events).fit()
        curves.append(losses(events))
    np.testing.assert_array_equal(*curves)


def test_a_cancelled_test_leaves_no_trace_either() -> None:
    def cancel(done: int, total: int | None, text: str) -> None:
        if done == 5:
            raise Cancelled

    made = job()
    before = copy.deepcopy(made.model)
    with pytest.raises(Cancelled):
        find_rate(made, cancel)
    assert same_weights(made.model, before)
    assert all(parameter.grad is None for parameter in made.model.parameters())


def test_a_loss_that_is_no_number_from_the_start_is_said() -> None:
    made = job()
    with torch.no_grad():
        made.model.get_parameter("1.weight").fill_(float("nan"))
    with pytest.raises(RateTestFailed, match="stopped being a number"):
        find_rate(made, no_progress)
