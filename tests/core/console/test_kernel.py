"""The kernel by itself: cells, what they show, how they are interrupted."""

from __future__ import annotations

import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest

from core.console.kernel import CLOSED, Kernel
from core.console.life import DROPPED, GIVEN_UP
from core.console.sink import AT_ONCE, MOST_OF_ONE, MOST_PICTURES, MOST_TOLD, PAUSE_S
from core.console.streams import NO_INPUT, sink_here
from core.errors import UserError
from tests.core.console.cells import WAIT_S, Told, begin, run


def test_the_last_expression_is_the_result_and_has_a_number(kernel: Kernel) -> None:
    outcome, told = run(kernel, "x = 20\nx + 1")
    assert (outcome.state, outcome.count) == ("done", 1)
    assert [(output.kind, output.text, output.count) for output in told] == [("result", "21", 1)]
    assert kernel.namespace["x"] == 20
    assert run(kernel, "Out[1] + _")[1].text() == "42"


def test_torch_and_numpy_are_there_without_import(kernel: Kernel) -> None:
    outcome, told = run(kernel, "torch.from_numpy(np.ones(2, dtype=np.float32)).sum()")
    assert outcome.state == "done"
    assert told.text() == "tensor(2.)"


def test_an_error_is_told_with_its_traceback_and_a_summary(kernel: Kernel) -> None:
    outcome, told = run(kernel, "def f():\n    return z\nf()")
    assert outcome.state == "failed"
    assert isinstance(outcome.error, NameError)
    assert outcome.summary == told[-1].summary == "NameError: name 'z' is not defined"
    assert told[-1].kind == "error"
    assert "return z" in told[-1].text
    assert "interactiveshell.py" not in told[-1].text
    assert "\x1b" not in told[-1].text


def test_a_syntax_error_is_told_without_the_name_of_a_file(kernel: Kernel) -> None:
    outcome, told = run(kernel, "x = 1\nif x:")
    assert outcome.state == "failed"
    assert outcome.summary.startswith(("SyntaxError: ", "IndentationError: "))
    assert outcome.summary.endswith("(line 2)")
    assert told[-1].kind == "error"


def test_what_is_said_to_the_person_comes_without_a_traceback(kernel: Kernel) -> None:
    outcome, told = run(kernel, "from core.errors import UserError\nraise UserError('Do it so.')")
    assert outcome.summary == "Do it so."
    assert told[-1].text == "Do it so."


def test_streams_keep_their_order_and_kind(kernel: Kernel) -> None:
    _, told = run(kernel, "import sys\nprint('a'); print('b', file=sys.stderr); print('c', end=''); 5")
    assert [(output.kind, output.text) for output in told] == [
        ("stdout", "a\n"),
        ("stderr", "b\n"),
        ("stdout", "c"),
        ("result", "5"),
    ]


def test_a_half_line_is_told_although_the_cell_goes_on_in_silence(kernel: Kernel) -> None:
    told = Told()
    future = kernel.execute("import time\nprint('half', end='')\ntime.sleep(1e6)", told)
    told.wait_for("half")
    assert not future.done()
    kernel.interrupt()
    assert future.result(WAIT_S).state == "interrupted"


def test_other_threads_print_where_they_always_did(kernel: Kernel, capsys: pytest.CaptureFixture[str]) -> None:
    stdout = sys.stdout
    future, told = begin(kernel, "import time\ntime.sleep(1e6)")
    print("mine")
    kernel.interrupt()
    future.result(WAIT_S)
    run(kernel, "import threading\nt = threading.Thread(target=lambda: print('theirs'))\nt.start(); t.join()")
    assert sys.stdout is stdout
    assert capsys.readouterr().out == "mine\ntheirs\n"
    assert "mine" not in told.text()


def test_time_sleeps_as_before_once_the_cell_is_over(kernel: Kernel) -> None:
    sleep = time.sleep
    future, _ = begin(kernel, "import time\ntime.sleep(1e6)")
    assert time.sleep is not sleep
    kernel.interrupt()
    future.result(WAIT_S)
    run(kernel, "1")  # begins after the one before has put everything back
    kernel.close()
    assert time.sleep is sleep


def test_silent_code_shows_no_result_and_leaves_no_trace(kernel: Kernel) -> None:
    run(kernel, "1")
    outcome, told = run(kernel, "y = 5\ny", silent=True)
    assert outcome.state == "done"
    assert told == []
    assert kernel.namespace["y"] == 5
    assert run(kernel, "2")[0].count == 2
    assert run(kernel, "boom", silent=True)[0].summary == "NameError: name 'boom' is not defined"


def test_pictures_are_told_as_png(kernel: Kernel) -> None:
    _, told = run(kernel, "from PIL import Image\ndisplay(Image.new('L', (2, 2)))\nImage.new('L', (3, 3))")
    assert [(output.kind, output.png[:4]) for output in told] == [("display", b"\x89PNG"), ("result", b"\x89PNG")]


