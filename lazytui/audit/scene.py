"""What can be measured in one image without any label: its ground, the object before it, and what else is there."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, wraps
from typing import TypeVar
from weakref import WeakKeyDictionary

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_Scalar = TypeVar("_Scalar", bound=np.generic)

Image = NDArray[np.float32]
"""(h, w, 3), 0 to 1."""

Mask = NDArray[np.bool_]
"""(h, w)."""

LUMINANCE = np.array([0.299, 0.587, 0.114], np.float32)
"""Of red, green and blue (ITU-R BT.601)."""

_MARGIN = 0.18
"""Share of the side in which the ground's color is looked for at each border: 5 pixels of 28, 6 of 32."""
_FRAME = 1 / 14
"""Share of the side that may be a frame: 2 pixels of 28. It would be half of the margin, and isn't the ground."""
_WIDEST_FRAME = 3 / 32
"""Share of the side: so much of the border is filled from itself, and the inside never from there."""
_CANDIDATES = 160
"""Pixels of which the ground's color may be that of one; more are thinned out."""
_ALIKE, _SPREAD = 0.25, 0.4
"""Distances of colors: of the same color; of a color and what is ground of that color, with its noise and pattern."""
_MIDDLE = 0.5
"""How much the share of a color in the middle counts against its share near the border."""
_ON_A_FRAME, _INSIDE_A_FRAME = 0.4, 0.6
"""Shares of each side that may be of another color than a frame, and that must be inside of it."""
_OF_THE_MIDDLE = 0.95
"""Distances from the ground's color are bounded by this quantile of them in the middle of the image..."""
_FAINTEST = 0.2
"""... and by no less than this share of the largest one, where nothing lies in the middle."""
_SMOOTHING = 0.7
"""Pixels, of the distance from the ground's color."""
_EDGE = 2
"""Pixels at each border in which nothing is looked for."""
_FIRM, _FAINT = 0.8, 0.5
"""Of Otsu's threshold: what is object, and what is something else that lies there."""
_CENTER = 7 / 32
"""Standard deviation of the weight of the center, in sides."""
_NO_VARIANCE = 1e-4
"""Of luminance: a ground of less is of one color."""
_SMALLEST = 8
"""Pixels of a second object at least."""
_LEAST_CONTRAST = 0.02
"""Of the distance from the ground: below it there is no object."""
_LARGEST = 0.9
"""Share of the image, but for a frame, that an object may fill and still be separated from its ground."""
_COVERED = 0.8
"""Share of an image, but for a frame, that an object may cover: else too little is seen of its ground."""
_LEVELS = 42
"""Levels of a channel: neighbors in the same one are of one color."""
_FLAT = 12
"""Pixels of one color at least that are something of its own."""
_OTHER_COLOR = 0.05
"""In one channel: flat parts that differ by more are of different colors."""
_AROUND, _BESIDE = (ndimage.generate_binary_structure(2, steps) for steps in (2, 1))
"""Neighbors of a pixel, with those across its corners and without."""
_APART, _LIGHT = 1.2, 0.2
"""Radii of an object, from its center, and share of its weight: what touches it beyond that, weighs no more and is of
another color isn't part of it."""


