"""Pen skeletons: the shipped handwriting variants of every digit, as curves through control points."""

from __future__ import annotations

import functools
import itertools
from dataclasses import dataclass
from pathlib import Path
from typing import Annotated, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict, Field, ValidationError, field_validator

from lazytui.errors import BadInput
from lazytui.files.package_data import package_folder
from lazytui.files.reading import read_regular
from lazytui.files.writing import reason

Float = NDArray[np.float64]

_LARGEST = 4 << 20

POINTS = 80
"""Pen positions along every digit, shared among its strokes by length: under a pixel apart in the 20x20 box."""

_Coordinate = Annotated[float, Field(ge=0, le=1)]
_Point = tuple[_Coordinate, _Coordinate]
_Digit = Literal["0", "1", "2", "3", "4", "5", "6", "7", "8", "9"]


class Variant(BaseModel):
    """One way to write a digit. strokes: lists of points (x, y), y downward; a point given twice is a corner."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    name: str
    about: str
    weight: float = Field(gt=0, allow_inf_nan=False)
    strokes: list[list[_Point]] = Field(min_length=1)

    @field_validator("strokes")
    @classmethod
    def _every_stroke_leads_somewhere(cls, strokes: list[list[_Point]]) -> list[list[_Point]]:
        for stroke in strokes:
            if len(set(stroke)) < 2:
                raise ValueError("a stroke needs two different points")
            if any(a == b == c for a, b, c in zip(stroke, stroke[1:], stroke[2:], strict=False)):
                raise ValueError("a point may be given twice in a row, not three times")
            if stroke[0] == stroke[1] or stroke[-1] == stroke[-2]:
                raise ValueError("a stroke can't begin or end in a corner")
        return strokes


class Skeletons(BaseModel):
    """The shipped file: the variants of all ten digits."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    description: list[str]
    digits: dict[_Digit, Annotated[list[Variant], Field(min_length=1)]]

    @field_validator("digits")
    @classmethod
    def _ten_digits(cls, digits: dict[_Digit, list[Variant]]) -> dict[_Digit, list[Variant]]:
        if len(digits) != 10:
            raise ValueError("all ten digits are needed")
        return digits


@dataclass(frozen=True)
class Pens:
    """All V variants as one table, so that digits of different variants are drawn in one stroke of arithmetic.

    names: "digit/variant", V of them.
    shares: (10, V), the share of a variant among the writers of a digit; rows sum to 1.
    controls: (V, K, 2), control points (x, y) in the unit box, padded with zeros to the longest variant.
    strokes: (V, K), which stroke of its variant a control point belongs to.
    curves: (V, POINTS, K): pen positions = curves @ controls. Linear, so jittered controls bend whole curves.
    along: (V, POINTS), where a pen position lies on its stroke, from 0 (pen down) to 1 (pen up).
    """

    names: tuple[str, ...]
    shares: Float
    controls: Float
    strokes: NDArray[np.intp]
    curves: Float
    along: Float


@functools.cache
def load_pens(path: Path | None = None) -> Pens:
    """The skeletons in `path` (default: the shipped `assets/strokes.json`), ready to draw; BadInput if damaged."""
    return _table(read_skeletons(path or package_folder("assets") / "strokes.json"))


def read_skeletons(path: Path) -> Skeletons:
    """Read and validate a skeleton file; BadInput says what is wrong with it and where."""
    try:
        return Skeletons.model_validate_json(read_regular(path, _LARGEST, links=True))
    except OSError as error:
        raise BadInput(f"The pen strokes {str(path)!r} can't be read: {reason(error)}.") from error
    except ValidationError as error:
        first = error.errors()[0]
        where = " > ".join(str(part) for part in first["loc"]) or "the file"
        raise BadInput(f"The pen strokes {str(path)!r} are damaged at {where}: {first['msg']}.") from error


