"""The set-up, tried in a folder of its own with an interpreter that only pretends: nothing is installed."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]

pytestmark = pytest.mark.skipif(
    sys.platform == "win32" or not shutil.which("make"), reason="the Makefile is for Linux and macOS"
)

# Writes down each call, makes a .venv that holds itself, and does what the files beside it tell it to.
PRETENDER = """#!/bin/sh
here={here}
case "$*" in
    --version) echo "Python 3.13.0" ;;
    "-c import ensurepip, venv") [ ! -e "$here/no-venv" ] ;;
    "-c "*sys.version_info*) [ ! -e "$here/too-old" ] ;;
    "-m venv --clear .venv") echo "$*" >> "$here/calls"; mkdir -p .venv/bin; cp "$0" .venv/bin/python ;;
    *"pip install"*) echo "$*" >> "$here/calls"; [ ! -e "$here/pip-fails" ] ;;
    *) echo "$*" >> "$here/calls" ;;
esac
"""


class Project:
    """A folder with the Makefile, two small locks, and a pretended Python."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder / "with a space"
        self.folder.mkdir()
        shutil.copy(ROOT / "Makefile", self.folder)
        (self.folder / "requirements.lock").write_text("one==1\n")
        (self.folder / "requirements-dev.lock").write_text("one==1\ntwo==2\n")
        self.python = folder / "python"
        self.python.write_text(PRETENDER.format(here=folder))
        self.python.chmod(0o755)

    def make(self, *arguments: str) -> subprocess.CompletedProcess[str]:
        command = ["make", *arguments, f"PYTHON={self.python}"]
        # The make that runs the tests would hand its own arguments down to this one.
        environ = {name: value for name, value in os.environ.items() if "MAKE" not in name and name != "MFLAGS"}
        return subprocess.run(command, cwd=self.folder, env=environ, capture_output=True, text=True)

    def tell(self, name: str, told: bool = True) -> None:
        flag = self.python.parent / name
        flag.touch() if told else flag.unlink()

    def calls(self) -> list[str]:
        """What Python was asked to do since the last time this was asked."""
        record = self.python.parent / "calls"
        calls = record.read_text().splitlines() if record.exists() else []
        record.unlink(missing_ok=True)
        return calls

    def installs(self) -> list[str]:
        return [call.rpartition(" -r ")[2] for call in self.calls() if "pip install" in call]


@pytest.fixture
def project(tmp_path: Path) -> Project:
    return Project(tmp_path)


def test_make_alone_lists_what_there_is(project: Project) -> None:
    listed = project.make().stdout
    described = re.findall(r"^([a-z-]+):.*## ", (ROOT / "Makefile").read_text(), re.MULTILINE)
    assert {"run", "test", "test-all", "lint", "format", "bench", "lock", "clean", "help"} == set(described)
    assert all(f"make {target} " in listed for target in described)
    assert project.calls() == []


def test_the_first_run_makes_the_environment_installs_with_hashes_and_starts(project: Project) -> None:
    done = project.make("run", "ARGS=demo --seed 3")
    assert done.returncode == 0, done.stderr
    venv, install, start = project.calls()
    assert venv == "-m venv --clear .venv"
    assert "--require-hashes" in install
    assert install.endswith("-r requirements.lock")
    assert start == "main.py demo --seed 3"
    assert "Installing PyTorch and Qt: up to 5 GB, a few minutes, once." in done.stdout


def test_the_second_run_only_starts(project: Project) -> None:
    project.make("run")
    project.calls()
    done = project.make("run")
    assert project.calls() == ["main.py"]
    assert done.stdout == ""


def test_a_lock_that_changed_is_installed_into_the_environment_there_is(project: Project) -> None:
    project.make("run")
    project.calls()
    (project.folder / "requirements.lock").write_text("one==1.1\n")
    project.make("run")
    install, start = project.calls()
    assert install.endswith("-r requirements.lock")
    assert start == "main.py"


