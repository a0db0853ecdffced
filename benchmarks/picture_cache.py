"""Building the cache of decoded pictures over a bare loop that decodes the same pictures; and opening it again."""

from __future__ import annotations

import io
import shutil
import statistics
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from pathlib import Path
from typing import TypeAlias

import numpy as np
from PIL import Image

from benchmarks.quiet import no_progress
from benchmarks.report import Check, Section, spread
from core.home import cache_folder, data_folders
from core.picture_folders import open_pictures
from core.picture_folders.decode import threads_for

HOW = (
    "CIFAR-10 as JPEGs of 32×32 px, in eleven archives of 5,000 pictures, and photos of 3,000×2,000 px made for this, "
    "in four folders of 50. The bare loop opens the same files with Pillow, converts them to RGB and makes arrays of "
    "them, with as many threads as our side uses: it neither scales nor keeps anything. Of the photos it decodes every "
    "pixel; with `draft`, as our side does, as small a version as JPEG gives for 64 px. Both sides take turns, an "
    "archive or folder each. The ratio is the bare loop's time over ours, all of ours included: finding the pictures, "
    "checking, scaling, writing to the disk. In brackets: quartiles of the turns' ratios. Opened again: the median "
    "of ten times."
)
HEADER = ("Pictures", "Ratio", "Ours, pictures/s", "Bare, pictures/s", "n", "Opened again")
ARCHIVE = "cifar10.zip"
LEAST = 0.6
ARCHIVED = 5_000
FOLDERS, PHOTOS, PHOTO_SIZE = 4, 50, (3_000, 2_000)
AGAIN = 10
Read: TypeAlias = Callable[[], bytes]
Round: TypeAlias = tuple[Path, Sequence[Read]]
"""A folder or archive, and how the bare loop reads each picture in it."""


@dataclass
class Turns:
    """Pictures per second of each turn of both sides; seconds of opening again."""

    ours: list[float] = field(default_factory=list)
    bare: list[float] = field(default_factory=list)
    again: list[float] = field(default_factory=list)

    def row(self, title: str) -> tuple[str, ...]:
        """For the table."""
        ours, bare = statistics.median(self.ours), statistics.median(self.bare)
        again = f"{statistics.median(self.again) * 1000:.1f} ms"
        return title, spread(self.ratios()), f"{ours:,.0f}", f"{bare:,.0f}", str(len(self.ours)), again

    def ratios(self) -> list[float]:
        """Ours over the bare loop's, turn by turn."""
        return [ours / bare for ours, bare in zip(self.ours, self.bare, strict=True)]

    def check(self, what: str) -> Check:
        """How close the build is to decoding alone."""
        return Check(f"{what}: build over bare decoding", statistics.median(self.ratios()), LEAST, True, "× bare")


def measure() -> Section:
    """The archive, where it is there, then the photos against both kinds of bare loop."""
    rows, checks, notes = [], [], []
    archive = data_folders().find(ARCHIVE)
    with tempfile.TemporaryDirectory() as made:
        if archive is None:
            notes.append(f"{ARCHIVE} was not in TRAINYARD_DATA, so it was not measured.")
        else:
            turns = _duel(_archives(archive, Path(made)), 1, draft=False)
            rows.append(turns.row("CIFAR-10, 1 thread"))
            checks.append(turns.check("CIFAR-10"))
            notes.append(_whole(archive))
        photos = list(_photos(Path(made)))
        threads = threads_for(float(PHOTO_SIZE[0] * PHOTO_SIZE[1]))
        for draft in (False, True):
            turns = _duel(photos, threads, draft=draft)
            rows.append(turns.row(f"Photos, {threads} threads{', draft' if draft else ''}"))
        checks.append(turns.check("Photos, draft"))
    return Section("picture_cache", "Decoding pictures into the cache", HOW, HEADER, rows, checks, notes)


def _duel(rounds: Iterable[Round], threads: int, *, draft: bool) -> Turns:
    turns = Turns()
    for number, (path, reads) in enumerate(rounds):
        shutil.rmtree(cache_folder(), ignore_errors=True)
        ours = _seconds(lambda path=path: open_pictures(path, progress=no_progress))  # type: ignore[misc]
        bare = _seconds(lambda reads=reads: _bare(reads, threads, draft))  # type: ignore[misc]
        if number == 0:
            continue  # the first turn pays for what is loaded once
        turns.ours.append(len(reads) / ours)
        turns.bare.append(len(reads) / bare)
        turns.again += [_seconds(lambda path=path: open_pictures(path)) for _ in range(AGAIN)]  # type: ignore[misc]
    return turns


def _seconds(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def _bare(reads: Sequence[Read], threads: int, draft: bool) -> None:
    if threads == 1:
        for read in reads:
            _array(read, draft)
        return
    with ThreadPoolExecutor(threads) as pool:
        for _ in pool.map(lambda read: _array(read, draft), reads):
            pass


def _array(read: Read, draft: bool) -> np.ndarray:
    picture = Image.open(io.BytesIO(read()))
    if draft:
        picture.draft("RGB", (128, 128))
    return np.asarray(picture.convert("RGB"))


def _whole(archive: Path) -> str:
    shutil.rmtree(cache_folder(), ignore_errors=True)
    built = _seconds(lambda: open_pictures(archive, progress=no_progress))
    again = statistics.median(_seconds(lambda: open_pictures(archive)) for _ in range(AGAIN))
    size = sum(path.stat().st_size for path in cache_folder().rglob("*") if path.is_file())
    return (
        f"All 55,000 pictures of the archive in one go: {built:.1f} s, {size / 1e6:,.0f} MB on disk; "
        f"opened again in {again * 1000:.1f} ms."
    )


def _archives(archive: Path, folder: Path) -> Iterator[Round]:
    """The pictures of one archive in several, each with all classes."""
    with zipfile.ZipFile(archive) as opened:
        names = [name for name in opened.namelist() if name.endswith(".jpg")]
        rounds = len(names) // ARCHIVED
        for number in range(rounds):
            path, some = folder / f"{number}.zip", names[number::rounds]
            with zipfile.ZipFile(path, "w") as part:
                for name in some:
                    part.writestr(name, opened.read(name))
            with zipfile.ZipFile(path) as part:
                yield path, [lambda name=name, part=part: part.read(name) for name in some]  # type: ignore[misc]


def _photos(folder: Path) -> Iterator[Round]:
    chance = np.random.default_rng(0)
    for number in range(FOLDERS + 1):
        root = folder / f"photos {number}"
        for photo in range(PHOTOS):
            coarse = chance.integers(0, 256, (PHOTO_SIZE[1] // 10, PHOTO_SIZE[0] // 10, 3), dtype=np.uint8)
            path = root / ("cat", "dog")[photo % 2] / f"{photo:03}.jpg"
            path.parent.mkdir(parents=True, exist_ok=True)
            Image.fromarray(coarse).resize(PHOTO_SIZE, Image.Resampling.BICUBIC).save(path, quality=90)
        yield root, [path.read_bytes for path in sorted(root.rglob("*.jpg"))]
