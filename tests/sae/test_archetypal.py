"""Archetypal autoencoders: directions lie in the hull of centroids, or near it, and seeds agree on them."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from safetensors.torch import load_file
from scipy.optimize import nnls
from torch import Tensor

from lazytui.errors import BadInput
from lazytui.sae.autoencoder import Autoencoder
from lazytui.sae.sae_training import Recipe, train
from lazytui.sae.saved_sae import ActivationOrigin, save_autoencoder
from lazytui.sae.seed_stability import matched_cosine
from lazytui.sae.variants.archetypal import Archetypal, cluster_centers
from lazytui.sae.variants.base import Variant
from lazytui.sae.variants.topk import TopK


def samples(count: int = 600, dimensions: int = 8) -> Tensor:
    """A few directions each, not negative, about a mean: as a ReLU layer's."""
    random = torch.Generator().manual_seed(1)
    directions = torch.randn(12, dimensions, generator=random)
    active = torch.rand(count, 12, generator=random) < 0.2
    return (active * (0.5 + torch.rand(count, 12, generator=random))) @ directions + 3


def learned(variant: Variant) -> Autoencoder:
    return train(samples(), Recipe(variant, 12, 300, 64, 3e-3))


def distance_to_hull(atom: np.ndarray, points: np.ndarray) -> float:
    """Of (d,) to the convex hull of (c, d): least squares with weights that aren't negative and sum to 1."""
    heavy = 1e3
    weights, _ = nnls(np.vstack([points.T, np.full(len(points), heavy)]), np.append(atom, heavy))
    return float(np.linalg.norm(weights / weights.sum() @ points - atom))


@pytest.fixture(scope="module")
def model() -> Autoencoder:
    return learned(Archetypal(k=3, centroids=40))


def test_directions_are_mixtures_of_centroids_and_what_is_relaxed(model: Autoencoder) -> None:
    mixture, relaxation = model.get_parameter("mixture"), model.get_parameter("relaxation")
    assert float(mixture.min()) >= 0 and torch.allclose(mixture.sum(1), torch.ones(12), atol=1e-5)
    lengths = relaxation.norm(dim=1)
    assert float(lengths.min()) > 0, "something is relaxed"
    assert float(lengths.max()) <= 1 / 8**0.5 + 1e-6, "by a standard deviation of a dimension"
    assert float((mixture - torch.eye(12, 40)).abs().max()) > 0.01 and float(model.get_parameter("log_scale")) != 0
    composed = model.get_parameter("log_scale").exp() * (mixture @ model.get_buffer("centroids") + relaxation)
    torch.testing.assert_close(model.decoder, composed)
    assert float(model.lengths.min()) > 0 and float((model.lengths - 1).abs().min()) > 1e-3, "and no unit length"


def test_without_relaxation_and_scale_every_atom_is_in_the_hull(model: Autoencoder) -> None:
    variant, centroids = model.variant, model.get_buffer("centroids").double().numpy()
    assert isinstance(variant, Archetypal)
    saved = {name: value.clone() for name, value in model.state_dict().items()}
    relaxed = (model.decoder / model.get_parameter("log_scale").exp()).double().numpy()
    assert max(distance_to_hull(atom, centroids) for atom in relaxed) <= 1 / 8**0.5 + 1e-6
    assert max(distance_to_hull(atom, centroids) for atom in 3 * relaxed) > 1 / 8**0.5, "others aren't"
    with torch.no_grad():
        model.get_parameter("relaxation").zero_()
        model.get_parameter("log_scale").zero_()
        variant.after_update(model)
    residuals = [distance_to_hull(atom, centroids) for atom in model.decoder.double().numpy()]
    model.load_state_dict(saved)
    assert max(residuals) < 1e-5


