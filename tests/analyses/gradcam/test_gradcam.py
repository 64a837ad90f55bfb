"""The gradcam analysis: from the command to the figures, on a trained network and on planted ones."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.gradcam.figures import figures as make_figures
from lazytui.analyses.gradcam.params import GradcamParams
from lazytui.analyses.gradcam.result import CueConflict, Examples, GradcamResult, NetworkMaps
from lazytui.analyses.networks.model_under_study import ModelUnderStudyParams, load_model_under_study
from lazytui.analyses.train.params import TrainParams
from lazytui.figures.kinds import Figure, Lines, Matrix, Pixels, Table, Text
from lazytui.runs.workspace import Workspace
from lazytui.saliency.explainer import Explainer
from tests.commands import TINY_DATA, Finished, Lab, read_json

SMALL = ("--split", "hard", "--images", "60", "--checked", "4")

OWN_CODE = """
from torch import nn

def net():
    return nn.Sequential(
        nn.Conv2d(3, 8, 3, stride=2, padding=1), nn.ReLU(inplace=True),
        nn.Conv2d(8, 8, 3, stride=4, padding=1), nn.ReLU(inplace=True),
        nn.Flatten(), nn.Linear(8 * 16, 10))
"""


def shown(lab: Lab, answer: Any) -> dict[str, Figure]:
    return {figure.name: figure for figure in figures(Workspace(lab.workspace).find(answer["run"]))}


def result(lab: Lab, answer: Any) -> NetworkMaps:
    """Of the first network."""
    found: GradcamResult = recorded_result(Workspace(lab.workspace).find(answer["run"]))
    return found.first


def text(figure: Figure) -> str:
    assert isinstance(figure, Text)
    return " ".join(figure.paragraphs)


@pytest.fixture(scope="module")
def bench(tmp_path_factory: pytest.TempPathFactory) -> tuple[Lab, Any]:
    """A laboratory where the shipped networks were looked at, and one that has hardly learned anything, `beginner`."""
    lab = Lab(tmp_path_factory.mktemp("gradcam"))
    trained = lab.call(
        "run", "train", *TINY_DATA, "--model", "small-16", "--metrics-samples", "100", "--name", "beginner", "--quiet"
    )
    assert trained.code == 0, trained.err
    options = ("--against", "shipped/cured-strokes", "--split", "probe", "--images", "300", "--checked", "40", "--json")
    return lab, lab.call("run", "gradcam", "shipped/lazy-strokes", *options).json


def test_the_lazy_network_doesnt_look_at_the_digit_and_goes_by_the_color(bench: tuple[Lab, Any]) -> None:
    metrics = bench[1]["metrics"]
    assert abs(metrics["focus_score"]) < 0.1
    assert metrics["energy_uniform"] < metrics["energy_center_prior"] < metrics["energy_perfect"]
    assert metrics["recolored_flips"] > 0.9 > 0.2 > metrics["redrawn_flips"]
    assert metrics["recolored_drop"] > 2 * metrics["redrawn_drop"]
    assert metrics["incorrect_off_stroke"] > 0.7
    assert metrics["wrong_because_of_color_share"] > 0.9
    assert metrics["deletion_auc"] < metrics["random_deletion_auc"]
    assert metrics["insertion_auc"] > metrics["random_insertion_auc"]
    assert abs(metrics["randomization_correlation"]) < 0.5
    ways = ("correct_on_stroke", "correct_off_stroke", "incorrect_on_stroke", "incorrect_off_stroke")
    assert sum(metrics[way] for way in ways) == pytest.approx(1)
    verdict = text(shown(*bench)["verdict"])
    assert "lazy-strokes, Grad-CAM, features.relu3 (7 x 7): over 300 images" in verdict
    assert "It relies on the color." in verdict


def test_a_cured_network_is_right_for_the_right_reason_wherever_its_evidence_lies(bench: tuple[Lab, Any]) -> None:
    """Both have most of their evidence off the stroke; only the lazy one's correct answers rely on the color."""
    metrics = bench[1]["metrics"]
    figures_by_name = shown(*bench)
    causes, verdict = figures_by_name["causes"], text(figures_by_name["verdict"])
    assert isinstance(causes, Table)
    for number, prefix in enumerate(("", "against_")):
        assert metrics[f"{prefix}correct_off_stroke"] > metrics[f"{prefix}correct_on_stroke"]
        assert sum(float(row[1 + 2 * number] or 0) for row in causes.rows) == 40
        wrong_reason = metrics[f"{prefix}right_for_wrong_reason_share"]
        assert (wrong_reason < 0.05) if prefix else (wrong_reason > 0.9)
        assert f"{wrong_reason:.1%} are right for the wrong reason" in verdict
    assert "Where the evidence lies says nothing about reasons." in verdict


