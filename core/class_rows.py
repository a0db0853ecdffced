"""The numbers of each class, ready to be shown or written down."""

from __future__ import annotations

import math
from typing import Any

from core.judgement import Report


def class_rows(report: Report) -> list[tuple[str, int, float | None, float | None, float | None]]:
    """A row a class: name, samples, precision, recall and F1 (None: there is nothing to take a share of)."""
    shares = zip(
        *([_share(value) for value in column] for column in (report.precision, report.recall, report.f1)), strict=True
    )
    return [
        (name, int(samples), precision, recall, f1)
        for name, samples, (precision, recall, f1) in zip(report.classes, report.support, shares, strict=True)
    ]


def _share(value: Any) -> float | None:
    return None if math.isnan(value) else float(value)
