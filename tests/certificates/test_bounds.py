"""IBP and CROWN: a case by hand, samples within the cube, and maps and vectors that are the same network."""

from __future__ import annotations

import pytest
import torch
from torch import Tensor, nn

from lazytui.certificates.bound_steps import Convolution, Relu
from lazytui.certificates.bounds import crown_margins, cube, interval_margins
from lazytui.certificates.chain import Chain, chain_of
from lazytui.certificates.radii import certify, largest_units
from lazytui.errors import BadInput
from lazytui.models.adaptation import Adaptation, Normalization
from lazytui.models.architectures import ARCHITECTURES
from lazytui.models.build import build_model
from lazytui.models.foreign_network import adapt
from lazytui.models.shapes import NetworkShape

DOUBLE = torch.float64


def dense(*rows: tuple[float, ...], bias: tuple[float, ...]) -> Convolution:
    return Convolution(torch.tensor(rows, dtype=DOUBLE)[:, :, None, None], torch.tensor(bias, dtype=DOUBLE))


def test_the_case_by_hand() -> None:
    """x in [-1, 1]², z = (x1 + x2 + .5, x1 - x2), output relu(z1) - relu(z2), which is in [-1.5, 2.5]."""
    steps = dense((1, 1), (1, -1), bias=(0.5, 0)), Relu(), dense((1, -1), (0, 0), bias=(0, 0))
    chain, one = Chain(steps, ((2, 1, 1),) * 4), torch.ones(1, 2, 1, 1, dtype=DOUBLE)
    box, label = (-one, one), torch.tensor([0])
    assert [end.item() for end in interval_margins(chain, box, label)] == [-2, 2.5]
    assert [end.item() for end in crown_margins(chain, box, label, tighten=False)] == [-2.5, 2.5]
    assert [end.item() for end in crown_margins(chain, box, label)] == [-2, 2.5], "the better of both"


def network(seed: int = 0) -> nn.Sequential:
    """Of all that bounds go through, for images of 9 x 8: padding, strides, groups, pools that leave a rest out."""
    torch.manual_seed(seed)
    made = nn.Sequential(
        nn.Conv2d(3, 4, 3, padding=1, bias=False),
        nn.BatchNorm2d(4),
        nn.ReLU(),
        nn.MaxPool2d(2),
        nn.Conv2d(4, 6, 3, stride=2, padding="valid", groups=2),
        nn.ReLU(),
        nn.AvgPool2d(1),
        nn.Dropout2d(0.5),
        nn.Flatten(),
        nn.Linear(6, 5),
        nn.ReLU(),
        nn.Linear(5, 3),
    )
    with torch.no_grad():
        for layer in (made[0], made[4], made[9], made[11]):
            layer.weight *= 3  # so that what goes in matters to what comes out
    made[1].running_mean.uniform_(-1, 1)
    made[1].running_var.uniform_(0.5, 2)
    return made.double().eval().requires_grad_(False)


def images(count: int = 3, height: int = 9, width: int = 8) -> Tensor:
    return torch.rand(count, 3, height, width, dtype=DOUBLE, generator=torch.Generator().manual_seed(1))


def all_margins(logits: Tensor, labels: Tensor) -> Tensor:
    own = logits.gather(1, labels[:, None])
    others = [torch.cat([row[:label], row[label + 1 :]]) for row, label in zip(logits, labels.tolist(), strict=True)]
    return own - torch.stack(others)


@pytest.mark.parametrize("bounds", [interval_margins, crown_margins])
def test_no_image_of_the_cube_is_beyond_its_bounds_and_a_larger_cube_has_wider_ones(bounds) -> None:  # type: ignore[no-untyped-def]
    model, x, random = network(), images(), torch.Generator().manual_seed(2)
    chain, labels = chain_of(model, (3, 9, 8)), model(x).argmax(1)
    exact = all_margins(model(x), labels)
    low, high = bounds(chain, cube(x, torch.zeros(3, dtype=DOUBLE)), labels)
    assert torch.allclose(low, exact, atol=1e-12) and torch.allclose(high, exact, atol=1e-12), "of a point: itself"
    for epsilon in (0.01, 0.1, 0.5):
        before, (low, high) = low, bounds(chain, cube(x, torch.full((3,), epsilon, dtype=DOUBLE)), labels)
        assert (low <= before + 1e-12).all()
        for _ in range(200):
            noise = 2 * torch.rand(x.shape, dtype=DOUBLE, generator=random) - 1
            reached = (x + epsilon * torch.where(noise.abs() < 0.5, noise, noise.sign())).clamp(0, 1)
            found = all_margins(model(reached), labels)
            assert ((low - 1e-9 <= found) & (found <= high + 1e-9)).all()


