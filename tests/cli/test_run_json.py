"""`--json`: every number that a run's figures show, in the documented form."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest

from lazytui.analyses import SUMMARIES
from lazytui.analyses.core.execute import figures
from lazytui.cli.run_json import RunJson, run_json
from lazytui.figures.figure_numbers import figure_numbers
from lazytui.figures.kinds import Bars, Column, Interval, Lines, Matrix, PartOf, Reference, Series, Table
from lazytui.runs.run_folder import RunFolder


@pytest.mark.parametrize("kind", SUMMARIES)
def test_every_figure_of_every_analysis_has_its_numbers(kind: str, every_run: dict[str, Path]) -> None:
    run = RunFolder(every_run[kind], every_run[kind].name)
    printed = run_json(run)
    content = RunJson.model_validate_json(printed)
    shown = figures(run)
    assert [*content.figures] == [figure.name for figure in shown] and len(shown) > 0
    assert "NaN" not in printed and "Infinity" not in printed
    for figure in shown:
        numbers = json.loads(printed)["figures"][figure.name]
        match figure:
            case Table():
                assert len(numbers["rows"]) == len(figure.rows)
                assert all(len(row) == len(figure.columns) for row in numbers["rows"]), (
                    "no two columns are called alike"
                )
            case Matrix():
                assert np.array_equal(np.array(numbers["values"], float), figure.values, equal_nan=True)
            case Lines():
                assert [len(one["x"]) for one in numbers["series"]] == [len(one.x) for one in figure.series]


def test_intervals_and_parts_are_numbers_too() -> None:
    row = ("a", 1.5, float("nan"), Interval(1.25, 2.5), PartOf(93, 100), None)
    columns = tuple(Column(name=name) for name in "abcdef")
    bars = Bars(
        name="bars",
        title="",
        labels=("a", "b"),
        values=np.array([1.0, np.nan]),
        intervals=np.array([[0.5, 1.5], [np.nan, np.nan]]),
        references=(Reference(name="chance", value=0.1),),
    )
    curve = Series(name="a", x=np.array([0.0, 1.0]), y=np.array([0.5, np.inf]))
    lines = Lines(name="lines", title="", series=(curve,), x_label="x", y_label="y")
    table = Table(name="table", title="", columns=columns, rows=(row,))
    found = {name: one.model_dump() for name, one in figure_numbers([table, bars, lines]).items()}
    assert found["table"]["rows"] == [
        {"a": "a", "b": 1.5, "c": None, "d": {"low": 1.25, "high": 2.5}, "e": {"hits": 93, "of": 100}, "f": None}
    ]
    assert found["bars"]["bars"] == [
        {"label": "a", "value": 1.0, "low": 0.5, "high": 1.5},
        {"label": "b", "value": None, "low": None, "high": None},
    ]
    assert found["bars"]["references"] == [{"name": "chance", "value": 0.1}]
    assert found["lines"]["series"] == [{"name": "a", "x": [0.0, 1.0], "y": [0.5, None]}]
