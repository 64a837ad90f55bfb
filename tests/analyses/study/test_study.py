"""Grids of trainings by the real command: stopped, killed, resumed, failed in parts."""

from __future__ import annotations

import os
import re
import signal
from pathlib import Path
from typing import Any

from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.study.analysis import cells
from lazytui.analyses.study.figures import by_bias
from lazytui.analyses.study.params import StudyParams
from lazytui.analyses.trainings.recipe_groups import labeled_groups
from lazytui.analyses.trainings.trainings_result import RecipeTrainings
from lazytui.figures.kinds import Lines, Table
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, TRAINING, Lab, finish, last_step, state_of, wait_until
from tests.conftest import FinishedTraining
from tests.training.same import assert_same_training

TINY_STUDY = ("run", "study", *TINY_TRAINING, "--model", "mlp")


def by_method(lab: Lab, method: str) -> Path | None:
    """The folder of the training with a method, once there is one."""
    runs = Workspace(lab.workspace).readable_runs()
    found = [run.path for run in runs if run.record.kind == "train" and run.record.params["method"] == method]
    return found[-1] if found else None


def study(lab: Lab) -> RunFolder:
    return Workspace(lab.workspace).find("latest", kinds=("study",))


def test_a_study_that_is_paused_stopped_and_killed_ends_as_if_nobody_had_disturbed_it(
    lab: Lab, finished_training: FinishedTraining
) -> None:
    """Each time it takes up what its trainings have done, and each training ends exactly as if trained by hand."""
    options = (*TRAINING[2:], "--checkpoint-seconds", "0")
    seeds = options.index("--seed")
    asked = ("run", "study", *options[:seeds], "--seeds", "3", *options[seeds + 2 :], "--methods", "focal")
    process = lab.start(*asked)
    wait_until(lambda: (run := by_method(lab, "erm")) and last_step(run) >= 20, process)
    plain, focal = by_method(lab, "erm"), by_method(lab, "focal")
    assert plain and focal

    assert lab.call("runs", "pause", study(lab).id).code == 0
    wait_until(lambda: {state_of(plain), state_of(focal)} <= {"paused", "done"}, process)
    wait_until(lambda: study(lab).status.state == "paused", process)
    assert lab.call("runs", "resume", study(lab).id).code == 0
    wait_until(lambda: study(lab).status.state == "running", process)
    process.send_signal(signal.SIGINT)
    assert finish(process).code == 130
    assert {state_of(plain), state_of(focal)} <= {"stopped", "done"}

    process = lab.start("runs", "resume", study(lab).id)
    wait_until(lambda: study(lab).status.state == "running" and state_of(plain) in {"running", "done"}, process)
    process.kill()
    finish(process)
    if state_of(plain) == "running" and (pid := RunFolder(plain, "").status.pid):
        os.kill(pid, signal.SIGKILL)
    assert study(lab).status.state == "interrupted"

    killed = study(lab)
    ended = lab.call(*asked, "--json", "--quiet")
    assert (ended.code, ended.err) == (0, "")
    assert ended.json["metrics"]["done"] == 2
    assert by_method(lab, "erm") == plain, "what was broken off goes on, though another study asks"
    assert_same_training(plain, finished_training.folder)

    again = lab.call("runs", "resume", killed.id, "--json", "--quiet").json
    assert again["metrics"] == {"trainings": 2, "done": 2, "failed": 0, "there": 2}, "what is done isn't trained again"


def test_a_training_that_fails_ends_nothing_but_itself(lab: Lab) -> None:
    diverging = ("--methods", "input-color-gradient", "--penalty", "1000000", "--optimizer", "sgd", "--lr", "1")
    ended = lab.call(*TINY_STUDY, *diverging, "--seeds", "0")
    assert ended.code == 1
    assert ended.last.startswith(
        "lazytui: 1 of 2 trainings failed (input-color-gradient, bias 0.95, seed 0: The loss of"
    )
    assert "Trainings that failed" in ended.out and "Leaderboard" in ended.out
    assert re.search(r"^erm, bias 0.95, seed 0: done, easy [\d.]+%, hard [\d.]+% \(", ended.err, re.MULTILINE)
    run = study(lab)
    assert run.status.state == "failed"
    (failed,) = (figure for figure in figures(run) if figure.name == "failed")
    assert isinstance(failed, Table) and "input-color-gradient became" in str(failed.rows[0][2])
    assert {group.method for group in recorded_result(run).groups} == {"erm"}
    assert "Trainings that failed" in lab.call("runs", "show", run.id).out


