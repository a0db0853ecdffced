from __future__ import annotations

from typing import Literal

import pytest
from pydantic import ValidationError, model_validator

from core.config import (
    Config,
    ConfigError,
    choices,
    extra,
    number_text,
    parse_assignments,
    reasons,
    sentence,
    setting,
    validated,
)


class Example(Config):
    epochs: int = setting(3, "Epochs", "How often all data is seen.", minimum=1, maximum=9, unit="times")
    rate: float = setting(0.1, "Rate", above=0, below=1, live=True)
    flip: bool = setting(False, "Flip", advanced=True)
    kind: Literal["a", "b"] = setting("a", "Kind")
    name: str = setting("", "Name")
    limit: int | None = setting(None, "Limit", minimum=2)

    @model_validator(mode="after")
    def two_epochs_need_a_name(self) -> Example:
        if self.epochs == 2 and not self.name:
            raise ValueError("Two epochs need a name")
        return self


def error_of(**values: object) -> ValidationError:
    with pytest.raises(ValidationError) as caught:
        Example.model_validate(values)
    return caught.value


@pytest.mark.parametrize(
    ("values", "said"),
    [
        ({"epochs": "x"}, "epochs must be a whole number, not 'x'"),
        ({"epochs": 1.5}, "epochs must be a whole number, not 1.5"),
        ({"epochs": ""}, "epochs must not be empty"),
        ({"epochs": 0}, "epochs must be at least 1, not 0"),
        ({"epochs": 10}, "epochs must be at most 9, not 10"),
        ({"epochs": None}, "epochs must be a whole number, not None"),
        ({"rate": "fast"}, "rate must be a number, not 'fast'"),
        ({"rate": "0,5"}, "rate must use a decimal point, no comma, not '0,5'"),
        ({"rate": 0}, "rate must be greater than 0, not 0"),
        ({"rate": 1}, "rate must be less than 1, not 1"),
        ({"rate": float("nan")}, "rate must be a finite number, not nan"),
        ({"flip": "perhaps"}, "flip must be true or false, not 'perhaps'"),
        ({"kind": "c"}, "kind must be 'a' or 'b', not 'c'"),
        ({"name": 3}, "name must be a text, not 3"),
        ({"limit": 1}, "limit must be at least 2, not 1"),
        ({"epochs": 2}, "Two epochs need a name"),
        ({"speed": 1}, "'speed' is not a setting here"),
    ],
)
def test_a_fault_is_one_sentence_with_the_name_and_what_was_given(values, said):
    assert sentence(error_of(**values)) == said


def test_a_long_value_is_cut_in_the_sentence():
    assert len(sentence(error_of(kind="c" * 100_000))) < 100


def test_reasons_are_given_by_field_without_its_name():
    assert reasons(error_of(epochs="x", rate=2)) == {"epochs": "must be a whole number", "rate": "must be less than 1"}
    assert reasons(error_of(epochs=2)) == {"": "Two epochs need a name"}


def test_a_kind_of_fault_that_has_no_words_of_ours_still_reads_behind_a_label():
    class Short(Config):
        pair: tuple[int, int] = setting((1, 2), "Pair")

    with pytest.raises(ValidationError) as caught:
        Short.model_validate({"pair": 5})
    assert reasons(caught.value)["pair"].startswith("must be a valid tuple")


def test_validated_converts_the_strings_of_a_command_line():
    values = {"epochs": "4", "rate": "1e-3", "flip": "true", "kind": "b", "limit": "7"}
    assert validated(Example, values) == Example(epochs=4, rate=0.001, flip=True, kind="b", limit=7)


def test_validated_names_the_settings_there_are():
    with pytest.raises(ConfigError, match=r"'speed' is not a setting here \(settings: epochs, rate, flip"):
        validated(Example, {"speed": 1})


def test_a_config_cannot_be_changed():
    with pytest.raises(ValidationError):
        Example().epochs = 5


def test_a_default_that_breaks_its_own_bounds_is_refused():
    class Wrong(Config):
        size: int = setting(0, "Size", minimum=1)

    with pytest.raises(ValidationError):
        Wrong()


def test_a_field_keeps_what_the_form_needs():
    fields = Example.model_fields
    assert extra(fields["epochs"], "unit") == "times"
    assert (extra(fields["rate"], "live"), extra(fields["rate"], "advanced")) == (True, False)
    assert extra(fields["flip"], "advanced") is True
    assert choices(fields["kind"].annotation) == ("a", "b")
    assert choices(fields["name"].annotation) == ()


@pytest.mark.parametrize(
    ("number", "text"),
    [(1e-5, "1e-5"), (0.001, "0.001"), (30.0, "30"), (1e22, "1e22"), (1.5e-7, "1.5e-7"), (0.0, "0"), (7, "7")],
)
def test_a_number_is_written_short_and_exactly(number, text):
    assert number_text(number) == text
    assert float(text) == number


def test_assignments_are_split_at_the_first_equals_sign():
    assert parse_assignments(["a = 1", "b=x=y", "c="]) == {"a": "1", "b": "x=y", "c": ""}


@pytest.mark.parametrize("text", ["a", "=1", " =1", ""])
def test_what_is_no_assignment_is_refused_by_name(text):
    with pytest.raises(ConfigError, match="is not of the form key=value"):
        parse_assignments([text])
