"""Results in words: shares, counts, and what a cell of the confusion matrix says."""

from __future__ import annotations

import math

from core.judgement import Report
from core.samples import PARTS

LONGEST_NAME = 40


def percent(share: float) -> str:
    """A share of 0 to 1: "91.4%", "–" where there is nothing to take a share of; 100% is never rounded up to."""
    if math.isnan(share):
        return "–"
    if 0.9995 <= share < 1.0:
        return "99.9%"
    return "<0.1%" if 0.0 < share < 0.0005 else f"{share:.1%}"


def count(number: int, word: str) -> str:
    """ "1 picture", "4,312 pictures"."""
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def quoted(name: str) -> str:
    """The name of a class within a sentence, cut short where it is a novel."""
    name = " ".join(name.split())
    return f"“{name if len(name) <= LONGEST_NAME else name[: LONGEST_NAME - 1] + '…'}”"


def part_word(part: str) -> str:
    """ "validation" or "test"."""
    return PARTS.get(part, part)


def cell_sentence(report: Report, true: int, predicted: int) -> str:
    """What one cell of the confusion matrix says."""
    number, total = int(report.confusion[true, predicted]), int(report.support[true])
    name = quoted(report.classes[true])
    if total == 0:
        return f"There is no picture of {name} in this part"
    share = percent(number / total)
    were = "was" if number == 1 else "were"
    of = f"{number:,} of {count(total, 'picture')} of {name}"
    if true == predicted:
        return f"{of} {were} recognised ({share})"
    return f"{of} {were} taken for {quoted(report.classes[predicted])} ({share})"


def row_sentence(report: Report, true: int) -> str:
    """What the row of a true class says."""
    total = int(report.support[true])
    wrong = total - int(report.confusion[true, true])
    return f"{count(total, 'picture')} of {quoted(report.classes[true])}, of which {wrong:,} not recognised"


def column_sentence(report: Report, predicted: int) -> str:
    """What the column of a predicted class says."""
    taken = int(report.confusion[:, predicted].sum())
    wrong = taken - int(report.confusion[predicted, predicted])
    return f"{count(taken, 'picture')} taken for {quoted(report.classes[predicted])}, of which {wrong:,} wrongly"
