"""Says before Start whether the network can take the data, as far as the data can be had without a download."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QTimer, Signal

from core.config import validated
from core.data import DataBundle, DataInfo
from core.home import data_folders
from core.registry import Registry
from core.run_config import RunConfig
from core.worker import Background

if TYPE_CHECKING:
    from collections.abc import Callable

PAUSE_MS = 400
"""Of quiet, before a data set is looked at: who goes through a list of them wants none loaded on the way."""


class Preflight(QObject):
    """Looks at a data set once, off the GUI thread, and remembers its :class:`~core.data.DataInfo` alone."""

    known = Signal()
    """Something is known that was not when it was asked for."""

    def __init__(self, registry: Registry, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._registry = registry
        self._background = Background(self)
        self._infos: dict[str, DataInfo | None] = {}
        self._failures: dict[str, Exception] = {}
        self._config: RunConfig | None = None
        self._ready = False
        self._soon = QTimer(self, singleShot=True, interval=PAUSE_MS)
        self._soon.timeout.connect(self._look)

    def begin(self) -> None:
        """From now on data sets may be looked at: before torch is there, it would only slow the start down."""
        self._ready = True
        self._soon.start()

    def info(self, config: RunConfig, again: bool = False) -> DataInfo | Exception | None:
        """What is known of the data: their info, why they cannot be had, or None where that is not known yet.

        ``again``: what could not be had is looked for once more.
        """
        key = _key(config)
        if again and self._infos.get(key, False) is None:
            del self._infos[key]
        if key not in self._infos:
            self._want(config)
            return None
        return self._infos[key] or self._failures.get(key)

    def refusal(self, config: RunConfig) -> str:
        """Why the network cannot take these data, in a sentence; "" where it can, or where that is not known yet."""
        key = _key(config)
        if key not in self._infos:
            self._want(config)
            return ""
        info, network = self._infos[key], self._registry.networks.get(config.network)
        if info is None or network is None:
            return ""
        try:
            return network.refuses(validated(network.config, config.network_settings), info) or ""
        except Exception:  # border: plugin guard; Start will say what is wrong with it
            return ""

    def close(self) -> None:
        """Wait for what is being looked at."""
        self._soon.stop()
        self._background.close()

    def _want(self, config: RunConfig) -> None:
        self._config = config
        if self._ready:
            self._soon.start()

    def _look(self) -> None:
        config = self._config
        if config is None or _key(config) in self._infos:
            return
        key = _key(config)
        self._background.submit(
            *(_reader(self._registry, config), lambda info: self._learn(key, info)),
            lambda error: self._learn(key, None, error),
        )

    def _learn(self, key: str, info: DataInfo | None, error: Exception | None = None) -> None:
        """What cannot be had is not asked for again until its settings change: Start will say why."""
        self._infos[key] = info
        if error is not None:
            self._failures[key] = error
        self.known.emit()


def _key(config: RunConfig) -> str:
    return json.dumps([config.data, config.data_settings], sort_keys=True, default=str)


def _reader(registry: Registry, config: RunConfig) -> Callable[[], DataInfo]:
    def read() -> DataInfo:
        from core.survey import load_what_is_there

        bundle: DataBundle = load_what_is_there(registry, config, data_folders(), _silent)
        return bundle.info

    return read


def _silent(done: int, total: int | None, text: str) -> None:
    """Nobody is told: nobody asked."""
