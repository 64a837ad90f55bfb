"""What one analysis found of several networks stands beside each other, with the numbers of their own runs."""

from __future__ import annotations

import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from scipy.stats import ttest_ind

from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.figures.kinds import Interval, Matrix, Table
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from tests.commands import Lab

OF_ONE = {"neurons": "shipped/neurons-lazy-strokes", "sae": "shipped/sae-lazy-strokes"}


def beside(every_run: dict[str, Path], tmp_path: Path, kind: str) -> tuple[dict[str, Any], list[Any]]:
    """The figures of a bundled run beside the newest one, and what each found."""
    lab = Lab(tmp_path)
    for run in (every_run[kind], every_run[kind].parent / RunFolder(every_run[kind], "").record.params["run"]):
        shutil.copytree(run, lab.workspace / run.name)
    done = lab.call("run", "side-by-side", OF_ONE[kind], every_run[kind].name, "--json")
    assert done.code == 0, done.err
    folder = lab.workspace / done.json["run"]
    found = [recorded_result(Workspace(lab.workspace).find(run)) for run in (OF_ONE[kind], every_run[kind].name)]
    return {figure.name: figure for figure in figures(RunFolder(folder, ""))}, found


def test_neurons(every_run: dict[str, Path], tmp_path: Path) -> None:
    figures_by_name, found = beside(every_run, tmp_path, "neurons")
    rows = {row[0]: row[1:] for row in figures_by_name["summary"].rows}
    assert rows["traitors"] == tuple(one.attribute_selective for one in found)
    assert rows["hard accuracy, %"] == pytest.approx([100 * one.hard.intact for one in found])
    points = {series.name: series for series in figures_by_name["information"].series}
    assert [len(series.x) for series in points.values()] == [one.neurons for one in found]
    assert {"colors-1", "colors-2", "filters-1", "filters-2"} <= set(figures_by_name)


def test_features(every_run: dict[str, Path], tmp_path: Path) -> None:
    figures_by_name, found = beside(every_run, tmp_path, "sae")
    categories, digits = figures_by_name["categories"], figures_by_name["digits-1"]
    assert isinstance(categories, Matrix) and isinstance(digits, Matrix)
    names = ("attribute", "label", "both", "mixed", "dead")
    assert categories.values.tolist() == [[getattr(one, f"{name}_features") for name in names] for one in found]
    rows = {row[0]: row[1:] for row in figures_by_name["summary"].rows}
    alive = found[0].attribute_selectivity[found[0].category != names.index("dead")]
    assert rows["color selectivity, mean"][0] == pytest.approx(float(alive.mean()))
    assert 1 <= rows["digit selectivity, mean"][0] <= 10
    strongest = found[0].by_mass[0]
    response = found[0].label_response[strongest]
    assert digits.values[0] == pytest.approx(100 * response / response.max(), rel=1e-5)


def test_complexities(every_run: dict[str, Path]) -> None:
    run = RunFolder(every_run["side-by-side"], "")
    figures_by_name = {figure.name: figure for figure in figures(run)}
    one, other = (part.result for part in recorded_result(run).parts)
    table, differences = figures_by_name["summary"], figures_by_name["differences"]
    assert isinstance(table, Table) and isinstance(differences, Table)
    assert [row[1] for row in table.rows] == [one.llc, other.llc]
    (row,) = differences.rows
    welch = ttest_ind(other.coefficient, one.coefficient, equal_var=False)
    assert row[1] == pytest.approx(float(np.mean(other.coefficient) - np.mean(one.coefficient)))
    assert isinstance(row[2], Interval) and row[3] == pytest.approx(float(welch.pvalue))
    assert "steps" in figures_by_name["settings"].paragraphs[0]  # type: ignore[union-attr]


def test_audits(audits: Lab, lab: Lab) -> None:
    shutil.copytree(audits.workspace, lab.workspace)
    done = lab.call("run", "side-by-side", "lazy", "cured", "--json")
    assert done.code == 0, done.err
    figures_by_name: dict[str, Any] = {
        figure.name: figure for figure in figures(RunFolder(lab.workspace / done.json["run"], ""))
    }
    lazy, cured = (recorded_result(Workspace(lab.workspace).find(name)) for name in ("lazy", "cured"))
    rows = {row[0]: row[1:] for row in figures_by_name["summary"].rows}
    losses = [100 * one.swaps["hue"].delta for one in (lazy, cured)]
    assert rows["hue"][:2] == tuple(losses) and rows["hue"][2] == pytest.approx(np.mean(losses))
    assert next(iter(rows)) == "hue" and lazy.named[0] == "hue"
    assert figures_by_name["losses"].values[0].tolist() == losses
    assert any(text.endswith("on the hue most.") for text in figures_by_name["verdict"].paragraphs)
    assert "examples-1" in figures_by_name and {"places-1", "places-2"} <= set(figures_by_name)


def test_what_cannot_stand_side_by_side_is_refused(lab: Lab) -> None:
    for runs, code, words in (
        (("shipped/sae-lazy-strokes", "shipped/neurons-lazy-strokes"), 2, "runs of one analysis"),
        (("shipped/sae-lazy-strokes", "shipped/sae-lazy-strokes"), 2, "can't be compared with itself"),
        (("shipped/sae-lazy-strokes",), 2, "at least 2"),
        (("shipped/lazy-strokes", "shipped/cured-strokes"), 3, "neurons or sae or llc or audit"),
    ):
        refused = lab.call("run", "side-by-side", *runs)
        assert refused.code == code and words in refused.sentence, refused.err
    assert not lab.workspace.exists()
