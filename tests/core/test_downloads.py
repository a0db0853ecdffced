from __future__ import annotations

import gzip
import hashlib
import os
import random
import socket
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from core.data import Cancelled, DataError
from core.downloads import CHUNK, fetch, unpack_gzip
from tests.core.tiny import no_progress
from tests.loopback import Site, serving

CONTENT = random.Random(0).randbytes(5 * CHUNK + 17)
MD5 = hashlib.md5(CONTENT, usedforsecurity=False).hexdigest()
SHA256 = hashlib.sha256(CONTENT).hexdigest()


@pytest.fixture(autouse=True)
def no_proxy(monkeypatch: pytest.MonkeyPatch) -> None:
    for variable in ("http_proxy", "https_proxy", "all_proxy"):
        monkeypatch.delenv(variable, raising=False)
        monkeypatch.delenv(variable.upper(), raising=False)
    monkeypatch.setenv("no_proxy", "127.0.0.1")


@pytest.fixture
def site() -> Iterator[Site]:
    with serving(Site({"/x.bin": CONTENT})) as site:
        yield site


def nobody() -> str:
    """An address on which nobody listens."""
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return f"http://127.0.0.1:{taken.getsockname()[1]}/x.bin"


class Told:
    """A progress that remembers, and may cancel."""

    def __init__(self, cancel_after: float = float("inf")) -> None:
        self.calls: list[tuple[int, int | None, str]] = []
        self.cancel_after = cancel_after

    def __call__(self, done: int, total: int | None, text: str) -> None:
        self.calls.append((done, total, text))
        if done >= self.cancel_after:
            raise Cancelled


def names(folder: Path) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


@pytest.mark.parametrize("checksum", [{}, {"md5": MD5}, {"sha256": SHA256}])
def test_a_file_is_downloaded_checked_and_put_under_its_name(
    site: Site, tmp_path: Path, checksum: dict[str, str]
) -> None:
    told, path = Told(), tmp_path / "deep" / "folder" / "x.bin"
    fetch([f"{site.url}/x.bin"], path, told, **checksum)
    assert path.read_bytes() == CONTENT
    assert names(path.parent) == ["x.bin"]
    assert told.calls[0] == (0, len(CONTENT), "Downloading x.bin")
    done = [call[0] for call in told.calls]
    assert done == sorted(done)
    assert done[-1] == len(CONTENT)
    assert len(done) > 5


