"""From what was asked to how it ended: the one way in which the window and the command line train."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass

from core.control import Control
from core.data import Cancelled, DataFolders, Progress
from core.errors import UserError, message
from core.events import Event, Problem, RunEnded
from core.job import Job, prepare_job
from core.recorder import Recorder
from core.registry import Registry
from core.run_config import RunConfig
from core.runs import RunStore
from core.trainer import Trainer


@dataclass
class Launch:
    """One run to be."""

    registry: Registry
    config: RunConfig
    folders: DataFolders
    store: RunStore
    control: Control
    emit: Callable[[Event], None]
    progress: Progress
    ready: Callable[[Trainer], None] = lambda trainer: None

    def run(self) -> RunEnded:
        """Prepare, train, record. Every failure comes back as a :class:`RunEnded` with its sentence."""
        recorder = trainer = None
        try:
            job = prepare_job(self.registry, self.config, self.folders, self.progress)
            recorder = self._recorder(job)
            trainer = self._trainer(job, recorder)
            self.ready(trainer)
            return trainer.fit()
        except Cancelled:
            event = RunEnded("", "stopped", 0, error="Cancelled before the first step.")
        except UserError as error:
            event = _failure(trainer, recorder, str(error))
        except (Exception, SystemExit) as error:  # border: worker
            event = _failure(trainer, recorder, _sentence(error), error)
        except BaseException:  # Ctrl+C again: nothing more is written, and the run counts as interrupted
            if recorder:
                recorder.run.release()
            raise
        self.control.close()
        if recorder:
            recorder.record(event)
        if trainer:
            trainer.callbacks.tell(event)
        self.emit(event)
        return event

    def _recorder(self, job: Job) -> Recorder:
        run = self.store.new(job.network.id, job.config.data)
        recorder = Recorder(run, self.emit)
        recorder.begin(job.config, job.info, job.machine)
        return recorder

    def _trainer(self, job: Job, recorder: Recorder) -> Trainer:
        known = len(self.registry.problems)
        callbacks = self.registry.callbacks(job.config)
        for problem in self.registry.problems[known:]:
            self.emit(problem)
        return Trainer(
            job,
            control=self.control,
            emit=self.emit,
            recorder=recorder,
            callbacks=callbacks,
            visualizations=[
                v for v in self.registry.visualizations.values() if v.applies_to(job.network, job.config.data)
            ],
            report=self._report,
        )

    def _report(self, source: str, consequence: str, error: BaseException) -> Problem:
        problem = self.registry.report(source, consequence, error)
        self.emit(problem)
        return problem


def _sentence(error: BaseException) -> str:
    text = message(error)
    # Torch's own allocators raise no MemoryError.
    if isinstance(error, MemoryError) or "out of memory" in text or "can't allocate memory" in text:
        return "There is not enough memory for this: try a smaller batch size."
    return f"Training failed: {type(error).__name__}: {text}".splitlines()[0]


def _failure(
    trainer: Trainer | None, recorder: Recorder | None, sentence: str, error: BaseException | None = None
) -> RunEnded:
    details = "".join(traceback.format_exception(error)) if error else ""
    run, step = recorder.run.id if recorder else "", trainer.step if trainer else 0
    return RunEnded(run, "failed", step, error=sentence, details=details)
