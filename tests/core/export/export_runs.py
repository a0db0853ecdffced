"""Runs that were kept, for the tests of what is made of them."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np

from core.control import Control
from core.discovery import discover
from core.export import export_run
from core.home import data_folders
from core.launch import Launch
from core.registry import Registry
from core.run_config import run_config
from core.runs import Run, RunStore
from tests.core.tiny import no_progress

BUILT_IN = discover("plugins", installed=False)


def trained(folder: Path, registry: Registry, network: str, data: str | None = None, **overrides: Any) -> Run:
    """A run of one epoch, kept below ``folder``."""
    settings: Mapping[str, Any] = {"threads": 1, "device": "cpu", "epochs": 1, **overrides}
    config = run_config(registry.get("networks", network), data, **settings)
    ended = Launch(registry, config, data_folders(), RunStore(folder), Control(), lambda event: None, no_progress).run()
    assert ended.state == "finished", ended.details or ended.error
    return RunStore(folder).find(ended.run)


def exported(run: Run, registry: Registry, format: str, path: Path, *, force: bool = False) -> Path:
    return export_run(run, registry, format, path, folders=data_folders(), progress=no_progress, force=force)


def last_logged(run: Run) -> float:
    """The loss of the last step, as float32: the record has its nine digits."""
    lines = (run.folder / "events.jsonl").read_text().splitlines()
    logged = [event for event in map(json.loads, lines) if event["event"] == "StepsLogged"]
    return float(np.float32(logged[-1]["metrics"]["loss"][-1]))
