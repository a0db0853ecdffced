"""How the learning rate moves during a run: the schedules of ``torch.optim.lr_scheduler``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from core.api import Config, NoSettings, ScheduleSpec, hookimpl, setting

if TYPE_CHECKING:
    from torch import optim


class StepConfig(Config):
    """A staircase."""

    every: int = setting(10, "Every", "Epochs between two drops.", unit="epochs", minimum=1)
    factor: float = setting(0.1, "Factor", "What the rate is multiplied by at each drop.", above=0.0, below=1.0)


class CosineConfig(Config):
    """Half a cosine, after an optional warm-up."""

    warmup: float = setting(
        0.0, "Warm-up", "Share of the run in which the rate first rises from nothing.", minimum=0.0, maximum=0.5
    )
    final: float = setting(
        0.0, "Final share", "The rate at the end, as a share of the first.", minimum=0.0, maximum=1.0
    )


class OneCycleConfig(Config):
    """Up, then down further (Smith and Topin 2018)."""

    warmup: float = setting(0.3, "Warm-up", "Share of the run in which the rate rises.", above=0.0, below=1.0)
    start_divisor: float = setting(
        25.0, "Start divisor", "The first rate is the highest one divided by this.", minimum=1.0, advanced=True
    )


class PlateauConfig(Config):
    """Drops when validation no longer gets better."""

    patience: int = setting(3, "Patience", "Epochs without a better loss before a drop.", unit="epochs", minimum=0)
    factor: float = setting(0.3, "Factor", "What the rate is multiplied by at each drop.", above=0.0, below=1.0)


def constant(optimizer: optim.Optimizer, config: NoSettings, total_steps: int, steps_per_epoch: int) -> Any:
    """The same rate throughout."""
    from torch.optim.lr_scheduler import ConstantLR

    return ConstantLR(optimizer, factor=1.0)


def staircase(optimizer: optim.Optimizer, config: StepConfig, total_steps: int, steps_per_epoch: int) -> Any:
    """Drops every few epochs."""
    from torch.optim.lr_scheduler import StepLR

    return StepLR(optimizer, config.every * steps_per_epoch, config.factor)


def cosine(optimizer: optim.Optimizer, config: CosineConfig, total_steps: int, steps_per_epoch: int) -> Any:
    """Falls along half a cosine (Loshchilov and Hutter 2017, without restarts)."""
    from torch.optim.lr_scheduler import CosineAnnealingLR, LinearLR, SequentialLR

    rising = round(config.warmup * total_steps)
    lowest = config.final * optimizer.param_groups[0]["lr"]
    falling = CosineAnnealingLR(optimizer, max(1, total_steps - rising), lowest)
    if not rising:
        return falling
    warming = LinearLR(optimizer, start_factor=1 / (rising + 1), total_iters=rising)
    return SequentialLR(optimizer, [warming, falling], [rising])


def one_cycle(optimizer: optim.Optimizer, config: OneCycleConfig, total_steps: int, steps_per_epoch: int) -> Any:
    """Rises to the optimizer's rate, then falls to almost nothing; momentum stays as it is."""
    from torch.optim.lr_scheduler import OneCycleLR

    # One more than there are steps: the scheduler is stepped after the last one, too.
    steps = total_steps + 1
    # A rise that is over with the first step would be of length 0, by which torch divides.
    warmup = config.warmup if config.warmup * steps != 1 else config.warmup * 1.001
    return OneCycleLR(
        optimizer,
        max_lr=optimizer.param_groups[0]["lr"],
        total_steps=steps,
        pct_start=warmup,
        div_factor=config.start_divisor,
        cycle_momentum=False,
    )


def plateau(optimizer: optim.Optimizer, config: PlateauConfig, total_steps: int, steps_per_epoch: int) -> Any:
    """Drops when the validation loss has not fallen for some epochs."""
    from torch.optim.lr_scheduler import ReduceLROnPlateau

    return ReduceLROnPlateau(optimizer, factor=config.factor, patience=config.patience)


@hookimpl
def register_schedules() -> list[ScheduleSpec]:
    """Constant, step, cosine, one-cycle and reduce-on-plateau."""
    return [
        ScheduleSpec(
            *("one-cycle", "One cycle", one_cycle, OneCycleConfig),
            summary="The rate rises, then falls to almost nothing: quick and forgiving.",
        ),
        ScheduleSpec("constant", "Constant", constant, summary="The same rate throughout."),
        ScheduleSpec("step", "Step", staircase, StepConfig, summary="The rate drops every few epochs."),
        ScheduleSpec("cosine", "Cosine", cosine, CosineConfig, summary="The rate falls along half a cosine."),
        ScheduleSpec(
            *("plateau", "Reduce on plateau", plateau, PlateauConfig, "epoch"),
            summary="The rate drops whenever the validation loss no longer falls.",
        ),
    ]
