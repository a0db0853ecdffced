"""IPython's shell, kept from all that it would do to the rest of the program. Imported on the kernel's thread only."""

from __future__ import annotations

import atexit
import sys
import warnings
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from types import ModuleType
from typing import Any

from IPython.core.builtin_trap import BuiltinTrap
from IPython.core.displayhook import DisplayHook
from IPython.core.displaypub import DisplayPublisher
from IPython.core.history import HistoryManager
from IPython.core.interactiveshell import InteractiveShell
from IPython.display import display
from traitlets import Type

from core.console.outputs import Output, OutputKind
from core.console.sink import Sink
from core.errors import UserError, message

NO_EDITOR = "The console has no editor: type the code here, or write a plugin."
NO_DEBUGGER = "The console has no debugger: print what you want to see, or look at it in a cell of its own."
NO_GUI = "The console draws figures into its own text: no other window can be opened from here."
LEAVING = "The console stays as long as the window; its dock can be hidden, and Restart empties it."
SHOWN = ("text/plain", "image/png")


class CellDisplayHook(DisplayHook):
    """What the last line of a cell is worth."""

    shell: Any

    def write_output_prompt(self) -> None:
        """Whoever shows the result writes it."""

    def write_format_data(self, format_dict: dict[str, Any], md_dict: object = None) -> None:
        """Tell it."""
        self.shell.tell("result", format_dict, count=self.shell.execution_count - 1)

    def log_output(self, format_dict: dict[str, Any]) -> None:
        """Nothing: IPython would keep every text and picture for ever."""

    def finish_displayhook(self) -> None:
        """Nothing is written after it."""
        self._is_active = False


class CellDisplayPublisher(DisplayPublisher):
    """What ``display`` is given."""

    shell: Any

    def publish(self, data: dict[str, Any], *arguments: Any, **more: Any) -> None:
        """Tell it."""
        self.shell.tell("display", data)

    def clear_output(self, wait: bool = False) -> None:
        """What was told cannot be taken back."""


class Shell(InteractiveShell):
    """Runs cells in the namespace of ``module`` and tells what they show to the sink of the cell that runs.

    No files, no threads, no atexit, no ``__main__``, no hooks of the process: there may be several, one after the
    other or at once.
    """

    displayhook_class = Type(CellDisplayHook)
    display_pub_class = Type(CellDisplayPublisher)

    def __init__(self, module: ModuleType) -> None:
        self.sink: Sink | None = None
        super().__init__(user_module=module)  # type: ignore[no-untyped-call]
        atexit.unregister(self.atexit_operations)
        self.colors = "nocolor"
        formatter: Any = self.display_formatter
        formatter.active_types = list(SHOWN)
        self.Completer.use_jedi = False  # it would read the sources of torch first
        for name, hook in (("show_in_pager", _show_page), ("editor", _refuse_editor)):
            self.set_hook(name, hook)  # type: ignore[no-untyped-call]
        for name, function in (("display", display), ("breakpoint", _refuse_debugger)):
            self.user_ns_hidden[name] = self.user_ns[name] = function

    def init_ipython_dir(self, ipython_dir: str | None) -> None:
        """None: nothing of it is read or written."""
        self.ipython_dir = ""

    def init_profile_dir(self, profile_dir: object) -> None:
        """None."""

    def init_virtualenv(self) -> None:
        """``sys.path`` stays as it is."""

    def init_sys_modules(self) -> None:
        """The program's own ``__main__`` stays where it is."""

    def init_prompts(self) -> None:
        """``sys.ps1`` would tell libraries that all of this is a terminal."""

    def init_history(self) -> None:
        """In memory alone; the front end keeps a file."""
        self.history_manager = HistoryManager(shell=self, parent=self, enabled=False, hist_file=":memory:")

    def init_builtins(self) -> None:
        """What IPython adds to the builtins of the whole process is in the namespace here."""
        self.builtin_trap = BuiltinTrap(shell=self)
        self.builtin_trap.auto_builtins = {}

    @property
    def excepthook(self) -> Any:
        """The process's own, which IPython would replace while a cell runs."""
        return sys.excepthook

    def _tee(self, channel: str) -> Any:
        """IPython would keep all that is written for ever."""
        return nullcontext()

    def tell(self, kind: OutputKind, data: dict[str, Any], *, count: int = 0) -> None:
        """A result or something displayed, by its type: the plain text, and the picture where there is one."""
        if self.sink is not None:
            self.sink.show(Output(kind, data.get("text/plain", ""), data.get("image/png") or b"", count=count))

    def _showtraceback(self, etype: type, evalue: BaseException | None, stb: list[str]) -> None:
        if self.sink is None:
            return
        summary = error_summary(evalue) if evalue is not None else etype.__name__
        text = summary if isinstance(evalue, UserError) else self.InteractiveTB.stb2text(stb)
        self.sink.show(Output("error", text, summary=summary))

    def show_usage_error(self, exc: BaseException) -> None:
        """A magic command that was used wrongly is an error like any other."""
        self._showtraceback(type(exc), exc, [error_summary(exc)])

    def enable_gui(self, gui: str | None = None) -> None:
        """Refused: there is an event loop already, on another thread."""
        if gui not in (None, "inline", "agg"):
            raise UserError(NO_GUI)

    def enable_matplotlib(self, gui: str | None = None) -> tuple[str, str]:
        """Figures are drawn into the cell as it is."""
        self.enable_gui(gui)
        return "inline", "inline"

    def showtraceback(self, *arguments: Any, **more: Any) -> None:
        """Of ``exit`` in a script that was pasted, only what it does here."""
        if isinstance(sys.exc_info()[1], SystemExit):
            self.ask_exit()
            warnings.filterwarnings("ignore", "To exit: use")
        else:
            super().showtraceback(*arguments, **more)

    def ask_exit(self) -> None:
        """Typing ``exit`` ends nothing."""
        print(LEAVING)  # noqa: T201  (into the cell)

    @contextmanager
    def in_charge(self, sink: Sink) -> Iterator[None]:
        """While a cell runs, libraries that ask IPython for its shell get this one."""
        singleton: Any = InteractiveShell
        before, self.sink, singleton._instance = singleton._instance, sink, self
        try:
            yield
        finally:
            self.sink, singleton._instance = None, before


def _show_page(shell: Shell, data: object, start: int = 0, screen_lines: int = 0, **more: object) -> None:
    """Help is part of what the cell shows."""
    text = data.get("text/plain", "") if isinstance(data, dict) else str(data)
    shell.tell("display", {"text/plain": text})


def _refuse_editor(shell: Shell, *arguments: object, **more: object) -> None:
    raise UserError(NO_EDITOR)


def _refuse_debugger(*arguments: object, **more: object) -> None:
    """Stands in for ``breakpoint``, whose prompt nobody could answer."""
    raise UserError(NO_DEBUGGER)


def error_summary(error: BaseException) -> str:
    """ "NameError: name 'z' is not defined"; only the first line, and of what is said to the person only that."""
    if isinstance(error, SyntaxError) and error.msg:
        return f"{type(error).__name__}: {error.msg}" + (f" (line {error.lineno})" if error.lineno else "")
    text = next(iter(message(error).strip().splitlines()), "")
    if isinstance(error, UserError):
        return text
    return f"{type(error).__name__}: {text}".rstrip(": ")
