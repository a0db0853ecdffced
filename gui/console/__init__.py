"""The dock "Console": Python, with the real objects of the window and of the run."""

from gui.console.console import Console

__all__ = ["Console"]
