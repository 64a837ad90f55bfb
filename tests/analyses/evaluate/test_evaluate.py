"""Evaluating a network that reads color and nothing else, where every number is known; and two real ones together."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lazytui.analyses.core.execute import figures as figures_of
from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.analyses.evaluate.analysis import ANALYSIS, SHOWN, figures, predictions_behind
from lazytui.analyses.evaluate.params import EvaluateParams
from lazytui.analyses.evaluate.result import EvaluateResult, MetricsBySplit, NetworkEvaluation
from lazytui.analyses.train.params import TrainParams
from lazytui.data.palettes import NO_COLOR, palette
from lazytui.data.splits import build_dataset
from lazytui.errors import BadInput
from lazytui.evaluation.headline_metrics import HeadlineMetrics, SplitMetrics, SplitSizes
from lazytui.evaluation.predictions import Predictions
from lazytui.figures.kinds import Bars, Figure, Interval, Matrix, Pixels, Table, Text
from lazytui.files.long_texts import long_texts
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab, read_json
from tests.conftest import ComparedNetworks, FinishedTraining


@pytest.fixture
def color_reader() -> EvaluateResult:
    """A network that always names the color's digit, with probability .9, on 1,000 images of each split."""
    probabilities = np.full((100, 10), 0.1 / 9, dtype=np.float32)
    probabilities[np.arange(100), np.arange(100) % 10] = 0.9
    diagonal = np.diag(np.full(10, 100)).astype(np.int64)
    on_each = SplitMetrics(0.1, None, 0.0, 1.0, 0.0, 0.8)
    return EvaluateResult(
        NetworkEvaluation(
            headline=HeadlineMetrics(0.95, 0.0, 1.0, 0.0, None, None, 1.0, 0.0, None, None),
            trained=TrainParams(source="strokes"),
            samples=SplitSizes(1000, 1000, 1000),
            by_split=MetricsBySplit(on_each, on_each, on_each),
            conflicting=900,
            confusion_easy=diagonal,
            confusion_hard=diagonal,
            cell_accuracy=np.eye(10),
            cell_counts=np.full((10, 10), 10),
            cue_conflict_images=np.zeros((100, 28, 28, 3), np.uint8),
            cue_conflict_probabilities=probabilities,
        )
    )


def with_headline(result: EvaluateResult, **metrics: float | None) -> EvaluateResult:
    return replace(result, first=replace(result.first, headline=replace(result.first.headline, **metrics)))


def test_the_verdict_names_the_cue_and_its_denominator(color_reader: EvaluateResult) -> None:
    figures_by_name = {figure.name: figure for figure in figures(EvaluateParams(run="r"), color_reader)}
    verdict = figures_by_name["verdict"]
    assert isinstance(verdict, Text)
    assert "It reads the color. Of 900 images" in verdict.paragraphs[0]
    assert "100.0% are taken for the color's digit" in verdict.paragraphs[0]


def test_a_network_that_reads_the_digit_is_said_to_be_so(color_reader: EvaluateResult) -> None:
    shape_reader = with_headline(color_reader, color_follow_rate=0.01, conflicting_accuracy=0.98)
    verdict = figures(EvaluateParams(run="r"), shape_reader)[0]
    assert isinstance(verdict, Text)
    assert "It reads the digit." in verdict.paragraphs[0]


def test_what_images_cannot_show_is_not_said(color_reader: EvaluateResult) -> None:
    """45 % and 41 % of 900 images differ by less than their error; 48 % and 38 % by more."""
    for follow, right, sentence in ((0.45, 0.41, "These images don't show"), (0.48, 0.38, "It reads the color.")):
        asked = with_headline(color_reader, color_follow_rate=follow, conflicting_accuracy=right)
        verdict = figures(EvaluateParams(run="r"), asked)[0]
        assert isinstance(verdict, Text) and verdict.paragraphs[0].startswith(sentence)


def test_undefined_shares_stay_undefined(color_reader: EvaluateResult) -> None:
    table = next(figure for figure in figures(EvaluateParams(run="r"), color_reader) if figure.name == "by-split")
    assert isinstance(table, Table)
    assert table.rows[0] == ("accuracy", 10.0, 10.0, 10.0)
    assert table.rows[1] == ("aligned accuracy", None, None, None)


def test_the_cue_conflict_grid_marks_who_decided(color_reader: EvaluateResult) -> None:
    grid = next(figure for figure in figures(EvaluateParams(run="r"), color_reader) if figure.name == "cue-conflict")
    assert isinstance(grid, Pixels)
    tones = np.array(grid.tones).reshape(10, 10)
    assert (np.diag(tones) == "good").all()
    assert (tones[~np.eye(10, dtype=bool)] == "bad").all()
    assert grid.captions[12] == "2 90%"


