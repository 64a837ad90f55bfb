"""The options of methods: taken from the method where they aren't given, refused where nothing reads them."""

from __future__ import annotations

import pytest
from pydantic import ValidationError

from lazytui.training.methods import METHODS, method_class
from lazytui.training.methods.base import Method
from lazytui.training.methods.method_options import MethodOptions
from lazytui.training.settings import TrainingSettings
from tests.commands import Lab


@pytest.mark.parametrize("name", METHODS)
def test_every_method_is_there_and_its_defaults_are_valid_options(name: str) -> None:
    assert issubclass(method_class(name), Method)
    entry = METHODS[name]
    assert set(entry.options) <= set(MethodOptions.model_fields)
    settings = TrainingSettings(method=name)
    for option in MethodOptions.model_fields:
        assert getattr(settings, option) == entry.options.get(option)


def test_every_option_is_read_by_some_method() -> None:
    assert set(MethodOptions.model_fields) == {option for entry in METHODS.values() for option in entry.options}


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
    assert all(f"--{option.replace('_', '-')}" in about for option in METHODS["grl"].options)
    assert "color-penalty" not in about, "who else reads its options isn't asked"
    assert "no options" in lab.call("methods", "erm").out
    assert lab.call("methods", "gril").code == 2
