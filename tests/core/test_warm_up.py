"""What is imported once is not walked through again and again in search of garbage."""

from __future__ import annotations

import gc
import sys
from types import ModuleType

import pytest

from core import warm_up


def test_after_many_imports_the_collector_passes_over_them_and_after_few_it_does_not(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(warm_up, "_settled", len(sys.modules))
    for number in range(warm_up._MANY_MODULES):
        monkeypatch.setitem(sys.modules, f"a_made_up_module_{number}", ModuleType("m"))
    before = gc.get_freeze_count()
    warm_up.settle()
    assert gc.get_freeze_count() == before
    monkeypatch.setitem(sys.modules, "one_more_made_up_module", ModuleType("m"))
    try:
        warm_up.settle()
        assert gc.get_freeze_count() > before
    finally:
        gc.unfreeze()
