"""What came out of each chapter of the story, in a few sentences."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from lazytui.analyses.core.metric_catalog import metric_text
from lazytui.audit.editors import EDITORS
from lazytui.counted_nouns import counted, with_article
from lazytui.evaluation.seed_statistics import mean_over_seeds

if TYPE_CHECKING:
    from lazytui.analyses.attack.result import AttackResult
    from lazytui.analyses.audit.result import AuditResult
    from lazytui.analyses.compare.result import CompareResult
    from lazytui.analyses.dataset.result import DatasetResult
    from lazytui.analyses.evaluate.result import EvaluateResult
    from lazytui.analyses.gradcam.result import GradcamResult
    from lazytui.analyses.sae.result import SaeResult
    from lazytui.analyses.sae_experiments.result import SaeExperimentsResult
    from lazytui.analyses.train.result import TrainResult
    from lazytui.analyses.trainings.trainings_result import RecipeTrainings
    from lazytui.attacks.source_pools import Pool
    from lazytui.evaluation.robustness import Robustness

METHOD = "jtt"
"""The cure of the story: it reads no color label and keeps the task's rules."""

SOURCE, TARGET = 7, 3
"""Of the attack."""


def canvas(result: DatasetResult) -> str:
    measured = result.associations
    easy, hard = _percent(measured.validation.color_ceiling), _percent(measured.hard.color_ceiling)
    return (
        "Somebody who never looks at the shape and names the digit that a color usually belongs to is right on "
        f"{easy} of the easy split and on {hard} of the hard one. That reader is the shortcut; nothing in the "
        "training data speaks against it."
    )


def cheat(result: TrainResult) -> str:
    easy, hard = _percent(result.headline.easy_accuracy), _percent(result.headline.hard_accuracy)
    return (
        f"After {result.steps:,} steps it is right on {easy} of the easy split: by that number alone, a fine network. "
        f"On the hard split it is right on {hard}; chance would be 10 %."
    )


def evidence(result: EvaluateResult) -> str:
    measured = result.first.headline
    return (
        f"Shown a digit in another digit's color, it names the color's digit {_percent(measured.color_follow_rate)} "
        f"of the time and what is drawn {_percent(measured.conflicting_accuracy)} of the time. Its shape bias is "
        f"{_percent(measured.shape_bias)}: of the images decided by digit or by color, so many are decided by digit. "
        f"Its worst group of digit and color stands at {_percent(measured.worst_group_accuracy)}."
    )


def gaze(result: GradcamResult) -> str:
    maps = result.first
    recoloring = maps.recoloring
    recolored, redrawn, wrong_reason = (
        (recoloring.recolored_flips, recoloring.redrawn_flips, recoloring.right_for_wrong_reason_share)
        if recoloring
        else [None] * 3
    )
    return (
        f"{_percent(maps.energy_in_mask)} of the evidence in its maps lies on the stroke, "
        f"{_percent(maps.energy_shuffled_mean)} on the strokes of other images; maps that follow the stroke would have "
        f"{_percent(maps.energy_perfect_mean)} on it. Repaint the digit in another color, and {_percent(recolored)} of "
        f"the predictions change; draw another digit in the same color, and {_percent(redrawn)} do. Of its correct "
        f"answers {_percent(wrong_reason)} are right for the wrong reason: most other colors change them."
    )


def cure(result: TrainResult) -> str:
    easy, hard = _percent(result.headline.easy_accuracy), _percent(result.headline.hard_accuracy)
    return (
        f"The same network, cured: right on {hard} of the hard split and on {easy} of the easy one. But it took "
        f"{result.steps:,} steps, more than the lazy one had. How much of that is the method, and how much the "
        "longer training?"
    )


