"""What every plugin must keep to, run for all that the registry holds: a new plugin is tested by being there."""

from __future__ import annotations

import copy
import math
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.batches import Batch
from core.checkpoints import load_state, load_weights, save_checkpoint
from core.config import Config
from core.discovery import discover
from core.embedding.embedder import embed
from core.embedding.plane import principal_plane
from core.events import Problem
from core.explain.live import resting_copy
from core.health.monitor import HealthMonitor
from core.home import data_folders
from core.job import Job, build_model, prepare_job
from core.run_config import check_settings, run_config
from core.slow_step.records import ParameterNumbers, StepRecord
from core.snapshot import Snapshot
from core.step_watch import StepWatch
from core.structure.looking import look
from core.structure.rows import INPUT
from core.structure.tracing import Question, structure_of
from core.trainer import Trainer
from core.views import VIEW_TYPES
from tests.core.slow_step.hands import Hands
from tests.core.tiny import no_progress

REGISTRY = discover("plugins", installed=False)
OPTIMIZERS, SCHEDULES = sorted(REGISTRY.optimizers), sorted(REGISTRY.schedules)
VIEWS = [
    (network.id, view.id)
    for network in REGISTRY.networks.values()
    for view in REGISTRY.visualizations.values()
    if view.applies_to(network)
]
RECIPES = [
    (network.id, data) for network in REGISTRY.networks.values() for data in (network.recipe.data, *network.recipes)
]
JOBS: dict[str, Job] = {}


def job_of(network: str) -> Job:
    """With the data of the network's recipe; made once."""
    if network not in JOBS:
        spec = REGISTRY.networks[network]
        if REGISTRY.datasets[spec.recipe.data].download_bytes:
            pytest.skip("its data would have to be downloaded")
        config = run_config(spec, None, device="cpu", threads=1)
        JOBS[network] = prepare_job(REGISTRY, config, data_folders(), no_progress)
    return JOBS[network]


def first_batch(job: Job) -> Batch:
    return next(iter(job.train.epoch()))


def loss_of(job: Job, model: nn.Module, batch: Batch) -> tuple[Tensor, Any]:
    return job.task.loss(model, Batch(batch.inputs, batch.targets))


@pytest.mark.parametrize(("network", "data"), RECIPES)
def test_every_recipe_names_what_there_is_with_settings_that_are_allowed(network: str, data: str) -> None:
    spec = REGISTRY.networks[network]
    config = run_config(spec, data)
    check_settings(REGISTRY, config)
    assert config.data == data
    assert REGISTRY.datasets[data].task == spec.task
    assert spec.task in REGISTRY.tasks


