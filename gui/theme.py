"""How the application looks: two palettes, one accent colour and a small style sheet."""

from __future__ import annotations

from dataclasses import dataclass
from string import Template
from typing import Literal, cast

from PySide6.QtCore import Qt
from PySide6.QtGui import QColor, QPalette
from PySide6.QtWidgets import QApplication

ThemeName = Literal["system", "light", "dark"]
THEMES: tuple[ThemeName, ...] = ("system", "light", "dark")

ACCENT = "#0e7c66"
"""The green of a signal at clear: Start, selections and whatever else means "go"."""

_NAME_PROPERTY = "trainyard_theme"
_FOLLOWS_PROPERTY = "trainyard_theme_follows_system"
_OUTLINED = ("QCheckBox", "QRadioButton", "QComboBox", "QAbstractSpinBox", "QSlider", "QGroupBox")


@dataclass(frozen=True)
class Colours:
    """The named colours of one scheme, as ``#rrggbb``."""

    window: str
    base: str
    raised: str
    text: str
    muted: str
    faint: str
    line: str
    hover: str
    accent_text: str
    accent_hover: str
    control: str
    """Fusion darkens this for the outlines of check boxes, combo boxes and number fields."""


LIGHT = Colours(
    window="#f3f5f3",
    base="#ffffff",
    raised="#fbfcfb",
    text="#1b2420",
    muted="#55625c",
    faint="#949e99",
    line="#d3dad6",
    hover="#e4e9e6",
    accent_text="#0b6b58",
    accent_hover="#0a6754",
    control="#dfe5e2",
)
DARK = Colours(
    window="#1d2321",
    base="#151a18",
    raised="#2a322f",
    text="#e4eae7",
    muted="#9eaba5",
    faint="#66726c",
    line="#3a4541",
    hover="#2f3935",
    accent_text="#4cc7a8",
    accent_hover="#0b6956",
    control="#66726c",
)


def apply_theme(app: QApplication, name: ThemeName) -> None:
    """Dress ``app`` in the light or the dark scheme; "system" goes with the desktop, also when that changes.

    Raises:
        ValueError: for a name that is not in :data:`THEMES`.
    """
    if name not in THEMES:
        raise ValueError(f"no theme is called {name!r}; choose one of {', '.join(THEMES)}")
    app.setProperty(_NAME_PROPERTY, name)
    _tell_platform(app, name)
    _dress(app)
    if not app.property(_FOLLOWS_PROPERTY):
        app.setProperty(_FOLLOWS_PROPERTY, True)
        app.styleHints().colorSchemeChanged.connect(_on_scheme_changed)


def is_dark(palette: QPalette) -> bool:
    """Whether ``palette`` writes light text on a dark ground."""
    ground = palette.color(QPalette.ColorRole.Window)
    return luminance(ground) < luminance(palette.color(QPalette.ColorRole.WindowText))


def luminance(colour: QColor) -> float:
    """Relative luminance, 0 (black) to 1 (white), as WCAG 2 defines it."""

    def linear(channel: float) -> float:
        return channel / 12.92 if channel <= 0.04045 else ((channel + 0.055) / 1.055) ** 2.4

    return 0.2126 * linear(colour.redF()) + 0.7152 * linear(colour.greenF()) + 0.0722 * linear(colour.blueF())


def contrast(first: QColor, second: QColor) -> float:
    """Contrast ratio of two opaque colours, 1 to 21, as WCAG 2 defines it."""
    darker, lighter = sorted((luminance(first), luminance(second)))
    return (lighter + 0.05) / (darker + 0.05)


def mix(first: QColor, second: QColor, share: float) -> QColor:
    """``first`` with ``share`` (0 to 1) of ``second`` in it."""
    keep = 1.0 - share
    return QColor.fromRgbF(
        first.redF() * keep + second.redF() * share,
        first.greenF() * keep + second.greenF() * share,
        first.blueF() * keep + second.blueF() * share,
    )


