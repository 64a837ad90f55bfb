"""All saliency statistics of one network on one split: map scores, faithfulness, randomization, repainting."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Literal

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lazytui.counted_nouns import counted
from lazytui.data.content import NO_CLASS
from lazytui.data.params import DatasetParams
from lazytui.data.random_streams import stream
from lazytui.data.splits import Split
from lazytui.errors import BadInput
from lazytui.saliency.checks import localization as masks
from lazytui.saliency.checks.faithfulness import Faithfulness, measure_faithfulness
from lazytui.saliency.checks.parameter_randomization import randomize_from_head, rank_correlation
from lazytui.saliency.checks.reason_categories import (
    EVIDENCE_METRICS,
    NO_EVIDENCE,
    ON_STROKE,
    REASONS,
    UNKNOWN_REASON,
    evidence_categories,
    reason_categories,
)
from lazytui.saliency.checks.repainting import make_variations, measure_recoloring
from lazytui.saliency.map_resizing import upsample
from lazytui.saliency.maps_by_name import MapRequest
from lazytui.saliency.split_maps import SplitMaps, explain_split, logits_of

OF_MASKS = (
    "energy_in_mask",
    "energy_uniform",
    "energy_center_prior",
    "energy_shuffled_mean",
    "energy_perfect_mean",
    "focus_score",
    "mask_auroc",
    "looking_at_digit",
    *EVIDENCE_METRICS,
    "energy",
    "energy_shuffled",
    "energy_perfect",
    "mask_percentile",
    "evidence",
)
"""What is known only where masks are."""

EXAMPLES = 10
"""Images of each category that are kept with their maps."""

Target = Literal["predicted", "label", "attribute"] | int
"""The class to explain: of each image its own, or one of all."""


@dataclass(frozen=True)
class ProgressListener:
    """Called with notes and with (images done, of how many); either may raise to stop the work."""

    note: Callable[[str], None]
    progress: Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class RandomizedMaps:
    """correlations: (layers,) float64, of maps before and after the parameters of so many layers, called `layers`, are
    randomized from the head down. null: of the maps of different images. None and NaN where it is undefined."""

    layers: tuple[str, ...]
    correlations: NDArray[np.float64]
    last: float | None
    null: float | None


@dataclass(frozen=True)
class SplitStatistics:
    """Computes the statistics of one network and one saliency method on one split.

    split: the whole split called `name` of a data set with `params`; statistics are of its first `images` images.
    target: the class to explain: "predicted", "label", "attribute" (the class that its value is aligned with), or one;
    "predicted" where the request has a score, which is explained instead.
    """

    model: nn.Module
    request: MapRequest
    split: Split
    name: str
    params: DatasetParams
    images: int
    target: Target
    seed: int
    listener: ProgressListener

    def measure_maps(self) -> tuple[SplitMaps, dict[str, Any]]:
        """Maps of the images; and how much of each lies on its mask, and its category, with the means over all.

        Of the images: energy, energy_shuffled, energy_perfect and mask_percentile, (n,) float32, NaN without evidence;
        evidence, (n,) uint8 indices into EVIDENCE_CATEGORIES; labels, attributes, predicted, (n,) uint8. Where masks
        aren't known, what needs them is None.
        """
        split = self.split.take(np.arange(self.images))
        maps = self._explain(split)
        evidence, on = upsample(np.maximum(maps.maps, 0), *split.images.shape[1:3]), masks.object_masks(split)
        labels = {"labels": split.labels, "attributes": split.attributes, "predicted": maps.predicted}
        means = {
            "concentration": _mean(masks.concentration(evidence)),
            "no_positive_evidence": _mean(evidence.max((1, 2)) <= 0),
        }
        on_masks = dict.fromkeys(OF_MASKS) if on is None else _scores_on_masks(split, maps, evidence, on)
        return maps, means | on_masks | labels

    def explain_cue_conflict(self, conflict: Split) -> SplitMaps:
        """Maps of originals of each class with each value, class by class, value by value."""
        return self._explain(conflict)

    def check_faithfulness(self, maps: SplitMaps, count: int) -> Faithfulness:
        return measure_faithfulness(
            self.model,
            self.split.images[:count],
            maps.maps[:count],
            maps.targets[:count],
            self.request.color,
            stream(self.seed, "pixel order"),
            note=self.listener.note,
            score=self.request.score,
        )

    def check_randomization(self, maps: SplitMaps, fresh: nn.Module, count: int) -> RandomizedMaps:
        """How alike maps stay while parameters are randomized, beside how alike those of different images are."""
        before, targets = maps.maps[:count], maps.targets[:count]
        alike, names = [], []
        for name, changed in randomize_from_head(self.model, fresh):
            after = explain_split(changed, self.split.images[:count], targets, self.request, note=self.listener.note)
            alike.append(_mean(rank_correlation(before, after.maps)))
            names.append(name)
        correlations = np.array([np.nan if value is None else value for value in alike])
        return RandomizedMaps(
            tuple(names), correlations, alike[-1], _mean(rank_correlation(before, np.roll(before, 1, axis=0)))
        )

    def check_recoloring(self, maps: SplitMaps, count: int) -> dict[str, Any]:
        """What repainting the first images changes: means over them, the drop of the logit of each with each value,
        and the reason of its answer."""
        changed = make_variations(self.split, self.params, self.name, np.arange(count))
        note = self.listener.note
        values = len(changed.recolored)
        recolored = logits_of(self.model, changed.recolored.reshape(-1, *changed.redrawn.shape[1:]), note)
        measured = measure_recoloring(
            maps.logits[:count],
            recolored.reshape(values, count, -1),
            logits_of(self.model, changed.redrawn, note),
            maps.targets[:count],
            self.split.attributes[:count],
            None if self.request.score is None else self.request.score.of_array,
        )
        low, high = measured.flips_interval or (None, None)
        repainted = recolored.argmax(1).reshape(values, count).T.astype(np.uint8)
        return {
            "recolored_drop": _mean(measured.drops),
            "redrawn_drop": _mean(measured.redrawn_drops),
            "recolored_flips": measured.recolored_flips,
            "redrawn_flips": measured.redrawn_flips,
            "flips_difference_low": low,
            "flips_difference_high": high,
            "drops": measured.drops.astype(np.float32),
            **self._reasons(maps.predicted[:count], repainted),
        }

    def _reasons(self, predicted: NDArray[np.uint8], repainted: NDArray[np.uint8]) -> dict[str, Any]:
        """predicted: (count,). repainted: (count, values) uint8, predicted when painted with each value."""
        labels, attributes = self.split.labels[: len(predicted)], self.split.attributes[: len(predicted)]
        reasons = reason_categories(predicted, repainted, labels, attributes, self.split.content)
        correct, has_reason = predicted == labels, reasons != UNKNOWN_REASON
        wrong_reason, because_of_color = map(
            REASONS.index, ("right for the wrong reason", "wrong because of the color")
        )
        return {
            "reasons": reasons,
            "right_for_wrong_reason_share": _mean(reasons[correct & has_reason] == wrong_reason),
            "wrong_because_of_color_share": _mean(reasons[~correct & has_reason] == because_of_color),
        }

    def _explain(self, split: Split) -> SplitMaps:
        return explain_split(
            self.model,
            split.images,
            self._targets(split),
            self.request,
            note=self.listener.note,
            progress=lambda done: self.listener.progress(done, len(split)),
        )

    def _targets(self, split: Split) -> NDArray[np.uint8] | None:
        if self.target == "predicted":
            return None
        if self.target == "attribute":
            return _required_classes(split)
        return split.labels if self.target == "label" else np.full(len(split), self.target, np.uint8)


def _required_classes(split: Split) -> NDArray[np.uint8]:
    """The class that each image's value is aligned with. Raises BadInput for an image where that is none."""
    classes = split.cue_classes
    if missing := int((classes == NO_CLASS).sum()):
        raise BadInput(
            f"{counted(missing, 'image has', 'images have')} no {split.content.attribute or 'attribute'} that belongs "
            f"to a {split.content.label}, so it can't be the target."
        )
    return classes


