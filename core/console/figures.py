"""Matplotlib's figures, drawn into what a cell shows instead of into windows. A backend of Matplotlib's."""

from __future__ import annotations

import io
import os
import sys
from collections.abc import Callable
from typing import Any

from core.console.outputs import Output
from core.console.sink import Sink

BACKEND = "module://core.console.canvas"
WINDOWS = ("qt_compat", "_backend_tk", "_backend_gtk", "backend_wx", "backend_macosx")
"""What Matplotlib opens windows with, which no thread but the first may do."""


def draw_inline() -> None:
    """From now on, pyplot opens no window; what was chosen with ``MPLBACKEND`` stays chosen."""
    os.environ.setdefault("MPLBACKEND", BACKEND)
    for name in WINDOWS:
        sys.modules.setdefault(f"matplotlib.backends.{name}", None)  # type: ignore[arg-type]
    if "matplotlib" in sys.modules:
        import matplotlib

        matplotlib.use(os.environ["MPLBACKEND"])


def show_figures(sink: Sink) -> None:
    """Show the figures that pyplot has, and close them."""
    pyplot: Any = sys.modules.get("matplotlib.pyplot")
    if pyplot is None:
        return
    for number in pyplot.get_fignums():
        figure = pyplot.figure(number)
        sink.show(Output("display", repr(figure), picture(figure.savefig)))
    pyplot.close("all")


def picture(save: Callable[..., object]) -> bytes:
    """The PNG that a figure's ``savefig`` makes."""
    memory = io.BytesIO()
    save(memory, format="png", bbox_inches="tight")
    return memory.getvalue()