def palette_of(colours: Colours) -> QPalette:
    """A complete palette made from ``colours``, with a greyed group for disabled widgets."""
    role = QPalette.ColorRole
    palette = QPalette(QColor(colours.raised), QColor(colours.window))
    named = {
        role.Window: colours.window,
        role.WindowText: colours.text,
        role.Base: colours.base,
        role.AlternateBase: colours.window,
        role.Text: colours.text,
        role.PlaceholderText: colours.muted,
        role.Button: colours.raised,
        role.ButtonText: colours.text,
        role.BrightText: "#ffffff",
        role.ToolTipBase: colours.raised,
        role.ToolTipText: colours.text,
        role.Highlight: ACCENT,
        role.HighlightedText: "#ffffff",
        role.Accent: colours.accent_text,
        role.Link: colours.accent_text,
        role.LinkVisited: colours.muted,
        role.Mid: colours.line,
    }
    for which, colour in named.items():
        palette.setColor(which, QColor(colour))
    for which in (role.WindowText, role.Text, role.ButtonText, role.HighlightedText):
        palette.setColor(QPalette.ColorGroup.Disabled, which, QColor(colours.faint))
    palette.setColor(QPalette.ColorGroup.Disabled, role.Highlight, QColor(colours.hover))
    return palette


def style_sheet(colours: Colours) -> str:
    """The application's style sheet in ``colours``."""
    return _SHEET.substitute(vars(colours), accent=ACCENT)


def _tell_platform(app: QApplication, name: ThemeName) -> None:
    """Title bars and native dialogs belong to the platform: they follow the scheme only where it honours this."""
    schemes = {"light": Qt.ColorScheme.Light, "dark": Qt.ColorScheme.Dark, "system": Qt.ColorScheme.Unknown}
    app.styleHints().setColorScheme(schemes[name])


def _dress(app: QApplication) -> None:
    name = app.property(_NAME_PROPERTY)
    dark = name == "dark" or (name == "system" and app.styleHints().colorScheme() == Qt.ColorScheme.Dark)
    colours = DARK if dark else LIGHT
    app.setStyle("Fusion")
    app.setPalette(palette_of(colours))
    for class_name in _OUTLINED:
        # The stub says bytes, the binding takes str.
        app.setPalette(_outlined_palette(colours), class_name)  # type: ignore[arg-type]
    # Rules keep the colours they were made with: the sheet is set anew, after the palette.
    app.setStyleSheet(style_sheet(colours))


def _outlined_palette(colours: Colours) -> QPalette:
    """Fusion outlines controls in a darkened window colour, which would vanish on a dark ground."""
    palette = palette_of(colours)
    palette.setColor(QPalette.ColorRole.Window, QColor(colours.control))
    return palette


def _on_scheme_changed() -> None:
    app = cast("QApplication | None", QApplication.instance())
    if app is not None and app.property(_NAME_PROPERTY) == "system":
        _dress(app)


