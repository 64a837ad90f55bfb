"""What is drawn: the bytes of painted images, strokes of the pen, colors, and the eraser."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.data.drawing import BLACK, WHITE, Drawing
from lazytui.data.painting.painter import background_light, noise_over, paint_colors
from lazytui.data.params import DatasetParams
from lazytui.data.splits import build_dataset

RED = (255, 0, 0)


@pytest.mark.parametrize("preset", ["background", "stroke", "stroke-level", "texture", "gr95vh", "bw100m", "clean"])
def test_a_drawing_of_an_image_has_its_bytes(preset: str) -> None:
    """Also beyond the first chunk of textures."""
    params = DatasetParams(dataset=preset, source="strokes", train_size=700, test_size=600)
    strokes, backgrounds = paint_colors(params)
    for name in ("hard", "train"):
        split = build_dataset(params).split(name)
        for index in (0, 511, len(split) - 1):
            color = split.attributes[index]
            drawing = Drawing(
                split.originals[index],
                tuple(strokes[color].tolist()),
                tuple(backgrounds[color].tolist()),
                background_light(params, name, index),
                noise=noise_over(params, name, index),
            )
            np.testing.assert_array_equal(drawing.image, split.images[index])


def test_a_stroke_covers_what_the_pen_passes_and_is_soft_at_its_rim() -> None:
    drawing = Drawing.blank(RED, BLACK).with_stroke((4.5, 10.5), (20.5, 10.5), 3.0)
    assert (drawing.gray[10, 4:21] == 255).all() and (drawing.gray[9:12, 4:21] == 255).all()
    assert (drawing.gray[:8] == 0).all() and (drawing.gray[13:] == 0).all() and (drawing.gray[:, :2] == 0).all()
    dot = Drawing.blank().with_stroke((14.0, 14.0), (14.0, 14.0), 3.0).gray
    assert set(np.unique(dot)) - {0, 255}, "the rim is neither full nor empty"
    assert dot.sum() / 255 == pytest.approx(np.pi * 1.5**2, rel=0.1)
    np.testing.assert_array_equal(dot, dot.T)
    assert tuple(drawing.image[10, 10]) == RED and tuple(drawing.image[20, 10]) == BLACK


def test_strokes_add_up_and_the_eraser_takes_away() -> None:
    first = Drawing.blank().with_stroke((5, 5), (20, 5), 2.0)
    both = first.with_stroke((5, 5), (5, 20), 2.0)
    assert (both.gray >= first.gray).all() and both.gray.sum() > first.gray.sum()
    gone = both.without_stroke((0, 0), (27, 27), 60.0)
    assert not gone.gray.any() and gone.is_blank and not both.is_blank
    assert first.gray.sum() < both.gray.sum(), "a drawing isn't changed by the next"


def test_colors_change_at_once_and_a_picture_makes_room_for_a_ground() -> None:
    drawing = Drawing.blank(WHITE, RED).with_stroke((0, 14), (27, 14), 4.0)
    assert tuple(drawing.image[0, 0]) == RED and tuple(drawing.image[14, 14]) == WHITE
    assert tuple(drawing.with_ink((0, 0, 255)).image[14, 14]) == (0, 0, 255)
    picture = np.full((28, 28, 3), (10, 20, 30), np.uint8)
    over = Drawing.over(picture)
    np.testing.assert_array_equal(over.image, picture)
    assert not over.is_blank
    assert tuple(over.with_stroke((14, 14), (14, 14), 3.0).image[0, 0]) == (10, 20, 30)
    assert tuple(over.with_ground(RED).image[0, 0]) == RED
    textured = Drawing(np.zeros((28, 28), np.uint8), WHITE, RED, light=np.full((28, 28), 128, np.uint8))
    assert tuple(textured.image[0, 0]) == (128, 0, 0)
    assert tuple(textured.with_ground((0, 255, 0)).image[0, 0]) == (0, 128, 0), "the texture stays"
