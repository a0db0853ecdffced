"""A loss that is no number ends the run at once, and it is told where the numbers gave out and what can be done."""

from __future__ import annotations

import math
from pathlib import Path
from typing import Any

import pytest
import torch
from torch import Tensor, nn

from core.batches import Batch
from core.checkpoints import checkpoints, load_weights, step_of
from core.events import Problem, StepsLogged
from core.numbers_gone import bad_weights, where_it_began
from plugins.classification import cross_entropy
from tests.core import tiny, tiny_text
from tests.core.outcomes import column
from tests.core.test_resume import Runs, tiny_task
from tests.core.tiny import network


class Overflows(nn.Module):
    """Finite in, infinite out, from a certain call in training on."""

    def __init__(self, after: int) -> None:
        super().__init__()
        self.after, self.calls = after, 0

    def forward(self, inputs: Tensor) -> Tensor:
        self.calls += self.training
        return inputs * 1e38 * 10 if self.training and self.calls > self.after else inputs


def overflowing(after: int) -> Any:
    def build(config: Any, info: Any) -> nn.Module:
        return nn.Sequential(nn.Flatten(), nn.Linear(64, 5), Overflows(after), nn.Linear(5, 3))

    return tiny.registry((network(build=build),))


def test_the_step_and_the_layer_are_named_and_nothing_is_trained_further(tmp_path: Path) -> None:
    runs = Runs(tmp_path, overflowing(after=9))
    ended = runs.launch()
    assert ended.state == "failed"
    assert ended.error == (
        "The loss stopped being a number at step 10, in the layer “2” (Overflows), probably because the learning rate "
        f"({runs.events.of(StepsLogged)[-1].lr[-1]:.3g}) is too high; start again with a smaller one."
    )
    assert (ended.step, runs.events.of(StepsLogged)[-1].last_step) == (10, 10)
    assert bad_weights(runs.trainers[0].job.model) == "", "the update of that step was not made"
    assert (ended.retry_lr, ended.retry_step) == (pytest.approx(0.001), 0)


def test_going_back_to_the_last_good_checkpoint_with_a_smaller_rate_is_offered_and_works(tmp_path: Path) -> None:
    runs = Runs(tmp_path, overflowing(after=9))
    ended = runs.launch(runs.config(checkpoint_steps=4))
    assert "; go back to step 8 with a smaller one, or start again." in ended.error
    assert (ended.retry_step, ended.retry_lr) == (8, pytest.approx(0.001))
    run = runs.run_of(ended)
    assert run.state() == "failed"
    runs.registry = overflowing(after=10**6)
    again = runs.resume(run, lr=ended.retry_lr)
    assert (again.state, again.step) == ("finished", 21)
    assert len(column(run)) == 21, "the steps that went wrong are told no more"


def test_weights_that_are_no_numbers_are_named() -> None:
    model = nn.Sequential(nn.Linear(2, 2), nn.Linear(2, 2))
    with torch.no_grad():
        model[1].weight[0, 0] = math.inf
    assert bad_weights(model) == "1.weight"
    where = where_it_began(model, lambda: model(torch.ones(1, 2)).sum(), torch.ones(1, 2))
    assert where == ", in the weights of the layer “1” (Linear)"


@pytest.mark.parametrize(
    ("inputs", "said"), [(torch.tensor([[math.nan]]), ", in the data"), (torch.tensor([[1.0]]), ", in the loss itself")]
)
def test_data_and_the_loss_itself_are_told_apart(inputs: Tensor, said: str) -> None:
    model = nn.Linear(1, 1)
    assert where_it_began(model, lambda: (model(inputs) * 0).log().log(), inputs) == said


def test_where_all_is_finite_the_second_time_nothing_is_claimed() -> None:
    model = nn.Linear(1, 1)
    assert where_it_began(model, lambda: model(torch.ones(1, 1)), torch.ones(1, 1)) == ""


def test_a_network_that_fails_at_the_search_does_not_hide_what_went_wrong() -> None:
    def fail() -> None:
        raise ValueError("again")

    assert where_it_began(nn.Linear(1, 1), fail, torch.ones(1, 1)) == ""


def test_masks_of_infinity_are_no_fault() -> None:
    model = nn.Linear(1, 1)
    model.register_buffer("mask", torch.full((2, 2), -math.inf))
    assert bad_weights(model) == ""


def test_a_recurrent_network_is_searched_with_the_state_it_had(tmp_path: Path) -> None:
    runs = Runs(tmp_path, tiny_text.registry(), tiny_text)

    def blow_up(trainer: Any) -> None:
        with torch.no_grad():
            for parameter in trainer.job.model.rnn.parameters():
                parameter.fill_(5.0)  # all that it says is about 1, then
            trainer.job.model.head.weight.fill_(3e38)

    ended = runs.launch(after={5: [blow_up]})
    assert "at step 6, in the layer “head” (Linear)," in ended.error


def test_a_validation_loss_that_is_no_number_ends_the_run(tmp_path: Path) -> None:
    def loss(model: nn.Module, batch: Batch) -> tuple[Tensor, Tensor]:
        found, outputs = cross_entropy(model, batch)
        return (found if model.training or runs.trainers[-1].step < 14 else found * math.nan), outputs

    runs = Runs(tmp_path)
    runs.registry.tasks["image-classification"] = tiny_task(loss)
    ended = runs.launch()
    assert ended.state == "failed"
    assert ended.error.startswith("The validation loss stopped being a number at epoch 2 (step 14), probably because")
    assert ended.step == 14


def test_no_checkpoint_holds_weights_that_are_no_numbers(tmp_path: Path) -> None:
    """A loss that does not look at all weights stays finite."""

    def spoil(trainer: Any) -> None:
        with torch.no_grad():
            trainer.job.model.get_parameter("unused").fill_(math.nan)

    def build(config: Any, info: Any) -> nn.Module:
        model = tiny.build(config, info)
        model.register_parameter("unused", nn.Parameter(torch.zeros(2)))
        return model

    runs = Runs(tmp_path, tiny.registry((network(build=build),)))
    ended = runs.launch(runs.config(checkpoint_steps=4), after={6: [spoil]})
    assert ended.state == "finished"
    (kept,) = checkpoints(runs.run_of(ended).checkpoints)
    assert step_of(kept) == 4
    assert torch.isfinite(load_weights(kept)["unused"]).all()
    (problem,) = runs.events.of(Problem)
    assert "the weights unused are no numbers" in problem.summary


def test_on_an_accelerator_the_loss_is_read_at_the_logging_cadence(tmp_path: Path) -> None:
    """There it would have to be waited for at each step; what is found late still ends the run and names the step."""

    class Elsewhere:
        type = "elsewhere"

    runs = Runs(tmp_path, overflowing(after=4))
    config = runs.config()
    found: list[Any] = []

    def pretend(trainer: Any) -> None:
        found.append(trainer)
        trainer.job.device = Elsewhere()
        trainer.recorder = None

    ended = runs.launch(config, after={1: [pretend]})
    assert found
    assert "The loss stopped being a number at step 5, probably because" in ended.error
