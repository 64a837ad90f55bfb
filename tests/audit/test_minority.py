"""Who contradicts a shortcut: found of made images of which it is known, and refused where a property is gradual."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from lazytui.audit.editors import EDITORS
from lazytui.audit.minority import describe_all, find_contradicting, is_gradual, probe_accuracy_of
from lazytui.audit.scene import Scene
from lazytui.data.cues import CUES
from lazytui.data.cues.base import Canvas
from tests.audit.made_images import Look, made

CLASSES, IMAGES = 4, 400
FOUND_BY = {
    "hue": "hue",
    "ground": "ground hue",
    "watermark": "lower right corner",
    "border": "border",
    "position": "position",
    "texture": "texture",
    "noise-frequency": "noise",
}
"""Planted cues, and the audit's property of each."""


def planted(cue: str) -> tuple[list[Scene], NDArray[np.int64], NDArray[np.bool_]]:
    """Images with a planted cue, their classes, and which ones have the value of another class: one in twenty."""
    random = np.random.default_rng(3)
    labels = np.arange(IMAGES) % CLASSES
    conflicting = random.random(IMAGES) < 0.05
    values = np.where(conflicting, (labels + random.integers(1, CLASSES, IMAGES)) % CLASSES, labels).astype(np.uint8)
    corners = random.integers(13, 18, (IMAGES, 2)).tolist()
    looks = [Look(color=(0, 0, 0), center=(row, column)) for row, column in corners]
    images = np.stack([np.rint(255 * made(look)).astype(np.uint8) for look in looks])
    canvas = Canvas(images, images[..., 0] / np.float32(255))
    painted = CUES[cue].paint(canvas, values, CLASSES, lambda name: np.random.default_rng(len(name)))
    return [Scene(np.asarray(image / 255, np.float32)) for image in painted], labels, conflicting


@pytest.mark.parametrize("cue", FOUND_BY)
def test_those_with_the_property_of_another_class_are_found(cue: str) -> None:
    scenes, labels, conflicting = planted(cue)
    descriptions = describe_all(scenes, EDITORS[FOUND_BY[cue]])
    accuracy = probe_accuracy_of(descriptions, labels, 0)
    found = find_contradicting(descriptions, labels, accuracy)
    hits = int((found & conflicting).sum())
    assert not is_gradual(found, accuracy) and conflicting.sum() > 10
    assert hits >= 0.9 * conflicting.sum() and hits >= 0.9 * found.sum()


def test_a_property_of_degree_says_nobody() -> None:
    random = np.random.default_rng(0)
    labels = np.arange(IMAGES) % CLASSES
    radii = 4 + labels + random.normal(0, 0.5, IMAGES)
    scenes = [Scene(made(Look(radius=radius))) for radius in radii.tolist()]
    descriptions = describe_all(scenes, EDITORS["size"])
    accuracy = probe_accuracy_of(descriptions, labels, 0)
    assert accuracy > 0.3 and is_gradual(find_contradicting(descriptions, labels, accuracy), accuracy)
    assert is_gradual(np.ones(4, bool), 0.5), "it doesn't predict the class"


def test_images_without_an_object_contradict_nothing_of_objects() -> None:
    scenes, labels, conflicting = planted("position")
    bare = Scene(made(Look(level=0.25)))
    descriptions = describe_all([bare, *scenes], EDITORS["position"])
    assert np.isnan(descriptions[0]).all() and np.isfinite(descriptions[1:]).all()
    found = find_contradicting(descriptions, np.array([0, *labels]), 0.95)
    assert not found[0] and found[1:].sum() == conflicting.sum()
    none = describe_all([bare] * 5, EDITORS["position"])
    assert probe_accuracy_of(none, labels[:5], 0) == 0 and not find_contradicting(none, labels[:5], 0.95).any()


def test_a_class_too_rare_to_be_probed_says_nothing_of_the_others() -> None:
    labels = np.arange(60) % 2
    descriptions = labels[:, None] + np.random.default_rng(0).normal(0, 0.1, (60, 1))
    labels[:2] = 2
    assert probe_accuracy_of(descriptions, labels, 0) == 1
    assert probe_accuracy_of(descriptions[:5], labels[:5], 0) == 0, "nothing can be said of two images"


@pytest.mark.parametrize("shape", [(8, 8), (24, 40)])
@pytest.mark.parametrize("name", EDITORS)
def test_a_property_is_as_many_numbers_in_every_image_of_a_size(name: str, shape: tuple[int, int]) -> None:
    images = np.random.default_rng(0).random((3, *shape, 3)).astype(np.float32) / 8
    for image, right in zip(images, (1, 2, 3), strict=True):
        image[shape[0] // 3 : 2 * shape[0] // 3, shape[1] // 3 : shape[1] // 3 + right] = 0.9
    descriptions = describe_all([Scene(image) for image in images], EDITORS[name])
    assert descriptions.ndim == 2 and len(descriptions) == 3
