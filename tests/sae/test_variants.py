"""What holds of every autoencoder, and of each as it is published."""

from __future__ import annotations

from pathlib import Path

import pytest
import torch
from torch import Tensor

from lazytui.errors import BadInput, LazytuiError
from lazytui.sae import VARIANTS
from lazytui.sae.autoencoder import Autoencoder
from lazytui.sae.quality import measure_fit
from lazytui.sae.sae_training import CurvePoint, Recipe, train
from lazytui.sae.saved_sae import ActivationOrigin, load_autoencoder, save_autoencoder
from lazytui.sae.step_loss import StepContext
from lazytui.sae.variants.base import Variant
from lazytui.sae.variants.l1 import L1
from lazytui.sae.variants.topk import auxk


def of(variant: str, **options: float) -> Variant:
    """A variant with few features active."""
    entry = VARIANTS[variant]
    return entry.options.model_validate({**entry.defaults, **({"k": 3} if "k" in entry.defaults else {}), **options})


def made(variant: str, dimensions: int = 6, features: int = 12, **options: float) -> Autoencoder:
    return Autoencoder(dimensions, features, torch.Generator().manual_seed(0), of(variant, **options))


def samples(count: int = 400, dimensions: int = 6, seed: int = 1) -> Tensor:
    random = torch.Generator().manual_seed(seed)
    return 3 * torch.randn(count, dimensions, generator=random) * torch.linspace(0.2, 2, dimensions) + 5


def trained(
    variant: str, steps: int = 60, x: Tensor | None = None, **options: float
) -> tuple[Autoencoder, list[CurvePoint]]:
    points: list[CurvePoint] = []
    recipe = Recipe(of(variant, **options), features=12, steps=steps, batch=64, lr=3e-3)
    return train(samples() if x is None else x, recipe, point=points.append), points


@pytest.mark.parametrize("variant", VARIANTS)
def test_nothing_active_gives_the_bias(variant: str) -> None:
    model, _ = trained(variant, steps=5)
    assert torch.equal(model.decode(torch.zeros(2, 12)), model.decoder_bias.expand(2, 6))


@pytest.mark.parametrize("variant", VARIANTS)
def test_training_explains_and_directions_stay_of_unit_length(variant: str) -> None:
    begun, _ = trained(variant, steps=1)
    model, points = trained(variant, steps=150)
    for one in (begun, model):
        if not VARIANTS[variant].options.composes_decoder:
            assert torch.allclose(one.lengths, torch.ones(12), atol=1e-6)
        assert torch.allclose(one.directions.norm(dim=1), torch.ones(12), atol=1e-6)
    before, after = measure_fit(begun, samples(seed=2)), measure_fit(model, samples(seed=2))
    assert after.unexplained < before.unexplained / 2
    assert bool((model.encode(samples()) >= 0).all())
    assert len(points) == 50 and points[-1].step == 150


@pytest.mark.parametrize("variant", VARIANTS)
def test_another_unit_changes_nothing_but_the_unit(variant: str) -> None:
    """Folding the scale of training into the weights leaves what is said of a sample as it was."""
    model, _ = trained(variant)
    x = samples(seed=3)
    f, x_hat = model.encode(x), model(x)
    model.rescale(7.0)
    torch.testing.assert_close(model.encode(7 * x), 7 * f, rtol=1e-4, atol=1e-4)
    torch.testing.assert_close(model(7 * x), 7 * x_hat, rtol=1e-4, atol=1e-4)


def test_a_sample_uses_no_more_than_k() -> None:
    model, _ = trained("topk", k=2)
    assert int((model.encode(samples(seed=4)) > 0).sum(1).max()) == 2


def test_a_batch_uses_k_on_average_and_one_sample_may_use_more() -> None:
    model = made("batch-topk", k=2)
    f = model.loss(samples(), StepContext()).f
    per_sample = (f > 0).sum(1)
    assert int(per_sample.sum()) == 2 * 400 and int(per_sample.max()) > 2


def test_a_threshold_stands_in_for_the_batch() -> None:
    model, _ = trained("batch-topk", steps=300, k=2)
    assert measure_fit(model, samples()).l0 == pytest.approx(2, abs=0.4)


def test_the_first_features_of_a_matryoshka_explain_more_alone_than_those_of_a_plain_one() -> None:
    def left(variant: str) -> float:
        model, _ = trained(variant, steps=250, k=4)
        x = samples()
        f = model.encode(x)
        f[:, 6:] = 0
        return float((x - model.decode(f)).square().sum() / (x - x.mean(0)).square().sum())

    assert left("matryoshka") < 0.8 * left("batch-topk")


def test_a_higher_price_leaves_fewer_active() -> None:
    for variant in ("l1", "gated", "jumprelu"):
        cheap, dear = (measure_fit(trained(variant, steps=150, lam=lam)[0], samples()).l0 for lam in (1e-4, 0.3))
        assert dear < cheap - 1, variant


