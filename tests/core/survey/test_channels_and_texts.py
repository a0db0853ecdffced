from __future__ import annotations

import numpy as np
import pytest

from core.data import DataBundle, DataInfo, Split, TokenStream
from core.survey import measure_channels, survey_text
from core.survey.texts import readable


def test_mean_and_deviation_are_those_of_all_pixels_scaled_to_one() -> None:
    inputs = np.random.default_rng(0).integers(0, 256, (700, 3, 9, 11), np.uint8)
    inputs[:, 1] //= 3
    found = measure_channels(inputs)
    assert found is not None
    scaled = inputs / 255
    assert found.mean == pytest.approx(scaled.mean((0, 2, 3)))
    assert found.std == pytest.approx(scaled.std((0, 2, 3)))
    assert (found.pictures, found.total) == (700, 700)
    assert found.shares.sum(1) == pytest.approx([1, 1, 1])
    assert found.shares[1, 86:].sum() == 0


def test_of_very_many_pictures_evenly_spread_ones_are_read() -> None:
    inputs = np.zeros((100, 1, 2, 2), np.uint8)
    inputs[50:] = 255
    found = measure_channels(inputs, most=40)
    assert found is not None
    assert (found.pictures, found.total) == (10, 100)
    assert found.mean == pytest.approx((0.5,))


def test_measuring_stops_when_asked() -> None:
    assert measure_channels(np.zeros((10, 1, 2, 2), np.uint8), stopped=lambda: True) is None


def test_a_text_shows_its_beginning_its_length_and_its_most_frequent_tokens() -> None:
    vocabulary = ("\n", " ", "a", "b", "c")
    tokens = np.array([2, 2, 2, 1, 3, 0, 2, 1], np.uint8)
    info = DataInfo((4,), vocabulary, vocabulary=vocabulary)
    found = survey_text(DataBundle(info, TokenStream(tokens), TokenStream(tokens[:3]), None))
    assert found is not None
    assert found.beginning == "aaa b\na "
    assert found.tokens == {"train": 8, "validation": 3} and found.sequences == {}
    assert found.frequent == (("a", 4), ("space", 2), ("new line", 1), ("b", 1))
    assert (found.vocabulary, found.different, found.counted) == (5, 4, 8)


def test_sequences_are_shown_one_a_line_with_their_answers() -> None:
    vocabulary = ("a", "b", "?")
    part = Split(np.array([[0, 1, 2], [1, 1, 2]], np.uint8), np.array([0, -100]))
    found = survey_text(DataBundle(DataInfo((3,), vocabulary, vocabulary=vocabulary), part, part, part))
    assert found is not None
    assert found.beginning.splitlines() == ["ab?  →  a", "bb?"]
    assert found.sequences == {"train": 2, "validation": 2, "test": 2}
    assert found.tokens["train"] == 6


def test_a_survey_of_a_text_stops_when_asked_and_wants_a_vocabulary() -> None:
    stream = TokenStream(np.zeros(9, np.uint8))
    text = DataBundle(DataInfo((3,), ("a",), vocabulary=("a",)), stream, stream, None)
    assert survey_text(text, stopped=lambda: True) is None
    with pytest.raises(ValueError, match="vocabulary"):
        survey_text(DataBundle(DataInfo((3,), ("a",)), stream, stream, None))


@pytest.mark.parametrize(
    ("token", "words"), [(" ", "space"), ("\x07", "U+0007"), ("é", "é"), ("the", "the"), ("", "(empty)")]
)
def test_every_token_can_be_told_from_others(token: str, words: str) -> None:
    assert readable(token) == words