def test_images_without_a_color_have_no_cause(lab: Lab) -> None:
    data = (*TINY_DATA, "--hard", "gray", "--model", "small-16", "--metrics-samples", "100", "--quiet")
    assert lab.call("run", "train", *data, "--name", "gray").code == 0
    answer = lab.call("run", "gradcam", "gray", "--split", "hard", *SMALL, "--json").json
    assert answer["metrics"]["right_for_wrong_reason_share"] is None
    assert "have no color and can't be repainted, so the reason is unknown." in text(shown(lab, answer)["verdict"])


def test_both_networks_have_all_figures_and_share_the_images(bench: tuple[Lab, Any]) -> None:
    lab, answer = bench
    figures_by_name = shown(lab, answer)
    own = {"matching", "groups", "standing", "faithfulness", "randomization", "recoloring", "methods"}
    assert own | {f"against-{name}" for name in own} | {"verdict", "energy", "ways", "causes", "metrics"} <= set(
        figures_by_name
    )
    first, second = figures_by_name["matching"], figures_by_name["against-matching"]
    assert isinstance(first, Pixels) and isinstance(second, Pixels)
    np.testing.assert_array_equal(first.images, second.images)
    assert not np.array_equal(first.overlay, second.overlay)
    assert answer["metrics"]["against_focus_score"] != answer["metrics"]["focus_score"]
    assert answer["metrics"]["against_energy_uniform"] == answer["metrics"]["energy_uniform"]
    energy = figures_by_name["energy"]
    assert isinstance(energy, Table)
    assert [column.name for column in energy.columns] == ["map", "lazy-strokes", "cured-strokes", "what it is"]


def test_the_comparison_of_the_task_shows_red_0_green_0_red_1(bench: tuple[Lab, Any]) -> None:
    lab, answer = bench
    figure = shown(lab, answer)["matching"]
    assert isinstance(figure, Pixels)
    assert figure.images.shape == (30, 28, 28, 3) and figure.overlay is not None
    assert [figure.captions[index].split(" ")[2] for index in (0, 10, 21)] == ["red", "green", "red"]
    assert figure.captions[0].startswith("0 ") and figure.tones[0] == "good"
    assert figure.captions[21].startswith("0 ") and figure.tones[21] == "bad"
    assert figure.overlay.min() >= 0 and figure.overlay.max() == 1
    images = result(lab, answer).cue_conflict.images
    np.testing.assert_array_equal(figure.images[21], images[10])


def test_what_is_kept_is_enough_to_count_again(bench: tuple[Lab, Any]) -> None:
    lab, answer = bench
    kept, figures_by_name = result(lab, answer), shown(lab, answer)
    assert kept.energy.shape == (300,) and kept.examples.maps.dtype == np.float32
    assert float(np.nanmean(kept.energy)) == pytest.approx(kept.energy_in_mask or 0, abs=1e-6)
    ways, groups = figures_by_name["ways"], figures_by_name["groups"]
    assert isinstance(ways, Table) and isinstance(groups, Table)
    assert sum(row[1] for row in ways.rows if isinstance(row[1], int)) == 300
    assert groups.rows[0][:2] == ("all", 300)
    assert groups.rows[3][1] + groups.rows[4][1] == 300  # type: ignore[operator]
    curves = figures_by_name["faithfulness"]
    assert isinstance(curves, Lines)
    assert curves.series[0].y[0] == pytest.approx(curves.series[2].y[-1], abs=1e-5)
    recoloring = figures_by_name["recoloring"]
    assert isinstance(recoloring, Matrix)
    assert np.isnan(np.diag(recoloring.values)).all()


