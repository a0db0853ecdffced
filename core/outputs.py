"""Files and folders that people ask for: whole or not there, and never written over unless that was asked for, too."""

from __future__ import annotations

import os
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

from core.errors import UserError


class OutputError(UserError):
    """Something cannot be written there; the message is one sentence for the user."""


class OutputExists(OutputError):
    """There is something of that name already, and it was not asked to be replaced."""


@contextmanager
def output_file(path: Path, *, force: bool = False) -> Iterator[Path]:
    """A path to write to; what was written there becomes ``path`` when the block is left without an exception.

    Raises:
        OutputExists: where there is such a file and ``force`` does not say that it may be replaced.
        OutputError: where the folder cannot be written to or the disk is full.
    """
    if path.is_dir():
        raise OutputError(f"{path} is a folder: give the name of a file.")
    _check_free(path, path.exists(), force)
    part = _part_of(path)
    try:
        with _said(path):
            path.parent.mkdir(parents=True, exist_ok=True)
            yield part
            _settle(part)
            part.replace(path)
    finally:
        with suppress(OSError):  # where it could not be made, it need not go
            part.unlink()


@contextmanager
def output_folder(path: Path, *, force: bool = False) -> Iterator[Path]:
    """A new folder to write files into; they are in ``path`` when the block is left without an exception.

    With ``force`` files of the same names are replaced in a folder that is there; whatever else is in it stays.

    Raises:
        OutputExists: where there is such a folder with something in it, and no ``force``.
        OutputError: where it cannot be written to or the disk is full.
    """
    if path.exists() and not path.is_dir():
        raise OutputError(f"{path} is a file: give the name of a folder.")
    with _said(path):
        _check_free(path, path.is_dir() and any(path.iterdir()), force)
    part = _part_of(path)
    try:
        with _said(path):
            part.mkdir(parents=True)
            yield part
            for file in part.iterdir():
                _settle(file)
            path.mkdir(exist_ok=True)
            for file in sorted(part.iterdir()):
                file.replace(path / file.name)
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _part_of(path: Path) -> Path:
    return path.with_name(f".{path.name[:100]}.{secrets.token_hex(4)}.part")


def _check_free(path: Path, taken: bool, force: bool) -> None:
    if taken and not force:
        raise OutputExists(f"{path} exists already: choose another name, or say that it may be replaced (--force).")


def _settle(file: Path) -> None:
    """On the disk before it gets its name: a crash then leaves the old file or the new one."""
    with file.open("rb+") as opened:
        os.fsync(opened.fileno())


@contextmanager
def _said(path: Path) -> Iterator[None]:
    try:
        yield
    except OSError as error:
        reason = error.strerror or str(error)
        raise OutputError(f"{path} cannot be written ({reason}): choose another folder, or make room.") from error
