from __future__ import annotations

import math
import random
import string
from typing import Any, Literal

import pytest
from pydantic import field_validator, model_validator
from PySide6.QtCore import Qt
from PySide6.QtGui import QAction
from PySide6.QtWidgets import QAbstractSpinBox, QCheckBox, QComboBox, QLabel, QLineEdit, QToolButton, QWidget

from core.config import Config, NoSettings, setting
from gui.forms import ConfigForm
from gui.forms.labels import FieldLabel, ReasonLine
from tests.gui.forms.form_examples import Everything, Training, part, type_into


@pytest.fixture
def form(qtbot) -> ConfigForm:
    form = ConfigForm(Everything)
    qtbot.addWidget(form)
    return form


@pytest.fixture
def training(qtbot) -> ConfigForm:
    form = ConfigForm(Training)
    qtbot.addWidget(form)
    return form


def reason_of(form: ConfigForm, name: str) -> str:
    return part(form, ReasonLine, f"reason_{name}").text()


def test_a_new_form_shows_the_defaults(form):
    assert form.config() == Everything()
    assert form.problems() == {}


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("whole", 7),
        ("decimal", 0.125),
        ("decimal", 1e-5),
        ("switch", False),
        ("choice", "adam"),
        ("choice", 3),
        ("text", "two words"),
        ("data_path", "some/folder"),
        ("maybe_whole", 5),
        ("maybe_whole", None),
        ("maybe_decimal", 2.5),
        ("maybe_decimal", None),
        ("maybe_text", ""),
        ("maybe_text", "x"),
        ("maybe_text", None),
        ("maybe_choice", "b"),
        ("maybe_choice", None),
        ("maybe_switch", True),
        ("maybe_switch", False),
        ("maybe_switch", None),
        ("seed", -4),
    ],
)
def test_a_value_of_each_type_comes_back_as_it_was_set(form, name, value):
    form.set_values({name: value})
    config = form.config()
    assert config is not None
    assert getattr(config, name) == value
    assert type(getattr(config, name)) is type(value)


def random_values(random_: random.Random) -> dict[str, Any]:
    text = "".join(random_.choices(string.printable.strip() + " äß漢", k=random_.randrange(12)))
    return {
        "whole": random_.randint(1, 9),
        "decimal": random_.random(),
        "switch": random_.random() < 0.5,
        "choice": random_.choice(["sgd", "adam", 3]),
        "text": text,
        "data_path": text[::-1],
        "maybe_whole": random_.choice([None, random_.randint(2, 10**20)]),
        "maybe_decimal": random_.choice([None, math.exp(random_.uniform(-700, 700))]),
        "maybe_text": random_.choice([None, text]),
        "maybe_choice": random_.choice(["a", "b", None]),
        "maybe_switch": random_.choice([True, False, None]),
        "seed": random_.randint(-(10**9), 10**9),
    }


def test_setting_what_the_form_holds_changes_nothing_for_random_values(form):
    random_ = random.Random(1)
    for _ in range(150):
        wanted = random_values(random_)
        form.set_values(wanted)
        raw, config = form.values(), form.config()
        assert config == Everything(**wanted)
        form.set_values(raw)
        assert form.values() == raw
        assert form.config() == config


@pytest.mark.parametrize(
    ("name", "text", "reason"),
    [
        ("whole", "x", "must be a whole number"),
        ("whole", "1.5", "must be a whole number"),
        ("whole", "", "must not be empty"),
        ("whole", "0", "must be at least 1"),
        ("whole", "10", "must be at most 9"),
        ("whole", "9" * 5000, "must be a number with fewer digits"),
        ("decimal", "x", "must be a number"),
        ("decimal", "0,5", "must use a decimal point, no comma"),
        ("decimal", "nan", "must be a finite number"),
        ("decimal", "-0.1", "must be at least 0"),
        ("maybe_decimal", "0", "must be greater than 0"),
        ("maybe_decimal", "", "must not be empty"),
    ],
)
def test_a_wrong_text_gives_its_reason_and_no_config(form, name, text, reason):
    type_into(form, name, text)
    assert form.problems() == {name: reason}
    assert reason_of(form, name) == reason
    assert form.config() is None
    assert form.values()[name] == text


def test_an_upper_bound_that_is_excluded_is_named(training):
    type_into(training, "momentum", "1")
    assert training.problems() == {"momentum": "must be less than 1"}
    assert training.complaints() == ["Momentum must be less than 1"]