def test_the_estimated_gradient_of_a_threshold_is_that_of_the_paper() -> None:
    """One sample, one feature near its threshold: dL/dtheta = -(theta / e) dL/df - lam / e (eq. 11 and 12)."""
    model = made("jumprelu", dimensions=1, features=1, lam=0.5, bandwidth=0.2)
    with torch.no_grad():
        model.encoder.fill_(1)
        model.decoder.fill_(1)
    x = torch.tensor([[0.25]])
    model.loss(x, StepContext()).loss.backward()
    theta, f = 0.2, 0.25
    by_theta = -(theta / 0.2) * 2 * (f - 0.25) - 0.5 / 0.2
    gradient = dict(model.named_parameters())["log_threshold"].grad
    assert gradient is not None
    assert float(gradient) == pytest.approx(by_theta * theta, rel=1e-4)


def test_dead_features_learn_from_the_residual_alone_without_the_bias() -> None:
    model = made("topk")
    with torch.no_grad():
        model.decoder_bias.fill_(100.0)
    dead = torch.tensor([3, 7])
    x = samples()
    f = model.encode(x)
    residual = x - model.decode(f)
    before = model.pre_activations(x)[:, dead]
    loss = auxk(residual, before, model.decoder[dead])
    e, directions = residual.detach().double(), model.decoder[dead].double()
    explained = before.double().relu() @ directions
    expected = ((e - explained) ** 2).sum() / ((e - e.mean(0)) ** 2).sum()
    assert float(loss.detach()) == pytest.approx(float(expected.detach()), rel=1e-4)
    loss.backward()
    assert model.decoder.grad is not None
    others = [feature for feature in range(12) if feature not in (3, 7)]
    assert float(model.decoder.grad[others].abs().max()) == 0, "the residual isn't learned from"
    whole, plain = (model.loss(x, StepContext(dead=chosen)).loss for chosen in (dead, None))
    assert float((whole - plain).detach()) == pytest.approx(float(expected.detach()) / 32, rel=1e-3)


def test_features_that_died_are_drawn_anew() -> None:
    """A bias of -100 kills half of the features; without resampling they stay dead."""
    from lazytui.sae.dead_feature_resampling import resample

    model = made("l1")
    x = samples() - 5
    optimizer = torch.optim.Adam(model.parameters())
    model.loss(x, StepContext()).loss.backward()
    optimizer.step()
    with torch.no_grad():
        model.encoder_bias[6:] = -100
    dead = torch.arange(6, 12)
    alive = model.encoder[:, :6].norm(dim=0).mean()
    resample(model, optimizer, dead, x, torch.Generator().manual_seed(0))
    torch.testing.assert_close(model.decoder[6:].norm(dim=1), torch.ones(6))
    torch.testing.assert_close(model.encoder[:, 6:].norm(dim=0), (0.2 * alive).expand(6))
    assert bool((model.encode(x)[:, 6:] > 0).any(0).all())
    assert float(optimizer.state[model.encoder]["exp_avg"][:, 6:].abs().max()) == 0
    assert float(optimizer.state[model.encoder]["exp_avg"][:, :6].abs().max()) > 0


def test_the_unexplained_share_is_that_of_float64() -> None:
    model, _ = trained("topk")
    x = samples(seed=5) + 1000
    exact = x.double()
    left = ((exact - model(x).detach().double()) ** 2).sum() / ((exact - exact.mean(0)) ** 2).sum()
    assert measure_fit(model, x).unexplained == pytest.approx(float(left), rel=1e-9)


@pytest.mark.parametrize(
    ("x", "words"),
    [
        (torch.full((100, 6), 3.0), "does the same on every image"),
        (torch.full((100, 6), float("nan")), "aren't all finite"),
        (torch.cat([samples(), torch.full((1, 6), float("inf"))]), "aren't all finite"),
    ],
    ids=["constant", "undefined", "infinite"],
)
def test_nothing_to_learn_is_reported(x: Tensor, words: str) -> None:
    with pytest.raises(BadInput, match=words):
        trained("topk", x=x)


def test_an_error_that_explodes_is_reported() -> None:
    with pytest.raises(LazytuiError, match="try a smaller --lr"):
        train(samples(), Recipe(L1(lam=0.1), 12, 100, 64, lr=1e30))


@pytest.mark.parametrize("variant", VARIANTS)
def test_it_comes_back_from_a_file_and_is_refused_elsewhere(variant: str, tmp_path: Path) -> None:
    model, _ = trained(variant, steps=20)
    own = ActivationOrigin("a" * 64, "features", "apart")
    save_autoencoder(model, tmp_path / "own.safetensors", own)
    again = load_autoencoder(tmp_path / "own.safetensors", own)
    assert torch.equal(again.encode(samples()), model.encode(samples())) and torch.equal(
        again(samples()), model(samples())
    )
    for other, words in (
        (ActivationOrigin("b" * 64, "features", "apart"), "another network"),
        (ActivationOrigin("a" * 64, "features.relu3", "apart"), "train one for this layer"),
        (ActivationOrigin("a" * 64, "features", "together"), "train one for this layer"),
    ):
        with pytest.raises(BadInput, match=words):
            load_autoencoder(tmp_path / "own.safetensors", other)
