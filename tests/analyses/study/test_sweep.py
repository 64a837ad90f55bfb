"""Sweeps: any option of a training with several values, as a grid or side by side, drawn over the swept value."""

from __future__ import annotations

import re
import shlex

import pytest

from lazytui.analyses.core.execute import figures, recorded_result, validate
from lazytui.analyses.study.analysis import cells, number_of_trainings, planned_trainings
from lazytui.analyses.study.params import StudyParams
from lazytui.analyses.trainings.leaderboard_figures import leaderboard_figures
from lazytui.app.form.shell_command import shell_command
from lazytui.errors import UsageError
from lazytui.figures.kinds import Lines, Matrix, Text
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab

ASKED = {"methods": "jitter-consistency", "seeds": "0", "source": "strokes"}


def study(**options: object) -> StudyParams:
    """As typed on a command line."""
    params = validate("study", {**ASKED, **options})
    assert isinstance(params, StudyParams)
    return params


def test_an_option_with_several_values_is_swept_in_every_combination() -> None:
    params = study(lr=".001,.01", epochs="5,10", model="lazy-gap,cnn3", plain=False)
    assert params.sweep == ("model=lazy-gap,cnn3", "epochs=5,10", "lr=.001,.01")
    grid = cells(params)
    assert len(grid) == number_of_trainings(params) == 8
    assert {(cell.model, cell.epochs, cell.lr) for cell in grid.values()} == {
        (model, epochs, lr) for model in ("lazy-gap", "cnn3") for epochs in (5, 10) for lr in (0.001, 0.01)
    }
    assert next(iter(grid)) == "jitter-consistency, bias 0.95, model lazy-gap, epochs 5, lr 0.001, seed 0"
    assert StudyParams.model_validate(params.model_dump(mode="json")) == params
    assert study(sweep=["lr=.001,.01", "epochs=5,10"]).axes == study(sweep="lr=.001 .01, epochs=5,10").axes


def test_the_forms_command_sweeps_the_same() -> None:
    """In a form it is one line, which keeps its words apart by commas and spaces alike."""
    typed = study(sweep=("lr=.001", ".01", "epochs=5", "10"))
    words = shlex.split(shell_command("study", StudyParams, {"sweep": typed.sweep}))
    assert words[:4] == ["lazytui", "run", "study", "--sweep"]
    assert study(sweep=words[4:]).axes == typed.axes == study(lr=".001,.01", epochs="5,10").axes[::-1]


def test_side_by_side_they_move_together() -> None:
    grid = cells(study(lr=".001,.01,.1", epochs="5,10,20", zipped=True, plain=False))
    assert [(cell.lr, cell.epochs) for cell in grid.values()] == [(0.001, 5), (0.01, 10), (0.1, 20)]


def test_alone_each_option_leaves_the_first_value_while_the_others_keep_theirs() -> None:
    params = study(lr=".001,.01,.1", epochs="5,10", alone=True, plain=False)
    grid = cells(params)
    assert len(grid) == number_of_trainings(params)
    assert [(cell.lr, cell.epochs) for cell in grid.values()] == [(0.001, 5), (0.001, 10), (0.01, 5), (0.1, 5)]


def test_a_plan_fills_in_what_is_not_chosen() -> None:
    planned = validate("study", {"plan": "d-settings", "source": "strokes"})
    assert isinstance(planned, StudyParams)
    grid = list(cells(planned).values())
    assert len(grid) == 9 and {(cell.dataset, cell.model, cell.method) for cell in grid} == {("gr95h", "cnn3", "erm")}
    assert {cell.lr for cell in grid} == {0.001, 0.01, 0.045} and {cell.epochs for cell in grid} == {15, 30, 50}
    own = validate("study", {"plan": "d-settings", "source": "strokes", "lr": ".1,.2", "model": "cnn2"})
    assert isinstance(own, StudyParams)
    assert own.model == "cnn2" and own.dataset == "gr95h" and len(cells(own)) == 8
    shorter = validate("study", {"plan": "d-settings", "source": "strokes", "epochs": 2})
    assert isinstance(shorter, StudyParams)
    assert {cell.epochs for cell in cells(shorter).values()} == {2} and len(cells(shorter)) == 7
    assert StudyParams.model_validate(shorter.model_dump(mode="json")) == shorter


def test_what_a_method_does_not_read_makes_no_difference_to_it() -> None:
    params = study(penalty="1,5,10", bias="0.9,0.99")
    assert [cell.penalty for cell in cells(params).values() if cell.bias == 0.9] == [None, 1, 5, 10]
    assert planned_trainings(params).title.endswith("5 epochs each, penalty 1, 5, 10")


