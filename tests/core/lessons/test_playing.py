"""Cells of a lesson run one after the other in a real kernel, and each task is checked right behind its cell."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from core.console.kernel import Kernel
from core.lessons.playing import Play, Player
from core.lessons.records import CellRecord

WAIT_S = 60


@pytest.fixture
def kernel() -> Iterator[Kernel]:
    made = Kernel()
    yield made
    made.close()


@pytest.fixture
def player(kernel: Kernel) -> Player:
    return Player(lambda: kernel)


def plays(*codes: str, check: str = "") -> list[Play]:
    return [Play(code, check, CellRecord()) for code in codes]


def finish(kernel: Kernel, player: Player) -> None:
    """Waits in the kernel's own queue: what is asked last ends last."""
    while player.busy:
        kernel.execute("", lambda _output: None, silent=True).result(WAIT_S)


def states(played: list[Play]) -> list[str]:
    return [play.record.shown.state for play in played]


def texts(play: Play) -> list[str]:
    return [output.text for output in play.record.shown.outputs]


def test_cells_run_in_one_namespace_and_show_what_they_bring(kernel: Kernel, player: Player) -> None:
    played = plays("a = 2", "print('hello')\na + 1")
    player.play(played)
    finish(kernel, player)
    assert states(played) == ["done", "done"]
    assert [text.strip() for text in texts(played[1])] == ["hello", "3"]


def test_a_cell_that_fails_ends_what_waits(kernel: Kernel, player: Player) -> None:
    played = plays("a = 1", "b = c_is_not_there", "a = 2")
    player.play(played)
    finish(kernel, player)
    assert states(played) == ["done", "failed", "idle"]
    (error,) = played[1].record.shown.outputs
    assert error.kind == "error"
    assert error.summary == "NameError: name 'c_is_not_there' is not defined"
    assert kernel.namespace["a"] == 1


def test_a_task_is_checked_before_the_next_cell_runs(kernel: Kernel, player: Player) -> None:
    task = plays("z = 3", check="check(z == 3, 'no')\nright('z is 3: right.')")
    player.play([*task, *plays("z = 4")])
    finish(kernel, player)
    verdict = task[0].record.shown.verdict
    assert verdict is not None
    assert (verdict.right, verdict.words) == (True, "z is 3: right.")
    assert texts(task[0]) == []


def test_a_task_that_is_not_right_yet_gets_the_hint_and_does_not_stop_the_rest(kernel: Kernel, player: Player) -> None:
    task, after = plays("z = 4", check="check(z == 3, 'z is not 3.')"), plays("y = 1")
    player.play([*task, *after])
    finish(kernel, player)
    verdict = task[0].record.shown.verdict
    assert verdict is not None
    assert (verdict.right, verdict.words) == (False, "z is not 3.")
    assert states([*task, *after]) == ["done", "done"]


def test_a_task_whose_cell_fails_is_not_checked(kernel: Kernel, player: Player) -> None:
    played = plays("1 / 0", check="right('x')")
    player.play(played)
    finish(kernel, player)
    assert played[0].record.shown.verdict is None
    assert states(played) == ["failed"]


def test_check_and_right_are_nowhere_but_in_the_check(kernel: Kernel, player: Player) -> None:
    player.play(plays("z = 3", check="mine = 1\ncheck(z == 3, 'no')\nright('x')"))
    finish(kernel, player)
    assert not {"check", "right", "mine"} & set(kernel.namespace)


@pytest.mark.parametrize("loop", ["while True: pass", "while True: print('x')"])
def test_a_cell_or_check_that_loops_for_ever_can_be_interrupted(kernel: Kernel, player: Player, loop: str) -> None:
    begun = threading.Event()
    kernel.execute("1", lambda _output: None).result(WAIT_S)
    kernel.namespace["begun"] = begun
    cell, check = plays(f"begun.set()\n{loop}"), plays("1", check=f"begun.set()\n{loop}")
    for played in (cell, check):
        begun.clear()
        player.play([*played, *plays("after = 1")])
        assert begun.wait(WAIT_S)
        player.interrupt()
        finish(kernel, player)
        assert states(played) == ["interrupted"]
        assert "after" not in kernel.namespace
    player.play(again := plays("2 + 2"))
    finish(kernel, player)
    assert states(again) == ["done"]


def test_a_cell_that_waits_already_is_not_run_twice(kernel: Kernel, player: Player) -> None:
    kernel.execute("n = 0", lambda _output: None).result(WAIT_S)
    gate = kernel.namespace["gate"] = threading.Event()
    first, second = plays("gate.wait(60)"), plays("n += 1")
    player.play([*first, *second])
    player.play(second)
    gate.set()
    finish(kernel, player)
    assert kernel.namespace["n"] == 1


def test_a_kernel_that_is_closed_refuses_in_words(kernel: Kernel, player: Player) -> None:
    kernel.close()
    played = plays("1", "2")
    player.play(played)
    assert states(played) == ["refused", "idle"]
    assert played[0].record.shown.summary
    assert not player.busy