# Combo boxes and number fields keep Fusion's own drawing: giving them a border here would cost them their arrows.
_SHEET = Template("""
QToolTip { color: $text; background: $raised; border: 1px solid $line; padding: 4px 6px; }

QPushButton {
    color: $text; background: $raised; border: 1px solid $line; border-radius: 6px;
    padding: 5px 14px; min-height: 18px;
}
QPushButton:hover { background: $hover; }
QPushButton:pressed, QPushButton:checked { background: $line; }
QPushButton:focus { border-color: $accent_text; }
QPushButton:disabled { color: $faint; background: $window; }
QPushButton[primary="true"] {
    color: #ffffff; background: $accent; border-color: $accent; font-weight: bold; padding: 5px 20px;
}
QPushButton[primary="true"]:hover, QPushButton[primary="true"]:pressed { background: $accent_hover; }
QPushButton[primary="true"]:focus { border: 2px solid $accent_text; padding: 4px 19px; }
QPushButton[primary="true"]:disabled { color: $faint; background: $hover; border-color: $hover; }

QToolButton { color: $text; background: transparent; border: 1px solid transparent; border-radius: 6px; padding: 4px; }
QToolButton:hover { background: $hover; }
QToolButton:pressed, QToolButton:checked { background: $line; }
QToolButton:focus { border-color: $accent_text; }
QToolButton:disabled { color: $faint; }
QToolButton[popupMode="2"]::menu-indicator { image: none; }

QToolBar { border: none; border-bottom: 1px solid $line; padding: 4px 6px; spacing: 6px; }
QToolBar::separator { background: $line; width: 1px; margin: 4px 4px; }
QStatusBar { border-top: 1px solid $line; color: $muted; }
QStatusBar::item { border: none; }

QDockWidget { font-weight: bold; }
QDockWidget::title { background: $hover; padding: 6px 10px; text-align: left; }
QMainWindow::separator { background: $line; width: 1px; height: 1px; }
QMainWindow::separator:hover { background: $accent_text; }
QSplitter::handle { background: $line; }
QSplitter::handle:hover { background: $accent_text; }
QSplitter::handle:horizontal { width: 1px; }
QSplitter::handle:vertical { height: 1px; }

QGroupBox { border: none; border-top: 1px solid $line; margin-top: 22px; padding: 2px 0 0 0; font-weight: bold; }
QGroupBox::title {
    subcontrol-origin: margin; subcontrol-position: top left; padding: 0 8px 4px 0; color: $accent_text;
}

QTabWidget::pane { border: none; border-top: 1px solid $line; }
QTabBar { qproperty-drawBase: 0; }
QTabBar::tab { color: $muted; padding: 6px 12px; border: none; border-bottom: 2px solid transparent; }
QTabBar::tab:hover { color: $text; background: $hover; }
QTabBar::tab:selected { color: $text; border-bottom-color: $accent_text; }

QLineEdit, QPlainTextEdit, QTextEdit {
    background: $base; border: 1px solid $line; border-radius: 5px; padding: 3px 6px;
    selection-background-color: $accent; selection-color: #ffffff;
}
QLineEdit:focus, QPlainTextEdit:focus, QTextEdit:focus { border-color: $accent_text; }
QComboBox, QAbstractSpinBox { min-height: 22px; }
QAbstractItemView { border: 1px solid $line; outline: none; }
QAbstractItemView[frameless="true"] { border: none; }
QTableView::item { padding: 0 7px; }
QTreeView::item, QListView::item { padding: 4px 5px; }
QTableView { gridline-color: $hover; }
QHeaderView { background: $window; border: none; }
QTableCornerButton::section { background: $window; border: none; border-bottom: 1px solid $line; }
QHeaderView::section {
    color: $muted; background: $window; border: none; border-bottom: 1px solid $line;
    padding: 5px 8px; font-weight: bold;
}

QProgressBar {
    background: $hover; border: none; border-radius: 4px; min-height: 8px; text-align: center; color: $text;
}
QProgressBar::chunk { background: $accent; border-radius: 4px; }

QScrollBar { background: transparent; border: none; }
QScrollBar:vertical { width: 11px; }
QScrollBar:horizontal { height: 11px; }
QScrollBar::handle { background: $line; border-radius: 4px; margin: 2px; }
QScrollBar::handle:hover { background: $faint; }
QScrollBar::handle:vertical { min-height: 28px; }
QScrollBar::handle:horizontal { min-width: 28px; }
QScrollBar::add-line, QScrollBar::sub-line { width: 0; height: 0; }
QScrollBar::add-page, QScrollBar::sub-page { background: transparent; }

QMenu { background: $raised; border: 1px solid $line; padding: 4px; }
QMenu::item { padding: 5px 22px; border-radius: 4px; }
QMenu::item:selected { color: #ffffff; background: $accent; }
QMenu::item:disabled { color: $faint; background: transparent; }
QMenu::separator { background: $line; height: 1px; margin: 4px 8px; }

QLabel[heading="true"] { font-weight: bold; font-size: 14pt; }
QLabel[hint="true"], QLabel[caption="true"] { color: $muted; }
""")
