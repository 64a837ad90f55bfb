"""The chapters of the story: what each asks of which analysis, and what is said before and after it."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from lazytui.analyses.core.metric_catalog import in_words_of, metric_text
from lazytui.analyses.story.params import StoryParams
from lazytui.code_permission import is_custom
from lazytui.counted_nouns import counted, with_article
from lazytui.data.content import Content
from lazytui.data.params import DatasetParams
from lazytui.evaluation.seed_statistics import mean_over_seeds
from lazytui.files.long_texts import long_text
from lazytui.models.architectures import ARCHITECTURES

if TYPE_CHECKING:
    from lazytui.analyses.attack.result import AttackResult
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

_METHOD = "jtt"
"""The cure of the story: it reads no color label and keeps the task's rules."""

_CURE_EPOCHS = 3

_SOURCE, _TARGET = 7, 3
_ATTACKED = 100
"""Images of each pool."""

_LEARNED = 12_000
"""Steps of the autoencoder; a quarter where the story is told faster."""


@dataclass(frozen=True)
class Chapter:
    """kind: the analysis that it is. values: what it is asked, from the story's Params and the runs before it.

    after: what came out. figures: the names of those that are shown, where the analysis drew them: nothing can be
    recolored, say, on a canvas without color. prefix: what the story calls its metrics by, where an earlier chapter has
    the same. own: whether a run of that kind, by its Params, is one of this chapter.
    needs: the chapters that have to be done before; the first one draws the digits for all. turn: the order in which
    those that can be begun are: first what others wait for and what takes long.
    fits: whether it can be told of what the story plays on.
    """

    name: str
    title: str
    kind: str
    values: Callable[[StoryParams, Mapping[str, str]], dict[str, Any]]
    after: Callable[[Any], str]
    figures: tuple[str, ...]
    prefix: str = ""
    own: Callable[[Mapping[str, Any]], bool] = lambda _params: True
    needs: tuple[str, ...] = ("canvas",)
    turn: int = 0
    fits: Callable[[StoryParams], bool] = lambda _story: True

    def introduction(self, content: Content) -> str:
        """What to read first, in words of what the story plays on."""
        text = in_words_of(content, long_text("story", self.name))
        return text.format(source=content.classes[_SOURCE], target=content.classes[_TARGET])

    def conclusion(self, found: Any, content: Content) -> str:
        """What came out, in the same words."""
        return in_words_of(content, self.after(found))


def _data(story: StoryParams) -> dict[str, Any]:
    """What the chapters that paint are told of the data."""
    return {name: getattr(story, name) for name in ("dataset", "source", "train_size", "test_size", "seed")}


def _canvas(result: DatasetResult) -> str:
    measured = result.associations
    easy, hard = _percent(measured.validation.color_ceiling), _percent(measured.hard.color_ceiling)
    return (
        "Somebody who never looks at the shape and names the digit that a color usually belongs to is right on "
        f"{easy} of the easy split and on {hard} of the hard one. That reader is the shortcut; nothing in the "
        "training data speaks against it."
    )


def _cheat(result: TrainResult) -> str:
    easy, hard = _percent(result.headline.easy_accuracy), _percent(result.headline.hard_accuracy)
    return (
        f"After {result.steps:,} steps it is right on {easy} of the easy split: by that number alone, a fine network. "
        f"On the hard split it is right on {hard}; chance would be 10 %."
    )


def _evidence(result: EvaluateResult) -> str:
    measured = result.first.headline
    return (
        f"Shown a digit in another digit's color, it names the color's digit {_percent(measured.color_follow_rate)} "
        f"of the time and what is drawn {_percent(measured.conflicting_accuracy)} of the time. Its shape bias is "
        f"{_percent(measured.shape_bias)}: of the images decided by digit or by color, so many are decided by digit. "
        f"Its worst group of digit and color stands at {_percent(measured.worst_group_accuracy)}."
    )


