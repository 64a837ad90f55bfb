"""Trainings of a few recipes and seeds, compared by the real command."""

from __future__ import annotations

import json
import shutil
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lazytui.analyses.compare.analysis import planned
from lazytui.analyses.compare.params import CompareParams
from lazytui.analyses.compare.result import CompareResult
from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.recipe.earlier_studies import recipes
from lazytui.analyses.recipe.known_recipes import known_recipes
from lazytui.analyses.recipe.planned_trainings import training
from lazytui.analyses.select.ranking_figures import choice_figures
from lazytui.analyses.train.params import TrainParams
from lazytui.analyses.trainings.comparison_trainings import comparison_trainings
from lazytui.analyses.trainings.leaderboard_figures import leaderboard_figures
from lazytui.analyses.trainings.recipe_groups import labeled_groups
from lazytui.analyses.trainings.training_lookup import key_of, recipe_of
from lazytui.analyses.trainings.trainings_result import RecipeTrainings, TrainedRun
from lazytui.evaluation.seed_statistics import mean_over_seeds
from lazytui.figures.kinds import Figure, Lines, Matrix, Table, Text
from lazytui.runs.results.saved_result import load_result
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab

TINY = ("run", "train", *TINY_TRAINING, "--model", "mlp", "--quiet", "--json")