def test_a_figure_is_drawn_into_the_cell_and_closed(kernel: Kernel) -> None:
    code = "import matplotlib.pyplot as plt\nplt.plot([1, 2])\nplt.show()\nprint('then')\nplt.plot([2, 1]);"
    outcome, told = run(kernel, code)
    assert outcome.state == "done", told.text()
    assert [(output.kind, output.png[:4]) for output in told] == [
        ("display", b"\x89PNG"),
        ("stdout", b""),
        ("display", b"\x89PNG"),
    ]
    assert run(kernel, "plt.get_fignums()")[1].text() == "[]"


@pytest.mark.parametrize(
    ("code", "words"),
    [
        ("input('name? ')", NO_INPUT),
        ("breakpoint()", "no debugger"),
        ("%edit", "no editor"),
        ("%matplotlib qt", "no other window"),
        ("import matplotlib.pyplot as plt; plt.switch_backend('qtagg')", "qt_compat"),
    ],
)
def test_what_would_wait_for_ever_or_open_a_window_is_refused(kernel: Kernel, code: str, words: str) -> None:
    outcome, _ = run(kernel, code)
    assert outcome.state == "failed"
    assert words in outcome.summary


def test_exit_ends_nothing(kernel: Kernel) -> None:
    for code in ("exit", "exit()", "import sys; sys.exit(3)"):
        _, told = run(kernel, code)
        assert "stays" in told.text("stdout")
    assert run(kernel, "1 + 1")[1].text() == "2"


def test_help_is_part_of_what_the_cell_shows(kernel: Kernel) -> None:
    _, told = run(kernel, "len?")
    assert "number of items" in told.text("display")


def test_an_endless_loop_is_interrupted(kernel: Kernel) -> None:
    future, told = begin(kernel, "while True: pass")
    assert kernel.busy
    kernel.interrupt()
    outcome = future.result(WAIT_S)
    assert outcome.state == "interrupted"
    assert told[-1].summary.startswith("KeyboardInterrupt")
    assert run(kernel, "1 + 1")[1].text() == "2"


