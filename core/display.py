"""Whether a window can be shown here."""

from __future__ import annotations

from collections.abc import Mapping

_PLATFORMS_THAT_NEED_A_DISPLAY = ("xcb", "wayland")


def has_display(environ: Mapping[str, str], platform: str) -> bool:
    """Whether Qt can open its window, told from the environment alone: nothing is imported or asked of the system.

    ``environ`` is ``os.environ`` and ``platform`` is ``sys.platform``. macOS and Windows always have a display;
    elsewhere ``DISPLAY`` (X11) or ``WAYLAND_DISPLAY`` names it. A user who sets ``QT_QPA_PLATFORM`` to a platform that
    needs neither (``offscreen``, ``minimal``, ``vnc``) has chosen where the window goes: that counts as a display.
    """
    if platform in ("darwin", "win32", "cygwin"):
        return True
    if environ.get("DISPLAY") or environ.get("WAYLAND_DISPLAY"):
        return True
    chosen = environ.get("QT_QPA_PLATFORM", "")
    return bool(chosen) and not chosen.startswith(_PLATFORMS_THAT_NEED_A_DISPLAY)
