"""What holds of every method: it goes on exactly where it was stopped, and takes as many steps as plain training."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pytest
import torch

from lazytui.analyses.core.metric_catalog import METRICS
from lazytui.data.params import DatasetParams
from lazytui.data.splits import BiasedDataset, build_dataset
from lazytui.evaluation.cue_conflict_images import COLUMNS
from lazytui.training.loop import Trained
from lazytui.training.methods import METHODS
from lazytui.training.settings import TrainingSettings
from tests.commands import Lab
from tests.training.methods.whole_trainings import train_in_two, train_to_more_epochs, train_whole

SOONER = {"anneal_steps": 7, "refits": 2, "attack_steps": 1}
"""What comes late in a training, or takes long, comes within these few steps."""

SETTINGS = {
    "model": "lazy-cnn",
    "precision": "fp32",
    "device": "cpu",
    "epochs": 2,
    "batch_size": 75,
    "schedule": "constant",
    "metrics_samples": 100,
    "metrics_every": 3,
    "checkpoint_seconds": 3600,
}

SAVED_AFTER_EACH_STEP = {"checkpoint_seconds": 0}
"""For trainings that are broken off: to save takes as long as to train."""


@pytest.fixture(scope="module")
def data() -> BiasedDataset:
    """450 training images: 6 steps an epoch."""
    return build_dataset(DatasetParams(source="strokes", train_size=500, test_size=150))


def settings_of(method: str) -> TrainingSettings:
    sooner = {name: value for name, value in SOONER.items() if name in METHODS[method].options.model_fields}
    return TrainingSettings.model_validate({**SETTINGS, **sooner, "method": method})


@pytest.mark.parametrize("method", METHODS)
def test_it_goes_on_exactly_in_an_epoch_and_after_the_end(method: str, data: BiasedDataset, tmp_path: Path) -> None:
    """Broken off in its second epoch, and taken to more epochs after its end where the length doesn't matter.

    Two networks after each other need two epochs; their last ones are continued, as others' are.
    """
    least = 2 if {"first_epochs", "early_epochs"} & METHODS[method].options.model_fields.keys() else 1
    settings = settings_of(method).model_copy(update={"epochs": least + 1})
    straight = train_whole(settings, data, tmp_path)
    assert straight.steps == (least + 1) * 6
    assert straight.history.keys() - METRICS.keys() - COLUMNS - {"step"} == METHODS[method].signals.keys()
    assert_same(train_in_two(settings.model_copy(update=SAVED_AFTER_EACH_STEP), data, tmp_path, break_at=9), straight)
    shorter = settings.model_copy(update={"epochs": least})
    if METHODS[method].length_matters:
        ended = train_whole(shorter, data, tmp_path)
        assert not list(tmp_path.glob("*/longer.pt")), "no state is kept from which it couldn't go on exactly"
        first = straight.history["loss"][: len(ended.history["loss"])]
        assert not np.array_equal(ended.history["loss"], first, equal_nan=True), "a longer training begins otherwise"
        return
    assert_same(train_to_more_epochs(shorter, settings, data, tmp_path), straight)


@pytest.mark.parametrize("method", ["erm", "jtt"])
def test_a_cosine_goes_on_too_with_one_network_and_with_two(method: str, data: BiasedDataset, tmp_path: Path) -> None:
    settings = settings_of(method).model_copy(update={"schedule": "cosine"})
    broken_off = train_in_two(settings.model_copy(update=SAVED_AFTER_EACH_STEP), data, tmp_path, break_at=9)
    assert_same(broken_off, train_whole(settings, data, tmp_path))


def assert_same(one: Trained, other: Trained) -> None:
    """The same weights bit for bit, and the same curves."""
    for name, values in other.model.state_dict().items():
        assert torch.equal(one.model.state_dict()[name], values), name
    assert one.history.keys() == other.history.keys()
    for name, column in other.history.items():
        np.testing.assert_array_equal(one.history[name], column, err_msg=name)


@pytest.mark.parametrize(
    ("method", "options", "sentence"),
    [
        (
            "grl",
            ["--placement", "none"],
            "The method grl needs color labels; --placement none has no colors.",
        ),
        ("dfr", ["--placement", "none"], "The method dfr needs color labels"),
        ("rex", ["--bias", "1"], "The method rex compares aligned with conflicting images; --bias 1 has only"),
        ("jtt", ["--epochs", "1"], "The method jtt trains a first network for 1 of --epochs 1"),
        ("jtt", ["--epochs", "9", "--first-epochs", "9"], "The method jtt trains a first network for 9 of --epochs 9"),
        ("gerne", ["--epochs", "2", "--beta", "3.6"], "The method gerne would count the majority's loss negatively"),
        (
            "disent",
            ["--model", "torchvision:resnet18"],
            "The method disent trains two encoders of an architecture from `lazytui models`, which torchvision:",
        ),
        ("dpe", ["--model", "timm:vgg11"], "The method dpe puts prototypes on an architecture from `lazytui models`"),
        (
            "self",
            ["--epochs", "1"],
            "The method self compares the final network with that of epoch 1, which is the same one",
        ),
        ("sobel-edge", ["--model", "mlp"], "The method sobel-edge compares a feature map with the image's edges; mlp"),
        ("grl", ["--one-optimizer"], "The method grl takes the adversary's step with the model's where both have one"),
        (
            "sobel-edge",
            ["--least-side", "20", "--model", "small-16"],
            "The method sobel-edge compares a feature map",
        ),
        ("grl", ["--batch-size", "1"], "The method grl has an adversary with batch normalization"),
        ("rex", ["--batch-size", "2"], "The method rex needs several aligned and several conflicting images"),
        (
            "erm",
            ["--model", "resnet-early-gap", "--batch-size", "1"],
            "resnet-early-gap has batch normalization, which",
        ),
        ("dfr", ["--aside", "0.9"], "--aside: Must be at most 0.5."),
        ("lff", ["--q", "0"], "--q: Must be more than 0."),
        ("permute-jitter", ["--hue", "0.7"], "--hue: Must be at most 0.5."),
    ],
)
def test_what_a_method_lacks_is_refused_before_anything_is_written(
    lab: Lab, method: str, options: list[str], sentence: str
) -> None:
    refused = lab.call("run", "train", "--source", "strokes", "--method", method, *options)
    assert refused.code == 2 and refused.sentence.startswith(sentence)
    assert not lab.workspace.exists()


def test_digits_set_aside_must_hold_every_digit(lab: Lab) -> None:
    few = ("--source", "strokes", "--train-size", "60", "--test-size", "200")
    failed = lab.call("run", "train", *few, "--method", "dfr")
    assert failed.code == 3
    assert "among the 5 training digits that are set aside: use more." in failed.last
