"""What qtconsole takes for a kernel in another process: its questions go to our kernel, the answers come as signals."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Callable
from concurrent.futures import Future
from functools import partial
from itertools import count
from types import SimpleNamespace
from typing import Any

from PySide6.QtCore import QObject, Qt, Signal, Slot

from core.console.answers import Completions, completions, inspection
from core.console.kernel import Kernel
from core.console.outputs import Outcome, Output
from gui.console.pump import Pump

SESSION = "console"
RED, PLAIN = "\x1b[31m", "\x1b[0m"


class Channel(QObject):
    """One of the channels on which qtconsole listens."""

    message_received = Signal(object)
    kernel_died = Signal()
    """Never emitted; qtconsole connects to it."""

    def is_alive(self) -> bool:
        """Always."""
        return True

    def closed(self) -> bool:
        """qtconsole would wait for the rest of a cell's output; here that has always come before its end."""
        return True


class Client(QObject):
    """Messages in Jupyter's form. All methods are called on the GUI thread and return at once."""

    started_channels = Signal()
    stopped_channels = Signal()
    _answered = Signal(str, str, object)
    """Kind, the question's id, content: from any thread."""

    def __init__(self, kernel: Kernel, history: Callable[[], list[str]], parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._kernel, self._history = kernel, history
        self.session = SimpleNamespace(session=SESSION)
        self.channels_running = False
        self.shell_channel, self.iopub_channel = Channel(self), Channel(self)
        self.stdin_channel, self.hb_channel = Channel(self), Channel(self)
        self._ids = count(1)
        self._answered.connect(self._deliver, Qt.ConnectionType.QueuedConnection)

    def start_channels(self) -> None:
        """Let qtconsole begin: it asks who we are and shows its first prompt."""
        self.channels_running = True
        self.started_channels.emit()

    def execute(self, code: str, silent: bool = False, **more: object) -> str:
        """Run a cell; empty code asks for the number of the next prompt."""
        id = self._id()
        if not code.strip():
            self._answer("execute_reply", id, {"status": "ok", "execution_count": self._kernel.count})
            return id
        pump = Pump(partial(self._show, id), self)
        ended = self._kernel.execute(code, pump.tell, silent=silent)
        ended.add_done_callback(lambda done: pump.then(partial(self._end, id, pump, done.result())))
        return id

    def complete(self, code: str, cursor_pos: int | None = None) -> str:
        """What the word at the cursor could become."""
        id, cursor = self._id(), len(code) if cursor_pos is None else cursor_pos
        asked = self._kernel.ask(lambda shell: completions(shell, code, cursor))
        asked.add_done_callback(partial(self._on_completions, id, cursor))
        return id

    def inspect(self, code: str, cursor_pos: int | None = None, detail_level: int = 0) -> str:
        """What the name at the cursor is."""
        id, cursor = self._id(), len(code) if cursor_pos is None else cursor_pos
        asked = self._kernel.ask(lambda shell: inspection(shell, code, cursor, detail_level))
        asked.add_done_callback(partial(self._on_inspection, id))
        return id

    def history(self, **more: object) -> str:
        """The cells of earlier sessions."""
        id = self._id()
        self._answer("history_reply", id, {"status": "ok", "history": [(0, 0, cell) for cell in self._history()]})
        return id

    def kernel_info(self) -> str:
        """IPython's Python."""
        id = self._id()
        language = {"name": "python", "pygments_lexer": "ipython3"}
        self._answer("kernel_info_reply", id, {"status": "ok", "language_info": language, "banner": ""})
        return id

    def _id(self) -> str:
        return str(next(self._ids))

    def _answer(self, kind: str, id: str, content: dict[str, Any]) -> None:
        self._answered.emit(kind, id, content)

    def _show(self, id: str, output: Output) -> None:
        kind, content = message_of(output)
        self._deliver(kind, id, content)

    def _end(self, id: str, pump: Pump, outcome: Outcome) -> None:
        number = max(outcome.count, self._kernel.count)
        status = "ok" if outcome.state == "done" else "error"
        self._deliver("execute_reply", id, {"status": status, "execution_count": number, "payload": []})
        pump.deleteLater()

    def _on_completions(self, id: str, cursor: int, asked: Future[Completions | None]) -> None:
        found = asked.result() or Completions((), cursor, cursor)
        content = {"matches": list(found.matches), "cursor_start": found.start, "cursor_end": found.end}
        self._answer("complete_reply", id, {"status": "ok", "metadata": {}, **content})

    def _on_inspection(self, id: str, asked: Future[str | None]) -> None:
        text = asked.result()
        data = {"text/plain": text} if text else {}
        self._answer("inspect_reply", id, {"status": "ok", "found": bool(text), "data": data, "metadata": {}})

    @Slot(str, str, object)
    def _deliver(self, kind: str, id: str, content: dict[str, Any]) -> None:
        """On the GUI thread."""
        message = {
            "header": {"msg_type": kind},
            "msg_type": kind,
            "parent_header": {"msg_id": id, "session": SESSION},
            "content": content,
        }
        channel = self.shell_channel if kind.endswith("_reply") else self.iopub_channel
        channel.message_received.emit(message)


def message_of(output: Output) -> tuple[str, dict[str, Any]]:
    """The kind and content of Jupyter's message for what a cell shows."""
    if output.kind in ("stdout", "stderr"):
        return "stream", {"name": output.kind, "text": output.text}
    if output.kind == "error":
        return "error", {"ename": "", "evalue": output.summary, "traceback": [_marked(output)]}
    data = {"text/plain": output.text}
    if output.png:
        data["image/png"] = b64encode(output.png).decode("ascii")
    content = {"data": data, "metadata": {}, "execution_count": output.count}
    return ("execute_result" if output.kind == "result" else "display_data"), content


def _marked(output: Output) -> str:
    """The traceback with its last lines, which say what is wrong, in red."""
    place = output.text.rfind(output.summary.partition("\n")[0]) if output.summary else -1
    if place < 0:
        return f"{RED}{output.text}{PLAIN}"
    return f"{output.text[:place]}{RED}{output.text[place:]}{PLAIN}"
