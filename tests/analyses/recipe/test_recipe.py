"""What studies reported, beside what is measured."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest

from lazytui.analyses import analysis
from lazytui.analyses.core.execute import figures, recorded_result, references, validate
from lazytui.analyses.recipe.earlier_studies import Recipe, recipes, tolerance
from lazytui.analyses.recipe.figures import figures as figures_of
from lazytui.analyses.recipe.params import RecipeParams
from lazytui.analyses.recipe.planned_trainings import cells, training
from lazytui.analyses.recipe.quantities import title
from lazytui.analyses.recipe.reproduction import Tolerance, worst
from lazytui.analyses.recipe.result import RecipeResult, Reproduction, read, write
from lazytui.figures.kinds import Figure, Table, Text
from lazytui.runs.results.saved_result import read_metrics
from lazytui.runs.run_folder import RunFolder
from lazytui.training.requirements import check_requirements
from tests.commands import Lab


@pytest.mark.parametrize("name", recipes())
def test_every_recipe_is_a_training_that_can_be_done(name: str) -> None:
    trained = training(recipes()[name])
    check_requirements(trained, trained)
    assert trained.source == "mnist" and recipes()[name].reported and recipes()[name].setting


def test_a_setting_and_what_is_trained_agree() -> None:
    """Epochs, batch and rate that the study reports are the training's; epochs that it doesn't are said to be ours."""
    for name, recipe in recipes().items():
        trained = training(recipe)
        epochs = re.search(r"(\d+) epochs?\b", recipe.setting)
        reported_at = {"fourth": 4, "second": 2}
        at = re.search(r"reported at the (\w+) epoch", recipe.setting)
        epochs_reported = int(epochs[1]) if epochs else reported_at[at[1]] if at else None
        assert (epochs_reported is None) == ("epochs are our choice" in recipe.deviates), name
        assert epochs_reported in (None, trained.epochs), name
        if rate := re.search(r"(Adam|SGD) ([\d.e-]+)\b", recipe.setting):
            assert (trained.optimizer, trained.lr) == (rate[1].lower(), float(rate[2])), name
        if batch := re.search(r"batch (\d+)", recipe.setting):
            assert trained.batch_size == int(batch[1]), name


def test_all_are_the_studies_recipes_and_papers_have_a_group_of_their_own() -> None:
    studies, papers = (RecipeParams(recipe=name).names for name in ("all", "papers"))
    assert set(studies) | set(papers) == set(recipes()) and not set(studies) & set(papers)
    assert all(recipes()[name].study and not recipes()[name].paper for name in studies)
    for name in papers:
        recipe = recipes()[name]
        assert recipe.paper and not recipe.study and recipe.reporter == recipe.paper
        assert training(recipe).dataset.startswith(("lff-", "irm-"))


def test_published_numbers_and_the_share_they_are_for() -> None:
    """As the tables have them, source by source."""
    reported = {name: recipe.reported_text for name, recipe in recipes().items()}
    assert reported["lff-plain-1pct"] == "unbiased 50.34" and reported["lff-lff-0.5pct"] == "unbiased 63.39"
    assert reported["disent-2pct"] == "unbiased 84.79" and reported["denetdm-5pct"] == "unbiased 93.5"
    assert reported["irm-irm"] == "hard 66.9" and reported["irm-erm"] == "hard 17.1"
    for name in ("lc-5pct", "lc-0.5pct"):
        share = float(name.removeprefix("lc-").removesuffix("pct"))
        assert training(recipes()[name]).bias == pytest.approx(1 - share / 100)
    twice = {name for name in RecipeParams(recipe="papers").names if training(recipes()[name]).input_scale}
    assert {name.rpartition("-")[0] for name in twice} == {
        "lff-plain", "lff-group-dro", "lff-lff", "disent-plain", "disent-lff", "disent", "lc",
    }  # fmt: skip


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
    assert recipe.reported["x"].points_off(measured) == pytest.approx(off)


@pytest.mark.parametrize(
    ("reported", "measured", "factor"),
    [(1.5, 1.5, 1), (1.5, 3, 2), (1.5, 0.5, 3), ("9-10", 9.4, 1), ("9-10", 20, 2), (9, 0, math.inf), ("<3", 6, 2)],
)
def test_how_many_times_too_small_or_too_large_a_number_is(reported: object, measured: float, factor: float) -> None:
    recipe = Recipe.model_validate({"about": "", "study": "C", "reported": {"x": reported}, "train": {}})
    assert recipe.reported["x"].factor_off(measured) == pytest.approx(factor)


def test_the_verdict_is_that_on_the_farthest_metric() -> None:
    allowed = Tolerance(within=5, contradicts=25, within_factor=1.5, contradicts_factor=3)
    fifty = Recipe.model_validate({"about": "", "study": "A", "reported": {"x": 50}, "train": {}}).reported["x"]
    shares = [allowed.verdict(fifty, 50 + off, share=True) for off in (0, 5, 5.1, 25, 25.1)]
    assert shares == ["reproduced", "reproduced", "differs", "differs", "contradicts"]
    numbers = [allowed.verdict(fifty, 50 * factor, share=False) for factor in (1, 1.5, 1.6, 3, 3.1)]
    assert numbers == shares
    assert [worst(shares[:2]), worst(shares[:3]), worst(shares)] == ["reproduced", "differs", "contradicts"]


def test_a_cure_stands_beside_plain_training() -> None:
    cure = cells(RecipeParams(recipe="e-grl-5", seeds="0-1"))  # type: ignore[arg-type]
    assert [(c.method, c.seed, c.epochs) for c in cure.values()] == [
        (method, seed, 5) for seed in (0, 1) for method in ("grl", "erm")
    ]
    assert [c.method for c in cells(RecipeParams(recipe="e-gap-cnn-1", seeds=(0,))).values()] == ["erm"]


def test_reported_and_measured_side_by_side(every_run: dict[str, Path]) -> None:
    """Of what the training shows."""
    found = _also_the_training(every_run)
    table, verdict = _named(figures_of(_params("e-gap-cnn-1"), _only(found, "e-gap-cnn-1")))
    reported = recipes()["e-gap-cnn-1"].reported
    measured = {name: 100 * found.groups[0].runs[0].metrics[name] for name in reported}  # type: ignore[operator]
    off = {name: abs(measured[name] - value.low) for name, value in reported.items()}
    on_each = [tolerance().verdict(value, measured[name], share=True) for name, value in reported.items()]
    assert [row[1:3] for row in table.rows] == [
        (value.words, pytest.approx(measured[name])) for name, value in reported.items()
    ]
    assert [row[4] for row in table.rows] == pytest.approx(list(off.values()))
    assert [row[5] for row in table.rows] == on_each
    assert verdict.paragraphs[0].startswith(worst(on_each).capitalize())
    assert "other or fewer digits" in verdict.paragraphs[1]


def test_what_a_step_measures_is_what_its_own_run_found(every_run: dict[str, Path]) -> None:
    run = RunFolder(every_run["recipe"], "")
    found = recorded_result(run)
    (step,) = found.recipes["e-attack-lazy"].steps
    of_step = next(folder for folder in every_run["recipe"].parent.iterdir() if folder.name == step.run)
    at_target = read_metrics(of_step)["target_colored_at_target"]
    assert RunFolder(of_step, "").record.started_by == run.id
    assert step.metrics == {"pgd.target_colored_at_target": at_target}
    table, _verdict = _named(figures(run))
    assert table.rows[0][:3] == ("pgd: taken for the target before", "100", pytest.approx(100 * at_target))


def test_of_several_recipes_there_is_one_table(every_run: dict[str, Path]) -> None:
    found = _also_the_training(every_run)
    figures_by_name = {figure.name: figure for figure in figures_of(_params("all"), found)}
    table, summary = figures_by_name["reproductions"], figures_by_name["verdict"]
    assert isinstance(table, Table) and isinstance(summary, Text)
    assert [row[0] for row in table.rows] == ["e-attack-lazy", "e-gap-cnn-1", "e-gap-cnn-1"]
    assert summary.paragraphs[0].startswith("Of 2 recipes ")
    unmeasured = replace(found.recipes["e-attack-lazy"], steps=())
    without = replace(found, recipes={**found.recipes, "e-attack-lazy": unmeasured})
    assert without.verdict("e-attack-lazy") is None
    assert "1 not measured" in figures_of(_params("all"), without)[0].paragraphs[0]  # type: ignore[union-attr]


def test_a_result_of_an_early_version_is_read(every_run: dict[str, Path]) -> None:
    """It had one recipe and no steps."""
    found = write(_only(_also_the_training(every_run), "e-gap-cnn-1"))
    one = found.facts["recipes"]["e-gap-cnn-1"]
    early = {name: value for name, value in found.facts.items() if name != "recipes"}
    early |= {"recipe": one["recipe"], "own": one["own"], "tolerance": {"within": 5.0, "contradicts": 25.0}}
    again = read(_params("e-gap-cnn-1"), replace(found, facts=early))
    assert again.verdict("e-gap-cnn-1") == _also_the_training(every_run).verdict("e-gap-cnn-1")


def _params(recipe: str) -> RecipeParams:
    return RecipeParams(recipe=recipe, source="strokes", train_size=300, test_size=200, seeds=(0,))


def _also_the_training(every_run: dict[str, Path]) -> RecipeResult:
    """What was found, with the recipe that reports on the same training."""
    found = recorded_result(RunFolder(every_run["recipe"], ""))
    own = found.recipes["e-attack-lazy"].own
    more = Reproduction(recipes()["e-gap-cnn-1"], own)
    both: RecipeResult = replace(found, recipes={**found.recipes, "e-gap-cnn-1": more})
    return both


def _only(found: RecipeResult, name: str) -> RecipeResult:
    return replace(found, recipes={name: found.recipes[name]})


def _named(all_figures: Sequence[Figure]) -> tuple[Table, Text]:
    found = {figure.name: figure for figure in all_figures}
    table, verdict = found["reported"], found["verdict"]
    assert isinstance(table, Table) and isinstance(verdict, Text)
    return table, verdict


def test_every_step_can_be_asked() -> None:
    """Its analysis takes its options, and what it is of is there before it; everything that is reported is measured."""
    for name, recipe in recipes().items():
        for before, (step_name, step) in enumerate(recipe.steps.items()):
            params = analysis(step.kind).params
            taken = next(field for field, mark in references(params) if mark.argument)
            validate(step.kind, {taken: "latest", **step.options})
            assert step.of == "" or step.of in list(recipe.steps)[:before], (name, step_name)
        steps = {metric.partition(".")[0] for metric in recipe.reported if "." in metric}
        assert steps <= set(recipe.steps), name
        assert all(title(metric) for metric in recipe.reported), name


def test_all_means_each_training_once_and_quick_means_little() -> None:
    trained = list(cells(RecipeParams(recipe="all", preset="quick")).values())
    assert len({str(one) for one in trained}) == len(trained) < len(recipes())
    assert {(one.seed, one.train_size, one.source) for one in trained} == {(0, 5000, "auto")}
    assert {one.source for one in cells(RecipeParams(recipe="all")).values()} == {"mnist"}


def test_the_list_and_its_json_agree(lab: Lab) -> None:
    listing, entries = lab.call("recipes").out, lab.call("recipes", "--json").json
    assert [entry["recipe"] for entry in entries] == list(recipes())
    assert all(name in listing for name in recipes())
    (grl,) = (entry for entry in entries if entry["recipe"] == "e-grl-5")
    assert grl["reported"] == {"hard_accuracy": "86.72"}


def test_a_recipe_that_does_not_exist_is_refused_with_the_nearest(lab: Lab) -> None:
    refused = lab.call("run", "recipe", "e-grl")
    assert refused.code == 2 and "e-grl-5" in refused.sentence and not lab.workspace.exists()
