"""The fixed choice of samples of the validation part that a network is looked at with."""

from __future__ import annotations

from dataclasses import dataclass, field

import numpy as np
import torch
from numpy.typing import NDArray

from core.batches import Batch, Batches
from core.data import DataInfo, Split
from core.embedding.frame import EmbeddingError
from core.embedding.grouping import Colouring, for_characters, for_classes
from core.job import Job, batches_of
from core.snapshot import probe_indices
from core.token_batches import NO_ANSWER, SequenceBatches, StreamBatches

WINDOW, WARM = 96, 32
"""Characters of a stretch of text, and how many of them are only read: a memory that has just begun knows nothing."""
THUMBNAIL = 48
"""Px: of larger pictures each second, third, … pixel is shown."""
SEED = 0
_CPU = torch.device("cpu")
_MOST_TOKENS, _MOST_NUMBERS = 2**13, 2**22
_MOST_AT_ONCE = 128


@dataclass(frozen=True)
class Samples:
    """N samples; any first n of them hold the classes about as evenly as all do.

    ``rows``: what is looked at at once, as indices of the validation part: pictures or sequences, or of a text the
    first character of each stretch. ``tokens``: rows×T, of texts; ``mask``: rows×T, the places in them that are
    samples; None where each row is one sample. ``targets``: N, the right answer, −1 where there is none; ``answers``:
    of texts, what a batch's targets are. ``thumbnails``: N×C×h×w, of pictures.
    """

    info: DataInfo
    rows: NDArray[np.int64]
    targets: NDArray[np.int64]
    colourings: tuple[Colouring, ...]
    source: object = field(repr=False)
    tokens: NDArray[np.int64] | None = None
    answers: NDArray[np.int64] | None = None
    mask: NDArray[np.bool_] | None = None
    thumbnails: NDArray[np.uint8] | None = None

    def __len__(self) -> int:
        return len(self.targets)

    @property
    def read(self) -> NDArray[np.int64]:
        """Of places in a text, the token at each: the last that the network has read there, N."""
        if self.tokens is None or self.mask is None:
            return np.full(len(self), -1, np.int64)
        return self.tokens[self.mask]

    @property
    def at_once(self) -> int:
        """How many rows are answered side by side."""
        size = int(np.prod(self.info.input_shape)) if self.tokens is None else self.tokens.shape[1]
        return max(1, min(_MOST_AT_ONCE, (_MOST_NUMBERS if self.tokens is None else _MOST_TOKENS) // max(1, size)))

    def batch(self, first: int, last: int) -> Batch:
        """These rows as the network sees them, on the processor."""
        if self.tokens is not None and self.answers is not None:
            tokens = torch.from_numpy(self.tokens[first:last].copy())
            return Batch(tokens, torch.from_numpy(self.answers[first:last].copy()))
        source = self.source
        assert isinstance(source, Batches)
        there = torch.from_numpy(self.rows[first:last]).to(source.targets.device)
        targets: NDArray[np.int64] = source.targets.index_select(0, there).cpu().numpy()
        split = Split(_pictures(source, self.rows[first:last]), targets)
        return next(batches_of(split, self.info, max(1, last - first), _CPU).epoch())

    def where(self, sample: int) -> tuple[int, int]:
        """The row of a sample, and the place in it; place −1: the whole row is the sample."""
        if self.mask is None:
            return sample, -1
        rows, places = np.nonzero(self.mask)
        return int(rows[sample]), int(places[sample])


def samples_of(job: Job, count: int) -> Samples:
    """Up to ``count`` samples of what ``job`` validates with, for the same data always the same ones.

    The data never change, so this may be called at any time, but off the GUI thread.

    Raises:
        EmbeddingError: where the samples are of a kind that cannot be looked at one by one.
    """
    source = job.validation
    if isinstance(source, StreamBatches):
        return _of_text(source, job.info, count)
    if isinstance(source, SequenceBatches):
        targets = source.targets.cpu().numpy()
        return _of_places(source, targets, job, count) if targets.ndim == 2 else _of_texts(source, targets, job, count)
    if isinstance(source, Batches) and source.inputs.ndim == 4:
        return _of_pictures(source, job, count)
    raise EmbeddingError("This network's samples are neither pictures nor texts: there is nothing here to point at.")


def balanced(targets: NDArray[np.int64], count: int) -> NDArray[np.int64]:
    """Rows in an order by chance: one of each class, then a second of each, and so on while there are any."""
    mixed = np.random.default_rng(SEED).permutation(len(targets))
    return mixed[probe_indices(targets[mixed], count)]


def _of_pictures(source: Batches, job: Job, count: int) -> Samples:
    targets = source.targets.cpu().numpy()
    single = targets.ndim == 1
    rows = balanced(targets if single else np.zeros(len(targets), np.int64), count)
    found = targets[rows] if single else np.full(len(rows), -1, np.int64)
    step = max(1, -(-max(source.inputs.shape[2:]) // THUMBNAIL))
    chunks = [
        _pictures(source, rows[first : first + _MOST_AT_ONCE])[:, :, ::step, ::step]
        for first in range(0, len(rows), _MOST_AT_ONCE)
    ]
    small = np.concatenate(chunks)
    return Samples(job.info, rows, found, _class_colours(job, found), source, thumbnails=small)


def _of_texts(source: SequenceBatches, targets: NDArray[np.int64], job: Job, count: int) -> Samples:
    asked = np.flatnonzero(targets != NO_ANSWER)
    rows = asked[balanced(targets[asked], count)]
    found = targets[rows]
    tokens = source.inputs.index_select(0, torch.from_numpy(rows).to(source.inputs.device)).cpu().numpy()
    return Samples(job.info, rows, found, _class_colours(job, found), source, tokens, found)


def _of_places(source: SequenceBatches, targets: NDArray[np.int64], job: Job, count: int) -> Samples:
    """Each token at which there is an answer, of as many sequences as make up so many samples."""
    rows = np.random.default_rng(SEED).permutation(len(targets))
    mask = targets[rows] != NO_ANSWER
    enough = 1 + int(np.searchsorted(np.cumsum(mask.sum(axis=1)), count))
    rows = rows[:enough]
    tokens = source.inputs.index_select(0, torch.from_numpy(rows).to(source.inputs.device)).cpu().numpy()
    return _places(source, job.info, rows, tokens, targets[rows], mask[:enough], count)


def _of_text(source: StreamBatches, info: DataInfo, count: int) -> Samples:
    """Stretches spread evenly over the text; of each, all places but the first ones, as far as there are so many."""
    length = len(source.tokens) - 1
    window = min(WINDOW, length)
    warm = min(WARM, window // 3)
    wanted = max(1, min(-(-count // (window - warm)), length // window))
    starts = np.linspace(0, length - window, wanted).astype(np.int64)
    starts = np.random.default_rng(SEED).permutation(np.unique(starts))
    stretches = np.stack([source.tokens[start : start + window + 1] for start in starts]).astype(np.int64)
    mask = np.zeros((len(starts), window), np.bool_)
    mask[:, warm:] = True
    return _places(source, info, starts, stretches[:, :-1], stretches[:, 1:], mask, count)


def _places(
    source: object,
    info: DataInfo,
    rows: NDArray[np.int64],
    tokens: NDArray[np.int64],
    answers: NDArray[np.int64],
    mask: NDArray[np.bool_],
    count: int,
) -> Samples:
    surplus = np.flatnonzero(mask.ravel())[count:]
    mask.ravel()[surplus] = False
    found = answers[mask]
    counts = np.bincount(found[found >= 0], minlength=len(info.classes))
    if info.classes == info.vocabulary:
        colourings = for_characters(info.vocabulary, counts)
    else:  # each token is of a class, such as a part of speech
        colourings = for_classes(info.classes, counts, guesses=True)
    return Samples(info, rows, found, colourings, source, tokens, answers, mask)


def _class_colours(job: Job, targets: NDArray[np.int64]) -> tuple[Colouring, ...]:
    """By class; where the targets are no classes but numbers, by these."""
    names = job.info.classes
    known = targets[targets >= 0]
    highest = int(known.max(initial=0))
    if not len(known):
        return for_classes(("sample",), np.zeros(1, np.int64), guesses=False)
    if highest >= len(names):
        names = tuple(str(number) for number in range(min(highest, 999) + 1))
    counts = np.bincount(known[known < len(names)], minlength=len(names))
    return for_classes(names, counts, guesses=names is job.info.classes and len(names) > 1)


def _pictures(source: Batches, rows: NDArray[np.int64]) -> NDArray[np.uint8]:
    chosen = torch.from_numpy(rows).to(source.inputs.device)
    found: NDArray[np.uint8] = source.inputs.index_select(0, chosen).cpu().numpy()
    return found
