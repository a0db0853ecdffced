"""Explaining while the training goes on: on copies, at safe points, and without changing the run."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch
from torch import nn

from core.control import Control
from core.explain.live import LiveModel, resting_copy
from core.explain.methods import METHODS, GradCamSettings
from core.explain.questions import Question, answer
from core.explain.recording import record
from core.trainer import Trainer
from tests.core import tiny


def trainer(**overrides: object) -> Trainer:
    return Trainer(tiny.job(**overrides), control=Control())


def test_a_resting_copy_shares_nothing_with_the_model_that_learns() -> None:
    model = nn.Sequential(nn.Conv2d(1, 2, 3), nn.ReLU(inplace=True), nn.Dropout(0.5)).train()
    model(torch.ones(1, 1, 5, 5)).sum().backward()
    copied = resting_copy(model)
    assert model.training and not copied.training
    assert all(parameter.requires_grad and parameter.grad is not None for parameter in model.parameters())
    assert not any(parameter.requires_grad or parameter.grad is not None for parameter in copied.parameters())
    assert model[1].inplace and not copied[1].inplace
    with torch.no_grad():
        model[0].weight.fill_(7.0)
    assert not (copied[0].weight == 7.0).any()


def test_the_newest_weights_are_those_of_the_trainer_and_an_older_recording_keeps_its_own() -> None:
    run = trainer(epochs=1)
    run.control.close()  # nobody trains yet: what is asked for at a safe point is done at once
    live, seen = LiveModel(run), run.job.probe.raw[0]
    first = record(live.newest(), run.job.info, seen)
    assert live.step == 0
    before = [layer.operation.weight.copy() for layer in first.layers if layer.operation is not None]  # type: ignore[union-attr]
    run.fit()
    second = record(live.newest(), run.job.info, seen)
    assert live.step == run.step > 0 and "Tiny after" in live.title
    assert tiny.same_weights(live.newest(), run.job.model)
    kept = [layer.operation.weight for layer in first.layers if layer.operation is not None]  # type: ignore[union-attr]
    assert all(np.array_equal(one, other) for one, other in zip(before, kept, strict=True))
    assert not np.allclose(first.probabilities, second.probabilities)


def test_looking_while_it_trains_changes_nothing_of_the_run() -> None:
    quiet, watched = trainer(epochs=4), trainer(epochs=4)
    seen = watched.job.probe.raw[0]
    live = LiveModel(watched)
    steps: list[int] = []

    def look() -> None:
        for method in ("saliency", "occlusion", "integrated-gradients"):
            question = Question(seen, "a picture", method, METHODS[method].config())
            steps.append(answer(live, question).step)

    torch.manual_seed(1)
    quiet.fit()
    looking = threading.Thread(target=look)
    looking.start()
    torch.manual_seed(1)
    watched.fit()
    looking.join()
    assert tiny.same_weights(quiet.job.model, watched.job.model)
    assert steps == sorted(steps) and len(steps) == 3


def test_an_answer_carries_map_and_layers_or_says_why_there_is_no_map() -> None:
    run = trainer()
    run.control.close()
    seen = run.job.probe.raw[0]
    found = answer(LiveModel(run), Question(seen, "a picture", "grad-cam", GradCamSettings()))
    assert found.explanation is None and "no convolution" in found.problem
    assert [layer.kind for layer in found.recording.layers] == ["Flatten", "Linear", "ReLU", "Dropout", "Linear"]
    assert found.classes == ("a", "b", "c") and found.recording.probabilities.sum() == pytest.approx(1.0)
    saliency = answer(LiveModel(run), Question(seen, "a picture", "saliency", GradCamSettings(), target=2))
    assert saliency.explanation is not None and saliency.explanation.target == 2 and not saliency.problem
