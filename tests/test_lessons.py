"""Every lesson: read without a fault, every cell run, every task wrong at first and right with its solution."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest

from core.data import DataFolders
from core.discovery import discover
from core.lessons import Lesson, read_lesson_file
from core.registry import Registry
from tests.core.tiny import no_progress
from tests.lesson_trial import Run, troubles

FOLDER = Path(__file__).parents[1] / "resources" / "lessons"
NAMES = [path.stem for path in sorted(FOLDER.glob("*.md"))]
CIFAR = re.compile(r"""load_data\(\s*["']cifar10["']""")


@pytest.fixture(scope="module")
def registry() -> Registry:
    return discover("plugins", installed=False)


@pytest.fixture
def run(registry: Registry, tmp_path: Path) -> Run:
    """Runs code in one namespace; gives back what it raised."""
    import numpy as np
    import torch

    def load_data(id: str, **settings: Any) -> Any:
        spec, folders = registry.datasets[id], DataFolders((), tmp_path)
        config = spec.config(**settings)
        spec.prepare(config, folders, no_progress)
        return spec.load(config, folders)

    names: dict[str, Any] = {"torch": torch, "np": np, "load_data": load_data, "model": None, "batch": None}

    def execute(code: str) -> BaseException | None:
        try:
            exec(compile(code, "<cell>", "exec", dont_inherit=True), names)
        except Exception as error:
            return error
        return None

    return execute


def lesson_of(name: str) -> Lesson:
    return read_lesson_file(FOLDER / f"{name}.md", name)


@pytest.mark.parametrize("name", NAMES)
def test_every_cell_runs_and_every_task_is_right_with_its_solution_alone(
    name: str, registry: Registry, run: Run
) -> None:
    def small(code: str) -> BaseException | None:
        return run(CIFAR.sub('load_data("shapes"', code))

    assert list(troubles(lesson_of(name), registry, small)) == []
