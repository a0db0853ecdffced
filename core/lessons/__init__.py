"""Lessons: Markdown files with cells to run, tasks that are checked, and buttons that set the workbench up."""

from core.lessons.lesson import Block, Cell, Fault, Lesson, Prose, SetUp, Task
from core.lessons.reading import read_lesson, read_lesson_file

__all__ = ["Block", "Cell", "Fault", "Lesson", "Prose", "SetUp", "Task", "read_lesson", "read_lesson_file"]
