"""What a map is worth: faithfulness, fresh weights, recoloring, on networks whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from scipy.stats import t as student
from torch import Tensor, nn

from lazytui.data.palettes import palette
from lazytui.data.params import DatasetParams
from lazytui.data.splits import build_dataset
from lazytui.models.build import build_model
from lazytui.saliency.checks.faithfulness import STEPS, area, measure_faithfulness
from lazytui.saliency.checks.parameter_randomization import randomize_from_head, rank_correlation
from lazytui.saliency.checks.repainting import make_variations, measure_recoloring

DATA = build_dataset(DatasetParams(source="strokes", train_size=100, test_size=700, texture=("flat",)))


class Corner(nn.Module):
    """Class 1 grows with the light of the upper left 7 x 7 pixels; nothing else is looked at."""

    def __init__(self) -> None:
        super().__init__()
        self.scale = nn.Parameter(torch.tensor(8.0))

    def forward(self, batch: Tensor) -> Tensor:
        light = batch[:, :, :7, :7].mean((1, 2, 3))
        return torch.stack([torch.zeros_like(light), self.scale * light], 1)


class NearestColor(nn.Module):
    """Reads the background's color and nothing else."""

    def __init__(self) -> None:
        super().__init__()
        self.colors = nn.Parameter(torch.tensor(palette("distinct").rgb / 255, dtype=torch.float32))

    def forward(self, batch: Tensor) -> Tensor:
        corner = batch[:, :, :3, :3].mean((2, 3))
        return -(corner[:, None] - self.colors).abs().sum(2)


def fail(_text: str) -> None:
    raise AssertionError("nothing should be noted")


def test_deletion_and_insertion_know_a_true_map_from_a_false_one() -> None:
    images = np.full((6, 28, 28, 3), 255, np.uint8)
    true = np.zeros((6, 28, 28), np.float32)
    true[:, :7, :7] = 1
    targets = np.ones(6, np.uint8)
    black = torch.zeros(3)
    good = measure_faithfulness(Corner(), images, true, targets, black, np.random.default_rng(0), note=fail)
    bad = measure_faithfulness(Corner(), images, -true, targets, black, np.random.default_rng(0), note=fail)
    high, low = 1 / (1 + np.exp(-8)), 0.5
    for curves in (good, bad):
        assert curves.deletion[0] == pytest.approx(high, abs=1e-6) == curves.insertion[-1]
        assert curves.deletion[-1] == pytest.approx(low, abs=1e-6) == curves.insertion[0]
    assert good.deletion[2] == pytest.approx(low)  # 56 pixels hold the 49
    assert good.insertion[2] == pytest.approx(high)
    assert area(good.deletion) < area(good.random_deletion) < area(bad.deletion)
    assert area(good.insertion) > area(good.random_insertion) > area(bad.insertion)


def test_an_area_is_that_of_trapezoids_over_the_share_of_pixels() -> None:
    assert area(np.full(STEPS + 1, 0.25)) == pytest.approx(0.25)
    assert area(np.linspace(0, 1, STEPS + 1)) == pytest.approx(0.5)


def test_a_cascade_goes_from_the_head_down_and_leaves_the_network_alone() -> None:
    model, fresh = build_model("gap-cnn", seed=0), build_model("gap-cnn", seed=1)
    before = {name: value.clone() for name, value in model.state_dict().items()}
    order = []
    for name, changed in randomize_from_head(model, fresh):
        order.append(name)
        for key, value in changed.state_dict().items():
            source = fresh if key.rsplit(".", 1)[0] in order else model
            assert torch.equal(value, source.state_dict()[key])
    assert order == ["head", "features.conv3", "features.conv2", "features.conv1"]
    assert all(torch.equal(value, before[name]) for name, value in model.state_dict().items())


