"""Every cue: it can be read from images, it is planted in that alone, and the class stays."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.data.cues import CUES
from lazytui.data.editors import editor_of
from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, Split, build_dataset
from lazytui.data.strokes.handwriting import draw_split


@pytest.fixture(scope="module", params=list(CUES))
def data(request: pytest.FixtureRequest) -> BiasedDataset:
    """Of images whose class and cue are independent, so that a reader of one isn't one of the other."""
    recipe = {"source": "strokes", "cue": request.param, "bias": 0.1, "train_size": 700, "test_size": 300}
    return build_dataset(DatasetParams.model_validate(recipe))


def features(split: Split) -> np.ndarray:
    """Pixels and the size of each spatial frequency: what cues differ in."""
    images = split.images.astype(np.float32) / 255
    spectrum = np.log(1e-3 + abs(np.fft.rfft2(images.mean(3))))
    return np.concatenate([images.reshape(len(images), -1), spectrum.reshape(len(images), -1)], axis=1)


def share_read(data: BiasedDataset, train: np.ndarray, test: np.ndarray) -> float:
    """How often the nearest of the ten means is the right one."""
    fitted, asked = features(data.train), features(data.probe)
    means = np.stack([fitted[train == index].mean(0) for index in range(10)]) / (fitted.std(0) + 0.05)
    distances = ((asked[:, None] / (fitted.std(0) + 0.05) - means) ** 2).sum(2)
    return float((distances.argmin(1) == test).mean())


def test_the_value_can_be_read_and_the_class_too(data: BiasedDataset) -> None:
    assert data.params.planted_cue in CUES and data.content.aligned == tuple(range(10))
    assert share_read(data, data.train.attributes, data.probe.attributes) > 0.25
    assert share_read(data, data.train.labels, data.probe.labels) > 0.2


def test_an_image_has_the_same_randomness_whatever_its_value(data: BiasedDataset) -> None:
    editor, split = editor_of(data.params), data.hard
    assert editor is not None
    again = editor.paint(split.originals, split.attributes, "hard")
    assert np.array_equal(again, split.images)
    other = split.attributes.copy()
    other[::2] = (other[::2] + 1) % 10
    changed = editor.paint(split.originals, other, "hard")
    assert np.array_equal(changed[1::2], split.images[1::2]), "their neighbors' values say nothing"
    assert (changed[::2] != split.images[::2]).any((1, 2, 3)).mean() > 0.95


def test_without_a_value_an_image_stays_as_it_is(data: BiasedDataset) -> None:
    editor = editor_of(data.params)
    assert editor is not None
    shapes = draw_split("test", 3).images
    none = np.full(3, data.content.unknown, np.uint8)
    assert np.array_equal(editor.paint(shapes, none, "hard"), np.repeat(shapes[..., None], 3, axis=3))


@pytest.mark.parametrize("name", CUES)
def test_photographs_of_any_shape_get_every_value(name: str) -> None:
    originals = np.random.default_rng(0).integers(0, 256, (1, 40, 64, 3), np.uint8)
    content = build_dataset(DatasetParams(source="strokes", train_size=20, test_size=10)).content
    content = content.model_copy(update={"height": 40, "width": 64, "fingerprint": "of files"})
    planted = CUES[name].content(content)
    params = DatasetParams(source="folder:here", cue=name, recorded_content=planted)
    editor = editor_of(params)
    assert editor is not None
    images = [editor.paint(originals, np.array([value], np.uint8), "train") for value in range(10)]
    assert {image.shape for image in images} == {(1, 40, 64, 3)}
    assert len({image.tobytes() for image in images}) == 10
