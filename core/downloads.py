"""Downloads that show their progress, can be cancelled, go on where they stopped, and are checked."""

from __future__ import annotations

import gzip
import hashlib
import os
import shutil
import urllib.error
import urllib.request
import zlib
from collections.abc import Callable, Sequence
from http.client import HTTPException
from pathlib import Path
from typing import BinaryIO

from core.data import DataError, Progress

CHUNK = 1 << 16
TIMEOUT_S = 30.0


def fetch(urls: Sequence[str], path: Path, progress: Progress, *, md5: str = "", sha256: str = "") -> None:
    """Download the first of ``urls`` that answers to ``path``; returns at once where it is already there.

    A part that an earlier, broken attempt left beside it is continued. The file gets its final name only when
    its checksum is right, so that a reader never meets half a file.

    Raises:
        DataError: where no address answers, the checksum is wrong, or the folder cannot be written to.
        Cancelled: from ``progress``; the part stays for the next attempt.
    """
    if path.exists():
        return
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise DataError(f"{path.name} cannot be put into {path.parent} ({_reason(error)}): make room there.") from error
    part = path.with_name(path.name + ".part")
    reasons = []
    for url in urls:
        try:
            _download(url, part, progress)
            _check(part, md5, sha256)
            part.replace(path)
        except (OSError, HTTPException, ValueError, DataError) as error:
            reasons.append(_reason(error))
            continue
        return
    raise DataError(
        f"{path.name} could not be downloaded ({'; '.join(dict.fromkeys(reasons)) or 'no address'}). "
        "Check the network connection and press Start again, or put the file into the data folder yourself."
    )


def unpack_gzip(packed: Path, path: Path) -> None:
    """Unpack ``packed`` to ``path``, which appears only when it is complete.

    Raises:
        DataError: where ``packed`` is damaged or there is no room.
    """
    part = path.with_name(path.name + ".part")
    try:
        with gzip.open(packed, "rb") as source, part.open("wb") as sink:
            shutil.copyfileobj(source, sink, CHUNK)
        part.replace(path)
    except (OSError, EOFError, zlib.error) as error:
        part.unlink(missing_ok=True)
        raise DataError(
            f"{packed} cannot be unpacked ({_reason(error)}): delete it, see that there is room, and try again."
        ) from error


def _download(url: str, part: Path, progress: Progress) -> None:
    have = part.stat().st_size if part.exists() else 0
    headers = {"User-Agent": "trainyard", **({"Range": f"bytes={have}-"} if have else {})}
    request = urllib.request.Request(url, headers=headers)
    try:
        response = urllib.request.urlopen(request, timeout=TIMEOUT_S)
    except urllib.error.HTTPError as error:
        if error.code != 416:  # the part is already whole: there is no range left to ask for
            raise
        return
    with response:
        if response.status != 206:
            have = 0
        length = response.headers.get("Content-Length")
        total = have + int(length) if length else None
        with part.open("ab" if have else "wb") as sink:
            _copy(response.read, sink, have, total, progress, f"Downloading {part.stem}")
    if total is not None and part.stat().st_size < total:
        raise OSError("the connection broke off")


def _copy(
    read: Callable[[int], bytes], sink: BinaryIO, done: int, total: int | None, progress: Progress, text: str
) -> None:
    progress(done, total, text)
    while chunk := read(CHUNK):
        sink.write(chunk)
        done += len(chunk)
        progress(done, total, text)
    sink.flush()
    os.fsync(sink.fileno())


def _reason(error: Exception) -> str:
    """In few words: what lies behind a URLError, and no error numbers."""
    cause = error.reason if type(error) is urllib.error.URLError else error
    return str(getattr(cause, "strerror", None) or cause or type(cause).__name__)


def _check(part: Path, md5: str, sha256: str) -> None:
    for algorithm, wanted in (("md5", md5), ("sha256", sha256)):
        if wanted and _digest(part, algorithm) != wanted:
            part.unlink()
            raise DataError("what came is not what was expected: its checksum is wrong")


def _digest(path: Path, algorithm: str) -> str:
    digest = hashlib.new(algorithm, usedforsecurity=False)
    with path.open("rb") as file:
        while chunk := file.read(CHUNK):
            digest.update(chunk)
    return digest.hexdigest()
