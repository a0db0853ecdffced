"""Folders and archives of small pictures, made for a test."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from pathlib import Path

import numpy as np
from PIL import Image

COLOURS = ("red", "green", "blue", "yellow", "purple")


def picture(shade: str | int = "red", size: tuple[int, int] = (20, 16), seed: int = 0) -> Image.Image:
    """Noise around one colour, or around one grey."""
    mode = "L" if isinstance(shade, int) else "RGB"
    plain = np.asarray(Image.new(mode, size, shade), dtype=np.int16)
    noise = np.random.default_rng(seed).integers(-30, 30, size[::-1])
    noisy = plain + (noise if mode == "L" else noise[:, :, None])
    return Image.fromarray(noisy.clip(0, 255).astype(np.uint8))


def encoded(picture: Image.Image, kind: str = "PNG", **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, kind, **options)
    return buffer.getvalue()


def files(
    counts: Mapping[str, int], shade: Callable[[int], str | int] = lambda row: COLOURS[row % 5]
) -> dict[str, bytes]:
    """Path -> the bytes of a picture: as many for each folder as asked for, each folder in its own colour."""
    return {
        f"{folder}/{number:03}.png": encoded(picture(shade(row), seed=number))
        for row, (folder, count) in enumerate(counts.items())
        for number in range(count)
    }


def folder(root: Path, content: Mapping[str, bytes]) -> Path:
    for name, data in content.items():
        path = root / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_bytes(data)
    root.mkdir(parents=True, exist_ok=True)
    return root


def archive(path: Path, content: Mapping[str, bytes], packing: int = zipfile.ZIP_DEFLATED) -> Path:
    with zipfile.ZipFile(path, "w", packing) as made:
        for name, data in content.items():
            made.writestr(zipfile.ZipInfo(name), data, packing)
    return path
