"""Our own lessons: the files in ``resources/lessons``."""

from __future__ import annotations

from pathlib import Path

from core.api import LessonSpec, hookimpl, lesson_files

FOLDER = Path(__file__).parents[1] / "resources" / "lessons"


@hookimpl
def register_lessons() -> list[LessonSpec]:
    """In the order of their numbers."""
    return lesson_files(FOLDER)
