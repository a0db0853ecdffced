"""What is trained next, without a person: a queue of runs and sweeps."""

from gui.queue.page import QueuePage
from gui.queue.run_queue import RunQueue

__all__ = ["QueuePage", "RunQueue"]
