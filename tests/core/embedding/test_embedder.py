"""Looking at a run: before it, while it goes on, and after it."""

from __future__ import annotations

import threading

import numpy as np
import pytest
import torch

from core.control import Control
from core.data import Cancelled
from core.embedding import embedder as module
from core.embedding.embedder import Embedder
from core.embedding.frame import EmbeddingError
from core.trainer import Trainer
from tests.core import tiny


def trainer(**overrides: object) -> Trainer:
    return Trainer(tiny.job(**overrides), control=Control())


def test_each_frame_is_of_the_newest_weights_and_of_the_same_samples() -> None:
    run = trainer(epochs=2)
    run.control.close()  # nobody trains yet: what is asked for at a safe point is done at once
    embedder = Embedder(run)
    samples, first = embedder.look(100)
    assert first.step == 0 and len(first) == len(samples) == len(run.job.validation.targets)
    run.fit()
    again, second = embedder.look(100)
    assert again is samples and second.step == run.step > 0 and "Tiny after" in second.model
    assert not np.allclose(first.vectors, second.vectors)
    with torch.no_grad():
        hidden = run.job.model[:-1].eval()(samples.batch(0, len(samples)).inputs)
    assert np.allclose(second.vectors, hidden.numpy(), atol=1e-6)


def test_weights_that_were_replaced_at_the_same_step_are_seen_once_it_is_told() -> None:
    run = trainer(epochs=1)
    run.control.close()
    embedder = Embedder(run)
    _, first = embedder.look(50)
    with torch.no_grad():
        run.job.model[1].weight.mul_(-1)
    embedder.forget_weights()
    _, second = embedder.look(50)
    assert second.step == first.step and not np.allclose(first.vectors, second.vectors)


def test_after_its_time_it_stops_with_the_samples_it_has(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "FEWEST_IN_TIME", 5)
    monkeypatch.setattr("core.embedding.samples._MOST_AT_ONCE", 4)
    run = trainer()
    run.control.close()
    embedder = Embedder(run)
    samples, whole = embedder.look(20)
    _, part = embedder.look(20, seconds=0.0)
    assert len(part) == 8 < len(whole) == len(samples) == 20
    assert np.allclose(part.vectors, whole.vectors[:8], atol=1e-6)


def test_it_can_be_given_up() -> None:
    run = trainer()
    run.control.close()

    def tick(done: int, total: int) -> None:
        raise Cancelled

    with pytest.raises(Cancelled):
        Embedder(run).look(20, tick)


def test_a_network_whose_weights_are_no_numbers_says_so() -> None:
    run = trainer()
    run.control.close()
    with torch.no_grad():
        run.job.model[1].weight.fill_(torch.nan)
    with pytest.raises(EmbeddingError, match="NaN"):
        Embedder(run).look(20)


def test_looking_while_it_trains_changes_nothing_of_the_run() -> None:
    quiet, watched = trainer(epochs=4), trainer(epochs=4)
    embedder = Embedder(watched)
    steps: list[int] = []

    def look() -> None:
        steps.extend(embedder.look(50)[1].step for _ in range(5))

    torch.manual_seed(1)
    quiet.fit()
    looking = threading.Thread(target=look)
    looking.start()
    torch.manual_seed(1)
    watched.fit()
    looking.join()
    assert tiny.same_weights(quiet.job.model, watched.job.model)
    assert steps == sorted(steps) and len(steps) == 5
