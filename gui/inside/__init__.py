"""The page "Inside": what the network is made of, one step taken apart, its health, and how it sees the data."""

from gui.inside.inside import Inside

__all__ = ["Inside"]
