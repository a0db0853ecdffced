"""Principal components beside scikit-learn's, and frames that never flip."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn.decomposition import PCA

from core.embedding.frame import EmbeddingError
from core.embedding.plane import aligned, principal_plane


def cloud(rows: int, columns: int, seed: int = 0) -> np.ndarray:
    """A few clusters, longer in some directions than in others, far from the origin."""
    chance = np.random.default_rng(seed)
    middles = chance.normal(0, 3, (5, columns))
    found = middles[np.arange(rows) % 5] + chance.normal(0, 1, (rows, columns)) * np.linspace(2, 0.5, columns)
    return (found + 40).astype(np.float32)


@pytest.mark.parametrize(("rows", "columns"), [(300, 2), (300, 84), (40, 84), (700, 600), (600, 900)])
def test_the_plane_is_the_one_that_scikit_learn_finds(rows: int, columns: int) -> None:
    vectors = cloud(rows, columns)
    found = principal_plane(vectors)
    theirs = PCA(2, svd_solver="full").fit(vectors.astype(np.float64))
    expected = theirs.transform(vectors.astype(np.float64))
    for axis in (0, 1):
        ours = found.positions[:, axis]
        assert np.allclose(np.abs(ours), np.abs(expected[:, axis]), atol=2e-3 * np.abs(expected).max())
        assert abs(np.corrcoef(ours, expected[:, axis])[0, 1]) > 0.9999
    assert found.explained == pytest.approx(tuple(theirs.explained_variance_ratio_), rel=1e-4)


def test_the_same_numbers_lie_the_same_way_and_are_left_as_they_were() -> None:
    vectors = cloud(200, 30)
    before = vectors.copy()
    first, second = principal_plane(vectors), principal_plane(vectors)
    assert np.array_equal(first.positions, second.positions)
    assert np.array_equal(vectors, before)
    assert np.allclose(first.positions.mean(axis=0), 0, atol=1e-3)


@pytest.mark.parametrize("mirrored", [False, True])
@pytest.mark.parametrize("angle", [0.0, 1.0, np.pi / 2, np.pi, 4.0])
def test_a_frame_that_is_only_turned_or_mirrored_comes_back_to_where_it_was(angle: float, mirrored: bool) -> None:
    before = principal_plane(cloud(100, 10)).positions
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    after = before @ turn * ([1, -1] if mirrored else [1, 1])
    assert np.allclose(aligned(after.astype(np.float32), before), before, atol=1e-4)


def test_frames_follow_each_other_without_a_jump_where_the_components_change_places() -> None:
    """The spread in the second direction outgrows that in the first: by themselves, the axes would be exchanged."""
    chance = np.random.default_rng(1)
    shape = chance.normal(0, 1, (400, 6))
    steps, jumps = np.linspace(0, 1, 41), []
    before = principal_plane(shape * [2, 1, *[0.1] * 4]).positions
    plain = before
    for share in steps:
        now = principal_plane((shape * [2 - share, 1 + share, *[0.1] * 4]).astype(np.float32)).positions
        laid = aligned(now, before)
        assert np.allclose(np.linalg.norm(laid, axis=1), np.linalg.norm(now, axis=1), atol=1e-3), "nothing is stretched"
        moved = np.linalg.norm(laid - before, axis=1).mean() / np.linalg.norm(before, axis=1).mean()
        jumps.append(np.linalg.norm(now - plain, axis=1).mean() / np.linalg.norm(before, axis=1).mean())
        assert moved < 0.1
        before, plain = laid, now
    assert max(jumps) > 0.5, "without aligning, they would have jumped"


def test_frames_of_different_numbers_of_samples_are_laid_upon_each_other_by_those_that_both_have() -> None:
    whole = principal_plane(cloud(100, 10)).positions
    part = -whole[:60]
    assert np.allclose(aligned(part, whole), whole[:60] - 0, atol=0.6)
    assert np.corrcoef(aligned(part, whole)[:, 0], whole[:60, 0])[0, 1] > 0.99


@pytest.mark.parametrize(
    ("vectors", "word"),
    [
        (np.ones((50, 8), np.float32) * 3, "one and the same point"),
        (np.zeros((50, 8), np.float32), "one and the same point"),
        (cloud(50, 1), "single number"),
        (cloud(2, 8), "only 2 samples"),
        (np.where(np.eye(50, 8) > 0, np.nan, 1).astype(np.float32), "NaN"),
        (np.where(np.eye(50, 8) > 0, np.inf, 1).astype(np.float32), "NaN"),
    ],
)
def test_where_there_is_no_plane_a_sentence_says_why(vectors: np.ndarray, word: str) -> None:
    with pytest.raises(EmbeddingError, match=word) as refused:
        principal_plane(vectors)
    assert str(refused.value).endswith(".")


def test_points_on_a_line_are_a_line_in_the_plane() -> None:
    vectors = np.outer(np.arange(30), [1, 2, 3]).astype(np.float32)
    found = principal_plane(vectors)
    assert found.explained == pytest.approx((1.0, 0.0), abs=1e-9)
    assert np.ptp(found.positions[:, 0]) > 100 and np.ptp(found.positions[:, 1]) < 1e-3
