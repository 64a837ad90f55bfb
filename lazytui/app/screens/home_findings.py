"""What a finished run found, in a few words for a list."""

from __future__ import annotations

import functools
from contextlib import suppress

from lazytui.analyses.core.content_facts import content_of_record
from lazytui.analyses.core.metric_catalog import in_words_of
from lazytui.counted_nouns import counted
from lazytui.data.content import Content, colored_digits
from lazytui.errors import LazytuiError
from lazytui.runs.run_folder import RunFolder
from lazytui.runs.workspace_watch import RunLine

Words = tuple[tuple[str, str], ...]

_WORDS: dict[str, Words] = {
    "dataset": (("validation_color_ceiling", "by color alone easy {:.1%}"), ("hard_color_ceiling", "hard {:.1%}")),
    "train": (("easy_accuracy", "easy {:.1%}"), ("hard_accuracy", "hard {:.1%}")),
    "evaluate": (("color_follow_rate", "{:.1%} follow the color"),),
    "gradcam": (("energy_in_mask", "{:.0%} of the evidence on the stroke"),),
    "neurons": (("traitors", "color neuron"), ("heroes", "digit neuron")),
    "sae": (("color_features", "color feature"), ("digit_features", "digit feature")),
    "sae-experiments": (("hard_intact", "hard {:.1%}"), ("hard_without_color", "{:.1%} without color features")),
    "attack": (("aligned_median_budget", "a change of {:.2f} fools half"),),
    "compare": (("recipes", "recipe"), ("runs", "training")),
    "audit": (("largest", "{:.0%} lost by one property"),),
}
"""By kind: metrics of its result, each with how it is said of digits and colors, or else what it counts."""

_OTHERWISE: dict[str, Words] = {
    "evaluate": _WORDS["train"],
    "gradcam": (("concentration", "80% of the evidence in {:.0%} of the image"),),
    "neurons": (("heroes", "digit neuron"),),
    "sae": (("digit_features", "digit feature"),),
    "sae-experiments": (),
    "attack": (("neutral_median_budget", "a change of {:.2f} fools half"),),
}
"""The same where no attribute of the images is known, or none of those was measured."""

_LONGEST_DESCENT = 4
"""Of experiments on features from their training: features, network."""


def finding(line: RunLine) -> str:
    """`easy 95.0 %, hard 0.4 %`; empty where there is none of its metrics."""
    content = _content(line.run)
    usual, otherwise = (words_by_kind.get(line.kind, ()) for words_by_kind in (_WORDS, _OTHERWISE))
    sentence = (
        _sentence(line, otherwise or usual)
        if not content.values
        else _sentence(line, usual) or _sentence(line, otherwise)
    )
    return in_words_of(content, sentence)


def _sentence(line: RunLine, templates: Words) -> str:
    measured = ((line.metrics.get(name), template) for name, template in templates)
    return ", ".join(_measured(value, template) for value, template in measured if value is not None)


def _measured(value: float, template: str) -> str:
    return template.format(value).replace("%", " %") if "{" in template else counted(round(value), template)


@functools.lru_cache(maxsize=512)
def _content(run: RunFolder) -> Content:
    """What the images are of a run, or of the runs of its workspace that it goes back to; else digits in colors."""
    with suppress(LazytuiError, ValueError):
        for _ in range(_LONGEST_DESCENT):
            recorded = run.record.params.get("recorded_content")
            if isinstance(recorded, str):
                return Content.model_validate(recorded)
            if run.record.kind in {"train", "dataset"}:
                return content_of_record(run.record.params)
            if not run.record.parents or "/" in run.record.parents[0]:
                break
            run = RunFolder(run.path.parent / run.record.parents[0], run.record.parents[0])
    return colored_digits("distinct")
