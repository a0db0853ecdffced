"""t-SNE beside the map that follows the training."""

from __future__ import annotations

import subprocess
from collections.abc import Callable
from functools import partial

import numpy as np
import pytest

from core.embedding.tsne import Tsne
from gui.embedding import reduction
from tests.gui.embedding.conftest import Bench
from tests.gui.session_bench import PATIENCE_MS

ENDLESS = partial(Tsne, iterations=10_000_000)


def test_tsne_is_computed_when_it_is_chosen_and_says_of_which_weights(bench: Bench) -> None:
    bench.page.show()
    bench.train(epochs=1)
    before = bench.page.scatter._motion.target
    with bench.qtbot.waitSignal(bench.embedding.reduction.done, timeout=PATIENCE_MS):
        bench.page.row.choose("tsne")
        assert bench.page.row.progress.isVisible() and bench.page.row.cancel.isVisible()
    assert not bench.page.row.progress.isVisible() and bench.page.row.compute.isVisible()
    places = bench.page.scatter._motion.target
    assert places.shape == before.shape and not np.allclose(places, before)
    assert bench.page.footer.text().startswith("t-SNE with perplexity 6 of the 12 numbers")
    bench.session.trainer.step += 40
    with bench.qtbot.waitSignal(bench.embedding.looked, timeout=PATIENCE_MS):
        bench.embedding.refresh(force=True)
    assert "the training is 40 steps further" in bench.page.footer.text()
    assert np.array_equal(bench.page.scatter._motion.target, places), "it stands until it is asked for anew"
    bench.page.row.choose("pca")
    assert np.array_equal(bench.page.scatter._motion.target, bench.frames[-1].positions)


def alive(process: subprocess.Popen[bytes]) -> bool:
    return process.poll() is None


def tsne_process(bench: Bench) -> subprocess.Popen[bytes]:
    """Its process, once it computes."""
    with bench.qtbot.waitSignal(
        bench.embedding.reduction.moved, timeout=PATIENCE_MS, check_params_cb=lambda at: at >= 0
    ):
        bench.page.row.choose("tsne")
    return bench.embedding.reduction.tsne.process


@pytest.mark.parametrize("how", ["cancel", "new run", "other samples", "close"])
def test_tsne_that_is_given_up_leaves_no_process(bench: Bench, monkeypatch: pytest.MonkeyPatch, how: str) -> None:
    monkeypatch.setattr(reduction, "Tsne", ENDLESS)
    bench.page.show()
    bench.train(epochs=1)
    process = tsne_process(bench)
    assert alive(process)
    ways: dict[str, Callable[[], object]] = {
        "cancel": bench.page.row.cancel.click,
        "new run": lambda: bench.train(epochs=1),
        "other samples": lambda: bench.page.row.count.setCurrentIndex(0),
        "close": bench.embedding.close,
    }
    if how == "new run":
        monkeypatch.setattr(reduction, "Tsne", Tsne)
    ways[how]()
    bench.qtbot.waitUntil(lambda: not alive(process), timeout=PATIENCE_MS)
    if how == "cancel":
        assert bench.page.row.method() == "pca" and not bench.embedding.reduction.busy
        assert np.array_equal(bench.page.scatter._motion.target, bench.frames[-1].positions)


def test_tsne_that_fails_is_told_and_the_other_map_is_back(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    bench.page.show()
    bench.page.row.count.setItemData(0, 8)
    bench.train(epochs=1)
    bench.page.row.count.setCurrentIndex(0)
    bench.rest()
    with bench.qtbot.waitSignal(bench.embedding.told, timeout=PATIENCE_MS) as told:
        bench.page.row.choose("tsne")
    assert "10 samples at least" in told.args[0] and bench.page.row.method() == "pca"