def _evidence_verdict(result: GradcamResult) -> str:
    maps = result.first
    found = maps.recoloring
    recolored, redrawn, wrong_reason = (
        (found.recolored_flips, found.redrawn_flips, found.right_for_wrong_reason_share) if found else [None] * 3
    )
    return (
        f"{_percent(maps.energy_in_mask)} of the evidence in its maps lies on the stroke, "
        f"{_percent(maps.energy_shuffled_mean)} on the strokes of other images; maps that follow the stroke would have "
        f"{_percent(maps.energy_perfect_mean)} on it. Repaint the digit in another color, and {_percent(recolored)} of "
        f"the predictions change; draw another digit in the same color, and {_percent(redrawn)} do. Of its correct "
        f"answers {_percent(wrong_reason)} are right for the wrong reason: most other colors change them."
    )


def _cure(result: TrainResult) -> str:
    easy, hard = _percent(result.headline.easy_accuracy), _percent(result.headline.hard_accuracy)
    return (
        f"The same network, cured: right on {hard} of the hard split and on {easy} of the easy one. But it took "
        f"{result.steps:,} steps, more than the lazy one had. What is the method's doing, and what is time's?"
    )


def _comparison(result: CompareResult) -> str:
    hard = {group.method: _hard(group) for group in result.groups}
    cured, plainly = hard.get(_METHOD), hard.get("erm")
    if cured is None or plainly is None:
        return "No plain training of code of one's own: a comparison runs none on a run's word."
    return (
        f"Plain training for as many steps is right on {plainly:.1f} % of the hard split, the cure on {cured:.1f} %: "
        f"{cured - plainly:+.1f} points are the method's, with one seed each. `lazytui run study` does this for any "
        "methods, with as many seeds as a claim needs."
    )


def _cloak(result: AttackResult) -> str:
    source, target = (result.content.classes[label] for label in (_SOURCE, _TARGET))
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


def _fooled(found: Robustness, target: str) -> str:
    """What it takes to fool one network from one pool of sources."""
    already = f"already takes {_percent(found.at_target)} for {with_article(target)}"
    if found.median is None:
        return f"{already} and is right about too few for more to be said"
    if math.isinf(found.median):
        return f"{already}, and more than half of those that it gets right are never fooled"
    return (
        f"{already}, and half of those that it gets right are fooled by changing values by {100 * found.median:.0f} %"
    )


def _decomposition(result: SaeResult) -> str:
    explained = 1 - (result.unexplained_variance or 0.0)
    return (
        f"{_percent(explained)} of the variance of {result.dimensions} dimensions is explained by {result.l0:.1f} "
        f"active features per image, of {result.features}. {result.attribute_features} of them respond to a color "
        f"whatever the digit, {result.label_features} to a digit whatever its color, {result.both_features} to digits "
        f"in a color and {result.mixed_features} to neither; {result.dead_features} are never active."
    )


def _experiments_verdict(result: SaeExperimentsResult) -> str:
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


def _hard(group: RecipeTrainings) -> float | None:
    """The mean hard accuracy of a recipe's trainings, in percent."""
    shares = [run.metrics.get("hard_accuracy") for run in group.runs]
    return mean_over_seeds([None if share is None else 100 * share for share in shares]).mean


def _is_plain(params: Mapping[str, Any]) -> bool:
    return bool(params.get("method", "erm") == "erm")


def _has_colors(story: StoryParams) -> bool:
    from lazytui.analyses.core.execute import validate

    data = validate("dataset", _data(story))
    assert isinstance(data, DatasetParams)
    return data.placement != "none"


def _map_of(story: StoryParams) -> str:
    """The kind of map: Grad-CAM where the catalog knows a layer for it, else one that any network has."""
    entry = ARCHITECTURES.get(story.model)
    return "grad-cam" if entry is not None and entry.saliency_layer is not None else "input-gradient"


def _percent(value: float | None) -> str:
    return metric_text("easy_accuracy", value) or "an undefined share"


