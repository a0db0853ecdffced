"""From what was asked to how it ended: the one way in which the window and the command line train."""

from __future__ import annotations

import traceback
from collections.abc import Callable
from dataclasses import dataclass, replace

from core.control import Control
from core.data import Cancelled, DataFolders, Progress
from core.errors import UserError, message
from core.events import Event, Noted, Problem, RunEnded
from core.job import Job, prepare_job
from core.numbers_gone import NumbersGone
from core.recorder import Recorder
from core.registry import Registry
from core.resume import Resume
from core.run_config import RunConfig
from core.runs import Run, RunStore
from core.trainer import Trainer
from core.training_state import Saved, read_saved


@dataclass
class Launch:
    """One run to be; with ``resume``, one that goes on in its own folder, and whose own config replaces ``config``."""

    registry: Registry
    config: RunConfig
    folders: DataFolders
    store: RunStore
    control: Control
    emit: Callable[[Event], None]
    progress: Progress
    ready: Callable[[Trainer], None] = lambda trainer: None
    resume: Resume | None = None

    def run(self) -> RunEnded:
        """Prepare, train, record. Every failure comes back as a :class:`RunEnded` with its sentence."""
        recorder = trainer = None
        try:
            saved = self._saved()
            job = prepare_job(self.registry, self.config, self.folders, self.progress)
            for note in job.notes:
                self.emit(Noted(job.config.data, note))
            if saved:
                trainer, recorder = self._going_on(job, saved)
            else:
                recorder = self._recorder(job, self.store.new(job.network.id, job.config.data))
                recorder.begin(job.config, job.info, job.machine)
                trainer = self._trainer(job, recorder)
            self.ready(trainer)
            return trainer.fit()
        except Cancelled:
            event = RunEnded("", "stopped", 0, error="Cancelled before the first step.")
        except UserError as error:
            event = _failure(trainer, recorder, str(error))
            if isinstance(error, NumbersGone):
                event = replace(event, retry_lr=error.retry_lr, retry_step=error.retry_step)
        except (Exception, SystemExit) as error:  # border: worker
            event = _failure(trainer, recorder, _sentence(error), error)
        except BaseException:  # Ctrl+C again: nothing more is written, and the run counts as interrupted
            self._let_go(recorder)
            raise
        self.control.close()
        if recorder:
            recorder.record(event)
        self._let_go(recorder)
        if trainer:
            trainer.callbacks.tell(event)
        self.emit(event)
        return event

    def _saved(self) -> Saved | None:
        """From here on nobody else can resume that run."""
        if self.resume is None:
            return None
        self.resume.run.hold()
        saved = read_saved(self.resume)
        self.config = saved.config
        return saved

    def _let_go(self, recorder: Recorder | None) -> None:
        if recorder:
            recorder.run.release()
        elif self.resume:
            self.resume.run.release()

    def _going_on(self, job: Job, saved: Saved) -> tuple[Trainer, Recorder]:
        """Nothing in the run's folder is touched before all of this has worked."""
        recorder = self._recorder(job, saved.run)
        trainer = self._trainer(job, recorder)
        trainer.go_on_from(saved)
        recorder.go_on(saved.step, saved.events)
        return trainer, recorder

    def _recorder(self, job: Job, run: Run) -> Recorder:
        seconds, steps = job.config.checkpoint_seconds, job.config.checkpoint_steps
        return Recorder(run, self.emit, checkpoint_every=seconds, checkpoint_steps=steps)

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
