"""What the maps of a split come to, in sentences, with what they can't tell."""

from __future__ import annotations

from collections.abc import Sequence

from lazytui.analyses.gradcam_figures import Seen
from lazytui.analyses.train import TrainParams
from lazytui.figures.kinds import Text
from lazytui.interpret.saliency.sorting import NO_EVIDENCE
from lazytui.models.catalog import FINE_MAP

COLOR_ON_STROKE = (
    "The color lies on the stroke here, so no localisation score can tell color from shape: a network that reads "
    "nothing but color looks at the digit too."
)


def worn_on_stroke(trained: TrainParams) -> bool:
    return trained.placement in {"stroke", "both"}


def verdict(pair: Sequence[Seen]) -> Text:
    paragraphs: list[str] = []
    for seen in pair:
        paragraphs.append(f"{seen.told}: {_where(seen)} {_reasons(seen)}")
        paragraphs += [sentence for sentence in (_cue(seen), *_limits(seen)) if sentence]
    return Text(name="verdict", title="Does it look at the digit?", paragraphs=tuple(paragraphs))


def _where(seen: Seen) -> str:
    metrics, images = seen.result.metrics, seen.result.facts["images"]
    energy, others, perfect = (metrics[f"energy_{name}"] for name in ("in_mask", "shuffled", "perfect"))
    score = metrics["focus_score"]
    if energy is None or others is None or perfect is None or score is None:
        return f"no map of the {images:,} images shows positive evidence on which a score could rest."
    return (
        f"over {images:,} images, {energy:.1%} of the evidence lies on the stroke. On the strokes of other images the "
        f"same maps have {others:.1%}; a perfect looker's maps of this size would have {perfect:.1%} on the own one. "
        f"So the focus score is {score:.2f}, where 0 is position alone and 1 is perfect."
    )


def _reasons(seen: Seen) -> str:
    metrics = seen.result.metrics
    right, wrong = metrics["right_for_right_reason"], metrics["right_for_wrong_reason"]
    if right is None or wrong is None or right + wrong == 0:
        return ""
    return (
        f"Of its right answers {right / (right + wrong):.1%} are right for the right reason: the map is tied to the "
        "digit shown. By lot it would be 5%. The others are right for the wrong reason, as far as this map can tell."
    )


def _cue(seen: Seen) -> str:
    """What decides, digit or color; and whether the maps have shown it."""
    metrics = seen.result.metrics
    recolored, redrawn = metrics.get("recolored_flips"), metrics.get("redrawn_flips")
    if recolored is None or redrawn is None:
        return ""
    told = (
        f"Color or shape, which no heat map tells: repainted in another color, {recolored:.1%} of the predictions "
        f"change; with another digit drawn in the same color, {redrawn:.1%}. It goes by the "
    )
    if recolored > redrawn:
        return f"{told}color."
    looking = metrics["looking_at_digit"]
    if looking is None or looking > 0.5:
        return f"{told}digit."
    return f"{told}digit, which these maps don't show; maps of a layer nearer to the image show more of it."


def _limits(seen: Seen) -> list[str]:
    """What a reader has to know so as not to be misled."""
    facts, metrics = seen.result.facts, seen.result.metrics
    told = []
    if worn_on_stroke(TrainParams.model_validate(facts["trained"])):
        told.append(f"{COLOR_ON_STROKE} Go by the recoloring.")
    height, width = facts["map_size"]
    if min(height, width) < FINE_MAP:
        perfect, center = metrics["energy_perfect"], metrics["energy_center_prior"]
        numbers = "" if perfect is None or center is None else f": {perfect:.1%} against {center:.1%} here"
        told.append(
            f"A map of {height} x {width} is too coarse to show whether a network looks at the digit: even a perfect "
            f"looker may have less energy in the mask than the mean digit{numbers}. Take a layer of 7 x 7 or finer."
        )
    if missing := int((seen.result.arrays["ways"] == NO_EVIDENCE).sum()):
        told.append(
            f"{missing:,} images show no positive evidence: their map is nowhere above zero. They have no score "
            "and are left out of the means."
        )
    return told
