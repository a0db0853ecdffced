"""What happened, in a sentence."""

from __future__ import annotations

from core.events import RunEnded
from core.specs import TryIt
from gui.run_bar import clock

INVITATIONS: dict[TryIt, str] = {
    "image": "Now drop in a picture of your own.",
    "text classification": "Now type a name of your own.",
    "text generation": "Now let it write: give it a beginning and press Write.",
}


def outcome(event: RunEnded, try_it: TryIt = "none") -> str:
    """How a run ended, for the status bar, and what to do next."""
    if event.error:
        return event.error
    took = clock(float(str(event.summary.get("seconds", 0))))
    accuracy = event.summary.get("test_accuracy")
    if event.kept == "nothing":
        return f"Stopped after step {event.step:,}; the run was thrown away."
    if event.reason:
        return f"{event.reason} The run ended after {took} with its best weights."
    if event.state == "finished":
        right = f"{float(str(accuracy)):.1%} of the test samples are answered right. " if accuracy is not None else ""
        return f"Finished in {took}. {right}{INVITATIONS.get(try_it, '')}".strip()
    whose = " with its best weights" if event.kept == "best" else ""
    return f"Stopped after step {event.step:,} ({took}); the run is kept{whose} as {event.run}."
