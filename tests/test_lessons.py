"""Every lesson: read without a fault, every cell run, every task wrong at first and right with its solution."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import pytest

from core.console.kernel import Kernel
from core.console.loading import data_loader
from core.data import DataFolders
from core.discovery import discover
from core.lessons import Lesson, Prose, read_lesson, read_lesson_file
from tests.lesson_trial import in_kernel, troubles

REGISTRY = discover("plugins", installed=False)
LESSONS = {spec.id: spec for spec in REGISTRY.lessons.values()}
CIFAR = re.compile(r"""load_data\(\s*["']cifar10["'][^)]*\)""")
SHAPES = 'load_data("shapes", pictures=600)'

COVERED = {
    "1": (
        *("torch.tensor(", "from_numpy(", "ones_like(", "zeros_like(", "rand_like(|randn_like(", "torch.rand("),
        *(
            "torch.ones(",
            "torch.zeros(",
            ".shape",
            ".dtype",
            ".device",
            "accelerator.is_available()|cuda.is_available()",
            ".to(",
        ),
        *("[:, ", "torch.cat(", "torch.stack(", " * |.mul(", " @ |.matmul(", ".add_("),
    ),
    "2": (
        *("resnet18", "(1, 3, 64, 64|1, 3, 64, 64", "1, 1000", ".sum()", ".backward()", "SGD(", "lr=0.01|lr=1e-2"),
        *("momentum=0.9", ".step()"),
    ),
    "3": (
        *("nn.Conv2d(", "nn.Linear(", "max_pool2d(", "relu", ".parameters()", "MSELoss(|mse_loss(", "grad_fn"),
        *("next_functions", "zero_grad()", ".bias.grad", ".sub_(|-= ", "SGD(", "nesterov=True", "Adam(", "RMSprop("),
    ),
    "4": ("load_data(", "cifar10", "Conv2d(", "CrossEntropyLoss(|cross_entropy(", "SGD(", "save(", "load(", "classes"),
    "5": ("np.sin(", "torch.sin(", "requires_grad=True", "nn.Linear(|nn.Sequential(", "torch.optim", "no_grad()"),
    "6": ("W_hh", "W_xh", "W_hy", "tanh(", "hello", "load_data("),
    "7": ("sigmoid(", "tanh(", "nn.LSTM(", "nn.RNN("),
    "8": ("load_data(", "names", "nn.", "confusion"),
}
"""What the code of each lesson must have; ``|`` between two ways to write it."""
SAID = {
    "6": ("one-to-one", "one-to-many", "many-to-one", "many-to-many"),
    "7": ("forget", "input gate", "output gate", "gap"),
    "8": ("name_rnn|name-rnn", "confusion"),
}
"""What its text must speak of."""


def number(id: str) -> str:
    return id.partition("-")[0]


def lesson_of(id: str) -> Lesson:
    return read_lesson_file(LESSONS[id].file, id)


@pytest.fixture
def kernel(tmp_path: Path) -> Iterator[Kernel]:
    """As a new window has it: nothing was trained yet, and no data set is there."""
    load_data = data_loader(REGISTRY, DataFolders((), tmp_path))
    names = {"model": None, "batch": None, "run": None, "app": None, "load_data": load_data}
    made = Kernel(lambda: names)
    yield made
    made.close()


def test_there_are_eight_lessons_in_their_order() -> None:
    assert [number(id) for id in LESSONS] == list("12345678")


@pytest.mark.parametrize("id", LESSONS)
def test_a_lesson_has_no_fault_and_says_what_it_is_about(id: str) -> None:
    lesson = lesson_of(id)
    assert list(lesson.faults) == []
    assert lesson.title and lesson.summary and lesson.minutes
    assert len(lesson.tasks) >= 2


@pytest.mark.parametrize("id", LESSONS)
def test_a_lesson_covers_each_of_its_steps(id: str) -> None:
    lesson = lesson_of(id)
    code = "\n".join([cell.code for cell in lesson.cells] + [task.solution for task in lesson.tasks])
    text = "\n".join(block.html for block in lesson.blocks if isinstance(block, Prose)).lower()
    missing = [phrase for phrase in COVERED[number(id)] if not any(way in code for way in phrase.split("|"))]
    unsaid = [phrase for phrase in SAID.get(number(id), ()) if not any(way in text for way in phrase.split("|"))]
    assert missing + unsaid == []


@pytest.mark.parametrize("id", LESSONS)
def test_every_cell_runs_and_every_task_is_right_with_its_solution_alone(id: str, kernel: Kernel) -> None:
    run = in_kernel(kernel)
    assert list(troubles(lesson_of(id), REGISTRY, lambda code: run(CIFAR.sub(SHAPES, code)))) == []


@pytest.mark.slow
@pytest.mark.real_data
@pytest.mark.parametrize("id", [id for id in LESSONS if CIFAR.search(LESSONS[id].file.read_text("utf-8"))])
def test_a_lesson_of_cifar10_works_with_the_real_pictures(id: str, data_folder: Path, kernel: Kernel) -> None:
    """From the folder of pictures where there is one, since the official archive is a download."""
    pictures = data_folder / "cifar10.zip"
    real = f'load_data("image-folder", path={str(pictures)!r})' if pictures.is_file() else 'load_data("cifar10")'
    run = in_kernel(kernel)
    assert list(troubles(lesson_of(id), REGISTRY, lambda code: run(CIFAR.sub(lambda _found: real, code)))) == []


BROKEN = """---
title: Broken
---
```python cell
x = not_there
```

```python task a
a = 1
```

```python check a
check(a == 1, "no")
```

```python solution a
a = 2
```

```setup
label: Nobody
network: nobody
```

```python sell
```
"""


def test_the_trial_finds_what_is_wrong_with_a_lesson(kernel: Kernel) -> None:
    found = list(troubles(read_lesson(BROKEN, "broken"), REGISTRY, in_kernel(kernel)))
    assert [trouble.split(":")[0] for trouble in found] == [
        "broken, line 4",
        "broken, line 8",
        "broken, line 8",
        "broken, line 20",
        "broken, line 25",
    ]
    assert "right already" in found[1]
    assert "the solution is not right" in found[2]
