"""The system libraries that Qt needs on Linux, and what to install where one is missing.

Qt's own libraries come with PySide6; what they build on (OpenGL, fonts, X11) comes with the system. A desktop has all
of it, a bare container does not, and Qt then aborts the whole process or fails with a linker's message. This module
imports without PySide6, so that it can say first, in a sentence, what is missing.

The lists are what the linker asks for (``readelf -d``) in PySide6-Essentials 6.11's QtGui and platform plugins; a test
compares them with the installed PySide6. The packages are those of Debian 12; Ubuntu's have the same names.
"""

from __future__ import annotations

import ctypes
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

_QT_GUI = {
    "libEGL.so.1": "libegl1",
    "libGL.so.1": "libgl1",
    "libX11.so.6": "libx11-6",
    "libdbus-1.so.3": "libdbus-1-3",
    "libfontconfig.so.1": "libfontconfig1",
    "libfreetype.so.6": "libfreetype6",
    "libglib-2.0.so.0": "libglib2.0-0",
    "libgthread-2.0.so.0": "libglib2.0-0",
    "libxkbcommon.so.0": "libxkbcommon0",
    "libz.so.1": "zlib1g",
    "libzstd.so.1": "libzstd1",
}
_PLUGINS = {
    "xcb": {
        "libX11-xcb.so.1": "libx11-xcb1",
        "libxcb.so.1": "libxcb1",
        "libxcb-cursor.so.0": "libxcb-cursor0",
        "libxcb-icccm.so.4": "libxcb-icccm4",
        "libxcb-image.so.0": "libxcb-image0",
        "libxcb-keysyms.so.1": "libxcb-keysyms1",
        "libxcb-randr.so.0": "libxcb-randr0",
        "libxcb-render.so.0": "libxcb-render0",
        "libxcb-render-util.so.0": "libxcb-render-util0",
        "libxcb-shape.so.0": "libxcb-shape0",
        "libxcb-shm.so.0": "libxcb-shm0",
        "libxcb-sync.so.1": "libxcb-sync1",
        "libxcb-util.so.1": "libxcb-util1",
        "libxcb-xfixes.so.0": "libxcb-xfixes0",
        "libxcb-xkb.so.1": "libxcb-xkb1",
        "libxkbcommon-x11.so.0": "libxkbcommon-x11-0",
    },
    "wayland": {
        "libwayland-client.so.0": "libwayland-client0",
        "libwayland-cursor.so.0": "libwayland-cursor0",
    },
}
# Not needed themselves, but by one of the above: the linker may name them.
_INDIRECT = {
    "libGLX.so.0": "libglx0",
    "libGLdispatch.so.0": "libglvnd0",
    "libXau.so.6": "libxau6",
    "libXdmcp.so.6": "libxdmcp6",
    "libexpat.so.1": "libexpat1",
    "libgssapi_krb5.so.2": "libgssapi-krb5-2",
    "libpng16.so.16": "libpng16-16",
}
_PACKAGES = {**_QT_GUI, **_PLUGINS["xcb"], **_PLUGINS["wayland"], **_INDIRECT}

_NOT_FOUND = re.compile(r"(?P<soname>lib[\w.+-]+\.so[\w.]*): cannot open shared object file")


@dataclass(frozen=True)
class MissingLibrary:
    """A shared library that the linker cannot find (``libEGL.so.1``), and the Debian package that has it, if known."""

    soname: str
    package: str | None


def startup_problem(
    environ: Mapping[str, str], platform: str, load: Callable[[str], object] = ctypes.CDLL
) -> str | None:
    """A message for the user where Qt would fail to start for want of a library, else ``None``. Takes milliseconds.

    ``environ`` is ``os.environ``, ``platform`` is ``sys.platform``; only Linux is looked at. Where Qt has a second
    platform to fall back on (Wayland, then X11), one that is complete is enough.
    """
    if not platform.startswith("linux"):
        return None
    missing = [missing_libraries(candidate, load) for candidate in qt_platforms(environ)]
    return explain(min(missing, key=len)) if all(missing) else None


def qt_platforms(environ: Mapping[str, str]) -> list[str]:
    """The Qt platforms that Qt tries on Linux, in this order; never empty."""
    chosen = [part.partition(":")[0] for part in environ.get("QT_QPA_PLATFORM", "").split(";") if part]
    if chosen:
        return ["wayland" if name.startswith("wayland") else name for name in chosen]
    return ["wayland", "xcb"] if environ.get("WAYLAND_DISPLAY") else ["xcb"]


def missing_libraries(platform: str, load: Callable[[str], object] = ctypes.CDLL) -> list[MissingLibrary]:
    """What QtGui and a Qt platform (``"xcb"``, ``"wayland"``, ``"offscreen"``) need and the linker does not find.

    ``load`` opens a library by its soname and raises ``OSError`` where it cannot. The libraries stay loaded, which
    costs nothing: Qt loads the same ones next.
    """
    found: dict[str, MissingLibrary] = {}
    for soname in (*_QT_GUI, *_PLUGINS.get(platform, ())):
        try:
            load(soname)
        except OSError as error:
            culprit = _culprit(error) or soname
            found[culprit] = MissingLibrary(culprit, _PACKAGES.get(culprit))
    return list(found.values())


def explain(missing: Sequence[MissingLibrary]) -> str:
    """One message for the user: what is missing and which packages to install."""
    names = ", ".join(library.soname for library in missing)
    advice = []
    packages = dict.fromkeys(library.package for library in missing if library.package)
    if packages:
        advice.append(f"On Debian or Ubuntu: sudo apt install {' '.join(packages)}")
    if not packages or not all(library.package for library in missing):
        advice.append("Install the packages of your system that hold these files, and start again.")
    return "\n".join([f"The window cannot open: Qt needs {names}, not found on this system.", *advice])


def explain_import_error(error: ImportError) -> str | None:
    """What to tell the user when importing PySide6 failed for want of a system library; ``None`` if it was not that."""
    soname = _culprit(error)
    return None if soname is None else explain([MissingLibrary(soname, _PACKAGES.get(soname))])


def _culprit(error: Exception) -> str | None:
    """The library that the linker says it did not find: of a library that is there, one that it needs in turn."""
    match = _NOT_FOUND.search(str(error))
    return match["soname"] if match else None