def test_the_red_one_is_a_one_in_the_color_of_zero(color_reader: EvaluateResult) -> None:
    bars = next(figure for figure in figures(EvaluateParams(run="r"), color_reader) if figure.name == "red-one")
    assert isinstance(bars, Bars)
    assert bars.labels[0] == "0 (red)"
    assert bars.values[0] == pytest.approx(90, abs=1e-4)
    assert bars.values.sum() == pytest.approx(100, abs=1e-4)


def figure_called(result: EvaluateResult, name: str) -> Figure | None:
    return next((figure for figure in figures(EvaluateParams(run="r"), result) if figure.name == name), None)


def test_the_headline_says_what_it_reads_in_five_numbers(color_reader: EvaluateResult) -> None:
    bars = figure_called(with_headline(color_reader, worst_group_accuracy=0.2), "headline")
    assert isinstance(bars, Bars)
    assert bars.title == "It reads the color: of 900 conflicting images 100.0 % follow the color, 0.0 % the digit"
    assert bars.labels == ("easy accuracy", "hard accuracy", "color-follow rate", "shape bias", "worst group")
    assert bars.values.tolist() == pytest.approx([95.0, 0.0, 100.0, 0.0, 20.0])
    unknown = figure_called(with_headline(color_reader, color_follow_rate=None), "headline")
    assert unknown is not None and unknown.title == "Digit and color can't be separated on these images"


def test_the_cheat_is_each_digit_in_its_own_color_and_in_the_color_of_the_one_before(
    color_reader: EvaluateResult,
) -> None:
    images = np.arange(100, dtype=np.uint8)[:, None, None, None] * np.ones((28, 28, 3), np.uint8)
    asked = replace(color_reader, first=replace(color_reader.first, cue_conflict_images=images))
    grid = figure_called(with_headline(asked, aligned_accuracy=1.0, conflicting_accuracy=0.003), "cheat")
    assert isinstance(grid, Pixels)
    assert grid.title == "100.0 % correct in a digit's own color, 0.3 % in another digit's"
    assert grid.images[:, 0, 0, 0].tolist() == [*range(0, 100, 11), 9, *range(10, 99, 11)]
    assert grid.captions == (*"0123456789", "9", *"012345678")
    assert set(grid.tones[:10]) == {"good"} and set(grid.tones[10:]) == {"bad"}


def test_colors_by_prediction_are_drawn_where_predictions_were_kept(color_reader: EvaluateResult) -> None:
    assert figure_called(color_reader, "color-by-prediction-hard") is None, "an older result"
    said = Predictions(
        labels=np.array([1, 2, 3], np.uint8),
        attributes=np.array([0, 0, 9], np.uint8),
        predicted=np.array([0, 0, 3], np.uint8),
        confidence=np.ones(3, np.float16),
    )
    asked = replace(color_reader, first=replace(color_reader.first, easy=said, hard=said, probe=said))
    for split in ("easy", "hard", "probe"):
        matrix = figure_called(asked, f"color-by-prediction-{split}")
        assert isinstance(matrix, Matrix) and matrix.title == f"{split.capitalize()}: color by prediction"
        assert (matrix.values[0, 0], matrix.values[9, 3], matrix.values.sum()) == (2, 1, 3)
        assert matrix.row_labels[0] == "red" and matrix.row_colors == palette("distinct").colors
    gray = replace(said, attributes=np.full(3, NO_COLOR, np.uint8))
    assert figure_called(replace(asked, first=replace(asked.first, hard=gray)), "color-by-prediction-hard") is None


def test_digit_by_color_is_in_percent(color_reader: EvaluateResult) -> None:
    matrix = next(f for f in figures(EvaluateParams(run="r"), color_reader) if f.name == "digit-by-color")
    assert isinstance(matrix, Matrix)
    assert (matrix.values == 100 * np.eye(10)).all()


def test_it_is_registered() -> None:
    assert ANALYSIS.params is EvaluateParams


# Two networks, as a person compares them


def figures_of_run(folder: Path) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures_of(Workspace(folder.parent).find(folder.name))}


@pytest.fixture
def busy(finished_training: FinishedTraining, tmp_path: Path) -> Lab:
    """A laboratory with a finished training, called reference, that may be written to."""
    lab = Lab(tmp_path)
    shutil.copytree(finished_training.lab.workspace, lab.workspace)
    return lab


