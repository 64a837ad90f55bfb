"""The evaluate analysis on a network that reads color and nothing else, where every number is known."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.analyses.evaluate import ANALYSIS, EvaluateParams, figures
from lazytui.analyses.train import TrainParams
from lazytui.figures.kinds import Bars, Matrix, Pixels, Table, Text
from lazytui.runs.result import Result


@pytest.fixture
def color_reader() -> Result:
    """A network that always names the color's digit, with probability .9, on 1,000 images of each split."""
    probabilities = np.full((100, 10), 0.1 / 9, dtype=np.float32)
    probabilities[np.arange(100), np.arange(100) % 10] = 0.9
    diagonal = np.diag(np.full(10, 100)).astype(np.int64)
    metrics = {
        "easy_accuracy": 0.95,
        "hard_accuracy": 0.0,
        "aligned_accuracy": 1.0,
        "conflicting_accuracy": 0.0,
        "color_follow_rate": 1.0,
        "shape_bias": 0.0,
    }
    by_split = {
        "accuracy": 0.1,
        "aligned_accuracy": None,
        "conflicting_accuracy": 0.0,
        "color_follow_rate": 1.0,
        "shape_bias": 0.0,
        "calibration_error": 0.8,
    }
    return Result(
        metrics=metrics,
        facts={
            "trained": TrainParams(source="strokes").model_dump(mode="json"),
            "samples": {"easy": 1000, "hard": 1000, "probe": 1000},
            "by_split": dict.fromkeys(("easy", "hard", "probe"), by_split),
            "conflicting": 900,
        },
        arrays={
            **{f"confusion_{name}": diagonal for name in ("easy", "hard", "probe")},
            "cell_accuracy": np.eye(10),
            "cell_counts": np.full((10, 10), 10),
            "cue_conflict_images": np.zeros((100, 28, 28, 3), np.uint8),
            "cue_conflict_probabilities": probabilities,
        },
    )


def test_the_verdict_names_the_cue_and_its_denominator(color_reader: Result) -> None:
    drawn = {figure.name: figure for figure in figures(EvaluateParams(run="r"), color_reader)}
    verdict = drawn["verdict"]
    assert isinstance(verdict, Text)
    assert "It reads the color. Of 900 images" in verdict.paragraphs[0]
    assert "100.0% are taken for the color's digit" in verdict.paragraphs[0]


def test_a_network_that_reads_the_digit_is_told_so(color_reader: Result) -> None:
    metrics = {**color_reader.metrics, "color_follow_rate": 0.01, "conflicting_accuracy": 0.98}
    verdict = figures(EvaluateParams(run="r"), Result(metrics, color_reader.facts, color_reader.arrays))[0]
    assert isinstance(verdict, Text)
    assert "It reads the digit." in verdict.paragraphs[0]


def test_undefined_shares_stay_undefined(color_reader: Result) -> None:
    table = next(figure for figure in figures(EvaluateParams(run="r"), color_reader) if figure.name == "by-split")
    assert isinstance(table, Table)
    assert table.rows[1][:4] == ("hard", 1000, 10.0, None)


def test_the_cue_conflict_grid_marks_who_decided(color_reader: Result) -> None:
    grid = next(figure for figure in figures(EvaluateParams(run="r"), color_reader) if figure.name == "cue-conflict")
    assert isinstance(grid, Pixels)
    tones = np.array(grid.tones).reshape(10, 10)
    assert (np.diag(tones) == "good").all()
    assert (tones[~np.eye(10, dtype=bool)] == "bad").all()
    assert grid.captions[12] == "2 90%"


def test_the_red_one_is_a_one_in_the_color_of_zero(color_reader: Result) -> None:
    bars = next(figure for figure in figures(EvaluateParams(run="r"), color_reader) if figure.name == "red-one")
    assert isinstance(bars, Bars)
    assert bars.labels[0] == "0 (red)"
    assert bars.values[0] == pytest.approx(90, abs=1e-4)
    assert bars.values.sum() == pytest.approx(100, abs=1e-4)


def test_digit_by_color_is_in_percent(color_reader: Result) -> None:
    matrix = next(f for f in figures(EvaluateParams(run="r"), color_reader) if f.name == "digit-by-color")
    assert isinstance(matrix, Matrix)
    assert (matrix.values == 100 * np.eye(10)).all()


def test_it_is_registered() -> None:
    assert ANALYSIS.params is EvaluateParams