CHAPTERS = (
    Chapter(
        name="canvas",
        title="The canvas",
        kind="dataset",
        values=lambda story, _runs: _data(story),
        after=_canvas,
        figures=("samples-train", "samples-hard", "measures"),
        needs=(),
    ),
    Chapter(
        name="cheat",
        title="The cheat",
        kind="train",
        values=lambda story, _runs: {**_data(story), "model": story.model, "device": story.device},
        after=_cheat,
        figures=("accuracy", "cues"),
        own=_is_plain,
        turn=2,
    ),
    Chapter(
        name="evidence",
        title="The evidence",
        kind="evaluate",
        values=lambda story, runs: {"run": runs["cheat"], "model": story.model, "device": story.device},
        after=_evidence,
        figures=(
            "color-by-prediction-hard",
            "confusion-easy",
            "confusion-hard",
            "cue-conflict",
            "red-one",
            "digit-by-color",
            "metrics",
        ),
        needs=("cheat",),
        turn=8,
    ),
    Chapter(
        name="gaze",
        title="The gaze",
        kind="gradcam",
        values=lambda story, runs: {
            "run": runs["cheat"],
            "model": story.model,
            "method": _map_of(story),
            "images": 1000,
            "checked": 100,
            "device": story.device,
        },
        after=_evidence_verdict,
        figures=("matching", "energy", "ways", "causes", "recoloring", "methods"),
        needs=("cheat",),
        turn=7,
    ),
    Chapter(
        name="cure",
        title="The cure",
        kind="train",
        values=lambda story, _runs: {
            **_data(story),
            "model": story.model,
            "device": story.device,
            "method": _METHOD,
            "epochs": _CURE_EPOCHS,
        },
        after=_cure,
        figures=("accuracy", "cues"),
        prefix="cured_",
        own=lambda params: not _is_plain(params),
        turn=1,
    ),
    Chapter(
        name="comparison",
        title="The fair comparison",
        kind="compare",
        values=lambda story, runs: {
            "runs": (runs["cure"],),
            "rank": "hard_accuracy",
            "plain": not is_custom(story.model),
        },
        after=_comparison,
        figures=("ranking", "cues", "cost"),
        prefix="compared_",
        needs=("cheat", "cure"),  # the plain training goes on where the cheat's ended
        turn=3,
    ),
    Chapter(
        name="cloak",
        title="The invisible cloak",
        kind="attack",
        values=lambda story, runs: {
            "run": runs["cheat"],
            "model": story.model,
            "against": () if is_custom(story.model) else (runs["cure"],),
            "attack": "fmn",
            "source_class": _SOURCE,
            "target_class": _TARGET,
            "sources": _ATTACKED if story.test_size is None else min(_ATTACKED, story.test_size // 20),
            "device": story.device,
        },
        after=_cloak,
        figures=("pools", "survival", "images-aligned", "images-1-target-colored"),
        fits=_has_colors,
        needs=("cheat", "cure"),
        turn=6,
    ),
    Chapter(
        name="decomposition",
        title="The decomposition",
        kind="sae",
        values=lambda story, runs: {
            "run": runs["cheat"],
            "model": story.model,
            "steps": _LEARNED if story.train_size is None else _LEARNED // 4,
            "starts": 1,
            "pages": 0,
            "controls": 0,
            "seed": story.seed,
            "device": story.device,
        },
        after=_decomposition,
        figures=("colors",),
        fits=_has_colors,
        needs=("cheat",),
        turn=4,
    ),
    Chapter(
        name="cut",
        title="The cut",
        kind="sae-experiments",
        values=lambda story, runs: {
            "sae": runs["decomposition"],
            "model": story.model if is_custom(story.model) else None,
            "device": story.device,
        },
        after=_experiments_verdict,
        figures=("bulk", "dose-response", "gaze"),
        fits=_has_colors,
        needs=("decomposition",),
        turn=5,
    ),
)