def test_a_lock_that_was_only_touched_is_not_installed_again(project: Project) -> None:
    project.make("environment")
    project.calls()
    (project.folder / "requirements.lock").touch()
    project.make("environment")
    assert project.calls() == []


def test_an_install_that_failed_says_so_and_is_done_again(project: Project) -> None:
    project.tell("pip-fails")
    done = project.make("run")
    assert done.returncode != 0
    assert "The install did not finish" in done.stderr
    assert "main.py" not in project.calls()
    project.tell("pip-fails", False)
    project.make("run")
    assert project.installs() == ["requirements.lock"]


def test_an_install_that_failed_over_a_good_one_is_done_again_too(project: Project) -> None:
    lock = project.folder / "requirements.lock"
    project.make("environment")
    lock.write_text("one==2\n")
    project.tell("pip-fails")
    project.make("environment")
    project.calls()
    project.tell("pip-fails", False)
    lock.write_text("one==1\n")
    project.make("environment")
    assert project.installs() == ["requirements.lock"]


def test_what_is_installed_for_the_tests_is_enough_to_run(project: Project) -> None:
    project.make("dev-environment")
    assert project.installs() == ["requirements-dev.lock"]
    project.make("run")
    assert project.calls() == ["main.py"]


def test_installing_for_a_run_makes_the_tests_look_again(project: Project) -> None:
    project.make("dev-environment")
    (project.folder / "requirements.lock").write_text("one==1.1\n")
    project.make("environment")
    project.calls()
    project.make("dev-environment")
    assert project.installs() == ["requirements-dev.lock"]


def test_an_environment_whose_python_is_gone_is_made_again(project: Project) -> None:
    project.make("environment")
    project.calls()
    (project.folder / ".venv" / "bin" / "python").unlink()
    project.make("environment")
    assert project.calls()[0] == "-m venv --clear .venv"


def test_without_a_suitable_python_one_line_says_which_is_needed(project: Project) -> None:
    project.tell("too-old")
    done = project.make("run")
    assert done.returncode != 0
    [line] = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert "needs Python 3.11 to 3.14" in line
    assert not (project.folder / ".venv").exists()


def test_a_python_without_venv_is_told_apart_and_the_package_is_named(project: Project) -> None:
    project.tell("no-venv")
    done = project.make("run")
    assert done.returncode != 0
    [line] = [line for line in done.stderr.splitlines() if not line.startswith("make")]
    assert "sudo apt install python3-venv" in line


def test_the_tests_run_without_a_window(project: Project) -> None:
    planned = project.make("-n", "test").stdout
    assert "QT_QPA_PLATFORM=offscreen .venv/bin/python -m pytest" in planned
    assert (
        planned.index("ruff check") < planned.index("mypy") < planned.index("lint-imports") < planned.index("-m pytest")
    )
    assert "-m pytest -n 2 --dist loadfile -m ''" in project.make("-n", "test-all").stdout


def test_clean_leaves_the_environment_and_the_sources(project: Project) -> None:
    project.make("environment")
    for folder in ("build", "core/__pycache__", ".venv/lib/__pycache__"):
        (project.folder / folder).mkdir(parents=True)
    assert project.make("clean").returncode == 0
    assert {path.name for path in project.folder.iterdir()} >= {".venv", "core", "Makefile"}
    assert (project.folder / ".venv/lib/__pycache__").exists()
    assert not (project.folder / "build").exists()
    assert not (project.folder / "core/__pycache__").exists()


def pins(lock: str) -> dict[str, str]:
    """Each pinned requirement, markers and hashes included, by name and marker."""
    requirements = (ROOT / lock).read_text().replace("\\\n", " ").splitlines()
    return {line.partition("--hash")[0].strip(): line for line in requirements if line.strip()}


def test_the_lock_for_the_tests_holds_all_of_the_lock_for_running() -> None:
    assert pins("requirements.lock").items() <= pins("requirements-dev.lock").items()


def test_every_pin_has_a_hash() -> None:
    assert [name for name, line in pins("requirements-dev.lock").items() if "--hash=sha256:" not in line] == []