def _scores_on_masks(
    split: Split, maps: SplitMaps, evidence: NDArray[np.float32], on: NDArray[np.bool_]
) -> dict[str, Any]:
    """OF_MASKS by name."""
    energy = masks.energy_in_mask(evidence, on)
    scores = {
        "energy": energy,
        "energy_shuffled": masks.energy_in_other_masks(evidence, on),
        "energy_perfect": masks.perfect_energy(on, *maps.maps.shape[1:]),
        "mask_percentile": masks.mask_percentile(evidence, on),
    }
    defined = ~np.isnan(energy)
    mean = {name: _mean(values[defined]) for name, values in scores.items()}
    category = evidence_categories(maps.predicted == split.labels, scores["mask_percentile"])
    shapes = split.originals if split.known_masks is None else on
    means = {
        "energy_in_mask": mean["energy"],
        "energy_uniform": _mean(on.mean((1, 2))[defined]),
        "energy_center_prior": _mean(masks.center_prior_energy(shapes, on)[defined]),
        "energy_shuffled_mean": mean["energy_shuffled"],
        "energy_perfect_mean": mean["energy_perfect"],
        "focus_score": _mean(masks.focus_score(mean["energy"], mean["energy_shuffled"], mean["energy_perfect"])),
        "mask_auroc": _mean(masks.auroc(evidence, on)),
        "no_positive_evidence": _mean(category == NO_EVIDENCE),
        "looking_at_digit": _mean(scores["mask_percentile"][defined] > ON_STROKE),
        **{name: _mean(category[defined] == index) for index, name in enumerate(EVIDENCE_METRICS)},
    }
    return means | {name: values.astype(np.float32) for name, values in scores.items()} | {"evidence": category}


def first_of_each(category: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Indices of the first images of each category, category by category."""
    return np.concatenate([np.flatnonzero(category == index)[:EXAMPLES] for index in np.unique(category)])


def _mean(values: NDArray[np.generic]) -> float | None:
    numbers = values.astype(np.float64)
    numbers = numbers[~np.isnan(numbers)]
    return float(numbers.mean()) if numbers.size else None
