"""What a set-up button of a lesson does to the workbench, and how it is undone."""

from __future__ import annotations

from typing import TYPE_CHECKING

from PySide6.QtWidgets import QTabWidget, QWidget

from core.errors import UserError
from core.lessons import SetUp
from core.lessons.set_up import resolve
from core.run_config import RunConfig

if TYPE_CHECKING:
    from gui.workbench import Workbench

LOOKS = {"structure": "Structure", "step": "One step", "health": "Health", "embedding": "Embedding"}
"""What a lesson calls the tabs of the page "Inside", and what stands on them."""


class WorkbenchSetter:
    """Sets the workbench up, and remembers what was set before each button."""

    def __init__(self, workbench: Workbench) -> None:
        self._workbench = workbench

    def fault_of(self, set_up: SetUp) -> str:
        """Why this button cannot work, in one sentence, or nothing."""
        try:
            resolve(self._workbench.registry, set_up)
        except UserError as error:
            return str(error)
        return ""

    def apply(self, set_up: SetUp) -> tuple[str, RunConfig | None]:
        """Do what the button says; the words for it, and what was asked for before where that can be put back."""
        workbench = self._workbench
        try:
            config = resolve(workbench.registry, set_up)
        except UserError as error:
            return str(error), None
        before = None
        if config is not None:
            if workbench.session.active:
                return "A run goes on: stop it first, then press this again.", None
            before = workbench.setup.config()
            config = config.model_copy(update={"device": workbench.setup.device.id})
            if not workbench.setup.take(config):
                return "Its network or data set cannot be chosen: the Problems panel may say why.", before
        if set_up.page:
            self._show(set_up.page)
        self._press(set_up.then)
        return _words(set_up), before

    def put_back(self, config: RunConfig) -> str:
        """What was set before."""
        if self._workbench.session.active:
            return "A run goes on: stop it first, then put back what was set before."
        taken = self._workbench.setup.take(config)
        return "Put back what was set before." if taken else "What was set before is not there any more."

    def _show(self, name: str) -> None:
        workbench = self._workbench
        if name == "console":
            workbench.console.show()
        elif name in LOOKS:
            workbench.pages.show_page(workbench.inside.page)
            _show_tab(workbench.inside.page, LOOKS[name])
        else:
            pages: dict[str, QWidget] = {
                **{"training": workbench.curves, "data": workbench.data_page, "results": workbench.results_page},
                **{"explain": workbench.explain_page, "queue": workbench.queue_page, "runs": workbench.runs_page},
            }
            workbench.pages.show_page(pages[name])

    def _press(self, then: str) -> None:
        """A press does nothing where the set-up cannot be trained; the status bar says why."""
        if then:
            self._workbench.press({"step slowly": "step_slowly"}.get(then, then))


def _show_tab(tabs: QTabWidget, title: str) -> None:
    for index in range(tabs.count()):
        if tabs.tabText(index) == title:
            tabs.setCurrentIndex(index)


def _words(set_up: SetUp) -> str:
    done = "The set-up is changed." if set_up.asked else "The page is open."
    return f"{done} {set_up.then.capitalize()} was pressed." if set_up.then else done