def test_crown_is_closer_than_intervals_and_never_looser() -> None:
    model, x = network(), images(6)
    chain, labels = chain_of(model, (3, 9, 8)), model(x).argmax(1)
    box = cube(x, torch.full((6,), 0.05, dtype=DOUBLE))
    (loose, _), (close, _) = interval_margins(chain, box, labels), crown_margins(chain, box, labels)
    assert (close >= loose - 1e-12).all() and (close - loose).mean() > 0.1 * loose.abs().mean()


def test_a_network_of_maps_has_the_bounds_of_the_same_network_of_matrices() -> None:
    """Each place's bounds follow a window of the image; a matrix has only the whole."""
    torch.manual_seed(3)
    maps = nn.Sequential(
        nn.Conv2d(3, 2, 3, stride=2, padding=1),
        nn.ReLU(),
        nn.Conv2d(2, 3, 3, padding=2, dilation=2),
        nn.ReLU(),
        nn.AvgPool2d(2, 1, 1),
        nn.Conv2d(3, 2, 2),
        nn.ReLU(),
        nn.Flatten(),
        nn.Linear(2 * 4 * 3, 3),
    )
    maps = maps.double().eval().requires_grad_(False)
    matrices, size = [nn.Flatten()], (3, 7, 6)
    for layer in maps[:-2]:
        if isinstance(layer, nn.ReLU):
            matrices.append(nn.ReLU())
            continue
        units = torch.eye(3 * 7 * 6 if len(matrices) == 1 else size[0] * size[1] * size[2], dtype=DOUBLE)
        bias = layer(torch.zeros(1, *size, dtype=DOUBLE))
        linear = nn.Linear(len(units), bias.numel()).double()
        linear.weight.data, linear.bias.data = (layer(units.view(-1, *size)) - bias).flatten(1).T, bias.flatten()
        matrices.append(linear)
        size = tuple(bias.shape[1:])
    flat = nn.Sequential(*matrices, maps[-1]).eval().requires_grad_(False)
    x = images(2, 7, 6)
    labels, box = maps(x).argmax(1), cube(x, torch.full((2,), 0.1, dtype=DOUBLE))
    assert torch.allclose(maps(x), flat(x))
    for tighten in (False, True):
        one, other = (crown_margins(chain_of(each, (3, 7, 6)), box, labels, tighten) for each in (maps, flat))
        assert all(torch.allclose(a, b, atol=1e-9) for a, b in zip(one, other, strict=True))


def test_networks_from_elsewhere_are_bounded_in_units_of_the_image() -> None:
    torch.manual_seed(4)
    layers = nn.Conv2d(1, 4, 3), nn.ReLU(), nn.AdaptiveAvgPool2d(1), nn.Flatten(), nn.Linear(4, 3)
    plain = adapt(nn.Sequential(*layers), NetworkShape(8, 8, 3), Adaptation(Normalization((0.5,), (0.25,)))).eval()
    x = torch.rand(2, 3, 8, 8)
    chain, labels = chain_of(plain, (3, 8, 8)), plain(x).argmax(1)
    low, high = crown_margins(chain, cube(x, torch.full((2,), 0.02)), labels)
    for sign in (-1, 1):
        found = all_margins(plain(x + sign * 0.02).detach(), labels)
        assert ((low < found) & (found < high)).all() or (x + sign * 0.02).max() > 1 or (x - 0.02).min() < 0
    resized = adapt(nn.Sequential(*layers), NetworkShape(8, 8, 3), Adaptation(side=12))
    with pytest.raises(BadInput, match="resizes images"):
        chain_of(resized, (3, 8, 8))


