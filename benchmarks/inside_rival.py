"""qtconsole with ipykernel's in-process kernel in a window; prints how long it made an event wait, as JSON."""

from __future__ import annotations

import json
import os
import sys
from functools import partial

os.environ["QT_API"] = "pyside6"  # before qtpy is imported: it would take whichever binding it finds

from benchmarks.delay_probe import DelayProbe
from benchmarks.inside import CELL_S, CELLS, QUIET_S
from benchmarks.window import spin
from gui.app import make_application


def main() -> None:
    """Open the console, run each cell once."""
    make_application()
    from qtconsole.inprocess import QtInProcessKernelManager
    from qtconsole.rich_jupyter_widget import RichJupyterWidget

    manager = QtInProcessKernelManager()
    manager.start_kernel(show_banner=False)
    client = manager.client()
    client.start_channels()
    console = RichJupyterWidget()
    console.kernel_manager, console.kernel_client = manager, client
    console.show()
    spin(1.0)
    probe, found = DelayProbe(), {}
    spin(QUIET_S)

    def run(code: str) -> None:
        console.execute(code)
        spin(CELL_S)

    for name, code in CELLS.items():
        found[name] = probe.longest_during(partial(run, code), QUIET_S)
    probe.close()
    print(json.dumps(found))
    client.stop_channels()
    sys.stdout.flush()
    os._exit(0)  # the kernel's leftovers are no part of the measurement


if __name__ == "__main__":
    main()
