"""The LLC analysis, run as a person runs it."""

from __future__ import annotations

from dataclasses import fields
from typing import Any

import numpy as np
import pytest

from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.llc.figures import doubts
from lazytui.analyses.llc.result import LlcResult
from lazytui.figures.kinds import Lines, Matrix, Table, Text
from lazytui.figures.number_format import significant_text
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab(tmp_path_factory.mktemp("llc"))
    options = ("--model", "small-16", "--keep-checkpoints", "2", "--json", "--name", "small")
    done = lab.call("run", "train", *TINY_TRAINING, *options)
    assert done.code == 0, done.err
    return lab


def test_an_estimate_comes_with_its_interval_its_grid_and_its_traces(trained: Lab) -> None:
    """The network's training ended long before a minimum, which is reported."""
    options = ("--steps", "20", "--batch", "4", "--chains", "3", "--eps", "2e-5", "--gamma", "3e4")
    done = trained.call("run", "llc", "small", *options, "--json")
    assert done.code == 0, done.err
    metrics = done.json["metrics"]
    run = Workspace(trained.workspace).find(done.json["run"])
    result = recorded_result(run)
    chains, n_beta = result.coefficient, result.n_beta
    assert result.images == 270 and n_beta == pytest.approx(270 / np.log(270))
    np.testing.assert_allclose(chains, n_beta * result.excess[:, 10:].mean(1), rtol=1e-4)
    half = 4.302653 * chains.std(ddof=1) / np.sqrt(3)  # Student's t of two degrees of freedom
    assert metrics["llc_low"] == pytest.approx(chains.mean() - half, rel=1e-3)
    assert metrics["llc_high"] == pytest.approx(chains.mean() + half, rel=1e-3)
    assert metrics["llc"] == pytest.approx(chains.mean()) and metrics["slope_at_weights"] > 0.01
    figures_by_name = {figure.name: figure for figure in figures(run)}
    grid, traces, verdict, table = (
        figures_by_name["grid"],
        figures_by_name["traces"],
        figures_by_name["verdict"],
        figures_by_name["chains"],
    )
    assert isinstance(grid, Matrix) and grid.values.shape == (3, 3)
    assert grid.values[1, 1] == pytest.approx(chains.mean())
    assert grid.row_labels == ("1e-05", "2e-05", "4e-05") and grid.column_labels == ("15000", "30000", "60000")
    assert metrics["llc_smallest_of_grid"] == pytest.approx(grid.values.min())
    assert isinstance(traces, Lines) and len(traces.series) == 3 and len(traces.series[0].x) == 20
    assert traces.references[0].value == metrics["llc"]
    assert isinstance(table, Table) and table.rows[0][:4] == (
        3,
        *(metrics[f"llc{end}"] for end in ("", "_low", "_high")),
    )
    assert isinstance(verdict, Text) and "95 % interval" in verdict.paragraphs[0]
    assert "step size 2e-05 and localization 30000" in verdict.paragraphs[0]
    assert any(
        f"one of {significant_text(3e4 / n_beta)}, the localization" in paragraph for paragraph in verdict.paragraphs
    )
    assert any("It is subtracted" in paragraph for paragraph in verdict.paragraphs)


def test_chains_that_run_downhill_are_refused_and_not_scored(trained: Lab) -> None:
    """Where the slope is kept, the definition's estimate of an unfinished training is negative."""
    options = ("--steps", "200", "--batch", "8", "--chains", "3", "--eps", "2e-3", "--gamma", "1", "--slope", "kept")
    done = trained.call("run", "llc", "small", *options, "--json")
    assert done.code == 0, done.err
    assert done.json["metrics"]["llc"] is None and done.json["metrics"]["llc_high"] < 0
    verdict = figures(Workspace(trained.workspace).find(done.json["run"]))[0]
    assert isinstance(verdict, Text) and verdict.paragraphs[0].startswith("Not reliable. The estimate is -")
    assert "aren't at a minimum" in verdict.paragraphs[0] and "--slope removed" in verdict.paragraphs[0]


def test_chains_that_diverge_are_reported_and_not_scored(trained: Lab) -> None:
    done = trained.call("run", "llc", "small", "--steps", "40", "--batch", "4", "--chains", "2", "--eps", "1", "--json")
    assert done.code == 0, done.err
    assert done.json["metrics"]["llc"] is None
    verdict = figures(Workspace(trained.workspace).find(done.json["run"]))[0]
    assert isinstance(verdict, Text) and "A smaller --eps" in verdict.paragraphs[0]


def result_with(**metrics: float) -> LlcResult:
    sound = {"llc": 10.0, "llc_low": 9.0, "llc_high": 11.0, "llc_drift": 0.1, "llc_drift_p": 0.6, "llc_r_hat": 1.05}
    values: dict[str, Any] = dict.fromkeys(field.name for field in fields(LlcResult))
    return LlcResult(**{**values, **sound, **metrics})


@pytest.mark.parametrize(
    ("metrics", "doubt"),
    [
        ({}, ""),
        ({"llc_low": 7.9, "llc_high": 12.1}, "The interval is ± 21% of the value, more than 20%"),
        ({"llc_drift": 3.0, "llc_drift_p": 0.01}, "The chains still rise, by 3.00"),
        ({"llc_drift": -3.0, "llc_drift_p": 0.01}, "The chains still fall, by 3.00"),
        ({"llc_drift": 3.0, "llc_drift_p": 0.4}, ""),
        ({"llc_r_hat": 1.4}, "The chains disagree (R-hat 1.40"),
    ],
    ids=str,
)
def test_an_estimate_is_doubted_for_a_reason(metrics: dict[str, float], doubt: str) -> None:
    assert [sentence[: len(doubt)] for sentence in doubts(result_with(**metrics))] == ([doubt] if doubt else [])


@pytest.mark.parametrize(
    ("option", "value", "sentence"),
    [("--eps", "0", "more than 0"), ("--chains", "1", "at least 2"), ("--spread", "1", "more than 1")],
)
def test_settings_that_cannot_be_are_refused(trained: Lab, option: str, value: str, sentence: str) -> None:
    done = trained.call("run", "llc", "small", option, value)
    assert done.code == 2 and option in done.sentence and sentence in done.sentence


def test_it_is_followed_through_the_training_beside_its_curves(trained: Lab) -> None:
    """Where weights were kept; at the last of them the chains are those of the estimate."""
    refused = trained.call("run", "llc", "shipped/lazy-strokes", "--through-training")
    assert refused.code == 2 and "--keep-checkpoints" in refused.sentence
    options = ("--steps", "20", "--batch", "4", "--chains", "2", "--eps", "2e-5", "--gamma", "3e4")
    done = trained.call("run", "llc", "small", *options, "--through-training", "--json")
    assert done.code == 0, done.err
    workspace = Workspace(trained.workspace)
    run = workspace.find(done.json["run"])
    found = recorded_result(run).through_training
    assert found.step.tolist() == list(workspace.find("small").weights_by_step())
    figures_by_name = {figure.name: figure for figure in figures(run)}
    estimates, curves = figures_by_name["through-training"], figures_by_name["training-curves"]
    assert isinstance(estimates, Lines) and isinstance(curves, Lines)
    np.testing.assert_allclose(estimates.series[0].y, found.coefficient.mean(1))
    history = recorded_result(workspace.find("small")).history
    np.testing.assert_array_equal(curves.series[1].y, history["hard_accuracy"])
