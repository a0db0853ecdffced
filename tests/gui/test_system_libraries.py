from __future__ import annotations

import importlib.util
import re
import shutil
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from gui.system_libraries import (
    MissingLibrary,
    explain,
    explain_import_error,
    missing_libraries,
    qt_platforms,
    startup_problem,
)

# Part of any Debian, however bare, or of PySide6 itself.
ALWAYS_THERE = re.compile(
    r"^(libc|libm|libdl|libpthread|librt|libgcc_s|libstdc\+\+|ld-linux.*|libQt6\w+|libicu\w+)\.so"
)


def loader_without(*absent: str, message: str | None = None) -> Callable[[str], object]:
    def load(soname: str) -> object:
        if soname in absent:
            raise OSError(message or f"{soname}: cannot open shared object file: No such file or directory")
        return object()

    return load


def test_nothing_is_missing_where_every_library_loads() -> None:
    assert missing_libraries("xcb", loader_without()) == []


def test_a_library_that_does_not_load_is_named_with_its_package() -> None:
    missing = missing_libraries("xcb", loader_without("libEGL.so.1", "libxcb-cursor.so.0"))
    assert missing == [MissingLibrary("libEGL.so.1", "libegl1"), MissingLibrary("libxcb-cursor.so.0", "libxcb-cursor0")]


def test_a_library_that_lacks_another_gives_the_name_of_the_other() -> None:
    load = loader_without(
        "libGL.so.1", "libEGL.so.1", message="libGLdispatch.so.0: cannot open shared object file: No such file"
    )
    assert missing_libraries("offscreen", load) == [MissingLibrary("libGLdispatch.so.0", "libglvnd0")]


def test_a_library_that_is_broken_counts_as_missing() -> None:
    load = loader_without("libEGL.so.1", message="somewhere/libEGL.so.1: file too short")
    assert missing_libraries("offscreen", load) == [MissingLibrary("libEGL.so.1", "libegl1")]


def test_offscreen_asks_for_no_library_of_x11s_plugin() -> None:
    assert missing_libraries("offscreen", loader_without("libxcb-cursor.so.0", "libwayland-cursor.so.0")) == []


@pytest.mark.parametrize(
    ("environ", "platforms"),
    [
        ({}, ["xcb"]),
        ({"DISPLAY": ":0"}, ["xcb"]),
        ({"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}, ["wayland", "xcb"]),
        ({"WAYLAND_DISPLAY": "wayland-0", "QT_QPA_PLATFORM": "xcb"}, ["xcb"]),
        ({"QT_QPA_PLATFORM": "wayland-egl;offscreen:size=8x8"}, ["wayland", "offscreen"]),
    ],
)
def test_the_platform_comes_from_the_users_choice_then_from_the_session(
    environ: dict[str, str], platforms: list[str]
) -> None:
    assert qt_platforms(environ) == platforms


def test_a_start_without_a_needed_library_is_explained_with_the_line_to_type() -> None:
    problem = startup_problem({"DISPLAY": ":0"}, "linux", loader_without("libxcb-cursor.so.0", "libxkbcommon-x11.so.0"))
    assert problem is not None
    assert "libxcb-cursor.so.0" in problem
    assert "sudo apt install libxcb-cursor0 libxkbcommon-x11-0" in problem


def test_one_complete_platform_is_enough_to_start() -> None:
    both = {"DISPLAY": ":0", "WAYLAND_DISPLAY": "wayland-0"}
    assert startup_problem(both, "linux", loader_without("libwayland-cursor.so.0")) is None
    assert startup_problem(both, "linux", loader_without("libwayland-cursor.so.0", "libxcb.so.1")) is not None


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_other_systems_bring_all_that_qt_needs(platform: str) -> None:
    assert startup_problem({}, platform, loader_without("libEGL.so.1")) is None


def test_a_package_that_serves_two_libraries_is_named_once() -> None:
    message = explain(
        [MissingLibrary("libglib-2.0.so.0", "libglib2.0-0"), MissingLibrary("libgthread-2.0.so.0", "libglib2.0-0")]
    )
    assert message.endswith("apt install libglib2.0-0")


def test_a_library_of_no_known_package_is_left_to_the_user_to_find() -> None:
    message = explain([MissingLibrary("libodd.so.1", None)])
    assert "libodd.so.1" in message
    assert "apt" not in message


def test_an_import_error_of_the_linker_is_explained() -> None:
    error = ImportError("libEGL.so.1: cannot open shared object file: No such file or directory")
    explained = explain_import_error(error)
    assert explained is not None
    assert "sudo apt install libegl1" in explained


def test_any_other_import_error_is_not_explained_away() -> None:
    assert explain_import_error(ImportError("No module named 'PySide6'")) is None


def needed_from_the_system(library: Path) -> set[str]:
    listing = subprocess.run(["readelf", "-d", library], capture_output=True, text=True, check=True).stdout
    needed = re.findall(r"\(NEEDED\).*\[(.+)\]", listing)
    return {soname for soname in needed if not ALWAYS_THERE.match(soname)}


@pytest.mark.skipif(
    not sys.platform.startswith("linux") or not shutil.which("readelf"), reason="needs Linux and readelf"
)
@pytest.mark.parametrize(("platform", "own"), [("xcb", "XcbQpa"), ("wayland", "WaylandClient"), ("offscreen", "Core")])
def test_every_library_that_the_installed_qt_asks_for_is_looked_for(platform: str, own: str) -> None:
    spec = importlib.util.find_spec("PySide6")
    assert spec is not None
    assert spec.origin is not None
    qt = Path(spec.origin).parent / "Qt"
    files = [qt / "plugins" / "platforms" / f"libq{platform}.so"]
    files += [qt / "lib" / f"libQt6{name}.so.6" for name in ("Core", "DBus", "Gui", "Widgets", own)]
    looked_for: list[str] = []
    missing_libraries(platform, looked_for.append)
    assert set().union(*map(needed_from_the_system, files)) <= set(looked_for)


def test_it_imports_without_qt() -> None:
    program = "import sys, gui.system_libraries; sys.exit(any(name.startswith('PySide6') for name in sys.modules))"
    subprocess.run([sys.executable, "-c", program], check=True, cwd=Path(__file__).parents[2])
