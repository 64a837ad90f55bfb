"""Raising a number made of the logits is an attack on two classes, by every attack that goes towards none."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

from lazytui.attacks import ATTACKS
from lazytui.attacks.score_problem import raise_score
from lazytui.models.build import build_model
from lazytui.models.scores import Score, margin
from tests.attacks.networks import gray_images, plane, towards_one

FEW = {"steps": 30, "queries": 40, "restarts": 1}

ALIKE = [name for name, entry in ATTACKS.items() if not (entry.needs_target or entry.needs_classes)]


@pytest.mark.parametrize("name", ALIKE)
def test_of_two_classes_the_margin_is_attacked_as_the_class_is(name: str) -> None:
    images = gray_images(3)
    attack, options = ATTACKS[name].perturb, ATTACKS[name].defaults
    chosen = {option: FEW.get(option, default) for option, default in options.items()}
    epsilon = 0.1 if ATTACKS[name].norm == "linf" else 3.0
    asked = towards_one(plane(images, 0.05), images, epsilon)
    by_class = attack(asked, **chosen)
    again = replace(asked, generator=torch.Generator().manual_seed(0))
    by_margin = attack(raise_score(again, margin(1, 0, "1 - 0"), 0.0), **chosen)
    assert (by_class - images).abs().max() > 0
    torch.testing.assert_close(by_margin, by_class, rtol=0, atol=1.01 / 255)


def test_the_gradient_is_the_scores_and_success_is_beyond_the_threshold() -> None:
    model, images = build_model("lazy-cnn", seed=0).eval(), gray_images(4)
    score = Score("product", lambda logits: logits[:, 2] * logits[:, 5])
    asked = towards_one(model, images, 0.1)
    leaf = images.clone().requires_grad_()
    (expected,) = torch.autograd.grad(score(model(leaf)).sum(), leaf)
    values = score(model(images)).detach()
    above = float(values.median())
    raised = raise_score(asked, score, above)
    torch.testing.assert_close(raised.gradient(images)[0], expected)
    assert raised.is_fooled(images).equal(values > above) and 0 < int((values > above).sum()) < 4