def test_another_data_set_brings_its_own_painting_but_not_what_was_chosen() -> None:
    grid = cells(study(dataset="background,stroke,texture", plain=False, sigma="0.2"))
    assert [(cell.placement, cell.palette, cell.sigma) for cell in grid.values()] == [
        ("background", "distinct", 0.2),
        ("stroke", "bright", 0.2),
        ("background", "distinct", 0.2),
    ]


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        ({"lr": ".001,nought"}, "--lr nought: "),
        ({"lr": ".001,-1"}, "--lr -1: "),
        ({"sweep": "sead=1,2"}, "There is no option to sweep 'sead'. Did you mean"),
        ({"sweep": "lr=1"}, "--lr has one value; a sweep needs two or more, such as lr=A,B."),
        ({"sweep": "lr=.1,.2", "lr": ".001,.01"}, "--lr is swept twice."),
        ({"lr": ".001,.01", "epochs": "1,2,3", "zipped": True}, "these have epochs 3, lr 2."),
        ({"lr": ".001,.01", "zipped": True, "alone": True}, "Choose --zipped or --alone for swept options, not both."),
        ({"plan": "d-setings"}, "There is no plan 'd-setings'. Did you mean d-settings?"),
        ({"alpha": "0.1,0.5"}, "None of jitter-consistency reads alpha."),
    ],
)
def test_what_can_not_be_swept_is_reported(options: dict[str, object], sentence: str) -> None:
    with pytest.raises(UsageError, match=re.escape(sentence)):
        study(**options)


def test_more_than_a_thousand_trainings_are_asked_about_before_anything_is_written(lab: Lab) -> None:
    lrs, batches = (",".join(str(n / 1000) for n in range(1, 27)), ",".join(map(str, range(10, 30))))
    asked = ("run", "study", *TINY_TRAINING, "--methods", "focal", "--seeds", "0", "--lr", lrs, "--batch-size", batches)
    refused = lab.call(*asked)
    assert refused.code == 2 and not lab.workspace.exists()
    assert refused.sentence == "That is 1,040 trainings; --yes trains them."
    unknown = lab.call("run", "study", *TINY_TRAINING, "--model", "mlp,cnn33")
    assert unknown.code == 2 and "There is no model 'cnn33'" in unknown.sentence and not lab.workspace.exists()


def test_a_sweep_is_drawn_over_its_numbers_and_its_names(lab: Lab) -> None:
    asked = ("--methods", "focal", "--seeds", "0", "--model", "mlp,lazy-gap", "--epochs", "1", "--lr", "0.01,0.001")
    done = lab.call("run", "study", *TINY_TRAINING, *asked)
    assert done.code == 0, done.err
    run = Workspace(lab.workspace).find("latest", kinds=("study",))
    figures_by_name = {figure.name: figure for figure in figures(run)}
    lines, matrix = figures_by_name["by-lr"], figures_by_name["by-model"]
    assert isinstance(lines, Lines) and isinstance(matrix, Matrix)
    curves = [f"{method} · model {model}" for method in ("erm", "focal") for model in ("mlp", "lazy-gap")]
    assert {series.name for series in lines.series} == {*curves, *(f"{curve}, easy accuracy" for curve in curves)}
    measured = {
        (group.method, group.recipe["model"], group.recipe["lr"]): group.runs[0].metrics
        for group in recorded_result(run).groups
    }
    for series in lines.series:
        curve, _, words = series.name.partition(", ")
        metric = words.replace(" ", "_") or "unbiased_accuracy"
        method, model = curve.split(" · model ")
        assert list(series.x) == [0.001, 0.01]
        assert list(series.y) == pytest.approx([100 * measured[method, model, lr][metric] for lr in series.x])
    plain = [group for group in recorded_result(run).groups if group.method == "erm"]
    verdict = leaderboard_figures(plain, rank="unbiased_accuracy", x="easy_accuracy", y="hard_accuracy")[0]
    assert isinstance(verdict, Text)
    assert verdict.paragraphs[0] == "4 settings with one recipe each, so there is nothing to rank."
    ends = sorted(of["unbiased_accuracy"] for key, of in measured.items() if key[0] == "erm")
    assert all(f": {100 * end:.1f} % (one seed)." in verdict.paragraphs[1] for end in (ends[0], ends[-1]))
    assert matrix.column_labels == ("mlp", "lazy-gap") and matrix.values.shape == (4, 2)
    row = matrix.row_labels.index("focal · lr 0.01")
    assert list(matrix.values[row]) == pytest.approx(
        [100 * measured["focal", model, 0.01]["unbiased_accuracy"] for model in matrix.column_labels]
    )
