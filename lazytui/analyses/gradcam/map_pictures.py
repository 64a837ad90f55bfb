"""Pictures of one network's maps: matching and conflicting colors, examples of each category, every method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.gradcam.params import GradcamParams
from lazytui.analyses.gradcam.result import NetworkMaps
from lazytui.data.palettes import Palette, palette
from lazytui.evaluation.predictions import DIGITS, tone_of
from lazytui.figures.kinds import Pixels, Tone
from lazytui.saliency.checks.reason_categories import EVIDENCE_CATEGORIES, ON_STROKE
from lazytui.saliency.map_names import METHODS
from lazytui.saliency.map_resizing import upsample

_TONES: tuple[Tone, ...] = ("good", "bad", "good", "bad", "muted")


@dataclass(frozen=True, eq=False)
class NetworkView:
    """One network's maps, and what its figures say of them.

    name: what it is called; empty where it is the only one. description: the network, the method and the layer.
    signed: whether evidence against the class is shown.
    """

    name: str
    maps: NetworkMaps
    description: str
    palette: Palette
    signed: bool

    @classmethod
    def from_maps(cls, params: GradcamParams, name: str, maps: NetworkMaps) -> NetworkView:
        method = METHODS[params.method]
        height, width = maps.map_size
        layer = f"{maps.layer} ({height} x {width})" if maps.layer else ""
        target = f"target {params.target}" if params.target != "predicted" else ""
        description = ", ".join(word for word in (name, method.title, layer, target) if word)
        return cls(name, maps, description, palette(maps.trained.palette), method.signed)

    @property
    def suffix(self) -> str:
        """What tells the titles of its figures from the other network's."""
        return f", {self.name}" if self.name else ""


def overlay(maps: NDArray[Any], signed: bool) -> NDArray[np.float32]:
    """(n, h, w) raw maps -> (n, 28, 28) in [-1, 1]: through a ReLU unless signed, stretched to the largest of each."""
    large = upsample(maps.astype(np.float32))
    values = large if signed else np.maximum(large, 0)
    size = np.abs(values).max((1, 2), keepdims=True)
    return np.asarray(np.divide(values, size, out=np.zeros_like(values), where=size > 0))


def largest_evidence(heat: NDArray[Any], signed: bool) -> float:
    """What an overlay of 1 stands for on a raw map (h, w)."""
    large = upsample(heat[None].astype(np.float32))
    return float((np.abs(large) if signed else np.maximum(large, 0)).max())


def softmax(logits: NDArray[Any]) -> NDArray[np.float64]:
    """(n, 10) logits -> probabilities."""
    powers = np.exp(logits.astype(np.float64) - logits.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))


def matching_colors(view: NetworkView) -> Pixels:
    """The comparison of the task: red 0, green 0, red 1, ...: each digit in its own color and in its neighbours'."""
    conflict = view.maps.cue_conflict
    digits = np.arange(10)
    chosen = np.concatenate([10 * digits + (digits + step) % 10 for step in (0, 1, 9)])
    captions: list[str] = []
    tones: list[Tone] = []
    for index, probabilities in zip(chosen.tolist(), softmax(conflict.logits[chosen]), strict=True):
        digit, color = divmod(index, 10)
        guess = int(probabilities.argmax())
        answer = f"{guess} {probabilities[guess]:.0%} {view.palette.names[color]}"
        target = _other_target(int(conflict.targets[index]), guess)
        captions.append(f"{answer}{target}{'' if (conflict.maps[index] > 0).any() else ', no positive evidence'}")
        tones.append(tone_of(guess, digit, color))
    return Pixels(
        name="matching",
        title=f"Matching and conflicting colors: {view.description}",
        note="The same ten shapes in three colors. Below: prediction, probability, color. ✓ the digit; ✗ the color's "
        f"digit; · neither. {_scale(view)}",
        images=conflict.images[chosen],
        overlay=overlay(conflict.maps[chosen], view.signed),
        columns=10,
        captions=tuple(captions),
        tones=tuple(tones),
        row_labels=("own", "next digit's", "last digit's"),
        column_labels=DIGITS,
        row_axis="color",
        column_axis="digit",
    )


def examples(view: NetworkView) -> list[Pixels]:
    """A figure for each evidence category that occurs."""
    maps, shown = view.maps, view.maps.examples
    probabilities = softmax(shown.logits)
    figures = []
    for category, title in enumerate(EVIDENCE_CATEGORIES):
        chosen = np.flatnonzero(maps.evidence[shown.indices] == category)
        captions = []
        for number in chosen:
            image, guess = shown.indices[number], int(probabilities[number].argmax())
            sample = f"{view.palette.color_name(int(maps.colors[image]))} {maps.digits[image]}"
            target = _other_target(int(shown.targets[number]), guess)
            captions.append(f"{sample} → {guess} {probabilities[number][guess]:.0%}{target}")
        if len(chosen):
            figures.append(
                Pixels(
                    name=title.replace(",", "").replace(" ", "-"),
                    title=f"{title[0].upper()}{title[1:]}: {view.description}",
                    note=f"The first {len(chosen)} of {int((maps.evidence == category).sum()):,}. On the stroke: the "
                    f"image's own mask holds more of the map than {ON_STROKE:.0%} of other images' masks. "
                    f"{_scale(view)}",
                    images=shown.images[chosen],
                    overlay=overlay(shown.maps[chosen], view.signed),
                    columns=10,
                    captions=tuple(captions),
                    tones=(_TONES[category],) * len(chosen),
                )
            )
    return figures


def gallery(view: NetworkView) -> list[Pixels]:
    """The same images by every method; none in results of early versions."""
    maps, conflict, chosen = view.maps, view.maps.cue_conflict, view.maps.gallery_indices
    if chosen is None or maps.gallery_methods is None:
        return []
    methods = maps.gallery_methods
    overlays = [overlay(maps.gallery[method], METHODS[method].signed) for method in methods]
    as_they_are = np.full_like(overlays[0], np.nan)
    layer = f"Layer maps show {maps.gallery_layer}; CAM shows the layer before pooling. " if maps.gallery_layer else ""
    return [
        Pixels(
            name="methods",
            title=f"The same images by every method{view.suffix}",
            note=f"{layer}Target: the prediction, below each image. Gradients have no sign here: magnitude over the "
            "color channels.",
            images=np.concatenate([conflict.images[chosen]] * (1 + len(methods))),
            overlay=np.concatenate([as_they_are, *overlays]),
            columns=len(chosen),
            captions=tuple(f"→ {guess}" for guess in conflict.logits[chosen].argmax(1)) * (1 + len(methods)),
            row_labels=("image", *(METHODS[method].title for method in methods)),
            column_labels=tuple(f"{view.palette.names[index % 10]} {index // 10}" for index in chosen.tolist()),
        )
    ]


def _other_target(target: int, guess: int) -> str:
    return "" if target == guess else f" (map of {target})"


def _scale(view: NetworkView) -> str:
    hidden = "" if view.signed else "; evidence against the class isn't shown"
    return f"An image keeps its color where the evidence is; each map is scaled to its maximum{hidden}."
