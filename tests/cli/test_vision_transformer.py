"""Every analysis of a network whose layers are tokens, through the real command: a small vision transformer."""

from __future__ import annotations

import json
from typing import Any

import pytest

from tests.commands import TINY_DATA, TINY_TRAINING, Lab

CODE = """
from torchvision.models.vision_transformer import VisionTransformer

def vit(classes, image_shape):
    return VisionTransformer(image_shape[1], 7, 2, 2, 16, 32, num_classes=classes)
"""
MODEL = ("--model", "net.py:vit")


@pytest.fixture(scope="module")
def lab(tmp_path_factory: pytest.TempPathFactory) -> Lab:
    lab = Lab(tmp_path_factory.mktemp("vit"))
    (lab.folder / "net.py").write_text(CODE)
    assert lab.call("run", "train", *TINY_TRAINING, *MODEL, "--epochs", "1", "--name", "v").code == 0
    return lab


def run(lab: Lab, analysis: str, *options: str) -> tuple[dict[str, Any], dict[str, Any]]:
    """The metrics, and all that the result holds."""
    done = lab.call("run", analysis, *options, *MODEL, "--json")
    assert done.code == 0, done.err
    result = json.loads((lab.workspace / done.json["run"] / "result.json").read_text())
    return done.json["metrics"], result


@pytest.mark.parametrize("method", ["grad-cam", "legrad"])
def test_maps_are_of_the_norm_before_the_last_attention_or_of_attention_itself(lab: Lab, method: str) -> None:
    done = lab.call("run", "gradcam", "v", *MODEL, "--images", "20", "--checked", "4", "--method", method)
    assert done.code == 0, done.err
    named = {"grad-cam": "Grad-CAM, encoder.layers.encoder_layer_1.ln_1 (4 x 4)", "legrad": "LeGrad"}
    assert named[method] in " ".join(done.out.split())
    assert "attention rollout" in done.out


def test_every_other_analysis_takes_tokens_for_positions(lab: Lab) -> None:
    found, _ = run(lab, "neurons", "v", "--samples", "100", "--starts", "2", "--steps", "2", "--name", "n")
    assert found["neurons"] == 16
    ablated, _ = run(lab, "ablate", "n", "--neuron", "0-15", "--stand-in", "zero")
    assert ablated["easy_ablated"] != ablated["easy_intact"]
    _, probed = run(lab, "probes", "v", "--samples", "200")
    assert "encoder.ln" in json.dumps(probed) and "heads" not in json.dumps(probed)
    learned, sae = run(lab, "sae", "v", "--steps", "20", "--samples", "500", "--pictured", "2", "--name", "s")
    assert "encoder" in json.dumps(sae) and learned["unexplained_variance"] < 1
    run(lab, "sae-dial", "s")
    run(lab, "concepts", "v", "--samples", "10", "--runs", "3")
    run(lab, "attack", "v", "--attack", "fgsm", "--sources", "10", "--pool", "neutral")
    run(lab, "llc", "v", "--steps", "10", "--chains", "2")


def test_what_tokens_dont_allow_is_refused(lab: Lab) -> None:
    refused = lab.call("run", "neurons", "v", *MODEL, "--read", "1,1", "--samples", "100")
    assert refused.code == 2 and "by mean or max" in refused.err
    lab.call("run", "train", *TINY_DATA, "--model", "lazy-cnn", "--epochs", "1", "--name", "cnn")
    refused = lab.call("run", "gradcam", "cnn", "--method", "legrad")
    assert refused.code == 2 and "all of whose layers attend among all tokens" in refused.sentence