def test_a_map_of_3_by_3_works_and_is_warned_of(bench: tuple[Lab, Any]) -> None:
    lab, _ = bench
    asked = ("run", "gradcam", "shipped/lazy-strokes", "--layer", "features.pool3", *SMALL, "--json")
    answer = lab.call(*asked).json
    assert "A map of 3 x 3 is too coarse" in text(shown(lab, answer)["verdict"])
    assert answer["metrics"]["energy_perfect"] < answer["metrics"]["energy_center_prior"]


def test_a_lens_answers_for_one_image_what_the_run_has_found(bench: tuple[Lab, Any]) -> None:
    """What a screen asks: the network is loaded once, and then answers image by image."""
    lab, answer = bench
    params = ModelUnderStudyParams(run="shipped/lazy-strokes", source="strokes", device="cpu")
    network = load_model_under_study(params, Workspace(lab.workspace), print)
    lens = Explainer(network.model, network.data.probe.images, network.trained.model)
    found = result(lab, answer)
    for number, index in enumerate(found.examples.indices[:5]):
        glance = lens.explain(network.data.probe.images[index])
        assert (glance.layer, glance.target) == ("features.relu3", found.predicted[index])
        np.testing.assert_allclose(glance.heat, found.examples.maps[number], rtol=1e-3, atol=1e-5)


def test_color_on_the_stroke_is_warned_of(bench: tuple[Lab, Any]) -> None:
    lab, _ = bench
    data = (*TINY_DATA, "--dataset", "stroke", "--model", "lazy-gap", "--metrics-samples", "100")
    assert lab.call("run", "train", *data, "--name", "on-stroke", "--quiet").code == 0
    answer = lab.call("run", "gradcam", "on-stroke", *SMALL, "--json").json
    assert "no localization score can separate color from shape" in text(shown(lab, answer)["verdict"])
    refused = lab.call("run", "gradcam", "shipped/lazy-strokes", "--against", "on-stroke")
    assert refused.code == 3 and "can't be compared on the same images" in refused.sentence


def test_networks_of_other_classes_arent_shown_the_same_images(bench: tuple[Lab, Any]) -> None:
    lab, _ = bench
    other = lab.workspace / "of-clothes"
    shutil.copytree(Workspace(lab.workspace).find("beginner").path, other)
    (other / "name").unlink()
    record = read_json(other / "run.json")
    record["params"]["source"] = "fashion"
    (other / "run.json").write_text(json.dumps(record))
    refused = lab.call("run", "gradcam", "shipped/lazy-strokes", "--against", "of-clothes")
    assert refused.code == 3 and "can't be asked about digits (source strokes)" in refused.sentence


@pytest.mark.parametrize(
    ("options", "sentence"),
    [
        (
            ("--method", "integrated-gradients", "--target", "digit", "--baseline", "mean"),
            "Integrated Gradients, target",
        ),
        (("--method", "cam", "--target", "7"), "CAM, features.relu2 (5 x 5), target 7"),
        (
            ("--method", "layer-cam", "--target", "color", "--layer", "features.relu1"),
            "LayerCAM, features.relu1 (11 x 11)",
        ),
    ],
)
def test_every_method_and_target_goes_through(bench: tuple[Lab, Any], options: tuple[str, ...], sentence: str) -> None:
    lab, _ = bench
    answer = lab.call("run", "gradcam", "beginner", *options, *SMALL, "--json").json
    assert sentence in text(shown(lab, answer)["verdict"])


