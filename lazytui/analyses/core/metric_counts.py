"""The counts behind metrics that are shares: `easy accuracy`, 57 of 60 images."""

from __future__ import annotations

from collections.abc import Iterator, Mapping

from lazytui.analyses.core.metric_catalog import metric_of
from lazytui.data.content import Content
from lazytui.figures.kinds import Share

_OF = {
    "easy_accuracy": "easy",
    "hard_accuracy": "hard",
    "aligned_accuracy": "aligned",
    "conflicting_accuracy": "conflicting",
    "color_follow_rate": "conflicting",
}
"""By metric, the images that it is a share of."""

_MEANS = ("unbiased_accuracy", "worst_group_accuracy")
"""Of groups of the probe split, so that there are no hits to count."""


def metric_shares(metrics: Mapping[str, float | None], sizes: Mapping[str, int], content: Content) -> tuple[Share, ...]:
    """What each share counts, of those whose images are known. sizes: how many images are easy, hard, probe, aligned,
    conflicting."""
    return tuple(_shares(metrics, sizes, content))


def _shares(metrics: Mapping[str, float | None], sizes: Mapping[str, int], content: Content) -> Iterator[Share]:
    label, attribute = content.label, content.attribute or "attribute"
    hits: dict[str, int] = {}
    for name, which in _OF.items():
        share, size = metrics.get(name), sizes.get(which)
        if share is not None and size:
            hits[name] = round(share * size)
            yield Share(metric_of(name, content).title, of=size, hits=hits[name], what=f"{which} images")
    if "probe" in sizes:
        for name in _MEANS:
            if metrics.get(name) is not None:
                what = f"probe images, in groups of {label} and {attribute}"
                yield Share(metric_of(name, content).title, of=sizes["probe"], what=what)
    by_digit, by_color = hits.get("conflicting_accuracy"), hits.get("color_follow_rate")
    if metrics.get("shape_bias") is not None and by_digit is not None and by_color is not None:
        what = f"conflicting images decided by {label} or {attribute}"
        yield Share(metric_of("shape_bias", content).title, of=by_digit + by_color, hits=by_digit, what=what)
