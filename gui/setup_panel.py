"""What to train: network, data set, optimizer, schedule, and the settings of each."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QFormLayout, QFrame, QGroupBox, QLabel, QScrollArea, QVBoxLayout, QWidget

from core.config import Config, ConfigError, NoSettings
from core.registry import Registry
from core.run_config import RunConfig, run_config
from core.specs import NetworkSpec, Preset, Recipe, TrainingSettings
from gui.forms import ConfigForm
from gui.pickers import Picker

TITLES = {
    "training": "Training",
    "network": "Network settings",
    "data": "Data settings",
    "optimizer": "Optimizer settings",
    "schedule": "Schedule settings",
}

NARROWEST = 300
"""Pixels: below, names of settings would be cut off."""
OWN_RECIPE = Preset("Recommended", "What suits this network and the data set best.", Recipe())


class SetupPanel(QWidget):
    """Pickers and forms; :meth:`config` is what Start uses."""

    changed = Signal()

    def __init__(self, registry: Registry, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.registry = registry
        self.network = Picker("network_picker", "The architecture to train")
        self.preset = Picker("preset_picker", "Which recipe the settings below begin with")
        self.data = Picker("dataset_picker", "What it learns from")
        self.optimizer = Picker("optimizer_picker", "How the weights are moved")
        self.schedule = Picker("schedule_picker", "How the learning rate moves during the run")
        self.device = Picker("device_picker", "Where the arithmetic is done")
        self.device.addItem("Automatic", "auto")
        self.summary = QLabel(wordWrap=True)
        self.summary.setObjectName("network_summary")
        self.forms = {group: ConfigForm(TrainingSettings if group == "training" else NoSettings) for group in TITLES}
        self._boxes = {group: _box(title, self.forms[group]) for group, title in TITLES.items()}
        self._proposed_choice: dict[str, str] = {}
        self._proposed_data = ""
        self._proposed_values: dict[str, dict[str, Any]] = {}
        self._rows = QFormLayout()
        self._lay_out()
        starters = [id for id, spec in registry.networks.items() if spec.starter]
        self.network.fill(registry.networks, next(iter(starters), ""))
        self._choose_network()
        self._connect()

    def config(self) -> RunConfig | None:
        """What is asked for, or None while a field is wrong or there is nothing to train."""
        network = self._network()
        configs = {group: form.config() for group, form in self.forms.items()}
        if network is None or not self.data.id or None in configs.values():
            return None
        settings = {group: config.model_dump() for group, config in configs.items() if config is not None}
        chosen: dict[str, Any] = settings.pop("training")
        chosen |= {f"{group}_settings": values for group, values in settings.items()}
        chosen |= {"optimizer": self.optimizer.id, "schedule": self.schedule.id, "device": self.device.id}
        try:
            return run_config(network, self.data.id, self.preset.id, **chosen)
        except ConfigError:
            return None

    def problems(self) -> list[str]:
        """What is wrong in the forms, in words."""
        return [complaint for form in self.forms.values() for complaint in form.complaints()]

    def open_data(self, path: Path, kind: str) -> bool:
        """Pick the data set that opens such a file, with that path; False where no data set does."""
        fitting = [spec for spec in self.registry.datasets.values() if spec.opens == kind]
        network = self._network()
        tasks = [spec.task for spec in fitting]
        if network is None or network.task not in tasks:
            able = [spec.id for spec in self.registry.networks.values() if spec.task in tasks]
            if not able:
                return False
            self.network.pick(able[0])
        self.data.pick(next(spec.id for spec in fitting if self.data.findData(spec.id) >= 0))
        self.forms["data"].set_values({"path": str(path)})
        return True

    def take(self, config: RunConfig) -> bool:
        """Ask for what an earlier run was asked for; False where its network or data set is not there any more."""
        pickers = (self.network, self.preset, self.data, self.optimizer, self.schedule)
        chosen = (config.network, config.preset, config.data, config.optimizer, config.schedule)
        for picker, id in zip(pickers, chosen, strict=True):
            picker.pick(id)
        if (self.network.id, self.data.id) != (config.network, config.data):
            return False
        self.device.pick(config.device)
        for group, form in self.forms.items():
            form.reset()
            form.set_values(config.model_dump() if group == "training" else getattr(config, f"{group}_settings"))
        self.changed.emit()
        return True

    def set_running(self, running: bool) -> None:
        """Lock what cannot change during a run."""
        for picker in (self.network, self.preset, self.data, self.optimizer, self.schedule, self.device):
            picker.setEnabled(not running)
        for form in self.forms.values():
            form.set_running(running)

    def set_devices(self, devices: Mapping[str, str]) -> None:
        """Device name -> title, once torch has looked."""
        chosen = self.device.id
        while self.device.count() > 1:
            self.device.removeItem(1)
        for name, title in devices.items():
            self.device.addItem(title, name)
        self.device.pick(chosen)

    def _network(self) -> NetworkSpec | None:
        return self.registry.networks.get(self.network.id)

    def _choose_network(self) -> None:
        network = self._network()
        if network is None:
            self.summary.setText("There is no network: the Problems panel says why.")
            return
        self.summary.setText(network.summary)
        fitting = {id: spec for id, spec in self.registry.datasets.items() if spec.task == network.task}
        self.preset.fill({"": OWN_RECIPE, **network.presets})
        self._rows.setRowVisible(self.preset, bool(network.presets))
        # A data set of the person's own choice stays, where the network can learn it.
        own = self.data.id if self.data.id != self._proposed_data and self.data.id in fitting else ""
        self.data.fill(fitting, own or network.recipe.data)
        self._proposed_data = network.recipe.data
        self.optimizer.fill(self.registry.optimizers, network.recipe.optimizer)
        self.schedule.fill(self.registry.schedules, network.recipe.schedule)
        self._proposed_choice.clear()
        self._propose()

    def _propose(self) -> None:
        """Fill in the network's own recipe for this data set; what the person changed stays changed."""
        network = self._network()
        if network is None:
            return
        recipe = network.recipe_for(self.data.id, self.preset.id)
        for name, picker in (("optimizer", self.optimizer), ("schedule", self.schedule)):
            if picker.id == self._proposed_choice.get(name, picker.id):
                picker.pick(getattr(recipe, name))
            self._proposed_choice[name] = getattr(recipe, name)
        for group in TITLES:
            self._show(group, recipe)
        self.changed.emit()

    def _show(self, group: str, recipe: Recipe) -> None:
        form, config = self.forms[group], self._config_type(group)
        before, values = self._proposed_values.get(group, {}), form.values()
        changes = {name: value for name, value in values.items() if value != before.get(name, value)}
        same = form.config_type() is config
        form.set_type(config, self._recipe_values(group, recipe))
        self._proposed_values[group] = form.values()
        if same:
            form.set_values(changes)
        self._boxes[group].setVisible(bool(config.model_fields))

    def _config_type(self, group: str) -> type[Config]:
        if group == "training":
            return TrainingSettings
        table: Mapping[str, Any] = getattr(self.registry, "datasets" if group == "data" else f"{group}s")
        spec = table.get(getattr(self, group).id)
        return spec.config if spec else NoSettings

    def _recipe_values(self, group: str, recipe: Recipe) -> Mapping[str, Any]:
        if group == "training":
            return recipe.model_dump(include=set(TrainingSettings.model_fields))
        meant = group == "network" or getattr(recipe, group) == getattr(self, group).id
        return getattr(recipe, f"{group}_settings") if meant else {}

    def _show_choice(self, group: str) -> None:
        network = self._network()
        if network is not None:
            self._show(group, network.recipe_for(self.data.id, self.preset.id))
        self.changed.emit()

    def _choose_preset(self) -> None:
        """Everything as the preset has it: whoever picks one wants all of it."""
        network = self._network()
        preset = network.presets.get(self.preset.id) if network else None
        self._proposed_choice = {"optimizer": self.optimizer.id, "schedule": self.schedule.id}
        self._proposed_values = {group: form.values() for group, form in self.forms.items()}
        if preset and self.data.id not in (preset.recipe.data, *preset.datasets):
            blocked = self.data.blockSignals(True)
            self.data.pick(preset.recipe.data)
            self.data.blockSignals(blocked)
        self._propose()

    def _connect(self) -> None:
        self.network.currentIndexChanged.connect(self._choose_network)
        self.preset.currentIndexChanged.connect(self._choose_preset)
        self.data.currentIndexChanged.connect(self._propose)
        self.optimizer.currentIndexChanged.connect(lambda: self._show_choice("optimizer"))
        self.schedule.currentIndexChanged.connect(lambda: self._show_choice("schedule"))
        self.device.currentIndexChanged.connect(self.changed)
        for form in self.forms.values():
            form.changed.connect(self.changed)

    def _lay_out(self) -> None:
        rows = self._rows
        rows.setLabelAlignment(Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignVCenter)
        rows.setFieldGrowthPolicy(QFormLayout.FieldGrowthPolicy.AllNonFixedFieldsGrow)
        rows.addRow("&Network", self.network)
        rows.addRow(self.summary)
        rows.addRow("&Recipe", self.preset)
        rows.addRow("&Data set", self.data)
        rows.addRow("&Optimizer", self.optimizer)
        rows.addRow("S&chedule", self.schedule)
        rows.addRow("De&vice", self.device)
        inner = QWidget()
        column = QVBoxLayout(inner)
        column.setContentsMargins(8, 8, 8, 8)
        column.addLayout(rows)
        for box in self._boxes.values():
            column.addWidget(box)
        column.addStretch(1)
        scroll = QScrollArea(widgetResizable=True)
        scroll.setFrameShape(QFrame.Shape.NoFrame)
        scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        scroll.setWidget(inner)
        self.setMinimumWidth(NARROWEST)
        outer = QVBoxLayout(self)
        outer.setContentsMargins(0, 0, 0, 0)
        outer.addWidget(scroll)


def _box(title: str, form: ConfigForm) -> QGroupBox:
    box = QGroupBox(title)
    QVBoxLayout(box).addWidget(form)
    return box
