from __future__ import annotations

import os
from pathlib import Path

import pytest

from core.home import cache_folder, data_folders, home, plugin_folder, runs_folder


def test_everything_that_is_written_lies_below_the_home(trainyard_home: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRAINYARD_DATA", raising=False)
    assert home() == trainyard_home
    folders = data_folders()
    for folder in (runs_folder(), plugin_folder(), cache_folder(), folders.write):
        assert folder.is_relative_to(trainyard_home)
    assert not trainyard_home.exists(), "asking where things go makes nothing"


def test_a_home_given_relative_or_with_a_tilde_is_made_absolute(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TRAINYARD_HOME", "here")
    assert home() == tmp_path / "here"
    monkeypatch.setenv("HOME", str(tmp_path))
    monkeypatch.setenv("USERPROFILE", str(tmp_path))
    monkeypatch.setenv("TRAINYARD_HOME", "~/there")
    assert home() == tmp_path / "there"


def test_without_a_wish_the_home_is_the_users_own_data_folder(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delenv("TRAINYARD_HOME")
    assert home().is_absolute()
    assert "trainyard" in str(home())


def test_data_is_read_from_the_folder_asked_for_and_from_the_own_one(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trainyard_home: Path
) -> None:
    monkeypatch.setenv("TRAINYARD_DATA", str(tmp_path))
    assert data_folders().read == (tmp_path, trainyard_home / "data")
    assert data_folders().write == tmp_path


@pytest.mark.parametrize("reason", ["read-only", "missing"])
def test_new_data_goes_to_the_home_where_the_folder_asked_for_cannot_be_written_to(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, trainyard_home: Path, reason: str
) -> None:
    folder = tmp_path / "data"
    monkeypatch.setenv("TRAINYARD_DATA", str(folder))
    if reason == "read-only":
        folder.mkdir()
        monkeypatch.setattr(os, "access", lambda path, mode: False)
    assert data_folders().write == trainyard_home / "data"
