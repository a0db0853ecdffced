"""Typed texts are answered after every letter, by a kept run or by one that goes on; the odd ones in a sentence."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch
from torch import Tensor, nn

from core.data import DataInfo
from core.inference import NotReady
from core.runs import RunStore
from core.trainer import Trainer
from core.typed_answer import TypedAnswer
from core.typed_answers import EMPTY, LONGEST, LiveTextClassifier, TextClassifier
from tests.core import tiny, tiny_names, tiny_text


@pytest.fixture
def classifier() -> TextClassifier:
    return TextClassifier(tiny_names.taught(), tiny_names.INFO, "Tiny reader")


def best(answer: TypedAnswer, letters: int) -> str:
    return answer.classes[int(answer.shares[letters - 1].argmax())]


def test_there_is_an_answer_after_every_letter(classifier: TextClassifier) -> None:
    answer = classifier.answer(" Abdfe ")
    assert answer.read == tuple("abdfe")
    assert answer.shares.shape == (5, 2)
    assert np.allclose(answer.shares.sum(axis=1), 1)
    assert [best(answer, count) for count in (1, 2, 3, 5)] == ["Early", "Early", "Early", "Late"]
    assert (answer.text, answer.model, answer.note) == ("Abdfe", "Tiny reader", "")


def test_each_beginning_is_answered_as_if_it_had_been_typed_alone(classifier: TextClassifier) -> None:
    whole = classifier.answer("abdfead")
    for count in range(1, 8):
        assert np.allclose(classifier.answer("abdfead"[:count]).final, whole.shares[count - 1], atol=1e-6)


def test_as_a_prediction_the_likeliest_class_comes_first(classifier: TextClassifier) -> None:
    prediction = classifier.answer("def").prediction()
    assert prediction.labels == ("Late", "Early")
    assert prediction.probabilities[0] == pytest.approx(1 / (1 + np.exp(-3)), abs=1e-5)
    assert prediction.name == "def"


def test_unknown_letters_are_named_and_marked(classifier: TextClassifier) -> None:
    answer = classifier.answer("a山b")
    assert answer.unknown == (False, True, False)
    assert answer.note == "Unknown to the network: 山."


@pytest.mark.parametrize("text", ["", "   ", "\n\t\u200b"])
def test_nothing_typed_is_a_sentence(classifier: TextClassifier, text: str) -> None:
    with pytest.raises(NotReady, match=EMPTY):
        classifier.answer(text)


def test_a_name_of_unknown_letters_alone_is_a_sentence(classifier: TextClassifier) -> None:
    with pytest.raises(
        NotReady, match=r"does not know 山, 田: it learnt from names in other letters such as a, b, c\."
    ):
        classifier.answer("山田")


@pytest.mark.parametrize("letter", ["a", "Ä"])
def test_of_ten_thousand_letters_the_first_are_read(classifier: TextClassifier, letter: str) -> None:
    answer = classifier.answer(letter * 10_000)
    assert len(answer.read) == tiny_names.LENGTH
    assert answer.note == "Only the first 8 letters are read."
    assert classifier.answer(letter * tiny_names.LENGTH).note == ""


def test_ten_million_letters_cost_no_more(classifier: TextClassifier) -> None:
    assert len(classifier.answer("ab" * 5_000_000).text) <= 10_000


@pytest.mark.parametrize("text", ["\x1b[31mab", "a\u202eb", "\ud800a", "a\0b", "🙂a"])
def test_control_characters_and_half_characters_do_no_harm(classifier: TextClassifier, text: str) -> None:
    answer = classifier.answer(text)
    assert "\x1b" not in answer.text
    answer.text.encode()
    answer.note.encode()


def test_weights_that_are_no_numbers_are_a_sentence(classifier: TextClassifier) -> None:
    with torch.no_grad():
        classifier.model.votes.weight.fill_(float("nan"))
    with pytest.raises(NotReady, match="answers with no numbers"):
        classifier.answer("abc")


@pytest.mark.parametrize(
    "info",
    [
        DataInfo((1, 8, 8), ("a", "b")),
        DataInfo((8,), ("a", "b"), vocabulary=("a", "b")),
    ],
)
def test_what_does_not_classify_texts_says_so(info: DataInfo) -> None:
    with pytest.raises(NotReady, match="train a network on names first"):
        TextClassifier(tiny_names.taught(), info, "This")


def test_a_run_from_elsewhere_cannot_fill_the_memory() -> None:
    info = DataInfo((2**24,), ("Early", "Late"), vocabulary=tiny_names.VOCABULARY)
    assert len(TextClassifier(tiny_names.taught(), info, "This").answer("ab" * 5000).read) == LONGEST


def test_without_padding_each_beginning_is_shown_as_it_is() -> None:
    class Counts(nn.Module):
        """Takes any length: the class is whether there are more than two letters."""

        def forward(self, inputs: Tensor) -> Tensor:
            return torch.tensor([[2.5, float(inputs.shape[1])]])

    info = DataInfo((8,), ("Short", "Long"), vocabulary=tuple("abc"))
    answer = TextClassifier(Counts(), info, "Counter").answer("abca")
    assert [best(answer, count) for count in (1, 2, 3, 4)] == ["Short", "Short", "Long", "Long"]


def test_a_kept_run_answers(tmp_path: Path) -> None:
    found = tiny_names.registry()
    classifier = TextClassifier.of_run(tiny_names.kept_run(RunStore(tmp_path), found), found)
    assert classifier.answer("abc").order()[0] == 0
    assert classifier.answer("fed").order()[0] == 1
    assert classifier.name == "Tiny reader after 100 steps"


def test_a_kept_run_of_another_task_says_so(tmp_path: Path) -> None:
    found = tiny_text.registry()
    run = tiny_text.kept_run(RunStore(tmp_path), found)
    with pytest.raises(NotReady, match="is for tiny words, not for texts that are typed"):
        TextClassifier.of_run(run, found)


class TestLive:
    def test_newer_weights_are_used_once_they_came(self) -> None:
        trainer = Trainer(tiny_names.job())
        trainer.control.close()  # as after the end: what is asked for is done at once
        live = LiveTextClassifier(trainer)
        first = live.answer("abc")
        assert (live.step, live.moved) == (0, False)
        trainer.fit()
        assert live.moved
        assert np.array_equal(live.answer("abc").shares, first.shares), "nobody asked for newer ones"
        live.ask()
        assert live.answer("abc").order()[0] == 0
        assert (live.step, live.moved) == (100, False)
        assert live.answer("abc").model == "Tiny reader after 100 steps"

    def test_a_run_that_goes_on_is_neither_waited_for_nor_changed(self) -> None:
        trainer, untouched = Trainer(tiny_names.job()), Trainer(tiny_names.job())
        live = LiveTextClassifier(trainer)
        ready = trainer.control.at_safe_point(lambda: None)
        assert not ready.done()
        coming = live.ask()
        assert coming is live.ask(), "what is on its way is not asked for again"
        assert not coming.done()
        trainer.fit()
        assert coming.done()
        live.answer("abc")
        untouched.fit()
        assert tiny.same_weights(trainer.job.model, untouched.job.model)

    def test_a_network_for_pictures_says_so(self) -> None:
        trainer = Trainer(tiny.job())
        with pytest.raises(NotReady, match="not for texts that are typed"):
            LiveTextClassifier(trainer).answer("abc")


def test_an_answer_has_a_row_for_every_letter() -> None:
    with pytest.raises(ValueError, match="2 letters"):
        TypedAnswer("ab", ("a", "b"), (False, False), ("x",), np.ones((1, 1), np.float32), "m")
