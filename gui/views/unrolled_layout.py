"""Where the boxes of a network unrolled in time go: time to the right, layers upwards."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from PySide6.QtCore import QPointF, QRectF

LAYER_GAP = 34.0
STEP_GAP = 40.0
NARROWEST_GAP = 16.0
WIDEST_GAP = 110.0
PAD = 14.0
BOX_PAD = 6.0


@dataclass(frozen=True)
class Measures:
    """Pixels: of a number's line and column, a label's column, and what stands left of the first box."""

    line: float
    number: float
    label: float
    margin: float
    target: float


@dataclass(frozen=True)
class UnrolledLayout:
    """Rectangles in pixels before scaling. ``boxes``: a layer (from the bottom) and a step each."""

    boxes: list[list[QRectF]]
    columns: list[float]
    targets_top: float
    inputs_top: float
    size: tuple[float, float]
    measures: Measures

    def number(self, layer: int, step: int, index: int) -> QRectF:
        """The row of one number in its box."""
        box = self.boxes[layer][step]
        top = box.top() + BOX_PAD + index * self.measures.line
        return QRectF(box.left() + BOX_PAD, top, box.width() - 2 * BOX_PAD, self.measures.line)

    def number_at(self, point: QPointF, counts: Sequence[int]) -> tuple[int, int, int] | None:
        """Layer, step and index of the number at ``point``; ``counts``: numbers in a box of each layer."""
        for layer, boxes in enumerate(self.boxes):
            for step, box in enumerate(boxes):
                if box.contains(point):
                    index = int((point.y() - box.top() - BOX_PAD) / self.measures.line)
                    return layer, step, min(max(index, 0), counts[layer] - 1)
        return None


def lay_out(
    counts: Sequence[int], labelled: Sequence[bool], steps: int, measures: Measures, aspect: float, *, targets: bool
) -> UnrolledLayout:
    """Boxes for ``counts`` numbers a layer, from the bottom up; ``aspect``: width through height of the area."""
    widths = [measures.number + (measures.label if with_label else 0.0) + 2 * BOX_PAD for with_label in labelled]
    heights = [count * measures.line + 2 * BOX_PAD for count in counts]
    column = max([*widths, measures.target if targets else 0.0])
    letter = measures.line * 1.6
    head = letter if targets else 0.0
    height = 2 * PAD + head + sum(heights) + LAYER_GAP * len(heights) + letter
    # Time takes the width that the area's shape leaves it, so that the picture shows as large as it can.
    room = aspect * height - measures.margin - 2 * PAD - steps * column
    gap = min(max(room / max(1, steps - 1), NARROWEST_GAP), WIDEST_GAP) if steps > 1 else 0.0
    left = PAD + measures.margin
    columns = [left + column / 2 + step * (column + gap) for step in range(steps)]
    boxes: list[list[QRectF]] = []
    bottom = height - PAD - letter
    for box_width, box_height in zip(widths, heights, strict=True):
        top = bottom - LAYER_GAP - box_height if boxes else bottom - LAYER_GAP * 0.6 - box_height
        boxes.append([QRectF(middle - box_width / 2, top, box_width, box_height) for middle in columns])
        bottom = top
    shift = bottom - PAD - head if boxes else 0.0
    boxes = [[box.translated(0, -shift) for box in row] for row in boxes]
    width = left + steps * column + (steps - 1) * gap + PAD
    return UnrolledLayout(boxes, columns, PAD, height - PAD - letter - shift, (width, height - shift), measures)
