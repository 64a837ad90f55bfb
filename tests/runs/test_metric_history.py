"""The metrics of a log as columns that grow, and what a resume takes back."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.runs.metric_history import MetricHistory

NAN = float("nan")


def metrics(step: int, **values: float | None) -> dict[str, object]:
    return {"kind": "metrics", "step": step, "values": values}


def resumed(step: int) -> dict[str, object]:
    return {"kind": "resumed", "step": step}


def columns(*events: dict[str, object]) -> dict[str, list[float]]:
    history = MetricHistory()
    history.extend(events)
    return {name: column.tolist() for name, column in history.columns().items()}


def test_a_resume_voids_later_rows() -> None:
    found = columns(
        metrics(0, a=0.0), metrics(5, a=5.0), metrics(10, a=10.0, c=1.0), resumed(7), metrics(10, a=11.0, b=1.0)
    )
    assert found == {"step": [0, 5, 10], "a": [0, 5, 11], "b": pytest.approx([NAN, NAN, 1], nan_ok=True)}


def test_a_start_from_the_beginning_voids_everything() -> None:
    found = columns(metrics(0, a=0.0), metrics(5, a=5.0), metrics(0, a=1.0), metrics(5, a=6.0))
    assert found == {"step": [0, 5], "a": [1, 6]}


def test_no_metrics_are_an_empty_history() -> None:
    assert columns() == {"step": []}


def test_undefined_values_are_gaps() -> None:
    assert columns(metrics(0, a=None), metrics(1, a=2.0)) == {"step": [0, 1], "a": pytest.approx([NAN, 2], nan_ok=True)}


def test_it_grows_beyond_its_first_room() -> None:
    found = columns(*(metrics(step, a=step / 2) for step in range(1000)))
    assert found == {"step": list(range(1000)), "a": [step / 2 for step in range(1000)]}


def test_what_was_handed_out_stays_as_it_was() -> None:
    history = MetricHistory()
    history.extend(metrics(step, a=float(step)) for step in range(10))
    column = history.columns()["a"]
    history.extend([resumed(3), *(metrics(step, a=-1.0) for step in range(4, 200))])
    np.testing.assert_array_equal(column, np.arange(10.0))


def test_what_a_log_of_elsewhere_holds_beyond_measure_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("lazytui.runs.metric_history._MOST_NUMBERS", 300)
    found = columns(
        *(metrics(step, a=1.0, b=2.0) for step in range(50)), *(metrics(step, c=1.0) for step in range(50, 1000))
    )
    assert {len(column) for column in found.values()} == {75} and set(found) == {"step", "a", "b", "c"}


def test_it_says_whether_there_was_anything_new() -> None:
    history = MetricHistory()
    assert history.extend([metrics(0, a=1.0)])
    assert not history.extend([{"kind": "progress", "done": 1, "total": 2, "unit": "steps"}])
