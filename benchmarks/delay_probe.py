"""How long the event loop lets an event from outside wait.

Another process sends the time into a socket every few milliseconds; the event loop, when it gets to it, reads it.
So a click would wait, too. The sender shares no interpreter lock with the window, and while the window is busy its
messages pile up, so that a long delay is seen as often as it would be felt.
"""

from __future__ import annotations

import socket
import struct
import subprocess
import sys
import time
from collections.abc import Callable

from PySide6.QtCore import QSocketNotifier

from benchmarks.window import spin

EVERY_S = 0.005
SENDER = """
import socket, struct, sys, time
out = socket.create_connection(("127.0.0.1", int(sys.argv[1])))
out.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
every = float(sys.argv[2])
due = time.monotonic()
try:
    while True:
        due = max(due + every, time.monotonic())
        time.sleep(max(0.0, due - time.monotonic()))
        out.sendall(struct.pack("d", time.monotonic()))
except OSError:
    pass
"""


class DelayProbe:
    """Measures from when it is made until :meth:`close`. Use it on the GUI thread."""

    def __init__(self) -> None:
        self.delays: list[tuple[float, float]] = []
        """When each message was sent (``time.monotonic()``), and how many seconds it waited."""
        self._rest = b""
        with socket.create_server(("127.0.0.1", 0)) as server:
            port = server.getsockname()[1]
            self._sender = subprocess.Popen([sys.executable, "-c", SENDER, str(port), str(EVERY_S)])
            server.settimeout(30)
            self._socket, _ = server.accept()
        self._socket.setblocking(False)
        self._notifier = QSocketNotifier(self._socket.fileno(), QSocketNotifier.Type.Read)
        self._notifier.activated.connect(self._read)

    def close(self) -> None:
        """Stop measuring and end the sender."""
        self._notifier.setEnabled(False)
        self._socket.close()
        self._sender.terminate()
        self._sender.wait()

    def milliseconds(self, since: float, until: float) -> list[float]:
        """The delays of the messages sent in that time, in ms."""
        return [1000 * delay for sent, delay in self.delays if since <= sent < until]

    def longest_during(self, work: Callable[[], None], rest: float) -> float:
        """The longest wait of a message that was sent while ``work`` ran, in ms; the window is left alone after it, for
        ``rest`` seconds, in which the last messages come.
        """
        began = time.monotonic()
        work()
        ended = time.monotonic()
        spin(rest)
        return max(self.milliseconds(began, ended))

    def _read(self) -> None:
        try:
            received = self._rest + self._socket.recv(65536)
        except BlockingIOError:
            return
        now = time.monotonic()
        whole = len(received) - len(received) % 8
        self.delays += [(sent, now - sent) for (sent,) in struct.iter_unpack("d", received[:whole])]
        self._rest = received[whole:]
