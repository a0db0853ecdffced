"""Fills the window and connects its parts: what is pressed here moves the run there."""

from __future__ import annotations

from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, QUrl, Signal
from PySide6.QtGui import QDesktopServices
from PySide6.QtWidgets import QVBoxLayout, QWidget

from core.discovery import discover
from core.events import EpochEnded, Event, Keep, Noted, Problem, RunEnded, RunStarted
from core.history import RunCurves
from core.home import plugin_folder
from core.resume import Resume
from core.run_config import RunConfig
from core.run_index import RunIndex
from core.specs import NetworkSpec, TryIt
from core.worker import Background
from gui.answers import Answers
from gui.browser import BrowserPage
from gui.console import Console
from gui.curves_panel import CurvesPanel
from gui.explain.explainer import Explainer
from gui.explain.page import ExplainPage
from gui.history import History, HistoryPage
from gui.inside import Inside
from gui.intake import Intake
from gui.kept_runs import KeptRuns
from gui.lessons import Lessons
from gui.live_display import LiveDisplay
from gui.menus import Menus
from gui.notice_strip import NoticeStrip
from gui.pages import Pages
from gui.planning import Planning
from gui.preflight import Preflight
from gui.problems_panel import ProblemsPanel
from gui.queue import QueuePage, RunQueue
from gui.results import Results, ResultsPage
from gui.session import Session
from gui.setup_panel import SetupPanel
from gui.try_it_stack import TryItStack
from gui.typing_answers import TypingAnswers
from gui.views.pane import Choice
from gui.views.view_panel import ViewPanel
from gui.weights_dialogs import WeightsDialogs
from gui.words import outcome
from gui.writer import Writer

if TYPE_CHECKING:
    from gui.main_window import MainWindow

PLUGINS = "plugins"
QUEUE_TRAINS = "The queue is training: hold it first, or add this set-up to it."
STOPS: dict[str, Keep] = {"stop": "last", "stop_best": "best", "stop_away": "nothing"}


