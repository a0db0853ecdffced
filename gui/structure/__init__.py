"""What the chosen network is made of: its layers as a table and as a drawn graph, and one of them from close by."""

from gui.structure.finder import StructureFinder
from gui.structure.page import StructurePage

__all__ = ["StructureFinder", "StructurePage"]
