"""What a finished run found, in a few words for a list."""

from __future__ import annotations

from lazytui.runs.workspace_watch import RunLine

_WORDS = {
    "dataset": (("validation_color_ceiling", "a color reader gets {:.1%} easy"), ("hard_color_ceiling", "{:.1%} hard")),
    "train": (("easy_accuracy", "easy {:.1%}"), ("hard_accuracy", "hard {:.1%}")),
    "evaluate": (("color_follow_rate", "{:.1%} follow the color"),),
    "gradcam": (("energy_in_mask", "{:.0%} of the evidence on the stroke"),),
    "sae": (("color_features", "{:.0f} color features"), ("digit_features", "{:.0f} digit features")),
}
"""By kind: metrics of its result, each with how it is said."""


def finding(line: RunLine) -> str:
    """`easy 95.0 %, hard 0.4 %`; empty where there is none of its metrics."""
    measured = ((line.metrics.get(name), words) for name, words in _WORDS.get(line.kind, ()))
    return ", ".join(words.format(value).replace("%", " %") for value, words in measured if value is not None)
