"""Other weights in the middle of a run: told, kept in the record, and shown on the curves."""

from __future__ import annotations

import json
from pathlib import Path

import torch

from core.control import Control
from core.events import WeightsLoaded
from core.history import read_curves
from core.launch import Launch
from core.runs import RunStore
from core.trainer import Trainer
from core.weights_files import load_into
from tests.core.tiny import NOWHERE, Events, config, no_progress, registry


def test_weights_that_are_loaded_during_a_run_are_told_and_recorded(tmp_path: Path) -> None:
    found, events, control, store = registry(), Events(), Control(), RunStore(tmp_path)

    def ready(trainer: Trainer) -> None:
        weights = {name: torch.zeros_like(tensor) for name, tensor in trainer.job.model.state_dict().items()}
        take = trainer._train_step

        def watched(batch: object) -> None:
            take(batch)  # type: ignore[arg-type]
            if trainer.step == 3:
                control.at_safe_point(lambda: load_into(trainer, weights, "zeros.pth"))

        load_into(trainer, weights, "first.pth")
        trainer._train_step = watched  # type: ignore[method-assign]

    ended = Launch(found, config(found, epochs=1), NOWHERE, store, control, events, no_progress, ready).run()
    assert ended.state == "finished", ended.error
    assert events.of(WeightsLoaded) == [WeightsLoaded(3, "zeros.pth")]
    run = store.find(ended.run)
    record = [json.loads(line) for line in (run.folder / "events.jsonl").read_text().splitlines()]
    assert [(line["step"], line["source"]) for line in record if line["event"] == "WeightsLoaded"] == [(3, "zeros.pth")]
    assert read_curves(run).marks == ((3, "weights of zeros.pth"),)
