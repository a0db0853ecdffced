"""Many runs of one kind, with settings chosen by a grid, by chance or by Optuna."""

from core.sweep.space import Choices, Range, SweepError, parse_space
from core.sweep.sweep import Objective, Sweep, SweepSettings, Trial

__all__ = ["Choices", "Objective", "Range", "Sweep", "SweepError", "SweepSettings", "Trial", "parse_space"]