@pytest.mark.parametrize("network", REGISTRY.networks)
class TestNetwork:
    def test_the_loss_of_a_batch_is_a_finite_number_and_reaches_every_parameter(self, network: str) -> None:
        job = job_of(network)
        model, batch = copy.deepcopy(job.model).train(), first_batch(job)
        loss, outputs = loss_of(job, model, batch)
        assert loss.shape == ()
        assert math.isfinite(loss.item())
        loss.backward()  # type: ignore[no-untyped-call]
        named = dict(model.named_parameters())
        assert named
        for name, parameter in named.items():
            assert parameter.grad is not None, f"{name} gets no gradient"
            assert torch.isfinite(parameter.grad).all(), name
        for name, value in job.task.metrics(outputs, batch).items():
            assert isinstance(value, Tensor), name
            assert 0 <= float(value) <= len(batch), f"{name} must be a sum over the batch's samples"

    def test_a_few_steps_on_one_batch_lower_its_loss(self, network: str) -> None:
        job = job_of(network)
        model, batch = copy.deepcopy(job.model).train(), first_batch(job)
        optimizer = torch.optim.Adam(model.parameters(), lr=2e-3)
        losses = []
        for _ in range(15):
            optimizer.zero_grad()
            loss, _ = loss_of(job, model, batch)
            loss.backward()  # type: ignore[no-untyped-call]
            optimizer.step()
            losses.append(loss.item())
        assert losses[-1] < 0.9 * losses[0]

    def test_it_is_built_the_same_from_the_same_random_state(self, network: str) -> None:
        job = job_of(network)
        first, second, other = (self._built(job, seed).state_dict() for seed in (1, 1, 2))
        assert first.keys() == second.keys() == other.keys()
        assert all(torch.equal(first[name], second[name]) for name in first)
        assert not all(torch.equal(first[name], other[name]) for name in first)

    def test_its_weights_can_be_kept_and_loaded_into_a_new_one(self, network: str, tmp_path: Path) -> None:
        job = job_of(network)
        kept = save_checkpoint(tmp_path, 1, job.model.state_dict(), {})
        other = self._built(job, seed=77)
        other.load_state_dict(load_weights(kept))
        batch = first_batch(job)
        with torch.no_grad():
            losses = [loss_of(job, model, batch)[0] for model in (copy.deepcopy(job.model).eval(), other.eval())]
        assert torch.equal(*losses)

    def test_a_step_of_it_is_taken_apart_with_the_numbers_of_plain_pytorch(self, network: str) -> None:
        job, hands = job_of(network), Hands(lambda record: ask(record))
        carried = job.train.state
        models = [copy.deepcopy(job.model).train() for _ in range(2)]
        optimizers = [torch.optim.Adam(model.parameters(), lr=1e-3) for model in models]
        trainer = Trainer(
            replace(job, model=models[0], optimizer=optimizers[0], schedule=None, schedule_every="epoch"),
            control=hands.control,
            emit=hands,
        )
        numbers: list[ParameterNumbers] = []

        def ask(record: StepRecord) -> None:
            if record.phase == "updated":
                numbers.extend(trainer.slow_steps.numbers(name) for name in record.parameters)
                hands.control.stop("nothing")

        torch.manual_seed(3)
        trainer.fit()
        job.train.state = carried
        torch.manual_seed(3)
        loss, _ = loss_of(job, models[1], first_batch(job))
        loss.backward()  # type: ignore[no-untyped-call]
        optimizers[1].step()
        record = hands.record("updated")
        assert record.loss == loss.item()
        assert record.calls
        plain = dict(models[1].named_parameters())
        assert {each.name for each in numbers} == plain.keys()
        for each in numbers:
            assert np.array_equal(each.gradient, plain[each.name].grad.numpy()), each.name
            assert np.array_equal(each.new, plain[each.name].detach().numpy()), each.name
        assert {node.variable for node in record.graph.nodes if node.variable} == plain.keys()
        assert all(any(parameter in call.parameters for call in record.calls) for parameter in plain)

    def test_its_settings_can_be_kept_as_json(self, network: str) -> None:
        import json

        config: Config = REGISTRY.networks[network].config()
        assert type(config).model_validate(json.loads(json.dumps(config.model_dump()))) == config

    def test_its_structure_is_found_and_every_layer_can_be_looked_at(self, network: str) -> None:
        job = job_of(network)
        asked = Question(job.network, job.task, job.config.network_settings, job.info)
        structure = structure_of(asked)
        leaves = list(structure.leaves)
        assert sum(row.parameters for row in leaves) == structure.parameters
        assert structure.parameters == sum(each.numel() for each in job.model.parameters())
        assert structure.multiply_adds > 0 and structure.activations > 0
        assert all(row.inputs and row.outputs for row in structure.rows if row.calls)
        graph, reached = structure.graph({row.id for row in structure.rows}), {INPUT}
        for _ in graph.nodes:
            reached |= {end for edge in graph.edges if reached & set(edge) for end in edge}
        assert reached == {node.id for node in graph.nodes}
        model = copy.deepcopy(job.model).eval()
        for row in structure.rows if len(structure.rows) < 30 else leaves[:6]:
            found = look(asked, row, model, job.probe, "")
            assert (found.weights is None) == (not row.tensors), row.id
            assert found.activation is not None or not row.calls, row.id
            assert found.gradient is not None or not row.tensors, row.id

    def test_its_health_is_measured_and_nothing_of_it_is_touched(self, network: str) -> None:
        job = job_of(network)
        batch = first_batch(job)
        weights, found = [], []
        for looks in (False, True):
            model = copy.deepcopy(job.model).train()
            optimizer = torch.optim.AdamW(model.parameters(), lr=1e-3)
            monitor = HealthMonitor(model, optimizer, found.append, found.append, self._failed)
            monitor.on = looks
            watch = monitor(0) or StepWatch()
            torch.manual_seed(5)
            watch.before_forward(batch)
            loss, outputs = loss_of(job, model, batch)
            watch.before_backward(loss, outputs)
            loss.backward()  # type: ignore[no-untyped-call]
            watch.after_backward()
            optimizer.step()
            watch.after_update()
            watch.close()
            weights.append(model.state_dict())
        assert all(torch.equal(weights[0][name], weights[1][name]) for name in weights[0])
        (event,) = found
        assert len(event.layers) > 1
        for name in ("gradient_norm", "weight_norm", "update_ratio"):
            assert np.isfinite(getattr(event, name)).all(), name
        for kind, shares in event.histograms.items():
            told = shares[~np.isnan(shares).any(axis=1)]
            assert len(told) > 0, kind
            assert told.sum(axis=1) == pytest.approx(np.ones(len(told)), abs=1e-4)
        uses_relu = any(isinstance(layer, nn.ReLU) for layer in model.modules())
        assert (event.units > 0).any() == uses_relu

    @staticmethod
    def _failed(source: str, consequence: str, error: BaseException) -> Problem:
        raise AssertionError(f"{source} {consequence}") from error

    def test_what_its_last_layer_is_given_for_each_sample_can_be_mapped(self, network: str) -> None:
        job = job_of(network)
        before = {name: tensor.clone() for name, tensor in job.model.state_dict().items()}
        samples, seen = embed(resting_copy(job.model), job, 60)
        plane = principal_plane(seen.vectors)
        assert plane.positions.shape == (len(samples), 2)
        assert np.isfinite(plane.positions).all()
        assert "the last layer with weights" in seen.where
        assert len(seen.guesses) == len(samples.targets) == len(samples)
        assert all(colouring.of(samples.targets).max() >= 0 for colouring in samples.colourings[:1])
        assert all(torch.equal(before[name], tensor) for name, tensor in job.model.state_dict().items())

    @staticmethod
    def _built(job: Job, seed: int) -> nn.Module:
        torch.manual_seed(seed)
        return build_model(job.network, job.config.network_settings, job.info)


