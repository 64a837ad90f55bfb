"""The figures of a training: stages in its charts, and what the network says of ten conflicting images."""

from __future__ import annotations

from dataclasses import replace

import numpy as np

from lazytui.analyses.core.execute import figures, recorded_params, recorded_result
from lazytui.analyses.train.figures import curves, stages, ten_figure
from lazytui.analyses.train.figures import figures as figures_of
from lazytui.analyses.train.params import TrainParams
from lazytui.data.splits import build_dataset
from lazytui.evaluation.cue_conflict_images import TenAnswers, conflicting_ten
from lazytui.evaluation.scorecard import evaluate_split
from lazytui.figures.kinds import Pixels
from lazytui.models.weights_loading import load_model
from lazytui.runs.run_folder import IMAGES_FILE, RunFolder
from lazytui.runs.workspace import shipped_run
from lazytui.system.hardware import choose_hardware
from tests.conftest import FinishedTraining


def test_a_finished_training_says_what_its_network_says_of_the_ten(finished_training: FinishedTraining) -> None:
    run = RunFolder(finished_training.folder, finished_training.folder.name)
    (shown,) = (figure for figure in figures(run) if figure.name == "conflicting-ten")
    assert isinstance(shown, Pixels)
    params = recorded_params(run)
    assert isinstance(params, TrainParams)
    ten = conflicting_ten(build_dataset(params))
    np.testing.assert_array_equal(shown.images, ten.images)
    says = evaluate_split(load_model(run.path), ten, choose_hardware("cpu", "fp32")).predicted
    assert [caption.split()[0] for caption in shown.captions] == [str(digit) for digit in says]
    follow, right = (says == ten.attributes).sum(), (says == ten.labels).sum()
    assert shown.title == f"Step 136: of ten conflicting images {follow} follow the color, {right} the digit"
    assert shown.column_labels[1] == "red 1"
    assert not (run.path / IMAGES_FILE).exists(), "the result has them"


def test_a_result_of_an_early_version_is_drawn_without_them(finished_training: FinishedTraining) -> None:
    run = RunFolder(finished_training.folder, finished_training.folder.name)
    params, result = recorded_params(run), recorded_result(run)
    assert isinstance(params, TrainParams)
    early = replace(result, conflicting_images=None)
    assert "conflicting-ten" not in {figure.name for figure in figures_of(params, early)}
    curve_names = {name: column for name, column in result.history.items() if not name.startswith("says_")}
    early = replace(result, history=curve_names)
    assert "conflicting-ten" not in {figure.name for figure in figures_of(params, early)}


def test_the_bundled_networks_of_drawn_digits_show_them_and_those_of_mnist_do_not() -> None:
    for name, follow, right in (("lazy-strokes", 9, 0), ("cured-strokes", 0, 10)):
        (shown,) = (figure for figure in figures(shipped_run(name)) if figure.name == "conflicting-ten")
        assert f"{follow} follow the color, {right} the digit" in shown.title
    for name in ("lazy-mnist", "cured-mnist"):
        assert recorded_result(shipped_run(name)).conflicting_images is None


def test_tones_separate_digit_from_color_and_images_without_color_follow_none() -> None:
    answers = TenAnswers(7, np.array([9, 1, 5, -1, 4, 5, 6, 7, 8, 9]), np.full(10, 0.5))
    images = np.zeros((10, 28, 28, 3), np.uint8)
    shown = ten_figure(TrainParams(), images, answers)
    assert shown.tones[:5] == ("bad", "good", "muted", "muted", "good")
    assert shown.captions[:4] == ("9 50%", "1 50%", "5 50%", "–")
    assert "1 follow the color, 7 the digit" in shown.title
    gray = ten_figure(TrainParams(placement="none"), images, answers)
    assert gray.title == "Step 7: 7 of ten images without color are classified correctly"
    assert "bad" not in gray.tones and gray.column_labels[1] == "gray 1"


def test_the_second_stage_of_a_training_is_marked_in_each_of_its_charts() -> None:
    jtt = TrainParams(method="jtt", epochs=4, first_epochs=3)
    (mark,) = stages(jtt, 80)
    assert (mark.name, mark.value) == ("second network", 60)
    history = {name: np.arange(3.0) for name in ("step", "loss", "easy_accuracy", "conflicting_weight")}
    charts = curves(history, 100, TrainParams().content, (mark,))
    assert [chart.name for chart in charts] == ["accuracy", "cues", "loss", "conflicting-weight"]
    assert all(chart.marks == (mark,) for chart in charts)
    assert stages(TrainParams(epochs=4), 80) == ()
    assert [(mark.name, mark.value) for mark in stages(TrainParams(method="dfr", epochs=2), 80)] == [
        ("head refitted", 80)
    ]
