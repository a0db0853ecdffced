"""An editor that can be switched off: ``None`` while its check box is empty."""

from __future__ import annotations

from typing import Any

from PySide6.QtWidgets import QCheckBox, QWidget

from gui.forms.editor import Editor
from gui.forms.stepping import start

_SWITCHED_OFF = "none"


class OptionalEditor(Editor):
    """A check box before another editor; unticked means ``None``."""

    def __init__(self, inner: Editor) -> None:
        super().__init__(inner.spec, inner.control, content=inner)
        self.inner = inner
        self._kept: Any = None
        self.tick = QCheckBox()
        self.tick.setObjectName(f"setting_{inner.spec.name}_enabled")
        self.tick.setAccessibleName(f"{inner.spec.title}: use a value")
        self.line.setContentsMargins(0, 0, 0, 0)
        self.line.insertWidget(0, self.tick)
        self.tick.toggled.connect(self._on_ticked)
        self.tick.clicked.connect(self.activate)
        inner.edited.connect(self._on_inner_edited)
        inner.committed.connect(self.committed)
        self._show_as_off()

    def raw(self) -> Any:
        """The value of the inner editor, ``None`` while switched off."""
        return self.inner.raw() if self.tick.isChecked() else None

    def parsed(self) -> Any:
        """As :meth:`raw`, read as the type of the field where it can be."""
        return self.inner.parsed() if self.tick.isChecked() else None

    def show_value(self, value: Any) -> None:
        """Show ``value``, or switch off for ``None``."""
        if value is not None:
            self._kept = value
            self.inner.show_value(value)
        self.tick.setChecked(value is not None)

    def tab_stops(self) -> list[QWidget]:
        """The check box, then what it switches."""
        return [self.tick, *self.inner.tab_stops()]

    def activate(self) -> None:
        """Focus the value, or the check box where there is none."""
        (self.control if self.tick.isChecked() else self.tick).setFocus()

    def set_tooltip(self, text: str) -> None:
        """The same over the check box and over the value."""
        super().set_tooltip(text)
        self.inner.set_tooltip(text)

    def set_faulty(self, faulty: bool) -> None:
        """Outline the value alone."""
        self.inner.set_faulty(faulty)

    def _on_ticked(self, on: bool) -> None:
        if on:
            self.inner.set_placeholder("")
            self.inner.setEnabled(True)
            self.inner.show_value(self._suggested() if self._kept in (None, "") else self._kept)
        else:
            self._kept = self.inner.raw()
            self._show_as_off()
        self.edited.emit()
        self.committed.emit()

    def _on_inner_edited(self) -> None:
        if self.tick.isChecked():
            self.edited.emit()

    def _show_as_off(self) -> None:
        self.inner.show_value(None)
        self.inner.set_placeholder(_SWITCHED_OFF)
        self.inner.setEnabled(False)

    def _suggested(self) -> Any:
        return start(self.spec) if self.spec.kind in ("int", "float") else (self.spec.default or "")
