"""Plugins come from three places, and whatever one of them does, the others are there."""

from __future__ import annotations

import subprocess
import sys
import textwrap
from pathlib import Path

import pytest

from core.discovery import USER_PACKAGE, discover
from core.registry import Registry

BUILT_IN = ["classification", "digits", "lenet", "mnist", "optimizers", "schedules"]


def network_source(id: str) -> str:
    return f"""
        from core.api import NetworkSpec, hookimpl

        @hookimpl
        def register_networks():
            return [NetworkSpec("{id}", "{id.title()}", "", "image-classification", lambda config, info: None)]
        """


def write(folder: Path, files: dict[str, str]) -> Path:
    for name, source in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(textwrap.dedent(source), encoding="utf-8")
    return folder


def installed(folder: Path, monkeypatch: pytest.MonkeyPatch, entries: str, files: dict[str, str]) -> None:
    """As pip would leave a package that has entry points."""
    about = {
        "shelf-1.0.dist-info/METADATA": "Metadata-Version: 2.1\nName: shelf\nVersion: 1.0\n",
        "shelf-1.0.dist-info/entry_points.txt": entries,
    }
    write(folder, {**about, **files})
    monkeypatch.syspath_prepend(folder)


def named(registry: Registry, source: str) -> dict[str, bool]:
    return {plugin.name: plugin.enabled for plugin in registry.plugins if plugin.source == source}


def test_the_built_in_plugins_are_found_without_a_problem() -> None:
    registry = discover("plugins", installed=False)
    assert registry.problems == []
    assert set(BUILT_IN) <= set(named(registry, "built-in"))
    assert {"digits", "mnist", "fashion-mnist"} <= set(registry.datasets)
    assert {"sgd", "adam", "adamw", "rmsprop", "adagrad"} <= set(registry.optimizers)
    assert {"constant", "step", "cosine", "one-cycle", "plateau"} <= set(registry.schedules)
    assert "lenet" in registry.networks


def test_no_plugins_at_all_is_an_empty_registry(tmp_path: Path) -> None:
    registry = discover(None, tmp_path / "not there", installed=False)
    assert (registry.networks, registry.plugins, registry.problems) == ({}, [], [])


def test_files_and_packages_in_the_users_folder_are_plugins(tmp_path: Path) -> None:
    files = {
        "one.py": network_source("one"),
        "two/__init__.py": "from .inner import register_networks\n",
        "two/inner.py": network_source("two"),
        "_helper.py": "raise RuntimeError('not a plugin')",
        ".hidden.py": "raise RuntimeError('not a plugin')",
        "_private/__init__.py": "raise RuntimeError('not a plugin')",
        "notes.txt": "not Python",
        "data/picture.png": "",
    }
    registry = discover(None, write(tmp_path, files), installed=False)
    assert registry.problems == []
    assert named(registry, "user folder") == {"one": True, "two": True}
    assert list(registry.networks) == ["one", "two"]


def test_a_plugin_in_the_users_folder_may_use_a_helper_beside_it(tmp_path: Path) -> None:
    files = {"_shared.py": "ID = 'borrowed'", "net.py": "from ._shared import ID\n" + network_source("x")}
    files["net.py"] = textwrap.dedent(network_source("x")).replace('"x"', "ID", 1)
    files["net.py"] = "from ._shared import ID\n" + files["net.py"]
    registry = discover(None, write(tmp_path / "first", files), installed=False)
    assert registry.problems == []
    assert list(registry.networks) == ["borrowed"]
    other = write(tmp_path / "second", {**files, "_shared.py": "ID = 'other'"})
    assert list(discover(None, other, installed=False).networks) == ["other"], "the first folder's helper was used"


def test_installed_packages_offer_plugins_by_entry_point(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    entries = "[trainyard]\nshelf = shelf_plugin\nmissing = not_installed_at_all\nodd = shelf_plugin:nothing\n"
    installed(tmp_path, monkeypatch, entries, {"shelf_plugin.py": network_source("shelf")})
    registry = discover("plugins")
    assert registry.plugins[0].source == "built-in", "the built-in ones keep their ids"
    assert named(registry, "installed") == {"shelf": True, "missing": False, "odd": False}
    assert {"lenet", "shelf"} <= set(registry.networks)
    assert [problem.source for problem in registry.problems] == ["missing", "odd"]


def test_an_installed_package_with_broken_entry_points_takes_nothing_down(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    installed(tmp_path, monkeypatch, "[trainyard]\nno equals sign\n", {})
    registry = discover("plugins")
    assert "lenet" in registry.networks
    assert [problem.source for problem in registry.problems] == ["installed packages"]


def test_a_users_folder_that_cannot_be_read_takes_nothing_down(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(folder: Path) -> None:
        raise PermissionError(13, "Permission denied", str(folder))

    monkeypatch.setattr(Path, "iterdir", refuse)
    registry = discover(None, tmp_path, installed=False)
    assert registry.problems[0].summary.startswith("the plugin folder gives no plugins: it cannot be read")


def test_every_broken_plugin_is_named_with_its_traceback_and_all_others_work(tmp_path: Path) -> None:
    files = {
        "a_good.py": network_source("good"),
        "b_import.py": "import a_module_that_nobody_has",
        "c_syntax.py": "def broken(:\n",
        "d_exit.py": "import sys\nsys.exit('goodbye')",
        "e_hook.py": "from core.api import hookimpl\n@hookimpl\ndef register_networks():\n    raise OSError('full')\n",
        "f_none.py": "from core.api import hookimpl\n@hookimpl\ndef register_networks():\n    pass\n",
        "g_twin.py": network_source("good"),
        "h_empty.py": "",
        "i_zero.py": "1 / 0",
        "j_bytes.py": "x = '\x00'",
        "lenet.py": network_source("mine"),
        "z_good.py": network_source("also-good"),
    }
    registry = discover("plugins", write(tmp_path, files), installed=False)
    broken = [name.removesuffix(".py") for name in files if "good" not in name]
    assert {"lenet", "good", "also-good"} <= set(registry.networks)
    assert "mine" not in registry.networks
    assert registry.networks["lenet"].title == "LeNet"
    assert [problem.source for problem in registry.problems] == broken
    assert all("Traceback" in problem.details for problem in registry.problems)
    enabled = named(registry, "user folder")
    assert [name for name, works in enabled.items() if not works] == broken
    assert all(named(registry, "built-in").values())


def test_a_plugin_that_failed_at_import_is_not_kept_half_imported(tmp_path: Path) -> None:
    discover(None, write(tmp_path, {"half.py": "x = 1\n1 / 0"}), installed=False)
    assert f"{USER_PACKAGE}.half" not in sys.modules


def test_reading_all_plugins_imports_neither_torch_nor_qt() -> None:
    code = """
        import sys
        from core.discovery import discover
        assert not discover("plugins").problems
        loaded = {"torch", "torchvision", "sklearn", "PySide6"} & set(sys.modules)
        assert not loaded, loaded
        """
    done = subprocess.run([sys.executable, "-c", textwrap.dedent(code)], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
