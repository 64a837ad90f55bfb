"""What the maps of a split come to, in sentences, with what they can't tell."""

from __future__ import annotations

from collections.abc import Sequence

from lazytui.analyses.gradcam.figures import Seen
from lazytui.analyses.train.params import TrainParams
from lazytui.figures.kinds import Text
from lazytui.models.catalog import FINE_MAP
from lazytui.saliency.reason_categories import NO_EVIDENCE, UNKNOWN_REASON

COLOR_ON_STROKE = (
    "The color lies on the stroke here, so no localisation score can tell color from shape: a network that reads "
    "nothing but color looks at the digit too."
)


def worn_on_stroke(trained: TrainParams) -> bool:
    return trained.placement in {"stroke", "both"}


def verdict(pair: Sequence[Seen]) -> Text:
    paragraphs: list[str] = []
    for seen in pair:
        paragraphs.append(f"{seen.told}: {_where(seen)} {_places(seen)}")
        paragraphs += [sentence for sentence in (_cue(seen), _causes(seen), *_limits(seen)) if sentence]
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


def _places(seen: Seen) -> str:
    metrics = seen.result.metrics
    on, off = metrics.get("correct_on_stroke"), metrics.get("correct_off_stroke")
    if on is None or off is None or on + off == 0:
        return ""
    return (
        f"Of its correct answers {on / (on + off):.1%} have their evidence on the stroke (maps that have nothing to do "
        "with the digit: 5%). Place alone says nothing about reasons."
    )


def _causes(seen: Seen) -> str:
    """Right or wrong for which reason, by repainting; or why that can't be told."""
    causes = seen.result.arrays.get("causes")
    if causes is None:
        return "For which reason an answer is right or wrong isn't known here: that takes repainting the digits."
    told = []
    for right, wrong, what in (
        (0, 1, "correct answers {} are right for the wrong reason: repainted, most other colors change the answer"),
        (2, 3, "incorrect ones {} are wrong because of the color: repainted in its own, the digit is named"),
    ):
        hits, count = int((causes == wrong).sum()), int(((causes == right) | (causes == wrong)).sum())
        if count:
            told.append(f"Of {count:,} {what.format(f'{hits / count:.1%}')}.")
    if missing := int((causes == UNKNOWN_REASON).sum()):
        told.append(f"{missing:,} images wear no color and can't be repainted, so their cause is unknown.")
    return " ".join(told)


def _cue(seen: Seen) -> str:
    """What decides, digit or color; and whether the maps have shown it."""
    metrics = seen.result.metrics
    recolored, redrawn = metrics.get("recolored_flips"), metrics.get("redrawn_flips")
    low, high = metrics.get("flips_difference_low"), metrics.get("flips_difference_high")
    if recolored is None or redrawn is None:
        return ""
    told = (
        f"Color or shape, which no heat map tells: repainted in another color, {recolored:.1%} of the predictions "
        f"change; with another digit drawn in the same color, {redrawn:.1%}. "
    )
    if low is None or high is None or low <= 0 <= high:
        return f"{told}These images can't tell which it goes by."
    if low > 0:
        return f"{told}It goes by the color."
    looking = metrics["looking_at_digit"]
    if looking is None or looking > 0.5:
        return f"{told}It goes by the digit."
    return f"{told}It goes by the digit, which these maps don't show; maps of a layer nearer to the image show more."


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
