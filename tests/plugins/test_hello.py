from __future__ import annotations

from typing import Any

import pytest

from core.events import EpochEnded, TextSampled
from plugins.hello import VOCABULARY
from tests.plugins import text_runs


def test_the_pairs_are_those_of_the_article() -> None:
    job = text_runs.job("char_rnn", "hello")
    batch = next(job.validation.epoch())
    pairs = [
        (VOCABULARY[read], VOCABULARY[then])
        for read, then in zip(batch.inputs[0].tolist(), batch.targets[0].tolist(), strict=True)
    ]
    assert pairs == [("h", "e"), ("e", "l"), ("l", "l"), ("l", "o")]
    assert job.info.vocabulary == job.info.classes == ("h", "e", "l", "o")
    assert job.test is None


@pytest.mark.parametrize("seed", [0, 1])
@pytest.mark.parametrize(("network", "settings"), [("char_rnn", {}), ("lstm", {}), ("lstm", {"cell": "GRU"})])
def test_with_defaults_each_right_letter_is_expected_at_over_95_percent(
    network: str, settings: dict[str, Any], seed: int
) -> None:
    job, events = text_runs.trained(network, "hello", network_settings=settings, seed=seed)
    assert text_runs.chances(job).min() > 0.95
    assert events.of(EpochEnded)[-1].validation["accuracy"] == 1
    assert events.of(TextSampled)[-1].text.startswith("hello")


def test_the_character_rnn_has_a_memory_of_three_numbers_as_in_the_article() -> None:
    job = text_runs.job("char_rnn", "hello")
    assert job.model.get_parameter("rnn.weight_hh_l0").shape == (3, 3)
    assert job.model.get_parameter("rnn.weight_ih_l0").shape == (3, 4)
