"""Color jitter as one affine map an image: what each part does, and against torchvision where it does the same."""

from __future__ import annotations

import pytest
import torch

from lazytui.training.methods.parts.color_jitter import ColorJitter, JitterOptions, hue_rotations, saturation_maps


def seeded(seed: int = 0) -> torch.Generator:
    return torch.Generator().manual_seed(seed)


def jitter(brightness: float, contrast: float, saturation: float, hue: float, *, permute: bool = False) -> ColorJitter:
    options = JitterOptions(brightness=brightness, contrast=contrast, saturation=saturation, hue=hue)
    return ColorJitter(options, permute)


@pytest.fixture
def images() -> torch.Tensor:
    """Far enough from black and white that nothing is clipped."""
    return (0.35 + 0.2 * torch.rand(6, 3, 28, 28, generator=seeded())).to(memory_format=torch.channels_last)


def test_no_jitter_changes_nothing(images: torch.Tensor) -> None:
    torch.testing.assert_close(jitter(0, 0, 0, 0)(images, seeded()), images)


def test_a_third_of_a_turn_makes_red_green() -> None:
    third, half = hue_rotations(torch.tensor([1 / 3, 0.5]))
    torch.testing.assert_close(third @ torch.tensor([1.0, 0, 0]), torch.tensor([0.0, 1, 0]), atol=1e-6, rtol=0)
    torch.testing.assert_close(half @ half, torch.eye(3), atol=1e-6, rtol=0)
    torch.testing.assert_close(half @ torch.ones(3), torch.ones(3))


@pytest.mark.parametrize("part", ["brightness", "contrast", "saturation"])
def test_each_factor_is_torchvisions(images: torch.Tensor, part: str) -> None:
    from torchvision.transforms.v2 import functional  # here, since it takes two seconds, and every process reads this

    strengths = {"brightness": 0.0, "contrast": 0.0, "saturation": 0.0, "hue": 0.0, part: 0.3}
    moved = jitter(**strengths)(images, seeded(3))
    adjust = getattr(functional, f"adjust_{part}")
    index = ["brightness", "contrast", "saturation"].index(part)
    factors = 0.7 + 0.6 * torch.rand(4, 6, generator=seeded(3))[index]
    expected = torch.stack([adjust(image, factor.item()) for image, factor in zip(images, factors, strict=True)])
    torch.testing.assert_close(moved, expected, atol=3e-4, rtol=0)


def test_factors_never_reach_zero() -> None:
    """Brightness 1 +- 0.99 would make black images; a factor is 0.2 at least."""
    white = torch.full((2000, 3, 1, 1), 0.5)
    levels = jitter(0.99, 0, 0, 0)(white, seeded())[:, 0, 0, 0] / 0.5
    assert 0.2 <= levels.min() < 0.22 and 1.97 < levels.max() <= 1.99 + 1e-5


def test_no_saturation_is_gray_of_the_same_luma() -> None:
    red = saturation_maps(torch.zeros(1))[0] @ torch.tensor([1.0, 0, 0])
    torch.testing.assert_close(red, torch.full((3,), 0.299))


def test_permuted_channels_are_the_same_channels_in_every_order(images: torch.Tensor) -> None:
    many = images[:1].expand(600, -1, -1, -1)
    moved = jitter(0, 0, 0, 0, permute=True)(many, seeded())
    torch.testing.assert_close(moved.sort(1).values, many.sort(1).values)
    assert len({tuple(order) for order in moved.mean((2, 3)).argsort(1).tolist()}) == 6


def test_values_stay_in_range_and_images_differ(images: torch.Tensor) -> None:
    moved = jitter(0.8, 0.8, 0.8, 0.3)(images[:1].expand(50, -1, -1, -1), seeded())
    assert moved.min() >= 0 and moved.max() <= 1
    assert len(moved.mean((1, 2, 3)).unique()) == 50