class Workbench(QObject):
    """All panels, the session, and the words in the status bar."""

    ready = Signal()
    """torch is loaded and warm; Start works before that, too, and then waits for it."""

    def __init__(self, window: MainWindow) -> None:
        super().__init__(window)
        self.window, self.run_bar = window, window.run_bar
        self.registry = discover(PLUGINS, plugin_folder())
        self.background = Background(self)
        self.session = Session(self.registry, self, self.background)
        self._make_panels()
        self._make_pages()
        self.weights = WeightsDialogs(self.session, self.background, window)
        self.intake = Intake(window)
        self.preflight = Preflight(self.registry, self)
        self.started: RunStarted | None = None
        self.warm = False
        self._epoch_words = ""
        self._offered: list[Choice] = []
        self._put()
        self._connect()
        self.planning = Planning(self)
        self.kept_runs = KeptRuns(self, self.background)
        self.menus = Menus(self)
        for problem in self.registry.problems:
            self._on_problem(problem)
        self._offer()
        self.background.submit(_warm_up, self._on_warm, self._on_cold)

    def _make_panels(self) -> None:
        """What stands around the pages, and what answers in it."""
        self.setup = SetupPanel(self.registry)
        self.curves = CurvesPanel()
        self.views = ViewPanel()
        self.display = LiveDisplay(self.curves, self.views, self.run_bar)
        self.try_panels = TryItStack()
        self.try_it = self.try_panels.image
        self.problems = ProblemsPanel()
        self.answers = Answers(self.session, self.try_it, self.background)
        self.writer = Writer(self.session, self.try_panels.text)
        self.typing = TypingAnswers(self.session, self.try_panels.typing)

    def _make_pages(self) -> None:
        """The pages in the middle, and what fills them."""
        self.pages, self.notice = Pages(), NoticeStrip()
        self.data_page = BrowserPage(self.registry)
        self.results_page = ResultsPage()
        self.results = Results(self.session, self.results_page)
        self.explain_page = ExplainPage()
        self.explainer = Explainer(self.session, self.explain_page)
        self.queue = RunQueue(self.session, self, lambda: not self.console.busy)
        self.queue_page = QueuePage(self.queue)
        self.runs_page = HistoryPage()
        self.history = History(self.session, self.runs_page)
        self.inside = Inside(self)
        self.lessons = Lessons(self)
        self.console = Console(self)

    def press(self, button: str) -> None:
        """Do what a button of the run bar says."""
        session = self.session
        if button in ("start", "step") and not session.active:
            self.start(paused=button == "step")
        elif button == "pause":
            session.resume() if session.state == "paused" else session.pause()
        elif button == "step":
            session.step()
        elif button == "step_slowly":
            self.inside.stepper.press()
        elif button in STOPS:
            session.stop(STOPS[button])

    def say(self, words: str) -> None:
        """Words for the status bar."""
        self.window.statusBar().showMessage(words)

    def open_plugin_folder(self) -> None:
        """Show the folder for the person's own plugins in the file manager."""
        plugin_folder().mkdir(parents=True, exist_ok=True)
        QDesktopServices.openUrl(QUrl.fromLocalFile(str(plugin_folder())))

    def learn_from(self, path: Path, kind: str = "text") -> None:
        """A text, or a folder or .zip of pictures, was opened, pasted or dropped: Start will learn from it."""
        what = "pictures" if kind == "pictures" else "text"
        if self.session.active:
            self.say(f"A run goes on: stop it first, then bring the {what} again.")
        elif not self.setup.open_data(path, kind):
            self.say(f"No network and data set for {what} is there: the Problems panel may say why.")

    def runs_that_write(self) -> list[str]:
        """The ids of the kept runs whose network writes text, newest first."""
        writing = {id for id, spec in self.registry.networks.items() if self.kind_of(spec) == "text generation"}
        return [run.id for run in RunIndex(self.session.store).runs() if run.network in writing]

    def write_with(self, run: str) -> None:
        """Let a kept run write until the next Start."""
        self.try_panels.choose("text generation")
        self.writer.use_run(run)
        self.say(f"{run} writes now, until the next Start.")

    def try_picture(self, source: Path | bytes, name: str) -> None:
        """A picture that was clicked somewhere in the window is answered in "Try it"."""
        self.try_panels.choose("image")
        self.window.docks["try_it"].show()
        self.try_it.give(source, name)

    def explain_picture(self, source: Path | bytes, name: str) -> None:
        """A picture that was clicked somewhere is answered, and its answer explained."""
        self.pages.show_page(self.explain_page)
        self.try_picture(source, name)

    def close(self) -> None:
        """Wait for what still runs in the background."""
        self.console.close()
        self.data_page.shut_down()
        self.results.close()
        self.explainer.close()
        self.preflight.close()
        self.queue.close()
        self.writer.close()
        self.typing.close()
        self.history.close()
        self.inside.close()
        self.lessons.close()
        self.background.close()

    def _put(self) -> None:
        window = self.window
        for name, widget in {
            **{"centre": _stacked(self.notice, self.pages), "setup": self.setup, "views": self.views},
            **{"try_it": self.try_panels, "problems": self.problems},
            "lessons": self.lessons.widget,
        }.items():
            window.put(name, widget)
        self.pages.add("Training", self.curves, "The curves of the run that goes on")
        self.pages.add("Data", self.data_page, "The samples that the network learns from")
        self.pages.add("Results", self.results_page, "How well each class is recognised, and the mistakes")
        self.pages.add("Explain", self.explain_page, "Where the network looked, and how each number came about")
        self.pages.add(
            "Inside", self.inside.page, "The network's layers, one step taken apart, its health, its map of the data"
        )
        self.pages.add("Queue", self.queue_page, "What is trained next, and sweeps that look for good settings")
        self.pages.add("Runs", self.runs_page, "All runs: search, compare, take up again")

    def _connect(self) -> None:
        session = self.session
        self.run_bar.pressed.connect(self.press)
        self.setup.changed.connect(self._offer)
        self.preflight.known.connect(self._offer)
        self.intake.brought.connect(self.learn_from)
        self.intake.pictures_brought.connect(lambda path: self.learn_from(path, "pictures"))
        self.intake.picture_chosen.connect(self.try_picture)
        self.intake.refused.connect(self.say)
        self.history.failed.connect(self.say)
        self.results.failed.connect(self.say)
        self.weights.said.connect(self.say)
        self.weights.loaded.connect(lambda _step: self.answers.ask_anew())
        self.data_page.picture_chosen.connect(self.try_picture)
        self.results_page.picture_chosen.connect(self.try_picture)
        self.results_page.explain_asked.connect(self.explain_picture)
        self.queue.train.connect(self.train)
        self.queue.told.connect(self.say)
        self.console.idle.connect(self.queue.go_on)
        for group in ("optimizer", "training"):
            self.setup.forms[group].live_changed.connect(session.change)
        session.refused.connect(self.say)
        self.views.wanted_changed.connect(session.watch)
        self.views.settings_changed.connect(session.set_view)
        self.answers.answered.connect(lambda prediction: self.explainer.show(prediction.seen, prediction.name))
        session.state_changed.connect(self._on_state)
        session.preparing.connect(self.run_bar.show_preparation)
        session.preparing.connect(lambda _share, text: self.say(f"{text}…"))
        session.started.connect(self._on_started)
        session.events.connect(self._on_events)
        session.ended.connect(self._on_ended)

    def _offer(self) -> None:
        """Between two runs: say what Start will do, or why it cannot."""
        config = self.setup.config()
        self.data_page.offer(config)
        self.inside.offer(config)
        if self.session.active:
            return
        self.run_bar.allow_start(config is not None)
        self.inside.stepper.offer(config is not None)
        if config is None:
            reasons = self.setup.problems() or ["nothing to train was found"]
            self.say(f"Start is not possible: {reasons[0]}.")
            return
        network = self.registry.networks[config.network]
        data = self.registry.datasets[config.data]
        refusal = self.preflight.refusal(config)
        self.run_bar.allow_start(not refusal)
        self.inside.stepper.offer(not refusal)
        self._offer_views(network, config.data)
        self.try_panels.choose(self._try_it())
        self.say(refusal or f"Ready: press Start to train {network.title} on {data.title}.")

    def _try_it(self) -> TryIt:
        """Which "Try it" panel fits the picked network."""
        network = self.registry.networks.get(self.setup.network.id)
        return self.kind_of(network) if network else "none"

    def kind_of(self, network: NetworkSpec) -> TryIt:
        """Which "Try it" panel fits a network."""
        task = self.registry.tasks.get(network.task)
        return task.try_it if task else "none"

    def _offer_views(self, network: NetworkSpec, data: str) -> None:
        specs = [spec for spec in self.registry.visualizations.values() if spec.applies_to(network, data)]
        offered = [Choice(spec.id, spec.title, spec.summary, spec.config) for spec in specs]
        if offered != self._offered:
            self._offered = offered
            self.views.set_visualizations(offered)

    def start(self, *, paused: bool = False, slowly: bool = False) -> None:
        """Train what is chosen in the set-up; see :meth:`Session.start`."""
        config = self.setup.config()
        if self.queue.training:  # between two trials of a sweep, which would take this run for its next one
            self.say(QUEUE_TRAINS)
        elif config is not None:
            self.console.when_idle(partial(self.train, config, paused=paused, slowly=slowly))

    def train(
        self,
        config: RunConfig,
        *,
        paused: bool = False,
        slowly: bool = False,
        resume: Resume | None = None,
        curves: RunCurves | None = None,
    ) -> None:
        """Begin a run with empty views; or go on with one, whose ``curves`` are then there from its first step."""
        task = self.registry.tasks.get(self.registry.networks[config.network].task)
        self.curves.clear(task.derived if task else None, curves)
        self.views.clear()
        self.session.watch(self.views.wanted())
        self.session.start(config, paused=paused, slowly=slowly, resume=resume)

    def _on_state(self, state: str) -> None:
        self.run_bar.show_state(state)
        self.setup.set_running(state != "idle")
        if state == "preparing":
            self.run_bar.show_preparation(-1.0, "Preparing…")
            self.say("Preparing the data and the network…")
        elif state == "paused" and self.session.trainer:
            self.display.draw_all()
            self.say(f"Paused after step {self.session.trainer.step:,}: try the network, then press Resume.")
        elif state == "stopping":
            self.say("Stopping after the current step…")
        elif state == "running":
            self.display.draw_all()  # the words of a step that was taken apart are over
            self._say_training()

    def _on_started(self, event: RunStarted) -> None:
        self.started = event
        begun = event.step // event.steps_per_epoch + 1
        self._epoch_words = f"epoch {min(begun, event.epochs)} of {event.epochs}"
        self.display.begin(event)
        self._say_training()

    def _say_training(self) -> None:
        if self.started:
            network, data = self.registry.networks[self.started.network], self.registry.datasets[self.started.data]
            size = f"{self.started.parameters:,} parameters"
            self.say(f"Training {network.title} ({size}) on {data.title}: {self._epoch_words}")

    def _on_events(self, events: list[Event]) -> None:
        for event in events:
            self.display.take(event)
            if isinstance(event, EpochEnded):
                self._on_epoch(event)
            elif isinstance(event, Noted):
                self.notice.note(event.text)
            elif isinstance(event, Problem):
                self._on_problem(event)
        self.display.draw()
        self.answers.refresh()
        self.writer.refresh()
        self.typing.refresh()

    def _on_epoch(self, event: EpochEnded) -> None:
        if self.started:
            shown = "".join(
                f", validation {name} {value:.1%}" for name, value in event.validation.items() if name != "loss"
            )
            waiting = f"; {event.waiting}" if event.waiting else ""
            self._epoch_words = f"{event.epoch} of {self.display.epochs} epochs done{shown}{waiting}"
            if self.session.state == "running":
                self._say_training()

    def _on_ended(self, event: RunEnded) -> None:
        self.display.draw_all()
        self._offer()
        self.data_page.look_again()
        self.say(outcome(event, self._try_it()))
        if event.error and event.state == "failed":
            self._on_problem(Problem("training", event.error, event.details))
        if event.step == 0:
            self.run_bar.idle()

    def _on_problem(self, problem: Problem) -> None:
        self.problems.add_problem(problem.source, problem.summary, problem.details)
        self.window.docks["problems"].show()

    def _on_warm(self, devices: dict[str, str]) -> None:
        self.setup.set_devices(devices)
        self.warm = True
        self.preflight.begin()
        self.kept_runs.look_for_interrupted()
        self.ready.emit()

    def _on_cold(self, error: Exception) -> None:
        reason = f"PyTorch cannot be loaded ({type(error).__name__}: {error}); install the requirements again."
        self._on_problem(Problem("PyTorch", reason, repr(error)))
        self.ready.emit()


def _stacked(above: QWidget, below: QWidget) -> QWidget:
    both = QWidget()
    column = QVBoxLayout(both)
    column.setContentsMargins(0, 0, 0, 0)
    column.setSpacing(0)
    column.addWidget(above)
    column.addWidget(below, 1)
    return both


def _warm_up() -> dict[str, str]:
    """On the background thread."""
    from core.warm_up import warm_up

    return warm_up()
