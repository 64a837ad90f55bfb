"""How much dropout layers drop: every layer of the model, in every network that a method trains; refused elsewhere."""

from __future__ import annotations

import pytest
import torch

from lazytui.data.content import colored_digits
from lazytui.data.params import DatasetParams
from lazytui.data.splits import build_dataset
from lazytui.models.dropout import dropout_layers
from lazytui.training.initial_model import initial_model
from lazytui.training.loop import train
from lazytui.training.settings import TrainingSettings
from tests.commands import TINY_TRAINING, Lab


@pytest.mark.parametrize("model", ["torch-mnist", "color-balance"])
def test_every_layer_of_the_model_drops_that_share(model: str) -> None:
    settings = TrainingSettings(model=model, dropout=0.125)
    layers = dropout_layers(initial_model(settings, colored_digits("distinct"), seed=0))
    assert layers and {layer.p for layer in layers} == {0.125}
    own = dropout_layers(initial_model(TrainingSettings(model=model), colored_digits("distinct"), seed=0))
    assert 0.125 not in {layer.p for layer in own}


def test_it_changes_what_is_learned_and_the_models_own_is_the_default() -> None:
    data = build_dataset(DatasetParams(source="strokes", train_size=100, test_size=100))
    settings = {"model": "cnn3", "epochs": 2, "precision": "fp32", "device": "cpu", "metrics_samples": 100}
    default, own, more = (
        train(TrainingSettings.model_validate({**settings, **options}), data).model.state_dict()["head.weight"]
        for options in ({}, {"dropout": 0.02}, {"dropout": 0.5})
    )
    assert torch.equal(default, own) and not torch.equal(own, more)


def test_a_model_without_such_a_layer_is_refused_before_anything_is_written(lab: Lab) -> None:
    refused = lab.call("run", "train", *TINY_TRAINING, "--model", "mlp", "--dropout", ".1")
    assert refused.code == 2 and not lab.workspace.exists()
    assert refused.sentence.startswith("The model mlp has no dropout layer; ") and "cnn3" in refused.sentence
