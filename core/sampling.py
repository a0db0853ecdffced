"""How the next character is drawn from a network's scores: temperature, top-k, top-p and a random seed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
from numpy.typing import NDArray

from core.config import Config, setting
from core.errors import UserError

COLDEST = 1e-3
"""Temperatures below this count as 0: the likeliest character is taken."""
MAX_LENGTH = 10_000_000
MAX_RANDOM_SEED = 2**31 - 1


class Sampling(Config):
    """How boldly characters are drawn."""

    temperature: float = setting(
        *(0.8, "Temperature", "Below 1 the likely characters become likelier, above 1 less so; 0 takes the likeliest."),
        minimum=0.0,
        maximum=100.0,
    )
    top_k: int = setting(
        *(0, "Top-k", "Draw among so many of the likeliest characters; 0 draws among all."),
        unit="characters",
        minimum=0,
    )
    top_p: float = setting(
        *(1.0, "Top-p", "Draw among the likeliest characters that together have this probability; 1 draws among all."),
        minimum=0.0,
        maximum=1.0,
    )


class Writing(Sampling):
    """Everything a text depends on but the model and the seed it begins with."""

    length: int = setting(
        1000, "Length", "How much is written after the seed.", unit="characters", minimum=1, maximum=MAX_LENGTH
    )
    random_seed: int = setting(
        *(0, "Random seed", "The same seed, model and settings give the same text again."),
        minimum=0,
        maximum=MAX_RANDOM_SEED,
    )


class NoDistribution(UserError):
    """The scores are no numbers."""


def probabilities(logits: NDArray[np.floating[Any]], sampling: Sampling) -> NDArray[np.float64]:
    """The probability of each token to be drawn: float64, V; those that are cut off have 0.

    In this order: the scores are divided by the temperature and made probabilities (softmax); top-k keeps the k
    likeliest tokens (of equals the one with the lower index; Fan et al. 2018, "Hierarchical Neural Story Generation");
    top-p keeps the fewest of the likeliest of these whose share of what is left reaches p, at least one (Holtzman
    et al. 2020, "The Curious Case of Neural Text Degeneration"); what is kept is scaled to a sum of 1.

    Raises:
        NoDistribution: where the scores hold NaN or +∞.
    """
    heights = _heights(logits, sampling)
    shares: NDArray[np.float64] = heights / heights.sum()
    return shares


def draw(logits: NDArray[np.floating[Any]], sampling: Sampling, chance: float) -> int:
    """The token that ``chance``, a uniform number in [0, 1), picks from :func:`probabilities`.

    The tokens lie on a line in the order of their indices, each as long as its probability; the one that
    ``chance`` falls on is drawn. Every draw takes one number, at temperature 0 too, so that moving a
    setting in the middle of a text does not change the numbers of the later draws.

    Raises:
        NoDistribution: where the scores hold NaN or +∞.
    """
    ends = _heights(logits, sampling).cumsum()
    return int(ends.searchsorted(chance * ends[-1], side="right"))


def chances(random_seed: int) -> np.random.Generator:
    """The uniform numbers of one text: ``.random()`` of PCG64 (O'Neill 2014) with that seed."""
    return np.random.Generator(np.random.PCG64(random_seed))


def _heights(logits: NDArray[np.floating[Any]], sampling: Sampling) -> NDArray[np.float64]:
    """Proportional to the probabilities; the likeliest token has 1."""
    heights: NDArray[np.float64] = np.asarray(logits, dtype=np.float64)
    best = int(heights.argmax())  # the first NaN, where there is one
    top = float(heights[best])
    if not math.isfinite(top):
        raise NoDistribution(
            "The network's scores are no numbers, since its training went astray: start again with a smaller rate."
        )
    if sampling.temperature < COLDEST:
        heights = np.zeros(len(logits))
        heights[best] = 1.0
        return heights
    heights = heights - top
    heights /= sampling.temperature
    np.exp(heights, out=heights)
    if 0 < sampling.top_k < len(heights):
        heights = _kept(heights, _likeliest_first(heights)[: sampling.top_k])
    if sampling.top_p < 1.0:
        order = _likeliest_first(heights)
        sums = heights[order].cumsum()
        enough = int(sums.searchsorted(sampling.top_p * sums[-1])) + 1
        heights = _kept(heights, order[:enough])
    return heights


def _likeliest_first(heights: NDArray[np.float64]) -> NDArray[np.intp]:
    return np.argsort(-heights, kind="stable")


def _kept(heights: NDArray[np.float64], tokens: NDArray[np.intp]) -> NDArray[np.float64]:
    kept = np.zeros_like(heights)
    kept[tokens] = heights[tokens]
    return kept
