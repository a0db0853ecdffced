"""How good the answers to a whole part of a data set are: overall, class by class, and sample by sample.

Plain NumPy; scikit-learn, which takes a second to import, is asked for in the function that needs it.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TypeAlias

import numpy as np
from numpy.typing import NDArray

from core.events import Judged

Rows: TypeAlias = NDArray[np.int64]
"""Indices of samples of the part that was judged."""
Shares: TypeAlias = NDArray[np.float64]
"""A share of 0 to 1 for each class; NaN where it would be a share of nothing."""

NONE = -1
"""Stands for a predicted class where the answer is no number."""
_CHUNK = 2**20
_Z95 = 1.959963984540054
"""How many standard deviations around the mean of a normal distribution hold 95% of it."""


@dataclass(frozen=True)
class Report:
    """The numbers of one part of a data set; index k of every array is class k.

    ``accuracy``: share of all samples that are answered right, ``right`` of ``total``. ``support``: samples that
    truly are of the class. ``recall``: the share of these that is found (the accuracy within the class).
    ``precision``: the share that is right of all samples taken for the class. ``f1``: the harmonic mean of both.
    NaN where there is nothing to take a share of. ``confusion``: int64 K×K, row: true class, column: predicted.
    ``unanswered``: samples whose answer is no number; they count as wrong and stand in no column.
    """

    classes: tuple[str, ...]
    right: int
    total: int
    support: NDArray[np.int64]
    precision: Shares
    recall: Shares
    f1: Shares
    confusion: NDArray[np.int64]
    unanswered: int = 0

    @property
    def accuracy(self) -> float:
        """Share of the samples that are answered right; NaN where there are none."""
        return self.right / self.total if self.total else math.nan

    @property
    def interval(self) -> tuple[float, float]:
        """Where the accuracy on endless data of this kind lies with 95% confidence."""
        return wilson_interval(self.right, self.total)

    @property
    def mean_precision(self) -> float:
        """Mean of the precision of the classes that have one (macro average); NaN where none has."""
        return _mean(self.precision)

    @property
    def mean_recall(self) -> float:
        """The same of the recall; where the classes are alike in size it is the accuracy."""
        return _mean(self.recall)

    @property
    def mean_f1(self) -> float:
        """The same of F1."""
        return _mean(self.f1)

    @property
    def fault(self) -> str:
        """A sentence where answers are no numbers, or nothing."""
        if not self.unanswered:
            return ""
        which = "every" if self.unanswered == self.total else f"{self.unanswered:,} of {self.total:,}"
        return (
            f"The answer to {which} sample{'' if which == 'every' else 's'} is not a number (NaN), which counts as "
            "wrong: the training has diverged. Start again with a lower learning rate."
        )


def _mean(shares: Shares) -> float:
    known = shares[~np.isnan(shares)]
    return float(known.mean()) if len(known) else math.nan


@dataclass(frozen=True)
class Guess:
    """A class that a sample may be of, and the probability (0 to 1) that the model gives it."""

    label: int
    probability: float


def wilson_interval(right: int, total: int) -> tuple[float, float]:
    """The 95% interval for a share of which ``right`` of ``total`` were seen.

    Source: E. B. Wilson, "Probable inference, the law of succession, and statistical inference", 1927. Unlike the
    textbook interval it stays within 0 to 1 and is honest for few samples and for shares near its ends.
    """
    if total == 0:
        return 0.0, 1.0
    share, square = right / total, _Z95**2
    middle = (share + square / (2 * total)) / (1 + square / total)
    spread = share * (1 - share) / total + square / (4 * total**2)
    reach = _Z95 / (1 + square / total) * math.sqrt(spread)
    return max(0.0, middle - reach), min(1.0, middle + reach)


def predicted_classes(logits: NDArray[np.float32]) -> Rows:
    """The likeliest class of each row of ``logits`` (N×K); :data:`NONE` where the row is not made of numbers."""
    if not logits.size:
        return np.full(len(logits), NONE, np.int64)
    best: Rows = logits.argmax(axis=1).astype(np.int64)  # of a row with NaN in it, the place of the NaN
    # Minus infinity is a class ruled out, which is an answer; only the largest must be a number.
    best[~np.isfinite(logits[np.arange(len(logits)), best])] = NONE
    return best


def recall_of(logits: NDArray[np.float32], targets: NDArray[np.int64], classes: int) -> Shares:
    """The share of each of so many classes that is recognised; NaN where there is none of a class. Quick."""
    counted = targets >= 0
    predicted, targets = predicted_classes(logits)[counted], targets[counted]
    support = np.bincount(targets, minlength=classes).astype(np.float64)
    found = np.bincount(targets[predicted == targets], minlength=classes)
    shares: Shares = np.full(len(support), np.nan)
    return np.divide(found, support, out=shares, where=support > 0)


def report(logits: NDArray[np.float32], targets: NDArray[np.int64], classes: Sequence[str]) -> Report:
    """The numbers for ``logits`` (N×K, any unit, the largest wins) and ``targets`` (N, the true classes).

    ``classes``: K names. Samples without a true class (a target below 0) are not counted.

    Raises:
        ValueError: where the shapes do not fit together.
    """
    _check(logits, targets, classes)
    return _report(predicted_classes(logits), targets, tuple(classes))


def _check(logits: NDArray[np.float32], targets: NDArray[np.int64], classes: Sequence[str]) -> None:
    if logits.ndim != 2 or targets.shape != (len(logits),) or logits.shape[1] != len(classes):
        raise ValueError(
            f"logits of shape {logits.shape} do not fit targets of shape {targets.shape} and {len(classes)} classes"
        )
    if targets.size and targets.max() >= len(classes):
        raise ValueError(f"there is no class {targets.max()}: the last is {len(classes) - 1}")


def _report(predicted: Rows, targets: Rows, classes: tuple[str, ...]) -> Report:
    from sklearn.metrics import precision_recall_fscore_support

    counted = targets >= 0
    predicted, targets = predicted[counted], targets[counted]
    count = len(classes)
    answered = predicted >= 0
    cells = targets[answered] * count + predicted[answered]
    confusion = np.bincount(cells, minlength=count * count).reshape(count, count)
    precision = recall = f1 = np.full(count, np.nan)
    if len(targets):
        precision, recall, f1, _ = precision_recall_fscore_support(
            targets, predicted, labels=np.arange(count), zero_division=np.nan
        )
    return Report(
        classes=classes,
        right=int(np.trace(confusion)),
        total=len(targets),
        support=np.bincount(targets, minlength=count),
        precision=np.asarray(precision, np.float64),
        recall=np.asarray(recall, np.float64),
        f1=np.asarray(f1, np.float64),
        confusion=confusion,
        unanswered=int((~answered).sum()),
    )


class Judgement:
    """What a model said to each sample of a part, ready to be looked at.

    ``part``: "val" or "test". Everything is computed when it is first asked for and kept; :meth:`compute` does that
    at once, for instance on another thread, after which any thread may ask.
    """

    def __init__(self, judged: Judged, classes: Sequence[str]) -> None:
        """Take over an event.

        Raises:
            ValueError: where its arrays do not fit together or there are not as many ``classes`` as logits.
        """
        _check(judged.logits, judged.targets, classes)
        self.part, self.step, self.epoch = judged.part, judged.step, judged.epoch
        self.classes = tuple(classes)
        self.targets: Rows = judged.targets
        self._logits = judged.logits

    def __len__(self) -> int:
        return len(self.targets)

    def compute(self) -> Judgement:
        """Compute all there is; returns itself."""
        _ = self.report, self._by_loss
        return self

    @cached_property
    def predicted(self) -> Rows:
        """The likeliest class of each sample, int64, N; :data:`NONE` where the answer is no number."""
        return predicted_classes(self._logits)

    @cached_property
    def losses(self) -> NDArray[np.float32]:
        """The cross-entropy of each sample in nats, N; infinite where the answer is no number."""
        losses = np.full(len(self), np.inf, np.float32)
        step = max(1, _CHUNK // max(1, self._logits.shape[1]))
        for first in range(0, len(self), step):
            rows = np.arange(first, min(first + step, len(self)))
            rows = rows[(self.predicted[rows] >= 0) & (self.targets[rows] >= 0)]
            logits = self._logits[rows]
            highest = logits.max(axis=1, initial=-np.inf)
            with np.errstate(over="ignore"):  # a difference beyond all floats is a probability of 0
                total = np.log(np.exp(logits - highest[:, None]).sum(axis=1))
                losses[rows] = total + (highest - self._logits[rows, self.targets[rows]])
        return losses

    @cached_property
    def report(self) -> Report:
        """The numbers of the whole part."""
        return _report(self.predicted, self.targets, self.classes)

    def probabilities(self, rows: Rows | Sequence[int]) -> NDArray[np.float32]:
        """What the model gives each class for these samples, len(rows)×K, each row adding up to 1; NaN: no answer."""
        chosen = np.asarray(rows, np.int64)
        logits = self._logits[chosen]
        powers = np.full(logits.shape, np.nan, np.float32)
        good = self.predicted[chosen] >= 0
        with np.errstate(over="ignore"):
            powers[good] = np.exp(logits[good] - logits[good].max(axis=1, keepdims=True, initial=-np.inf))
        shares: NDArray[np.float32] = powers / powers.sum(axis=1, keepdims=True)
        return shares

    def guesses(self, row: int, count: int = 3) -> tuple[Guess, ...]:
        """The ``count`` likeliest classes of a sample, the likeliest first; none where the answer is no number."""
        if self.predicted[row] < 0:
            return ()
        shares = self.probabilities([row])[0]
        count = min(count, len(shares))
        best = np.argpartition(-shares, count - 1)[:count]
        best = best[np.argsort(-shares[best], kind="stable")]
        return tuple(Guess(int(label), float(shares[label])) for label in best)

    def samples(self, true: int | None = None, predicted: int | None = None) -> Rows:
        """The samples of one cell, row or column of the confusion matrix, those with the highest loss first."""
        order = self._by_loss
        chosen = np.ones(len(order), np.bool_)
        if true is not None:
            chosen &= self.targets[order] == true
        if predicted is not None:
            chosen &= self.predicted[order] == predicted
        return order[chosen]

    def mistakes(self, limit: int | None = None) -> Rows:
        """The samples that are answered wrong, those with the highest loss first."""
        order = self._by_loss
        wrong: Rows = order[self.predicted[order] != self.targets[order]]
        return wrong[:limit]

    def surest(self, limit: int | None = None) -> Rows:
        """The samples that are answered right, those with the lowest loss first."""
        order = self._by_loss[::-1]
        right: Rows = order[self.predicted[order] == self.targets[order]]
        return right[:limit]

    @cached_property
    def _by_loss(self) -> Rows:
        counted = np.flatnonzero(self.targets >= 0)
        return counted[np.argsort(-self.losses[counted], kind="stable")]
