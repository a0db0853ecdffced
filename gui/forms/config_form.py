"""The form generated from a config."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from typing import Any

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.config import Config
from gui.forms.body import FormBody
from gui.forms.check import check
from gui.forms.words import complaint


class ConfigForm(QWidget):
    """Edits a config; what is typed is checked by the config itself, key by key.

    Signals:
        changed: :meth:`values` may differ, by an edit (a wrong one too) or by a call; once a call.
        validity_changed: whether the form now gives a config.
        live_changed: name and value of a live setting, while running. Sent when the person is done
            with it (Enter, another field, a step, a tick) and the whole form is valid: the 1 on the
            way to 1e-3 must never reach an optimizer.
    """

    changed = Signal()
    validity_changed = Signal(bool)
    live_changed = Signal(str, object)

    def __init__(self, config_type: type[Config], parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._outer = QVBoxLayout(self)
        self._outer.setContentsMargins(0, 0, 0, 0)
        self._running = False
        self._quiet = False
        self._told: dict[str, Any] = {}
        self._build(config_type)

    def config_type(self) -> type[Config]:
        """The type whose fields are shown."""
        return self._type

    def set_type(self, config_type: type[Config], defaults: Mapping[str, Any] | None = None) -> None:
        """Show the fields of another config, at their defaults; ``defaults`` replaces those of the config."""
        was_valid = self._config is not None
        self._discard_body()
        self._build(config_type, defaults)
        self._announce(was_valid)

    def values(self) -> dict[str, Any]:
        """What stands in each editor, valid or not; numbers as the text that was typed."""
        return {name: row.editor.raw() for name, row in self._body.rows.items()}

    def config(self) -> Config | None:
        """The config, or ``None`` while something is wrong."""
        return self._config

    def problems(self) -> dict[str, str]:
        """What is wrong, by field; what concerns several fields is under ``""``."""
        return dict(self._problems)

    def complaints(self) -> list[str]:
        """:meth:`problems` for places outside the form: "Momentum must be less than 1"."""
        rows = self._body.rows
        return [complaint(rows[name].spec.title, why) if name in rows else why for name, why in self._problems.items()]

    def set_values(self, values: Mapping[str, Any]) -> None:
        """Show ``values``; fields not named stay as they are, and names that are no field are passed over."""
        rows = {name: row for name, row in self._body.rows.items() if name in values}
        with self._as_one_change(rows):
            for name, row in rows.items():
                row.editor.show_value(values[name])
        self._body.unfold_faults(self._problems)

    def reset(self) -> None:
        """Show the defaults."""
        with self._as_one_change(self._body.rows):
            for row in self._body.rows.values():
                row.editor.show_value(row.spec.default)

    def set_running(self, running: bool) -> None:
        """Lock the fields that a run does not take while it goes on, or unlock them all."""
        self._running = running
        self._body.set_running(running)
        self._take_as_told(self._body.rows)

    def _build(self, config_type: type[Config], defaults: Mapping[str, Any] | None = None) -> None:
        self._type = config_type
        self._body = FormBody(config_type, defaults, self)
        self._outer.addWidget(self._body)
        self._body.edited.connect(self._on_edited)
        self._body.committed.connect(self._on_committed)
        self._body.reset_asked.connect(self.reset)
        self._check()
        self.set_running(self._running)

    def _discard_body(self) -> None:
        """Delete the widgets later: this may be called from a signal of one of them."""
        self._body.hide()
        self._outer.removeWidget(self._body)
        for part in self._body.findChildren(QWidget):
            part.setObjectName("")  # or a search by name would find the old one first
        self._body.deleteLater()

    @contextmanager
    def _as_one_change(self, names: Iterable[str]) -> Iterator[None]:
        """Check and announce once, after the block; who calls it tells the run of ``names``, not the form."""
        before, was_valid, self._quiet = self.values(), self._config is not None, True
        try:
            yield
        finally:
            self._quiet = False
        self._check()
        self._take_as_told(names)
        if self.values() != before:
            self._announce(was_valid)

    def _on_edited(self) -> None:
        if not self._quiet:
            was_valid = self._config is not None
            self._check()
            self._announce(was_valid)

    def _on_committed(self, name: str) -> None:
        if self._quiet:
            return
        # Not this field alone: another may have waited until the whole form became valid.
        for waiting in self._pending():
            if waiting == name or waiting in self._told:
                self._told[waiting] = getattr(self._config, waiting)
                self.live_changed.emit(waiting, self._told[waiting])
        self._body.show_pending(self._pending())

    def _take_as_told(self, names: Iterable[str]) -> None:
        now = dict(self._config or {})
        for name in names:
            self._told.pop(name, None)
            if name in now:
                self._told[name] = now[name]
        self._body.show_pending(self._pending())

    def _pending(self) -> list[str]:
        """The live fields whose value the run has not been told."""
        if not self._running or self._config is None:
            return []
        live = [name for name, row in self._body.rows.items() if row.spec.live]
        told, now = self._told, dict(self._config)
        return [name for name in live if name not in told or told[name] != now[name]]

    def _check(self) -> None:
        self._config, self._problems = check(self._type, self.values())
        self._body.show_problems(self._problems)
        self._body.show_pending(self._pending())

    def _announce(self, was_valid: bool) -> None:
        self.changed.emit()
        if was_valid != (self._config is not None):
            self.validity_changed.emit(self._config is not None)
