"""Edits of features in a real, small network: what they change, and what they leave alone."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pytest
import torch

from lazytui.hooks.split_model import SplitModel
from lazytui.models.build import build_model
from lazytui.sae.activation_samples import SampleLayout, collect_samples
from lazytui.sae.edits.dose_response import FACTORS
from lazytui.sae.edits.experiments import (
    FeatureSelectivity,
    choose_splits,
    control_pool,
    mass_matched,
    random_band,
    removal_score,
)
from lazytui.sae.edits.feature_transfer import fit_layer_map
from lazytui.sae.edits.interventions import ablation_edit, apply_edit, scaling_edit, steering_edit, swap_edit
from lazytui.sae.edits.spliced_model import SplicedModel
from lazytui.sae.feature_measures import measure_activations
from lazytui.sae.gradient_effects import gradient_effects
from lazytui.sae.sae_training import Recipe, train
from lazytui.sae.variants.topk import TopK
from tests.neurons.networks import CPU, tiny_data


@pytest.fixture(scope="module", params=["features", "features.relu3"])
def spliced(request: pytest.FixtureRequest) -> Iterator[SplicedModel]:
    data = tiny_data()
    split_model = SplitModel(build_model("gap-cnn", seed=0).eval(), request.param)
    layout = SampleLayout(split_model.shape)
    samples = collect_samples(split_model, layout, data.train.images, CPU, most=2000, seed=0)
    model = train(samples, Recipe(TopK(k=8), 64, 60, 64, 3e-3))
    yield SplicedModel(model, split_model, layout, choose_splits(data.validation, data.hard, data.probe, 100), CPU)


def test_a_factor_of_one_leaves_the_logits_as_they_are(spliced: SplicedModel) -> None:
    plain = spliced.logits("hard")
    np.testing.assert_allclose(spliced.logits("hard", scaling_edit(range(64), 1.0)), plain, atol=1e-6)
    with torch.inference_mode():
        images = torch.from_numpy(spliced.split("hard").images).permute(0, 3, 1, 2).float() / 255
        np.testing.assert_allclose(plain, spliced.split_model.model(images).numpy(), atol=1e-5)


def test_the_error_of_the_reconstruction_is_kept(spliced: SplicedModel) -> None:
    """Without any feature, what is left is b_d and the error: x - f W_d."""
    x = torch.randn(20, 128, generator=torch.Generator().manual_seed(0))
    model = spliced.model
    left = apply_edit(model, x, ablation_edit(range(64)))
    torch.testing.assert_close(left, model.decoder_bias + (x - model(x)), rtol=1e-4, atol=1e-5)


def test_the_effect_by_the_gradient_is_exact_where_only_the_head_follows(spliced: SplicedModel) -> None:
    """W_d . W_head, for all features that are active."""
    outgoing = spliced.split_model.outgoing
    if outgoing is None or spliced.layout.per_image > 1:
        pytest.skip("more than the head follows")
    images = spliced.split("hard").images
    effect = gradient_effects(spliced.model, spliced.split_model, spliced.layout, images, CPU).numpy()
    f = measure_activations(spliced.model, spliced.split_model, spliced.layout, images, CPU).f
    active = (f > 0).any(0).numpy()
    exact = (spliced.model.decoder @ outgoing.T).detach().numpy()
    np.testing.assert_allclose(effect[active], exact[active], rtol=1e-3, atol=1e-5)
    assert np.isnan(effect[~active]).all()


def test_the_effect_by_the_gradient_is_what_turning_a_feature_a_little_does() -> None:
    """Of a layer before its ReLU, where no two values are equal that a pooling would choose from."""
    data = tiny_data()
    split_model = SplitModel(build_model("gap-cnn", seed=0).eval(), "features.conv3")
    layout, images = SampleLayout(split_model.shape), data.hard.images[:40]
    samples = collect_samples(split_model, layout, data.train.images, CPU, most=2000, seed=0)
    model = train(samples, Recipe(TopK(k=8), 16, 60, 64, 3e-3))
    edited = SplicedModel(model, split_model, layout, choose_splits(data.validation, data.hard, data.probe, 40), CPU)
    effect = gradient_effects(model, split_model, layout, images, CPU).numpy()
    total = (measure_activations(model, split_model, layout, images, CPU).f.sum(0) * layout.per_image).numpy()
    plain = edited.logits("hard").astype(np.float64)
    for feature in total.argsort()[-3:].tolist():
        moved = (edited.logits("hard", scaling_edit([feature], 1.01)).astype(np.float64) - plain).sum(0) / 0.01
        expected = effect[feature] * total[feature]
        np.testing.assert_allclose(expected, moved, atol=0.05 * np.abs(moved).max())


def test_edits_do_what_they_are_called() -> None:
    f = torch.tensor([[1.0, 2.0, 0.0, 4.0]])
    assert ablation_edit([1, 3])(f).tolist() == [[1, 0, 0, 0]]
    assert scaling_edit([1], 3.0)(f).tolist() == [[1, 6, 0, 4]]
    assert steering_edit([2], [5.0])(f).tolist() == [[1, 2, 5, 4]]
    assert swap_edit([0, 1], [2], [0.5])(f).tolist() == [[0, 0, 0.5, 4]]
    assert f.tolist() == [[1, 2, 0, 4]], "the argument is left alone"


def test_a_dial_is_the_edit_at_every_factor(spliced: SplicedModel) -> None:
    image = spliced.split("hard").images[3]
    turned = spliced.dose_response(image, [5, 6])
    assert turned.shape == (31, 10) and FACTORS[0] == 0 and FACTORS[10] == 1 and FACTORS[30] == 3
    np.testing.assert_allclose(turned.sum(1), 1, atol=1e-5)
    for index in (0, 10, 25):
        logits = torch.from_numpy(spliced.logits("hard", scaling_edit([5, 6], FACTORS[index]))[3])
        np.testing.assert_allclose(turned[index], logits.softmax(0).numpy(), atol=1e-5)


def test_the_mass_of_a_feature_is_how_far_it_moves_the_layer(spliced: SplicedModel) -> None:
    mass = spliced.mass("hard")
    np.testing.assert_allclose(mass, spliced.activity("hard").mean(0), rtol=1e-5, err_msg="directions of length 1")
    with torch.no_grad():
        spliced.model.decoder.mul_(2)
        longer = spliced.mass("hard")
        spliced.model.decoder.div_(2)
    np.testing.assert_allclose(longer, 2 * mass, rtol=1e-6)


def test_random_sets_have_the_mass_of_those_that_they_stand_beside() -> None:
    random = np.random.default_rng(0)
    mass = random.exponential(size=200)
    chosen = np.arange(30)
    pool = control_pool(mass, chosen, np.arange(200))
    assert not np.intersect1d(pool, chosen).size
    sets = mass_matched(mass, chosen, pool, 20, random)
    wanted = mass[chosen].sum()
    assert all(abs(mass[features].sum() - wanted) <= mass.max() / 2 for features in sets)
    assert len({tuple(sorted(features)) for features in sets}) == 20
    most = np.arange(190)
    assert len(control_pool(mass, most, np.arange(200))) == 200, "the others alone aren't active enough"


def test_a_band_holds_one_more_draw_in_ninetyfive_of_a_hundred() -> None:
    random = np.random.default_rng(1)
    inside = 0
    for _ in range(2000):
        band = random_band(random.normal(size=20))
        inside += band.low <= random.normal() <= band.high
    assert inside / 2000 == pytest.approx(0.95, abs=0.015)


def test_the_removal_score_is_a_share_of_the_way() -> None:
    assert removal_score(0.2, 0.5, 0.8) == pytest.approx(0.5)
    assert removal_score(0.2, 0.1, 0.8) == pytest.approx(-1 / 6)
    assert removal_score(0.8, 0.9, 0.8) is None


def test_color_features_are_chosen_by_category_and_favorite() -> None:
    response = np.zeros((4, 10))
    response[0, 3], response[1, 7], response[2, 3] = 1, 1, 1
    selectivity = FeatureSelectivity(np.array([0, 0, 1, 4]), response)
    assert (
        selectivity.color_selective.tolist() == [0, 1]
        and selectivity.selective_for(3).tolist() == [0]
        and selectivity.selective_for(0).tolist() == []
    )
    assert selectivity.alive.tolist() == [0, 1, 2] and selectivity.other_alive.tolist() == [2]


def test_a_layer_is_carried_over_to_itself(spliced: SplicedModel) -> None:
    across = fit_layer_map(spliced, spliced)
    x = spliced.neurons("balanced") - spliced.neurons("balanced").mean(0)
    left = np.linalg.norm(x @ across.weights - x) / np.linalg.norm(x)
    assert across.r_squared == pytest.approx(1 - left**2, abs=0.01) and across.r_squared > 0.97


def test_positions_are_put_back_where_they_were() -> None:
    maps = torch.arange(2 * 3 * 4 * 5.0).reshape(2, 3, 4, 5)
    for positions, count, size in (("apart", 40, 3), ("together", 2, 60)):
        layout = SampleLayout((3, 4, 5), positions)  # type: ignore[arg-type]
        samples = layout.samples(maps)
        assert samples.shape == (count, size) == (2 * layout.per_image, layout.dimensions)
        assert torch.equal(layout.activations(samples), maps)
    assert torch.equal(SampleLayout((3, 4, 5)).samples(maps)[7], maps[0, :, 1, 2])


def test_no_more_samples_are_kept_than_are_asked_for() -> None:
    data, model = tiny_data(), build_model("gap-cnn", seed=0).eval()
    split_model = SplitModel(model, "features.relu3")
    whole = collect_samples(
        split_model, SampleLayout(split_model.shape), data.hard.images[:10], CPU, most=10_000, seed=0
    )
    some = collect_samples(split_model, SampleLayout(split_model.shape), data.hard.images[:10], CPU, most=100, seed=0)
    assert whole.shape == (490, 128) and some.shape == (100, 128)
    rows = {tuple(row) for row in whole.tolist()}
    assert all(tuple(row) in rows for row in some.tolist())
