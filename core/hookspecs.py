"""The hooks: every way in which a plugin can add to Trainyard.

Mark an implementation with ``core.api.hookimpl``; ``docs/plugins.md`` has a complete example of each.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import pluggy

if TYPE_CHECKING:
    from core.callbacks import Callback
    from core.run_config import RunConfig
    from core.specs import (
        DatasetSpec,
        LessonSpec,
        NetworkSpec,
        OptimizerSpec,
        ScheduleSpec,
        TaskSpec,
        VisualizationSpec,
    )

PROJECT = "trainyard"
hookspec = pluggy.HookspecMarker(PROJECT)
hookimpl = pluggy.HookimplMarker(PROJECT)


@hookspec
def register_networks() -> list[NetworkSpec]:  # type: ignore[empty-body]
    """Add networks to the network picker.

    Called once, when the application starts, before torch is loaded: import torch inside ``build``,
    not at the top of the plugin. ``build`` is called with the random state seeded, once for every run
    and again whenever a kept run is loaded, so it must give the same parameter names each time.

    Returns:
        One :class:`~core.specs.NetworkSpec` a network. Its ``id`` is what the command line and the
        run store call it, so it must never change; two plugins must not use the same one.
    """


@hookspec
def register_datasets() -> list[DatasetSpec]:  # type: ignore[empty-body]
    """Add data sets to the data set picker.

    Called once, when the application starts; nothing may be downloaded or read yet. ``prepare`` is called
    before each run, off the GUI thread, and must return at once where nothing is missing; it reports
    through ``progress``, which raises ``Cancelled`` when the user cancels: let that pass, and leave
    nothing half-written under a final name.

    Returns:
        One :class:`~core.specs.DatasetSpec` a data set.
    """


@hookspec
def register_optimizers() -> list[OptimizerSpec]:  # type: ignore[empty-body]
    """Add optimizers to the optimizer picker.

    Called once, when the application starts. The config class must have a field ``lr`` (the learning
    rate), since ``--lr`` and the learning-rate schedule set it.

    Returns:
        One :class:`~core.specs.OptimizerSpec` an optimizer.
    """


@hookspec
def register_schedules() -> list[ScheduleSpec]:  # type: ignore[empty-body]
    """Add learning-rate schedules to the schedule picker.

    Called once, when the application starts. What ``build`` returns must be able to save and load its
    state (``state_dict``, ``load_state_dict``), so that a resumed run goes on as if it had not stopped.

    Returns:
        One :class:`~core.specs.ScheduleSpec` a schedule.
    """


@hookspec
def register_visualizations() -> list[VisualizationSpec]:  # type: ignore[empty-body]
    """Add live views of a network.

    Called once, when the application starts. ``compute`` runs on the training thread between two steps,
    where the weights are at rest; it must return plain data (a ``View``) that shares no memory with the
    model, and leave the model as it was. A view that raises is switched off for the rest of the run and named
    among the problems; the run goes on.

    Returns:
        One :class:`~core.specs.VisualizationSpec` a view.
    """


@hookspec
def register_tasks() -> list[TaskSpec]:  # type: ignore[empty-body]
    """Add tasks: what is asked of a network, and how an answer is scored.

    Called once, when the application starts. ``loss`` is called at every step, so nothing in it should
    read a number back from the device (``.item()``): that makes the processor wait for the GPU.

    Returns:
        One :class:`~core.specs.TaskSpec` a task.
    """


@hookspec
def register_lessons() -> list[LessonSpec]:  # type: ignore[empty-body]
    """Add lessons to the dock of lessons.

    Called once, when the application starts; the files are read when the dock is first opened. What is wrong with
    a file is shown in the lesson, at its place, and takes nothing else down. The cells of a lesson run in the
    console's kernel, with the rights of the person who presses Run, as a plugin itself does.

    Returns:
        One :class:`~core.specs.LessonSpec` a lesson, in the order in which they are to be taken;
        :func:`~core.specs.lesson_files` makes them of all Markdown files in a folder.
    """


@hookspec
def make_callbacks(run: RunConfig) -> list[Callback]:  # type: ignore[empty-body]
    """Add callbacks to a run: loggers, trackers, alarms.

    Called on the training thread just before each run starts, in the window and on the command line alike.

    Args:
        run: what was asked for: network, data set, optimizer, all their settings, seed and device.

    Returns:
        New :class:`~core.callbacks.Callback` objects for this run alone; an empty list to stay out of it.
    """
