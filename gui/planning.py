"""What can be asked of the set-up besides Start: the queue, a sweep, the learning-rate range test."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QObject, Qt

from core.home import data_folders
from core.registry import Registry
from core.run_config import RunConfig
from gui.queue.entries import Entry
from gui.queue.sweep_dialog import SweepDialog
from gui.rate_finder import RateFinder

if TYPE_CHECKING:
    from core.data import Progress
    from core.rate_finder import RateTest
    from core.trainer import Trainer
    from gui.workbench import Workbench

WRONG = "First mend what is wrong in the set-up."


class Planning(QObject):
    """Each method is what a button or a menu entry does."""

    def __init__(self, workbench: Workbench) -> None:
        super().__init__(workbench)
        self._workbench = workbench
        workbench.queue_page.add_asked.connect(self.enqueue)
        workbench.queue_page.sweep_asked.connect(self.plan_sweep)

    def enqueue(self) -> None:
        """Put what the set-up asks for at the end of the queue."""
        config = self._workbench.setup.config()
        if config is None:
            self._workbench.say(WRONG)
        else:
            self._workbench.queue.add(Entry(config))

    def plan_sweep(self) -> None:
        """Ask what a sweep shall try, and put it into the queue."""
        workbench, config = self._workbench, self._workbench.setup.config()
        if config is None:
            workbench.say(WRONG)
            return
        dialog = SweepDialog(workbench.registry, config, workbench.window)
        dialog.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        dialog.asked.connect(workbench.queue.add)
        dialog.asked.connect(workbench.queue.start)
        dialog.open()

    def find_rate(self) -> None:
        """Open the learning-rate range test: of the run that goes on, else of what Start would train."""
        workbench, session = self._workbench, self._workbench.session
        config, trainer = workbench.setup.config(), session.trainer
        if session.active and trainer is None:
            workbench.say("The run is being prepared: try again once it trains.")
            return
        if config is None:
            workbench.say(WRONG)
            return
        live = trainer if session.active else None
        network = workbench.registry.networks[live.job.network.id if live else workbench.setup.network.id]
        finder = RateFinder(partial(_range_test, workbench.registry, config, live), network.title, workbench.window)
        finder.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        finder.chosen.connect(self._use_rate)
        finder.open()

    def _use_rate(self, rate: float) -> None:
        workbench = self._workbench
        workbench.setup.forms["optimizer"].set_values({"lr": rate})
        if workbench.session.active:
            workbench.session.change("lr", rate)
        workbench.say(f"The learning rate is {rate:g} now.")


def _range_test(registry: Registry, config: RunConfig, trainer: Trainer | None, progress: Progress) -> RateTest:
    """Off the GUI thread: on a model of its own, or at a safe point on the one that is being trained."""
    from core.job import prepare_job
    from core.rate_finder import find_rate

    if trainer is not None:
        return trainer.control.at_safe_point(lambda: find_rate(trainer.job, progress)).result()
    return find_rate(prepare_job(registry, config, data_folders(), progress), progress)