@pytest.mark.parametrize("name", [name for name in ARCHITECTURES if not name.startswith("resnet18")])
def test_every_architecture_is_a_chain_or_refused_by_the_name_of_a_layer(name: str) -> None:
    model = build_model(name, seed=0).eval()
    layer = {
        "gap-groupnorm": "features.norm1 (GroupNorm)",
        "resnet-early-gap": "features.layer1.0 (BasicBlock)",
        "channel-pool": "features.pairs1 (ChannelPool)",
    }.get(name, "")
    if not layer:
        chain_of(model, (3, 28, 28))
        return
    with pytest.raises(BadInput) as refused:
        chain_of(model, (3, 28, 28))
    assert str(refused.value).startswith(f"{layer} isn't supported by IBP and CROWN, only Conv2d, Linear")


@pytest.mark.parametrize(
    ("layer", "words"),
    [
        (nn.MaxPool2d(3, 2), "0 (MaxPool2d of windows that don't lie side by side)"),
        (nn.MaxPool2d(3, ceil_mode=True), "0 (MaxPool2d of windows beyond the map)"),
        (nn.AdaptiveAvgPool2d(3), "0 (AdaptiveAvgPool2d of windows of several sizes)"),
        (nn.AvgPool2d(2, padding=1, count_include_pad=False), "0 (AvgPool2d of windows of several sizes)"),
        (nn.Conv2d(3, 2, 3, padding=1, padding_mode="reflect"), "0 (Conv2d padded by reflect)"),
        (nn.Linear(8, 2), "0 (Linear on maps)"),
        (nn.BatchNorm2d(3, track_running_stats=False), "0 (BatchNorm2d without running statistics)"),
        (nn.GELU(), "0 (GELU)"),
    ],
)
def test_what_bounds_do_not_go_through_is_refused(layer: nn.Module, words: str) -> None:
    with pytest.raises(BadInput) as refused:
        chain_of(nn.Sequential(layer).eval(), (3, 8, 8))
    assert str(refused.value).startswith(words)


def test_a_network_that_does_more_than_its_layers_is_refused() -> None:
    class Doubled(nn.Linear):
        def forward(self, x: Tensor) -> Tensor:
            return 2 * super().forward(x)

    with pytest.raises(BadInput, match="more than its layers do"):
        chain_of(nn.Sequential(nn.Flatten(), Doubled(192, 2)).eval(), (3, 8, 8))


def test_radii_are_the_largest_that_are_certified() -> None:
    true = torch.tensor([0, 1, 5, 40, 255, 1000])
    found = largest_units(lambda chosen, units: units <= true[chosen], 0 * true, 0 * true + 256, 255)
    assert (found <= true).all() and (found[[0, 1, 2, 4, 5]] == torch.tensor([0, 1, 5, 255, 255])).all()
    assert 40 - 40 // 8 <= found[3] <= 40


def test_of_a_linear_network_the_radius_is_exact() -> None:
    """A change of every value by epsilon moves the margin by epsilon times the sum of the weights' sizes."""
    torch.manual_seed(5)
    model = nn.Sequential(nn.Flatten(), nn.Linear(192, 2)).double().requires_grad_(False)
    x = 0.5 + 0.1 * (torch.rand(4, 3, 8, 8, dtype=DOUBLE) - 0.5)
    weight = (model[1].weight[0] - model[1].weight[1]).abs().sum()
    logits = model(x)
    true = (logits[:, 0] - logits[:, 1]).abs() / weight
    for bounds in (interval_margins, crown_margins):
        found = certify(bounds, chain_of(model, (3, 8, 8)), x, logits.argmax(1), 0.001, 0.3, torch.zeros(4).double())
        assert (found.radius <= true).all() and (
            true - found.radius <= torch.maximum(true / 8, 0 * true + 0.0011)
        ).all()
        assert torch.allclose(found.lower, (logits[:, 0] - logits[:, 1]).abs() - 0.001 * weight)
