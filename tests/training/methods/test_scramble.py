"""Scrambling: the property no longer goes with the class, everything else stays, and a resume finds the same images."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from numpy.typing import NDArray

from lazytui.audit.donor_swaps import to_bytes
from lazytui.audit.editors import EDITORS
from lazytui.audit.editors.color_spaces import chroma
from lazytui.audit.scene import LUMINANCE, Scene
from lazytui.training.methods.scramble import Scrambling
from tests.commands import TINY_TRAINING, Lab
from tests.training.methods.contexts import at_work, small_data


def share_by_hue(reference: NDArray[np.uint8], images: NDArray[np.uint8], labels: NDArray[np.uint8]) -> float:
    """Of images whose mean chroma is nearest to that of known images of their class."""
    of_known, of_images = (np.array([chroma(image / 255).mean() for image in one]) for one in (reference, images))
    centers = np.array([of_known[labels == label].mean() for label in range(10)])
    return float((np.abs(of_images[:, None] - centers).argmin(1) == labels).mean())


def test_hues_of_training_images_predict_nothing_any_more() -> None:
    data = small_data(train_size=600, bias=1.0)
    method, again = (at_work("scramble", data) for _ in range(2))
    assert isinstance(method, Scrambling) and isinstance(again, Scrambling)
    rows = np.arange(len(data.train))
    found = method.scrambled(rows)
    assert share_by_hue(data.train.images, data.train.images, data.train.labels) > 0.9
    aligned = share_by_hue(data.train.images, found, data.train.labels)
    assert aligned == pytest.approx(0.1, abs=0.05), "donors are of any class, the own one among them"
    brightness = [images.astype(float) @ LUMINANCE for images in (found, data.train.images)]
    assert np.median(np.abs(brightness[0] - brightness[1])) < 2
    backwards = again.scrambled(rows[::-1])[::-1]
    np.testing.assert_array_equal(backwards, found)
    batch = method.batch(torch.tensor([5, 3]))
    torch.testing.assert_close(batch.images[1], torch.from_numpy(found[3]).permute(2, 0, 1) / 255)
    assert batch.labels.tolist() == data.train.labels[[5, 3]].tolist()


def test_each_image_is_what_the_audit_makes_of_it_and_a_donor() -> None:
    data = small_data(train_size=100)
    method = at_work("scramble", data, scrambled="border")
    assert isinstance(method, Scrambling)
    scenes = [Scene(np.asarray(image / 255, np.float32)) for image in data.train.images]
    (found,) = method.scrambled(np.array([7]))
    possible = [to_bytes([EDITORS["border"].edit(scenes[7], donor)])[0] for donor in scenes]
    assert sum(np.array_equal(found, image) for image in possible) == 1


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (
            ["--scrambled", "border,hu"],
            2,
            "The method scramble scrambles what the audit exchanges. There is no property 'hu'. Did you mean hue?",
        ),
        (
            ["--placement", "none"],
            3,
            "The method scramble has nothing to exchange: 50 training images are of one hue.",
        ),
    ],
)
def test_what_cannot_be_scrambled(lab: Lab, options: list[str], code: int, sentence: str) -> None:
    refused = lab.call("run", "train", *TINY_TRAINING, "--method", "scramble", *options)
    assert refused.code == code and sentence in refused.err
