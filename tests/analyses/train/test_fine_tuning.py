"""Fine-tuning: a training that begins with another's weights, of which a part may stay as it is."""

from __future__ import annotations

from typing import Any

import pytest
import torch

from lazytui.models.weights_loading import load_model
from lazytui.runs.workspace import Workspace
from tests.commands import TINY_TRAINING, Lab

TINY = ("run", "train", *TINY_TRAINING, "--device", "cpu", "--precision", "fp32")
MODEL = ("--model", "resnet-early-gap")
"""It has batch normalization, whose statistics are to stay, too."""


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """A workspace with a lazy network, and one of another architecture."""
    lab = Lab(tmp_path_factory.mktemp("tuning"))
    for name, model in (("lazy", MODEL[1]), ("other", "lazy-gap")):
        assert lab.call(*TINY, "--model", model, "--epochs", "1", "--name", name).code == 0
    return lab


def weights(lab: Lab, name: str) -> dict[str, torch.Tensor]:
    return load_model(Workspace(lab.workspace).find(name).path).state_dict()


def test_it_begins_with_the_weights_and_trains_the_head_alone(lab: Lab) -> None:
    asked = (*MODEL, "--init", "lazy", "--freeze", "features", "--bias", "0.5", "--epochs", "1", "--name", "tuned")
    done = lab.call(*TINY, *asked, "--json")
    assert done.code == 0, done.err
    before, after = weights(lab, "lazy"), weights(lab, "tuned")
    assert {name for name in before if not torch.equal(before[name], after[name])} == {"head.weight", "head.bias"}
    record: dict[str, Any] = lab.call("runs", "show", "tuned", "--json").json
    lazy = Workspace(lab.workspace).find("lazy")
    assert (record["params"]["init"], record["params"]["freeze"]) == (lazy.id, "features")
    assert done.json["parents"] == [lazy.id]
    assert "frozen: features.conv1.weight, " in done.err
    shown = " ".join(lab.call("runs", "show", "tuned").out.split())
    assert f"It started from the weights of {lazy.id}." in shown and "Frozen at their initial values" in shown


def test_without_freezing_all_of_it_goes_on_learning_from_there(lab: Lab) -> None:
    assert lab.call(*TINY, *MODEL, "--init", "lazy", "--epochs", "0", "--name", "same").code == 0
    assert lab.call(*TINY, *MODEL, "--init", "lazy", "--epochs", "1", "--name", "on").code == 0
    lazy, same, on = (weights(lab, name) for name in ("lazy", "same", "on"))
    assert all(torch.equal(lazy[name], same[name]) for name in lazy)
    assert not any(torch.equal(lazy[name], on[name]) for name in lazy if name.endswith("weight"))


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        ((*MODEL, "--init", "other"), 2, "is a lazy-gap; --init needs a training of the same architecture as --model"),
        ((*MODEL, "--init", "lazy", "--weights", "x.pt"), 2, "Give --init or --weights, not both."),
        ((*MODEL, "--init", "absent"), 3, "absent"),
        ((*MODEL, "--freeze", "head"), 2, "--freeze: "),
        (("--method", "grl", "--freeze", "features"), 2, "grl trains the features, which --freeze features keeps"),
    ],
)
def test_what_can_not_be_tuned_is_refused_before_anything_is_written(
    lab: Lab, options: tuple[str, ...], code: int, sentence: str
) -> None:
    before = sorted(lab.workspace.iterdir())
    refused = lab.call(*TINY, *options)
    assert refused.code == code and sentence in refused.sentence
    assert sorted(lab.workspace.iterdir()) == before


def test_code_that_makes_no_features_and_head_can_not_be_frozen(lab: Lab) -> None:
    (lab.folder / "flat.py").write_text(
        "from torch import nn\ndef flat(): return nn.Sequential(nn.Flatten(), nn.Linear(2352, 10))\n"
    )
    refused = lab.call(*TINY, "--model", f"{lab.folder}/flat.py:flat", "--freeze", "features")
    assert refused.code == 2 and "isn't divided into features and a head" in refused.sentence
