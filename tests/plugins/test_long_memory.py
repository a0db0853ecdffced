from __future__ import annotations

import numpy as np
import pytest

from core.config import ConfigError, validated
from core.data import Split
from core.events import EpochEnded, TextSampled
from plugins.long_memory import COUNTRIES, NOISE, QUESTION, VOCABULARY, LongMemoryConfig, load
from tests.plugins import text_runs


@pytest.mark.parametrize("gap", [1, 50, 200])
def test_the_answer_is_the_first_letter_and_nothing_else_tells_it(gap: int) -> None:
    data = load(LongMemoryConfig(gap=gap), text_runs.NOWHERE)
    for part in (data.train, data.validation, data.test):
        assert isinstance(part, Split)
        letters = np.array(VOCABULARY)[part.inputs]
        assert letters.shape == (len(part), gap + 2)
        assert (letters[:, 0] == np.array(VOCABULARY)[part.targets]).all()
        assert set(letters[:, 0]) == set(COUNTRIES)
        assert set(letters[:, 1:-1].flat) <= set(NOISE)
        assert set(letters[:, -1]) == {QUESTION}
        assert np.bincount(part.targets).tolist() == [len(part) // 4] * 4, "guessing is right in a quarter"


def test_the_parts_differ_and_are_the_same_each_time() -> None:
    first, again = (load(LongMemoryConfig(), text_runs.NOWHERE) for _ in range(2))
    assert isinstance(first.train, Split) and isinstance(again.train, Split) and isinstance(first.validation, Split)
    assert np.array_equal(first.train.inputs, again.train.inputs)
    rows = {row.tobytes() for row in first.train.inputs}
    assert not any(row.tobytes() in rows for row in first.validation.inputs)


def test_the_gap_has_its_limits() -> None:
    for gap in (0, 201):
        with pytest.raises(ConfigError):
            validated(LongMemoryConfig, {"gap": gap})


def test_over_a_gap_of_50_the_lstm_remembers_and_the_rnn_with_the_same_budget_does_not() -> None:
    reached = {}
    budgets = set()
    for network in ("lstm", "char_rnn"):
        job, events = text_runs.trained(network, "long-memory", epochs=4)
        reached[network] = events.of(EpochEnded)[-1].validation["accuracy"]
        budgets.add(
            (len(job.train), job.config.epochs, job.config.batch_size, job.model.get_submodule("rnn").hidden_size)
        )
        assert not events.of(TextSampled)
    assert len(budgets) == 1
    assert reached["lstm"] >= 0.95
    assert reached["char_rnn"] < 0.6


def test_over_a_short_gap_the_rnn_remembers_too() -> None:
    _, events = text_runs.trained("char_rnn", "long-memory", epochs=4, data_settings={"gap": 4})
    assert events.of(EpochEnded)[-1].validation["accuracy"] >= 0.95