def _table(skeletons: Skeletons) -> Pens:
    variants = [(int(digit), variant) for digit, group in skeletons.digits.items() for variant in group]
    shares = np.zeros((10, len(variants)))
    for index, (digit, variant) in enumerate(variants):
        shares[digit, index] = variant.weight
    parts = [_variant_curves(variant) for _, variant in variants]
    longest = max(len(controls) for controls, *_ in parts)
    return Pens(
        names=tuple(f"{digit}/{variant.name}" for digit, variant in variants),
        shares=shares / shares.sum(1, keepdims=True),
        controls=np.stack([np.pad(controls, [(0, longest - len(controls)), (0, 0)]) for controls, *_ in parts]),
        strokes=np.stack([np.pad(strokes, (0, longest - len(strokes))) for _, strokes, *_ in parts]),
        curves=np.stack([np.pad(curves, [(0, 0), (0, longest - curves.shape[1])]) for *_, curves, _ in parts]),
        along=np.stack([along for *_, along in parts]),
    )


def _variant_curves(variant: Variant) -> tuple[Float, NDArray[np.intp], Float, Float]:
    """controls (k, 2), their stroke (k,), curves (POINTS, k), along (POINTS,) of one variant."""
    smooth = [_smooth_stroke(stroke) for stroke in variant.strokes]
    lengths = np.array([length[-1] for *_, length in smooth])
    counts = 2 + np.floor((POINTS - 2 * len(lengths)) * lengths / lengths.sum()).astype(int)
    counts[np.argmax(lengths)] += POINTS - counts.sum()

    controls = np.concatenate([points for points, *_ in smooth])
    strokes = np.concatenate([np.full(len(points), i) for i, (points, *_) in enumerate(smooth)])
    curves = np.zeros((POINTS, len(controls)))
    along = np.empty(POINTS)
    row = column = 0
    for (points, dense, length), count in zip(smooth, counts, strict=True):
        fractions = np.linspace(0, 1, count)
        for offset in range(len(points)):
            curves[row : row + count, column + offset] = np.interp(fractions * length[-1], length, dense[:, offset])
        along[row : row + count] = fractions
        row, column = row + count, column + len(points)
    return controls, strokes, curves, along


def _smooth_stroke(stroke: list[_Point]) -> tuple[Float, Float, Float]:
    """The distinct control points (k, 2), a dense curve through them (m, k), and the length up to each of its rows.

    A corner ends one smooth section and starts the next; both share the control point, so jitter can't tear them.
    """
    points = [stroke[0]] + [b for a, b in itertools.pairwise(stroke) if a != b]
    controls = np.array(points)
    repeats = [i for i, (a, b) in enumerate(itertools.pairwise(stroke)) if a == b]
    corners = [repeat - earlier for earlier, repeat in enumerate(repeats)]
    ends = [0, *corners, len(points) - 1]
    sections = []
    for first, last in itertools.pairwise(ends):
        section = np.zeros((20 * (last - first) + 1, len(points)))
        section[:, first : last + 1] = _catmull_rom(controls[first : last + 1], len(section))
        sections.append(section)
    dense = np.concatenate(sections)
    steps = np.linalg.norm(np.diff(dense @ controls, axis=0), axis=1)
    return controls, dense, np.concatenate([[0.0], np.cumsum(steps)])


def _catmull_rom(controls: Float, count: int) -> Float:
    """The matrix (count, k) that takes k control points to a centripetal Catmull-Rom curve (Yuksel et al. 2011)."""
    knots = np.concatenate([[0.0], np.cumsum(np.linalg.norm(np.diff(controls, axis=0), axis=1) ** 0.5)])
    time = np.linspace(0, knots[-1], count)
    piece = np.clip(np.searchsorted(knots, time, side="right") - 1, 0, len(knots) - 2)
    width = np.diff(knots)[piece, None]
    u = (time[:, None] - knots[piece, None]) / width
    points = np.eye(len(knots))
    slopes = np.gradient(points, knots, axis=0, edge_order=2 if len(knots) > 2 else 1)
    start = (1 + 2 * u) * (1 - u) ** 2 * points[piece] + u * (1 - u) ** 2 * width * slopes[piece]
    end = u**2 * (3 - 2 * u) * points[piece + 1] + u**2 * (u - 1) * width * slopes[piece + 1]
    return np.asarray(start + end, dtype=np.float64)
