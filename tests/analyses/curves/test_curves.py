"""Curves of several trainings laid over each other, as the command does it."""

from __future__ import annotations

import numpy as np

from lazytui.analyses.core.execute import recorded_result
from lazytui.runs.workspace import Workspace
from tests.commands import Lab


def test_curves_of_a_training_here_and_of_a_bundled_one(lab_with_training: Lab) -> None:
    lab = lab_with_training
    done = lab.call("run", "curves", "reference", "shipped/lazy-strokes", "--json")
    assert done.code == 0, done.err
    workspace = Workspace(lab.workspace)
    result = recorded_result(workspace.find(done.json["run"]))
    for points, training in zip(result.trainings, ("reference", "shipped/lazy-strokes"), strict=True):
        own = recorded_result(workspace.find(training)).history
        assert np.allclose(points.history["easy_accuracy"], own["easy_accuracy"], equal_nan=True)
    series = done.json["figures"]["accuracy"]["series"]
    assert {one["name"].split()[-1] for one in series} == {"reference", "lazy-strokes"}
    assert [row["training"] for row in done.json["figures"]["last-points"]["rows"]] == ["reference", "lazy-strokes"]


def test_what_has_no_curves_is_refused(lab: Lab) -> None:
    refused = lab.call("run", "curves", "shipped/evaluate-lazy-strokes")
    assert refused.code == 3 and "one of train is needed" in refused.sentence
    assert lab.call("run", "curves").code == 2
