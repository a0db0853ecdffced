"""A run that was stopped in the middle of a slow step goes on as if nothing had been."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest

from core.control import Control
from core.launch import Launch
from core.resume import Resume
from core.runs import Run, RunStore
from core.slow_step.records import StepRecord
from tests.core import tiny, tiny_text
from tests.core.outcomes import differences
from tests.core.slow_step.hands import Hands
from tests.core.tiny import NOWHERE, Events, no_progress


@pytest.mark.parametrize("kind", [tiny, tiny_text])
@pytest.mark.parametrize("stop_at", [3, 7])
def test_stopped_in_a_slow_step_and_resumed_it_equals_a_run_that_was_not(
    tmp_path: Path, kind: Any, stop_at: int
) -> None:
    registry, store = kind.registry(), RunStore(tmp_path / "runs")
    given = (registry, kind.config(registry), NOWHERE, store)
    whole = Launch(*given, Control(), Events(), no_progress).run()
    assert whole.state == "finished", whole.details or whole.error

    def stop(record: StepRecord) -> None:
        if record.step == stop_at and record.phase == "gradients":
            hands.control.stop()

    hands = Hands(stop, steps=(2, stop_at))
    stopped = Launch(*given, hands.control, hands, no_progress).run()
    assert (stopped.state, stopped.step) == ("stopped", stop_at), stopped.details
    run = store.find(stopped.run)
    resumed = Launch(*given, Control(), Events(), no_progress, resume=Resume(Run(run.folder))).run()
    assert resumed.state == "finished", resumed.details or resumed.error
    assert differences(run, store.find(whole.run)) == []
