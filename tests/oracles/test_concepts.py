"""TCAV scores against captum's: the same vector gives the same score."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import torch
from captum.concept import TCAV, Classifier, Concept
from sklearn.linear_model import RidgeClassifier
from torch import Tensor

from lazytui.models.build import build_model
from lazytui.neurons.concept_vectors import fit_concept_vector, tcav_score
from lazytui.saliency.cam_family import layer_gradients
from tests.saliency.networks import images

LAYER = "features.relu2"


class Fixed(Classifier):
    """A classifier that was fitted elsewhere."""

    def __init__(self, direction: Tensor) -> None:
        self.direction = direction

    def train_and_eval(self, _dataloader: Any, **_options: Any) -> dict[str, Any]:
        return {"accs": torch.tensor(1.0)}

    def weights(self) -> Tensor:
        return torch.stack([self.direction, -self.direction]).float()

    def classes(self) -> list[int]:
        return [0, 1]


def test_a_vector_is_the_normal_of_scikit_learns_ridge_classifier() -> None:
    values = torch.rand(24, 60, generator=torch.Generator().manual_seed(0)) * torch.linspace(0.1, 10, 60)
    deviation, labels = values.double().std(0, correction=0), [1] * 12 + [0] * 12
    peer = RidgeClassifier(alpha=60.0).fit(((values - values.double().mean(0)) / deviation).numpy(), labels)
    normal = torch.from_numpy(peer.coef_.ravel()) / deviation
    vector = fit_concept_vector(values[:12], values[12:])
    torch.testing.assert_close(vector.direction, normal / normal.norm())
    assert vector.balanced_accuracy(values[:12], values[12:]) == peer.score(
        ((values - values.double().mean(0)) / deviation).numpy(), labels
    )


def test_the_same_vector_has_the_same_score_as_in_captum(tmp_path: Path) -> None:
    model, batch, target = build_model("cnn3", seed=5).eval(), images(40), 3
    found = layer_gradients(model, LAYER, batch, torch.full((40,), target))
    activations = found.activation.flatten(1)
    direction = fit_concept_vector(activations[:10], activations[10:20]).direction
    concepts = [Concept(i, name, list(images(2, seed=i).split(1))) for i, name in enumerate(("shown", "random"))]
    library = TCAV(model, [LAYER], model_id="tested", classifier=Fixed(direction), save_path=str(tmp_path))
    theirs = library.interpret(batch, [concepts], target=target)["0-1"][LAYER]["sign_count"]
    ours = tcav_score(found.gradient.flatten(1), direction)
    assert 0 < ours < 1 and abs(ours - float(theirs[0])) < 1e-6
    assert abs(tcav_score(found.gradient.flatten(1), -direction) - float(theirs[1])) < 1e-6
