"""Two networks side by side: their metrics with the difference, who alone is right, and both of their portraits."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from operator import attrgetter

from lazytui.analyses.core.content_words import about_probe
from lazytui.analyses.core.metric_catalog import metric_text, metrics_of
from lazytui.analyses.evaluate.report_figures import report_figures, verdict
from lazytui.analyses.evaluate.result import EvaluateResult, NetworkEvaluation
from lazytui.analyses.networks.network_pair import AGAINST, was_held_out
from lazytui.data.params import DatasetParams
from lazytui.evaluation.paired_difference import Hits, PairedCounts, count_pairs
from lazytui.evaluation.predictions import Predictions
from lazytui.figures.kinds import Column, Figure, Interval, Table, Text

_COMPARED_PARAMS = ("source", "palette", "placement", "texture", "sigma", "tier", "bias", "counterexamples")
"""What the data of two trainings may differ in."""


@dataclass(frozen=True)
class _Share:
    """A metric that is a share of images. counted: which images of the split; None for all. hits: which are hits."""

    split: str
    hits: Callable[[Predictions], Hits]
    counted: Callable[[Predictions], Hits] | None = None

    def count_pairs(self, one: Predictions, other: Predictions) -> PairedCounts:
        first, second = self.hits(one), self.hits(other)
        if self.counted is None:
            return count_pairs(first, second)
        counted = self.counted(one)
        return count_pairs(first[counted], second[counted])


_SHARES = {
    "easy_accuracy": _Share("easy", attrgetter("correct")),
    "hard_accuracy": _Share("hard", attrgetter("correct")),
    "aligned_accuracy": _Share("probe", attrgetter("correct"), attrgetter("is_aligned")),
    "conflicting_accuracy": _Share("probe", attrgetter("correct"), attrgetter("is_conflicting")),
    "unbiased_accuracy": _Share("probe", attrgetter("correct")),
    "color_follow_rate": _Share("probe", attrgetter("follows_attribute"), attrgetter("is_conflicting")),
}
"""The metrics that have an interval, by name.

Unbiased accuracy is one too, since the groups of the probe split are of the same size.
"""


def comparison(result: EvaluateResult, second: NetworkEvaluation) -> list[Figure]:
    """The figures of two networks; the second's follow those of the first, named `against-...`."""
    first, data = result.first, result.first.trained
    called, pairs = result.names, differences(result.first, second)
    comparison_figures: list[Figure] = [
        *_titled(verdict(first), verdict(second), called),
        _shared_data(first, second, called),
        _metrics(first, second, pairs, called),
        _who_alone(pairs, called),
    ]
    for one, other in zip(report_figures(first, data), report_figures(second, data), strict=True):
        comparison_figures += _titled(one, other, called)
    return comparison_figures


def differences(first: NetworkEvaluation, second: NetworkEvaluation) -> dict[str, PairedCounts]:
    """By metric, how many of the same images are hits of the one and of the other network."""
    counts = {}
    for name, share in _SHARES.items():
        one, other = first.predictions(share.split), second.predictions(share.split)
        if one is not None and other is not None:
            counts[name] = share.count_pairs(one, other)
    return counts


def _titled(one: Figure, other: Figure, called: tuple[str, str]) -> list[Figure]:
    return [
        replace(one, title=f"{called[0]}: {one.title}"),
        replace(other, name=f"{AGAINST}-{other.name}", title=f"{called[1]}: {other.title}"),
    ]


def _shared_data(first: NetworkEvaluation, second: NetworkEvaluation, called: tuple[str, str]) -> Text:
    """On what ground the two are compared, and where it is uneven."""
    samples, data, other = first.samples, first.trained, second.trained
    paragraphs = [
        f"Both were evaluated on the same images: {samples.easy:,} easy, {samples.hard:,} hard and {samples.probe:,} "
        "probe images."
    ]
    if others := [name for name in _COMPARED_PARAMS if getattr(other, name) != getattr(data, name)]:
        pairs = ", ".join(f"{name} {_word(other, name)} (here {_word(data, name)})" for name in others)
        paragraphs.append(f"{called[1]} was trained on other data: {pairs}.")
    if not was_held_out(data, other):
        paragraphs.append(
            f"The easy images weren't held out of the training of {called[1]}, which split the same images "
            f"differently: its easy accuracy may be too good. Hard and probe images are new to both."
        )
    return Text(name="shared-data", title="Two networks, the same images", paragraphs=tuple(paragraphs))


def _word(params: DatasetParams, name: str) -> str:
    value = getattr(params, name)
    return "+".join(value) if isinstance(value, tuple) else str(value)


def _metrics(
    first: NetworkEvaluation, second: NetworkEvaluation, pairs: Mapping[str, PairedCounts], called: tuple[str, str]
) -> Table:
    rows = []
    for name, metric in metrics_of(first.metrics, first.trained.content).items():
        value, other = first.metrics[name], second.metrics.get(name)
        difference = None if value is None or other is None else 100 * (other - value)
        interval = _interval(pairs.get(name))
        rows.append(
            (metric.title, metric_text(name, value), metric_text(name, other), difference, interval, metric.meaning)
        )
    return Table(
        name="metrics",
        title="Measured",
        note=f"Difference: {called[1]} minus {called[0]} in percentage points; its interval is over images like these "
        "(paired, Bonett and Price 2012), for these two networks as they are: another seed makes another network. "
        f"Measures that aren't shares of the same images have none. {about_probe(first.trained)}A dash is a share over "
        "no images at all, or no group of 10 images.",
        columns=(
            Column(name="metric"),
            Column(name=called[0]),
            Column(name=called[1]),
            Column(name="difference"),
            Column(name="95 % interval"),
            Column(name="what it is"),
        ),
        rows=tuple(rows),
    )


def _interval(pair: PairedCounts | None) -> Interval | None:
    if pair is None or pair.interval is None:
        return None
    low, high = pair.interval
    return Interval(100 * low, 100 * high, is_change=True)


_WHOSE_IMAGES = {
    "easy_accuracy": "easy",
    "hard_accuracy": "hard",
    "aligned_accuracy": "probe, own color",
    "conflicting_accuracy": "probe, another color",
}


def _who_alone(pairs: Mapping[str, PairedCounts], called: tuple[str, str]) -> Table:
    counted = [(images, pairs[name]) for name, images in _WHOSE_IMAGES.items() if name in pairs]
    return Table(
        name="who-alone",
        title="Image by image: who is right",
        note="The two differ by the images that only one of them gets right (McNemar 1947).",
        columns=tuple(
            Column(name=name)
            for name in ("split", "images", "both", f"only {called[0]}", f"only {called[1]}", "neither")
        ),
        rows=tuple(
            (images, pair.images, pair.both, pair.only_first, pair.only_second, pair.neither)
            for images, pair in counted
        ),
    )