def trained_otherwise(lab: Lab, **params: object) -> str:
    """A copy of the finished training that says it was made with other parameters."""
    other = shutil.copytree(Workspace(lab.workspace).find("reference").path, lab.workspace / "other")
    (other / "name").unlink()
    record = read_json(other / "run.json")
    (other / "run.json").write_text(json.dumps({**record, "params": {**record["params"], **params}}))
    return "other"


def test_both_networks_have_all_metrics_by_the_same_names(compared_networks: ComparedNetworks) -> None:
    metrics = compared_networks.finished.json["metrics"]
    first = {name: value for name, value in metrics.items() if not name.startswith("against_")}
    assert set(metrics) == set(first) | {f"against_{name}" for name in first}
    result = recorded_result(RunFolder(compared_networks.folder, ""))
    for prefix, network in (("", result.first), ("against_", result.second)):
        for split in ("easy", "hard"):
            assert metrics[f"{prefix}{split}_accuracy"] == network.predictions(split).correct.mean()
    assert compared_networks.finished.json["parents"][1] == "shipped/lazy-strokes"


def test_the_first_network_is_measured_as_if_alone(compared_networks: ComparedNetworks, busy: Lab) -> None:
    alone = busy.call("run", "evaluate", "reference", "--json").json
    both = compared_networks.finished.json["metrics"]
    assert alone["metrics"] == {name: value for name, value in both.items() if not name.startswith("against_")}
    one, two = figures_of_run(busy.workspace / alone["run"]), figures_of_run(compared_networks.folder)
    assert isinstance(one["confusion-hard"], Matrix) and isinstance(two["confusion-hard"], Matrix)
    assert np.array_equal(one["confusion-hard"].values, two["confusion-hard"].values)
    assert not np.array_equal(one["confusion-hard"].values, getattr(two["against-confusion-hard"], "values"))  # noqa: B009


def test_what_a_training_in_bf16_reports_is_what_evaluate_finds(lab: Lab) -> None:
    trained = lab.call("run", "train", *TINY_TRAINING, "--model", "mlp", "--precision", "bf16", "--json").json
    found = lab.call("run", "evaluate", "latest", "--json").json["metrics"]
    shared = trained["metrics"].keys() & found.keys()
    assert "hard_calibration_error" in shared
    assert {name: trained["metrics"][name] for name in shared} == {name: found[name] for name in shared}


def test_the_differences_add_up(compared_networks: ComparedNetworks) -> None:
    shown = figures_of_run(compared_networks.folder)
    metrics, alone = shown["metrics"], shown["who-alone"]
    assert isinstance(metrics, Table) and isinstance(alone, Table)
    values = compared_networks.finished.json["metrics"]
    by_title = {row[0]: row for row in metrics.rows}
    for name in ("easy_accuracy", "hard_accuracy", "unbiased_accuracy", "color_follow_rate"):
        row = by_title[METRICS[name].title]
        difference = 100 * (values[f"against_{name}"] - values[name])
        assert row[3] == pytest.approx(difference)
        assert isinstance(row[4], Interval) and row[4].low <= difference <= row[4].high
    assert by_title["worst group"][4] is None, "it isn't a share of the same images"
    for which, images, both, first, second, neither in alone.rows:
        assert both + first + second + neither == images  # type: ignore[operator]
        if which == "hard":
            assert (second - first) / images == pytest.approx(  # type: ignore[operator]
                values["against_hard_accuracy"] - values["hard_accuracy"]
            )


def test_every_figure_of_one_has_its_counterpart(compared_networks: ComparedNetworks) -> None:
    shown = figures_of_run(compared_networks.folder)
    names = [name for name in shown if f"against-{name}" in shown]
    assert names == [
        "verdict", "headline", "by-split", "confusion-easy", "confusion-hard", "color-by-prediction-easy",
        "color-by-prediction-hard", "color-by-prediction-probe", "digit-by-color", "cheat", "cue-conflict", "red-one",
    ]  # fmt: skip
    for name in names:
        assert shown[name].title.startswith("reference: ")
        assert shown[f"against-{name}"].title.startswith("lazy-strokes: ")


def test_uneven_ground_is_reported(compared_networks: ComparedNetworks, busy: Lab) -> None:
    text = figures_of_run(compared_networks.folder)["shared-data"]
    assert isinstance(text, Text)
    assert "30 easy, 200 hard" in text.paragraphs[0]
    assert "weren't held out of the training of lazy-strokes" in text.paragraphs[-1], "it has another seed"
    other = trained_otherwise(busy, bias=0.5, texture=["uniform", "stripes"])
    answer = busy.call("run", "evaluate", "reference", "--against", other, "--json").json
    text = figures_of_run(busy.workspace / answer["run"])["shared-data"]
    assert isinstance(text, Text)
    assert text.paragraphs[1] == (
        "other was trained on other data: texture uniform+stripes (here uniform), bias 0.5 (here 0.95)."
    )
    assert len(text.paragraphs) == 2, "the same digits were held out of both trainings"


