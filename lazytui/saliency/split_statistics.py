"""Everything that is asked about where one network looks, on one split."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import nn

from lazytui.data.params import DatasetParams
from lazytui.data.random_streams import stream
from lazytui.data.splits import Split
from lazytui.saliency import evidence_masks as masks
from lazytui.saliency.batched_logits import logits_of
from lazytui.saliency.faithfulness import area, measure_faithfulness
from lazytui.saliency.map_resizing import upsample
from lazytui.saliency.maps_by_name import MapRequest
from lazytui.saliency.parameter_randomization import randomize_from_head, rank_correlation
from lazytui.saliency.reason_categories import (
    EVIDENCE_METRICS,
    NO_EVIDENCE,
    ON_STROKE,
    REASONS,
    UNKNOWN_REASON,
    evidence_categories,
    reason_categories,
)
from lazytui.saliency.repainting import make_variations, measure_recoloring
from lazytui.saliency.split_maps import SplitMaps, explain_split

Arrays = dict[str, NDArray[np.generic]]

EXAMPLES = 10
"""Images of each way to answer that are kept with their maps."""


@dataclass(frozen=True)
class Listener:
    """Who is told of notes and of images done, and may stop the work by raising."""

    note: Callable[[str], None]
    progress: Callable[[int, int], None]


@dataclass
class Findings:
    """What came out, as a Result holds it."""

    metrics: dict[str, float | None] = field(default_factory=dict)
    facts: dict[str, Any] = field(default_factory=dict)
    arrays: Arrays = field(default_factory=dict)


@dataclass(frozen=True)
class SplitStatistics:
    """One network, one kind of map, and the images to look at.

    split: the whole split called `name`, painted with `params`; the first `images` of it are looked at.
    target: the class to explain: "predicted", "digit", "color" (whose digit wears it), or one such as "3".
    """

    model: nn.Module
    request: MapRequest
    split: Split
    name: str
    params: DatasetParams
    images: int
    target: str
    seed: int
    listener: Listener

    def measure_maps(self, findings: Findings) -> SplitMaps:
        """Maps of the images, how much of each lies on the digit, and how the answers sort."""
        split = self.split.take(np.arange(self.images))
        seen = self._survey(split)
        evidence, on = upsample(np.maximum(seen.maps, 0)), masks.stroke_masks(split.shapes)
        energy = masks.energy_in_mask(evidence, on)
        scores = {
            "energy": energy,
            "energy_shuffled": masks.energy_in_other_masks(evidence, on),
            "energy_perfect": masks.perfect_energy(on, *seen.maps.shape[1:]),
            "standing": masks.mask_percentile(evidence, on),
        }
        known = ~np.isnan(energy)
        mean = {name: _mean(values[known]) for name, values in scores.items()}
        ways = evidence_categories(seen.predicted == split.digits, scores["standing"])
        findings.metrics |= {
            "energy_in_mask": mean["energy"],
            "energy_uniform": _mean(on.mean((1, 2))[known]),
            "energy_center_prior": _mean(masks.center_prior_energy(split.shapes, on)[known]),
            "energy_shuffled": mean["energy_shuffled"],
            "energy_perfect": mean["energy_perfect"],
            "focus_score": _mean(masks.focus_score(mean["energy"], mean["energy_shuffled"], mean["energy_perfect"])),
            "mask_auroc": _mean(masks.auroc(evidence, on)),
            "concentration": _mean(masks.concentration(evidence)),
            "no_positive_evidence": _mean(ways == NO_EVIDENCE),
            "looking_at_digit": _mean(scores["standing"][known] > ON_STROKE),
            **{name: _mean(ways[known] == way) for way, name in enumerate(EVIDENCE_METRICS)},
        }
        findings.arrays |= {name: values.astype(np.float32) for name, values in scores.items()}
        findings.arrays |= {"ways": ways, "digits": split.digits, "colors": split.colors, "predicted": seen.predicted}
        findings.facts |= {"map_size": list(seen.maps.shape[1:]), "images": self.images}
        self._keep_examples(findings, split, seen, ways)
        return seen

    def _keep_examples(self, findings: Findings, split: Split, seen: SplitMaps, ways: NDArray[np.uint8]) -> None:
        chosen = np.concatenate([np.flatnonzero(ways == way)[:EXAMPLES] for way in range(NO_EVIDENCE + 1)])
        findings.arrays |= {
            "example_places": chosen.astype(np.int64),
            "example_images": split.images[chosen],
            "example_maps": seen.maps[chosen],
            "example_logits": seen.logits[chosen],
            "example_targets": seen.targets[chosen],
        }

    def explain_cue_conflict(self, findings: Findings, conflict: Split) -> None:
        """Maps of ten shapes in ten colors: 100 images, digit by digit, color by color."""
        seen = self._survey(conflict)
        findings.arrays |= {
            "cue_conflict_maps": seen.maps,
            "cue_conflict_logits": seen.logits,
            "cue_conflict_targets": seen.targets,
        }

    def check_faithfulness(self, findings: Findings, maps: SplitMaps, count: int) -> None:
        curves = measure_faithfulness(
            self.model,
            self.split.images[:count],
            maps.maps[:count],
            maps.targets[:count],
            self.request.color,
            stream(self.seed, "pixel order"),
            note=self.listener.note,
        )
        for name, curve in vars(curves).items():
            findings.arrays[f"curve_{name}"] = curve
            findings.metrics[f"{name}_auc"] = area(curve)

    def check_randomization(self, findings: Findings, maps: SplitMaps, fresh: nn.Module, count: int) -> None:
        """How alike maps stay while the weights are drawn anew, beside how alike those of different images are."""
        before, targets = maps.maps[:count], maps.targets[:count]
        alike, names = [], []
        for name, changed in randomize_from_head(self.model, fresh):
            after = explain_split(
                changed, self.split.images[:count], targets, self.request, note=self.listener.note, progress=_nobody
            )
            alike.append(_mean(rank_correlation(before, after.maps)))
            names.append(name)
        findings.metrics["randomization_correlation"] = alike[-1]
        findings.metrics["randomization_null"] = _mean(rank_correlation(before, np.roll(before, 1, axis=0)))
        findings.facts["randomized"] = names
        findings.arrays["randomization"] = np.array([np.nan if value is None else value for value in alike])

    def check_recoloring(self, findings: Findings, maps: SplitMaps, count: int) -> None:
        chosen = np.arange(count)
        changed = make_variations(self.split, self.params, self.name, chosen)
        note = self.listener.note
        recolored = logits_of(self.model, changed.recolored.reshape(-1, *changed.redrawn.shape[1:]), note)
        measured = measure_recoloring(
            maps.logits[:count],
            recolored.reshape(10, count, -1),
            logits_of(self.model, changed.redrawn, note),
            maps.targets[:count],
            self.split.colors[:count],
        )
        low, high = measured.flips_interval or (None, None)
        findings.metrics |= {
            "recolored_drop": _mean(measured.drops),
            "redrawn_drop": _mean(measured.redrawn_drops),
            "recolored_flips": measured.recolored_flips,
            "redrawn_flips": measured.redrawn_flips,
            "flips_difference_low": low,
            "flips_difference_high": high,
        }
        findings.arrays["recolored_drops"] = measured.drops.astype(np.float32)
        self._sort_by_reason(findings, recolored.argmax(1).reshape(10, count).T.astype(np.uint8))

    def _sort_by_reason(self, findings: Findings, repainted: NDArray[np.uint8]) -> None:
        """repainted: (count, 10) uint8, what the first images of the split are taken for in each color."""
        predicted, digits, colors = (
            findings.arrays[name][: len(repainted)].astype(np.uint8) for name in ("predicted", "digits", "colors")
        )
        causes = reason_categories(predicted, repainted, digits, colors)
        findings.arrays["causes"] = causes
        right = predicted == digits
        for name, group, cause in (
            ("right_for_wrong_reason", right, "right for the wrong reason"),
            ("wrong_because_of_color", ~right, "wrong because of the color"),
        ):
            findings.metrics[f"{name}_share"] = _mean(
                causes[group & (causes != UNKNOWN_REASON)] == REASONS.index(cause)
            )

    def _survey(self, split: Split) -> SplitMaps:
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
        if self.target in ("digit", "color"):
            return split.digits if self.target == "digit" else split.colors
        return np.full(len(split), int(self.target), np.uint8)


def focus(energy: float | None, shuffled: float | None, perfect: float | None) -> float | None:
    """The focus score of a set of images from their means; None where there is nothing to divide by."""
    if energy is None or shuffled is None or perfect is None or perfect <= shuffled:
        return None
    return (energy - shuffled) / (perfect - shuffled)


def _mean(values: NDArray[np.generic]) -> float | None:
    numbers = values.astype(np.float64)
    numbers = numbers[~np.isnan(numbers)]
    return float(numbers.mean()) if numbers.size else None


def _nobody(_done: int) -> None:
    pass