@pytest.mark.parametrize(("network", "view"), VIEWS)
class TestView:
    def test_it_computes_a_view_and_leaves_no_trace(self, network: str, view: str) -> None:
        job = job_of(network)
        model = copy.deepcopy(job.model).train()
        before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
        random = torch.get_rng_state()
        found = REGISTRY.visualizations[view].compute(Snapshot(model, job.probe, job.info, 3, 0))
        assert isinstance(found, VIEW_TYPES)
        assert model.training
        assert torch.equal(random, torch.get_rng_state())
        after = model.state_dict()
        assert all(torch.equal(before[name], after[name]) for name in before)
        assert not any(layer._forward_hooks for layer in model.modules())

    def test_it_shares_no_memory_with_the_model(self, network: str, view: str) -> None:
        job = job_of(network)
        model = copy.deepcopy(job.model)
        found = REGISTRY.visualizations[view].compute(Snapshot(model, job.probe, job.info, 3, 0))
        arrays = {name: value for name, value in vars(found).items() if isinstance(value, np.ndarray)}
        kept = {name: value.copy() for name, value in arrays.items()}
        with torch.no_grad():
            for parameter in model.parameters():
                parameter.add_(1)
        assert all(np.array_equal(arrays[name], kept[name], equal_nan=True) for name in arrays)


class Slope:
    """One weight tensor on a slope: what an optimizer and a schedule need."""

    def __init__(self, optimizer: str, schedule: str, steps: int = 12, **settings: Any) -> None:
        torch.manual_seed(0)
        self.weights = nn.Parameter(torch.randn(6, 4))
        spec, plan = REGISTRY.optimizers[optimizer], REGISTRY.schedules[schedule]
        self.optimizer = spec.build([self.weights], spec.config())
        self.schedule = plan.build(self.optimizer, plan.config(**settings), steps, max(1, steps // 3))
        self.by_epoch, self.taken, self.rates = plan.every == "epoch", 0, []

    def take(self, steps: int) -> list[float]:
        losses = []
        for _ in range(steps):
            self.optimizer.zero_grad()
            loss = (self.weights**2).sum()
            loss.backward()  # type: ignore[no-untyped-call]
            self.rates.append(self.optimizer.param_groups[0]["lr"])
            self.optimizer.step()
            self.taken += 1
            if not self.by_epoch:
                self.schedule.step()
            elif self.taken % 4 == 0:
                self.schedule.step(loss.item())
            losses.append(loss.item())
        return losses


@pytest.mark.parametrize("schedule", SCHEDULES)
@pytest.mark.parametrize("optimizer", OPTIMIZERS)
class TestOptimizerAndSchedule:
    def test_steps_go_down(self, optimizer: str, schedule: str) -> None:
        losses = Slope(optimizer, schedule).take(12)
        assert all(math.isfinite(loss) for loss in losses)
        assert losses[-1] < losses[0]

    def test_kept_and_taken_up_again_they_go_on_as_if_nothing_had_happened(
        self, optimizer: str, schedule: str, tmp_path: Path
    ) -> None:
        whole, first, second = (Slope(optimizer, schedule) for _ in range(3))
        whole.take(12)
        first.take(5)
        state = {"optimizer": first.optimizer.state_dict(), "schedule": first.schedule.state_dict()}
        found = load_state(save_checkpoint(tmp_path, 5, {}, state))
        second.optimizer.load_state_dict(found["optimizer"])
        second.schedule.load_state_dict(found["schedule"])
        second.weights.data.copy_(first.weights.data)
        second.taken = 5
        second.take(7)
        assert torch.equal(second.weights, whole.weights)
        assert second.rates == whole.rates[5:]


@pytest.mark.parametrize("schedule", SCHEDULES)
def test_every_schedule_works_for_runs_of_any_length(schedule: str) -> None:
    for steps in range(1, 40):
        slope = Slope("sgd", schedule, steps)
        slope.take(steps)
        assert all(math.isfinite(rate) and 0 <= rate <= 0.01 * 1.000001 for rate in slope.rates)


@pytest.mark.parametrize("data", REGISTRY.datasets)
def test_every_data_set_says_under_what_licence_it_may_be_used(data: str) -> None:
    assert len(REGISTRY.datasets[data].licence) > 2
    assert REGISTRY.datasets[data].summary
