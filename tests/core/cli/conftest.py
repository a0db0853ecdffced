"""One run with all defaults, for all tests of the command line that need a trained network."""

from __future__ import annotations

import io
import json
import os
from contextlib import redirect_stdout
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from filelock import FileLock


@dataclass(frozen=True)
class Trained:
    """A home with a run of LeNet in it, the status of the command, and the JSON on its last line."""

    home: Path
    status: int
    result: dict[str, Any]


@pytest.fixture(scope="session")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Trained:
    """Trained by the first process of the tests that asks for it; the others wait."""
    base = tmp_path_factory.getbasetemp()
    shared = (base.parent if "PYTEST_XDIST_WORKER" in os.environ else base) / "trained"
    with FileLock(f"{shared}.lock"):
        if not shared.exists():
            _train(shared)
        said = json.loads((shared / "said.json").read_text())
    return Trained(shared / "home", said["status"], said["result"])


def _train(shared: Path) -> None:
    from core.cli import main

    said = io.StringIO()
    with pytest.MonkeyPatch.context() as patch, redirect_stdout(said):
        patch.setenv("TRAINYARD_HOME", str(shared / "home"))
        status = main(["train", "lenet", "--json"], "plugins")
    result = json.loads(said.getvalue().splitlines()[-1])
    (shared / "said.json").write_text(json.dumps({"status": status, "result": result}))
