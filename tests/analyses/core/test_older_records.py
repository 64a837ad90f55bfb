"""A run of an older version means the data that it was made with."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import numpy as np
import pytest

from lazytui.analyses.core.execute import recorded_params
from lazytui.analyses.train.params import TrainParams
from lazytui.data.palettes import palette
from lazytui.data.splits import build_dataset
from lazytui.runs.workspace import Workspace, shipped_runs

OLD = {"dataset": "gr95h", "placement": "stroke", "texture": ["flat"], "tier": "h", "source": "strokes"}


def older_run(folder: Path, **params: object) -> Path:
    """A training whose record lacks what newer versions record."""
    shipped = next(run for run in shipped_runs() if run.id == "lazy-strokes")
    run = folder / "20260101-0000-train-aaaa"
    shutil.copytree(shipped.path, run)
    record = json.loads((run / "run.json").read_text())
    kept = {name: value for name, value in record["params"].items() if not name.startswith("noise_")}
    (run / "run.json").write_text(json.dumps({**record, "params": {**kept, **OLD, **params}}))
    return run


@pytest.mark.parametrize(
    ("name", "first"), [("pairs-rg", (255, 0, 0)), ("pairs-gr", (0, 255, 0)), ("pairs-bw", (64, 64, 64))]
)
def test_palettes_and_noise_are_those_of_that_version(name: str, first: tuple[int, int, int], tmp_path: Path) -> None:
    older_run(tmp_path, palette=name)
    params = recorded_params(Workspace(tmp_path).find("latest"))
    assert isinstance(params, TrainParams)
    assert palette(params.palette).colors[0] == first and len(set(palette(params.palette).colors)) == 10
    assert (params.noise_layer, params.noise_channels) == ("under", "shared")
    digits = build_dataset(params.model_copy(update={"train_size": 700, "test_size": 300})).hard
    full = digits.originals == 255
    worn = palette(params.palette).rgb[digits.attributes]
    assert np.array_equal(digits.images[full], np.broadcast_to(worn[:, None, None], digits.images.shape)[full])


def test_a_run_of_today_means_what_it_says(tmp_path: Path) -> None:
    older_run(tmp_path, palette="pairs-gr", noise_layer="over", noise_channels="rgb")
    params = recorded_params(Workspace(tmp_path).find("latest"))
    assert isinstance(params, TrainParams)
    assert (params.palette, params.noise_layer, params.noise_channels) == ("pairs-gr", "over", "rgb")