@pytest.mark.parametrize(
    ("params", "sentence"),
    [
        ({"palette": "spectral"}, "gives other colors to the digits (palette spectral, not distinct)"),
        ({"placement": "stroke"}, "has its color elsewhere (placement stroke, not background)"),
        (
            {"source": "fashion"},
            "can't be asked about digits (source strokes)",
        ),
        ({"model": "mine.py:net"}, "to allow it to run: --against-model mine.py:net"),
    ],
)
def test_networks_that_share_no_data_are_refused(params: dict[str, object], sentence: str, busy: Lab) -> None:
    other = trained_otherwise(busy, **params)
    before = sorted(busy.workspace.iterdir())
    refused = busy.call("run", "evaluate", "reference", "--against", other)
    assert (refused.code, sorted(busy.workspace.iterdir())) == (3, before)
    assert sentence in refused.sentence


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (("--against", "referense"), 3, "There is no run 'referense'. Did you mean reference?"),
        (("--against", "reference"), 2, "can't be compared with itself"),
        (("--cell", "12,3"), 2, "--cell: '12,3' isn't a cell: give a row and a column from 0 to 9, such as 1,0."),
        (("--cell", "one"), 2, "isn't a cell"),
        (("--cell", "1,0", "--matrix", "against-confusion-hard"), 2, "choose one with --against"),
        (("--against-model", "mlp"), 2, "--against-model needs --against"),
    ],
)
def test_what_makes_no_sense_is_one_sentence(options: tuple[str, ...], code: int, sentence: str, busy: Lab) -> None:
    refused = busy.call("run", "evaluate", "reference", *options)
    assert refused.code == code
    assert sentence in refused.sentence
    assert len(list(busy.workspace.glob("[!.]*"))) == 1


# The images behind a cell


@pytest.mark.parametrize(
    "matrix", ["confusion-easy", "digit-by-color", "color-by-prediction-hard", "against-confusion-hard"]
)
def test_the_images_behind_a_cell_are_shown(matrix: str, busy: Lab, compared_networks: ComparedNetworks) -> None:
    whole = figures_of_run(compared_networks.folder)[matrix]
    assert isinstance(whole, Matrix)
    against = ("--against", "shipped/lazy-strokes")
    row, column = (int(index) for index in np.argwhere(whole.values == np.nanmax(whole.values))[0])
    answer = busy.call(
        "run", "evaluate", "reference", *against, "--cell", f"{row},{column}", "--matrix", matrix, "--json"
    ).json
    folder = busy.workspace / answer["run"]
    shown, result = figures_of_run(folder)["cell"], recorded_result(RunFolder(folder, ""))
    assert isinstance(shown, Pixels)
    if matrix != "digit-by-color":
        assert len(shown.images) == min(whole.values[row, column], SHOWN)
    data = build_dataset(result.first.trained)
    split = {"confusion-easy": data.validation, "digit-by-color": data.probe}.get(matrix, data.hard)
    every = {image.tobytes(): index for index, image in enumerate(split.images)}
    indices = [every[image.tobytes()] for image in shown.images]
    rows = split.attributes if matrix == "color-by-prediction-hard" else split.labels
    assert (rows[indices] == row).all()
    words = palette("distinct")
    assert [caption.split()[0] for caption in shown.captions] == [words.names[c] for c in split.attributes[indices]]
    if matrix == "digit-by-color":
        assert (split.attributes[indices] == column).all()
    else:
        assert {caption.split()[1] for caption in shown.captions} == {str(column)}


def test_an_older_result_is_drawn_and_says_why_it_has_no_images(color_reader: EvaluateResult) -> None:
    params = EvaluateParams(run="r", cell="1,0")
    assert "cell" not in {figure.name for figure in figures(params, color_reader)}
    with pytest.raises(BadInput, match="run evaluate again"):
        predictions_behind(color_reader, "confusion-hard")


def test_every_metric_of_an_evaluation_is_explained(compared_networks: ComparedNetworks) -> None:
    measured = {name.removeprefix("against_") for name in compared_networks.finished.json["metrics"]}
    of_trainings = {"train_accuracy", "color_label_error"}
    assert measured | of_trainings == set(long_texts("metrics"))
    assert measured <= set(METRICS)
