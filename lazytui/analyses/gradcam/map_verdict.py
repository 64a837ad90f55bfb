"""What the maps of a split show, in sentences, with what they can't show."""

from __future__ import annotations

from collections.abc import Sequence

from lazytui.analyses.core.content_words import in_or_with, region, subject
from lazytui.analyses.gradcam.map_pictures import NetworkView
from lazytui.analyses.train.params import TrainParams
from lazytui.counted_nouns import counted
from lazytui.data.content import Content
from lazytui.figures.kinds import Text
from lazytui.models.architectures.base import FINE_MAP
from lazytui.saliency.checks.reason_categories import NO_EVIDENCE, UNKNOWN_REASON

COLOR_ON_STROKE = (
    "The color lies on the stroke here, so no localization score can separate color from shape: a network that "
    "reads nothing but color looks at the digit too."
)

NO_MASKS = (
    "Where the objects are in these images isn't known, so how much of a map lies on them isn't measured: no energy in "
    "the mask, and no evidence on or off it."
)


def color_on_stroke(trained: TrainParams) -> bool:
    return trained.content.attribute == "color" and trained.plants and trained.placement in {"stroke", "both"}


def verdict(views: Sequence[NetworkView]) -> Text:
    paragraphs: list[str] = []
    for view in views:
        paragraphs.append(f"{view.description}: {_energy(view)} {_evidence(view)}")
        paragraphs += [sentence for sentence in (_cue(view), _reasons(view), *_limits(view)) if sentence]
    title = f"Does it look at the {subject(views[0].content)}?"
    return Text(name="verdict", title=title, paragraphs=tuple(paragraphs))


def _energy(view: NetworkView) -> str:
    maps, where = view.maps, region(view.content)
    if maps.scores is None:
        return f"{NO_MASKS} {counted(maps.images, 'image was', 'images were')} explained."
    energy, others, bound, score = (
        maps.energy_in_mask,
        maps.energy_shuffled_mean,
        maps.energy_perfect_mean,
        maps.focus_score,
    )
    if energy is None or others is None or bound is None or score is None:
        return f"none of the maps of {counted(maps.images, 'image')} shows enough positive evidence for a score."
    return (
        f"over {counted(maps.images, 'image')}, {energy:.1%} of the evidence lies on the {where}, {others:.1%} on "
        f"the {where}s of "
        f"other images; the upper bound at this map size is {bound:.1%}. The focus score is {score:.2f} (0: position "
        "alone, 1: upper bound)."
    )


def _evidence(view: NetworkView) -> str:
    on, off = view.maps.correct_on_stroke, view.maps.correct_off_stroke
    if on is None or off is None or on + off == 0:
        return ""
    return (
        f"Of the correct answers {on / (on + off):.1%} have their evidence on the {region(view.content)} (chance "
        "level: 5%). Where the evidence lies says nothing about reasons."
    )


def _reasons(view: NetworkView) -> str:
    """Right or wrong for which reason, by repainting; or why that is unknown."""
    content = view.content
    if view.maps.recoloring is None:
        return f"The reasons of the answers are unknown here: they take repainting the {_repainted(content)}."
    attribute, reasons, sentences = content.attribute, view.maps.recoloring.reasons, []
    for right, wrong, what in (
        (0, 1, "correct answers {} are right for the wrong reason: most other " + f"{attribute}s change the answer"),
        (
            2,
            3,
            "incorrect answers {} are wrong because of the "
            + f"{attribute}: {in_or_with(content)} its own {attribute} the {subject(content)} is classified correctly",
        ),
    ):
        hits, count = int((reasons == wrong).sum()), int(((reasons == right) | (reasons == wrong)).sum())
        if count:
            sentences.append(f"Of {count:,} {what.format(f'{hits / count:.1%}')}.")
    if missing := int((reasons == UNKNOWN_REASON).sum()):
        sentences.append(
            f"{counted(missing, 'image has', 'images have')} no {attribute} and can't be repainted, so the reason "
            "is unknown."
        )
    return " ".join(sentences)


def _repainted(content: Content) -> str:
    return f"{content.label}s" if content.label == "digit" else "images"


def _question(content: Content) -> str:
    """`Color or shape`"""
    return f"{content.attribute.capitalize()} or {'shape' if content.attribute == 'color' else content.label}"


def _cue(view: NetworkView) -> str:
    """What decides, label or attribute; and whether the maps have shown it."""
    content, recoloring = view.content, view.maps.recoloring
    if recoloring is None or recoloring.recolored_flips is None or recoloring.redrawn_flips is None:
        return ""
    flips = (
        f"{_question(content)}, which no heat map shows: {recoloring.recolored_flips:.1%} of the predictions change "
        f"when the {content.attribute} changes, {recoloring.redrawn_flips:.1%} when the {content.label} changes "
        f"{in_or_with(content)} the same {content.attribute}. "
    )
    low, high = recoloring.flips_difference_low, recoloring.flips_difference_high
    if low is None or high is None or low <= 0 <= high:
        return f"{flips}These images don't show which it relies on."
    if low > 0:
        return f"{flips}It relies on the {content.attribute}."
    looking = view.maps.looking_at_digit
    if looking is None or looking > 0.5:
        return f"{flips}It relies on the {content.label}."
    return (
        f"{flips}It relies on the {content.label}, which these maps don't show; maps of a layer closer to the image "
        "show more."
    )


def _limits(view: NetworkView) -> list[str]:
    """What a reader has to know so as not to be misled."""
    maps, sentences, what = view.maps, [], subject(view.content)
    if color_on_stroke(maps.trained):
        sentences.append(f"{COLOR_ON_STROKE} Rely on the recoloring.")
    height, width = maps.map_size
    if maps.scores is not None and min(height, width) < FINE_MAP:
        bound, center = maps.energy_perfect_mean, maps.energy_center_prior
        numbers = "" if bound is None or center is None else f": {bound:.1%} against {center:.1%} here"
        sentences.append(
            f"A map of {height} x {width} is too coarse to show whether a network looks at the {what}: even the upper "
            f"bound may be below the energy of the mean {what}{numbers}. Use a layer of 7 x 7 or finer."
        )
    if missing := int((maps.evidence == NO_EVIDENCE).sum() if maps.evidence is not None else 0):
        sentences.append(
            f"{counted(missing, 'image shows', 'images show')} no positive evidence: a map that is nowhere above zero. "
            "Such images have no score and are excluded from the means."
        )
    return sentences
