"""What a run tells of each sample."""

from __future__ import annotations

import numpy as np
import pytest

from core.events import EpochEnded, Judged
from core.trainer import Trainer
from tests.core.tiny import CLASSES, Events, job


def test_every_epoch_judges_the_validation_part_and_the_end_the_test_part() -> None:
    events = Events()
    made = job(epochs=2)
    Trainer(made, emit=events).fit()
    judged = [event for event in events if isinstance(event, Judged)]
    assert [(event.part, event.epoch) for event in judged] == [("val", 1), ("val", 2), ("test", 2)]
    ended = [event for event in events if isinstance(event, EpochEnded)]
    for event, epoch in zip(judged, ended, strict=False):
        assert event.logits.shape == (20, CLASSES)
        right = float(np.mean(event.logits.argmax(1) == event.targets))
        assert epoch.validation["accuracy"] == pytest.approx(right)


def test_a_run_in_bfloat16_learns_too() -> None:
    events = Events()
    ended = Trainer(job(epochs=8, precision="bfloat16"), emit=events).fit()
    assert ended.summary["val_accuracy"] > 0.8
