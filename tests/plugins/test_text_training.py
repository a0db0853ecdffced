from __future__ import annotations

import json
import math
import random
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core.control import Control
from core.events import EpochEnded, RunEnded, StepsLogged, TextSampled
from core.trainer import Trainer
from core.training_state import training_state
from tests.core.tiny import losses, same_weights
from tests.plugins import text_runs

SMALL = {"hidden": 12, "layers": 1}


@pytest.fixture
def book(tmp_path: Path) -> dict[str, str]:
    """A text in which much can be foreseen; settings of the data set that is it."""
    chance = random.Random(3)
    path = tmp_path / "book.txt"
    path.write_text("".join(chance.choice(("the cat sat. ", "a dog ran.\n")) for _ in range(300)))
    return {"path": str(path)}


def quick(book: dict[str, str], network: str = "lstm", **overrides: Any) -> dict[str, Any]:
    asked = {"network": network, "data": "text-file", "data_settings": book, "network_settings": SMALL, "epochs": 2}
    return {**asked, **overrides}


@pytest.mark.parametrize("network", ["char_rnn", "lstm"])
def test_a_text_is_learnt_and_the_run_says_so_in_every_unit(book: dict[str, str], network: str) -> None:
    job, events = text_runs.trained(**quick(book, network))
    summary = events.of(RunEnded)[0].summary
    json.dumps(summary)
    loss = summary["val_loss"]
    assert loss < 0.8 < math.log(len(job.info.vocabulary))
    assert summary["val_perplexity"] == pytest.approx(math.exp(loss))
    assert summary["val_bits_per_char"] == pytest.approx(loss / math.log(2))
    assert 0.5 < summary["val_accuracy"] <= 1
    assert "test_loss" not in summary, "nothing but the validation part was held out"
    assert [len(event.text) for event in events.of(TextSampled)] == [200, 200]


def test_the_share_of_clipped_steps_is_told(book: dict[str, str]) -> None:
    for clip, share in ((1e-6, 1.0), (1e6, 0.0)):
        _, events = text_runs.trained(**quick(book, epochs=1, gradient_clip=clip))
        clipped = np.concatenate([event.metrics["clipped"] for event in events.of(StepsLogged)])
        assert clipped.mean() == share
        assert events.of(EpochEnded)[0].train["clipped"] == share


def test_the_same_run_is_the_same_twice_with_or_without_an_audience(book: dict[str, str]) -> None:
    (first, seen), (second, again) = (text_runs.trained(**quick(book)) for _ in range(2))
    assert np.array_equal(losses(seen), losses(again))
    assert same_weights(first.model, second.model)
    assert [event.text for event in seen.of(TextSampled)] == [event.text for event in again.of(TextSampled)]


def test_the_trainer_does_what_a_bare_loop_does(book: dict[str, str]) -> None:
    job, events = text_runs.trained(**quick(book, epochs=1, gradient_clip=0.25))
    bare = text_runs.job(**quick(book, epochs=1, gradient_clip=0.25))
    bare.model.train()
    state, seen = None, []
    for index, batch in enumerate(bare.train.epoch(0)):
        state = state if index % bare.train.windows else None  # type: ignore[attr-defined]
        bare.optimizer.zero_grad()
        logits, state = bare.model(batch.inputs, state)
        state = tuple(part.detach() for part in state)
        loss = torch.nn.functional.cross_entropy(logits.flatten(0, 1), batch.targets.flatten())
        loss.backward()
        torch.nn.utils.clip_grad_norm_(bare.model.parameters(), 0.25)
        bare.optimizer.step()
        bare.schedule.step()
        seen.append(loss.item())
    assert losses(events).tolist() == seen
    assert same_weights(job.model, bare.model)


def test_a_run_that_is_stopped_keeps_the_state_it_would_go_on_with(book: dict[str, str]) -> None:
    job, control = text_runs.job(**quick(book)), Control()
    trainer = Trainer(job, control=control)

    def stop_after(event: Any) -> None:
        if isinstance(event, StepsLogged):
            control.stop()

    trainer._emit = stop_after
    trainer.fit()
    carried = training_state(trainer)["carried"]
    assert [part.shape for part in carried] == [(1, job.train.lanes, 12)] * 2  # type: ignore[attr-defined]


def test_validation_is_the_loss_over_the_whole_part_as_one_text_reads_it(book: dict[str, str]) -> None:
    job, events = text_runs.trained(**quick(book, epochs=1))
    job.model.eval()
    tokens = torch.from_numpy(job.validation.tokens.astype(np.int64))[None]  # type: ignore[attr-defined]
    with torch.no_grad():
        logits, _ = job.model(tokens[:, :-1])
        loss = torch.nn.functional.cross_entropy(logits[0], tokens[0, 1:]).item()
    told = events.of(EpochEnded)[-1].validation["loss"]
    assert told == pytest.approx(loss, abs=0.15), "but for what each lane's cold start costs"
    assert told >= loss - 0.02


@pytest.mark.parametrize("length", [20, 40, 200, 2000])
def test_texts_shorter_than_a_window_or_a_batch_are_trained_on(tmp_path: Path, length: int) -> None:
    path = tmp_path / "short.txt"
    path.write_text(("I am a very short text. " * 100)[:length])
    job, events = text_runs.trained(**quick({"path": str(path)}, epochs=1))
    assert len(job.train) == 100
    assert np.isfinite(losses(events)).all()


def test_a_text_of_one_letter_is_no_problem(tmp_path: Path) -> None:
    path = tmp_path / "a.txt"
    path.write_text("a" * 500)
    _, events = text_runs.trained(**quick({"path": str(path)}, epochs=1))
    assert events.of(RunEnded)[0].summary["val_loss"] == 0


def test_chinese_is_written_in_whole_characters(tmp_path: Path) -> None:
    path = tmp_path / "chinese.txt"
    path.write_text("天地玄黄宇宙洪荒🌍" * 60, encoding="utf-8")
    _, events = text_runs.trained(**quick({"path": str(path)}, epochs=1))
    assert set(events.of(TextSampled)[0].text) <= set("天地玄黄宇宙洪荒🌍")


@pytest.mark.slow
@pytest.mark.real_data
def test_shakespeare_is_learnt_in_a_few_epochs(data_folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    from core.home import data_folders

    monkeypatch.setattr(text_runs, "NOWHERE", data_folders())
    for network, most in (("lstm", 1.66), ("char_rnn", 1.90)):
        _, events = text_runs.trained(network, "tiny-shakespeare", epochs=2)
        assert events.of(EpochEnded)[-1].validation["loss"] < most
