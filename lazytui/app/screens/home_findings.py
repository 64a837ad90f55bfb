"""What a finished run found, in a few words for a list."""

from __future__ import annotations

from lazytui.counted_nouns import counted
from lazytui.runs.workspace_watch import RunLine

_WORDS = {
    "dataset": (("validation_color_ceiling", "by color alone easy {:.1%}"), ("hard_color_ceiling", "hard {:.1%}")),
    "train": (("easy_accuracy", "easy {:.1%}"), ("hard_accuracy", "hard {:.1%}")),
    "evaluate": (("color_follow_rate", "{:.1%} follow the color"),),
    "gradcam": (("energy_in_mask", "{:.0%} of the evidence on the stroke"),),
    "neurons": (("traitors", "color neuron"), ("heroes", "digit neuron")),
    "sae": (("color_features", "color feature"), ("digit_features", "digit feature")),
    "sae-experiments": (("hard_intact", "hard {:.1%}"), ("hard_without_color", "{:.1%} without color features")),
    "attack": (("aligned_median_budget", "a change of {:.2f} fools half"),),
    "compare": (("recipes", "recipe"), ("runs", "training")),
}
"""By kind: metrics of its result, each with how it is said, or else what it counts."""


def finding(line: RunLine) -> str:
    """`easy 95.0 %, hard 0.4 %`; empty where there is none of its metrics."""
    measured = ((line.metrics.get(name), words) for name, words in _WORDS.get(line.kind, ()))
    return ", ".join(_words(value, words) for value, words in measured if value is not None)


def _words(value: float, words: str) -> str:
    return words.format(value).replace("%", " %") if "{" in words else counted(round(value), words)
