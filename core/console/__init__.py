"""Cells of Python code on a thread of their own, with the objects of the run in their namespace. No Qt."""

from threading import RLock

IMPORTING = RLock()
"""Held by whoever imports IPython: two threads that do so at once meet its modules half made."""
