"""Sequences in which the answer at the end depends on a symbol at the start.

As in "I grew up in France … I speak fluent ___" of colah's "Understanding LSTM Networks"; the task is one of those of
Hochreiter and Schmidhuber (1997). A country's letter comes first, then noise, then a question mark: which country?
"""

from __future__ import annotations

import numpy as np

from core.api import Config, DataBundle, DataFolders, DataInfo, DatasetSpec, Split, hookimpl, setting

COUNTRIES = "FGIS"
NOISE = "abcdefgh"
QUESTION = "?"
VOCABULARY = (*COUNTRIES, *NOISE, QUESTION)
TRAINING, HELD_OUT = 4096, 1024


class LongMemoryConfig(Config):
    """How long the memory must be."""

    gap: int = setting(
        *(50, "Gap", "Letters of noise between the country at the start and the question at the end."),
        unit="characters",
        minimum=1,
        maximum=200,
        slider=True,
    )


def load(config: LongMemoryConfig, folders: DataFolders) -> DataBundle:
    """Sequences of gap + 2 letters, and one answer each: the first letter. Guessing is right in a quarter of them."""
    info = DataInfo(input_shape=(config.gap + 2,), classes=VOCABULARY, vocabulary=VOCABULARY)
    train, validation, test = (
        sequences(count, config.gap, seed) for seed, count in enumerate((TRAINING, HELD_OUT, HELD_OUT))
    )
    return DataBundle(info, train, validation, test)


def sequences(count: int, gap: int, seed: int) -> Split:
    """``count`` sequences: uint8 N×(gap + 2), and int64 N, the places of the countries in the vocabulary."""
    chance = np.random.default_rng(seed)
    tokens = chance.integers(len(COUNTRIES), len(COUNTRIES) + len(NOISE), (count, gap + 2)).astype(np.uint8)
    answers = chance.permutation(np.arange(count) % len(COUNTRIES))
    tokens[:, 0] = answers
    tokens[:, -1] = VOCABULARY.index(QUESTION)
    return Split(tokens, answers.astype(np.int64))


@hookimpl
def register_datasets() -> list[DatasetSpec]:
    """Long memory."""
    return [
        DatasetSpec(
            id="long-memory",
            title="Long memory",
            task="language-model",
            licence="none needed",
            load=load,
            config=LongMemoryConfig,
            summary="What was the first letter? Between it and the question lies noise, as long as you like.",
        )
    ]