def test_what_is_already_there_is_not_asked_for(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    path.write_bytes(b"mine")
    fetch([f"{site.url}/x.bin"], path, no_progress, md5=MD5)
    assert (path.read_bytes(), site.asked) == (b"mine", [])


def test_a_cancelled_download_is_taken_up_where_it_stopped(site: Site, tmp_path: Path) -> None:
    path = tmp_path / "x.bin"
    with pytest.raises(Cancelled):
        fetch([f"{site.url}/x.bin"], path, Told(cancel_after=2 * CHUNK), md5=MD5)
    (part,) = tmp_path.iterdir()
    kept = part.stat().st_size
    assert not path.exists()
    assert 2 * CHUNK <= kept < len(CONTENT)
    site.served = 0
    told = Told()
    fetch([f"{site.url}/x.bin"], path, told, md5=MD5)
    assert path.read_bytes() == CONTENT
    assert site.served == len(CONTENT) - kept, "what was there was served again"
    assert told.calls[0][:2] == (kept, len(CONTENT))


def test_a_server_that_knows_no_ranges_is_asked_for_all_again(site: Site, tmp_path: Path) -> None:
    site.ranges = False
    path = tmp_path / "x.bin"
    with pytest.raises(Cancelled):
        fetch([f"{site.url}/x.bin"], path, Told(cancel_after=CHUNK))
    fetch([f"{site.url}/x.bin"], path, no_progress, md5=MD5)
    assert path.read_bytes() == CONTENT


def test_a_server_that_tells_no_length_is_no_hindrance(site: Site, tmp_path: Path) -> None:
    site.length = False
    told = Told()
    fetch([f"{site.url}/x.bin"], tmp_path / "x.bin", told, md5=MD5)
    assert (tmp_path / "x.bin").read_bytes() == CONTENT
    assert {total for _, total, _ in told.calls} == {None}


def test_a_connection_that_breaks_off_is_taken_up_at_the_next_address(site: Site, tmp_path: Path) -> None:
    site.breaks = [CHUNK + 5]
    fetch([f"{site.url}/x.bin"] * 2, tmp_path / "x.bin", no_progress, md5=MD5)
    assert (tmp_path / "x.bin").read_bytes() == CONTENT
    assert site.asked == [("/x.bin", ""), ("/x.bin", f"bytes={CHUNK + 5}-")]
    assert site.served == len(CONTENT)


def test_a_connection_that_always_breaks_off_says_so_and_keeps_the_part(site: Site, tmp_path: Path) -> None:
    site.breaks = [100]
    with pytest.raises(DataError, match="the connection broke off"):
        fetch([f"{site.url}/x.bin"], tmp_path / "x.bin", no_progress, md5=MD5)
    assert names(tmp_path) == ["x.bin.part"]
    fetch([f"{site.url}/x.bin"], tmp_path / "x.bin", no_progress, md5=MD5)
    assert site.served == len(CONTENT)


@pytest.mark.parametrize("checksum", [{"md5": "0" * 32}, {"sha256": "0" * 64}])
def test_a_wrong_checksum_leaves_nothing(site: Site, tmp_path: Path, checksum: dict[str, str]) -> None:
    with pytest.raises(DataError, match="checksum is wrong"):
        fetch([f"{site.url}/x.bin"], tmp_path / "x.bin", no_progress, **checksum)
    assert names(tmp_path) == []


def test_a_part_of_something_else_is_noticed_and_downloaded_anew_at_the_next_address(
    site: Site, tmp_path: Path
) -> None:
    (tmp_path / "x.bin.part").write_bytes(b"something else")
    fetch([f"{site.url}/x.bin"] * 2, tmp_path / "x.bin", no_progress, md5=MD5)
    assert (tmp_path / "x.bin").read_bytes() == CONTENT


def test_a_part_that_is_already_whole_is_checked_and_used(site: Site, tmp_path: Path) -> None:
    (tmp_path / "x.bin.part").write_bytes(CONTENT)
    fetch([f"{site.url}/x.bin"], tmp_path / "x.bin", no_progress, md5=MD5)
    assert ((tmp_path / "x.bin").read_bytes(), site.served) == (CONTENT, 0)


def test_an_empty_file_can_be_downloaded(site: Site, tmp_path: Path) -> None:
    site.files["/empty"] = b""
    fetch([f"{site.url}/empty"], tmp_path / "empty", no_progress)
    assert (tmp_path / "empty").read_bytes() == b""


def test_where_one_address_is_dead_the_next_is_used(site: Site, tmp_path: Path) -> None:
    fetch([nobody(), f"{site.url}/gone.bin", f"{site.url}/x.bin"], tmp_path / "x.bin", no_progress, md5=MD5)
    assert (tmp_path / "x.bin").read_bytes() == CONTENT


@pytest.mark.parametrize(
    ("urls", "said"),
    [
        ([nobody()], "Connection refused"),
        (["nonsense://x"], "unknown url type"),
        ([], "no address"),
        (["x"], "unknown url"),
    ],
)
def test_where_nobody_answers_a_sentence_says_what_to_do(tmp_path: Path, urls: list[str], said: str) -> None:
    with pytest.raises(DataError) as caught:
        fetch(urls, tmp_path / "x.bin", no_progress)
    sentence = str(caught.value)
    assert sentence.startswith("x.bin could not be downloaded (")
    assert said in sentence
    assert "Check the network connection" in sentence
    assert "urlopen" not in sentence and "Errno" not in sentence
    assert not (tmp_path / "x.bin").exists()


def test_each_reason_is_named_once(site: Site, tmp_path: Path) -> None:
    with pytest.raises(DataError) as caught:
        fetch([f"{site.url}/a", f"{site.url}/b", nobody()], tmp_path / "x.bin", no_progress)
    assert "(HTTP Error 404: Not Found; Connection refused)" in str(caught.value)


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()
    with pytest.raises(DataError, match=r"x\.bin cannot be put into .*file.*make room there"):
        fetch(["http://127.0.0.1/x"], tmp_path / "file" / "x.bin", no_progress)


def test_a_full_disk_is_told_as_what_it_is(site: Site, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(descriptor: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", full)
    with pytest.raises(DataError, match="No space left on device"):
        fetch([f"{site.url}/x.bin"], tmp_path / "x.bin", no_progress)
    assert names(tmp_path) == ["x.bin.part"]


def test_a_packed_file_is_unpacked(tmp_path: Path) -> None:
    (tmp_path / "x.gz").write_bytes(gzip.compress(CONTENT))
    unpack_gzip(tmp_path / "x.gz", tmp_path / "x")
    assert (tmp_path / "x").read_bytes() == CONTENT
    assert names(tmp_path) == ["x", "x.gz"]


@pytest.mark.parametrize(
    "packed",
    [b"no gzip at all", gzip.compress(CONTENT)[:-20], gzip.compress(CONTENT)[:40] + b"\xff" * 100],
    ids=["other", "cut short", "damaged"],
)
def test_a_damaged_packed_file_is_named_and_leaves_nothing_half_unpacked(tmp_path: Path, packed: bytes) -> None:
    (tmp_path / "x.gz").write_bytes(packed)
    with pytest.raises(DataError, match=r"x\.gz cannot be unpacked .*delete it"):
        unpack_gzip(tmp_path / "x.gz", tmp_path / "x")
    assert names(tmp_path) == ["x.gz"]


def test_no_room_while_unpacking_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    (tmp_path / "x.gz").write_bytes(gzip.compress(CONTENT))
    monkeypatch.setattr(Path, "replace", full)
    with pytest.raises(DataError, match="No space left on device"):
        unpack_gzip(tmp_path / "x.gz", tmp_path / "x")
    assert names(tmp_path) == ["x.gz"]
