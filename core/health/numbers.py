"""Numbers and names as they are read in a sentence."""

from __future__ import annotations

import math
from collections.abc import Sequence

_HIGH = str.maketrans("-0123456789", "⁻⁰¹²³⁴⁵⁶⁷⁸⁹")
_MOST_NAMES = 3


def power_of_ten(value: float) -> str:
    """A number above zero rounded to a power of ten: "10⁻⁹"; between 0.01 and 100 as it is: "0.031"."""
    if 0.01 <= value < 100:
        return f"{value:.2g}"
    return f"10{str(round(math.log10(value))).translate(_HIGH)}"


def compact(value: float) -> str:
    """A number of at least 0 in a few characters: "0.0338", "13.5", "9.6·10⁻⁵"."""
    if value == 0 or 1e-3 <= value < 1e4:
        return f"{value:,.0f}" if value >= 1000 else f"{value:.3g}"
    head, _, exponent = f"{value:.1e}".partition("e")
    return f"{head}·10{str(int(exponent)).translate(_HIGH)}"


def share(value: float) -> str:
    """A share in percent: "43%", "0.21%", "140%", "3.1·10⁻⁵%"."""
    percent = 100 * value
    if 10 <= percent < 1e5:
        return f"{percent:,.0f}%"
    return f"{float(f'{percent:.2g}'):g}%" if 1e-3 <= percent < 10 or percent == 0 else f"{compact(percent)}%"


def layer_name(name: str) -> str:
    """A layer in a sentence: "conv1"; where its name is but a number, as in a Sequential, "layer 3"."""
    return f"layer {name}" if name[:1].isdigit() else name


def join_names(names: Sequence[str]) -> str:
    """Names in a sentence: "conv1", "conv1 and conv2", "conv1, conv2, conv3 and 4 more"."""
    more, names = len(names) - _MOST_NAMES, [layer_name(name) for name in names[:_MOST_NAMES]]
    if more > 0:
        return f"{', '.join(names)} and {more} more"
    return " and ".join(filter(None, (", ".join(names[:-1]), names[-1])))
