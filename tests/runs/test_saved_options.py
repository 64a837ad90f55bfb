"""The options in a run's record: whatever is there is reported as damage, or its analysis refuses it in a sentence."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from lazytui.analyses import SUMMARIES
from lazytui.analyses.core.execute import recorded_params
from lazytui.app.form.form_values import check_values, needed_values
from lazytui.errors import BadInput
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace

NO_OPTION = [[["uniform"]], {}, {"a": 1}, [{}], 10**400, [10**400]]
"""Values that no option of any analysis can have."""

STRANGE = [
    None,
    True,
    -1,
    1e308,
    "",
    "x",
    "a" * 100_000,
    "\0",
    "../..:x",
    [],
    ["uniform"],
    [None],
    [1e308],
    "0-99999999",
]
"""Values that options can have, in the wrong places."""


def recorded(folder: Path, kind: str, params: object) -> RunFolder:
    record = {"kind": kind, "params": params, "created": 1.0}
    (folder / "run.json").write_text(json.dumps(record))
    return RunFolder(folder, folder.name)


@pytest.mark.parametrize("value", NO_OPTION, ids=range(len(NO_OPTION)))
def test_what_no_option_can_be_is_damage(tmp_path: Path, value: object) -> None:
    with pytest.raises(BadInput, match=r"run\.json is damaged"):
        _ = recorded(tmp_path, "train", {"texture": value}).record


@pytest.mark.parametrize("kind", SUMMARIES)
def test_every_option_with_a_strange_value_is_taken_or_refused_in_a_sentence(tmp_path: Path, kind: str) -> None:
    from lazytui.analyses import analysis

    model = analysis(kind).params
    needs = {name: "x" for name, field in model.model_fields.items() if field.is_required()}
    for name in model.model_fields:
        for value in STRANGE:
            run = recorded(tmp_path, kind, {**needs, name: value})
            try:
                assert isinstance(recorded_params(run), model)
            except BadInput as error:
                assert len(str(error)) < 2000, "what a file says isn't echoed whole"
    made_up = {**needs, **{name: ["x"] for name in model.model_fields}}
    check_values(model, needed_values(model, made_up))  # what a form makes of it


@pytest.mark.parametrize(
    "record",
    [
        {"kind": "k" * 1000, "params": {}, "created": 1},
        {"kind": "train", "params": {}, "created": 1e300},
        {"kind": "train", "params": {}, "created": -1},
        {"kind": "train", "params": {}, "created": 10**400},
        {"kind": "train", "params": {}, "created": 1, "seed": 10**400},
        {"kind": "train", "params": [], "created": 1},
        {"kind": ["train"], "params": {}, "created": 1},
    ],
    ids=range(7),
)
def test_a_record_out_of_all_bounds_is_damage(tmp_path: Path, record: object) -> None:
    (tmp_path / "run.json").write_text(json.dumps(record))
    with pytest.raises(BadInput, match=r"run\.json is damaged"):
        _ = RunFolder(tmp_path, "x").record


def test_an_unknown_kind_is_a_sentence(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="There is no analysis 'elsewhere'"):
        recorded_params(recorded(tmp_path, "elsewhere", {}))


def test_one_run_that_is_damaged_hides_no_other(tmp_path: Path) -> None:
    good = Workspace(tmp_path).create("train", {})
    (tmp_path / "bad").mkdir()
    recorded(tmp_path / "bad", "train", {"texture": [["uniform"]]})
    assert [run.id for run in Workspace(tmp_path).readable_runs()] == [good.id]
