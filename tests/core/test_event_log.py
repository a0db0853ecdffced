"""The record of a run: whole lines only, on the disk within a second, and cut back exactly."""

from __future__ import annotations

import shutil
import sys
from pathlib import Path
from typing import Any

import pytest

from core import event_log
from core.event_log import EventLog, size_after, whole_lines


@pytest.fixture
def log(tmp_path: Path) -> EventLog:
    return EventLog(tmp_path / "events.jsonl")


def test_lines_wait_for_the_flush_and_are_then_whole(log: EventLog) -> None:
    log.append("one")
    log.append("two")
    assert not log.path.exists()
    log.flush()
    assert log.path.read_text() == "one\ntwo\n"
    assert log.size == 8
    log.append("three")
    log.close()
    assert log.path.read_text() == "one\ntwo\nthree\n"


def test_lines_go_to_the_disk_about_once_a_second(log: EventLog, monkeypatch: pytest.MonkeyPatch) -> None:
    now = [100.0]
    monkeypatch.setattr(event_log.time, "monotonic", lambda: now[0])
    log = EventLog(log.path)
    log.append("one")
    now[0] += 0.5
    log.append("two")
    assert not log.path.exists()
    now[0] += 0.6
    log.append("three")
    assert log.path.read_text() == "one\ntwo\nthree\n"


def test_half_a_line_that_a_dead_process_left_is_dropped_before_the_next_one(log: EventLog) -> None:
    log.path.write_bytes(b"one\ntwo\nhal")
    log.append("three")
    log.flush()
    assert log.path.read_bytes() == b"one\ntwo\nthree\n"
    log.close()


@pytest.mark.parametrize(
    ("size", "left"), [(0, b""), (3, b""), (4, b"one\n"), (6, b"one\n"), (8, b"one\ntwo\n"), (99, b"one\ntwo\n")]
)
def test_it_is_cut_back_to_whole_lines(log: EventLog, size: int, left: bytes) -> None:
    log.path.write_bytes(b"one\ntwo\nhal")
    log.append("lost")
    log.cut(size)
    assert log.path.read_bytes() == left
    log.append("next")
    log.close()
    assert log.path.read_bytes() == left + b"next\n"


def test_whole_lines_are_found_however_long_the_last_one_is(tmp_path: Path) -> None:
    path = tmp_path / "x"
    path.write_bytes(b"first\n" + b"x" * (3 * event_log.CHUNK))
    assert whole_lines(path) == 6
    path.write_bytes(b"x" * (2 * event_log.CHUNK))
    assert whole_lines(path) == 0
    assert whole_lines(tmp_path / "nothing") == 0


class Full:
    """Stands in for a disk that takes a few bytes and then no more."""

    def __init__(self, log: EventLog, room: int) -> None:
        self.file, self.room = log._opened(), room

    def write(self, content: Any) -> int:
        if not self.room:
            raise OSError(28, "No space left on device")
        taken = self.file.write(bytes(content[: self.room]))
        self.room = 0
        return taken

    def __getattr__(self, name: str) -> Any:
        return getattr(self.file, name)


def test_a_full_disk_leaves_no_half_line_and_takes_all_when_there_is_room_again(log: EventLog) -> None:
    log.append("one")
    log.flush()
    whole = log._file
    log._file = Full(log, 2)  # type: ignore[assignment]
    log.append("two")
    with pytest.raises(OSError, match="No space"):
        log.flush()
    assert log.path.read_bytes() == b"one\n"
    log._file = whole
    log.append("three")
    log.close()
    assert log.path.read_bytes() == b"one\ntwo\nthree\n"


def test_what_a_full_disk_does_not_take_fills_no_memory_for_ever(
    log: EventLog, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(event_log, "MOST_WAITING", 100)
    log._file = Full(log, 0)  # type: ignore[assignment]
    for _ in range(50):
        log.append("x" * 20)
        with pytest.raises(OSError, match="No space"):
            log.flush()
        assert sum(map(len, log._waiting)) <= 121
    log._file.close()  # type: ignore[union-attr]


@pytest.mark.skipif(sys.platform == "win32", reason="there a file that is open cannot be deleted")
def test_a_folder_deleted_meanwhile_is_an_error_and_does_not_come_back(tmp_path: Path) -> None:
    folder = tmp_path / "run"
    folder.mkdir()
    log = EventLog(folder / "events.jsonl")
    log.append("one")
    log.flush()
    shutil.rmtree(folder)
    log.append("two")
    with pytest.raises(OSError, match="folder of the run is gone"):
        log.flush()
    log.close()
    assert not folder.exists()


RECORD = b"""{"event": "RunStarted", "step": 0}
{"event": "StepsLogged", "first_step": 1}
not json
[1, 2]
{"event": "StepsLogged", "first_step": 5}
{"event": "EpochEnded", "step": 7}
{"event": "StepsLogged", "first_step": 8}
{"event": "RunEnded", "step": 7}
"""


@pytest.mark.parametrize(("step", "count"), [(0, 1), (4, 4), (5, 5), (7, 6), (8, 7), (99, 7)])
def test_a_record_without_a_position_is_cut_before_what_came_later(tmp_path: Path, step: int, count: int) -> None:
    path = tmp_path / "events.jsonl"
    path.write_bytes(RECORD)
    assert size_after(path, step) == len(b"".join(RECORD.splitlines(keepends=True)[:count]))
