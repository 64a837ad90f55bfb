"""Probes as a person runs them: color can be read from layers of a lazy network."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.analyses.core.execute import recorded_result
from lazytui.analyses.probes.result import ProbesResult
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab(tmp_path_factory.mktemp("probes"))
    options = (*TINY_TRAINING, "--test-size", "400", "--model", "small-16", "--epochs", "4", "--keep-checkpoints", "2")
    done = lab.call("run", "train", *options, "--name", "lazy")
    assert done.code == 0, done.err
    return lab


def test_every_layer_is_probed_beside_an_untrained_network_and_through_the_training(trained: Lab) -> None:
    done = trained.call("run", "probes", "lazy", "--samples", "200", "--json")
    assert done.code == 0, done.err
    result = recorded_result(Workspace(trained.workspace).find(done.json["run"]))
    assert isinstance(result, ProbesResult)
    assert result.layers[0] == "image" and result.dimensions[0] == 3 and len(result.layers) == len(result.accuracy) > 2
    assert result.fitted == result.tested >= 100
    digit, color = result.accuracy[0]
    assert color > 0.9 > 0.4 > digit, "three means show the color, not the shape"
    assert result.through_training is not None
    assert result.through_training.accuracy.shape == (len(result.through_training.step), *result.accuracy.shape)
    assert np.allclose(result.through_training.accuracy[-1], result.accuracy), "the last checkpoint is the network"
    assert done.json["metrics"]["color_accuracy"] == pytest.approx(result.accuracy[-1, 1])
    assert len(done.json["figures"]["probes"]["values"]) == len(result.layers)


def test_only_the_layers_that_are_asked_for_are_probed_and_others_are_refused(trained: Lab) -> None:
    asked = "features.relu2,features.relu1"
    done = trained.call("run", "probes", "lazy", "--samples", "200", "--layers", asked, "--json")
    assert done.code == 0, done.err
    rows = done.json["figures"]["probes"]["row_labels"]
    assert rows == ["image", "features.relu1", "features.relu2"], "in the order in which they run"
    before = sorted(trained.workspace.iterdir())
    for layer, sentence in {"head": "no activations that can be probed", "relu9": "There is no layer"}.items():
        refused = trained.call("run", "probes", "lazy", "--layers", layer)
        assert refused.code == 2 and sentence in refused.sentence
    assert sorted(trained.workspace.iterdir()) == before


def test_data_without_color_are_refused_before_anything_is_written(trained: Lab) -> None:
    before = sorted(trained.workspace.iterdir())
    refused = trained.call("run", "probes", "lazy", "--dataset", "bw100z")
    assert refused.code == 3 and "have no color" in refused.sentence
    assert sorted(trained.workspace.iterdir()) == before
