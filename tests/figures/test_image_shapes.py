"""What is seen of an image without its colors, and under its evidence."""

from __future__ import annotations

import numpy as np
import pytest
from numpy.typing import NDArray

from lazytui.data.painting.painter import repaint
from lazytui.data.params import DatasetParams, Placement
from lazytui.data.strokes.handwriting import draw_split
from lazytui.figures.color_space import lab
from lazytui.figures.image_overlays import area_means, overlay_evidence
from lazytui.figures.image_shapes import shape_strengths
from lazytui.figures.terminal.half_blocks import shade_lines

DENSITY = {character: density for density, character in enumerate(" .:-=+*#%@")}


@pytest.fixture(scope="module")
def shapes() -> NDArray[np.uint8]:
    """A drawn digit of each kind, (10, 28, 28)."""
    digits = draw_split("test", 200)
    return np.stack([digits.images[digits.labels == digit][0] for digit in range(10)])


def painted(shapes: NDArray[np.uint8], placement: Placement) -> tuple[NDArray[np.uint8], NDArray[np.uint8]]:
    """Every shape in every color with the usual texture: shapes and images of (10 digits, 10 colors)."""
    each = np.repeat(shapes, 10, axis=0)
    colors = np.tile(np.arange(10, dtype=np.uint8), 10)
    return each, repaint(each, colors, DatasetParams(placement=placement), "shades")


def correlation(one: NDArray[np.floating], other: NDArray[np.floating]) -> float:
    return float(np.corrcoef(one.ravel(), other.ravel())[0, 1])


def densities(image: NDArray[np.uint8], size: int) -> NDArray[np.float64]:
    """How much of each of size / 2 x size characters is set."""
    lines = ["".join(segment.text for segment in line) for line in shade_lines(image, size, size)]
    return np.array([[density(character) for character in line] for line in lines], dtype=np.float64)


def density(character: str) -> int:
    return (ord(character) - 0x2800).bit_count() if "\u2800" <= character <= "\u28ff" else DENSITY[character]


@pytest.mark.parametrize(("placement", "most", "black"), [("background", 0.9, 0.9), ("stroke", 0.9, 0.5)])
@pytest.mark.parametrize("size", [28, 12])
def test_without_color_every_digit_is_recognized_in_every_color(
    shapes: NDArray[np.uint8], placement: Placement, most: float, black: float, size: int
) -> None:
    """Shades correlate with the shape. A black stroke on black noise is the hardest: it only lacks the noise."""
    found = [
        correlation(densities(image, size), area_means(shape.astype(np.float32), size // 2, size))
        for shape, image in zip(*painted(shapes, placement), strict=True)
    ]
    by_color = np.array(found).reshape(10, 10).min(axis=0)
    assert by_color[7] > black and np.delete(by_color, 7).min() > most, by_color.round(2)


def test_an_even_image_has_no_shape() -> None:
    even = np.full((28, 28, 3), 200, dtype=np.uint8)
    even[3, 4] = 201
    assert np.ptp(shape_strengths(even[None])) == 0
    assert shape_strengths(np.zeros((1, 1, 1, 3), dtype=np.uint8)) == 0
    assert shape_strengths(np.zeros((0, 28, 28, 3), dtype=np.uint8)).shape == (0, 28, 28)


def test_small_images_keep_every_pixel() -> None:
    checkers = np.repeat((np.indices((5, 5)).sum(axis=0) % 2 * 255)[..., None], 3, axis=2).astype(np.uint8)
    assert set(np.unique(shape_strengths(checkers[None]))) == {0, 1}


def test_the_digit_is_seen_through_the_strongest_evidence(shapes: NDArray[np.uint8]) -> None:
    """Evidence for leaves the image as it is; under evidence against, or none, the stroke stays the lighter part."""
    _, images = painted(shapes, "background")
    assert np.array_equal(overlay_evidence(images, np.ones(images.shape[:3], dtype=np.float32)), images)
    stroke, ground = np.repeat(shapes, 10, axis=0) > 200, np.repeat(shapes, 10, axis=0) == 0
    for strength in (0.0, -1.0):
        lightness = lab(overlay_evidence(images, np.full(images.shape[:3], strength, dtype=np.float32)))[..., 0]
        for index in range(100):
            assert lightness[index][stroke[index]].mean() - lightness[index][ground[index]].mean() > 8, index


def test_without_color_evidence_has_signs_that_are_denser_on_the_stroke(shapes: NDArray[np.uint8]) -> None:
    image = np.repeat(shapes[1][..., None], 3, axis=2)
    stroke = area_means(shapes[1].astype(np.float64), 14, 28)
    for strength, on_ground, on_stroke in ((1.0, "+", "╬"), (-1.0, "-", "═")):
        evidence = np.full((28, 28), strength, dtype=np.float32)
        characters = np.array([list(line[0].text) for line in shade_lines(image, 28, 28, evidence)])
        assert set(characters[stroke == 0]) == {on_ground} and set(characters[stroke > 230]) == {on_stroke}


def test_evidence_is_seen_on_stroke_and_ground(shapes: NDArray[np.uint8]) -> None:
    _, images = painted(shapes, "background")
    stroke, ground = np.repeat(shapes, 10, axis=0) > 200, np.repeat(shapes, 10, axis=0) == 0
    half = np.zeros(images.shape[:3], dtype=np.float32)
    half[:, :14] = 1.0
    for sign in (1, -1):
        evidence, none = lab(overlay_evidence(images, sign * half)), lab(overlay_evidence(images, 0 * half))
        difference = np.linalg.norm(evidence - none, axis=-1)
        assert not difference[:, 14:].any()
        for part in (stroke[:, :14], ground[:, :14]):
            assert all(difference[index, :14][part[index]].mean() > 20 for index in range(len(images)))
    as_they_are = np.full(images.shape[:3], np.nan, dtype=np.float32)
    assert np.array_equal(overlay_evidence(images, as_they_are), images), "where there is no map nothing is veiled"
