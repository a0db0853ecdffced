"""The page of the data set that the set-up asks for."""

from __future__ import annotations

import json
from pathlib import Path

from PySide6.QtCore import Qt, QTimer, Signal
from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import QLabel, QStackedLayout, QVBoxLayout, QWidget

from core.data import DataBundle
from core.registry import Registry
from core.run_config import RunConfig
from core.survey import PARTS, Catalogue, ChannelStatistics, NotPrepared, Sample, TextSurvey, shows_pictures
from gui.browser.loader import Loader
from gui.browser.notes_strip import NotesStrip
from gui.browser.pictures_view import PicturesView
from gui.browser.text_view import TextView
from gui.browser.waiting import Waiting

NOTHING_ASKED = "Pick a data set in the set-up: its samples are shown here."
UNSEEN = "The samples of this data set are neither pictures nor texts, so they cannot be shown here."
CANCELLED = "Loading was cancelled."
_SETTLING_MS = 250
"""How long the set-up must be left alone: who types a path or turns a number is not done with the first digit."""
_PATIENCE_MS = 400
"""How long what was shown before stays while the next is loaded."""


class BrowserPage(QWidget):
    """Loads what :meth:`offer` asks for while it is visible, and keeps it as long as the same is asked for."""

    picture_chosen = Signal(object, str)
    """A sample to be tried: a PNG file as bytes, and its name."""

    def __init__(self, registry: Registry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setObjectName("data_page")
        self._registry = registry
        self._wanted: RunConfig | None = None
        self._tried_key = self._loading = ""
        self._missing = False
        self._busy_with: tuple[str, object] | None = None
        self.loader = Loader(registry, self)
        self.waiting, self.pictures, self.text = Waiting(), PicturesView(), TextView()
        self.notes = NotesStrip()
        self._unseen = QLabel(UNSEEN, wordWrap=True, margin=24, alignment=Qt.AlignmentFlag.AlignCenter)
        self._settling = QTimer(self, interval=_SETTLING_MS, singleShot=True)
        self._settling.timeout.connect(self._load_unasked)
        self._patience = QTimer(self, interval=_PATIENCE_MS, singleShot=True)
        self._patience.timeout.connect(lambda: self._on_progress(-1.0, "Loading"))
        self._lay_out()
        self._connect()
        self.waiting.say("", NOTHING_ASKED)

    def offer(self, config: RunConfig | None) -> None:
        """The set-up asks for this now (None: a field is wrong): load its data set once the page is seen."""
        if config is None:
            return
        self._wanted = config
        self.pictures.set_augments(config.augment)
        if self.isVisible() and self._key() != self._tried_key:
            self._settling.start()

    def look_again(self) -> None:
        """What was not there may have come meanwhile, such as a download that a run began."""
        if self._missing and self.isVisible():
            self._load(asked=False)

    def show_sample(self, part: str, index: int) -> bool:
        """Bring a sample of "train", "validation" or "test" into view; False where it is not loaded."""
        return self._stack.currentWidget() is self.pictures and self.pictures.go_to(part, index)

    def shut_down(self) -> None:
        """Give up what is being loaded, and wait for it."""
        self._settling.stop()
        self._patience.stop()
        self.loader.close()
        self.pictures.variation.close()

    def showEvent(self, event: QShowEvent) -> None:
        """What was asked for while the page was hidden is loaded now."""
        super().showEvent(event)
        if self._wanted is not None and self._key() != self._tried_key:
            self._load_unasked()
        else:
            self.look_again()

    def _key(self) -> str:
        """Everything that decides what is loaded."""
        config = self._wanted
        if config is None:
            return ""
        task = self._registry.networks[config.network].task if config.network in self._registry.networks else ""
        return json.dumps([config.data, task, config.data_settings], sort_keys=True, default=str)

    def _title(self) -> str:
        """Of what is being loaded, or was; the set-up may be ahead of it."""
        return self._registry.datasets[self._loading].title if self._loading in self._registry.datasets else ""

    def _source(self) -> tuple[str, object] | None:
        """What would have to be downloaded or decoded; the other settings only say what is made of it."""
        return (self._wanted.data, self._wanted.data_settings.get("path")) if self._wanted else None

    def _load_unasked(self) -> None:
        # A long loading that was asked for is not given up because of a setting that does not concern it.
        if self._key() != self._tried_key and (self._busy_with is None or self._busy_with != self._source()):
            self._load(asked=False)

    def _load(self, *, asked: bool) -> None:
        if self._wanted is None:
            return
        self._settling.stop()
        self._missing = False
        self._tried_key, self._loading = self._key(), self._wanted.data
        self._busy_with = self._source() if asked else None
        if asked or self._stack.currentWidget() is self.waiting:
            self.waiting.show_progress(self._title(), -1.0, "Loading")
            self._stack.setCurrentWidget(self.waiting)
        else:
            self._patience.start()
        self.loader.load(self._wanted, asked=asked)

    def _on_progress(self, share: float, text: str) -> None:
        if not self._patience.isActive():
            self.waiting.show_progress(self._title(), share, text)
            self._stack.setCurrentWidget(self.waiting)

    def _on_loaded(self, bundle: DataBundle) -> None:
        self._patience.stop()
        self._busy_with = None
        if self._key() != self._tried_key:
            self._settling.start()
        self.notes.show_notes(bundle.notes)
        catalogue = Catalogue(bundle) if shows_pictures(bundle) else None
        if catalogue is not None:
            self.pictures.show_data(self._title(), bundle, catalogue)
            self._stack.setCurrentWidget(self.pictures)
        elif bundle.info.vocabulary:
            self.text.show_title(self._title())
            self._stack.setCurrentWidget(self.text)
        else:
            self._stack.setCurrentWidget(self._unseen)
        self.loader.measure(bundle, catalogue)

    def _on_measured(self, found: ChannelStatistics | TextSurvey) -> None:
        if isinstance(found, TextSurvey):
            self.text.show_survey(found)
        else:
            self.pictures.show_channels(found)

    def _on_not_prepared(self, error: NotPrepared) -> None:
        spec = self._registry.datasets[self._loading]
        if error.download_bytes:
            words = f"{error} {spec.summary} Licence: {spec.licence}."
            button = f"Load {spec.title} ({_size(error.download_bytes)} download)"
            self._refuse(words, button, "Start downloads it, too")
            self._missing = True
        else:
            self._refuse(str(error), f"Load {self._title()}", "It is done once and kept; Start would do it, too")

    def _on_failed(self, sentence: str) -> None:
        self._refuse(sentence, "Try again", "Load the data set anew", stressed=False)
        self._missing = True

    def _refuse(self, sentence: str, button: str, tip: str, *, stressed: bool = True) -> None:
        self._patience.stop()
        self._busy_with = None
        self.notes.show_notes(())
        self.waiting.say(self._title(), sentence, button, tip, stressed=stressed)
        self._stack.setCurrentWidget(self.waiting)

    def _cancel(self) -> None:
        self.loader.cancel()
        self._refuse(CANCELLED, f"Load {self._title()}", "Begin anew; what was downloaded so far is kept")

    def _choose(self, sample: Sample) -> None:
        from core.pictures.png import png_bytes  # imports Pillow

        name = (
            Path(sample.name).name
            or f"{self._title()}, {PARTS[sample.part]} sample {sample.index} ({sample.class_name})"
        )
        self.picture_chosen.emit(png_bytes(sample.picture), name)

    def _connect(self) -> None:
        self.waiting.load_asked.connect(lambda: self._load(asked=True))
        self.waiting.cancel_asked.connect(self._cancel)
        self.loader.progressed.connect(self._on_progress)
        self.loader.loaded.connect(self._on_loaded)
        self.loader.measured.connect(self._on_measured)
        self.loader.not_prepared.connect(self._on_not_prepared)
        self.loader.failed.connect(self._on_failed)
        self.pictures.sample_chosen.connect(self._choose)

    def _lay_out(self) -> None:
        below = QWidget()
        self._stack = QStackedLayout(below)
        for widget in (self.waiting, self.pictures, self.text, self._unseen):
            self._stack.addWidget(widget)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.notes)
        column.addWidget(below, 1)


def _size(count: int) -> str:
    return f"{count / 1e9:.1f} GB" if count >= 1e9 else f"{max(1, round(count / 1e6)):,} MB"
