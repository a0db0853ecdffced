"""The next character is drawn from exactly the distribution that the settings describe."""

from __future__ import annotations

from typing import Any

import numpy as np
import pytest

from core.config import ConfigError, validated
from core.sampling import NoDistribution, Sampling, Writing, chances, draw, probabilities

SCORES = np.log(np.array([0.1, 0.4, 0.2, 0.3]))
NAN, INF = float("nan"), float("inf")


def shares(scores: Any = SCORES, **settings: Any) -> np.ndarray[Any, np.dtype[np.float64]]:
    return probabilities(np.asarray(scores), Sampling(**{"temperature": 1.0, **settings}))


def test_at_temperature_1_it_is_the_softmax() -> None:
    np.testing.assert_allclose(shares(), [0.1, 0.4, 0.2, 0.3])


def test_the_temperature_divides_the_scores() -> None:
    squared = np.array([0.01, 0.16, 0.04, 0.09])
    np.testing.assert_allclose(shares(temperature=0.5), squared / squared.sum())


@pytest.mark.parametrize("temperature", [0.0, 1e-9])
def test_at_temperature_0_the_likeliest_is_taken_and_of_equals_the_first(temperature: float) -> None:
    assert shares(temperature=temperature).tolist() == [0, 1, 0, 0]
    assert shares([1.0, 3.0, 3.0], temperature=temperature).tolist() == [0, 1, 0]


def test_top_k_keeps_the_k_likeliest() -> None:
    np.testing.assert_allclose(shares(top_k=2), [0, 4 / 7, 0, 3 / 7])
    assert shares([1.0, 1.0, 1.0], top_k=2).tolist() == [0.5, 0.5, 0.0]


@pytest.mark.parametrize("k", [0, 4, 10**30])
def test_top_k_of_none_or_more_than_there_are_keeps_all(k: int) -> None:
    np.testing.assert_array_equal(shares(top_k=k), shares())


def test_top_p_keeps_the_fewest_that_reach_p() -> None:
    np.testing.assert_allclose(shares(top_p=0.69), [0, 4 / 7, 0, 3 / 7])
    np.testing.assert_allclose(shares(top_p=0.71), [0, 4 / 9, 2 / 9, 3 / 9])
    assert shares(top_p=0.0).tolist() == [0, 1, 0, 0]
    np.testing.assert_array_equal(shares(top_p=1.0), shares())


def test_top_p_is_taken_of_what_top_k_left() -> None:
    # Of all, 0.4 and 0.3 have less than 0.75; of the two that top-k leaves, they have all.
    np.testing.assert_allclose(shares(top_k=2, top_p=0.75), [0, 4 / 7, 0, 3 / 7])
    assert shares(top_k=2, top_p=0.5).tolist() == [0, 1, 0, 0]


@pytest.mark.parametrize("settings", [{}, {"temperature": 0.7}, {"top_k": 3}, {"top_p": 0.8}, {"temperature": 0.0}])
def test_a_chance_picks_the_token_it_falls_on(settings: dict[str, Any]) -> None:
    sampling = Sampling(**{"temperature": 1.0, **settings})
    ends = np.cumsum(probabilities(SCORES, sampling))
    for chance in np.linspace(0, 1, 997, endpoint=False):
        expected = int(np.argmax(ends > chance))
        assert abs(ends - chance).min() < 1e-12 or draw(SCORES, sampling, float(chance)) == expected


def test_the_largest_and_the_smallest_chance_draw_a_token_that_can_be_drawn() -> None:
    scores = np.array([-INF, 0.0, -1.0, -INF], np.float32)
    assert draw(scores, Sampling(), 0.0) == 1
    assert draw(scores, Sampling(), np.nextafter(1.0, 0.0)) == 2


def test_a_random_seed_gives_the_same_chances_and_the_frequencies_are_right() -> None:
    first, again = chances(5), chances(5)
    drawn = [draw(SCORES, Sampling(temperature=1.0), first.random()) for _ in range(20_000)]
    assert drawn[:100] == [draw(SCORES, Sampling(temperature=1.0), again.random()) for _ in range(100)]
    np.testing.assert_allclose(np.bincount(drawn) / len(drawn), [0.1, 0.4, 0.2, 0.3], atol=0.015)


@pytest.mark.parametrize("scores", [[NAN, 1.0], [1.0, NAN], [INF, 1.0], [NAN, NAN], [-INF, -INF]])
@pytest.mark.parametrize("temperature", [0.0, 1.0])
def test_scores_that_are_no_numbers_are_a_sentence(scores: list[float], temperature: float) -> None:
    with pytest.raises(NoDistribution, match=r"no numbers.*smaller rate\.$"):
        shares(scores, temperature=temperature)


def test_enormous_scores_and_a_tiny_temperature_do_not_overflow() -> None:
    scores = np.array([3e38, -3e38, 2.9e38], np.float32)
    with np.errstate(all="raise", under="ignore"):
        assert shares(scores, temperature=0.001).tolist() == [1, 0, 0]
        np.testing.assert_allclose(shares([0.0, 1.0], temperature=100.0), [0.5, 0.5], atol=0.01)


@pytest.mark.parametrize(
    ("wrong", "words"),
    [
        ({"temperature": "-1"}, "temperature must be at least 0"),
        ({"temperature": "nan"}, "temperature must be a finite number"),
        ({"top_k": "-1"}, "top_k must be at least 0"),
        ({"top_p": "1.5"}, "top_p must be at most 1"),
        ({"length": "0"}, "length must be at least 1"),
        ({"length": "10000001"}, "length must be at most 10000000"),
        ({"random_seed": "-3"}, "random_seed must be at least 0"),
    ],
)
def test_a_setting_that_cannot_be_is_a_sentence(wrong: dict[str, str], words: str) -> None:
    with pytest.raises(ConfigError, match=words):
        validated(Writing, wrong)