def test_what_a_cell_prints_starts_no_thread_that_a_blow_could_hit_instead(
    kernel: Kernel, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Until a new thread runs, Python takes it for the one that starts it."""
    started: list[str] = []
    start = threading.Thread.start

    def watched(thread: threading.Thread) -> None:
        if sink_here() is not None:
            started.append(thread.name)
        start(thread)

    monkeypatch.setattr(threading.Thread, "start", watched)
    _outcome, told = run(kernel, "for n in range(3000): print(n, end=' ')")
    assert told.text().endswith("2999 ")
    assert started == []


def test_a_long_sleep_is_interrupted(kernel: Kernel) -> None:
    future, _ = begin(kernel, "import time\ntime.sleep(1e6)")
    kernel.interrupt()
    assert future.result(WAIT_S).state == "interrupted"


def test_cells_queue_up_and_an_interrupt_drops_what_waits(kernel: Kernel) -> None:
    future, _ = begin(kernel, "while True: pass")
    told = Told()
    waiting = [kernel.execute(code, told) for code in ("a = 1", "a = 2")]
    kernel.interrupt()
    assert future.result(WAIT_S).state == "interrupted"
    assert [cell.result(WAIT_S) for cell in waiting] == [DROPPED, DROPPED]
    assert "a" not in kernel.namespace
    first, second = kernel.execute("a = 3", told), kernel.execute("a += 1", told)
    assert (first.result(WAIT_S).state, second.result(WAIT_S).state) == ("done", "done")
    assert kernel.namespace["a"] == 4


def test_an_interrupt_without_a_cell_does_nothing_to_the_next_one(kernel: Kernel) -> None:
    run(kernel, "1")
    for _ in range(50):
        kernel.interrupt()
        outcome, _ = run(kernel, "sum(range(100))")
        assert outcome.state == "done"


def test_interrupts_at_any_moment_leave_a_kernel_that_works(kernel: Kernel) -> None:
    run(kernel, "1")
    for pause in range(60):
        future = kernel.execute("x = [i for i in range(2000)]", Told())
        threading.Event().wait(pause / 20_000)
        kernel.interrupt()
        assert future.result(WAIT_S).state in ("done", "interrupted")
    assert run(kernel, "'alive'")[1].text() == "'alive'"


def test_code_that_catches_the_interrupt_ends_with_the_kernel() -> None:
    kernel = Kernel()
    future, _ = begin(kernel, "while True:\n    try:\n        pass\n    except BaseException:\n        pass")
    kernel.interrupt()
    assert kernel.close(patience=WAIT_S)
    assert future.result(WAIT_S).state == "interrupted"
    assert kernel.execute("1", Told()).result(WAIT_S).summary == CLOSED


def test_a_restart_gives_an_empty_namespace_and_new_numbers(kernel: Kernel) -> None:
    run(kernel, "x = 1")
    assert kernel.restart()
    outcome, _ = run(kernel, "x")
    assert (outcome.state, outcome.count) == ("failed", 1)


def test_a_call_that_no_interrupt_reaches_is_given_up_by_a_restart() -> None:
    door, left = threading.Lock(), threading.Event()

    @contextmanager
    def guard() -> Iterator[None]:
        yield
        left.set()

    kernel = Kernel(lambda: {"door": door}, guard)
    door.acquire()
    future, told = begin(kernel, "door.acquire()\nprint('never heard')")
    assert not kernel.restart(patience=0.2)
    assert future.result(WAIT_S) == GIVEN_UP
    assert left.wait(WAIT_S)  # nothing that a guard holds is held by a cell that was given up
    assert run(kernel, "2 + 2")[1].text() == "4"
    door.release()
    assert kernel.close()
    assert "never heard" not in told.text()


def test_a_flood_is_told_in_part_and_says_so(kernel: Kernel) -> None:
    future, told = begin(kernel, "line = 'x' * 50\nwhile True: print(line)")
    told.wait_for("left out")
    began, before = time.monotonic(), len(told)
    told.wait_until(lambda: len(told) > before + 3 * AT_ONCE)
    passed, more = time.monotonic() - began, len(told) - before
    kernel.interrupt()
    future.result(WAIT_S)
    assert more <= (passed / PAUSE_S + 2) * (AT_ONCE + 2)
    assert all(len(output.text) < MOST_TOLD + 100 for output in told)


def test_many_lines_in_a_moment_are_all_told(kernel: Kernel) -> None:
    _, told = run(kernel, "for i in range(60): print(i)")
    assert told.text() == "".join(f"{i}\n" for i in range(60))


def test_a_huge_result_is_cut_in_its_middle(kernel: Kernel) -> None:
    _, told = run(kernel, "'a' * 1_000_000 + 'end'")
    assert len(told.text()) < MOST_OF_ONE + 100
    assert told.text().endswith("end'")
    assert "characters are left out" in told.text()


def test_a_flood_of_pictures_ends(kernel: Kernel) -> None:
    _, told = run(kernel, "from PIL import Image\nfor i in range(200): display(Image.new('L', (2, 2)))")
    assert sum(bool(output.png) for output in told) == MOST_PICTURES
    assert "left out" in told[-1].text


def test_names_are_fresh_in_every_cell_but_what_the_person_names_stays_theirs() -> None:
    values = iter(range(100))
    kernel = Kernel(lambda: {"model": next(values)})
    try:
        assert [run(kernel, "model")[1].text() for _ in range(2)] == ["0", "1"]
        run(kernel, "model = 'mine'")
        assert run(kernel, "model")[1].text() == "'mine'"
        run(kernel, "del model")
        assert run(kernel, "model")[1].text() == "5"
    finally:
        kernel.close()


def test_a_guard_stands_around_every_cell_and_may_refuse_one() -> None:
    log: list[str] = []

    @contextmanager
    def guard() -> Iterator[None]:
        if len(log) >= 3:
            raise UserError("Not now.")
        log.append("in")
        yield
        log.append("out")

    kernel = Kernel(lambda: {"log": log}, guard)
    try:
        run(kernel, "log.append('cell')")
        assert log == ["in", "cell", "out"]
        outcome, told = run(kernel, "log.append('cell')")
        assert (outcome.state, outcome.summary, told.text()) == ("refused", "Not now.", "Not now.")
        assert len(log) == 3
    finally:
        kernel.close()


def test_the_shell_answers_questions_but_not_while_a_cell_runs(kernel: Kernel) -> None:
    run(kernel, "weights = [1]")
    assert kernel.ask(lambda shell: shell.user_ns["weights"]).result(WAIT_S) == [1]
    future, _ = begin(kernel, "while True: pass")
    assert kernel.ask(lambda shell: shell.user_ns["weights"]).result(WAIT_S) is None
    kernel.interrupt()
    future.result(WAIT_S)


def test_a_kernel_that_was_never_used_has_no_thread() -> None:
    threads = threading.active_count()
    kernel = Kernel()
    assert threading.active_count() == threads
    assert kernel.close()


def test_the_process_stays_as_it_was(kernel: Kernel) -> None:
    main, hook, excepthook = sys.modules["__main__"], sys.displayhook, sys.excepthook
    run(kernel, "class Net: pass\nNet()")
    kernel.close()
    assert sys.modules["__main__"] is main
    assert (sys.displayhook, sys.excepthook) == (hook, excepthook)
    assert not hasattr(sys, "ps1")
    assert not hasattr(__builtins__, "get_ipython")


def test_that_a_cell_was_dropped_before_it_began_is_told() -> None:
    """Who waits for an idle kernel would wait for ever."""
    gate, idle = threading.Event(), threading.Event()
    kernel = Kernel(changed=lambda: None if kernel.busy else idle.set())
    asked = kernel.ask(lambda shell: gate.wait(WAIT_S))
    dropped = kernel.execute("1", lambda output: None)
    kernel.interrupt()
    assert dropped.result(WAIT_S).state == "interrupted"
    assert idle.wait(WAIT_S)
    gate.set()
    asked.result(WAIT_S)
    kernel.close()