def test_what_the_decoder_learns_reaches_what_it_is_made_of() -> None:
    """The gradients are those of the loss with e^m (W C + R) in place of the decoder."""
    variant = Archetypal(k=3, centroids=40)
    made = Autoencoder(8, 12, torch.Generator().manual_seed(0), variant)
    with torch.no_grad():
        variant.begin(made, samples(), 2.0, torch.Generator().manual_seed(0))
    x = samples() / 2
    f = made.encode(x).detach()
    names = ("mixture", "relaxation", "log_scale")
    exact = torch.autograd.grad(
        (x - f @ variant.dictionary(made) - made.decoder_bias).square().sum(1).mean(),
        [made.get_parameter(name) for name in names],
    )
    (x - made.decode(f)).square().sum(1).mean().backward()
    variant.before_update(made)
    for name, gradient in zip(names, exact, strict=True):
        torch.testing.assert_close(made.get_parameter(name).grad, gradient, rtol=1e-4, atol=1e-6)
    assert made.decoder.grad is None


def test_the_same_seed_gives_the_same_bits_and_the_centroids_are_kept(
    model: Autoencoder, tmp_path_factory: pytest.TempPathFactory
) -> None:
    again = learned(Archetypal(k=3, centroids=40)).state_dict()
    assert all(torch.equal(value, again[name]) for name, value in model.state_dict().items())
    path = tmp_path_factory.mktemp("archetypal") / "autoencoder.safetensors"
    save_autoencoder(model, path, ActivationOrigin("a" * 64, "features", "apart"))
    scale = float((samples() - samples().mean(0)).square().sum(1).mean().sqrt())
    kept = load_file(path)["centroids"] * scale + samples().mean(0)
    assert kept.shape == (40, 8)
    nearest = torch.cdist(samples(), kept).argmin(1)
    means = torch.stack([samples()[nearest == each].mean(0) for each in range(40)])
    assert float((means - kept).norm(dim=1).mean()) < 0.05 * scale, "means of their samples"


def test_two_seeds_agree_more_than_those_of_topk() -> None:
    """Their centroids differ, too: k-means begins at random."""

    def stability(variant: Variant) -> float:
        one, other = (train(samples(), Recipe(variant, 24, 150, 64, 3e-3, seed)) for seed in (0, 1))
        return matched_cosine(one.decoder.numpy(), other.decoder.numpy())

    assert stability(Archetypal(k=3, centroids=100)) > stability(TopK(k=3)) + 0.05


def test_a_frozen_decoder_is_random_and_a_frozen_encoder_too() -> None:
    variant = Archetypal(k=3, centroids=40)
    start = Autoencoder(8, 12, torch.Generator().manual_seed(0), TopK(k=3))
    decoder = train(samples(), Recipe(variant, 12, 40, 64, 3e-3, frozen="decoder"))
    assert torch.equal(decoder.decoder, start.decoder) and isinstance(decoder.variant, TopK)
    encoder = train(samples(), Recipe(variant, 12, 40, 64, 3e-3, frozen="encoder"))
    ratio = encoder.encoder / start.encoder
    assert torch.allclose(ratio, ratio[0, 0].expand_as(ratio), rtol=1e-4), "scaled once, and never toward centroids"
    assert isinstance(encoder.variant, Archetypal)


def test_few_samples_are_all_centroids_and_fewer_than_features_are_refused() -> None:
    few = train(samples(20), Recipe(Archetypal(k=3), 12, 5, 8))
    assert isinstance(few.variant, Archetypal) and few.variant.centroids == 20
    with pytest.raises(BadInput, match="11 activations give 11 centroids for 12 features"):
        train(samples(11), Recipe(Archetypal(k=3), 12, 5, 8))
    with pytest.raises(BadInput, match="600 activations give 10 centroids for 12 features"):
        train(samples(), Recipe(Archetypal(k=3, centroids=10), 12, 5, 8))


def test_samples_that_are_alike_make_centroids_that_are() -> None:
    alike = torch.ones(60, 4)
    alike[0] += 1
    assert bool(cluster_centers(alike, 20, torch.Generator().manual_seed(0)).isfinite().all())
