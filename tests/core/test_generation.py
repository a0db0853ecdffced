"""The same seed, weights and random seed give the same text: in pieces or at once, during the training and after."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import torch

from core import generation
from core.control import Control
from core.data import Cancelled, DataInfo
from core.events import Event, Paused, RunEnded, StepsLogged
from core.generation import Draft, LiveTextModel, TextModel
from core.inference import NotReady
from core.launch import Launch
from core.recorder import Recorder
from core.runs import RunNotFound, RunStore
from core.sampling import NoDistribution, Sampling, probabilities
from core.stepper import ModelStepper
from core.trainer import Trainer
from tests.core import tiny, tiny_text
from tests.core.test_runs import begun
from tests.core.tiny_text import INFO, VOCABULARY, random_model

PATIENCE = 30.0
SAMPLING = Sampling(temperature=0.9, top_k=9, top_p=0.95)


@pytest.fixture(scope="module")
def model() -> TextModel:
    return TextModel(random_model(layers=2), INFO, "A model")


def text_of(model: TextModel, seed: str = "the", count: int = 80, random_seed: int = 1, **changes: Any) -> str:
    return Draft(model.read(seed), random_seed).write(SAMPLING.model_copy(update=changes), count)


def test_the_same_is_asked_and_the_same_is_written(model: TextModel) -> None:
    assert text_of(model) == text_of(model)
    assert text_of(model, random_seed=2) != text_of(model)
    assert text_of(model, seed="a") != text_of(model)
    assert len(text_of(model, count=33)) == 33


def test_a_text_is_the_same_in_pieces(model: TextModel) -> None:
    draft = Draft(model.read("the"), 1)
    pieces = [draft.write(SAMPLING, count) for count in (1, 7, 1, 31, 40)]
    assert "".join(pieces) == text_of(model)
    assert draft.length == 80
    assert draft.tail == text_of(model)[-generation.CONTEXT :]


def test_at_least_one_character_comes_however_short_the_time(model: TextModel) -> None:
    assert len(Draft(model.read("the"), 1).write(SAMPLING, 10**9, seconds=0.0)) == 1


def test_at_temperature_0_the_text_is_always_the_likeliest(model: TextModel) -> None:
    draft = Draft(model.read("the"), 1)
    first = draft.write(Sampling(temperature=0.0), 1)
    assert first == VOCABULARY[int(model.read("the").logits().argmax())]
    assert text_of(model, temperature=0.0, random_seed=1) == text_of(model, temperature=0.0, random_seed=2)


def test_the_quick_step_writes_what_the_network_itself_would(model: TextModel) -> None:
    slow = TextModel(random_model(layers=2), INFO, "The same, asked itself")
    slow._blank = ModelStepper(slow.model)
    assert text_of(slow, count=200) == text_of(model, count=200)


def test_an_alone_drawn_character_says_how_probable_it_was(model: TextModel) -> None:
    draft = Draft(model.read("the"), 1)
    assert draft.drawn is None
    expected = probabilities(draft.logits, SAMPLING)
    character = draft.write(SAMPLING, 1)
    assert draft.drawn is not None
    assert draft.drawn.character == character
    assert draft.drawn.probability == expected[VOCABULARY.index(character)]
    draft.write(SAMPLING, 2)
    assert draft.drawn is None


def test_a_picked_character_is_read_like_any_other(model: TextModel) -> None:
    draft = Draft(model.read("th"), 1)
    assert draft.put(VOCABULARY.index("e"), SAMPLING) == "e"
    np.testing.assert_allclose(draft.logits, model.read("the").logits(), atol=1e-6)
    assert draft.write(SAMPLING, 80) == text_of(model)


@pytest.mark.parametrize(
    ("seed", "read", "skipped"),
    [
        ("the 🙂 cat é é", "the  cat  ", ("🙂", "é")),
        ("THE", "", ("T", "H", "E")),
        ("a\r\nb", "a\nb", ()),
        ("a\rb", "ab", ("\r",)),
        ("\ud800a", "a", ("\ud800",)),
    ],
)
def test_characters_it_never_saw_are_skipped_and_named(
    model: TextModel, seed: str, read: str, skipped: tuple[str, ...]
) -> None:
    opening = model.read(seed)
    assert (opening.seed, opening.skipped) == (read, skipped)
    assert opening.note.startswith("Skipped") == bool(skipped)


def test_of_a_very_long_seed_the_end_is_read(model: TextModel, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(generation, "MAX_SEED", 600)
    seed = "the cat sat; " * 80_000
    opening = model.read(seed)
    assert opening.seed == seed[-600:]
    assert opening.note == "Only the last 600 of the seed's 1,040,000 characters are read."
    np.testing.assert_array_equal(opening.logits(), model.read(seed[-600:]).logits())


def test_an_empty_seed_begins_on_a_new_line(model: TextModel) -> None:
    opening = model.read("")
    assert (opening.seed, opening.note) == ("", "")
    np.testing.assert_array_equal(opening.logits(), model.read("\n").logits())


def test_reading_a_seed_can_be_given_up(model: TextModel) -> None:
    with pytest.raises(Cancelled):
        model.read("the", stopping=lambda: True)


def test_newer_weights_change_later_texts_and_no_text_that_is_begun(model: TextModel) -> None:
    own = TextModel(random_model(), INFO, "before")
    draft = Draft(own.read("the"), 1)
    before = text_of(own)
    own.load({name: weights * 0.5 for name, weights in own.model.state_dict().items()}, "after")
    assert own.read("the").model == "after"
    assert text_of(own) != before
    assert draft.write(SAMPLING, 80) == before


def test_a_model_that_went_astray_is_a_sentence() -> None:
    broken = random_model()
    with torch.no_grad():
        broken.head.bias.fill_(float("nan"))
    with pytest.raises(NoDistribution):
        text_of(TextModel(broken, INFO, "Astray"))


def test_a_model_without_a_vocabulary_is_a_sentence() -> None:
    with pytest.raises(NotReady, match="no vocabulary"):
        TextModel(random_model(), DataInfo((4,), ("a",)), "LeNet")


@pytest.fixture
def store(tmp_path: Path) -> RunStore:
    return RunStore(tmp_path / "runs")


def test_a_finished_run_and_its_trainer_write_the_same(store: RunStore) -> None:
    found, trainers, control = tiny_text.registry(), [], Control()
    launch = Launch(
        *(found, tiny_text.config(found), tiny_text.NOWHERE, store, control, lambda event: None, tiny.no_progress),
        ready=trainers.append,
    )
    ended = launch.run()
    live = LiveTextModel(trainers[0])
    kept = TextModel.of_run(store.find(ended.run), found)
    assert text_of(live.newest()) == text_of(kept)
    assert live.newest().name == kept.name == f"Tiny writer after {ended.step} steps"
    assert not live.moved


class Runner:
    """A trainer on a thread of its own; :attr:`paused` is set once it waits."""

    def __init__(self, recorder: Recorder | None = None, control: Control | None = None) -> None:
        self.losses: list[np.ndarray[Any, np.dtype[np.float32]]] = []
        self.paused = threading.Event()
        self.control = control or Control()
        self.trainer = Trainer(tiny_text.job(), control=self.control, emit=self._emit, recorder=recorder)
        self.thread = threading.Thread(target=self.trainer.fit)

    def _emit(self, event: Event) -> None:
        if isinstance(event, StepsLogged):
            self.losses.append(event.metrics["loss"])
        elif isinstance(event, Paused):
            self.paused.set()


@contextmanager
def running(runner: Runner) -> Iterator[Runner]:
    runner.thread.start()
    try:
        yield runner
    finally:
        runner.control.stop()
        runner.thread.join(PATIENCE)


def test_while_paused_the_text_is_that_of_the_weights_on_disk(store: RunStore) -> None:
    found, run = tiny_text.registry(), store.new("tiny-writer", "tiny-text")
    job = tiny_text.job(found)
    recorder = Recorder(run, lambda event: None)
    recorder.begin(job.config, job.info, job.machine)
    control = Control()
    control.step()
    with running(Runner(recorder, control)) as runner:
        assert runner.paused.wait(PATIENCE)
        live = LiveTextModel(runner.trainer)
        assert live.newest().name == "Tiny writer after 1 steps"
        assert text_of(live.newest()) == text_of(TextModel.of_run(run, found))
    recorder.run.release()


def test_texts_written_during_the_training_change_nothing_in_it() -> None:
    untouched = Runner()
    untouched.trainer.fit()
    with running(Runner()) as runner:
        live, texts = LiveTextModel(runner.trainer), set()
        while runner.thread.is_alive():
            texts.add(text_of(live.newest(), count=5))
        runner.thread.join(PATIENCE)
    assert texts
    np.testing.assert_array_equal(np.concatenate(runner.losses), np.concatenate(untouched.losses))
    assert tiny.same_weights(runner.trainer.job.model, untouched.trainer.job.model)


def test_a_run_of_another_task_is_a_sentence(store: RunStore) -> None:
    run = begun(store)
    run.end(RunEnded(run.id, "finished", 1, {}))
    with pytest.raises(NotReady, match=rf"The run {run.id} writes no text, it is for .*: train a language model first"):
        TextModel.of_run(run, tiny.registry())


def test_a_trainer_of_another_task_is_a_sentence() -> None:
    with pytest.raises(NotReady, match="Tiny writes no text"):
        LiveTextModel(Trainer(tiny.job())).newest()


def test_a_run_that_kept_nothing_is_a_sentence(store: RunStore) -> None:
    run = store.new("tiny-writer", "tiny-text")
    found = tiny_text.registry()
    run.begin(tiny_text.config(found), INFO, {})
    run.release()
    with pytest.raises(RunNotFound, match="kept no weights"):
        TextModel.of_run(run, found)
