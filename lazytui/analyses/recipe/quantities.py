"""What recipes report: what each number is called, and whether it is a share."""

from __future__ import annotations

from dataclasses import dataclass

from lazytui.analyses.core.metric_catalog import METRICS


@dataclass(frozen=True)
class Quantity:
    """title: what a person reads. short: the same in a list. share: whether it is shown in percent."""

    title: str
    short: str
    share: bool = True


_OF_STEPS = {
    "success_rate": Quantity("fooled within the budget", "fooled"),
    "sure_success_rate": Quantity("fooled with a probability over .9", "fooled for sure"),
    "at_target": Quantity("taken for the target before", "at target before"),
    "median_budget": Quantity("median smallest budget", "budget", share=False),
    "costly_neurons": Quantity("neurons that cost over a point", "costly", share=False),
    "components_for_90_percent": Quantity("components that hold 90 %", "components", share=False),
    "hard_intact": Quantity("hard accuracy with all neurons", "hard before"),
    "hard_ablated": Quantity("hard accuracy without them", "hard"),
    "llc": Quantity("local learning coefficient", "", share=False),
    "unexplained_variance": Quantity("variance unexplained", "unexplained"),
    "l0": Quantity("features active at a time", "active", share=False),
    "dead_features": Quantity("dead features", "dead", share=False),
    "easy_without_color": Quantity("easy accuracy without color features", "easy without color"),
    "swap_after": Quantity("take the added color's digit", "swapped"),
    "largest_shift": Quantity("largest change of a probability", "shift"),
}
"""By the ending of the metric's name: before it may stand a pool or a split."""


def quantity(reported: str) -> Quantity:
    """Of what a recipe reports: a metric of its training, or `step.metric`. Raises KeyError for an unknown one."""
    if "." not in reported:
        metric = METRICS[reported]
        return Quantity(metric.title, reported.removesuffix("_accuracy"), metric.share)
    name = reported.partition(".")[2]
    fitting = [ending for ending in _OF_STEPS if name == ending or name.endswith(f"_{ending}")]
    return _OF_STEPS[max(fitting, key=len, default=name)]


def title(reported: str) -> str:
    """`hard accuracy`, or `pgd: fooled within the budget`."""
    return ": ".join(filter(None, (_step(reported), quantity(reported).title)))


def short_text(reported: str, value: str) -> str:
    """What is measured and a value of it, in few words: `hard 17.8`, `pgd fooled 70.0`."""
    return " ".join(filter(None, (_step(reported), quantity(reported).short, value)))


def _step(reported: str) -> str:
    return reported.rpartition(".")[0].replace("-", " ")
