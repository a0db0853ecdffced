"""The run store: one folder a run, whoever started it."""

from __future__ import annotations

import json
import math
import re
import secrets
import shutil
import time
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from pathlib import Path
from typing import Any

import numpy as np
from filelock import FileLock, Timeout

from core.data import DataInfo
from core.errors import UserError
from core.event_log import EventLog, size_after
from core.events import (
    EpochEnded,
    Event,
    HealthMeasured,
    Paused,
    Resumed,
    RunEnded,
    RunStarted,
    RunState,
    SettingChanged,
    StepsLogged,
    TextSampled,
    WeightsLoaded,
)
from core.files import read_json, write_json
from core.run_config import RunConfig

FORMAT = 1
RESULT = "result.json"
RUN_ID = re.compile(r"\d{8}-\d{6}-[a-z0-9_-]+")
SETTLED = ("finished", "stopped", "failed")
TEXTS = ("state", "error", "run", "network", "data", "optimizer", "device", "kept", "reason")
HOLD_S = 1.0
"""Others hold a run's folder for a blink when they look whether it is being trained."""
LATEST = 253_402_300_799.0
"""The last second of the year 9999: what lies beyond is no date."""
RECORDED = (
    *(RunStarted, StepsLogged, EpochEnded, TextSampled, SettingChanged, WeightsLoaded),
    *(Paused, Resumed, HealthMeasured, RunEnded),
)
NOT_RECORDED = ("histograms",)
"""Fields that would make a record of megabytes."""


class RunNotFound(UserError):
    """No run goes by that name, or it cannot be read."""


class RunHeld(UserError):
    """The run's folder cannot be written to, because a process trains it or because of the disk."""


@dataclass(frozen=True)
class RunSummary:
    """A line in the list of runs. ``created``: seconds since 1970."""

    id: str
    network: str
    data: str
    optimizer: str
    created: float
    state: RunState
    summary: dict[str, Any] = field(default_factory=dict)


