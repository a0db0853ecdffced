"""Deleted runs: kept aside until the bin is emptied, so that a deletion can be undone."""

from __future__ import annotations

import shutil
from pathlib import Path

from filelock import FileLock, Timeout

from core.errors import UserError
from core.runs import RUN_ID, Run, RunStore

FOLDER = ".bin"


class RunInUse(UserError):
    """A run that cannot be deleted now; the message says why."""


class RunBin:
    """Beside the runs, so that moving one there is a rename."""

    def __init__(self, store: RunStore) -> None:
        self.store = store
        self.folder = store.folder / FOLDER

    def throw_away(self, run: Run) -> None:
        """Move a run into the bin.

        Raises:
            RunInUse: while it is being trained, by whatever process, or where the disk does not let it go.
        """
        if not run.folder.is_dir():  # the lock would make the folder
            raise RunInUse(f"The run {run.id} cannot be deleted: its folder is gone.")
        try:
            with FileLock(run.folder / "lock", timeout=0):
                pass
        except Timeout as error:
            raise RunInUse(f"The run {run.id} is being trained: stop it first.") from error
        except OSError as error:
            raise RunInUse(f"The run {run.id} cannot be deleted ({error.strerror or error}).") from error
        target = self.folder / run.id
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
            shutil.rmtree(target, ignore_errors=True)
            run.folder.replace(target)
        except OSError as error:
            raise RunInUse(f"The run {run.id} cannot be deleted ({error.strerror or error}).") from error

    def put_back(self, id: str) -> Run:
        """Undo a deletion.

        Raises:
            RunInUse: where it is not in the bin any more, or cannot be moved.
        """
        run = Run(self.store.folder / id)
        try:
            (self.folder / id).replace(run.folder)
        except OSError as error:
            raise RunInUse(f"The run {id} cannot be brought back ({error.strerror or error}).") from error
        return run

    def runs(self) -> list[str]:
        """The ids of what is in the bin, newest first."""
        return sorted((path.name for path in self._kept()), reverse=True)

    def empty(self) -> None:
        """Delete for good what is in the bin."""
        for path in self._kept():
            shutil.rmtree(path, ignore_errors=True)

    def _kept(self) -> list[Path]:
        if not self.folder.is_dir():
            return []
        return [path for path in self.folder.iterdir() if RUN_ID.fullmatch(path.name) and path.is_dir()]
