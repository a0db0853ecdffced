"""What a network is made of, found out before any training: its layers, their arithmetic, and how they are connected.

``rows``, ``sums``, ``look`` and ``pictures`` are plain data, words and views; the other modules load torch.
"""

from core.structure.look import LayerLook
from core.structure.rows import LayerRow, Structure, StructureError
from core.structure.sums import shape_text, shapes_text

__all__ = ["LayerLook", "LayerRow", "Structure", "StructureError", "shape_text", "shapes_text"]