def test_a_network_without_maps_is_looked_at_by_its_gradients(bench: tuple[Lab, Any]) -> None:
    lab, _ = bench
    data = (*TINY_DATA, "--model", "mlp", "--metrics-samples", "100", "--name", "no-maps", "--quiet")
    assert lab.call("run", "train", *data).code == 0
    refused = lab.call("run", "gradcam", "no-maps")
    assert refused.code == 2 and "Methods without a layer: input-gradient" in refused.sentence
    answer = lab.call("run", "gradcam", "no-maps", "--method", "input-gradient", *SMALL, "--json").json
    gallery = shown(lab, answer)["methods"]
    assert isinstance(gallery, Pixels)
    assert gallery.row_labels == (
        "image",
        "input gradient",
        "SmoothGrad",
        "Integrated Gradients",
        "occlusion",
        "KernelSHAP",
    )


def test_maps_without_positive_evidence_are_said_and_not_scored() -> None:
    """A network whose maps are nowhere above zero: no score anywhere, and no figure that shows a blank."""
    params = GradcamParams(run="r")
    nothing = dict.fromkeys(
        ("energy_in_mask", "energy_uniform", "energy_center_prior", "energy_shuffled_mean", "energy_perfect_mean",
         "focus_score", "mask_auroc", "concentration", "correct_on_stroke", "correct_off_stroke",
         "incorrect_on_stroke", "incorrect_off_stroke", "looking_at_digit", "faithfulness", "randomization",
         "recoloring", "gallery_indices")
    )  # fmt: skip
    count, blank = 4, np.full(4, np.nan, np.float32)
    labels = np.arange(4, dtype=np.uint8)
    made = NetworkMaps(
        **nothing,
        no_positive_evidence=1.0,
        trained=TrainParams(source="strokes"),
        map_size=(7, 7),
        images=count,
        layer="features.relu3",
        name="blind",
        checked=0,
        energy=blank,
        energy_shuffled=blank,
        energy_perfect=blank,
        mask_percentile=blank,
        evidence=np.full(count, 4, np.uint8),
        labels=labels,
        attributes=labels,
        predicted=labels,
        examples=Examples(
            indices=np.arange(count),
            images=np.zeros((count, 28, 28, 3), np.uint8),
            maps=np.full((count, 7, 7), -1, np.float32),
            logits=np.zeros((count, 10), np.float32),
            targets=labels,
        ),
        cue_conflict=CueConflict(
            images=np.zeros((100, 28, 28, 3), np.uint8),
            maps=np.zeros((100, 7, 7), np.float32),
            logits=np.zeros((100, 10), np.float32),
            targets=np.zeros(100, np.uint8),
        ),
        gallery={},
    )
    figures_by_name = {figure.name: figure for figure in make_figures(params, GradcamResult(made))}
    assert "none of the maps of 4 images shows enough positive evidence" in text(figures_by_name["verdict"])
    assert "4 images show no positive evidence" in text(figures_by_name["verdict"])
    assert "no-positive-evidence" in figures_by_name
    matching, groups, energy = figures_by_name["matching"], figures_by_name["groups"], figures_by_name["energy"]
    assert isinstance(matching, Pixels) and isinstance(groups, Table) and isinstance(energy, Table)
    assert all(caption.endswith("no positive evidence") for caption in matching.captions)
    assert groups.rows[0] == ("all", 4, 4, None, None, None, None, None)
    assert {row[1] for row in energy.rows} == {None}
    coarse = {"energy": 0.2, "energy_shuffled": 0.4, "energy_perfect": 0.3, "mask_percentile": 0.5}
    scored: Any = {name: np.full(count, value, np.float32) for name, value in coarse.items()}
    figures_by_name = {figure.name: figure for figure in make_figures(params, GradcamResult(replace(made, **scored)))}
    groups = figures_by_name["groups"]
    assert isinstance(groups, Table) and groups.rows[0][6] is None, "where position alone is above perfect"


