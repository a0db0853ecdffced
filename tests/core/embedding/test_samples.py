"""Which samples are looked at, and by what they are coloured."""

from __future__ import annotations

import numpy as np
import pytest
import torch

from core.batches import Batches
from core.data import DataInfo, Split, TokenStream
from core.embedding.frame import Frame
from core.embedding.grouping import KINDS, MOST_GROUPS, OTHERS, by_class, for_characters, kind_of
from core.embedding.samples import THUMBNAIL, WARM, WINDOW, balanced, samples_of
from core.embedding.telling import told
from core.token_batches import SequenceBatches, StreamBatches
from tests.core import tiny, tiny_names, tiny_text

CPU = torch.device("cpu")


def pictures(targets: list[int], side: int = 5, classes: str = "abc") -> object:
    found = tiny.job()
    found.info = DataInfo((1, side, side), tuple(classes), (0.1,), (0.3,))
    inputs = np.random.default_rng(0).integers(0, 256, (len(targets), 1, side, side)).astype(np.uint8)
    found.validation = Batches(Split(inputs, np.array(targets, np.int64)), found.info, 8, CPU)
    return found


def test_any_first_samples_hold_the_classes_evenly_and_they_are_always_the_same() -> None:
    targets = np.array([0] * 500 + [1] * 60 + [2] * 5)
    rows = balanced(targets, 300)
    assert np.array_equal(rows, balanced(targets, 300))
    assert len(set(rows.tolist())) == 300
    assert np.bincount(targets[rows[:15]]).tolist() == [5, 5, 5]
    assert np.bincount(targets[rows]).tolist() == [235, 60, 5]
    assert rows[targets[rows] == 0].tolist() != list(range(235)), "by chance, not the first ones"


def test_pictures_are_given_as_training_gives_them() -> None:
    found = pictures([0, 1, 2, 0, 1])
    samples = samples_of(found, 4)
    batch = samples.batch(1, 4)
    source = found.validation
    expected = (source.inputs[samples.rows[1:4]].float() / 255 - 0.1) / 0.3
    assert torch.allclose(batch.inputs, expected, atol=1e-6)
    assert batch.targets.tolist() == samples.targets[1:4].tolist()
    assert np.array_equal(samples.thumbnails, source.inputs[samples.rows].numpy())
    assert samples.where(2) == (2, -1)


def test_large_pictures_are_shown_with_fewer_pixels() -> None:
    samples = samples_of(pictures([0, 1, 2], side=THUMBNAIL * 2 + 1), 3)
    assert samples.thumbnails is not None and samples.thumbnails.shape[2:] == (33, 33)


def test_targets_that_are_no_classes_are_coloured_by_their_number() -> None:
    colourings = samples_of(pictures([0, 3, 5], classes="a"), 3).colourings
    assert [colouring.title for colouring in colourings] == ["Class"]
    assert colourings[0].names == ("0", "1", "2", "3", "4", "5")


def test_of_a_text_stretches_all_over_it_are_taken_and_their_beginnings_only_read() -> None:
    found = tiny_text.job()
    tokens = np.arange(20_000) % 23
    found.validation = StreamBatches(TokenStream(tokens.astype(np.uint8)), 16, 4, CPU)
    samples = samples_of(found, 1000)
    assert len(samples) == 1000 and samples.tokens is not None and samples.mask is not None
    assert samples.tokens.shape == (16, WINDOW)
    assert not samples.mask[:, :WARM].any()
    assert samples.rows.min() == 0 and samples.rows.max() == 20_000 - 1 - WINDOW
    row, place = samples.where(500)
    start = samples.rows[row]
    assert samples.read[500] == tokens[start + place] and samples.targets[500] == tokens[start + place + 1]
    batch = samples.batch(2, 5)
    assert batch.inputs.shape == batch.targets.shape == (3, WINDOW) and batch.state is None
    assert torch.equal(batch.inputs[:, 1:], batch.targets[:, :-1])


