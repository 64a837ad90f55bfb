"""A training that falls to chance is reported, while it goes and in its result."""

from __future__ import annotations

import math

import numpy as np
import pytest

from lazytui.analyses.core.execute import figures
from lazytui.figures.kinds import Text
from lazytui.runs.workspace import Workspace
from lazytui.training.chance_level import chance_bound, stretches_at_chance
from tests.commands import TINY_TRAINING, Lab, read_events

GOOD, LOW = 0.9, 0.11


@pytest.mark.parametrize(
    ("accuracies", "found"),
    [
        ([LOW, GOOD, GOOD, GOOD, GOOD, GOOD], []),
        ([LOW, LOW, LOW, GOOD, GOOD, GOOD], []),
        ([LOW, LOW, LOW, LOW, GOOD, GOOD], [(0, 60)]),
        ([LOW, LOW, LOW, LOW, LOW, LOW], [(0, 100)]),
        ([LOW, GOOD, LOW, LOW, GOOD, GOOD], [(40, 60)]),
        ([LOW, GOOD, LOW, GOOD, LOW, LOW], [(80, 100)]),
        ([LOW, GOOD, GOOD, GOOD, GOOD, LOW], []),
    ],
)
def test_stretches_of_a_tenth_of_the_steps(accuracies: list[float], found: list[tuple[int, int]]) -> None:
    """Points at steps 0, 20 to 100: a beginning at chance is one from half of the steps on, and a single point none."""
    history = {
        "step": [20.0 * index for index in range(6)],
        "easy_accuracy": accuracies,
        "loss": [math.nan] + [2.3] * 5,
    }
    stretches = stretches_at_chance(history, 0.12, 100, 10)
    assert [(stretch.first, stretch.last) for stretch in stretches] == found
    assert all(stretch.loss == pytest.approx(2.3) for stretch in stretches)


def test_a_short_stretch_is_none() -> None:
    history = {"step": [0, 9, 10, 18, 100], "easy_accuracy": [LOW, GOOD, LOW, LOW, GOOD]}
    assert stretches_at_chance(history, 0.12, 100, 10) == []
    assert [stretch.first for stretch in stretches_at_chance(history, 0.12, 80, 10)] == [10]


def test_few_images_and_a_common_digit_allow_more_by_chance() -> None:
    alike = (np.arange(10_000) % 10).astype(np.uint8)
    assert chance_bound(alike[:30], 10) > 0.25 and chance_bound(alike, 10) == pytest.approx(0.109)
    assert chance_bound(np.where(alike == 0, np.uint8(1), alike), 10) == pytest.approx(0.2)


def test_a_training_that_breaks_down_is_reported(lab: Lab) -> None:
    done = lab.call("run", "train", *TINY_TRAINING, "--model", "cnn3", "--lr", "0.5", "--epochs", "4", "--json")
    assert done.code == 0 and "At chance from step" in done.err
    run = Workspace(lab.workspace).find(done.json["run"])
    notes = [event["text"] for event in read_events(run.events)[0] if event["kind"] == "note"]
    first = figures(run)[0]
    assert isinstance(first, Text) and first.name == "chance"
    assert first.paragraphs[0].startswith("At chance from step ")
    assert [text for text in notes if text.startswith("At chance")]
