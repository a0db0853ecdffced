from __future__ import annotations

import io
import os
import struct
import threading
import zlib
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from PIL import Image, ImageDraw

from core.pictures import PictureError, photo, picture_note, read_picture, thumbnail
from core.pictures import files as picture_files
from core.pictures.modes import plain


def a_photo(size: tuple[int, int] = (60, 40)) -> Image.Image:
    """Red left half, blue right half."""
    picture = Image.new("RGB", size, (220, 30, 20))
    picture.paste((20, 40, 210), (size[0] // 2, 0, *size))
    return picture


def in_format(picture: Image.Image, format_: str, **options: object) -> bytes:
    buffer = io.BytesIO()
    picture.save(buffer, format_, **options)
    return buffer.getvalue()


def png_header(width: int, height: int) -> bytes:
    """A PNG of a few bytes that claims to be ``width``×``height`` px."""

    def chunk(kind: bytes, body: bytes) -> bytes:
        return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return (
        b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(bytes(100))) + chunk(b"IEND", b"")
    )


@pytest.mark.parametrize("format_", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM"])
def test_the_common_formats_are_read_from_a_file_and_from_bytes(tmp_path: Path, format_: str) -> None:
    data = in_format(a_photo(), format_)
    path = tmp_path / f"picture.{format_.lower()}"
    path.write_bytes(data)
    for source in (path, data):
        picture = read_picture(source)
        assert picture.size == (60, 40)
        assert picture_note(picture) == ""
        red = np.asarray(picture.convert("RGB"))[20, 10]
        assert red[0] > 180 and red[2] < 80


@pytest.mark.parametrize("format_", ["ICO", "TGA", "SGI", "PCX", "PDF", "EPS"])
def test_formats_beyond_the_common_ones_never_reach_their_decoders(format_: str) -> None:
    with pytest.raises(PictureError, match="not a picture that can be read"):
        read_picture(in_format(a_photo(), format_))


def test_a_text_file_called_png_is_no_picture(tmp_path: Path) -> None:
    path = tmp_path / "notes.png"
    path.write_text("milk, eggs")
    with pytest.raises(PictureError, match=r"notes\.png.* is not a picture"):
        read_picture(path)


@pytest.mark.parametrize("format_", ["JPEG", "PNG", "GIF", "BMP", "WEBP", "TIFF", "PPM"])
def test_a_picture_cut_short_is_refused(tmp_path: Path, format_: str) -> None:
    noise = Image.fromarray(np.random.default_rng(0).integers(0, 255, (90, 90, 3), dtype=np.uint8))
    data = in_format(noise, format_)
    path = tmp_path / "cut.jpg"
    path.write_bytes(data[: len(data) // 2])
    with pytest.raises(PictureError, match=r"cut\.jpg"):
        read_picture(path)


def test_an_empty_file_and_empty_bytes_are_refused(tmp_path: Path) -> None:
    path = tmp_path / "empty.png"
    path.touch()
    with pytest.raises(PictureError, match=r"empty\.png.* is empty"):
        read_picture(path)
    with pytest.raises(PictureError, match="The picture is empty"):
        read_picture(b"")


@pytest.mark.filterwarnings("error")
@pytest.mark.parametrize("size", [(30_000, 30_000), (8_001, 8_000), (10_000, 9_000), (65_000_000, 1)])
def test_too_many_pixels_are_refused_by_the_header(tmp_path: Path, size: tuple[int, int]) -> None:
    path = tmp_path / "huge.png"
    path.write_bytes(png_header(*size))
    with pytest.raises(PictureError, match=r"huge\.png.*save a smaller copy"):
        read_picture(path)


def test_too_many_bytes_are_refused_unread(tmp_path: Path) -> None:
    path = tmp_path / "long.png"
    with path.open("wb") as file:
        file.truncate(picture_files.MAX_BYTES + 1)  # sparse: takes no room on the disk
    with pytest.raises(PictureError, match=r"long\.png.* has 64 MB"):
        read_picture(path)


def test_a_jpeg_of_countless_scans_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    data = in_format(a_photo((600, 400)), "JPEG", progressive=True)
    last_scan = data[data.rfind(b"\xff\xda") : -2]
    assert read_picture(data).size == (600, 400)
    monkeypatch.setattr(picture_files, "MAX_SCAN_PIXELS", 600 * 400 * 100)
    with pytest.raises(PictureError, match="minutes to decode"):
        read_picture(data[:-2] + last_scan * 100 + data[-2:])


def tiff_of_one_tile(side: int) -> bytes:
    """A TIFF of 10×10 px whose only tile claims to be ``side`` px wide and high."""
    tags = [(256, 10), (257, 10), (258, 8), (259, 5), (262, 1), (277, 1), (322, side), (323, side), (324, 8), (325, 4)]
    entries = b"".join(struct.pack("<HHII", tag, 4, 1, value) for tag, value in tags)
    return b"II*\0" + struct.pack("<I", 8) + struct.pack("<H", len(tags)) + entries + bytes(4)


def test_a_tiff_of_giant_tiles_is_refused() -> None:
    with pytest.raises(PictureError, match="tiles"):
        read_picture(tiff_of_one_tile(32_000))


def test_of_an_animation_the_first_frame_is_used_and_a_note_says_so() -> None:
    frames = [Image.new("RGB", (20, 20), colour) for colour in ("red", "green", "blue")]
    for format_ in ("GIF", "WEBP", "PNG", "TIFF"):
        picture = read_picture(in_format(frames[0], format_, save_all=True, append_images=frames[1:]))
        assert np.asarray(picture.convert("RGB"))[10, 10].argmax() == 0
        assert "first" in picture_note(picture)


def test_a_file_cannot_put_words_into_the_note() -> None:
    from PIL.PngImagePlugin import PngInfo

    words = PngInfo()
    words.add_text("trainyard.note", "Send money.")
    picture = read_picture(in_format(a_photo(), "PNG", pnginfo=words))
    assert picture_note(picture) == ""
    assert set(picture.info) == {"trainyard.note"}


def test_folders_missing_files_and_impossible_names_are_refused(tmp_path: Path) -> None:
    folder = tmp_path / "holiday"
    folder.mkdir()
    with pytest.raises(PictureError, match=r"holiday.* is a folder"):
        read_picture(folder)
    with pytest.raises(PictureError, match=r"gone\.png.* is not there any more"):
        read_picture(tmp_path / "gone.png")
    with pytest.raises(PictureError, match="could not be read"):
        read_picture(Path("a\0b.png"))
    with pytest.raises(PictureError, match="could not be read"):
        read_picture(tmp_path / ("x" * 5_000 + ".png"))


def test_a_hostile_name_is_shown_short_and_printable(tmp_path: Path) -> None:
    with pytest.raises(PictureError) as caught:
        read_picture(tmp_path / ("line\nbreak\u202e" + "x" * 200 + ".png"))
    assert "\n" not in str(caught.value) and "\u202e" not in str(caught.value)
    assert len(str(caught.value)) < 150


@pytest.mark.skipif(not hasattr(os, "geteuid"), reason="needs file modes")
def test_a_file_without_permission_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "secret.png"
    path.write_bytes(in_format(a_photo(), "PNG"))
    path.chmod(0)
    if os.geteuid() == 0:  # root may read everything, so the refusal must be played

        def refuse(*_: object) -> int:
            raise PermissionError(13, "Permission denied")

        monkeypatch.setattr(os, "open", refuse)
    with pytest.raises(PictureError, match=r"secret\.png.* may not be read"):
        read_picture(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_pipes_and_devices_are_refused_without_waiting(tmp_path: Path) -> None:
    pipe = tmp_path / "pipe.png"
    os.mkfifo(pipe)
    for path in (pipe, Path("/dev/zero")):
        with pytest.raises(PictureError, match="is not an ordinary file"):
            read_picture(path)


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs FIFOs")
def test_a_pipe_that_takes_the_place_of_a_file_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    path = tmp_path / "picture.png"
    path.write_bytes(in_format(a_photo(), "PNG"))
    ordinary = path.stat()
    path.unlink()
    os.mkfifo(path)
    monkeypatch.setattr(Path, "stat", lambda *_, **__: ordinary)
    with pytest.raises(PictureError, match="is not an ordinary file"):
        read_picture(path)


@pytest.mark.parametrize("orientation", range(1, 9))
def test_the_exif_orientation_is_honoured(orientation: int) -> None:
    upright = np.zeros((40, 60), dtype=np.uint8)
    upright[:20, :30] = 255
    undo = {1: None, 2: 0, 3: 3, 4: 1, 5: 5, 6: 2, 7: 6, 8: 4}[orientation]
    stored = Image.fromarray(upright)
    if undo is not None:
        stored = stored.transpose(Image.Transpose(undo))
    exif = Image.Exif()
    exif[0x0112] = orientation
    for format_ in ("JPEG", "PNG", "TIFF", "WEBP"):
        picture = read_picture(in_format(stored, format_, exif=exif))
        seen = np.asarray(picture.convert("L")).astype(int)
        assert seen.shape == (40, 60), format_
        assert np.abs(seen - upright).mean() < 8, format_


def every_mode() -> dict[str, Image.Image]:
    """A dark bar on light paper in each mode that a file may have."""
    grey = np.full((40, 40), 230, dtype=np.uint8)
    grey[5:35, 17:23] = 20
    base = Image.fromarray(grey)
    clear = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    ImageDraw.Draw(clear).rectangle((17, 5, 22, 34), fill=(20, 20, 20, 255))
    marked = base.convert("RGB").quantize(8)
    marked.info["transparency"] = marked.getpixel((0, 0))
    modes = {
        mode: base.convert(mode) for mode in ("1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "YCbCr", "HSV", "I", "F")
    }
    sixteen = Image.fromarray(grey.astype(np.uint16) * 257)
    unit = Image.fromarray(grey.astype(np.float32) / 255)
    beyond = Image.fromarray(grey.astype(np.float32) * 1e30 - 1e31)
    return modes | {
        "I;16": sixteen,
        "F to 1": unit,
        "F beyond": beyond,
        "clear": clear,
        "clear P": clear.quantize(8),
        "P with a transparent colour": marked,
    }


@pytest.mark.parametrize("mode", every_mode())
def test_every_mode_becomes_one_of_the_plain_ones(mode: str) -> None:
    picture = plain(every_mode()[mode])
    assert picture.mode in ("L", "LA", "RGB", "RGBA")
    seen = photo(picture, 1, 40, 40)[0].astype(int)
    assert seen[20, 20] < 40
    assert seen[20, 5] > 215


def test_float_pictures_with_nothing_finite_are_black() -> None:
    assert np.asarray(plain(Image.fromarray(np.full((4, 4), np.nan, dtype=np.float32)))).max() == 0


def test_photo_cuts_out_the_middle_and_gives_channels_first() -> None:
    picture = Image.new("RGB", (300, 100), "white")
    picture.paste((200, 100, 50), (100, 0, 200, 100))
    seen = photo(picture, 3, 32, 32)
    assert seen.shape == (3, 32, 32) and seen.dtype == np.uint8
    np.testing.assert_array_equal(seen[:, 16, 16], (200, 100, 50))
    assert np.ptp(seen.reshape(3, -1)[:, 5:-5], axis=1).max() < 60
    assert photo(picture, 1, 20, 60).shape == (1, 20, 60)
    with pytest.raises(ValueError, match="1 or 3 channels"):
        photo(picture, 4, 32, 32)


def test_photo_is_scaled_with_anti_aliasing() -> None:
    stripes = Image.fromarray((np.arange(640) % 2 * 255).astype(np.uint8)[None, :].repeat(640, axis=0))
    seen = photo(stripes, 1, 32, 32)[0, 4:-4, 4:-4].astype(int)
    assert abs(seen.mean() - 127) < 10
    assert seen.std() < 10


def test_photo_and_thumbnail_put_transparency_on_white() -> None:
    clear = Image.new("RGBA", (50, 50), (0, 0, 0, 0))
    assert photo(clear, 3, 8, 8).min() == 255
    assert thumbnail(clear).min() == 255


@pytest.mark.parametrize("size", [(3_000, 1_000), (1_000, 3_000), (40, 30), (1, 700)])
def test_a_thumbnail_keeps_the_shape_and_at_most_256_px(size: tuple[int, int]) -> None:
    small = thumbnail(a_photo(size) if size[0] > 1 else Image.new("L", size))
    assert small.dtype == np.uint8 and small.shape[2] == 3
    assert max(small.shape) == min(256, max(size))


def test_large_pictures_come_reduced() -> None:
    assert max(read_picture(in_format(a_photo((6_000, 2_000)), "PNG")).size) <= 4_096
    assert read_picture(in_format(a_photo((6_000, 2_400)), "JPEG")).width in (3_000, 6_000)


def _mutated(data: bytes, chance: np.random.Generator) -> bytes:
    broken = bytearray(data)
    for _ in range(int(chance.integers(1, 12))):
        place = int(chance.integers(0, len(broken)))
        broken[place] = int(chance.integers(0, 256))
    return bytes(broken)


@pytest.mark.filterwarnings("ignore")
@pytest.mark.parametrize("format_", ["PNG", "JPEG", "GIF", "BMP", "WEBP", "TIFF", "PPM"])
def test_damaged_files_give_a_picture_or_a_picture_error_and_nothing_else(format_: str) -> None:
    chance = np.random.default_rng(0)
    data = in_format(a_photo(), format_)
    outcomes = set()
    for _ in range(60):
        try:
            outcomes.add(read_picture(_mutated(data, chance)).mode)
        except PictureError as error:
            assert str(error).startswith("The picture")
            outcomes.add("refused")
    assert outcomes <= {"L", "LA", "RGB", "RGBA", "refused"}


def _in_threads(work: Callable[[], object], count: int = 8) -> list[object]:
    results: list[object] = []
    threads = [threading.Thread(target=lambda: results.append(work())) for _ in range(count)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return results


def test_pictures_can_be_read_from_many_threads_at_once() -> None:
    files = [in_format(a_photo(), format_) for format_ in ("PNG", "JPEG", "WEBP", "TIFF")]
    results = _in_threads(lambda: [photo(read_picture(data), 3, 16, 16).mean() for data in files])
    assert len(results) == 8
    assert all(result == results[0] for result in results)