class Run:
    """A run's folder: ``run.json`` (what was asked), ``result.json`` (how it ended), events and checkpoints."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder
        self.id = folder.name
        self.checkpoints = folder / "checkpoints"
        self._lock = FileLock(folder / "lock")
        self._log = EventLog(folder / "events.jsonl")

    def begin(self, config: RunConfig, info: DataInfo, machine: Mapping[str, Any]) -> None:
        """Make the folder and write down what was asked; the run counts as running until :meth:`end`."""
        self.folder.mkdir(parents=True)
        asked = {"format": FORMAT, "created": time.time(), "config": config.model_dump(), "info": info.as_dict()}
        try:
            self._lock.acquire()
            write_json(self.folder / "run.json", {**asked, "machine": dict(machine)})
        except BaseException:  # a folder without run.json would never be listed, nor removed
            self.release()
            shutil.rmtree(self.folder, ignore_errors=True)
            raise

    def hold(self) -> None:
        """Keep others from training into the folder, until :meth:`release`.

        Raises:
            RunNotFound: where the folder is gone.
            RunHeld: where another process trains it, or it is only to be read from.
        """
        if not self.folder.is_dir():  # the lock would make it
            raise RunNotFound(f"The run {self.id} cannot be resumed: its folder is gone.")
        try:
            self._lock.acquire(timeout=HOLD_S)
        except Timeout as error:
            raise RunHeld(f"The run {self.id} is being trained already: wait for its end, or stop it there.") from error
        except OSError as error:
            raise self._unwritable(error) from error

    def reopen(self, step: int, size: int | None) -> None:
        """Go on after ``step`` steps: what was recorded later, and how the run ended, is dropped. Call it held.

        ``size``: the bytes of ``events.jsonl`` that tell of what came before; None: they are looked for.

        Raises:
            RunHeld: where the disk does not let us.
        """
        try:
            (self.folder / RESULT).unlink(missing_ok=True)
            self._log.cut(size_after(self._log.path, step) if size is None else size)
        except OSError as error:
            raise self._unwritable(error) from error

    def _unwritable(self, error: OSError) -> RunHeld:
        reason = error.strerror or str(error)
        return RunHeld(f"The run {self.id} cannot be resumed ({reason}): its folder must be writable.")

    def record(self, event: Event) -> None:
        """Append an event to ``events.jsonl``; views are not kept. Steps may reach the disk a second later.

        Raises:
            OSError: where the disk takes no more; it is tried again at the next event.
        """
        if not isinstance(event, RECORDED):
            return
        told = {field.name: getattr(event, field.name) for field in fields(event) if field.name not in NOT_RECORDED}
        self._log.append(_as_json({"event": type(event).__name__, "time": time.time(), **told}))
        if not isinstance(event, StepsLogged):
            self._log.flush()

    @property
    def recorded(self) -> int:
        """The size of ``events.jsonl`` in bytes, as far as the disk has taken it."""
        return self._log.size

    def sync(self) -> None:
        """Bring all that was recorded down to the disk.

        Raises:
            OSError: as :meth:`record`.
        """
        self._log.flush(sync=True)

    def end(self, event: RunEnded) -> None:
        """Write down how it ended and let go of the folder."""
        write_json(self.folder / RESULT, {"state": event.state, "error": event.error, **plain(event.summary)})
        self.release()

    def release(self) -> None:
        """Let go of the folder; without a result the run then counts as interrupted."""
        self._log.close()
        self._lock.release(force=True)

    @property
    def ended(self) -> str:
        """How the run ended ("finished", "stopped", "failed"); "" where it was broken off or goes on."""
        result = read_json(self.folder / RESULT)
        state = result.get("state") if isinstance(result, dict) else None
        return state if state in SETTLED else ""

    def asked(self) -> dict[str, Any]:
        """What ``run.json`` holds.

        Raises:
            RunNotFound: where it is missing or damaged.
        """
        asked = read_json(self.folder / "run.json")
        if not isinstance(asked, dict) or not isinstance(asked.get("config"), dict):
            raise RunNotFound(f"The run {self.id} cannot be read: its run.json is missing or damaged.")
        return asked

    def state(self) -> RunState:
        """Its end, or "running" while a process holds it, else "interrupted"."""
        result = read_json(self.folder / RESULT)
        if isinstance(result, dict) and result.get("state") in SETTLED:
            state: RunState = result["state"]
            return state
        try:
            with FileLock(self.folder / "lock", timeout=0):
                return "interrupted"
        except Timeout:
            return "running"
        except OSError:  # a folder that is only to be read from: nobody trains into it
            return "interrupted"

    def summary(self) -> RunSummary:
        """What the list of runs shows.

        Raises:
            RunNotFound: where ``run.json`` cannot be read.
        """
        asked = self.asked()
        network, data, optimizer = (str(asked["config"].get(key, "?")) for key in ("network", "data", "optimizer"))
        result = _checked_result(read_json(self.folder / RESULT))
        return RunSummary(self.id, network, data, optimizer, _seconds(asked), self.state(), result)


class RunStore:
    """All runs below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def new(self, network: str, data: str) -> Run:
        """A run with a new id; nothing is written yet."""
        stamp = time.strftime("%Y%m%d-%H%M%S")
        return Run(self.folder / f"{stamp}-{network}-{data}-{secrets.token_hex(3)}")

    def folders(self) -> list[Path]:
        """Every folder that looks like a run."""
        if not self.folder.is_dir():
            return []
        return [path for path in self.folder.iterdir() if RUN_ID.fullmatch(path.name) and path.is_dir()]

    def find(self, name: str) -> Run:
        """The run with that id, that beginning of an id, or "last".

        Raises:
            RunNotFound: where none or several go by that name.
        """
        names = sorted(path.name for path in self.folders())
        if not names:
            raise RunNotFound("There is no run yet: train a network first.")
        if name == "last":
            return max((Run(self.folder / n) for n in names), key=_created)
        matches = [n for n in names if n == name] or [n for n in names if n.startswith(name)]
        if len(matches) != 1:
            reason = f"{len(matches)} runs begin with" if matches else "There is no run"
            raise RunNotFound(f"{reason} {name!r}; `runs` lists them.")
        return Run(self.folder / matches[0])


def _created(run: Run) -> tuple[float, str]:
    asked = read_json(run.folder / "run.json")
    return (_seconds(asked) if isinstance(asked, dict) else 0.0, run.id)


def _seconds(asked: Mapping[str, Any]) -> float:
    created = asked.get("created")
    return float(created) if isinstance(created, (int, float)) and 0 <= created <= LATEST else 0.0


def _checked_result(result: Any) -> dict[str, Any]:
    """What a list can show of ``result.json``: texts where there should be texts, else numbers that are finite."""
    if not isinstance(result, dict):
        return {}
    return {key: value for key, value in result.items() if (_is_text if key in TEXTS else _is_number)(value)}


def _is_text(value: Any) -> bool:
    return isinstance(value, str)


def _is_number(value: Any) -> bool:
    return isinstance(value, int) or (isinstance(value, float) and math.isfinite(value))


def _as_json(value: Any) -> str:
    """The same as the JSON of :func:`plain`, in a third of the time, for it is done thirty times a second."""
    if isinstance(value, Mapping):
        return f"{{{', '.join(f'{json.dumps(key)}: {_as_json(item)}' for key, item in value.items())}}}"
    if isinstance(value, np.ndarray) and bool(np.isfinite(value).all()):
        return f"[{', '.join([f'{item:.9g}' for item in value.tolist()])}]"
    return json.dumps(plain(value))


def plain(value: Any) -> Any:
    """For JSON: arrays as lists (the nine digits of a float32 survive), and what is no finite number as null."""
    if isinstance(value, Mapping):
        return {key: plain(item) for key, item in value.items()}
    if isinstance(value, np.ndarray):
        return [plain(float(f"{item:.9g}")) for item in value.tolist()]
    return None if isinstance(value, float) and not math.isfinite(value) else value
