"""t-SNE in its process: what it finds, how far it is, and that nothing is left of it."""

from __future__ import annotations

import os
import signal
import sys
import threading

import numpy as np
import pytest

from core.data import Cancelled
from core.embedding import tsne as module
from core.embedding.frame import EmbeddingError
from core.embedding.plane import principal_plane
from core.embedding.tsne import Tsne, largest_perplexity

MOST_ITERATIONS = 1_000_000


def clusters(rows: int, columns: int = 12) -> np.ndarray:
    chance = np.random.default_rng(0)
    middles = chance.normal(0, 10, (3, columns))
    return (middles[np.arange(rows) % 3] + chance.normal(0, 1, (rows, columns))).astype(np.float32)


def asked(rows: int = 90, **settings: float) -> Tsne:
    vectors = clusters(rows)
    return Tsne(vectors, principal_plane(vectors).positions, **settings)  # type: ignore[arg-type]


def gone(tsne: Tsne) -> bool:
    return tsne.process is not None and tsne.process.returncode is not None


def test_clusters_stay_apart_and_it_says_how_far_it_is() -> None:
    shares: list[float] = []
    tsne = asked(iterations=300)
    places = tsne.run(shares.append)
    middles = np.stack([places[group::3].mean(axis=0) for group in range(3)])
    nearest = np.linalg.norm(places[:, None] - middles, axis=2).argmin(axis=1)
    assert np.array_equal(nearest, np.arange(90) % 3)
    assert shares == sorted(shares) and shares[-1] == 1.0 and len(shares) > 3
    assert gone(tsne) and "sklearn.manifold" not in sys.modules


def test_the_same_samples_are_put_in_the_same_places() -> None:
    first, second = asked(iterations=250).run(), asked(iterations=250).run()
    assert np.allclose(first, second, atol=1e-2 * np.abs(first).max())


def test_cancelling_ends_the_process_at_once_and_leaves_no_thread() -> None:
    tsne = asked(400, iterations=MOST_ITERATIONS)
    before = threading.active_count()
    with pytest.raises(Cancelled):
        tsne.run(lambda share: tsne.cancel())
    assert gone(tsne) and threading.active_count() == before


def test_what_was_cancelled_before_it_began_never_begins() -> None:
    tsne = asked()
    tsne.cancel()
    with pytest.raises(Cancelled):
        tsne.run()
    assert tsne.process is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no SIGKILL")
def test_a_process_that_is_killed_by_somebody_else_is_a_sentence() -> None:
    tsne = asked(400, iterations=MOST_ITERATIONS)

    def kill(share: float) -> None:
        os.kill(tsne.process.pid, signal.SIGKILL)  # type: ignore[union-attr]

    with pytest.raises(EmbeddingError, match="take fewer samples"):
        tsne.run(kill)
    assert gone(tsne)


def test_what_scikit_learn_refuses_is_told_in_its_words() -> None:
    tsne = asked()
    tsne.perplexity = 1e6
    with pytest.raises(EmbeddingError, match="perplexity"):
        tsne.run()
    assert gone(tsne)


def test_a_program_that_cannot_be_started_is_a_sentence(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "_SCRIPT", module._SCRIPT.with_name("not_there.py"))
    with pytest.raises(EmbeddingError, match="ended before it was done"):
        asked().run()


def test_few_samples_have_few_neighbours_and_too_few_are_refused() -> None:
    tsne = asked(12, iterations=250)
    assert tsne.perplexity == largest_perplexity(12) < 30
    assert tsne.run().shape == (12, 2)
    with pytest.raises(EmbeddingError, match="10 samples"):
        asked(9).run()
