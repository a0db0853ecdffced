"""The dock of lessons: text to read, cells to run in the console's kernel, tasks that are checked."""

from gui.lessons.lessons import Lessons

__all__ = ["Lessons"]
