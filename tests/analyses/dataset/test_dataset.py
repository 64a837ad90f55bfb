"""The dataset analysis, run as a person runs it."""

from __future__ import annotations

import json
import subprocess
import sys
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lazytui.analyses.core.execute import figures
from lazytui.analyses.dataset.analysis import ANALYSIS
from lazytui.analyses.dataset.params import DatasetRunParams
from lazytui.data.splits import SPLITS
from lazytui.figures.kinds import Figure, Matrix, Pixels, Table
from lazytui.runs.results.saved_result import load_result
from lazytui.runs.workspace import Workspace

SMALL = ("--source", "strokes", "--train-size", "1000", "--test-size", "500")


def run(workspace: Path, *options: str) -> tuple[dict[str, Any], dict[str, Figure]]:
    command = [sys.executable, "-m", "lazytui", "run", "dataset", *SMALL, "--workspace", str(workspace), "--json"]
    done = subprocess.run([*command, *options], capture_output=True, text=True)
    assert done.returncode == 0, done.stderr
    answer = json.loads(done.stdout)
    shown = figures(Workspace(workspace).find(answer["run"]))
    return answer, {figure.name: figure for figure in shown}


@pytest.fixture(scope="module")
def background(tmp_path_factory: pytest.TempPathFactory) -> tuple[dict[str, Any], dict[str, Figure]]:
    return run(tmp_path_factory.mktemp("runs"), "--save", "npz", "--samples", "3")


def test_metrics_say_how_strongly_color_predicts_the_digit(
    background: tuple[dict[str, Any], dict[str, Figure]],
) -> None:
    metrics = background[0]["metrics"]
    assert (metrics["train_images"], metrics["validation_images"], metrics["hard_images"]) == (900, 100, 500)
    assert metrics["train_color_ceiling"] == pytest.approx(0.95, abs=0.04)
    assert metrics["hard_color_ceiling"] == 0
    assert metrics["probe_color_ceiling"] == pytest.approx(0.1)
    assert metrics["probe_mutual_information_bits"] == pytest.approx(0, abs=1e-9)
    assert metrics["train_mutual_information_bits"] > 2.5
    assert metrics["train_cramers_v"] > 0.9
    assert metrics["train_mutual_information_bits"] > metrics["train_mutual_information_bound_bits"] > 0
    assert metrics["train_cramers_v"] > metrics["train_cramers_v_bound"] > 0


def test_random_colors_are_within_what_chance_allows(tmp_path: Path) -> None:
    """Colors at random in the hard split, of 500 images: they would seem to carry 0.12 bits."""
    answer, shown = run(tmp_path, "--hard", "random")
    measures = shown["measures"]
    assert isinstance(measures, Table)
    names = [column.name for column in measures.columns]
    hard = dict(zip(names, next(row for row in measures.rows if row[0] == "hard"), strict=True))
    assert hard["I(digit; color)"] == answer["metrics"]["hard_mutual_information_bits"]
    assert 0 <= float(hard["I(digit; color)"] or 0) < float(hard["null"] or 0) < 0.05
    assert 0 <= float(hard["Cramér's V"] or 0) < float(hard["null of V"] or 0)


def test_figures_show_samples_contingency_and_measures(background: tuple[dict[str, Any], dict[str, Figure]]) -> None:
    _, shown = background
    for name in SPLITS:
        samples, table = shown[f"samples-{name}"], shown[f"contingency-{name}"]
        assert isinstance(samples, Pixels)
        assert samples.images.shape == (30, 28, 28, 3)
        assert [caption[:2] for caption in samples.captions] == [f"{digit} " for digit in range(10)] * 3
        assert isinstance(table, Matrix)
        assert table.values.sum() == background[0]["metrics"][f"{name}_images"]
    hard = shown["contingency-hard"]
    assert isinstance(hard, Matrix)
    assert np.trace(hard.values) == 0
    measures = shown["measures"]
    assert isinstance(measures, Table)
    assert [row[0] for row in measures.rows] == list(SPLITS)
    palette = shown["palette"]
    assert isinstance(palette, Pixels)
    assert palette.captions[:2] == ("0 red", "1 green")


def test_images_are_kept_in_the_exports_of_the_run(background: tuple[dict[str, Any], dict[str, Figure]]) -> None:
    folder = Path(background[0]["artifacts"]["record"]).parent / "exports" / "dataset"
    with np.load(folder / "hard.npz") as hard:
        assert len(hard["images"]) == 500
    assert json.loads((folder / "metadata.json").read_text())["source"] == "strokes"


def test_what_an_older_version_measured_is_measured_again(
    background: tuple[dict[str, Any], dict[str, Figure]],
) -> None:
    """It kept no bounds, and information that chance had a part in."""
    folder = Path(background[0]["artifacts"]["record"]).parent
    params, new = DatasetRunParams(), load_result(folder)
    older = {name: value for name, value in new.metrics.items() if "bound" not in name}
    older["train_mutual_information_bits"] = 3.0
    read = ANALYSIS.read(params, replace(new, metrics=older))
    assert ANALYSIS.write(read).metrics == new.metrics
    measures = next(figure for figure in ANALYSIS.figures(params, read) if figure.name == "measures")
    assert isinstance(measures, Table) and measures.rows[0][2] == new.metrics["train_mutual_information_bits"]


def test_data_without_color_has_no_association(tmp_path: Path) -> None:
    answer, shown = run(tmp_path, "--dataset", "clean")
    assert answer["metrics"]["train_mutual_information_bits"] is None
    assert answer["metrics"]["train_color_ceiling"] is None
    assert not [name for name in shown if name.startswith("contingency")]


def test_run_params_are_the_data_sets_and_its_own() -> None:
    params = DatasetRunParams(dataset="gr95h", samples=2)
    assert ANALYSIS.params.model_validate(params.model_dump()) == params
    assert (params.tier, params.palette) == ("h", "pairs-gr")
