"""What Matplotlib draws on in a cell: its own picture in memory. ``plt.show()`` shows it below the cell."""

from __future__ import annotations

from typing import Any

from matplotlib.backend_bases import FigureManagerBase
from matplotlib.backends.backend_agg import FigureCanvasAgg

from core.console.figures import show_figures
from core.console.streams import sink_here


class FigureManager(FigureManagerBase):
    """Shows all figures of the cell on whose thread it is asked."""

    @classmethod
    def pyplot_show(cls, *, block: bool | None = None) -> None:
        """Show and close them."""
        sink = sink_here()
        if sink is not None:
            show_figures(sink)

    def show(self) -> None:
        """``figure.show()``."""
        self.pyplot_show()


class FigureCanvas(FigureCanvasAgg):
    """Draws in memory."""

    manager_class: Any = FigureManager
