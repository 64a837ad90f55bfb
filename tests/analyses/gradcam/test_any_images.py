"""Grad-CAM and ask on three classes of 16 x 16 pixels that can't be repainted, with an attribute and without."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from lazytui.analyses.ask.live import DrawQuestion, DrawSession, Start
from lazytui.analyses.ask.params import AskNetworksParams
from lazytui.analyses.core.execute import figures, recorded_result
from lazytui.analyses.gradcam.image_filter import ImageFilter, answers_of, read_filter
from lazytui.analyses.gradcam.live import SaliencyQuestion, SaliencySession
from lazytui.analyses.gradcam.live_figures import image_figures, map_scores_text
from lazytui.analyses.gradcam.params import GradcamParams
from lazytui.analyses.gradcam.result import NetworkMaps
from lazytui.data.image_files.picture_file import write_picture
from lazytui.figures.kinds import Bars, Figure, Pixels, Table, Text
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace import Workspace
from tests.commands import Lab

OF_MASKS = {"energy", "ways", "groups", "standing"}
OF_REPAINTING = {"causes", "recoloring", "matching"}


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Networks of three classes, a bar high, in the middle or low: with a column for attribute, and without."""
    lab = Lab(tmp_path_factory.mktemp("any images"))
    arrays: dict[str, Any] = {}
    for part, count in (("train", 240), ("test", 90)):
        random = np.random.default_rng(count)
        labels = np.arange(count) % 3
        columns = np.where(random.random(count) < 0.8, labels % 2, random.integers(0, 2, count))
        images = random.integers(0, 60, (count, 16, 16, 3))
        for image, label, column in zip(images, labels, columns, strict=True):
            image[5 * label : 5 * label + 4, 4:12] = 220
            image[:, 1 + 13 * column, 2 * column] = 255
        arrays |= {f"x_{part}": images.astype(np.uint8), f"y_{part}": labels, f"a_{part}": columns}
    np.savez(lab.folder / "own.npz", **arrays)
    np.savez(lab.folder / "bare.npz", **{name: array for name, array in arrays.items() if name[0] != "a"})
    for name in ("own", "bare"):
        data = ("--source", f"npz:{lab.folder / name}.npz", "--model", "small-16", "--metrics-samples", "100")
        trained = lab.call("run", "train", *data, "--epochs", "3", "--batch-size", "32", "--name", name, "--quiet")
        assert trained.code == 0, trained.err
    return lab


def run_of(lab: Lab, *arguments: str) -> RunFolder:
    done = lab.call("run", *arguments, "--json", "--quiet")
    assert done.code == 0, done.err
    return Workspace(lab.workspace).find(done.json["run"])


@pytest.mark.parametrize(("network", "shown", "captions"), [("own", "1 0,17", 2), ("bare", "2", 1)])
def test_maps_need_neither_an_attribute_nor_masks(lab: Lab, network: str, shown: str, captions: int) -> None:
    options = ("--split", "probe", "--images", "30", "--checked", "4", "--show", shown)
    run = run_of(lab, "gradcam", network, *options)
    found: NetworkMaps = recorded_result(run).first
    figures_by_name: dict[str, Figure] = {figure.name: figure for figure in figures(run)}
    assert not figures_by_name.keys() & (OF_MASKS | OF_REPAINTING)
    assert {"faithfulness", "randomization", "methods", "shown-maps", "metrics"} <= figures_by_name.keys()
    assert found.cue_conflict is None and found.recoloring is None and found.scores is None
    assert found.concentration is not None and found.energy_in_mask is None
    verdict, gallery, maps, shares = (
        figures_by_name[name] for name in ("verdict", "methods", "shown-maps", "shown-probabilities")
    )
    assert isinstance(verdict, Text) and verdict.title == "Does it look at the object?"
    assert "isn't known" in verdict.paragraphs[0] and "repainting the images" in verdict.paragraphs[1]
    assert isinstance(gallery, Pixels) and gallery.images.shape[1:] == (16, 16, 3)
    assert gallery.overlay is not None and gallery.overlay.shape[1:] == (16, 16)
    assert isinstance(maps, Pixels) and len(maps.captions) == captions
    assert isinstance(shares, Table) and [column.name for column in shares.columns[3:]] == ["0", "1", "2"]
    if network == "own":
        assert (found.labels[found.examples.indices] < 3).all() and shares.rows[0][0] == "1 0"


