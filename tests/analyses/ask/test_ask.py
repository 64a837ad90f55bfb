"""Any picture shown to one network or two, by the real command."""

from __future__ import annotations

import shutil
from pathlib import Path

import numpy as np
import pytest

from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.gradcam.map_pictures import softmax
from lazytui.analyses.networks.model_under_study import recorded_training
from lazytui.data.image_files.picture_file import write_picture
from lazytui.data.painting.painter import repaint
from lazytui.data.splits import build_dataset
from lazytui.figures.kinds import Bars, Matrix, Pixels, Text
from lazytui.models.weights_loading import load_model
from lazytui.runs.workspace import Workspace
from lazytui.saliency.explainer import Explainer
from tests.commands import Lab

LAZY, CURED = "shipped/lazy-strokes", "shipped/cured-strokes"


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    return Lab(tmp_path_factory.mktemp("ask"))


@pytest.fixture(scope="module")
def red_one(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A 1 of the bundled networks' hard split in the color of 0."""
    trained = recorded_training(LAZY, Workspace(Path("runs")))
    split = build_dataset(trained).hard
    shape = split.originals[split.labels == 1][:1]
    path = tmp_path_factory.mktemp("pictures") / "red-1.png"
    write_picture(repaint(shape, np.zeros(1, np.uint8), trained, "hard")[0], path)
    return path


def test_two_networks_answer_the_same_picture(lab: Lab, red_one: Path) -> None:
    """The lazy one by its color, the cured one by its shape; with the numbers that the explainer gives."""
    done = lab.call("run", "ask", str(red_one), LAZY, "--against", CURED, "--digit", "1", "--json", "--quiet")
    assert done.code == 0, done.err
    metrics = done.json["metrics"]
    assert metrics["predicted"] == 0 and metrics["against_predicted"] == 1
    assert metrics["digit_probability"] == metrics["probability_1"] < 0.5 < metrics["against_digit_probability"]
    assert metrics["prediction_probability"] == max(metrics[f"probability_{digit}"] for digit in range(10))
    run = Workspace(lab.workspace).find(done.json["run"])
    result = recorded_result(run)
    for name, answer in ((LAZY, result.first), (CURED, result.second)):
        model = load_model(Workspace(lab.workspace).find(name).path, name="gap-cnn")
        expected = Explainer(model, answer.image[None], "gap-cnn").explain(answer.image)
        np.testing.assert_array_equal(answer.probabilities, expected.probabilities)
        np.testing.assert_array_equal(answer.heat, expected.heat)
        assert answer.target == answer.predicted and answer.layer == expected.layer
        assert np.isclose(softmax(np.log(answer.probabilities)[None]).sum(), 1)
    shown = {figure.name: figure for figure in figures(run)}
    assert list(shown) == ["verdict", "image", "map", "against-map", "probabilities"]
    verdict, table = shown["verdict"], shown["probabilities"]
    assert isinstance(verdict, Text) and isinstance(table, Matrix) and isinstance(shown["against-map"], Pixels)
    assert "lazy-strokes says 0" in verdict.paragraphs[0] and "it shows a 1" in verdict.paragraphs[0]
    assert verdict.paragraphs[1].endswith("and that is the digit.")
    assert table.column_labels == ("lazy-strokes", "cured-strokes")


def test_one_network_explains_a_class_by_a_method_of_choice(lab: Lab, red_one: Path) -> None:
    options = ("--method", "input-gradient", "--target", "1", "--name", "by-gradient")
    done = lab.call("run", "ask", str(red_one), LAZY, *options)
    assert done.code == 0, done.err
    assert "lazy-strokes says 0" in done.out and "map of 1" in done.out
    result = recorded_result(Workspace(lab.workspace).find("by-gradient"))
    assert result.second is None and result.first.target == 1 and result.first.layer is None
    assert result.first.heat.shape == (28, 28) and result.first.digit_probability is None
    shown = figures(Workspace(lab.workspace).find("by-gradient"))
    assert isinstance(shown[-1], Bars)


def test_the_answer_is_kept_when_the_picture_is_gone(lab: Lab, red_one: Path, tmp_path: Path) -> None:
    copy = tmp_path / "copy.png"
    shutil.copy(red_one, copy)
    done = lab.call("run", "ask", str(copy), LAZY, "--json", "--quiet", "--export", str(tmp_path / "page.html"))
    assert done.code == 0 and (tmp_path / "page.html").stat().st_size > 2000
    copy.unlink()
    assert lab.call("runs", "show", done.json["run"]).code == 0
    assert lab.call("export", done.json["run"], str(tmp_path / "a.png"), "--figure", "map").code == 0


def test_bad_input_gets_one_sentence_before_a_run_is_made(lab: Lab, red_one: Path, tmp_path: Path) -> None:
    before = Workspace(lab.workspace).runs()
    (tmp_path / "text.png").write_text("no picture")
    for arguments, code, words in (
        ((str(tmp_path / "nosuch.png"), LAZY), 3, "can't be read"),
        ((str(tmp_path / "text.png"), LAZY), 3, "isn't a picture"),
        ((str(red_one), "nosuch"), 3, "There is no run 'nosuch'"),
        ((str(red_one), LAZY, "--against", LAZY), 2, "can't be compared with itself"),
        ((str(red_one), LAZY, "--digit", "12"), 2, "--digit"),
        ((str(red_one), LAZY, "--layer", "nosuch"), 2, "nosuch"),
        ((str(red_one), LAZY, "--method", "input-gradient", "--layer", "features.relu3"), 2, "leave out --layer"),
        ((str(red_one), LAZY, "--fit", "cut"), 2, "--fit"),
    ):
        done = lab.call("run", "ask", *arguments)
        assert done.code == code, (arguments, done.err)
        assert words in done.sentence, (arguments, done.sentence)
    assert Workspace(lab.workspace).runs() == before
