from __future__ import annotations

import pytest

from core.display import has_display


@pytest.mark.parametrize("platform", ["darwin", "win32"])
def test_macos_and_windows_always_have_a_display(platform: str) -> None:
    assert has_display({}, platform)


def test_linux_without_a_display_server_has_none() -> None:
    assert not has_display({"HOME": "somewhere"}, "linux")


@pytest.mark.parametrize("environ", [{"DISPLAY": ":0"}, {"WAYLAND_DISPLAY": "wayland-0"}])
def test_linux_with_a_display_server_has_one(environ: dict[str, str]) -> None:
    assert has_display(environ, "linux")


def test_an_empty_variable_names_no_display() -> None:
    assert not has_display({"DISPLAY": "", "WAYLAND_DISPLAY": "", "QT_QPA_PLATFORM": ""}, "linux")


@pytest.mark.parametrize("chosen", ["offscreen", "minimal", "vnc:size=800x600"])
def test_a_platform_that_needs_no_display_server_counts_as_chosen_by_the_user(chosen: str) -> None:
    assert has_display({"QT_QPA_PLATFORM": chosen}, "linux")


@pytest.mark.parametrize("chosen", ["xcb", "wayland", "wayland-egl;xcb"])
def test_choosing_a_platform_does_not_make_up_for_the_display_server_that_it_needs(chosen: str) -> None:
    assert not has_display({"QT_QPA_PLATFORM": chosen}, "linux")
