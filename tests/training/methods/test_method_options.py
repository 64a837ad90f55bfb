"""The options of methods: taken from the method where they aren't given, refused where nothing reads them."""

from __future__ import annotations

from dataclasses import replace

import pytest
from pydantic import ValidationError

from lazytui.catalog_fields import merged_options
from lazytui.training.loop_settings import LoopSettings
from lazytui.training.methods import METHODS
from lazytui.training.methods.base import Method, MethodEntry, MethodOptions, Penalty
from lazytui.training.settings import AllMethodOptions, TrainingSettings
from tests.commands import ROOT, Lab


@pytest.mark.parametrize("name", METHODS)
def test_every_method_is_there_and_its_defaults_are_valid_options(name: str) -> None:
    entry = METHODS[name]
    assert entry.name == name and issubclass(entry.method_class, Method)
    assert TrainingSettings(method=name).method_options == entry.options()
    assert entry.method_class.__module__.endswith(name.replace("-", "_"))


def test_no_file_of_a_method_is_left_out_of_the_list() -> None:
    files = {file.stem for file in (ROOT / "lazytui" / "training" / "methods").glob("*.py")} - {"__init__", "base"}
    assert files == {name.replace("-", "_") for name in METHODS}


@pytest.mark.parametrize("name", METHODS)
def test_only_the_options_of_the_method_are_recorded_and_older_records_with_all_of_them_are_read(name: str) -> None:
    settings = TrainingSettings(method=name)
    recorded = settings.model_dump(mode="json")
    assert set(recorded) == {*LoopSettings.model_fields, "method", *METHODS[name].options.model_fields}
    older = {**dict.fromkeys(AllMethodOptions.OPTIONS), **recorded}
    assert TrainingSettings.model_validate(older) == settings


def test_an_option_has_one_meaning() -> None:
    class Steeper(MethodOptions):
        penalty: int = 3

    class Alike(MethodOptions):
        penalty: Penalty = 3.0

    plain = METHODS["feature-color"]
    merged = merged_options("Merged", {"one": plain, "other": _with(plain, Alike)}, heading="")
    assert (
        merged.model_fields["penalty"].description
        == "Weight of the term that the method adds to cross-entropy [default: one 1, other 3]."
    )
    with pytest.raises(TypeError, match="penalty means different things to one, other: give it another name"):
        merged_options("Merged", {"one": plain, "other": _with(plain, Steeper)}, heading="")


def _with(entry: MethodEntry, options: type[MethodOptions]) -> MethodEntry:
    return replace(entry, options=options)


def test_what_is_given_counts_more_than_the_default() -> None:
    assert TrainingSettings(method="grl", alpha=0.25).alpha == 0.25
    assert TrainingSettings.model_validate(TrainingSettings(method="grl").model_dump(mode="json")).alpha == 0.5


def test_an_option_that_the_method_does_not_read_is_refused() -> None:
    with pytest.raises(ValidationError, match=r"erm doesn't read alpha; it takes no options"):
        TrainingSettings(method="erm", alpha=0.25)


def test_the_command_refuses_it_too_and_lists_all_methods(lab: Lab) -> None:
    refused = lab.call("run", "train", "--method", "grl", "--alpha", "-1")
    assert refused.code == 2 and "alpha" in refused.sentence
    assert not lab.workspace.exists()
    assert [row["method"] for row in lab.call("methods", "--json").json] == list(METHODS)
    about = lab.call("methods", "grl").out
    assert all(f"--{option.replace('_', '-')}" in about for option in METHODS["grl"].options.model_fields)
    assert "at least 0 and at most 100" in about and "0.002" in about, "limits and defaults"
    assert "color-penalty" not in about, "who else reads its options isn't asked"
    assert "no options" in lab.call("methods", "erm").out
    assert lab.call("methods", "gril").code == 2
