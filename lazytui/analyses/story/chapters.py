"""The chapters of the story: what each asks of which analysis, and what is said before and after it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from lazytui.analyses.core.metric_catalog import in_words_of
from lazytui.analyses.story import conclusions
from lazytui.analyses.story.conclusions import METHOD, SOURCE, TARGET
from lazytui.analyses.story.params import StoryParams
from lazytui.code_permission import is_custom
from lazytui.data.content import Content
from lazytui.data.params import DatasetParams
from lazytui.files.long_texts import long_text
from lazytui.models.architectures import ARCHITECTURES

_CURE_EPOCHS = 3

_ATTACKED = 100
"""Images of each pool."""

_LEARNED = 12_000
"""Steps of the autoencoder. Where the story is to be faster a quarter, and one for two training images at most."""


_STRANGER = "shipped/hidden-cue-strokes"
"""A network of which nobody says what is in its images."""

_AUDITED = 200
"""Images; where the story is to be faster a tenth of the test images at most."""


@dataclass(frozen=True)
class Chapter:
    """kind: the analysis that it is. values: what it is asked, from the story's Params and the runs before it.

    after: what came out. figures: the names of those that are shown, where the analysis drew them: nothing can be
    recolored, say, on a canvas without color. prefix: what the story calls its metrics by, where an earlier chapter has
    the same. own: whether a run of that kind, by its Params, is one of this chapter.
    needs: the chapters that have to be done before; the first one draws the digits for all. turn: the order in which
    those that can be begun are: first what others wait for and what takes long.
    fits: whether it works on the story's data.
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
        return text.format(source=content.classes[SOURCE], target=content.classes[TARGET])

    def conclusion(self, result: Any, content: Content) -> str:
        """What came out, in the same words."""
        return in_words_of(content, self.after(result))


def _data(story: StoryParams) -> dict[str, Any]:
    """The data options of the chapters that paint."""
    return {name: getattr(story, name) for name in ("dataset", "source", "train_size", "test_size", "seed")}


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


CHAPTERS = (
    Chapter(
        name="canvas",
        title="The canvas",
        kind="dataset",
        values=lambda story, _runs: _data(story),
        after=conclusions.canvas,
        figures=("samples-train", "samples-hard", "measures"),
        needs=(),
    ),
    Chapter(
        name="cheat",
        title="The cheat",
        kind="train",
        values=lambda story, _runs: {**_data(story), "model": story.model, "device": story.device},
        after=conclusions.cheat,
        figures=("accuracy", "cues"),
        own=_is_plain,
        turn=2,
    ),
    Chapter(
        name="evidence",
        title="The evidence",
        kind="evaluate",
        values=lambda story, runs: {"run": runs["cheat"], "model": story.model, "device": story.device},
        after=conclusions.evidence,
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
        after=conclusions.gaze,
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
            "method": METHOD,
            "epochs": _CURE_EPOCHS,
        },
        after=conclusions.cure,
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
        after=conclusions.comparison,
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
            "source_class": SOURCE,
            "target_class": TARGET,
            "sources": _ATTACKED if story.test_size is None else min(_ATTACKED, story.test_size // 20),
            "device": story.device,
        },
        after=conclusions.cloak,
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
            "steps": _LEARNED if story.train_size is None else min(_LEARNED // 4, story.train_size // 2),
            "starts": 1,
            "pages": 0,
            "controls": 0,
            "seed": story.seed,
            "device": story.device,
        },
        after=conclusions.decomposition,
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
        after=conclusions.cut,
        figures=("bulk", "dose-response", "gaze"),
        fits=_has_colors,
        needs=("decomposition",),
        turn=5,
    ),
    Chapter(
        name="audit",
        title="Somebody else's data",
        kind="audit",
        values=lambda story, _runs: {
            "run": _STRANGER,
            "images": _AUDITED if story.test_size is None else min(_AUDITED, story.test_size // 10),
            "device": story.device,
        },
        after=conclusions.audit,
        figures=("examples", "losses", "verdict"),
        prefix="audit_",
        own=lambda params: bool(params.get("run") == _STRANGER),
        needs=(),
        turn=9,
    ),
)
