"""The counts behind percentages, which `i` shows."""

from __future__ import annotations

import pytest

from lazytui.analyses.core.execute import figures
from lazytui.analyses.core.metric_counts import metric_shares
from lazytui.app.panels.explanation import explanation
from lazytui.data.content import colored_digits
from lazytui.figures.kinds import Figure, Share
from lazytui.runs.workspace import shipped_runs

METRICS = {"easy_accuracy": 0.95, "hard_accuracy": None, "conflicting_accuracy": 0.1, "color_follow_rate": 0.7}


def explained(run: str, figure: str) -> str:
    """What `i` says of a figure of a bundled run."""
    (folder,) = [one for one in shipped_runs() if one.id == run]
    found: list[Figure] = [one for one in figures(folder) if one.name == figure]
    return explanation(found).plain


def test_a_share_has_its_hits_and_of_how_many() -> None:
    shares = metric_shares(
        {**METRICS, "shape_bias": 0.125},
        {"easy": 60, "hard": 50, "conflicting": 90, "probe": 100},
        colored_digits("distinct"),
    )
    assert shares == (
        Share("easy accuracy", 60, "easy images", 57),
        Share("conflicting accuracy", 90, "conflicting images", 9),
        Share("color-follow rate", 90, "conflicting images", 63),
        Share("shape bias", 72, "conflicting images decided by digit or color", 9),
    )


def test_nothing_is_reported_of_how_many_where_that_is_not_known() -> None:
    assert metric_shares(METRICS, {}, colored_digits("distinct")) == ()


@pytest.mark.parametrize(
    ("run", "figure", "words"),
    [
        ("evaluate-lazy-strokes", "headline", "easy accuracy: 95.0 %, 5,700 of 6,000 easy images"),
        ("evaluate-lazy-strokes", "headline", " of 9,000 conflicting images"),
        ("evaluate-lazy-strokes", "cheat", "aligned accuracy: 100.0 %, 1,000 of 1,000 aligned images"),
        ("evaluate-lazy-strokes", "metrics", "worst group: over 10,000 probe images, in groups of digit and color"),
        ("lazy-strokes", "metrics", " of 6,000 easy images"),
        ("attack-lazy-strokes", "pools", "aligned: 100.0 %, 100 of 100 sources, correct when clean"),
        ("attack-lazy-strokes", "survival", " of 100 sources, correct when clean"),
        ("compare-strokes", "ranking", "over 2 seeds"),
        ("dataset-strokes", "color-reader", "over 10,000 images"),
        ("gradcam-lazy-strokes", "energy", "maps with evidence"),
    ],
)
def test_an_explanation_shows_how_many(run: str, figure: str, words: str) -> None:
    assert words in explained(run, figure)
