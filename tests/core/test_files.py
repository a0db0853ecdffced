from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import textwrap
from pathlib import Path
from typing import Any

import pytest

from core import files
from core.files import read_json, write_json, write_whole


def test_what_is_written_is_read_back(tmp_path: Path) -> None:
    write_json(tmp_path / "x.json", {"a": [1, 2.5, None, "Ünïcode ×"]})
    assert read_json(tmp_path / "x.json") == {"a": [1, 2.5, None, "Ünïcode ×"]}
    assert [path.name for path in tmp_path.iterdir()] == ["x.json"]


@pytest.mark.parametrize("failing", ["fsync", "replace"])
def test_a_write_that_fails_leaves_the_old_file_and_nothing_beside_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, failing: str
) -> None:
    path = tmp_path / "x"
    write_whole(path, b"old")

    def full(*_: Any) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(*((os, "fsync", full) if failing == "fsync" else (Path, "replace", full)))
    with pytest.raises(OSError, match="No space"):
        write_whole(path, b"new")
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert list(tmp_path.iterdir()) == [path]


def test_a_process_killed_in_the_middle_of_a_write_leaves_the_old_file(tmp_path: Path) -> None:
    path = tmp_path / "x"
    write_whole(path, b"old")
    code = f"""
        import os, signal
        from pathlib import Path
        from core.files import write_whole
        os.fsync = lambda descriptor: os.kill(os.getpid(), {int(signal.SIGTERM)})
        write_whole(Path({str(path)!r}), b"new" * 10_000)
        """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], check=False)
    assert done.returncode != 0
    assert path.read_bytes() == b"old"


@pytest.mark.parametrize(
    "content",
    [b"", b"{", b"\xff\xfe", b"[" * 100_000, b"1" * 10_000, b"{'a': 1}"],
    ids=lambda content: str(content[:9]),
)
def test_what_is_no_json_is_none(tmp_path: Path, content: bytes) -> None:
    path = tmp_path / "x.json"
    path.write_bytes(content)
    assert read_json(path) is None


def test_what_is_not_there_or_no_file_is_none(tmp_path: Path) -> None:
    assert read_json(tmp_path / "nothing.json") is None
    assert read_json(tmp_path) is None


@pytest.mark.skipif(not hasattr(os, "mkfifo"), reason="needs named pipes")
def test_a_pipe_in_the_place_of_a_file_does_not_make_the_reader_wait(tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "x.json")
    assert read_json(tmp_path / "x.json") is None


def test_a_file_too_large_to_be_ours_is_not_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(files, "LARGEST_JSON", 100)
    path = tmp_path / "x.json"
    path.write_text(json.dumps("x" * 98))
    assert read_json(path) == "x" * 98
    path.write_text(json.dumps("x" * 99))
    assert read_json(path) is None