def comparison(result: CompareResult) -> str:
    hard = {group.method: _hard(group) for group in result.groups}
    cured, plainly = hard.get(METHOD), hard.get("erm")
    if cured is None or plainly is None:
        return "No plain training to compare with: a comparison doesn't execute custom code."
    return (
        f"Plain training for as many steps is right on {plainly:.1f} % of the hard split, the cure on {cured:.1f} %: "
        f"{cured - plainly:+.1f} points are the method's, with one seed each. `lazytui run study` does this for any "
        "methods, with as many seeds as a claim needs."
    )


def cloak(result: AttackResult) -> str:
    source, target = (result.content.classes[label] for label in (SOURCE, TARGET))
    pools: dict[Pool, str] = {"aligned": "their own color", "target-colored": f"the color of the {target}"}
    sentences = []
    for pool, where in pools.items():
        each = "; ".join(
            f"{name} {_fooled(network.pools[pool].robustness(result.target), target)}"
            for name, network in zip(("the lazy network", "the cured one"), result.networks, strict=False)
        )
        sentences.append(f"{source}s in {where}: {each}.")
    sentences.append(
        "So what is harder to fool? That depends on the image. A color far from the target's protects a network that "
        "reads colors, and the target's own color is all that it takes to fool it."
    )
    return " ".join(sentences)


def _fooled(robustness: Robustness, target: str) -> str:
    """What it takes to fool one network from one pool of sources."""
    already = f"already takes {_percent(robustness.at_target)} for {with_article(target)}"
    if robustness.median is None:
        return f"{already} and is right on too few of them to say more"
    if math.isinf(robustness.median):
        return f"{already}, and more than half of those that it gets right are never fooled"
    size = f"{100 * robustness.median:.0f} %"
    return f"{already}, and half of those that it gets right are fooled by changing values by {size}"


def decomposition(result: SaeResult) -> str:
    explained = 1 - (result.unexplained_variance or 0.0)
    return (
        f"{_percent(explained)} of the variance of {result.dimensions} dimensions is explained by {result.l0:.1f} "
        f"active features per image, of {result.features}. {result.attribute_features} of them respond to a color "
        f"whatever the digit, {result.label_features} to a digit whatever its color, {result.both_features} to digits "
        f"in a color and {result.mixed_features} to neither; {result.dead_features} are never active."
    )


def cut(result: SaeExperimentsResult) -> str:
    network = result.networks[0]
    if not network.attribute_features:
        return "No feature stands for a color alone, so nothing was ablated."
    hard, easy = (
        f"it is right on {_percent(split.without_color)} of the {name} split, {_percent(split.intact)} with them; "
        "ablating as much along random directions leaves "
        f"{_percent(split.directions_low)} to {_percent(split.directions_high)}"
        for name, split in (("hard", network.hard), ("easy", network.easy))
    )
    return (
        f"Without its {counted(network.attribute_features, 'color feature')} {hard}. {easy[:1].upper()}{easy[1:]}. "
        "With these "
        f"features alone, all others ablated, it is right on {_percent(network.easy.color_alone)} of the easy split: "
        "color is what it solves that by, and what it loses the hard one by."
    )


def audit(result: AuditResult) -> str:
    network = f"It is right on {_percent(result.accuracy)} of the {result.images:,} images"
    if not result.named:
        return f"{network}. The audit found no property that it relies on."
    named = result.named[0]
    swap = result.swaps[named]
    return (
        f"{network}. From nothing but their classes, the audit names {EDITORS[named].phrase}: with that of an image of "
        f"another class it is right on {100 * (swap.own - swap.delta):.0f} %, with that of another image of the same "
        f"class on {100 * swap.own:.0f} %. The images have a thin frame, which is in the color of its class in "
        "nineteen of twenty. Nobody labeled it, so no earlier chapter could have found it."
    )


def _hard(group: RecipeTrainings) -> float | None:
    """The mean hard accuracy of a recipe's trainings, in percent."""
    shares = [run.metrics.get("hard_accuracy") for run in group.runs]
    return mean_over_seeds([None if share is None else 100 * share for share in shares]).mean


def _percent(value: float | None) -> str:
    return metric_text("easy_accuracy", value) or "an undefined share"