def test_a_training_that_is_stopped_before_it_began_is_not_begun(lab: Lab) -> None:
    process = lab.start(*TINY_STUDY, "--methods", "focal", "--seeds", "0", "--jobs", "1", "--epochs", "10000")
    wait_until(lambda: (run := by_method(lab, "erm")) and last_step(run) >= 0, process)
    plain, focal = by_method(lab, "erm"), by_method(lab, "focal")
    assert plain and focal and state_of(focal) == "queued"
    for run in (focal, plain):
        assert lab.call("runs", "stop", run.name).code == 0
    ended = finish(process)
    assert ended.code == 1 and ended.last.startswith("lazytui: 2 of 2 trainings failed (erm, bias 0.95, seed 0: ")
    assert (state_of(plain), state_of(focal)) == ("stopped", "stopped")
    assert RunFolder(focal, "").status.pid is None, "nobody began it"


def test_the_grid_holds_every_method_bias_and_seed_and_plain_training() -> None:
    params = StudyParams(methods="grl,focal", bias="0.9,0.99", seeds="0-1", alpha=2, source="strokes")  # type: ignore[arg-type]
    grid = cells(params)
    assert len(grid) == 3 * 2 * 2
    settings = {(cell.method, cell.bias, cell.seed) for cell in grid.values()}
    assert settings == {(m, b, s) for m in ("erm", "grl", "focal") for b in (0.9, 0.99) for s in (0, 1)}
    options = {cell.method: (cell.alpha, cell.gamma) for cell in grid.values()}
    assert options == {"erm": (None, None), "grl": (2, None), "focal": (None, 2)}, (
        "each takes the options that it reads"
    )
    assert list(grid)[:3] == [f"{method}, bias 0.9, seed 0" for method in ("erm", "grl", "focal")]


def test_a_preset_that_says_the_bias_says_it_for_the_grid() -> None:
    assert {cell.bias for cell in cells(StudyParams(dataset="gr98h", source="strokes")).values()} == {0.98}


def test_the_figures_show_how_rare_counterexamples_are(every_run: dict[str, Path]) -> None:
    run = RunFolder(every_run["study"], "")
    figures_by_name = {figure.name: figure for figure in figures(run)}
    lines, published = figures_by_name["by-bias"], figures_by_name["published"]
    assert isinstance(lines, Lines) and isinstance(published, Table)
    groups = recorded_result(run).groups
    assert [list(series.x) for series in lines.series] == [[5.0, 0.5]] * 2
    (measured,) = (
        100 * group.runs[0].metrics["unbiased_accuracy"]
        for group in groups
        if (group.method, group.recipe["bias"]) == ("erm", 0.995)
    )
    rows = {row[0]: row for row in published.rows}
    names = [column.name for column in published.columns]
    assert names == ["method", "0.5 %: ours", "0.5 %: papers", "5 %: ours", "5 %: papers"]
    assert rows["erm"] == ("erm", measured, 35.3, rows["erm"][3], 77.6)


def test_of_colors_drawn_from_all_one_in_ten_is_no_counterexample() -> None:
    recipes: list[dict[str, Any]] = [{"method": "erm", "bias": bias, "counterexamples": "all"} for bias in (0.95, 0.9)]
    trainings = [RecipeTrainings(recipe, key=str(recipe), plain=str(recipe)) for recipe in recipes]
    (lines,) = by_bias(labeled_groups(trainings), "hard_accuracy")
    assert isinstance(lines, Lines)
    assert list(lines.series[0].x) == [9.0, 4.5]


def test_what_no_training_could_do_is_said_before_anything_is_written(lab: Lab) -> None:
    for options, words in (
        (("--methods", "focall"), "Did you mean focal?"),
        (("--methods", "focal", "--alpha", "1"), "None of focal reads alpha"),
        (("--seeds", "4-0"), "write 0-4"),
        (("--seeds", ""), "at least one"),
        (("--methods", "jtt", "--epochs", "1"), "leaves none for the second"),
        (("--methods", "rex", "--bias", "0.9,1"), "only aligned ones"),
        (("--rank", "worst-class", "--bias", "0.9,0.95"), "needs networks of the same data"),
        (("--rank", "worst-environment", "--no-plain"), "infers environments from plain networks"),
    ):
        refused = lab.call(*TINY_STUDY, *options)
        assert refused.code == 2 and words in refused.sentence
    assert not lab.workspace.exists()
