"""In a process of its own, since torch is loaded but once in each."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

PROGRAM = """
import sys
from core.console.kernel import Kernel

kernel = Kernel()
told = []
first = kernel.execute("'never shown'", told.append)
while "torch.nn.modules" not in sys.modules:  # by then it has begun what it can begin only once
    pass
kernel.interrupt()
print(first.result(120).state)
second = kernel.execute("torch.ones(3).sum().item()", told.append)
print(second.result(120).state, told[-1].text)
kernel.close()
"""


@pytest.mark.slow
def test_an_interrupt_while_torch_is_being_imported_leaves_it_whole() -> None:
    root = Path(__file__).parents[3]
    ended = subprocess.run([sys.executable, "-c", PROGRAM], cwd=root, capture_output=True, text=True, timeout=250)
    assert ended.stdout.splitlines() == ["interrupted", "done 3.0"], ended.stderr
