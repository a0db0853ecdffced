"""Folders and archives of pictures: a folder a class, any size and kind, decoded once into a memory-mapped cache.

Everything here may be called from any thread.
"""

from __future__ import annotations

from core.picture_folders.opening import PictureFolder, open_pictures

__all__ = ["PictureFolder", "open_pictures"]
