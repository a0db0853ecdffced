"""Which cells follow something, which remember a phrase, and where else they do."""

from __future__ import annotations

import numpy as np
import pytest

from core.passages import MOST_PASSAGES, Memory, correlations, remembering, similar_passages

LENGTH = 60


def cells(**columns: range) -> np.ndarray:
    """A column a cell, 0.9 in its range and slightly noisy elsewhere."""
    found = np.random.default_rng(0).normal(0, 0.02, (LENGTH, len(columns)))
    for number, where in enumerate(columns.values()):
        found[where, number] += 0.9
    return found


def test_correlation_is_that_of_pearson() -> None:
    chance = np.random.default_rng(1)
    values, signal = chance.normal(size=(LENGTH, 5)), chance.normal(size=LENGTH)
    expected = [np.corrcoef(values[:, cell], signal)[0, 1] for cell in range(5)]
    np.testing.assert_allclose(correlations(values, signal), expected, atol=1e-6)


def test_what_never_changes_correlates_with_nothing() -> None:
    values = np.stack([np.full(LENGTH, 0.5), np.arange(LENGTH)], axis=1)
    assert correlations(values, np.arange(LENGTH)).tolist() == pytest.approx([0.0, 1.0])
    assert correlations(values, np.ones(LENGTH)).tolist() == [0.0, 0.0]


def test_the_cells_active_along_a_phrase_are_found_whatever_their_sign_and_size() -> None:
    values = cells(
        high=range(10, 20), half=range(10, 15), elsewhere=range(40, 50), low=range(10, 20), dim=range(10, 20)
    )
    values[:, 3] *= -1
    values[:, 4] *= 0.01
    found = {memory.cell: memory for memory in remembering(values, 10, 20)}
    assert set(found) == {0, 3, 4}
    assert [found[cell].sign for cell in (0, 3, 4)] == [1, -1, 1]
    assert all(memory.share == 1.0 and memory.strength > 1.5 for memory in found.values())


def test_one_letter_in_five_may_interrupt_a_memory() -> None:
    values = cells(flickers=range(10, 20))
    values[14] = values[17] = 0.0
    (memory,) = remembering(values, 10, 20)
    assert memory.share == pytest.approx(0.8)
    values[15] = 0.0
    assert remembering(values, 10, 20) == []


def test_the_surest_memory_comes_first() -> None:
    values = cells(long=range(10, 50), exact=range(10, 20))
    assert [memory.cell for memory in remembering(values, 10, 20)] == [1, 0]


def test_an_empty_phrase_is_remembered_by_none() -> None:
    assert remembering(cells(a=range(5)), 7, 7) == []
    assert similar_passages(cells(a=range(5)), [], 3, 6) == []


def test_other_passages_are_found_and_the_phrase_itself_is_none_of_them() -> None:
    values = np.concatenate([cells(a=range(10, 20), b=range(10, 20)), cells(a=range(30, 38), b=range(30, 38))])
    found = similar_passages(values, remembering(values, 10, 20), 10, 20)
    assert [(passage.first, passage.end) for passage in found] == [(90, 98)]
    assert found[0].share > 0.9


def test_a_passage_needs_most_of_the_cells_and_half_of_the_length() -> None:
    first = cells(a=range(10, 20), b=range(10, 20), c=range(10, 20), d=range(10, 20))
    half_of_them = cells(a=range(10, 20), b=range(10, 20), c=range(0), d=range(0))
    too_short = cells(a=range(10, 12), b=range(10, 12), c=range(10, 12), d=range(10, 12))
    values = np.concatenate([first, half_of_them, too_short])
    assert similar_passages(values, remembering(values, 10, 20), 10, 20) == []


def test_the_most_alike_comes_first_and_there_are_not_too_many() -> None:
    signal = np.tile(np.repeat([1.0, -1.0], 6), 200)
    values = np.stack([signal, signal, signal, signal], axis=1)
    values[: len(values) // 2, 3] = -1.0
    found = similar_passages(values, [Memory(cell, 1, 1.0, 1.0) for cell in range(4)], 2388, 2394)
    assert len(found) == MOST_PASSAGES
    shares = [passage.share for passage in found]
    assert shares == sorted(shares, reverse=True)
    assert all(passage.first >= len(values) // 2 for passage in found)