def test_a_network_that_is_one_layer_is_randomized_whole() -> None:
    model, fresh = nn.Linear(4, 2), nn.Linear(4, 2)
    ((name, changed),) = randomize_from_head(model, fresh)
    assert name == "network" and torch.equal(changed.weight, fresh.weight)
    assert not torch.equal(model.weight, fresh.weight)


def test_rank_correlation_is_spearmans_and_undefined_for_flat_maps() -> None:
    random = np.random.default_rng(0)
    one, other = (random.integers(0, 5, (3, 7, 7)).astype(np.float32) for _ in range(2))
    expected = [spearmanr(a.ravel(), b.ravel()).statistic for a, b in zip(one, other, strict=True)]
    np.testing.assert_allclose(rank_correlation(one, other), expected)
    np.testing.assert_allclose(rank_correlation(one, 2 * one + 1), 1)
    other[1] = 0
    assert np.isnan(rank_correlation(one, other)).tolist() == [False, True, False]


@pytest.mark.parametrize("name", ["validation", "hard", "probe"])
def test_variations_change_one_thing_each(name: str) -> None:
    params = DATA.params.model_copy(update={"texture": ("uniform",)})
    split = build_dataset(params).split(name)
    chosen = np.array([0, 3, 8 if name == "validation" else 520])
    made = make_variations(split, params, name, chosen)
    own = split.attributes[chosen]
    np.testing.assert_array_equal(made.recolored[own, np.arange(3)], split.images[chosen])
    other = (own + 1) % 10
    assert (made.recolored[other, np.arange(3)] != split.images[chosen]).any((1, 2, 3)).all()
    assert (made.redrawn_labels != split.labels[chosen]).all()
    corners = np.s_[:, :2, :2]
    np.testing.assert_array_equal(made.redrawn[corners], split.images[chosen][corners])


def test_a_reader_of_color_falls_when_recolored_and_not_when_redrawn() -> None:
    split, chosen = DATA.probe, np.arange(100)
    made, reader = make_variations(split, DATA.params, "probe", chosen), NearestColor()

    def logits(images: np.ndarray) -> np.ndarray:
        with torch.no_grad():
            return reader(torch.from_numpy(images).permute(0, 3, 1, 2) / 255).numpy()

    said = logits(split.images[:100])
    assert (said.argmax(1) == split.attributes[:100]).all()
    found = measure_recoloring(
        said,
        np.stack([logits(images) for images in made.recolored]),
        logits(made.redrawn),
        said.argmax(1).astype(np.uint8),
        split.attributes[:100],
    )
    assert found.recolored_flips == 1 and found.redrawn_flips == 0
    assert found.flips_interval == (1, 1)
    assert np.isnan(found.drops[np.arange(100), split.attributes[:100]]).all()
    assert np.nanmin(found.drops) > 0.1
    np.testing.assert_allclose(found.redrawn_drops, 0, atol=1e-6)


def test_the_interval_of_the_flips_is_students_and_there_is_none_of_one_image() -> None:
    """Three images, seen as 0 before; recolored each in nine colors, of which 3, 0 and 9 change their minds."""
    zero, one = np.eye(10, dtype=np.float32)[:2]
    logits, redrawn = np.stack([zero] * 3), np.stack([zero] * 3)
    recolored = np.stack([[one if color < flips else zero for flips in (3, 0, 9)] for color in range(10)])
    targets, colors = np.zeros(3, np.uint8), np.full(3, 9, np.uint8)
    found = measure_recoloring(logits, recolored, redrawn, targets, colors).flips_interval
    expected = student(2, *mean_and_error(np.array([3, 0, 9]) / 9)).interval(0.95)
    assert found == pytest.approx(expected)
    assert measure_recoloring(logits[:1], recolored[:, :1], redrawn[:1], targets[:1], colors[:1]).flips_interval is None


def mean_and_error(values: np.ndarray) -> tuple[float, float]:
    return values.mean(), values.std(ddof=1) / len(values) ** 0.5