def test_the_reason_is_told_to_a_screen_reader_and_goes_when_mended(form):
    type_into(form, "whole", "0")
    box = part(form, QWidget, "setting_whole")
    assert box.accessibleDescription() == "must be at least 1"
    assert "must be at least 1" in part(form, FieldLabel, "label_whole").toolTip()
    type_into(form, "whole", "2")
    assert box.accessibleDescription() == ""
    assert reason_of(form, "whole") == ""


def test_1e_3_is_a_number(training):
    type_into(training, "learning_rate", "1e-3")
    assert training.config() == Training(learning_rate=0.001)
    assert training.values()["learning_rate"] == "1e-3"


def test_a_fault_across_fields_is_shown_below_the_form(training):
    training.set_values({"nesterov": True, "momentum": 0})
    assert training.problems() == {"": "Nesterov needs a momentum greater than 0"}
    assert part(training, ReasonLine, "reason_across_fields").text() == "Nesterov needs a momentum greater than 0"
    assert training.complaints() == ["Nesterov needs a momentum greater than 0"]
    assert training.config() is None


def test_validity_is_told_when_it_turns_and_change_at_every_key(qtbot, form):
    told, changes = [], []
    form.validity_changed.connect(told.append)
    form.changed.connect(lambda: changes.append(form.values()["whole"]))
    for text in ("4", "44", "444", "4"):
        type_into(form, "whole", text)
    assert told == [False, True]
    assert changes == ["4", "44", "444", "4"]


def test_set_values_tells_of_one_change(qtbot, form):
    changes, told = [], []
    form.changed.connect(lambda: changes.append(1))
    form.validity_changed.connect(told.append)
    form.set_values({"whole": 99, "decimal": 0.1, "switch": False, "maybe_whole": 4, "maybe_choice": "a"})
    assert (len(changes), told) == (1, [False])
    form.set_values(form.values())
    assert len(changes) == 1
    form.reset()
    assert (len(changes), told) == (2, [False, True])


def test_set_values_leaves_other_fields_and_passes_over_unknown_names(form):
    form.set_values({"text": "kept"})
    form.set_values({"whole": 4, "removed_in_version_2": 1})
    assert form.config() == Everything(text="kept", whole=4)


def test_a_choice_that_is_none_is_shown_and_refused_until_another_is_chosen(form):
    form.set_values({"choice": "lion"})
    combo = part(form, QComboBox, "setting_choice")
    assert combo.currentText() == "lion"
    assert form.problems() == {"choice": "must be 'sgd', 'adam' or 3"}
    combo.setCurrentIndex(1)
    assert form.config() == Everything(choice="adam")
    assert [combo.itemText(i) for i in range(combo.count())] == ["sgd", "adam", "3"]


def test_a_switch_that_is_neither_on_nor_off_is_half_ticked_and_refused(qtbot, form):
    form.set_values({"switch": "perhaps"})
    tick = part(form, QCheckBox, "setting_switch")
    assert tick.checkState() == Qt.CheckState.PartiallyChecked
    assert form.problems() == {"switch": "must be true or false"}
    tick.click()
    assert form.config() == Everything(switch=True)
    tick.click()
    assert form.config() == Everything(switch=False)


def test_a_default_that_is_wrong_is_said_at_once(qtbot):
    class Wrong(Config):
        size: int = setting(0, "Size", minimum=1)

    form = ConfigForm(Wrong)
    qtbot.addWidget(form)
    assert form.problems() == {"size": "must be at least 1"}


def test_a_check_of_a_plugin_that_breaks_is_a_reason_and_no_crash(qtbot):
    class Broken(Config):
        size: int = setting(1, "Size")

        @model_validator(mode="after")
        def divides(self) -> Broken:
            assert 1 // self.size
            return self

    form = ConfigForm(Broken)
    qtbot.addWidget(form)
    type_into(form, "size", "0")
    assert "ZeroDivisionError" in form.problems()[""]
    assert form.config() is None


def test_a_check_of_one_field_speaks_in_its_own_words(qtbot):
    class Odd(Config):
        kernel: int = setting(3, "Kernel")

        @field_validator("kernel")
        @classmethod
        def is_odd(cls, value: int) -> int:
            if value % 2 == 0:
                raise ValueError("must be odd")
            return value

    form = ConfigForm(Odd)
    qtbot.addWidget(form)
    type_into(form, "kernel", "4")
    assert form.problems() == {"kernel": "must be odd"}


def test_a_type_without_an_editor_is_shown_and_kept(qtbot):
    class Unusual(Config):
        sizes: tuple[int, ...] = setting((1, 2), "Sizes")

    form = ConfigForm(Unusual)
    qtbot.addWidget(form)
    assert form.config() == Unusual()
    form.set_values({"sizes": (3,)})
    assert form.config() == Unusual(sizes=(3,))
    assert not part(form, QLineEdit, "setting_sizes").isEnabled()


