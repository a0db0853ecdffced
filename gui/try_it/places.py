"""Where the parts of the "Try it" panel are, for any size of the panel."""

from __future__ import annotations

from dataclasses import dataclass

from PySide6.QtCore import QRect, QSize

MARGIN = 8
GAP = 8
SIDE = (64, 360)
"""Px a side of the draw pad, at least and at most."""
_SEEN = (96, 240)
_SEEN_SHARE = 0.36
_BETWEEN = 12
_STACKED_BELOW = 520
_STACKED_FROM = 145
"""Px of height: a picture of 96 px with its caption."""
_WIDE_FROM = 620
_WIDE_RATIO = 1.4


@dataclass(frozen=True)
class Needs:
    """What the fonts ask for, in px: heights of the result and its least, size of the row of tools."""

    result_height: int
    tools_height: int
    tools_width: int


@dataclass(frozen=True)
class Places:
    """One rectangle for each part, in px of the panel."""

    drop: QRect
    drop_tools: QRect
    pad: QRect
    pad_tools: QRect
    seen: QRect
    prediction: QRect


def arrange(width: int, height: int, needs: Needs) -> Places:
    """The pictures above the answer, or beside it where the panel is wide. Depends on nothing that is shown."""
    if width >= _WIDE_FROM and width > _WIDE_RATIO * height:
        return _beside(width, height, needs)
    return _above(width, height, needs)


def _above(width: int, height: int, needs: Needs) -> Places:
    inner = width - 2 * MARGIN
    room = height - 2 * MARGIN - needs.tools_height - 2 * GAP - needs.result_height
    side = _within((inner - GAP) // 2, SIDE[0], min(SIDE[1], max(room, SIDE[0])))
    drop_width = inner - GAP - side
    top = MARGIN + side + GAP // 2 + needs.tools_height + GAP
    result = QRect(MARGIN, top, inner, max(0, height - MARGIN - top))
    return _places(QRect(MARGIN, MARGIN, drop_width, side), side, needs, result)


def _beside(width: int, height: int, needs: Needs) -> Places:
    inner = height - 2 * MARGIN
    side = _within(inner - GAP // 2 - needs.tools_height, SIDE[0], min(SIDE[1], int(width * 0.27)))
    left = MARGIN + 2 * side + GAP + 2 * GAP
    result = QRect(left, MARGIN, max(0, width - MARGIN - left), inner)
    return _places(QRect(MARGIN, MARGIN, side, side), side, needs, result)


def _places(drop: QRect, side: int, needs: Needs, result: QRect) -> Places:
    pad = QRect(drop.right() + 1 + GAP, drop.top(), side, side)
    tools_top = drop.bottom() + 1 + GAP // 2
    pad_tools_width = max(side, needs.tools_width)
    pad_tools = QRect(pad.right() + 1 - pad_tools_width, tools_top, pad_tools_width, needs.tools_height)
    drop_tools = QRect(drop.left(), tools_top, max(0, pad_tools.left() - GAP - drop.left()), needs.tools_height)
    seen, prediction = _results(result, needs)
    return Places(drop, drop_tools, pad, pad_tools, seen, prediction)


def _results(area: QRect, needs: Needs) -> tuple[QRect, QRect]:
    """What the network sees: above its answer where there is height for both, else beside it."""
    spare = area.height() - needs.result_height - _BETWEEN
    stacked = spare >= _STACKED_FROM and area.width() < _STACKED_BELOW
    left, top = area.left(), area.top()
    if stacked:
        size = QSize(area.width(), min(spare, _SEEN[1]))
        return QRect(area.topLeft(), size), _from(area, left, top + size.height() + _BETWEEN)
    size = QSize(_within(int(area.width() * _SEEN_SHARE), *_SEEN), area.height())
    return QRect(area.topLeft(), size), _from(area, left + size.width() + _BETWEEN, top)


def _from(area: QRect, left: int, top: int) -> QRect:
    """The part of ``area`` right of ``left`` and below ``top``."""
    return QRect(left, top, max(0, area.right() + 1 - left), max(0, area.bottom() + 1 - top))


def _within(value: int, least: int, most: int) -> int:
    return max(least, min(value, most))
