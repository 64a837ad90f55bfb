"""What studies reported, beside what is measured."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.recipe.analysis import cells, training
from lazytui.analyses.recipe.earlier_studies import Recipe, recipes, tolerance
from lazytui.analyses.recipe.params import RecipeParams
from lazytui.analyses.recipe.reproduction import Tolerance
from lazytui.figures.kinds import Table, Text
from lazytui.runs.run_folder import RunFolder
from lazytui.training.requirements import check_requirements
from tests.commands import Lab


@pytest.mark.parametrize("name", recipes())
def test_every_recipe_is_a_training_that_can_be_done(name: str) -> None:
    trained = training(recipes()[name])
    check_requirements(trained, trained)
    assert trained.source == "mnist" and recipes()[name].reported and recipes()[name].setting


def test_a_setting_and_what_is_trained_agree() -> None:
    """Epochs, batch and rate that the study tells are the training's; epochs that it doesn't are said to be ours."""
    for name, recipe in recipes().items():
        trained = training(recipe)
        epochs = re.search(r"(\d+) epochs?\b", recipe.setting)
        told_at = {"fourth": 4, "second": 2}
        at = re.search(r"told at the (\w+) epoch", recipe.setting)
        told = int(epochs[1]) if epochs else told_at[at[1]] if at else None
        assert (told is None) == ("epochs are our choice" in recipe.deviates), name
        assert told in (None, trained.epochs), name
        if rate := re.search(r"(Adam|SGD) ([\d.e-]+)\b", recipe.setting):
            assert (trained.optimizer, trained.lr) == (rate[1].lower(), float(rate[2])), name
        if batch := re.search(r"batch (\d+)", recipe.setting):
            assert trained.batch_size == int(batch[1]), name


@pytest.mark.parametrize(
    ("reported", "measured", "off"),
    [
        (96.3, 96.3, 0),
        (96.3, 90.3, 6),
        ("94-96", 95, 0),
        ("94-96", 90, 4),
        ("94-96", 99, 3),
        (">95", 99, 0),
        (">95", 94, 1),
        ("<20", 0, 0),
        ("<20", 21.5, 1.5),
    ],
)
def test_how_far_a_measurement_lies_from_what_was_reported(reported: object, measured: float, off: float) -> None:
    recipe = Recipe.model_validate({"about": "", "study": "A", "reported": {"x": reported}, "train": {}})
    assert recipe.reported["x"].distance(measured) == pytest.approx(off)


def test_the_farthest_metric_decides() -> None:
    allowed = Tolerance(within=5, contradicts=25)
    verdicts = [allowed.verdict({"easy": 0, "hard": off}) for off in (0, 5, 5.1, 25, 25.1)]
    assert verdicts == ["reproduced", "reproduced", "differs", "differs", "contradicts"]


def test_a_cure_stands_beside_plain_training() -> None:
    cure = cells(RecipeParams(recipe="e-grl-5", seeds="0-1"))  # type: ignore[arg-type]
    assert [(c.method, c.seed, c.epochs) for c in cure.values()] == [
        (method, seed, 5) for seed in (0, 1) for method in ("grl", "erm")
    ]
    assert [c.method for c in cells(RecipeParams(recipe="e-gap-cnn-1", seeds=(0,))).values()] == ["erm"]


def test_reported_and_measured_side_by_side(every_run: dict[str, Path]) -> None:
    run = RunFolder(every_run["recipe"], "")
    drawn = {figure.name: figure for figure in figures(run)}
    table, verdict = drawn["reported"], drawn["verdict"]
    assert isinstance(table, Table) and isinstance(verdict, Text)
    (group,) = recorded_result(run).groups
    reported = recipes()["e-gap-cnn-1"].reported
    measured = {name: 100 * group.runs[0].metrics[name] for name in reported}
    off = {name: abs(measured[name] - value.low) for name, value in reported.items()}
    assert [row[1:3] for row in table.rows] == [
        (value.words, pytest.approx(measured[name])) for name, value in reported.items()
    ]
    assert [row[4] for row in table.rows] == pytest.approx(list(off.values()))
    assert verdict.paragraphs[0].startswith(tolerance().verdict(off).capitalize())
    assert "other or fewer digits" in verdict.paragraphs[1]


def test_the_list_and_its_json_agree(lab: Lab) -> None:
    told, entries = lab.call("recipes").out, lab.call("recipes", "--json").json
    assert [entry["recipe"] for entry in entries] == list(recipes())
    assert all(name in told for name in recipes())
    (grl,) = (entry for entry in entries if entry["recipe"] == "e-grl-5")
    assert grl["reported"] == {"hard_accuracy": "86.72"}


def test_a_recipe_that_does_not_exist_is_refused_with_the_nearest(lab: Lab) -> None:
    refused = lab.call("run", "recipe", "e-grl")
    assert refused.code == 2 and "e-grl-5" in refused.sentence and not lab.workspace.exists()
