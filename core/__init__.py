"""Everything that runs without a display."""

import os

# torch's idle threads spin for their next piece of work. On a machine that is busy with anything else they then
# take the cores from the very thread they wait for: a LeNet ran at 7 steps/s instead of 90 (docs/decisions/0002).
# libgomp reads this when torch is imported, so it has to be set before; whoever set it already knows better.
os.environ.setdefault("GOMP_SPINCOUNT", "2000")