@pytest.fixture(scope="module")
def three(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Two seeds of one method, and one seed of plain training."""
    lab = Lab(tmp_path_factory.mktemp("compare"))
    for options in (("--method", "focal"), ("--method", "focal", "--seed", "1"), ("--method", "erm", "--seed", "1")):
        assert lab.call(*TINY, *options).code == 0
    return lab


def compare(lab: Lab, *options: str) -> tuple[CompareResult, dict[str, Figure]]:
    """What a comparison found, and its figures by name."""
    answer = lab.call("run", "compare", *options, "--quiet", "--json").json
    run = Workspace(lab.workspace).find(answer["run"])
    return recorded_result(run), {figure.name: figure for figure in figures(run)}


def test_how_many_trainings_it_starts_is_said_before_and_while_it_runs(three: Lab) -> None:
    workspace = Workspace(three.workspace)
    focal = [run for run in _method(three, "focal") if run.record.params["seed"] == 0]
    names = tuple(run.reference for run in focal)
    asked, without = CompareParams(runs=names), CompareParams(runs=names, plain=False)
    done = [run for run in workspace.runs() if run.record.kind == "train"]
    assert planned(asked, done, workspace) == "trains 1 plain network first, to compare with"
    assert planned(without, done, workspace) == ""
    assert planned(CompareParams(), done[:0], workspace) == "", "nothing to compare"
    assert planned(CompareParams(runs=("nosuch",)), done, workspace) == ""


def test_plain_training_is_made_where_it_is_missing_and_only_there(three: Lab) -> None:
    first, _ = compare(three)
    assert (first.recipes, first.runs, first.plain_trained) == (2, 4, 1)
    assert compare(three)[0].plain_trained == 0
    groups = {group.method: group for group in first.groups}
    assert {run.seed for run in groups["erm"].runs} == {run.seed for run in groups["focal"].runs} == {0, 1}
    steps = {run.metrics["steps"] for group in groups.values() for run in group.runs}
    assert len(steps) == 1, "plain training takes as many steps"


def copied(lab: Lab, name: str, **recorded: object) -> Path:
    """A copy of a training in the workspace, whose record says something else."""
    source = next(run.path for run in Workspace(lab.workspace).runs() if run.record.kind == "train")
    copy = lab.workspace / name
    shutil.copytree(source, copy)
    record = json.loads((copy / "run.json").read_text())
    (copy / "run.json").write_text(json.dumps({**record, "params": {**record["params"], **recorded}}))
    return copy


def test_no_code_runs_on_the_word_of_a_run_folder(three: Lab) -> None:
    trap, sprung = three.folder / "trap.py", three.folder / "sprung"
    trap.write_text(f"open({str(sprung)!r}, 'w')\ndef factory(): ...\n")
    copy = copied(three, "from-elsewhere", model=f"{trap}:factory")
    try:
        refused = three.call("run", "compare")
        assert refused.code == 3 and "--no-plain" in refused.sentence
        assert compare(three, "--no-plain")[0].plain_trained == 0
        assert not sprung.exists()
    finally:
        shutil.rmtree(copy)


def test_a_training_that_can_not_be_read_is_passed_over_unless_it_was_asked_for(three: Lab) -> None:
    focal = [run.id for run in _method(three, "focal")]
    unknown = copied(three, "unknown-model", model="nosuch")
    damaged = copied(three, "damaged-result", seed=7)
    (damaged / "result.json").write_text("{")
    try:
        before = sorted(three.workspace.iterdir())
        for name in (unknown.name, damaged.name):
            assert three.call("run", "compare", name).code == 3
        assert sorted(three.workspace.iterdir()) == before
        ended = three.call("run", "compare", *focal)
        assert ended.code == 0 and "passed over" in ended.err and unknown.name in ended.err
        assert compare(three)[0].recipes == 2
    finally:
        shutil.rmtree(unknown)
        shutil.rmtree(damaged)


def test_a_control_shares_the_options_and_trains_the_architecture_as_it_is() -> None:
    trained = TrainParams.model_validate({"method": "dpe", "aside": 0.3, "model": "mlp"})
    plain, control = comparison_trainings(trained)
    assert (plain.method, plain.model, plain.chosen_options) == ("erm", "mlp", {})
    assert (control.method, control.model) == ("dfr-class", "mlp")
    assert control.chosen_options == {"aside": 0.3, "refits": 20, "l1": 0.001}
    assert control == TrainParams.model_validate(control.model_dump(mode="json"))


def test_plain_training_that_was_found_is_not_counted_as_made(three: Lab) -> None:
    compare(three)
    found = compare(three, *(run.id for run in _method(three, "focal")))[0]
    assert (found.recipes, found.runs, found.plain_trained) == (2, 4, 0)


def _method(lab: Lab, method: str) -> list[RunFolder]:
    runs = Workspace(lab.workspace).readable_runs()
    return [run for run in runs if run.record.kind == "train" and run.record.params["method"] == method]


def test_the_leaderboard_holds_the_means_of_the_runs_themselves(three: Lab) -> None:
    done, figures_by_name = compare(three, "--rank", "hard_accuracy")
    leaderboard, over_plain, scatter = (figures_by_name[name] for name in ("leaderboard", "over-plain", "scatter"))
    assert isinstance(leaderboard, Table) and isinstance(over_plain, Table) and isinstance(scatter, Lines)
    rows = {row[0]: row for row in leaderboard.rows}
    (focal,) = [group for group in labeled_groups(done.groups) if group.label == "focal"]
    hard = [100 * run.metrics["hard_accuracy"] for run in focal.trainings.runs]
    assert rows["focal"][1] == 2 and rows["focal"][2] == pytest.approx(mean_over_seeds(hard).mean)
    assert [row[0] for row in over_plain.rows] == ["focal"]
    ranked = [row[2] for row in leaderboard.rows]
    assert ranked == sorted(ranked, key=lambda share: -float(share or 0))
    assert sum(len(series.x) for series in scatter.series) == 4 and not scatter.joined


def test_networks_are_judged_without_labels_and_of_too_few_images_nothing_is_said(three: Lab) -> None:
    """Of 30 held-out images no class and no smaller part has ten; exchanged properties have no parts."""
    done, figures_by_name = compare(three, "--rank", "worst-environment", "--property", "ground hue")
    metrics = [run.metrics for group in done.groups for run in group.runs]
    wanted = {"worst_class_accuracy", "worst_environment_accuracy", "worst_pseudo_group_accuracy"}
    assert all(wanted <= one.keys() and all(one[name] is None for name in wanted) for one in metrics)
    choices, words = figures_by_name["choices"], figures_by_name["chosen"]
    assert isinstance(choices, Table) and isinstance(words, Text)
    assert words.paragraphs == ("No recipe is chosen by worst environment, which is undefined.",)
    rows = {row[0]: row[1:] for row in choices.rows}
    selectors = ["worst class", "worst environment", "worst pseudo-group", "worst swap"]
    assert list(rows) == ["easy accuracy", *selectors, "hard split"]
    assert rows["worst class"] == (None, None, None)
    assert all(0 <= one["worst_swap_accuracy"] <= one["easy_accuracy"] for one in metrics), "less what is lost"
    assert "choices" not in compare(three)[1]


def test_only_networks_of_the_same_data_are_ranked_so(three: Lab) -> None:
    other = copied(three, "other-bias", bias=0.9)
    try:
        before = sorted(three.workspace.iterdir())
        refused = three.call("run", "compare", "--rank", "worst-class")
        assert refused.code == 2 and "needs networks of the same data" in refused.sentence
        assert "--bias" in refused.sentence and sorted(three.workspace.iterdir()) == before
    finally:
        shutil.rmtree(other)
    for options, sentence in (
        (("--rank", "worst-pseudo-group"), "infers groups from a property of the images"),
        (("--rank", "worst-swap"), "exchanges a property of the images"),
        (("--property", "hue"), "--rank unbiased_accuracy reads no --property"),
        (("--rank", "worst-pseudo-group", "--property", "huo"), "There is no property 'huo'"),
    ):
        refused = three.call("run", "compare", *options)
        assert refused.code == 2 and sentence in refused.sentence, refused.err


def grouped(method: str, shares: list[float], metric: str = "hard_accuracy", **recipe: Any) -> RecipeTrainings:
    """A group as a comparison records it, a training a seed."""
    runs = [TrainedRun(f"{method}-{seed}", seed, {metric: share}, 1) for seed, share in enumerate(shares)]
    return RecipeTrainings({"method": method, **recipe}, key=method, plain="erm", runs=runs)


def test_the_hard_split_stands_apart_with_the_regret() -> None:
    """By worst class lc is taken (.6, hard .5), and by the hard split jtt (.5, hard .7)."""
    groups = [grouped("erm", [0.2, 0.2]), grouped("lc", [0.4, 0.6]), grouped("jtt", [0.6, 0.8])]
    judged = [
        replace(
            group, runs=[replace(run, metrics={**run.metrics, "worst_class_accuracy": worst}) for run in group.runs]
        )
        for group, worst in zip(groups, (0.3, 0.6, 0.5), strict=True)
    ]
    words, choices, apart = choice_figures(judged, "worst_class_accuracy")
    assert isinstance(words, Text) and isinstance(choices, Table) and isinstance(apart, Table)
    assert words.paragraphs == (
        "lc is chosen by worst class; its hard accuracy is 50.0 %. The best by hard accuracy, which isn't used to "
        "choose, is jtt: 70.0 %. Regret: 20.0 points.",
    )
    (of_selector, of_hard) = choices.rows
    assert of_selector[:2] == ("worst class", "lc") and of_selector[2:] == pytest.approx((50, 20))
    assert of_hard[:2] == ("hard split", "jtt") and of_hard[2:] == pytest.approx((70, 0))
    assert [row[0] for row in apart.rows] == ["lc", "jtt", "erm"]
    assert apart.rows[0][1:] == pytest.approx((60, 50))
    assert not choice_figures(groups, "hard_accuracy")


def by_hard_accuracy(facts: Sequence[RecipeTrainings]) -> list[Figure]:
    return leaderboard_figures(facts, rank="hard_accuracy", x="hard_accuracy", y="hard_accuracy")


def test_any_two_recipes_are_distinguished_by_seeds_in_common() -> None:
    """Differences .1, .2, .3: t = .2 / (.1 / sqrt 3) = 3.464 with 2 degrees of freedom, p = .0742."""
    groups = [grouped("rex", [0.6, 0.8, 1.0]), grouped("erm", [0.5, 0.6, 0.7]), grouped("grl", [0.9])]
    drawn_now = by_hard_accuracy(groups)
    (pairs,) = (figure for figure in drawn_now if figure.name == "pairs")
    assert isinstance(pairs, Matrix)
    assert (pairs.row_labels, pairs.column_labels) == (("2 rex", "3 erm"), ("2", "3")), "grl is first, with one seed"
    assert pairs.values[0, 1] == pairs.values[1, 0] == pytest.approx(0.0742, abs=1e-4)
    assert np.isnan(pairs.values.diagonal()).all()
    alone = by_hard_accuracy(groups[1:])
    assert not [figure for figure in alone if figure.name == "pairs"]


def test_a_training_that_is_a_recipe_stands_beside_what_was_reported() -> None:
    trained = training(recipes()["e-gap-cnn-2"])
    own = replace(grouped("erm", [0.50]), recipe=recipe_of(trained), key=key_of(recipe_of(trained)))
    other = replace(own, recipe={**own.recipe, "lr": 0.5}, key="something else")
    (table,) = known_recipes(labeled_groups([own, other]))
    assert [row[1:4] for row in table.rows] == [
        ("e-gap-cnn-2", "easy accuracy", "96.65"),
        ("e-gap-cnn-2", "hard accuracy", "28.47"),
    ]
    assert [row[4:] for row in table.rows] == [(None, None), (50.0, "differs")]
    assert known_recipes(labeled_groups([other])) == []
    older = {"alpha": None, **dict(reversed(own.recipe.items()))}
    of_an_older_version = replace(own, recipe=older, key="reversed")
    assert len(known_recipes(labeled_groups([of_an_older_version]))[0].rows) == 2


def test_recipes_are_distinguished_by_what_differs() -> None:
    facts = [
        grouped("erm", [], lr=0.1),
        grouped("grl", [], lr=0.1, alpha=0.5),
        grouped("grl", [], lr=0.1, alpha=1.0),
    ]
    assert [group.label for group in labeled_groups(facts)] == ["erm", "grl · alpha 0.5", "grl · alpha 1.0"]
    facts = [grouped("erm", [], lr=0.1), grouped("grl", [], lr=0.2)]
    assert [group.label for group in labeled_groups(facts)] == ["erm · lr 0.1", "grl · lr 0.2"]
    facts = [
        grouped("erm", [], lr=0.1, bias=0.9),
        grouped("erm", [], lr=0.1, bias=0.8),
        grouped("grl", [], lr=0.2, bias=0.9),
    ]
    assert [group.label for group in labeled_groups(facts)] == ["erm · A", "erm · B", "grl · C"], "two things differ"
    facts = [grouped("erm", [], train_size=None), grouped("grl", [], train_size=600)]
    assert [group.label for group in labeled_groups(facts)] == ["erm · train size –", "grl · train size 600"]


def test_recipes_are_ranked_within_their_setting_only() -> None:
    """With more counterexamples everything is easier: that is no reason to stand above a cure that had fewer."""
    many, few = {"bias": 0.9, "epochs": 2}, {"bias": 0.99, "epochs": 5}
    facts = [
        replace(grouped("erm", [0.7, 0.7], **many), key="erm many", plain="erm many"),
        replace(grouped("rex", [0.8, 0.9], **many), plain="erm many"),
        replace(grouped("erm", [0.1, 0.2], **few), key="erm few", plain="erm few"),
        replace(grouped("jtt", [0.3, 0.5], **few), plain="erm few"),
    ]
    by_name = {figure.name: figure for figure in by_hard_accuracy(facts)}
    leaderboard, verdict, over = by_name["leaderboard"], by_name["verdict"], by_name["over-plain"]
    assert isinstance(leaderboard, Table) and isinstance(verdict, Text) and isinstance(over, Table)
    assert [row[0] for row in leaderboard.rows] == ["rex · A", "erm · A", "jtt · B", "erm · B"]
    assert leaderboard.note.endswith("A: bias 0.9, epochs 2. B: bias 0.99, epochs 5.")
    others = [paragraph.split("; then ")[1][:10] for paragraph in verdict.paragraphs[:2]]
    assert others == ["erm 70.0 %", "erm 15.0 %"], "every recipe that was compared, before anything else"
    starts = [paragraph.split(" by hard")[0] for paragraph in verdict.paragraphs[:2]]
    assert starts == [
        "A (bias 0.9, epochs 2): rex is first of 2 recipes",
        "B (bias 0.99, epochs 5): jtt is first of 2 recipes",
    ]
    assert [row[:1] + row[2:4] for row in over.rows] == [
        ("rex · A", pytest.approx(70), pytest.approx(15)),
        ("jtt · B", pytest.approx(15), pytest.approx(25)),
    ]
    first, second = by_name["pairs"], by_name["pairs-2"]
    assert isinstance(first, Matrix) and isinstance(second, Matrix)
    assert (first.row_labels, second.row_labels) == (("1 rex", "2 erm"), ("1 jtt", "2 erm"))


def test_what_a_penalty_adds_stands_beside_the_same_samples_without_it() -> None:
    facts = [
        replace(grouped("irm", [0.70, 0.80]), control="resample"),
        replace(grouped("rex", [0.9]), control="resample elsewhere"),
        grouped("resample", [0.68, 0.76]),
        grouped("erm", [0.3, 0.4]),
    ]
    by_name = {figure.name: figure for figure in by_hard_accuracy(facts)}
    beyond, verdict = by_name["over-control"], by_name["verdict"]
    assert isinstance(beyond, Table) and isinstance(verdict, Text)
    assert [row[:5] for row in beyond.rows] == [("irm", "resample", 2, pytest.approx(72), pytest.approx(3))]
    sentence = "irm against resample, the same samples without its penalty: +3.0 points [-9.7, +15.7] over 2 seeds."
    assert sentence in verdict.paragraphs[0] and "rex against" not in verdict.paragraphs[0]


def test_a_penalty_has_its_control_trained_beside_it(lab: Lab) -> None:
    assert lab.call(*TINY, "--method", "rex").code == 0
    found, figures_by_name = compare(lab)
    groups = {group.method: group for group in found.groups}
    assert groups.keys() == {"rex", "resample", "erm"} and found.plain_trained == 2
    assert groups["rex"].control == groups["resample"].key and groups["resample"].control is None
    beyond = figures_by_name["over-control"]
    assert isinstance(beyond, Table) and [row[:3] for row in beyond.rows] == [("rex", "resample", 1)]
    assert compare(lab, "--no-plain")[0].plain_trained == 0


def test_who_follows_color_most_is_last_and_beats_nobody() -> None:
    rank = "color_follow_rate"
    facts = [
        grouped("focal", [0.97, 0.95], rank),
        grouped("erm", [0.80, 0.79], rank),
        grouped("grl", [0.05, 0.06], rank),
    ]
    by_name = {figure.name: figure for figure in leaderboard_figures(facts, rank=rank, x=rank, y=rank)}
    leaderboard, verdict = by_name["leaderboard"], by_name["verdict"]
    assert isinstance(leaderboard, Table) and isinstance(verdict, Text)
    assert [row[0] for row in leaderboard.rows] == ["grl", "erm", "focal"]
    assert verdict.paragraphs[0].endswith(
        "Of 2 methods with two seeds or more, 1 beat plain training of the same architecture for the same number of "
        "steps by an interval that leaves out 0 (95 %, not corrected for 2 comparisons): grl."
    )


@pytest.mark.parametrize("shares", [[0.9], [0.9, 0.9]])
def test_what_chance_could_be_is_not_known_from_one_seed_or_one_value(shares: list[float]) -> None:
    facts = [grouped("grl", shares), grouped("erm", [0.5, 0.5])]
    (verdict, *_) = by_hard_accuracy(facts)
    assert isinstance(verdict, Text)
    why = "one seed" if len(shares) == 1 else "the same with 2 seeds"
    assert f"grl is first of 2 recipes by hard accuracy: 90.0 % ({why})" in verdict.paragraphs[0]
    assert "Differences in hard accuracy may still be chance" in verdict.paragraphs[0]


def test_plain_training_beside_a_cure_is_as_precise(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.call(*TINY, "--precision", "bf16")
    lab.call(*TINY, "--method", "focal", "--precision", "fp32")
    assert compare(lab, *(run.id for run in _method(lab, "focal")))[0].plain_trained == 1
    assert [run.record.params["precision"] for run in _method(lab, "erm")] == ["bf16", "fp32"]


def test_plain_training_goes_on_where_a_shorter_one_ended_and_finds_the_same(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    lab.call(*TINY)
    lab.call(*TINY, "--method", "focal", "--epochs", "2")
    answer = lab.call("run", "compare", *(run.id for run in _method(lab, "focal")))
    short, longer = _method(lab, "erm")
    assert f"{longer.id} continues where {short.id} ended" in answer.err
    straight = Workspace(tmp_path / "other").find(
        lab.call(*TINY, "--epochs", "2", "--workspace", tmp_path / "other").json["run"]
    )
    found, expected = recorded_result(longer), recorded_result(straight)
    assert (found.fingerprint, found.headline, found.steps) == (expected.fingerprint, expected.headline, expected.steps)


def test_a_recipe_alone_is_not_called_first() -> None:
    (verdict, *_, scatter) = leaderboard_figures(
        [grouped("erm", [0.5])], rank="hard_accuracy", x="hard_accuracy", y="hard_accuracy"
    )
    assert isinstance(verdict, Text) and isinstance(scatter, Lines)
    assert verdict.paragraphs == ("erm has hard accuracy 50.0 % (one seed), and there is no other recipe.",)


def test_what_can_not_be_compared_is_said_before_anything_is_written(three: Lab, lab: Lab) -> None:
    empty = lab.call("run", "compare")
    assert empty.code == 3 and "begin with lazytui run train" in empty.sentence
    before = sorted(three.workspace.iterdir())
    assert three.call("run", "compare", "nosuch").code == 3
    assert three.call("run", "compare", "--rank", "beauty").code == 2
    assert sorted(three.workspace.iterdir())[: len(before)] == before


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Two seeds of plain training, with enough test images of each digit to attack."""
    lab = Lab(tmp_path_factory.mktemp("attacked"))
    for seed in ("0", "1"):
        assert lab.call(*TINY, "--test-size", "1200", "--epochs", "4", "--seed", seed).code == 0
    return lab


def test_every_network_is_attacked_alike_and_only_once(two: Lab) -> None:
    _, figures_by_name = compare(two, "--attack", "fgsm")
    attacks = [run for run in Workspace(two.workspace).runs() if run.record.kind == "attack"]
    assert len(attacks) == 2
    table = figures_by_name["attacked"]
    assert isinstance(table, Table)
    rows = {row[1]: row for row in table.rows}
    assert set(rows) == {"aligned", "neutral", "target-colored"}
    for pool, row in rows.items():
        metrics_of_attacks = [load_result(run.path).metrics for run in attacks]
        key = pool.replace("-", "_")
        assert row[2] == pytest.approx(np.mean([100 * metrics[f"{key}_at_target"] for metrics in metrics_of_attacks]))
        medians = [metrics[f"{key}_median_budget"] for metrics in metrics_of_attacks]
        if None not in medians:
            assert row[3] == pytest.approx(np.mean(medians))
            assert row[5] == pytest.approx(
                np.mean([100 * metrics[f"{key}_success_rate"] for metrics in metrics_of_attacks])
            )
    assert isinstance(rows["aligned"][3], float), "of images in their own color enough are right"
    assert rows["target-colored"][3:] == (None,) * 4, "none of those in the target's is"
    compare(two, "--attack", "fgsm")
    assert len([run for run in Workspace(two.workspace).runs() if run.record.kind == "attack"]) == 2
    (attacks[0].path / "result.json").write_text("{}")
    compare(two, "--attack", "fgsm")
    assert len([run for run in Workspace(two.workspace).runs() if run.record.kind == "attack"]) == 3, "that one anew"


def test_an_attack_that_there_is_not_is_refused(three: Lab) -> None:
    answer = three.call("run", "compare", "--attack", "pgdd", "--quiet")
    assert answer.code == 2 and "pgd" in answer.err