@dataclass(frozen=True, eq=False)
class Scene:
    """An image and what is found in it. image: (h, w, 3) float32, 0 to 1."""

    image: Image

    @property
    def side(self) -> int:
        """The shorter side in pixels."""
        return int(min(self.image.shape[:2]))

    @cached_property
    def luminance(self) -> NDArray[np.float32]:
        """(h, w), 0 to 1."""
        return luminance(self.image)

    @cached_property
    def ground_color(self) -> NDArray[np.float32]:
        """(3,): the color that most lies near the border and not in the middle; where a frame is or would be isn't
        asked."""
        return self._outer_color(margin(self.image.shape) & ~self.frame)

    @cached_property
    def frame(self) -> Mask:
        """What surrounds everything in one color and ends on all sides at once; nothing where there is no frame."""
        rings = _rings(self.image.shape)
        color = np.median(self.image[np.any(rings[0], axis=0)], axis=0)
        others = [[float(_differs(self.image[side], color).mean()) for side in ring] for ring in rings]
        for width in range(1, len(rings)):
            if np.max(others[:width]) <= _ON_A_FRAME and np.min(others[width]) >= _INSIDE_A_FRAME:
                return np.asarray(np.any(rings[:width], axis=(0, 1)), bool)
        return np.zeros(self.image.shape[:2], bool)

    @cached_property
    def object(self) -> Mask | None:
        """Its pixels; None where no object stands out from the ground."""
        components = _components(self._distance > _FIRM * self._threshold)
        if self._threshold < _LEAST_CONTRAST or not components:
            return None
        weights = self._distance * _central(self._distance.shape)
        best = max(components, key=lambda mask: float(weights[mask].sum()))
        best = best & ~self._touching(best, weights)
        best = best | self._at_the_edge(best)
        return best if best.sum() <= _LARGEST * (~self.frame).sum() else None

    @cached_property
    def halo(self) -> Mask:
        """The object and the pixels that touch it; nothing where there is no object."""
        none = np.zeros(self.image.shape[:2], bool)
        return none if self.object is None else ndimage.binary_dilation(self.object, np.ones((3, 3)))

    @cached_property
    def second(self) -> Mask:
        """Everything else that lies on the ground apart from the object. What reaches from one side to the other, such
        as a frame, is ground itself."""
        lying = np.zeros(self.image.shape[:2], bool)
        if self.object is None:
            return lying
        different = self._away > _FAINT * otsu(self._away)
        for mask in _components(different & ~self.object, diagonally=False):
            spans = mask.any(0).all() or mask.any(1).all()
            if not spans and (mask & ~self.halo).sum() >= _SMALLEST:
                lying |= mask
        return lying

    @cached_property
    def cleared(self) -> Image:
        """The image without the object: ground stands there, and in the frame more of the frame."""
        frame = self.frame if self.frame.any() else frame_mask(self.image.shape)
        inside = fill(self.image, self.halo & ~frame, self.ground_color, self.second | frame)
        return fill(inside, self.halo & frame, self._frame_color, self.second | ~frame)

    @cached_property
    def levels(self) -> tuple[float, float]:
        """Luminance of the ground and of the object (its upper quartile). Of the whole image where there is none."""
        pixels = self.luminance if self.object is None else self.luminance[self.object]
        return float(self.ground_color @ LUMINANCE), float(np.quantile(pixels, 0.75))

    @cached_property
    def cover(self) -> NDArray[np.float32]:
        """(h, w), 0 to 1: how much of each pixel is the object, by its luminance between the ground's and the
        object's. 0 where there is none."""
        ground, bright = self.levels
        if self.object is None or abs(bright - ground) < _LEAST_CONTRAST:
            return np.asarray(self.halo if self.object is None else self.object, np.float32)
        share = (self.luminance - ground) / (bright - ground)
        return np.where(self.halo, np.clip(share, 0, 1), 0).astype(np.float32)

    @cached_property
    def center(self) -> tuple[float, float]:
        """Of the object, in pixels from above and from the left."""
        assert self.object is not None
        (row, column), _ = _center_and_radius(self.object)
        return float(row), float(column)

    @cached_property
    def spread(self) -> float:
        """Root mean square radius of the object, in pixels, and half a pixel."""
        assert self.object is not None
        return _center_and_radius(self.object)[1] + 0.5

    @cached_property
    def _frame_color(self) -> NDArray[np.float32]:
        """(3,): of what surrounds everything, which is ground where there is no frame."""
        return self._outer_color(frame_mask(self.image.shape))

    def _outer_color(self, outer: Mask) -> NDArray[np.float32]:
        """(3,): of the pixels of a mask near the border. An object that reaches there has most of its pixels in the
        middle, so what lies there counts against a color."""
        pixels = self.image[outer]
        candidates = pixels[:: -(-len(pixels) // _CANDIDATES)]
        middle = self.image[tuple(slice(size // 4, size - size // 4) for size in self.image.shape[:2])].reshape(-1, 3)
        middle = middle[:: -(-len(middle) // _CANDIDATES)]
        common, in_the_middle = (_alike(candidates, of).mean(1) for of in (candidates, middle))
        best = candidates[int((common - _MIDDLE * in_the_middle).argmax())]
        color: NDArray[np.float32] = np.median(pixels[_alike(best[None], pixels, _SPREAD)[0]], axis=0)
        return color

    def _at_the_edge(self, component: Mask) -> Mask:
        """Where the object goes on at the edges, in which it isn't looked for: what continues it and is of another
        color than what surrounds everything."""
        nearest = (np.clip(np.arange(size), _EDGE, size - 1 - _EDGE) for size in component.shape)
        away = np.sqrt(((self.image - self._frame_color) ** 2).sum(2))
        edge = np.ones_like(component)
        edge[_EDGE:-_EDGE, _EDGE:-_EDGE] = False
        return np.asarray(edge & component[np.ix_(*nearest)] & (away > self.contrast), bool)

    def _touching(self, component: Mask, weights: NDArray[np.float64]) -> Mask:
        """The parts of a component that are flat, lie away from the rest of it, stand out from what they touch, and are
        of a color that nothing nearer the middle has."""
        parts = _flat_parts(self.image, ndimage.binary_dilation(component))
        away = [_lies_away(part, component, weights) for part in parts]
        colors = [self.image[part].mean(0) for part in parts]
        near = [color for color, is_away in zip(colors, away, strict=True) if not is_away]
        beside = np.zeros_like(component)
        for part, color, is_away in zip(parts, colors, away, strict=True):
            of_another_color = all(_differs(color, other) for other in near)
            if is_away and of_another_color and self._stands_out(part, color, component):
                beside |= ndimage.binary_dilation(part, _AROUND)
        return component & beside

    def _stands_out(self, part: Mask, color: NDArray[np.float32], component: Mask) -> bool:
        """Whether most of what a part touches of its component is of another color, and the part itself firm."""
        edge = component & ndimage.binary_dilation(part, _AROUND) & ~part
        differing = _differs(self.image[edge], color).mean()
        return bool(differing > 0.5 and self._distance[part].mean() > _FIRM * self._threshold)

    @cached_property
    def _away(self) -> NDArray[np.float32]:
        """(h, w): distance of each color from the ground's."""
        away: NDArray[np.float32] = np.sqrt(((self.image - self.ground_color) ** 2).sum(2))
        away[self.frame] = 0
        return away

    @cached_property
    def _distance(self) -> NDArray[np.float32]:
        """(h, w): the same, smoothed, and nothing at the edges. Bounded by what is in the middle of the image: else
        what lies beside a faint object would hide it."""
        middle = _weighted_quantile(self._away, _central(self._away.shape), _OF_THE_MIDDLE)
        most = max(middle, _FAINTEST * self._away.max())
        smooth: NDArray[np.float32] = ndimage.gaussian_filter(np.minimum(self._away, most), _SMOOTHING)
        smooth[:_EDGE] = smooth[-_EDGE:] = smooth[:, :_EDGE] = smooth[:, -_EDGE:] = 0
        return smooth

    @property
    def contrast(self) -> float:
        """The distance of colors from which on a pixel isn't ground."""
        return _FIRM * self._threshold

    @cached_property
    def _threshold(self) -> float:
        return otsu(self._distance)


_Measured = TypeVar("_Measured")


def once_per_scene(measure: Callable[[Scene], _Measured]) -> Callable[[Scene], _Measured]:
    """Keep what was measured of a scene as long as the scene is kept: each host is edited with several donors."""
    kept: WeakKeyDictionary[Scene, _Measured] = WeakKeyDictionary()

    @wraps(measure)
    def measured(scene: Scene) -> _Measured:
        if scene not in kept:
            kept[scene] = measure(scene)
        return kept[scene]

    return measured


def shows_ground(scene: Scene) -> bool:
    """Whether an object leaves enough of its ground to be seen."""
    return bool((scene.halo & ~scene.frame).sum() <= _COVERED * (~scene.frame).sum())


def luminance(image: Image) -> NDArray[np.float32]:
    """(..., 3) to (...), 0 to 1."""
    light: NDArray[np.float32] = image @ LUMINANCE
    return light


@cache
def margin(shape: tuple[int, ...]) -> Mask:
    """The pixels near the border, those left out where a frame would be."""
    width, frame = (round(share * min(shape[:2])) for share in (_MARGIN, _FRAME))
    width = max(width, frame + 1)
    near = np.zeros(shape[:2], bool)
    near[frame:-frame, frame:-frame] = True
    near[width:-width, width:-width] = False
    return near


def _weighted_quantile(values: NDArray[np.float32], weights: NDArray[np.float64], share: float) -> np.float32:
    """The value below which this share of the weight lies."""
    order = values.argsort(axis=None)
    below = weights.ravel()[order].cumsum()
    quantile: np.float32 = values.ravel()[order[np.searchsorted(below, share * below[-1])]]
    return quantile


@cache
def _rings(shape: tuple[int, ...]) -> list[list[Mask]]:
    """The pixels at each of the four sides, those next to them, and so on: one more than the widest frame has."""
    sides = np.meshgrid(*(np.arange(size) for size in shape[:2]), indexing="ij")
    depths = [*sides, *(size - 1 - side for side, size in zip(sides, shape[:2], strict=True))]
    nearest = np.min(depths, axis=0)
    widest = max(1, round(_WIDEST_FRAME * min(shape[:2])))
    return [[(depth == at) & (nearest == at) for depth in depths] for at in range(widest + 1)]


@cache
def frame_mask(shape: tuple[int, ...]) -> Mask:
    """The pixels at the border in which a frame would be."""
    width = max(1, round(_WIDEST_FRAME * min(shape[:2])))
    frame = np.ones(shape[:2], bool)
    frame[width:-width, width:-width] = False
    return frame


def _alike(colors: NDArray[np.float32], others: NDArray[np.float32], within: float = _ALIKE) -> NDArray[np.bool_]:
    """(n, m): whether colors (n, 3) and (m, 3) are no further apart."""
    squared = (colors**2).sum(1)[:, None] - 2 * colors @ others.T + (others**2).sum(1)
    return np.asarray(squared <= within**2 + 1e-5, bool)


def otsu(values: NDArray[np.float32], bins: int = 64) -> float:
    """The threshold that parts values into two groups with the largest variance between them (Otsu 1979)."""
    counts, edges = np.histogram(values, bins)
    centers = (edges[:-1] + edges[1:]) / 2
    below = np.cumsum(counts)
    above = below[-1] - below
    sums = np.cumsum(counts * centers)
    with np.errstate(invalid="ignore", divide="ignore"):
        between = below * above * (sums / below - (sums[-1] - sums) / above) ** 2
    return float(edges[1 + int(np.nanargmax(between[:-1]))]) if np.isfinite(between[:-1]).any() else 0.0


def fill(image: Image, hole: Mask, color: NDArray[np.float32], no_ground: Mask) -> Image:
    """The image with other parts of itself in a hole: of all shifts the one that fills most, less where what is seen
    moved so is unlike what is seen there, and again until it is full. color: of what can't be filled so. no_ground:
    what else isn't put there."""
    filled, left, usable = image.copy(), hole.copy(), ~(hole | no_ground)
    if not left.any():
        return filled
    shifts, size = _shifts(image.shape[:2]), (2 * image.shape[0], 2 * image.shape[1])
    spectrum = np.conj(np.fft.rfft2(usable, size))
    likeness = _likeness(luminance(image), usable, size)
    while left.any():
        filling = np.rint(np.fft.irfft2(np.fft.rfft2(left, size) * spectrum, size)) * likeness
        shift = shifts[int(filling[shifts[:, 0], shifts[:, 1]].argmax())].tolist()
        can = left & _moved(usable, shift, False)
        if not can.any():
            filled[left] = color
            break
        filled[can] = _moved(image, shift, 0.0)[can]
        left &= ~can
    return filled


def _likeness(light: NDArray[np.float32], seen: Mask, size: tuple[int, int]) -> NDArray[np.float64]:
    """Of an image (h, w) and itself moved down and right, where both are seen: 1 where they are the same, a third where
    they have nothing to do with each other, a fifth where one is the other's opposite. Padded to a size."""
    values = np.where(seen, light - light[seen].mean() if seen.any() else 0.0, 0.0).astype(np.float64)
    of_seen, of_values, of_squares = (np.fft.rfft2(one, size) for one in (seen.astype(np.float64), values, values**2))
    both = np.fft.irfft2(np.abs(of_seen) ** 2, size)
    squares = np.fft.irfft2(of_squares * np.conj(of_seen) + of_seen * np.conj(of_squares), size)
    difference = squares - 2 * np.fft.irfft2(np.abs(of_values) ** 2, size)
    variance = float((values**2).sum()) / max(1, int(seen.sum()))
    mean = np.maximum(difference, 0) / np.maximum(both, 1)
    return np.asarray(1 / (1 + mean / max(variance, _NO_VARIANCE)), np.float64)


@cache
def _shifts(shape: tuple[int, int]) -> NDArray[np.int64]:
    """(n, 2): down and right, the shortest first, along both axes and both diagonals."""
    reach = min(shape) - 2
    return np.array(
        [
            (down * by, right * by)
            for by in range(2, reach, 2)
            for down, right in ((0, 1), (1, 0), (0, -1), (-1, 0), (1, 1), (1, -1), (-1, 1), (-1, -1))
        ],
        np.int64,
    )


def _moved(array: NDArray[_Scalar], by: Sequence[int], outside: float) -> NDArray[_Scalar]:
    """The array moved down and right; what comes in is `outside`."""
    moved = np.full_like(array, outside)
    (down, right), (height, width) = by, array.shape[:2]
    to = slice(max(down, 0), height + min(down, 0)), slice(max(right, 0), width + min(right, 0))
    of = slice(max(-down, 0), height + min(-down, 0)), slice(max(-right, 0), width + min(-right, 0))
    moved[to] = array[of]
    return moved


def _components(mask: Mask, diagonally: bool = True) -> list[Mask]:
    labels, count = ndimage.label(mask, _AROUND if diagonally else _BESIDE)
    return [labels == number for number in range(1, count + 1)]


def _flat_parts(image: Image, mask: Mask) -> list[Mask]:
    """Connected parts of a mask that are of one color."""
    levels = np.rint(image * _LEVELS).astype(int) @ (1, _LEVELS + 1, (_LEVELS + 1) ** 2)
    colors, counts = np.unique(levels[mask], return_counts=True)
    large = colors[counts >= _FLAT]
    parts = (part for level in large for part in _components(mask & (levels == level), False))
    return [part for part in parts if part.sum() >= _FLAT]


def _differs(colors: NDArray[np.float32], color: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(...): whether colors (..., 3) are other ones."""
    return np.asarray(np.abs(colors - color).max(-1) > _OTHER_COLOR, bool)


def _lies_away(part: Mask, component: Mask, weights: NDArray[np.float64]) -> bool:
    """Whether a part of a component has little of its weight, and lies away from the center of the rest."""
    around = ndimage.binary_dilation(part, _AROUND)
    rest = component & ~around
    edge = component & around & ~part
    if not edge.any() or rest.sum() < _FLAT or weights[part].sum() > _LIGHT * weights[component].sum():
        return False
    center, radius = _center_and_radius(rest)
    return bool(np.hypot(*(_center_and_radius(part)[0] - center)) > _APART * radius)


def _center_and_radius(mask: Mask) -> tuple[NDArray[np.float64], float]:
    """Of its pixels: their mean (2,), and their root mean square distance from it."""
    where = np.stack(np.nonzero(mask))
    return where.mean(1), float(np.sqrt(where.var(1).sum()))


@cache
def _central(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """(h, w): a Gaussian weight that is 1 in the center."""
    rows, columns = (np.arange(size) - (size - 1) / 2 for size in shape)
    weight: NDArray[np.float64] = np.exp(-(rows[:, None] ** 2 + columns**2) / (2 * (_CENTER * min(shape)) ** 2))
    return weight
