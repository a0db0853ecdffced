from __future__ import annotations

from collections.abc import Iterator
from itertools import product

import pytest
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication, QPushButton

from gui.theme import ACCENT, DARK, LIGHT, Colours, apply_theme, contrast, is_dark, mix, palette_of, style_sheet

READABLE = 4.5
Role = QPalette.ColorRole


@pytest.fixture
def app(qapp: QApplication) -> Iterator[QApplication]:
    palette, sheet, style = qapp.palette(), qapp.styleSheet(), qapp.style().objectName()
    yield qapp
    qapp.setProperty("trainyard_theme", None)
    qapp.setStyleSheet(sheet)
    qapp.setStyle(style)
    qapp.setPalette(palette)


def test_contrast_is_that_of_wcag():
    assert contrast(QColor("#000000"), QColor("#ffffff")) == pytest.approx(21.0)
    assert contrast(QColor("#777777"), QColor("#ffffff")) == pytest.approx(4.48, abs=0.01)
    assert contrast(QColor("#123456"), QColor("#123456")) == pytest.approx(1.0)


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_text_is_readable_on_every_ground(colours: Colours):
    palette = palette_of(colours)
    texts = (Role.WindowText, Role.Text, Role.ButtonText, Role.PlaceholderText, Role.Link, Role.Accent)
    grounds = (Role.Window, Role.Base, Role.AlternateBase, Role.Button)
    pairs = [*product(texts, grounds), (Role.HighlightedText, Role.Highlight), (Role.ToolTipText, Role.ToolTipBase)]
    faint = {
        (text.name, ground.name): round(contrast(palette.color(text), palette.color(ground)), 2)
        for text, ground in pairs
        if contrast(palette.color(text), palette.color(ground)) < READABLE
    }
    assert faint == {}


@pytest.mark.parametrize("colours", [LIGHT, DARK], ids=["light", "dark"])
def test_the_style_sheet_writes_readable_text(colours: Colours):
    pairs = [
        ("#ffffff", ACCENT),
        ("#ffffff", colours.accent_hover),
        (colours.text, colours.hover),
        (colours.text, colours.line),
        (colours.accent_text, colours.window),
        (colours.muted, colours.window),
    ]
    assert [pair for pair in pairs if contrast(QColor(pair[0]), QColor(pair[1])) < READABLE] == []


def test_every_colour_of_the_style_sheet_is_filled_in():
    assert "$" not in style_sheet(LIGHT)
    assert ACCENT in style_sheet(DARK)


def test_the_two_themes_differ_in_what_is_dark(app: QApplication):
    apply_theme(app, "dark")
    assert is_dark(app.palette())
    apply_theme(app, "light")
    assert not is_dark(app.palette())


def test_a_widget_takes_on_the_theme(app: QApplication, qtbot):
    apply_theme(app, "dark")
    button = QPushButton("Start")
    button.setProperty("primary", "true")
    qtbot.addWidget(button)
    button.resize(120, 40)
    middle = button.grab().toImage().pixelColor(12, 20)
    assert middle == QColor(ACCENT)


def test_system_follows_the_desktop_and_the_others_do_not(app: QApplication, monkeypatch):
    from PySide6.QtCore import Qt

    from gui import theme

    class Hints:
        def colorScheme(self):
            return Qt.ColorScheme.Dark

    class App:
        """An application whose desktop has gone dark: offscreen there is no desktop to ask."""

        def __getattr__(self, name):
            return getattr(app, name)

        def styleHints(self):
            return Hints()

    apply_theme(app, "system")
    monkeypatch.setattr(theme.QApplication, "instance", lambda: App())
    theme._on_scheme_changed()
    assert is_dark(app.palette())
    apply_theme(app, "light")
    theme._on_scheme_changed()
    assert not is_dark(app.palette())


def test_an_unknown_theme_is_refused_by_name(app: QApplication):
    with pytest.raises(ValueError, match=r"pink.*system, light, dark"):
        apply_theme(app, "pink")  # type: ignore[arg-type]


def test_mixing_goes_from_the_first_colour_to_the_second():
    black, white = QColor("#000000"), QColor("#ffffff")
    assert mix(black, white, 0.0) == black
    assert mix(black, white, 1.0) == white
    assert mix(black, white, 0.5).red() in (127, 128)
