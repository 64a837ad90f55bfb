"""A training that begins with the weights of a file, which is also how a network from elsewhere gets in."""

from __future__ import annotations

import pytest
import torch

from lazytui.data.content import colored_digits
from lazytui.models.build import build_model
from lazytui.models.fingerprint import fingerprint
from lazytui.models.weights_loading import load_model
from lazytui.runs.results.saved_result import load_result
from lazytui.runs.workspace import Workspace
from lazytui.training.initial_model import initial_model
from lazytui.training.settings import TrainingSettings
from tests.commands import TINY_TRAINING, Lab

TINY = ("run", "train", *TINY_TRAINING, "--model", "small-16")


@pytest.fixture(scope="module")
def brought(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    """Weights that another program saved, brought in as a run."""
    lab = Lab(tmp_path_factory.mktemp("brought"))
    weights = {f"module.{name}": value.half() for name, value in build_model("small-16", seed=3).state_dict().items()}
    torch.save({"epoch": 3, "state_dict": weights}, lab.folder / "mine.pth")
    done = lab.call(*TINY, "--weights", str(lab.folder / "mine.pth"), "--epochs", "0", "--name", "mine", "--json")
    assert done.code == 0, done.err
    assert done.json["metrics"]["steps"] == 0 and done.json["metrics"]["easy_accuracy"] is not None
    return lab


def test_a_network_from_elsewhere_is_a_run_that_analyses_take(brought: Lab) -> None:
    run = Workspace(brought.workspace).find("mine")
    network = load_model(run.path)
    elsewhere = load_model(brought.folder / "mine.pth", name="small-16")
    assert fingerprint(network) == fingerprint(elsewhere) == load_result(run.path).facts["fingerprint"]
    assert brought.call("run", "evaluate", "mine", "--json").json["metrics"]["easy_accuracy"] is not None
    assert brought.call("runs", "show", "mine").code == 0


def test_whoever_evaluates_the_file_is_shown_the_way(brought: Lab, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(brought.folder)
    for path in ("./mine.pth", "mine.pth"):
        refused = brought.call("run", "evaluate", path, "--model", "small-16")
        assert refused.code == 3
        assert "To import weights: `lazytui add mine.pth --model NAME`" in refused.sentence


def test_a_training_goes_on_from_the_weights(brought: Lab) -> None:
    file = brought.folder / "mine.pth"
    content = colored_digits("distinct")
    begun = initial_model(TrainingSettings(model="small-16", weights=str(file)), content, 5)
    assert fingerprint(begun) == fingerprint(load_model(file, name="small-16"))
    assert fingerprint(begun) != fingerprint(initial_model(TrainingSettings(model="small-16"), content, 5))


@pytest.mark.parametrize(
    ("options", "code", "sentence"),
    [
        (("--weights", "absent.pth"), 3, "There are no weights at"),
        (("--weights", "{}/mine.pth", "--model", "mlp"), 3, "belong to another network: "),
        (("--weights", ""), 2, "A path can't be empty"),
        (("--epochs", "0", "--method", "jtt"), 2, "With --epochs 0 nothing is trained"),
    ],
)
def test_what_can_not_be_begun_with_is_refused_before_anything_is_written(
    brought: Lab, options: tuple[str, ...], code: int, sentence: str
) -> None:
    before = sorted(brought.workspace.iterdir())
    refused = brought.call(*TINY, *(option.format(brought.folder) for option in options))
    assert refused.code == code and sentence in refused.sentence
    assert sorted(brought.workspace.iterdir()) == before
