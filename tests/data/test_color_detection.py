"""Colors detected from pixels: right where they are distinct, and elsewhere wrong as often as is said."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.data.color_detection import detect_colors
from lazytui.data.params import DatasetParams
from lazytui.data.splits import build_dataset
from tests.commands import TINY_TRAINING, Lab


@pytest.mark.parametrize("options", [{}, {"placement": "both", "palette": "spectral"}, {"dataset": "stroke-level"}])
def test_colors_that_are_distinct_are_detected(options: dict[str, str]) -> None:
    data = build_dataset(DatasetParams.model_validate({"source": "strokes", "train_size": 400, **options}))
    assert set(data.train.attributes) == set(range(10))
    np.testing.assert_array_equal(detect_colors(data.train.images, data.params), data.train.attributes)


def test_pixels_decide_and_not_labels() -> None:
    """A red ground with a white stroke is red, whatever it was painted from."""
    params = DatasetParams(texture=("flat",))
    image = np.full((1, 28, 28, 3), (255, 0, 0), np.uint8)
    image[:, 8:20, 10:18] = 255
    assert detect_colors(image, params).tolist() == [0]
    stroke = np.zeros((1, 28, 28, 3), np.uint8)
    stroke[:, 8:20, 10:18] = (0, 0, 250)
    assert detect_colors(stroke, DatasetParams(dataset="stroke")).tolist() == [2]


def test_a_training_takes_them_and_shows_their_error(lab: Lab) -> None:
    """Noise in every channel over dark strokes: some colors can't be read."""
    asked = ("--dataset", "gr95vh", "--model", "lazy-gap", "--epochs", "1", "--method", "reweight")
    detected = lab.call("run", "train", *TINY_TRAINING, *asked, "--colors", "detected", "--json")
    assert detected.code == 0, detected.err
    error = detected.json["metrics"]["color_label_error"]
    data = build_dataset(DatasetParams(dataset="gr95vh", source="strokes", train_size=300, test_size=200))
    assert error == (detect_colors(data.train.images, data.params) != data.train.attributes).mean() > 0
    assert f"{error:.2%} of training images get a wrong color" in detected.err
    painted = lab.call("run", "train", *TINY_TRAINING, *asked, "--json")
    assert "color_label_error" not in painted.json["metrics"]
    assert painted.json["metrics"] != {**detected.json["metrics"], "seconds": painted.json["metrics"]["seconds"]}
    compared = lab.call("run", "compare", "latest", detected.json["run"], "--no-plain")
    assert "reweight · colors detected" in compared.out, compared.err


def test_a_method_that_reads_none_refuses_them(lab: Lab) -> None:
    refused = lab.call("run", "train", *TINY_TRAINING, "--colors", "detected")
    assert refused.code == 2 and not lab.workspace.exists()
    assert refused.sentence == "The method erm reads no color labels, so --colors has no effect: leave it out."
