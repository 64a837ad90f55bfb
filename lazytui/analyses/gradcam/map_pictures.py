"""Pictures of one network's maps: matching and conflicting values, examples of each category, every method."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.content_words import region
from lazytui.analyses.gradcam.image_words import evidence_names
from lazytui.analyses.gradcam.params import GradcamParams, read_target
from lazytui.analyses.gradcam.result import CueConflict, NetworkMaps
from lazytui.analyses.networks.image_choice import group_name
from lazytui.analyses.networks.score_choice import ScoreName, score_in_words
from lazytui.data.content import Content
from lazytui.data.splits import MOST_SHOWN
from lazytui.evaluation.predictions import tone_of
from lazytui.figures.kinds import Pixels, Tone
from lazytui.saliency.checks.reason_categories import EVIDENCE_CATEGORIES, ON_STROKE
from lazytui.saliency.map_names import METHODS
from lazytui.saliency.map_resizing import upsample

_TONES: tuple[Tone, ...] = ("good", "bad", "good", "bad", "muted")
_ANSWERS: tuple[tuple[str, Tone], ...] = (("correct", "good"), ("incorrect", "bad"))
"""The categories where masks of the images aren't known."""


@dataclass(frozen=True, eq=False)
class NetworkView:
    """One network's maps, and what its figures say of them.

    name: what it is called; empty where it is the only one. description: the network, the method and the layer.
    signed: whether evidence against the class is shown. score: what is explained in place of a class; empty: a class.
    """

    name: str
    maps: NetworkMaps
    description: str
    signed: bool
    score: str = ""

    @classmethod
    def from_maps(cls, params: GradcamParams, name: str, maps: NetworkMaps) -> NetworkView:
        method = METHODS[params.method]
        height, width = maps.map_size
        layer = f"{maps.layer} ({height} x {width})" if maps.layer else ""
        named = read_target(params.target, maps.content)
        score = score_in_words(named, maps.content) if isinstance(named, ScoreName) else ""
        target = score or (f"target {params.target}" if params.target != "predicted" else "")
        description = ", ".join(word for word in (name, method.title, layer, target) if word)
        return cls(name, maps, description, method.signed, score)

    @property
    def suffix(self) -> str:
        """What sets the titles of its figures apart from the other network's."""
        return f", {self.name}" if self.name else ""

    @property
    def content(self) -> Content:
        """What the images are."""
        return self.maps.content

    def overlay(self, maps: NDArray[Any], *, signed: bool | None = None) -> NDArray[np.float32]:
        """Its maps at the size of the images. signed: if not as its own are."""
        return overlay(maps, self.signed if signed is None else signed, self.content.height, self.content.width)


def overlay(maps: NDArray[Any], signed: bool, height: int = 28, width: int = 28) -> NDArray[np.float32]:
    """(n, h, w) raw maps -> (n, height, width) in [-1, 1]: through a ReLU unless signed, stretched to the largest of
    each."""
    large = upsample(maps.astype(np.float32), height, width)
    values = large if signed else np.maximum(large, 0)
    size = np.abs(values).max((1, 2), keepdims=True)
    return np.asarray(np.divide(values, size, out=np.zeros_like(values), where=size > 0))


def largest_evidence(heat: NDArray[Any], signed: bool, height: int, width: int) -> float:
    """What an overlay of 1, of that size, stands for on a raw map (h, w)."""
    large = upsample(heat[None].astype(np.float32), height, width)
    return float((np.abs(large) if signed else np.maximum(large, 0)).max())


def softmax(logits: NDArray[Any]) -> NDArray[np.float64]:
    """(n, classes) logits -> probabilities."""
    powers = np.exp(logits.astype(np.float64) - logits.max(1, keepdims=True))
    return np.asarray(powers / powers.sum(1, keepdims=True))


def matching_values(view: NetworkView) -> list[Pixels]:
    """The comparison of the task: red 0, green 0, red 1, ...: each class with its own value and with its neighbors'.

    None where nothing can be repainted.
    """
    conflict, content = view.maps.cue_conflict, view.content
    if conflict is None:
        return []
    values, side = min(len(content.values), MOST_SHOWN), min(*content.groups, MOST_SHOWN)
    steps = (0, 1, side - 1)[: min(side, 3)]
    labels = np.tile(np.arange(side), len(steps))
    attributes = (labels + np.repeat(steps, side)) % side
    chosen = values * labels + attributes
    label = content.label
    return [
        Pixels(
            name="matching",
            title=f"Matching and conflicting {content.attribute}s: {view.description}",
            note=f"{_same_originals(content, side, len(steps))} Below: prediction, probability, {content.attribute}. "
            f"✓ the {label}; ✗ the {content.attribute}'s {label}; · neither. {_scale(view)}",
            images=conflict.images[chosen],
            overlay=view.overlay(conflict.maps[chosen]),
            columns=side,
            captions=_matching_captions(view, conflict, chosen, attributes),
            tones=tuple(map(tone_of, conflict.logits[chosen].argmax(1), labels, attributes)),
            row_labels=("own", f"next {label}'s", f"last {label}'s")[: len(steps)],
            column_labels=content.classes[:side],
            row_axis=content.attribute,
            column_axis=label,
        )
    ]


