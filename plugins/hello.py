"""The four training pairs of the article: h → e, e → l, l → l, l → o.

From Karpathy, "The Unreasonable Effectiveness of Recurrent Neural Networks" (2015). The letter l is followed by
another one the second time, so that only a network with a memory gets all four right.
"""

from __future__ import annotations

import numpy as np

from core.api import DataBundle, DataFolders, DataInfo, DatasetSpec, NoSettings, Split, hookimpl

VOCABULARY = ("h", "e", "l", "o")
WORD = "hello"
REPEATS = 20
"""Times that an epoch goes through the word, so that it is more than a moment."""


def load(config: NoSettings, folders: DataFolders) -> DataBundle:
    """One sequence of four letters, and after each the one that comes next."""
    tokens = np.array([VOCABULARY.index(letter) for letter in WORD])
    inputs, targets = tokens[None, :-1].astype(np.uint8), tokens[None, 1:].astype(np.int64)
    info = DataInfo(input_shape=(len(WORD) - 1,), classes=VOCABULARY, vocabulary=VOCABULARY)
    train = Split(inputs.repeat(REPEATS, axis=0), targets.repeat(REPEATS, axis=0))
    return DataBundle(info, train, Split(inputs, targets), test=None)


@hookimpl
def register_datasets() -> list[DatasetSpec]:
    """The word "hello"."""
    return [
        DatasetSpec(
            id="hello",
            title="hello",
            task="language-model",
            licence="none needed",
            load=load,
            summary="Four letters of one word: the smallest text that needs a memory.",
        )
    ]
