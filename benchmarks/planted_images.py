"""Images with planted properties, as archives that `npz:` reads: several at once, marks in places, the label itself.

The cues are painted by lazytui.data.cues, marks by this file; neither shares code with the audit's editors. An archive
has `x_train y_train x_test y_test` and, where the property isn't the label, `a_train a_test`: its values. In the test
part no image has its class's value.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial
from pathlib import Path

import numpy as np
from numpy.random import Generator
from numpy.typing import NDArray

from lazytui.data.cues import CUES
from lazytui.data.cues.base import Canvas, Draw, mixed
from lazytui.data.cues.shrinking import shrunk
from lazytui.data.random_streams import stream
from lazytui.data.source_images import Part
from lazytui.data.sources import load_images
from lazytui.data.sources.params import SourceParams

Images = NDArray[np.uint8]
Values = NDArray[np.uint8]
Paint = Callable[[Images, Values, Draw], Images]
"""(n, 28, 28) uint8 white shapes on black, (n,) values of 0 to 9 -> (n, 28, 28, 3) uint8."""

COUNTS: dict[Part, int] = {"train": 6000, "test": 1500}
VALUES = 10
BIAS = 0.95

IN_ORDER = (
    "position",
    "scale",
    "color",
    "ground",
    "texture",
    "noise-frequency",
    "hue",
    "brightness",
    "blur",
    "second-object",
    "border",
    "watermark",
)
"""In which cues are painted over each other: the frame before the mark, of which it would hide a third."""


@dataclass(frozen=True)
class Varied:
    """How a cue varies that goes with no class, so that a person still recognizes the object. first: how many of its
    ten values occur. strength: share of its change of an image that is put on. share: of the images that have it."""

    first: int = VALUES
    strength: float = 1.0
    share: float = 1.0


VARIED = {
    "position": Varied(),
    "scale": Varied(first=4),  # 100 to 82 % of the side
    "color": Varied(),
    "ground": Varied(strength=0.25),
    "texture": Varied(strength=0.25),
    "noise-frequency": Varied(strength=0.25),
    "hue": Varied(share=0.5),
    "brightness": Varied(first=6),  # 100 to 61 %
    "blur": Varied(first=3),  # a standard deviation of 0 to 0.7 pixels
    "second-object": Varied(),
    "border": Varied(),
    "watermark": Varied(),
}

NOT_TOGETHER = {"color": ("hue",), "ground": ("hue",), "hue": ("color",)}
"""What is left out where a cue is planted. A hue of equal luminance replaces every color, so that half of the images
have one, and the others a color of the object; a colored object could have the luminance of its ground."""

SMALLER = (0.5, 0.7)
"""Shares of the side that images vary in where positions are planted, which need room."""


@dataclass(frozen=True)
class Originals:
    """images: (n, 28, 28) uint8, white shapes on black. labels: (n,) uint8. part: of the source."""

    source: str
    part: Part
    images: Images
    labels: Values

    def draw(self, seed: int, purpose: str) -> Generator:
        """A random stream of these images, which begins anew with every call."""
        return stream(seed, "planted", self.source, self.part, purpose)

    def values(self, seed: int, purpose: str, bias: float = BIAS, kinds: int = VALUES) -> Values:
        """(n,) uint8: this share has its class's own value, none in the test part; the others have another one that
        looks different, where there are but so many kinds."""
        random = self.draw(seed, f"values of {purpose}")
        own = random.permutation(len(self.labels)) < round(bias * len(self.labels) * (self.part == "train"))
        other = random.integers(0, VALUES, (len(self.labels), 40), np.uint8)
        differs = other % kinds != self.labels[:, None] % kinds
        first = other[np.arange(len(other)), differs.argmax(1)]
        return np.where(own, self.labels, first).astype(np.uint8)


def originals(source: str, part: Part) -> Originals:
    loaded = load_images(SourceParams(source=source), part, COUNTS[part]).take(slice(COUNTS[part]))
    return Originals(source, part, loaded.images, loaded.labels)


def write_planted(file: Path, source: str, paint: Callable[[Originals], Mapping[str, NDArray[np.uint8]]]) -> Path:
    """The archive, written where it isn't there. paint: makes the arrays x, y and perhaps a of a part."""
    if not file.exists():
        file.parent.mkdir(parents=True, exist_ok=True)
        parts: tuple[Part, ...] = ("train", "test")
        arrays = {f"{name}_{part}": array for part in parts for name, array in paint(originals(source, part)).items()}
        unfinished = file.with_suffix(".part")
        with unfinished.open("wb") as opened:
            np.savez(opened, **arrays)
        unfinished.rename(file)
    return file


def with_one(paint: Paint, seed: int, name: str, kinds: int = VALUES) -> Callable[[Originals], dict[str, Images]]:
    """One property at a bias of .95."""

    def arrays(of: Originals) -> dict[str, Images]:
        values = of.values(seed, name, kinds=kinds)
        return {"x": paint(of.images, values, partial(of.draw, seed)), "y": of.labels, "a": values}

    return arrays


