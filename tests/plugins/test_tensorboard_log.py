from __future__ import annotations

from pathlib import Path

import pytest
from tensorboard.backend.event_processing.event_accumulator import EventAccumulator

from plugins.tensorboard_log import VARIABLE, make_callbacks
from tests.core import tiny
from tests.core.export.export_runs import BUILT_IN, last_logged, trained


def test_without_the_variable_nothing_is_logged(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv(VARIABLE, raising=False)
    assert make_callbacks(tiny.config(tiny.registry())) == []


def test_a_run_is_logged_into_a_folder_of_its_own(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(VARIABLE, str(tmp_path / "logs"))
    run = trained(tmp_path / "runs", BUILT_IN, "lenet")
    log = EventAccumulator(str(tmp_path / "logs" / run.id)).Reload()
    losses = log.Scalars("train/loss")
    assert [point.step for point in losses] == list(range(1, 41))
    assert losses[-1].value == last_logged(run)
    assert len(log.Scalars("val/accuracy")) == len(log.Scalars("test/accuracy")) == 1
