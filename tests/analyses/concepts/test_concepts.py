"""Concepts as a person asks for them: a lazy network's classes depend on their color, a cured one's on their digit."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.analyses.concepts.figures import p_value
from lazytui.analyses.concepts.result import ConceptsResult
from lazytui.analyses.core.execute import recorded_result
from lazytui.runs.workspace import Workspace
from tests.commands import Lab


def test_classes_of_a_lazy_network_depend_on_their_color_with_nulls_and_denominators(lab: Lab) -> None:
    options = ("--samples", "20", "--runs", "3", "--json", "--quiet")
    done = lab.call("run", "concepts", "shipped/lazy-strokes", *options)
    assert done.code == 0, done.err
    result = recorded_result(Workspace(lab.workspace).find(done.json["run"]))
    assert isinstance(result, ConceptsResult) and result.layer == "features.relu3" and result.dimensions == 128 * 7 * 7
    assert result.color_score is not None and result.digit_score is not None
    assert result.color_score > 0.8 and result.color_score > result.digit_score + 0.1
    assert result.accuracy[:10].min() > 0.8, "colors are separated from images that no vector was fitted to"
    assert result.images.sum() == 400 and abs(result.random.mean() - 0.5) < 0.2
    rows = done.json["figures"]["concepts"]["rows"]
    assert [(row["class"], row["concept"]) for row in rows[:2]] == [(0, "red"), (1, "green")]
    shares = done.json["figures"]["concepts"]["shares"]
    assert [share["of"] for share in shares] == result.images.tolist()
    again = lab.call("run", "concepts", "shipped/lazy-strokes", *options)
    assert again.json["figures"] == done.json["figures"], "the same seed"


def test_a_network_without_maps_has_concepts_among_its_units(lab: Lab) -> None:
    training = ("--source", "strokes", "--train-size", "500", "--test-size", "200", "--model", "mlp", "--epochs", "1")
    assert lab.call("run", "train", *training, "--name", "units", "--quiet").code == 0
    done = lab.call("run", "concepts", "units", "--samples", "10", "--runs", "3", "--json", "--quiet")
    assert done.code == 0, done.err
    result = recorded_result(Workspace(lab.workspace).find(done.json["run"]))
    assert isinstance(result, ConceptsResult) and (result.layer, result.dimensions) == ("features", 64)


def test_scores_that_do_not_vary_are_compared_as_they_are() -> None:
    assert p_value(np.ones(5), np.ones(5)) == 1 and p_value(np.ones(5), np.zeros(5)) == 0
    assert 0.01 < p_value(np.array([0.4, 0.5, 0.6]), np.array([0.45, 0.5, 0.62])) <= 1


@pytest.mark.parametrize(
    ("options", "code", "words"),
    [(("--layer", "features.relu9"), 2, "no layer"), (("--dataset", "bw100z"), 3, "no color")],
)
def test_what_has_no_concepts_is_refused_before_anything_is_written(
    options: tuple[str, ...], code: int, words: str, lab: Lab
) -> None:
    refused = lab.call("run", "concepts", "shipped/lazy-strokes", *options)
    assert refused.code == code and words in refused.sentence
    assert not lab.workspace.exists()
