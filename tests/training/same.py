"""When two trainings are the same: weights bit by bit, curves number by number."""

from __future__ import annotations

from pathlib import Path

import numpy as np
from safetensors.numpy import load_file

from lazytui.runs.metric_history import read_history
from tests.commands import read_events, read_json


def assert_same_training(run: Path, other: Path) -> None:
    ours, theirs = load_file(run / "model.safetensors"), load_file(other / "model.safetensors")
    assert ours.keys() == theirs.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)
    ours, theirs = load_file(run / "arrays.safetensors"), load_file(other / "arrays.safetensors")
    assert ours.keys() == theirs.keys() and {"history_loss", "history_says_1", "conflicting_images"} <= ours.keys()
    for name in ours:
        np.testing.assert_array_equal(ours[name], theirs[name], err_msg=name)
    assert logged(run) == logged(other)
    assert metrics(run) == metrics(other)


def logged(run: Path) -> dict[str, list[float | None]]:
    """The curves of the event log, void rows left out; None where there is no value."""
    assert read_events(run / "events.jsonl")[1] == 0
    columns = read_history(run / "events.jsonl")
    return {name: [None if np.isnan(value) else value for value in column] for name, column in columns.items()}


def metrics(run: Path) -> dict[str, float]:
    found = read_json(run / "result.json")["metrics"]
    return {name: value for name, value in found.items() if name != "seconds"}