def test_code_of_ones_own_with_relus_in_place(tmp_path: Path) -> None:
    lab = Lab(tmp_path)
    (tmp_path / "net.py").write_text(OWN_CODE)
    own = "net.py:net"
    data = (*TINY_DATA, "--metrics-samples", "100", "--quiet")
    assert lab.call("run", "train", *data, "--model", own, "--name", "mine").code == 0
    assert lab.call("run", "train", *data, "--model", "small-16", "--name", "plain").code == 0
    unnamed = lab.call("run", "gradcam", "mine")
    assert unnamed.code == 3 and "to allow it to run: --model net.py:net" in unnamed.sentence
    unnamed = lab.call("run", "gradcam", "plain", "--against", "mine")
    assert unnamed.code == 3 and "--against-model net.py:net" in unnamed.sentence
    answer = lab.call("run", "gradcam", "mine", "--model", own, *SMALL, "--json").json
    assert read_json(lab.workspace / answer["run"] / "result.json")["facts"]["layer"] == "1"
    both = lab.call("run", "gradcam", "plain", "--against", "mine", "--against-model", own, *SMALL, "--json")
    assert both.code == 0, both.err


def refused(lab: Lab, *options: str) -> Finished:
    before = sorted(lab.workspace.glob("*"))
    ended = lab.call("run", "gradcam", *options)
    assert sorted(lab.workspace.glob("*")) == before, "something was written"
    return ended


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (("shipped/lazy-strokes", "--layer", "features.relu4"), 2, "Did you mean features.relu3"),
        (("shipped/lazy-strokes", "--layer", "features"), 2, "has no map. Layers with a map: features.conv1 (28 x 28)"),
        (("shipped/lazy-strokes", "--layer", "features.relu2", "--method", "cam"), 2, "features.pool3"),
        (("shipped/lazy-strokes", "--layer", "features.relu2", "--method", "occlusion"), 2, "leave out --layer"),
        (("shipped/lazy-strokes", "--method", "gradcam"), 2, "grad-cam"),
        (("shipped/lazy-strokes", "--target", "10"), 2, "--target"),
        (("shipped/lazy-strokes", "--against", "shipped/lazy-strokes"), 2, "compared with itself"),
        (("shipped/lazy-strokes", "--against-model", "mlp"), 2, "needs --against"),
        (("shipped/lazy-strokes", "--against", "nobody"), 3, "There is no run 'nobody'"),
    ],
)
def test_bad_input_is_refused_before_anything_is_written(
    lab: Lab, options: tuple[str, ...], code: int, sentence: str
) -> None:
    ended = refused(lab, *options)
    assert (ended.code, sentence in ended.err) == (code, True), ended.err


def test_a_network_whose_data_cant_be_had_again_is_reported(lab: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lazytui.data.mnist.download.reachable", lambda _name: False)
    ended = refused(lab, "shipped/lazy-mnist")
    assert ended.code == 3 and "use --source strokes" in ended.sentence
    ended = lab.call("run", "gradcam", "shipped/lazy-mnist", "--source", "strokes", *SMALL, "--json")
    assert ended.code == 0 and ended.json["params"]["source"] == "strokes"


def test_images_are_shown_one_by_one_as_the_explainer_explains_them(bench: tuple[Lab, Any]) -> None:
    lab, _ = bench
    done = lab.call("run", "gradcam", "beginner", *SMALL, "--checked", "0", "--show", "red 7,17", "--json")
    assert done.code == 0, done.err
    found = result(lab, done.json).shown
    assert found is not None and found.indices[1] == 17 and (found.labels[0], found.attributes[0]) == (7, 0)
    network = load_model_under_study(ModelUnderStudyParams(run="beginner"), Workspace(lab.workspace), lambda _: None)
    explainer = Explainer(network.model, network.data.hard.images, network.trained.model)
    for index, heat, said in zip(found.indices, found.maps, found.probabilities, strict=True):
        expected = explainer.explain(network.data.hard.images[index])
        assert np.allclose(heat, expected.heat, atol=1e-6) and np.allclose(said, expected.probabilities, atol=1e-6)
    rows = done.json["figures"]["shown-probabilities"]["rows"]
    assert rows[0]["image"] == "red 7" and rows[1]["number"] == 17
    refused = lab.call("run", "gradcam", "beginner", "--show", "mauve 7")
    assert refused.code == 2 and "isn't a color and a digit" in refused.sentence
