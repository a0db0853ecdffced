"""Kills training processes in the middle of what they do with files: ``python -m tests.core.killing ASKED``.

A process of its own, which loads torch once and then forks: each fork trains, and is killed at one operation.
"""

from __future__ import annotations

import functools
import io
import json
import os
import signal
import sys
import traceback
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

from core import checkpoints as checkpoints_module
from core import files as files_module
from core.checkpoints import checkpoints, load_state, load_weights
from core.control import Control
from core.event_log import EventLog
from core.launch import Launch
from core.resume import Resume
from core.runs import Run, RunStore
from core.trainer import Trainer
from tests.core import tiny, tiny_text
from tests.core.outcomes import differences, only_run
from tests.core.tiny import NOWHERE, no_progress

KINDS: Mapping[str, Any] = {"pictures": tiny, "text": tiny_text}
SCHEDULES = {"pictures": "plateau", "text": "one-cycle"}
CHECKPOINT_STEPS = {"pictures": 5, "text": 70}
OPERATIONS = ("replace", "rename", "fsync", "mkdir", "rmdir", "unlink", "ftruncate")


class Countdown:
    """Counts the operations on files, and kills the process in the middle of the one with that number."""

    def __init__(self, number: int) -> None:
        self.left = number
        self.done = 0

    def passes(self) -> bool:
        """Whether this operation may be done in full."""
        self.done += 1
        return self.done != self.left

    def install(self) -> None:
        """Count from here on."""
        for name in OPERATIONS:
            setattr(os, name, self._counted(getattr(os, name)))
        files_module.write_whole = checkpoints_module.write_whole = self._written  # type: ignore[assignment]
        EventLog._write = lambda log, file, content: self._appended(log, file, content)  # type: ignore[method-assign]

    def _counted(self, operation: Callable[..., Any]) -> Callable[..., Any]:
        def wrapped(*args: Any, **options: Any) -> Any:
            if not self.passes():
                die()
            return operation(*args, **options)

        return wrapped

    def _written(self, path: Path, content: bytes) -> None:
        if not self.passes():
            path.with_name(f"{path.name}.{os.getpid()}.part").write_bytes(content[: len(content) // 2])
            die()
        plain_write(path, content)

    def _appended(self, log: EventLog, file: io.FileIO, content: bytes) -> None:
        if not self.passes():
            file.write(content[: len(content) // 2])
            die()
        plain_append(log, file, content)


plain_write = files_module.write_whole
plain_append = EventLog._write


def die() -> None:
    """As if the power had gone."""
    os.kill(os.getpid(), signal.SIGKILL)


@functools.cache
def registry_of(kind: str) -> Any:
    """Read before the first fork, so that none has to."""
    return KINDS[kind].registry()


def warm_up(kind: str) -> None:
    """Have done in this process what is only done once, so that no fork has to."""
    found = registry_of(kind)
    Trainer(KINDS[kind].job(found, epochs=1)).fit()


def train(kind: str, folder: Path, counter: Countdown | None = None, resume: Resume | None = None) -> None:
    """A run that takes a checkpoint every few steps."""
    registry = registry_of(kind)
    asked = {"epochs": 2, "checkpoint_steps": CHECKPOINT_STEPS[kind], "schedule": SCHEDULES[kind]}
    config = KINDS[kind].config(registry, **asked)
    launch = Launch(
        *(registry, config, NOWHERE, RunStore(folder), Control(), lambda event: None, no_progress), resume=resume
    )
    if counter:
        counter.install()
    ended = launch.run()
    if ended.state != "finished":
        raise RuntimeError(ended.details or ended.error)


def forked(work: Callable[[], object]) -> int:
    """Do it in a child; returns its exit status, below 0 where it was killed."""
    child = os.fork()
    if child == 0:
        status = 1
        try:
            work()
            status = 0
        except BaseException:  # border: the parent shall see it on stderr
            traceback.print_exc()
        sys.stderr.flush()
        os._exit(status)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def count(kind: str, folder: Path) -> int:
    """How many operations a run takes."""
    counter = Countdown(0)

    def work() -> None:
        train(kind, folder, counter)
        (folder / "count").write_text(str(counter.done))

    if forked(work):
        raise RuntimeError("the run that nobody killed failed")
    number = int((folder / "count").read_text())
    (folder / "count").unlink()
    return number


def faults(kind: str, folder: Path, whole: Any, number: int) -> list[str]:
    """What is wrong after a run was killed at that operation, and resumed."""
    if forked(lambda: train(kind, folder, Countdown(number))) != -signal.SIGKILL:
        return ["it was not killed"]
    try:
        run = only_run(folder)
    except (ValueError, FileNotFoundError):
        return []  # killed before there was a run
    if not (run.folder / "run.json").exists():
        return []
    for path in checkpoints(run.checkpoints):
        load_state(path)
        load_weights(path)
    if not run.ended and forked(lambda: train(kind, folder, resume=Resume(Run(run.folder)))):
        return ["it could not be resumed"]
    return differences(run, whole)


def main() -> None:
    """Print, as JSON, what was wrong at which operation, and at how many it was looked."""
    asked = json.loads(sys.argv[1])
    folder, kind = Path(asked["folder"]), asked["kind"]
    warm_up(kind)
    operations = count(kind, folder / "whole")
    numbers = range(asked["first"], operations + 1, asked["every"])
    wrong = {}
    for number in numbers:
        found = faults(kind, folder / str(number), only_run(folder / "whole"), number)
        if found:
            wrong[number] = found
    print(json.dumps({"operations": operations, "looked_at": len(numbers), "wrong": wrong}))


if __name__ == "__main__":
    main()
