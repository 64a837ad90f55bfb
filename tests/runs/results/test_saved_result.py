"""Results: what is saved is read again, damage is reported, and undefined stays undefined."""

from __future__ import annotations

import json
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra import numpy as arrays

from lazytui.errors import BadInput
from lazytui.runs.results.saved_result import LARGEST, Result, load_result, read_metrics, save_result

DTYPES = st.sampled_from([np.uint8, np.int64, np.float32, np.float64, np.bool_])


@given(arrays.arrays(DTYPES, arrays.array_shapes(min_dims=0, min_side=0, max_side=4)), st.none() | st.floats())
def test_what_is_saved_is_read_again(
    tmp_path_factory: pytest.TempPathFactory, array: np.ndarray, number: float | None
) -> None:
    folder = tmp_path_factory.mktemp("run")
    save_result(folder, Result(metrics={"m": number}, facts={"a": [1, {"b": None}]}, arrays={"x": array, "t": array.T}))
    loaded = load_result(folder)
    expected = number if number is not None and abs(number) <= LARGEST else None
    assert loaded.metrics == read_metrics(folder) == {"m": expected}
    assert loaded.facts == {"a": [1, {"b": None}]}
    for name, kept in (("x", array), ("t", array.T)):
        assert loaded.arrays[name].dtype == array.dtype
        np.testing.assert_array_equal(loaded.arrays[name], kept)


def test_no_result_and_a_damaged_one_are_distinguished(tmp_path: Path) -> None:
    with pytest.raises(BadInput, match="has no result"):
        load_result(tmp_path)
    assert read_metrics(tmp_path) == {}
    save_result(tmp_path, Result(metrics={"m": 1.0}, arrays={"x": np.arange(3)}))
    arrays_file = tmp_path / "arrays.safetensors"
    arrays_file.write_bytes(arrays_file.read_bytes()[:-3])
    with pytest.raises(BadInput, match="is damaged"):
        load_result(tmp_path)
    arrays_file.unlink()
    with pytest.raises(BadInput, match="parts of its folder are missing"):
        load_result(tmp_path)
    assert read_metrics(tmp_path) == {"m": 1.0}, "lists need the numbers only"


@pytest.mark.parametrize(
    "content",
    [
        "",
        "{",
        "[]",
        "{}",
        '{"metrics": [], "facts": {}, "arrays": []}',
        '{"metrics": {"m": "high"}, "facts": {}, "arrays": []}',
        '{"metrics": {"m": 1' + 400 * "0" + '}, "facts": {}, "arrays": []}',
        100_000 * "[",
    ],
    ids=range(8),
)
def test_damage_of_any_kind(tmp_path: Path, content: str) -> None:
    (tmp_path / "result.json").write_text(content)
    assert read_metrics(tmp_path) == {}
    with pytest.raises(BadInput, match="is damaged and can't be read"):
        load_result(tmp_path)


def test_numbers_that_are_none_in_json_become_none(tmp_path: Path) -> None:
    (tmp_path / "result.json").write_text('{"metrics": {"a": NaN, "b": Infinity, "c": 1}, "facts": {}, "arrays": []}')
    assert read_metrics(tmp_path) == {"a": None, "b": None, "c": 1.0}
    json.dumps(read_metrics(tmp_path), allow_nan=False)