@pytest.mark.parametrize(
    ("network", "options", "sentence"),
    [
        ("own", ("--target", "heron"), "--target 'heron' is none of: predicted, class, attribute, 0, 1, 2"),
        ("bare", ("--target", "attribute"), "--target 'attribute' is none of: predicted, class, 0, 1, 2"),
        ("own", ("--show", "red 1"), "'red 1' isn't an attribute and a class"),
        ("bare", ("--show", "red 1"), "'red 1' isn't a class: 0, 1, 2"),
    ],
)
def test_what_images_dont_have_is_refused(lab: Lab, network: str, options: tuple[str, ...], sentence: str) -> None:
    before = len(Workspace(lab.workspace).runs())
    refused = lab.call("run", "gradcam", network, *options)
    assert refused.code == 2 and sentence in refused.sentence
    assert len(Workspace(lab.workspace).runs()) == before


@pytest.mark.parametrize("network", ["own", "bare"])
def test_images_are_browsed_by_what_they_have(lab: Lab, network: str) -> None:
    session = SaliencySession(Workspace(lab.workspace))
    target = "attribute" if network == "own" else "class"
    *_, answer = session.answers(SaliencyQuestion(GradcamParams(run=network, split="hard", target=target), 1))
    assert not answer.refused and answer.browsed is not None and answer.categories is not None
    split = answer.browsed.split
    image, map_of, shares = image_figures(answer, 1)
    assert isinstance(image, Pixels) and isinstance(map_of, Pixels) and isinstance(shares, Bars)
    assert map_of.overlay is not None and map_of.overlay.shape == (1, 16, 16) and shares.labels == ("0", "1", "2")
    wanted = split.cue_classes if network == "own" else split.labels
    assert answer.explanations[0].target == wanted[1] and answer.explanations[0].scores is None
    assert "isn't known" in map_scores_text(answer).paragraphs[0]
    assert answers_of(answer.browsed) == ("right", "wrong")
    wrong = ImageFilter(answers="wrong").matching(answer.browsed, answer.categories)
    np.testing.assert_array_equal(wrong, np.flatnonzero(answer.categories.predicted != split.labels))
    assert read_filter("class 2 wrong", split.content) == ImageFilter(2, None, "wrong")


def test_a_picture_and_a_drawing_are_asked_at_the_size_of_the_images(lab: Lab, tmp_path: Path) -> None:
    picture = np.zeros((40, 40, 3), np.uint8)
    picture[26:36, 10:30] = 220
    write_picture(picture, tmp_path / "low.png")
    run = run_of(lab, "ask", str(tmp_path / "low.png"), "own", "--against", "bare", "--digit", "2", "--target", "1")
    result = recorded_result(run)
    assert result.first.image.shape == (16, 16, 3) and result.first.probabilities.shape == (3,)
    assert result.first.content.values and not result.second.content.values and result.second.target == 1
    assert json.loads((run.path / "run.json").read_text())["params"]["digit"] == 2
    refused = lab.call("run", "ask", str(tmp_path / "low.png"), "own", "--against", "shipped/lazy-strokes")
    assert refused.code == 3 and "can't be compared on the same picture" in refused.sentence
    *_, answer = DrawSession(Workspace(lab.workspace)).answers(
        DrawQuestion(AskNetworksParams(run="own"), start=Start("hard", 1, color=0))
    )
    assert not answer.refused and answer.drawing is not None and answer.digit == 1
    assert answer.drawing.with_stroke((2, 2), (9, 9), 2).image.shape == (16, 16, 3)