def test_a_config_without_fields_says_so(qtbot):
    form = ConfigForm(NoSettings)
    qtbot.addWidget(form)
    assert form.config() == NoSettings()
    assert [label.text() for label in form.findChildren(QLabel)] == ["Nothing to set here."]


def test_another_type_replaces_the_fields(qtbot, training):
    class Other(Config):
        learning_rate: int = setting(2, "Rate")

    type_into(training, "learning_rate", "x")
    with qtbot.waitSignals([training.changed, training.validity_changed]):
        training.set_type(Other)
    assert training.config_type() is Other
    assert training.config() == Other()
    assert part(training, QAbstractSpinBox, "setting_learning_rate").text() == "2"
    qtbot.waitUntil(lambda: len(training.findChildren(QAbstractSpinBox)) == 1)


def test_a_field_may_ask_for_another_type_from_its_own_signal(qtbot):
    class Chooser(Config):
        kind: Literal["plain", "other"] = setting("plain", "Kind")

    form = ConfigForm(Chooser)
    qtbot.addWidget(form)
    form.changed.connect(lambda: form.values().get("kind") == "other" and form.set_type(Training))
    combo = part(form, QComboBox, "setting_kind")
    qtbot.keyClick(combo, Qt.Key.Key_Down)
    assert form.config() == Training()
    with qtbot.waitSignal(combo.destroyed):
        pass
    assert form.config() == Training()


def test_changed_fields_are_bold_and_reset_takes_them_back(qtbot, form):
    button = part(form, QToolButton, "reset_to_defaults")
    label = part(form, FieldLabel, "label_decimal")
    assert not button.isEnabled()
    type_into(form, "decimal", "0.90")
    assert not label.font().bold()
    type_into(form, "decimal", "x")
    assert label.font().bold()
    assert button.isEnabled()
    button.click()
    assert form.config() == Everything()
    assert not label.font().bold()
    assert not button.isEnabled()


def test_one_field_can_be_reset_from_its_label(form):
    form.set_values({"whole": 5, "decimal": 0.1})
    (action,) = part(form, FieldLabel, "label_decimal").findChildren(QAction)
    assert action.text() == "Reset to 0.9"
    action.trigger()
    assert form.config() == Everything(whole=5)


def test_advanced_fields_are_folded_until_asked_for(qtbot, training):
    training.show()
    seed, fold = part(training, QWidget, "setting_seed"), part(training, QToolButton, "more_settings")
    assert not seed.isVisible()
    assert part(training, QWidget, "setting_momentum").isVisible()
    fold.click()
    assert seed.isVisible()
    assert part(training, FieldLabel, "label_seed").isVisible()
    type_into(training, "seed", "4")
    assert "1 changed" in fold.text()
    fold.click()
    assert not seed.isVisible()


def test_a_fault_behind_the_fold_opens_it_and_is_counted(qtbot, training):
    training.show()
    training.set_values({"seed": -1})
    assert part(training, QWidget, "setting_seed").isVisible()
    assert "1 to mend" in part(training, QToolButton, "more_settings").text()


def test_there_is_no_fold_without_advanced_fields(qtbot):
    class Plain(Config):
        size: int = setting(1, "Size")

    form = ConfigForm(Plain)
    qtbot.addWidget(form)
    form.show()
    assert not part(form, QToolButton, "more_settings").isVisible()


def test_labels_carry_title_tooltip_and_buddy_and_the_unit_stands_behind(form):
    label = part(form, FieldLabel, "label_whole")
    assert label.text() == "Whole"
    assert label.buddy() is part(form, QWidget, "setting_whole")
    assert "A number of things.<br>Default 3 things. From 1 to 9." in label.toolTip()
    assert "things" in [text.text() for text in form.findChildren(QLabel)]


def test_texts_of_a_plugin_are_never_read_as_markup(qtbot):
    class Hostile(Config):
        size: Literal["a"] = setting("a", "<img src=x> & co", "<b>loud</b>", unit="<i>px</i>")

    form = ConfigForm(Hostile)
    qtbot.addWidget(form)
    tip = part(form, FieldLabel, "label_size").toolTip()
    assert "&lt;img src=x&gt; &amp; co" in tip
    assert "&lt;b&gt;loud" in tip
    assert {label.textFormat() for label in form.findChildren(QLabel)} == {Qt.TextFormat.PlainText}
