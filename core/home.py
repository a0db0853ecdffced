"""Where things are kept: ``TRAINYARD_HOME`` moves all that is written, ``TRAINYARD_DATA`` the data sets."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from core.data import DataFolders


def home() -> Path:
    """The folder of everything the application writes; made when something is first written."""
    chosen = os.environ.get("TRAINYARD_HOME")
    if chosen:
        return Path(chosen).expanduser().absolute()
    from platformdirs import user_data_path  # a call at start-up would cost its import on every path

    return user_data_path("trainyard", appauthor=False)


def runs_folder() -> Path:
    """One folder a run."""
    return home() / "runs"


def plugin_folder() -> Path:
    """Where the user's own plugins are looked for."""
    return home() / "plugins"


def cache_folder() -> Path:
    """What can be made again: decoded pictures, tokenised text."""
    return home() / "cache"


def data_folders() -> DataFolders:
    """``TRAINYARD_DATA`` where set (new downloads go there too, if it can be written to), then ``home()/data``."""
    from core.data import DataFolders  # imports NumPy, which the first paint must not wait for

    own = home() / "data"
    chosen = os.environ.get("TRAINYARD_DATA")
    if not chosen:
        return DataFolders((own,), own)
    data = Path(chosen).expanduser().absolute()
    writable = data.is_dir() and os.access(data, os.W_OK)
    return DataFolders((data, own), data if writable else own)
