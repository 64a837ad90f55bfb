"""The LLC analysis, run as a person runs it."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.analyses.execute import figures
from lazytui.figures.kinds import Lines, Matrix, Text
from lazytui.runs.result import load_result
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab(tmp_path_factory.mktemp("llc"))
    done = lab.call("run", "train", *TINY_TRAINING, "--model", "small-16", "--json", "--name", "small")
    assert done.code == 0, done.err
    return lab


def test_an_estimate_comes_with_its_settings_its_grid_and_its_traces(trained: Lab) -> None:
    done = trained.call("run", "llc", "small", "--steps", "20", "--batch", "4", "--json")
    assert done.code == 0, done.err
    metrics = done.json["metrics"]
    run = Workspace(trained.workspace).find(done.json["run"])
    result = load_result(run.path)
    middle = result.arrays["coefficient"][1, 1]
    assert metrics["llc"] == pytest.approx(float(middle.mean()))
    assert result.facts["images"] == 270
    assert result.facts["n_beta"] == pytest.approx(270 / np.log(270))
    drawn = {figure.name: figure for figure in figures(run)}
    grid, traces, verdict = drawn["grid"], drawn["traces"], drawn["verdict"]
    assert isinstance(grid, Matrix) and grid.values.shape == (3, 3)
    assert grid.row_labels == ("2.5e-06", "5e-06", "1e-05") and grid.column_labels == ("150", "300", "600")
    assert metrics["llc_smallest_of_grid"] == pytest.approx(grid.values.min())
    assert isinstance(traces, Lines) and len(traces.series) == 2 and len(traces.series[0].x) == 20
    assert traces.references[0].value == metrics["loss_at_weights"]
    assert isinstance(verdict, Text) and "step size 5e-06 and spring 300" in verdict.paragraphs[0]


def test_chains_that_diverge_are_told_and_not_scored(trained: Lab) -> None:
    done = trained.call("run", "llc", "small", "--steps", "40", "--batch", "4", "--eps", "1", "--json")
    assert done.code == 0, done.err
    assert done.json["metrics"]["llc"] is None
    verdict = figures(Workspace(trained.workspace).find(done.json["run"]))[0]
    assert isinstance(verdict, Text) and "A smaller --eps" in verdict.paragraphs[0]


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [("--eps", "0", "more than 0"), ("--chains", "1", "2 or more"), ("--spread", "1", "more than 1")],
)
def test_settings_that_cannot_be_are_refused(trained: Lab, option: str, value: str, sentence: str) -> None:
    done = trained.call("run", "llc", "small", option, value)
    assert done.code == 2 and option in done.sentence and sentence in done.sentence
