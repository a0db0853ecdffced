"""Where plugins come from: the built-in package, installed packages, the user's folder."""

from __future__ import annotations

import importlib
import importlib.util
import pkgutil
import sys
from collections.abc import Iterator
from functools import partial
from importlib.metadata import EntryPoint, entry_points
from pathlib import Path
from types import ModuleType

from core.hookspecs import PROJECT
from core.registry import Registry

USER_PACKAGE = "trainyard_user_plugins"


def discover(package: str | None, user_folder: Path | None = None, *, installed: bool = True) -> Registry:
    """A registry of all plugins: of ``package`` first, then installed ones, then those in ``user_folder``.

    The order matters where two plugins use the same id: the first keeps it.
    """
    registry = Registry()
    for name in _modules_of(package) if package else ():
        registry.add(name.rpartition(".")[2], "built-in", partial(importlib.import_module, name))
    for entry in _entries(registry) if installed else ():
        registry.add(entry.name, "installed", partial(_load_entry, entry))
    for path in _user_files(user_folder, registry) if user_folder else ():
        registry.add(_plugin_name(path), "user folder", partial(_load_file, path))
    return registry


def _modules_of(package: str) -> Iterator[str]:
    """Names starting with ``_`` are shared helpers, not plugins."""
    module = importlib.import_module(package)
    for found in pkgutil.iter_modules(module.__path__):
        if not found.name.startswith("_"):
            yield f"{package}.{found.name}"


def _entries(registry: Registry) -> list[EntryPoint]:
    try:
        return sorted(entry_points(group=PROJECT), key=lambda entry: entry.name)
    except Exception as error:  # border: what installed packages say of themselves
        registry.report("installed packages", "give no plugins: their entry points cannot be read", error)
        return []


def _user_files(folder: Path, registry: Registry) -> list[Path]:
    try:
        found = list(_files_in(folder))
    except OSError as error:
        registry.report("the plugin folder", "gives no plugins: it cannot be read", error)
        return []
    if found:
        _make_package(folder)
    return found


def _make_package(folder: Path) -> None:
    """Lets a plugin in the user's folder import a shared helper beside it: ``from . import _shared``."""
    for name in [name for name in sys.modules if name.partition(".")[0] == USER_PACKAGE]:
        del sys.modules[name]
    package = ModuleType(USER_PACKAGE)
    package.__path__ = [str(folder)]
    sys.modules[USER_PACKAGE] = package


def _files_in(folder: Path) -> Iterator[Path]:
    if not folder.is_dir():
        return
    for path in sorted(folder.iterdir()):
        if path.name.startswith(("_", ".")):
            continue
        if path.suffix == ".py" and path.is_file():
            yield path
        elif (path / "__init__.py").is_file():
            yield path / "__init__.py"


def _load_entry(entry: EntryPoint) -> ModuleType:
    module: ModuleType = entry.load()
    return module


def _plugin_name(path: Path) -> str:
    return path.parent.name if path.name == "__init__.py" else path.stem


def _load_file(path: Path) -> ModuleType:
    name = f"{USER_PACKAGE}.{_plugin_name(path)}"
    spec = importlib.util.spec_from_file_location(name, path)
    if spec is None or spec.loader is None:
        raise ImportError(f"{path.name} cannot be read as Python")
    module = importlib.util.module_from_spec(spec)
    sys.modules[name] = module
    try:
        spec.loader.exec_module(module)
    except BaseException:
        sys.modules.pop(name, None)
        raise
    return module
