"""Runs a whole lesson as a learner would: every cell, every task as it stands, and every solution."""

from __future__ import annotations

from collections.abc import Callable, Iterator

from core.console.kernel import Kernel
from core.lessons import Fault, Lesson, SetUp, Task
from core.lessons.checking import Verdict, check_code
from core.lessons.set_up import resolve
from core.registry import Registry

Run = Callable[[str], BaseException | None]
"""Runs code in the kernel; gives back what it raised."""

LONGEST_CELL_S = 120


def in_kernel(kernel: Kernel) -> Run:
    """Runs code as the window does."""

    def run(code: str) -> BaseException | None:
        outcome = kernel.execute(code, lambda _output: None).result(LONGEST_CELL_S)
        return None if outcome.state == "done" else outcome.error or AssertionError(outcome.summary)

    return run


def troubles(lesson: Lesson, registry: Registry, run: Run) -> Iterator[str]:
    """What is wrong with a lesson, each with its line in the file."""
    for block in lesson.blocks:
        where = f"{lesson.id}, line {block.line}"
        if isinstance(block, Fault):
            yield f"{where}: {block.words}"
        elif isinstance(block, SetUp):
            try:
                resolve(registry, block)
            except Exception as error:
                yield f"{where}: {error}"
        elif isinstance(block, Task):
            yield from (f"{where}: task {block.id}: {trouble}" for trouble in _task_troubles(block, run))
        elif (found := block_error(block, run)) is not None:
            yield f"{where}: the cell fails: {found}"


def block_error(block: object, run: Run) -> str | None:
    code = getattr(block, "code", None)
    error = run(code) if code is not None else None
    return f"{type(error).__name__}: {error}" if error is not None else None


def _task_troubles(task: Task, run: Run) -> Iterator[str]:
    """The starter may fail, but must not be right; the solution must run and be right."""
    failed = run(task.code)
    if failed is None and (found := run(check_code(task.check))) and isinstance(found, Verdict) and found.right:
        yield f"what it begins with is right already: {found.words}"
    error = run(task.solution)
    if error is not None:
        yield f"the solution fails: {type(error).__name__}: {error}"
        return
    verdict = run(check_code(task.check))
    if not isinstance(verdict, Verdict) or not verdict.right:
        yield f"the solution is not right: {verdict}"
