"""What is done with runs that are over: resume them, start them again, let them answer, bring them back."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from PySide6.QtCore import QObject, Qt
from PySide6.QtWidgets import QInputDialog

from core.config import validated
from core.errors import UserError
from core.events import RunEnded
from core.history import RunBin, RunCurves, RunLine, read_curves
from core.resume import Resume
from core.run_config import RunConfig
from core.run_index import RunIndex
from core.runs import Run
from core.worker import Background
from gui.export_dialog import ExportDialog

if TYPE_CHECKING:
    from gui.workbench import Workbench

MOST_EPOCHS = 100_000


class KeptRuns(QObject):
    """Listens to the page of runs and to how runs end, and offers what can be done in the strip above the pages."""

    def __init__(self, workbench: Workbench, background: Background) -> None:
        super().__init__(workbench)
        self._workbench, self._background = workbench, background
        page = workbench.runs_page
        page.again_asked.connect(self.start_again)
        page.answer_asked.connect(self.answer_with)
        page.resume_asked.connect(self.resume)
        page.export_asked.connect(self.export)
        workbench.session.ended.connect(self._on_ended)
        workbench.session.state_changed.connect(self._on_state)

    def look_for_interrupted(self) -> None:
        """At the start: say so when the newest run was broken off, with Resume beside it."""
        store = self._workbench.session.store

        def newest() -> RunLine | None:
            return next(iter(RunIndex(store).runs()), None)

        self._background.submit(newest, self._offer_interrupted, lambda _error: None)

    def _offer_interrupted(self, line: RunLine | None) -> None:
        if line is None or line.state != "interrupted" or self._workbench.session.active:
            return
        steps = line.summary.get("steps")
        where = f" after {int(steps):,} steps" if isinstance(steps, int) else ""
        words = f"{line.title} was interrupted{where}: the program or the machine stopped while it was being trained."
        self._workbench.notice.say(words, {"Resume": lambda: self.resume(line)})

    def resume(self, line: RunLine, *, lr: float | None = None) -> None:
        """Go on with a run; one that is finished is asked how many epochs it shall have."""
        workbench = self._workbench
        config = self._config(line)
        if config is None:
            return
        if workbench.session.active:
            workbench.say("A run goes on: stop it first, then resume another.")
            return
        epochs = None
        if line.state == "finished":
            done = int(line.summary.get("epochs") or config.epochs)
            question = f"It has had {done:,} epochs. How many shall it have in all?"
            epochs, given = QInputDialog.getInt(
                workbench.window, f"Resume {line.title}", question, min(2 * done, MOST_EPOCHS), done + 1, MOST_EPOCHS
            )
            if not given:
                return
        self._go_on(line, config, Resume(self._run(line), epochs, lr))

    def export(self, line: RunLine) -> None:
        """Ask in which form a run is wanted, and write it."""
        workbench = self._workbench
        trainer = workbench.session.trainer if workbench.session.active else None

        def at_rest(work: Callable[[], Any]) -> Any:
            return trainer.control.at_safe_point(work).result() if trainer else work()

        dialog = ExportDialog(self._run(line), workbench.registry, workbench.window, at_rest=at_rest)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.open()

    def start_again(self, line: RunLine) -> None:
        """Put the settings of an earlier run into the set-up, to be changed or started."""
        workbench, config = self._workbench, self._config(line)
        if config is None:
            return
        if workbench.session.active:
            workbench.say("A run goes on: stop it first, then take up the settings of another.")
        elif workbench.setup.take(config):
            workbench.pages.show_page(workbench.curves)
            workbench.say(f"The set-up is that of {line.title}: press Start to train it again.")
        else:
            workbench.say(f"{line.title} cannot be started again: its network or data set is not there any more.")

    def answer_with(self, line: RunLine) -> None:
        """Let a kept run answer in "Try it", whatever is trained there, until the next Start."""
        workbench = self._workbench
        network = workbench.registry.networks.get(line.network)
        kind = workbench.kind_of(network) if network else "none"
        if kind == "text generation":
            workbench.write_with(line.id)
        elif kind in ("image", "text classification"):
            workbench.try_panels.choose(kind)
            (workbench.answers if kind == "image" else workbench.typing).use_run(line.id)
            workbench.say(f"{line.title} answers now, until the next Start.")
        else:
            workbench.say(f"{line.title} cannot be tried: its network is not there, or it has nothing to try.")

    def _go_on(self, line: RunLine, config: RunConfig, resume: Resume) -> None:
        workbench = self._workbench
        workbench.setup.take(config)

        def begin(curves: RunCurves) -> None:
            if not workbench.session.active:
                workbench.pages.show_page(workbench.curves)
                workbench.train(config, resume=resume, curves=curves)

        self._background.submit(lambda: read_curves(resume.run), begin, lambda error: workbench.say(str(error)))

    def _config(self, line: RunLine) -> RunConfig | None:
        try:
            return validated(RunConfig, self._run(line).asked()["config"])
        except UserError as error:
            self._workbench.say(str(error))
            return None

    def _run(self, line: RunLine) -> Run:
        return Run(self._workbench.session.store.folder / line.id)

    def _on_state(self, state: str) -> None:
        if state == "preparing":
            self._workbench.notice.hide()

    def _on_ended(self, event: RunEnded) -> None:
        if event.kept == "nothing" and event.run:
            self._workbench.notice.say(f"{event.run} was thrown away.", {"Undo": lambda: self._bring_back(event.run)})
        elif event.retry_lr is not None and event.run:
            self._offer_retry(event)

    def _offer_retry(self, event: RunEnded) -> None:
        rate = event.retry_lr
        back = f"the checkpoint after {event.retry_step:,} steps" if event.retry_step else "its start"

        def retry() -> None:
            line = next((line for line in RunIndex(self._workbench.session.store).runs() if line.id == event.run), None)
            if line is not None:
                self.resume(line, lr=rate)

        words = f"{event.error} Go back to {back} and go on with a learning rate of {rate:.2g}?"
        self._workbench.notice.say(words, {f"Go on with {rate:.2g}": retry})

    def _bring_back(self, run: str) -> None:
        store = self._workbench.session.store
        self._background.submit(
            lambda: RunBin(store).put_back(run),
            lambda _run: self._workbench.history.refresh(),
            lambda error: self._workbench.say(str(error)),
        )
