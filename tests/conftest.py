"""What every test gets: no window on the screen, a home of its own, the same random numbers, and a look for leaks."""

from __future__ import annotations

import itertools
import os
import random
import sys
import threading
from collections.abc import Generator, Iterator
from pathlib import Path

import pytest

os.environ.setdefault("QT_QPA_PLATFORM", "offscreen")

from tests.leaks import QtWatch, leaked_threads

SEED = 20
HOME_NUMBERS = itertools.count()
FAILED = pytest.StashKey[bool]()


@pytest.fixture(scope="session")
def homes(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder of all the tests' homes."""
    return tmp_path_factory.mktemp("homes")


@pytest.fixture(scope="session", autouse=True)
def settings_are_not_the_users(homes: Path) -> Iterator[None]:
    """Qt reads these once, so they hold for the whole session."""
    with pytest.MonkeyPatch.context() as patch:
        for variable in ("XDG_CONFIG_HOME", "XDG_DATA_HOME", "XDG_STATE_HOME"):
            patch.setenv(variable, str(homes / variable.lower()))
        yield


@pytest.fixture(autouse=True)
def trainyard_home(homes: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """TRAINYARD_HOME, new for each test and not there yet, as for a new user."""
    folder = homes / str(next(HOME_NUMBERS))
    monkeypatch.setenv("TRAINYARD_HOME", str(folder))
    return folder


@pytest.fixture(autouse=True)
def same_random_numbers() -> None:
    """Seeds the generators of the modules that are loaded; none is loaded for it."""
    random.seed(SEED)
    if numpy := sys.modules.get("numpy"):
        numpy.random.seed(SEED)
    if torch := sys.modules.get("torch"):
        torch.manual_seed(SEED)


@pytest.fixture(scope="session")
def qt_watch() -> Iterator[QtWatch | None]:
    """Watches Qt where it is loaded, which it is from the start with pytest-qt; core's tests never load it."""
    yield QtWatch() if "PySide6.QtWidgets" in sys.modules else None


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    report = yield
    item.stash[FAILED] = report.failed or item.stash.get(FAILED, False)
    return report


@pytest.fixture(autouse=True)
def a_leak_fails(qt_watch: QtWatch | None, request: pytest.FixtureRequest) -> Iterator[None]:
    """A thread, active timer or window left behind is an error. Named to come first: set up first, it ends last."""
    threads_before = set(threading.enumerate())
    if qt_watch:
        qt_watch.begin()
    yield
    leaks = leaked_threads(threads_before) + (qt_watch.leaks() if qt_watch else [])
    if leaks and not request.node.stash.get(FAILED, False):  # its traceback keeps the locals of a test that failed
        pytest.fail("The test left behind: " + "; ".join(leaks), pytrace=False)


@pytest.fixture(scope="session")
def data_folder() -> Path:
    """The folder of real data sets; for tests marked ``real_data``."""
    folder = os.environ.get("TRAINYARD_DATA")
    if not folder:
        pytest.skip("needs TRAINYARD_DATA")
    return Path(folder)


def pytest_runtest_setup(item: pytest.Item) -> None:
    if item.get_closest_marker("real_data") and not os.environ.get("TRAINYARD_DATA"):
        pytest.skip("needs TRAINYARD_DATA")
