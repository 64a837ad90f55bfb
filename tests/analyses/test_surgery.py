"""The network without marked neurons, in words and bars."""

from __future__ import annotations

from lazytui.analyses.neurons import NeuronsParams
from lazytui.analyses.surgery import Answer, Question, bars
from lazytui.runs.result import Result


def test_random_neurons_are_no_more_than_are_active() -> None:
    question = Question(NeuronsParams(run="r"), active=(4, 7), marked=(1, 4, 7), mode="mean")
    half = {"easy": 0.5, "hard": 0.5}
    answer = Answer(question, intact=half, without=half, random=(half, half))
    drawn = bars(answer, Result(metrics={}, facts={"samples": {"easy": 10, "hard": 10}, "layer": "features.relu1"}))
    assert drawn.labels[:3] == ("easy, intact", "easy, without 3 marked", "easy, without 2 random")
