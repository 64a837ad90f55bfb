"""Maps of a number made of the logits: a margin is a difference of maps, and a gradient is what the number does."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest
import torch

from lazytui.errors import BadInput, UsageError
from lazytui.models.build import build_model
from lazytui.models.scores import Score, margin
from lazytui.saliency.explainer import Explainer
from lazytui.saliency.gradients import input_gradient
from lazytui.saliency.map_names import METHODS
from lazytui.saliency.maps_by_name import explain
from tests.saliency.networks import images, request

LINEAR = ("grad-cam", "hires-cam", "cam", "integrated-gradients", "occlusion", "kernel-shap")
"""Methods whose maps are linear in what they explain."""


def entropy_of(logits: torch.Tensor) -> torch.Tensor:
    return -(logits.softmax(1) * logits.log_softmax(1)).sum(1)


@pytest.mark.parametrize("method", LINEAR)
def test_the_map_of_a_margin_is_that_of_one_class_minus_that_of_the_other(method: str) -> None:
    model, batch = build_model("lazy-gap", seed=1).eval(), images(3)
    asked = request(method, "features.relu1" if METHODS[method].of_layer else None)  # type: ignore[index]
    one, other = (explain(model, batch, torch.full((3,), label), asked).maps for label in (3, 8))
    found = explain(model, batch, None, replace(asked, score=margin(3, 8, "3 - 8")))
    assert found.maps.abs().max() > 0
    torch.testing.assert_close(found.maps, one - other, rtol=1e-4, atol=1e-6)
    assert found.targets.equal(found.logits.argmax(1))


def test_the_gradient_of_a_score_is_what_small_changes_of_the_image_do() -> None:
    model, batch = build_model("cnn3", seed=2).eval().double(), images(2).double()
    score = Score("entropy", entropy_of)
    gradient, step = input_gradient(model, batch, score), 1e-5
    for channel, row, column in ((0, 5, 5), (1, 14, 13), (2, 20, 9)):
        change = torch.zeros_like(batch)
        change[:, channel, row, column] = step
        with torch.no_grad():
            by_difference = (score(model(batch + change)) - score(model(batch - change))) / (2 * step)
        torch.testing.assert_close(gradient[:, channel, row, column], by_difference, rtol=1e-4, atol=1e-9)


def test_every_method_explains_a_function_but_cam_which_has_no_weights_of_it() -> None:
    model = build_model("lazy-gap", seed=1).eval()
    image = (images(1)[0].permute(1, 2, 0).numpy() * 255).astype(np.uint8)
    explainer = Explainer(model, image[None])
    score = Score("entropy", entropy_of)
    for method in explainer.methods:
        if method == "cam":
            with pytest.raises(UsageError, match="weights of classes and margins only, not of entropy"):
                explainer.explain(image, method=method, target=score)
        else:
            assert np.abs(explainer.explain(image, method=method, target=score).heat).max() > 0


def test_a_function_that_makes_no_number_of_each_row_is_refused() -> None:
    logits = torch.randn(3, 10)
    for function, sentence in (
        (lambda z: z, r"makes a tensor of shape \(3, 10\)"),
        (lambda z: z.mean(), r"makes a tensor of shape \(\)"),
        (lambda _z: 4.0, "makes float of logits"),
        (lambda z: z[:, 0] / 0, "aren't finite"),
        (lambda z: z[:, 10], "fails: IndexError"),
    ):
        with pytest.raises(BadInput, match=sentence):
            Score("mine", function)(logits)