@pytest.mark.parametrize("length", [2, 3, 40, 97, 150])
def test_a_short_text_gives_what_it_has(length: int) -> None:
    found = tiny_text.job()
    found.validation = StreamBatches(TokenStream((np.arange(length) % 5).astype(np.uint8)), 16, 4, CPU)
    samples = samples_of(found, 1000)
    assert 1 <= len(samples) < length
    assert samples.targets.tolist() == [(read + 1) % 5 for read in samples.read.tolist()]


def test_names_are_samples_as_wholes_and_those_without_an_answer_are_none() -> None:
    found = tiny_names.job()
    targets = np.array([0, 1, -100, 1, 0, -100])
    split = Split(np.arange(6 * 8).reshape(6, 8).astype(np.uint8) % 8, targets)
    found.validation = SequenceBatches(split, 4, CPU)
    samples = samples_of(found, 10)
    assert sorted(samples.rows.tolist()) == [0, 1, 3, 4] and samples.targets.tolist() == targets[samples.rows].tolist()
    assert np.array_equal(samples.tokens, split.inputs[samples.rows])
    assert [colouring.title for colouring in samples.colourings] == ["Class", "Network's guess"]


def test_of_sequences_with_an_answer_at_some_tokens_these_are_the_samples() -> None:
    found = tiny_text.job()
    targets = np.full((30, 6), -100)
    targets[:, 2:5] = 1
    found.validation = SequenceBatches(Split(np.zeros((30, 6), np.uint8), targets), 4, CPU)
    samples = samples_of(found, 10)
    assert len(samples) == 10 and len(samples.rows) == 4
    assert [samples.where(sample)[1] for sample in range(4)] == [2, 3, 4, 2]


def test_tokens_that_are_of_a_class_each_are_coloured_by_it() -> None:
    found = tiny_text.job()
    found.info = DataInfo((6,), ("noun", "verb"), vocabulary=tuple("abc"))
    split = Split(np.arange(24).reshape(4, 6).astype(np.uint8) % 3, np.arange(24).reshape(4, 6) % 2)
    found.validation = SequenceBatches(split, 4, CPU)
    samples = samples_of(found, 24)
    assert samples.colourings[0].names == ("noun", "verb")
    frame = Frame(*(np.zeros((24, 2), np.float32),) * 2, (1, 0), samples.targets, np.ones(24, np.float32), "", "", 0)
    said = told(samples, frame, 8)
    assert said.truth in ("noun", "verb") and not said.asked and not said.wrong


def test_of_very_many_classes_the_rarest_share_a_colour() -> None:
    counts = np.arange(100)
    colouring = by_class("Class", "truth", [f"c{index}" for index in range(100)], counts)
    assert len(colouring.names) == MOST_GROUPS and colouring.names[-1] == OTHERS
    groups = colouring.of(np.array([99, 61, 60, 0, -1, 500]))
    assert groups.tolist() == [38, 0, 39, 39, -1, -1]
    assert colouring.names[0] == "c61"


@pytest.mark.parametrize(
    ("token", "kind"),
    [
        *(("a", "vowel"), ("é", "vowel"), ("b", "consonant"), ("ß", "other letter"), ("Q", "capital")),
        *(("7", "digit"), (" ", "space"), ("\n", "line break"), ("\t", "space"), (".", "punctuation")),
        *(("=", "other sign"), ("", "other sign"), ("\x00", "other sign"), ("ab", "other sign")),
        *(("ж", "other letter"), ("語", "other letter")),
    ],
)
def test_each_character_is_of_a_kind(token: str, kind: str) -> None:
    assert kind_of(token) == kind and kind in KINDS


def test_few_characters_have_a_colour_each_and_many_one_a_kind() -> None:
    few = for_characters(("a", "b", "\n"), np.ones(3, np.int64))
    assert few[0].names == ("a", "b", "newline")
    many = for_characters(tuple("abcdefghijklmnopqrstuvwxyz .\n"), np.ones(29, np.int64))
    assert many[0].names == ("vowel", "consonant", "space", "line break", "punctuation")
    assert many[0].of(np.array([0, 1, 26]))[:].tolist() == [0, 1, 2]
    assert many[-1].names[0] == "a"
