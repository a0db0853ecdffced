from __future__ import annotations

import numpy as np
import pytest

from core.picture_folders.order import edges, interleaved


def test_every_row_comes_once_and_always_in_the_same_order() -> None:
    labels = np.random.default_rng(1).integers(0, 7, 500)
    order = interleaved(labels)
    assert sorted(order.tolist()) == list(range(500))
    assert np.array_equal(order, interleaved(labels))
    assert not np.array_equal(order, np.arange(500))


def test_every_beginning_holds_the_classes_in_their_shares() -> None:
    labels = np.repeat(np.arange(4), (400, 200, 100, 10))
    order = interleaved(labels)
    assert sorted(labels[order[:4]].tolist()) == [0, 1, 2, 3], "one of each comes first"
    for share in (0.25, 0.5, 0.8, 0.9):
        counts = np.bincount(labels[order[: round(share * len(labels))]], minlength=4)
        assert np.abs(counts - share * np.array([400, 200, 100, 10])).max() <= 2


def test_no_row_at_all_is_no_failure() -> None:
    assert len(interleaved(np.empty(0, np.int64))) == 0


@pytest.mark.parametrize(
    ("count", "classes", "shares", "expected"),
    [
        (100, 2, (0.1, 0.2), [0, 70, 80, 100]),
        (50_000, 10, (0.1, 0.0), [0, 45_000, 50_000, 50_000]),
        (100, 2, (0.0, 0.0), [0, 100, 100, 100]),
        (6, 2, (0.1, 0.1), [0, 4, 5, 6]),  # a share rounds to one picture at least
        (4, 2, (0.1, 0.1), [0, 2, 3, 4]),
        (3, 2, (0.1, 0.1), [0, 2, 3, 3]),  # and every class has something to learn from
        (2, 2, (0.1, 0.1), [0, 2, 2, 2]),
    ],
)
def test_parts_are_cut_where_the_shares_say(
    count: int, classes: int, shares: tuple[float, ...], expected: list[int]
) -> None:
    assert edges(count, classes, shares) == expected