def with_all_varying(
    cue: str | None, seed: int, of: Originals, others: tuple[str, ...] = IN_ORDER
) -> dict[str, Images]:
    """A cue at a bias of .95 where these others vary at random; without one nothing but the shape goes with the
    class."""
    left_out = NOT_TOGETHER.get(cue or "", ())
    values = {
        name: of.draw(seed, f"any {name}").integers(0, varied.first, len(of.labels), np.uint8)
        for name, varied in VARIED.items()
        if name in others and name not in left_out
    }
    planted = of.values(seed, cue) if cue else of.draw(seed, "any").integers(0, VALUES, len(of.labels), np.uint8)
    if cue:
        values[cue] = planted
    painted = paint_together(of.images, values, {cue} if cue else set(), partial(of.draw, seed))
    return {"x": painted, "y": of.labels, "a": planted}


def with_two(cues: tuple[str, str], seed: int, of: Originals) -> dict[str, Images]:
    """Two cues at a bias of .95, independent of each other given the class. The attribute is the first."""
    values = {cue: of.values(seed, cue) for cue in cues}
    painted = paint_together(of.images, values, set(cues), partial(of.draw, seed))
    return {"x": painted, "y": of.labels, "a": values[cues[0]]}


def as_the_label(cue: str, seed: int, of: Originals) -> dict[str, Images]:
    """The label is the value of the cue, and the shape goes with nothing."""
    values = of.draw(seed, f"label {cue}").integers(0, VALUES, len(of.labels), np.uint8)
    return {"x": paint_together(of.images, {cue: values}, {cue}, partial(of.draw, seed)), "y": values}


def paint_together(shapes: Images, values: Mapping[str, Values], planted: set[str], draw: Draw) -> Images:
    """(n, 28, 28, 3) uint8: every cue of `values` over shapes (n, 28, 28), in their order. planted: those that are
    painted as they are planted alone; of the others as `VARIED` says."""
    objects = placed(shapes, values, planted, draw)
    covers = np.asarray(objects / 255, np.float32)
    images = np.repeat(objects[..., None], 3, axis=3)
    for cue in IN_ORDER[2:]:
        if cue in values:
            entry = CUES["tint" if cue == "color" else cue]
            painted = entry.paint(Canvas(images, covers), values[cue], VALUES, partial(_named_draw, draw, cue))
            images = painted if cue in planted else weakened(images, painted, cue, values, draw)
    return images


def _named_draw(draw: Draw, cue: str, purpose: str) -> Generator:
    return draw(f"{cue} {purpose}")


def weakened(images: Images, painted: Images, cue: str, values: Mapping[str, Values], draw: Draw) -> Images:
    """With a share of a cue's change, in the images that have it: those of a color have no hue where both vary."""
    has_it = np.ones(len(images), bool)
    if {"color", "hue"} <= set(values) and cue in ("color", "hue"):
        has_it = (draw("hue or color").random(len(images)) < VARIED["hue"].share) == (cue == "hue")
    return mixed(images, painted, VARIED[cue].strength * has_it[:, None, None, None])


def placed(shapes: Images, values: Mapping[str, Values], planted: set[str], draw: Draw) -> Images:
    """(n, 28, 28) uint8: shapes made smaller by the value of `scale`, and put by that of `position` in the room left.

    The painter of either would make them smaller once more. Where positions alone are planted, sizes leave room.
    """
    if not {"position", "scale"} & set(values):
        return shapes
    many = len(shapes)
    sizes = np.linspace(1, 0.45, VALUES)[values["scale"]] if "scale" in values else np.full(many, 0.6)
    if "position" in planted and "scale" not in planted and "scale" in values:
        sizes = draw("room").uniform(*SMALLER, many)
    cells = values.get("position")
    offsets = np.full((many, 2), 0.5) if cells is None else np.stack([cells // 4 / 2, cells % 4 / 3], 1)
    return np.stack(
        [
            shrunk(shape, float(size), (float(down), float(across)), 0)
            for shape, size, (down, across) in zip(shapes, sizes, offsets, strict=True)
        ]
    )


CELLS = {
    "upper left corner": (0, 0),
    "upper edge": (0, 1),
    "upper right corner": (0, 2),
    "left edge": (1, 0),
    "right edge": (1, 2),
    "lower left corner": (2, 0),
    "lower edge": (2, 1),
    "lower right corner": (2, 2),
}
"""Outer cells of a grid of three by three: (row, column)."""

MARK = 5
"""Pixels across."""


def mark_in(cell: str, by_level: bool = False) -> Paint:
    """A mark of five pixels in the middle of a cell, moved towards the rim by two: one of ten dot patterns, or a square
    of one of ten gray levels."""
    row, column = CELLS[cell]
    top, left = (round((at + 0.5) * 28 / 3 - MARK / 2) + 2 * (at - 1) for at in (row, column))
    dots = stream(0, "dots of marks").permuted(np.tile(np.arange(MARK**2) % 2, (VALUES, 1)), axis=1)
    levels = np.linspace(25, 250, VALUES)[:, None] if by_level else 250 * dots
    marks = np.broadcast_to(levels, (VALUES, MARK**2)).reshape(VALUES, MARK, MARK).astype(np.uint8)

    def paint(shapes: Images, values: Values, _draw: Draw) -> Images:
        marked = shapes.copy()
        marked[:, top : top + MARK, left : left + MARK] = marks[values]
        return np.repeat(marked[..., None], 3, axis=3)

    return paint
