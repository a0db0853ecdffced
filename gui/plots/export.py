"""Taking data out of a plot: points as CSV, the picture as a file."""

from __future__ import annotations

import csv
import io
from collections.abc import Sequence

import numpy as np
from PySide6.QtWidgets import QFileDialog, QMessageBox, QWidget

from gui.plots.canvas import View
from gui.plots.curve_items import CurveItems

MOST_ROWS = 100_000
"""More rows than this would keep the window waiting while the text is made."""


def rows_in_view(curves: Sequence[CurveItems], view: View) -> int:
    """How many points the x range of `view` holds, of all curves together."""
    return sum(stop - start for start, stop in (_span(item, view) for item in curves))


def csv_of(curves: Sequence[CurveItems], view: View, x_label: str) -> str:
    """Every point in the x range of `view` as CSV: curve, x, value as measured; a gap has an empty value."""
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["curve", x_label, "value"])
    for item in curves:
        start, stop = _span(item, view)
        for x, y in zip(item.curve.xs[start:stop].tolist(), item.curve.ys[start:stop].tolist(), strict=True):
            writer.writerow([item.name, f"{x:.15g}", "" if y != y else repr(y)])
    return text.getvalue()


def save_picture(widget: QWidget, suggestion: str) -> None:
    """Ask for a file and save what `widget` shows as an image."""
    path, _ = QFileDialog.getSaveFileName(widget, "Save picture", f"{suggestion}.png", "PNG image (*.png)")
    if not path:
        return
    if not path.lower().endswith(".png"):
        path += ".png"
    if not widget.grab().save(path):
        QMessageBox.warning(
            widget,
            "Save picture",
            f"The picture could not be written to {path}: choose a folder that exists and that you may write to.",
        )


def _span(item: CurveItems, view: View) -> tuple[int, int]:
    start, stop = np.searchsorted(item.curve.xs, [view.x_low, np.nextafter(view.x_high, np.inf)])
    return int(start), int(stop)
