"""What a finished run found, in a few words for a list."""

from __future__ import annotations

from lazytui.runs.workspace_watch import RunLine

_WORDS = {
    "dataset": (("validation_color_ceiling", "color alone: easy {:.1%}"), ("hard_color_ceiling", "hard {:.1%}")),
    "train": (("easy_accuracy", "easy {:.1%}"), ("hard_accuracy", "hard {:.1%}")),
    "evaluate": (("color_follow_rate", "{:.1%} follow the color"),),
    "gradcam": (("energy_in_mask", "{:.0%} of the evidence on the stroke"),),
    "neurons": (("traitors", "{:.0f} color neurons"), ("heroes", "{:.0f} digit neurons")),
    "sae": (("color_features", "{:.0f} color features"), ("digit_features", "{:.0f} digit features")),
    "sae-experiments": (("hard_intact", "hard {:.1%}"), ("hard_without_color", "{:.1%} without color features")),
    "attack": (("aligned_median_budget", "a change of {:.2f} fools half"),),
    "compare": (("recipes", "{:.0f} recipes"), ("runs", "{:.0f} trainings")),
}
"""By kind: metrics of its result, each with how it is said."""


def finding(line: RunLine) -> str:
    """`easy 95.0 %, hard 0.4 %`; empty where there is none of its metrics."""
    measured = ((line.metrics.get(name), words) for name, words in _WORDS.get(line.kind, ()))
    return ", ".join(words.format(value).replace("%", " %") for value, words in measured if value is not None)
