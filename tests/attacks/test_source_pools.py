"""Which images are attacked: as many as were asked for, or as many as there are."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from lazytui.analyses.core.execute import figures
from lazytui.attacks.source_pools import POOLS, Pool, scarcity, source_pool
from lazytui.data.content import DIGITS
from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, build_dataset
from lazytui.errors import BadInput
from lazytui.figures.kinds import Table, Text
from lazytui.runs.run_folder import RunFolder
from tests.commands import TINY_DATA, TINY_TRAINING, Lab

SEVEN, THREE = 7, 3


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    return build_dataset(DatasetParams(source="strokes", train_size=200, test_size=200))


@pytest.mark.parametrize("name", POOLS)
def test_a_pool_has_what_was_asked_for_or_all_that_there_is(name: Pool, data: BiasedDataset) -> None:
    there = int((data.hard.labels == SEVEN).sum())
    for asked in (5, there, there + 1, 10_000):
        assert len(source_pool(data, name, SEVEN, THREE, asked)) == min(asked, there)
    all_of_them, some = (source_pool(data, name, SEVEN, THREE, count) for count in (10_000, 5))
    assert (all_of_them.labels == SEVEN).all()
    assert np.array_equal(all_of_them.originals[:5], some.originals), "the first stay the first"


def test_only_a_pool_without_any_image_is_refused(data: BiasedDataset) -> None:
    without = replace(data)
    vars(without)["hard"] = data.hard.take(np.flatnonzero(data.hard.labels != SEVEN))
    with pytest.raises(BadInput, match="no image of a 7"):
        source_pool(without, "aligned", SEVEN, THREE, 10)


def test_scarcity_is_said_where_there_is_any() -> None:
    assert scarcity({SEVEN: 100}, 100, DIGITS) == scarcity({SEVEN: 100, THREE: 100}, 100, DIGITS) == ""
    assert "has 23 of the 100 images of a 7" in scarcity({SEVEN: 23}, 100, DIGITS)
    assert "such as 23 of a 7" in scarcity({THREE: 50, SEVEN: 23}, 100, DIGITS)


def test_an_attack_of_a_small_split_shows_how_many_it_attacked(lab: Lab) -> None:
    assert lab.call("run", "train", *TINY_TRAINING, "--model", "mlp", "--epochs", "1", "--quiet").code == 0
    ended = lab.call("run", "attack", "latest", "--sources", "300", "--steps", "2", "--pool", "aligned", "--json")
    assert ended.code == 0, ended.err
    there = int((build_dataset(_of(TINY_DATA)).hard.labels == SEVEN).sum())
    assert f"has {there} of the 300 images" in ended.err
    figures_by_name = {
        figure.name: figure for figure in figures(RunFolder(Path(lab.workspace / ended.json["run"]), ""))
    }
    verdict, pools = figures_by_name["verdict"], figures_by_name["pools"]
    assert isinstance(verdict, Text) and isinstance(pools, Table)
    assert any(f"has {there} of the 300 images" in paragraph for paragraph in verdict.paragraphs)
    assert getattr(pools.rows[0][1], "of", None) == there, "the denominator is what there was"


def _of(options: tuple[str, ...]) -> DatasetParams:
    values = {
        name.removeprefix("--").replace("-", "_"): value
        for name, value in zip(options[::2], options[1::2], strict=True)
    }
    return DatasetParams.model_validate({**values, "seed": 0})
