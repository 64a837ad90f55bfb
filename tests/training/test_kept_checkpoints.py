"""Weights kept on the way: where they lie, and that keeping them changes nothing else about a training."""

from __future__ import annotations

import numpy as np
import pytest
from safetensors.numpy import load_file

from lazytui.runs.run_folder import RunFolder
from lazytui.training.training_files import steps_to_keep
from tests.commands import TINY_TRAINING, Lab
from tests.training.same import assert_same_training


@pytest.mark.parametrize("total", [1, 2, 17, 1000])
@pytest.mark.parametrize("count", [1, 2, 3, 10, 1000])
def test_the_steps_begin_at_the_first_and_end_at_the_last(total: int, count: int) -> None:
    steps = steps_to_keep(total, count)
    assert 0 in steps and len(steps) <= count and max(steps) <= total
    assert count < 2 or total in steps


def test_nothing_is_kept_unless_asked_for() -> None:
    assert steps_to_keep(100, 0) == frozenset()


def test_keeping_weights_leaves_the_training_as_it_is(lab: Lab) -> None:
    options = ("run", "train", *TINY_TRAINING, "--model", "cnn3", "--json")
    folders = []
    for keep in ("0", "5"):
        done = lab.call(*options, "--keep-checkpoints", keep)
        assert done.code == 0, done.err
        folders.append(lab.workspace / done.json["run"])
    assert_same_training(*folders)
    assert RunFolder(folders[0], "").weights_by_step() == {}
    kept = RunFolder(folders[1], "").weights_by_step()
    assert list(kept) == [0, 1, 3, 7, 17]
    first, last, final = (load_file(file) for file in (kept[0], kept[17], folders[1] / "model.safetensors"))
    assert all(np.array_equal(last[name], final[name]) for name in final)
    assert not all(np.array_equal(first[name], final[name]) for name in final)
