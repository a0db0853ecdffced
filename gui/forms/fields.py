"""One editor per type of field."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QCheckBox, QLineEdit

from gui.forms.editor import Editor
from gui.forms.inputs import CalmComboBox
from gui.forms.number import NumberEditor, SliderEditor
from gui.forms.optional import OptionalEditor
from gui.forms.path_field import PathEditor
from gui.forms.spec import FieldSpec
from gui.forms.words import value_in_words

_ON_OR_OFF: dict[bool | str, bool] = {True: True, False: False, "true": True, "false": False, "on": True, "off": False}


def editor_for(spec: FieldSpec) -> Editor:
    """The editor for a field, showing its default."""
    editor = _editor_for(spec)
    editor.show_value(spec.default)
    return editor


def _editor_for(spec: FieldSpec) -> Editor:
    # A choice has a place for "none" of its own.
    if spec.kind == "choice" or (spec.kind == "bool" and spec.optional):
        return ChoiceEditor(spec)
    kinds: dict[str, Callable[[FieldSpec], Editor]] = {
        "int": SliderEditor if spec.slider else NumberEditor,
        "float": NumberEditor,
        "bool": BoolEditor,
        "str": TextEditor,
        "path": PathEditor,
        "other": FixedEditor,
    }
    editor = kinds[spec.kind](spec)
    return OptionalEditor(editor) if spec.optional and spec.kind != "other" else editor


class TextEditor(Editor):
    """A line of text."""

    def __init__(self, spec: FieldSpec) -> None:
        self.edit = QLineEdit()
        super().__init__(spec, self.edit)
        self.edit.textChanged.connect(self.edited)
        self.edit.editingFinished.connect(self.committed)

    def raw(self) -> str:
        """The text."""
        return self.edit.text()

    def show_value(self, value: Any) -> None:
        """Show ``value`` as text, ``None`` as an empty line."""
        self.edit.setText("" if value is None else str(value))

    def set_placeholder(self, text: str) -> None:
        """Show ``text`` while the line is empty."""
        self.edit.setPlaceholderText(text)


class BoolEditor(Editor):
    """On or off. A value that is neither shows as half ticked until it is clicked."""

    def __init__(self, spec: FieldSpec) -> None:
        self.tick = QCheckBox()
        super().__init__(spec, self.tick)
        self._strange: Any = None
        self.line.addStretch()
        self.tick.checkStateChanged.connect(self._on_ticked)

    def raw(self) -> Any:
        """``True`` or ``False``, or the value that could not be read as either."""
        return self.tick.isChecked() if self._strange is None else self._strange

    def show_value(self, value: Any) -> None:
        """Tick for ``True`` and "true", untick for ``False`` and "false"."""
        key = value.lower() if isinstance(value, str) else value
        known = _ON_OR_OFF.get(key) if isinstance(key, bool | str) else None
        self._strange = None if known is not None else value
        states = Qt.CheckState
        wanted = states.PartiallyChecked if known is None else states.Checked if known else states.Unchecked
        self.tick.setCheckState(wanted)

    def activate(self) -> None:
        """Tick or untick, as a click on a check box's own text does."""
        self.tick.setFocus()
        self.tick.click()

    def _on_ticked(self, state: Qt.CheckState) -> None:
        if state != Qt.CheckState.PartiallyChecked:
            self._strange = None
            self.tick.setTristate(False)
        self.edited.emit()
        self.committed.emit()


class ChoiceEditor(Editor):
    """One of a few values. A value that is not among them is added until another is chosen."""

    def __init__(self, spec: FieldSpec) -> None:
        self.combo = CalmComboBox()
        super().__init__(spec, self.combo)
        values = spec.choices or (True, False)
        self._values: list[Any] = [None, *values] if spec.optional and None not in values else list(values)
        self._known = len(self._values)
        self.combo.addItems([value_in_words(value) for value in self._values])
        self.combo.currentIndexChanged.connect(self._on_chosen)

    def raw(self) -> Any:
        """The value chosen, of the type declared."""
        return self._values[self.combo.currentIndex()]

    def show_value(self, value: Any) -> None:
        """Choose ``value``; one that is no choice is shown too, for the config to refuse."""
        alike = [index for index, known in enumerate(self._values) if known == value and type(known) is type(value)]
        if not alike:
            self._values.append(value)
            self.combo.addItem(value_in_words(value))
        self.combo.setCurrentIndex(alike[0] if alike else len(self._values) - 1)

    def _on_chosen(self, index: int) -> None:
        if index < self._known:
            self._forget_strangers()
        self.edited.emit()
        self.committed.emit()

    def _forget_strangers(self) -> None:
        while len(self._values) > self._known:
            self._values.pop()
            self.combo.removeItem(self.combo.count() - 1)


class FixedEditor(Editor):
    """Shows a value of a type that has no editor, and hands it back unchanged."""

    def __init__(self, spec: FieldSpec) -> None:
        self.edit = QLineEdit()
        super().__init__(spec, self.edit)
        self.edit.setReadOnly(True)
        self.edit.setEnabled(False)
        self._value: Any = None

    def raw(self) -> Any:
        """The value last shown."""
        return self._value

    def show_value(self, value: Any) -> None:
        """Show ``value`` in Python's notation."""
        self._value = value
        self.edit.setText(repr(value))
        self.edited.emit()