def _same_originals(content: Content, side: int, rows: int) -> str:
    if content.label == "digit" and content.attribute == "color":
        return "The same ten shapes in three colors."
    return f"The same {side} images with {rows} {content.attribute}s each."


def _matching_captions(
    view: NetworkView, conflict: CueConflict, chosen: NDArray[np.int64], attributes: NDArray[np.int64]
) -> tuple[str, ...]:
    content, captions = view.content, []
    for index, attribute, shares in zip(
        chosen.tolist(), attributes.tolist(), softmax(conflict.logits[chosen]), strict=True
    ):
        guess = int(shares.argmax())
        answer = f"{content.classes[guess]} {shares[guess]:.0%} {content.values[attribute]}"
        target = _other_target(content, int(conflict.targets[index]), guess)
        captions.append(f"{answer}{target}{'' if (conflict.maps[index] > 0).any() else ', no positive evidence'}")
    return tuple(captions)


def examples(view: NetworkView) -> list[Pixels]:
    """A figure for each category of answers that occurs."""
    maps, shown = view.maps, view.maps.examples
    figures = []
    for category, (name, title, tone, note) in enumerate(_categories(view)):
        chosen = np.flatnonzero(maps.categories[shown.indices] == category)
        if len(chosen):
            figures.append(
                Pixels(
                    name=name,
                    title=f"{title[0].upper()}{title[1:]}: {view.description}",
                    note=f"The first {len(chosen)} of {int((maps.categories == category).sum()):,}. {note}"
                    f"{_scale(view)}",
                    images=shown.images[chosen],
                    overlay=view.overlay(shown.maps[chosen]),
                    columns=10,
                    captions=_example_captions(view, chosen),
                    tones=(tone,) * len(chosen),
                )
            )
    return figures


def _categories(view: NetworkView) -> list[tuple[str, str, Tone, str]]:
    """Of each the figure's name, what it is called, how it is marked, and what is said of it."""
    if view.maps.scores is None:
        return [(name, name, tone, "") for name, tone in _ANSWERS]
    note = (
        f"On the {region(view.content)}: the image's own mask holds more of the map than {ON_STROKE:.0%} of other "
        "images' masks. "
    )
    names = [name.replace(",", "").replace(" ", "-") for name in EVIDENCE_CATEGORIES]
    titles = evidence_names(view.content)
    return [(name, title, tone, note) for name, title, tone in zip(names, titles, _TONES, strict=True)]


def _example_captions(view: NetworkView, chosen: NDArray[np.int64]) -> tuple[str, ...]:
    maps, shown, content, captions = view.maps, view.maps.examples, view.content, []
    for number, shares in zip(chosen.tolist(), softmax(shown.logits[chosen]), strict=True):
        image, guess = shown.indices[number], int(shares.argmax())
        sample = group_name(content, int(maps.labels[image]), int(maps.attributes[image]))
        target = _other_target(content, int(shown.targets[number]), guess)
        captions.append(f"{sample} → {content.classes[guess]} {shares[guess]:.0%}{target}")
    return tuple(captions)


def gallery(view: NetworkView) -> list[Pixels]:
    """The same images by every method; none in results of early versions."""
    maps, chosen, methods = view.maps, view.maps.gallery_indices, view.maps.gallery_methods
    if chosen is None or methods is None:
        return []
    shown = maps.cue_conflict or maps.examples
    overlays = [view.overlay(maps.gallery[method], signed=METHODS[method].signed) for method in methods]
    as_they_are = np.full_like(overlays[0], np.nan)
    layer = f"Layer maps show {maps.gallery_layer}; CAM shows the layer before pooling. " if maps.gallery_layer else ""
    guesses = tuple(f"→ {view.content.classes[guess]}" for guess in shown.logits[chosen].argmax(1))
    return [
        Pixels(
            name="methods",
            title=f"The same images by every method{view.suffix}",
            note=f"{layer}Target: the prediction, below each image. Gradients have no sign here: magnitude over the "
            "color channels.",
            images=np.concatenate([shown.images[chosen]] * (1 + len(methods))),
            overlay=np.concatenate([as_they_are, *overlays]),
            columns=len(chosen),
            captions=guesses * (1 + len(methods)),
            row_labels=("image", *(METHODS[method].title for method in methods)),
            column_labels=_gallery_names(view, chosen),
        )
    ]


def _gallery_names(view: NetworkView, chosen: NDArray[np.int64]) -> tuple[str, ...]:
    maps, content = view.maps, view.content
    if maps.cue_conflict:
        labels, attributes = np.divmod(chosen, min(len(content.values), MOST_SHOWN))
    else:
        indices = maps.examples.indices[chosen]
        labels, attributes = maps.labels[indices], maps.attributes[indices]
    return tuple(
        group_name(content, label, attribute)
        for label, attribute in zip(labels.tolist(), attributes.tolist(), strict=True)
    )


def _other_target(content: Content, target: int, guess: int) -> str:
    return "" if target == guess else f" (map of {content.classes[target]})"


def _scale(view: NetworkView) -> str:
    hidden = "" if view.signed else "; evidence against the class isn't shown"
    return f"An image keeps its color where the evidence is; each map is scaled to its maximum{hidden}."
