"""Figures as data: exact, whole, and readable by anything that reads JSON or CSV."""

from __future__ import annotations

import base64
import csv
import io
import json

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from PIL import Image

from lazytui.figures.checks import LARGEST
from lazytui.figures.csv_and_json import figure_csv, figures_json
from lazytui.figures.kinds import Column, Figure, Reference, Table
from tests.figures import samples
from tests.figures.samples import DIFFICULT, EACH, EMPTY, HOSTILE, ids, with_text


def rows(figure: Figure) -> list[list[str]]:
    return list(csv.reader(io.StringIO(figure_csv(figure), newline=""), strict=True))


def as_json(figure: Figure) -> dict:
    def refuse(constant: str) -> None:
        raise AssertionError(f"{constant} is no JSON")

    (content,) = json.loads(figures_json([figure]), parse_constant=refuse)["figures"]
    return content


@pytest.mark.parametrize("figure", [*EACH, *EMPTY, *DIFFICULT], ids=ids)
def test_every_figure_is_strict_json_and_rectangular_csv(figure: Figure) -> None:
    content = as_json(figure)
    assert content["kind"] == type(figure).__name__.lower() and content["name"] == figure.name
    assert len({len(row) for row in rows(figure) if row}) <= 1


_VALUES = st.floats(-LARGEST, LARGEST) | st.sampled_from([np.nan, np.inf, -np.inf])


@given(arrays(np.float64, (3, 2), elements=_VALUES))
def test_numbers_keep_every_digit_and_the_undefined_is_null_or_empty(values: np.ndarray) -> None:
    figure = samples.matrix(
        values=values, row_labels=("a", "b", "c"), column_labels=("d", "e"), row_colors=(), column_colors=()
    )
    read = as_json(figure)["values"]
    for line, expected in zip(read, values, strict=True):
        assert line == [float(value) if np.isfinite(value) else None for value in expected]
    table = rows(figure)
    assert table[0] == ["true / predicted", "d", "e"] and [row[0] for row in table[1:]] == ["a", "b", "c"]
    for line, expected in zip(table[1:], values, strict=True):
        for text, value in zip(line[1:], expected, strict=True):
            assert text == "" if np.isnan(value) else float(text) == value


def test_images_come_back_pixel_by_pixel() -> None:
    figure = samples.evidence()
    content = as_json(figure)
    for text, expected in zip(content["images"], figure.images, strict=True):
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(base64.b64decode(text)))), expected)
    assert np.array_equal(np.array(content["overlay"], dtype=np.float32), figure.overlay)
    head, *body = rows(figure)
    assert head == ["image", "row", "column", "caption", "y", "x", "red", "green", "blue", "evidence"]
    colors = np.array([row[6:9] for row in body], dtype=np.uint8).reshape(figure.images.shape)
    assert np.array_equal(colors, figure.images)


def test_a_labelled_grid_names_each_pixels_row_and_column() -> None:
    head, *body = rows(samples.conflict_grid())
    assert head[1:3] == ["digit", "color"]
    assert body[57 * 28 * 28][:3] == ["57", "5", "pink"]


def test_each_kinds_table() -> None:
    assert rows(samples.bars()) == [
        ["label", "value (%)", "low", "high"],
        ["zero", "98.5", "97.25", "99.75"],
        ["one", "12.5", "10.0", "15.0"],
        ["two", "", "", ""],
    ]
    assert rows(samples.histogram())[:2] == [["from", "to", "images"], ["0.0", "0.05", "3"]]
    assert rows(samples.table())[1][:3] == ["easy accuracy", "95.239", "10000"]
    assert rows(samples.table())[2][:3] == ["shape bias", "", "0"]
    lines = rows(samples.lines())
    assert lines[0] == ["series", "step", "accuracy"] and lines[-1] == ["chance", "", "0.1"]
    assert len(lines) == 1 + 3 * 200 + 1
    marked = samples.lines(marks=(Reference(name="second network", value=40.0),))
    assert rows(marked)[-1] == ["second network", "40.0", ""]
    assert as_json(marked)["marks"] == [{"name": "second network", "value": 40.0}]
    assert rows(samples.text())[2] == ["Second."]


@given(st.lists(st.text(alphabet=st.characters(categories=["L", "N", "P", "S"]), min_size=1), min_size=1, max_size=4))
def test_any_text_survives_csv_and_json(texts: list[str]) -> None:
    figure = Table(name="t", title="t", columns=(Column(name="text"),), rows=tuple((text,) for text in texts))
    assert [row[0] for row in rows(figure)[1:]] == texts
    assert [row[0] for row in as_json(figure)["rows"]] == texts


@pytest.mark.parametrize("figure", [with_text(figure, HOSTILE) for figure in EACH], ids=ids)
def test_hostile_text_stays_in_its_cell(figure: Figure) -> None:
    assert len({len(row) for row in rows(figure)}) == 1
    for content in (figure_csv(figure), figures_json([figure])):
        assert "\x1b" not in content and "\x9b" not in content and "\u202e" not in content
