"""A close look at a layer: the numbers are those of plain PyTorch, in a run and before one."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
import pytest
import torch
from torch import nn

from core.batches import Batch
from core.explain.live import LiveModel
from core.job import Job
from core.structure.looking import LayerLook, look, look_live, one_sample
from core.structure.pictures import MOST_CELLS, MOST_PICTURES, activation_view, norms_view, tensor_view
from core.structure.rows import Structure
from core.structure.tracing import Question, fresh_model, structure_of
from core.trainer import Trainer
from core.views import BarChart, Heatmap, ImageGrid, LinePlot, Stack
from tests.core import tiny, tiny_text
from tests.core.structure import odd_networks as odd


def question_of(job: Job) -> Question:
    return Question(job.network, job.task, job.config.network_settings, job.info, job.config.seed)


def looked(build: Callable[[], nn.Module], name: str) -> tuple[LayerLook, nn.Module, Job]:
    job, question = tiny.job(), odd.question(build)
    model = fresh_model(question)
    row = structure_of(question).by_id[name]
    return look(question, row, model, job.probe, "Random weights."), model, job


def part(view: Any, place: int = 0) -> Any:
    assert isinstance(view, Stack)
    return view.parts[place][1]


def test_weights_activation_and_gradient_are_those_of_plain_torch() -> None:
    found, model, job = looked(odd.Shared, "conv")
    kernels = part(found.weights)
    assert isinstance(kernels, ImageGrid) and found.weights.parts[0][0] == "weight, 2×1×3×3"  # type: ignore[union-attr]
    assert np.array_equal(kernels.images, model.conv.weight.detach().numpy()[:, 0])
    inputs, targets = job.probe.inputs[:1], torch.from_numpy(job.probe.targets[:1])
    maps = model.conv(inputs)
    assert isinstance(found.activation, ImageGrid)
    assert np.array_equal(found.activation.images, maps[0].detach().numpy())
    nn.functional.cross_entropy(model(inputs), targets).backward()  # type: ignore[no-untyped-call]
    assert np.allclose(part(found.gradient).images, model.conv.weight.grad[:, 0].numpy(), atol=1e-7)
    assert "first sample of the validation part (“" in found.activation_words


def test_a_layer_without_weights_has_the_gradient_of_what_it_gives_out() -> None:
    found, model, job = looked(odd.Shared, "pool (2)")
    assert found.weights is None and "no weights" in found.weights_words
    kept: list[torch.Tensor] = []

    def keep(module: nn.Module, given: Any, made: torch.Tensor) -> None:
        made.retain_grad()
        kept.append(made)

    model.pool.register_forward_hook(keep)
    inputs, targets = job.probe.inputs[:1], torch.from_numpy(job.probe.targets[:1])
    nn.functional.cross_entropy(model(inputs), targets).backward()  # type: ignore[no-untyped-call]
    assert isinstance(found.activation, ImageGrid) and isinstance(found.gradient, ImageGrid)
    assert np.allclose(found.activation.images, kept[1][0].detach().numpy())
    assert np.allclose(found.gradient.images, kept[1].grad[0].numpy(), atol=1e-7)
    assert "what this layer gives out" in found.gradient_words


def test_a_layer_that_nobody_calls_says_so_and_shows_its_weights() -> None:
    found, _, _ = looked(odd.Tied, "never")
    assert found.weights is not None and found.activation is None and found.gradient is None
    assert found.activation_words == "Nothing calls this layer, so it gives nothing out."


def test_where_the_loss_fails_the_activation_is_there_and_the_reason_for_the_gradient() -> None:
    def no_loss(model: nn.Module, batch: Batch) -> Any:
        raise ValueError("no answers")

    job, question = tiny.job(), odd.question(odd.Shared)
    assert question.task is not None
    failing = replace(question, task=replace(question.task, loss=no_loss))
    row = structure_of(question).by_id["conv"]
    found = look(failing, row, fresh_model(question), job.probe, "")
    assert found.activation is not None and found.weights is not None and found.gradient is None
    assert found.gradient_words == "The gradient cannot be computed: no answers"


def test_of_a_run_the_gradient_is_the_one_that_the_last_step_left() -> None:
    run = Trainer(tiny.job(epochs=1))
    run.fit()
    question, live = question_of(run.job), LiveModel(run)
    row = structure_of(question).by_id["4"]
    found, step = look_live(question, row, live)
    assert step == run.step and found.source == f"Tiny after {run.step:,} steps."
    left = run.job.model.get_parameter("4.weight")
    assert left.grad is not None
    assert np.array_equal(part(found.weights).values, left.detach().numpy())
    assert np.array_equal(part(found.gradient).values, left.grad.numpy())
    assert "as the last step left it" in found.gradient_words
    assert all(parameter.requires_grad for parameter in run.job.model.parameters())


def test_looking_at_a_run_changes_nothing_of_it() -> None:
    quiet, watched = Trainer(tiny.job(epochs=2)), Trainer(tiny.job(epochs=2))
    question, live = question_of(watched.job), LiveModel(watched)
    row = structure_of(question).by_id["1"]
    torch.manual_seed(4)
    quiet.fit()
    looks = []

    def source(step: int) -> None:
        """Between two steps, on the training thread, as at a safe point."""
        if step % 5 == 0:
            looks.append(watched.control.at_safe_point(lambda: look(question, row, live._first()[0], probe, "")))

    probe = watched.job.probe
    watched.step_watches.append(source)
    torch.manual_seed(4)
    watched.fit()
    assert len(looks) > 1 and all(each.result().activation for each in looks)
    assert tiny.same_weights(quiet.job.model, watched.job.model)


def test_of_a_text_the_activations_are_steps_by_units_with_the_tokens_beside_them() -> None:
    job = tiny_text.job()
    question = question_of(job)
    structure = structure_of(question)
    found = look(question, structure.by_id["rnn"], fresh_model(question), job.probe, "Random weights.")
    states = found.activation
    assert isinstance(states, Heatmap) and states.values.shape == (16, 12)
    assert list(states.row_labels)[:3] == ["t", "h", "e"] and states.y_label == "steps"
    assert isinstance(part(found.weights), Heatmap) and found.gradient is not None
    batch, _, tokens = one_sample(job.probe, job.info)
    assert isinstance(batch, Batch) and batch.inputs.shape == batch.targets.shape == (1, 16) and len(tokens) == 16


def test_of_a_block_the_sizes_of_its_tensors_are_compared() -> None:
    job, question = tiny.job(), odd.question(odd.Layered)
    structure: Structure = structure_of(question)
    found = look(question, structure.by_id["layers"], fresh_model(question), job.probe, "")
    assert isinstance(found.weights, BarChart) and next(iter(found.weights.labels)) == "0.weight"
    assert isinstance(found.gradient, BarChart) and found.gradient.values.min() > 0


@pytest.mark.parametrize(
    ("numbers", "kind"),
    [
        (np.ones((8, 1, 3, 3)), ImageGrid),
        (np.ones((8, 3, 3, 3)), ImageGrid),
        (np.ones((8, 5, 1, 1)), Heatmap),
        (np.ones((8, 5, 7)), Heatmap),
        (np.ones((8, 5)), Heatmap),
        (np.ones(5), BarChart),
        (np.ones(500), LinePlot),
        (np.float64(3.0) * np.ones(()), BarChart),
        (np.full((2, 3, 3, 3), np.nan), ImageGrid),
    ],
)
def test_every_shape_of_weights_has_a_picture(numbers: Any, kind: type) -> None:
    assert isinstance(tensor_view(numbers), kind)


def test_of_large_layers_the_beginning_is_drawn_and_the_rest_is_told() -> None:
    kernels = tensor_view(np.ones((64, 32, 3, 3)))
    assert isinstance(kernels, ImageGrid) and len(kernels.images) == MOST_PICTURES
    assert kernels.caption == "The first 64 of 2,048 kernels." and kernels.labels[33] == "1←1"
    matrix = tensor_view(np.ones((1000, 512)))
    assert isinstance(matrix, Heatmap) and matrix.values.shape == (MOST_CELLS, MOST_CELLS)
    assert "1000×512" in matrix.caption
    assert len(activation_view(np.ones((512, 4, 4))).images) == MOST_PICTURES  # type: ignore[union-attr]
    many = norms_view({str(place): np.full(4, 2.0) for place in range(80)}, "weights")
    assert isinstance(many, BarChart) and set(many.values) == {2.0} and "of 80" in many.caption
