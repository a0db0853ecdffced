"""``run`` and ``batch``: the run as a cell sees it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from core.console.hold import Holder
from core.errors import UserError
from core.events import Keep
from core.run_config import RunConfig

if TYPE_CHECKING:
    from torch.optim import Optimizer

    from core.batches import Batch
    from core.trainer import Trainer

T = TypeVar("T")
OVER = "This run is over: begin another, for instance with app.start()."


def next_batch(trainer: Trainer) -> Batch:
    """The batch of the next step, as the training will make it for itself; of a finished run, of one epoch more."""
    epoch, first = divmod(trainer.step, trainer.steps_per_epoch)
    return next(iter(trainer.job.train.epoch(epoch, first)))


class Run:
    """The run that goes on, or the last one.

    Read: id, network, data, config, state, step, steps, epoch, epochs, losses, lr, optimizer, device. Set: lr, and
    with change(name, value) every live setting. Steer: pause(), resume(), take_step(), stop().
    """

    def __init__(self, trainer: Trainer, losses: Callable[[], NDArray[np.float32]], holder: Holder) -> None:
        self._trainer, self._losses, self._holder = trainer, losses, holder

    @property
    def id(self) -> str:
        """Its name, as in the table of runs; "" where it is not kept."""
        return self._trainer.run_id

    @property
    def network(self) -> str:
        """The network's id."""
        return self._trainer.job.network.id

    @property
    def data(self) -> str:
        """The data set's id."""
        return self._trainer.job.config.data

    @property
    def config(self) -> RunConfig:
        """All settings that are in force; it cannot be written to."""
        return self._trainer.job.config

    @property
    def state(self) -> str:
        """ "training", "paused", "stopping" or "over"."""
        control = self._trainer.control
        if self._over:
            return "over"
        if control.stopping:
            return "stopping"
        return "paused" if control.paused else "training"

    @property
    def step(self) -> int:
        """How many steps have been taken."""
        return self._trainer.step

    @property
    def steps(self) -> int:
        """How many there will be."""
        return self._trainer.total_steps

    @property
    def epoch(self) -> int:
        """In which epoch the run is, from 1."""
        return min(self.step // self._trainer.steps_per_epoch + 1, self.epochs)

    @property
    def epochs(self) -> int:
        """How many there will be."""
        return self._trainer.job.config.epochs

    @property
    def losses(self) -> NDArray[np.float32]:
        """The loss of every step, float32; the last few may still be on their way."""
        return self._losses()

    @property
    def lr(self) -> float:
        """The learning rate of the next step. Set it, and the rest of the schedule is scaled with it."""
        return float(self.optimizer.param_groups[0]["lr"])

    @lr.setter
    def lr(self, value: float) -> None:
        now, base = self.lr, float(self.config.optimizer_settings.get("lr", self.lr))
        # The live setting is the rate that the schedule scales: what it has to be for the next step to have this one.
        sensible = 0 < value < float("inf") and now > 0
        self.change("lr", base * value / now if sensible else value)

    @property
    def optimizer(self) -> Optimizer:
        """The real one: run.optimizer.param_groups, run.optimizer.state."""
        return self._trainer.job.optimizer

    @property
    def device(self) -> Any:
        """Where it is computed."""
        return self._trainer.job.device

    def change(self, name: str, value: float | bool) -> None:
        """Change a live setting, such as "epochs", "gradient_clip" or "momentum", from the next step on.

        Raises:
            UserError: where there is no such setting, the value is not allowed, or the run is over.
        """
        self._must_go_on()
        self._holder.call(lambda: self._trainer.change(name, value))

    def pause(self) -> None:
        """Wait before the next step, once this cell is done."""
        self._must_go_on()
        self._trainer.control.pause()

    def resume(self) -> None:
        """Go on, once this cell is done."""
        self._must_go_on()
        self._trainer.control.resume()

    def take_step(self) -> None:
        """Take one step once this cell is done, and wait."""
        self._must_go_on()
        self._trainer.control.step()

    def stop(self, keep: Keep = "last") -> None:
        """End the run once this cell is done, and keep its "last" weights, its "best", or "nothing"."""
        self._must_go_on()
        if keep not in ("last", "best", "nothing"):
            raise UserError('keep is "last", "best" or "nothing": whose weights the run leaves.')
        self._holder.will_stop()
        self._trainer.control.stop(keep)

    def __setattr__(self, name: str, value: object) -> None:
        if name.startswith("_") or name == "lr":
            object.__setattr__(self, name, value)
        elif name in dir(self):
            raise UserError(
                f"run.{name} cannot be set. What can change during a run is run.lr, and others with "
                'run.change("epochs", 10); everything else is chosen before Start.'
            )
        else:
            raise UserError(f"run has no {name!r}; type run. and press Tab to see what it has.")

    def __repr__(self) -> str:
        losses = self.losses
        loss = f", loss {losses[-1]:.4g}" if len(losses) else ""
        where = f"step {self.step:,} of {self.steps:,}, epoch {self.epoch} of {self.epochs}{loss}, lr {self.lr:.4g}"
        return (
            f"Run {self.id or '(not kept)'}: {self.network} on {self.data}, {self.state}\n"
            f"{where}\n"
            "run.losses  run.lr = 0.001  run.optimizer  run.config  run.pause()  run.resume()  run.stop()"
        )

    @property
    def _over(self) -> bool:
        return not self._holder.trains(self._trainer)

    def _must_go_on(self) -> None:
        if self._over:
            raise UserError(OVER)
