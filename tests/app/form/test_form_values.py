"""What follows from the values a person gave: presets, blame, and a command that the real command line reads."""

from __future__ import annotations

from typing import Annotated, Any, Literal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from pydantic import BaseModel, Field

from lazytui.analyses import SUMMARIES, analysis
from lazytui.analyses.core.execute import error_sentences, validate
from lazytui.analyses.core.form_fields import fields_of
from lazytui.analyses.evaluate.params import EvaluateParams
from lazytui.analyses.train.params import TrainParams
from lazytui.app.form.form_values import check_values, needed_values
from lazytui.app.form.shell_command import shell_command
from lazytui.data.params import DatasetParams
from lazytui.errors import UsageError
from tests.app.form.command_line import params_of


def test_presets_go_on_filling_what_nobody_touched() -> None:
    found = check_values(TrainParams, {"dataset": "stroke", "sigma": "0.2"})
    assert found.params is not None
    assert found.touched == {"dataset": "stroke", "sigma": 0.2}
    assert (found.defaults["placement"], found.defaults["texture"]) == ("stroke", ("gaussian", "stripes"))
    assert (found.defaults["dataset"], found.defaults["sigma"]) == ("background", 0.1)


def test_untouched_fields_show_the_preset_also_beside_a_value_that_clashes_with_it() -> None:
    found = check_values(DatasetParams, {"dataset": "clean", "hard": "inverted", "bias": "7"})
    assert found.params is None
    assert found.defaults["placement"] == "none"
    found = check_values(DatasetParams, {"dataset": "clean", "hard": "inverted"})
    assert "needs a color to move" in found.joint_error
    assert (found.defaults["placement"], found.defaults["hard"]) == ("none", "gray")


def test_what_only_one_field_can_mend_is_said_of_that_field() -> None:
    assert (
        check_values(DatasetParams, {"dataset": "strokes", "bias": "0.5"})
        .errors["dataset"]
        .startswith("There is no dataset")
    )
    found = check_values(DatasetParams, {"dataset": "str", "placement": "both"})  # and both would hide the digit
    assert found.errors == {"dataset": "There is no dataset 'str'. Did you mean stroke?"}
    assert "can't be combined" in check_values(DatasetParams, {"texture": ("flat", "level")}).errors["texture"]


def test_a_required_field_is_asked_for_in_the_command() -> None:
    found = check_values(EvaluateParams, {})
    assert found.errors == {"run": "Required."}
    assert "run" not in found.defaults
    assert shell_command("evaluate", EvaluateParams, {}) == "lazytui run evaluate RUN"


@pytest.mark.parametrize("values", [{"epochs": "-1"}, {"lr": "x", "model": "gap"}, {"dataset": "foo"}, {"tier": "zz"}])
def test_the_sentences_are_those_of_the_command_line(values: dict[str, Any]) -> None:
    with pytest.raises(UsageError) as refusal:
        validate("train", values)
    for sentence in check_values(TrainParams, values).errors.values():
        assert sentence in str(refusal.value)


def test_only_what_makes_a_difference_is_needed() -> None:
    whole = TrainParams(dataset="stroke", epochs=3, placement="stroke").model_dump()
    assert needed_values(TrainParams, whole) == {"dataset": "stroke", "epochs": 3}
    assert needed_values(TrainParams, {"epochs": 0, "gone": 1, "test_size": None}) == {"epochs": 0}


# What a person could give for each kind of field, valid or not.
TEXT = st.text(st.characters(exclude_categories=("Cs", "Cc")), min_size=1, max_size=12)


def _value(field: Any) -> st.SearchStrategy[Any]:
    if field.choices:
        one = st.sampled_from(field.choices)
        return st.lists(one, min_size=1, max_size=3, unique=True).map(tuple) if field.several else one
    if field.type is int:
        return st.integers(-1, 200).map(str)
    if field.type is float:
        return st.floats(0, 1.2, allow_nan=False).map(str)
    return st.sampled_from(field.suggestions or ("latest", "-x", "a b", "$HOME")) | TEXT


@pytest.mark.parametrize("kind", ["dataset", "train", "evaluate", "study"])
@settings(max_examples=40, deadline=None)
@given(data=st.data())
def test_the_command_means_what_the_form_means(kind: str, data: st.DataObject) -> None:
    """Whatever is given: nothing but answers comes back, and valid ones survive the real command line."""
    model = analysis(kind).params
    some = data.draw(st.lists(st.sampled_from(fields_of(model)), max_size=6, unique_by=lambda field: field.name))
    found = check_values(model, {field.name: data.draw(_value(field)) for field in some})
    assert (found.params is None) == bool(found.errors or found.joint_error)
    if found.params is not None:
        assert params_of(shell_command(kind, model, found.touched)) == found.params


def test_every_analysis_has_fields_that_a_form_can_show() -> None:
    for kind in SUMMARIES:
        for field in fields_of(analysis(kind).params):
            assert field.choices or field.type in {bool, int, float, str}, f"{kind}.{field.name}: {field.type}"


def test_a_field_is_read_through_all_that_wraps_its_type() -> None:
    class Wrapped(BaseModel):
        size: Annotated[int, Field(ge=10)] | None = Field(None, description="A size.")
        eps: tuple[Annotated[float, Field(gt=0, lt=0.5)], ...] = Field((0.1, 0.2), description="Radii.")
        way: tuple[Literal["up", "down"], ...] | None = None
        loud: bool = False

    size, eps, way, loud = fields_of(Wrapped)
    assert (size.type, size.optional, size.limits, size.help) == (int, True, "at least 10", "A size. [at least 10]")
    assert (eps.type, eps.several, eps.limits) == (float, True, "more than 0 and less than 0.5")
    assert (way.choices, way.several, way.optional) == (("up", "down"), True, True)
    assert (loud.type, loud.help) == (bool, "[default: no]")
    assert shell_command("x", Wrapped, {"loud": False, "eps": (0.1, 0.3)}) == "lazytui run x --eps 0.1,0.3 --no-loud"


def test_sentences_name_the_options() -> None:
    with pytest.raises(ValueError) as error:
        TrainParams(batch_size=0)
    assert error_sentences(error.value) == "--batch-size: Must be at least 1."  # type: ignore[arg-type]
