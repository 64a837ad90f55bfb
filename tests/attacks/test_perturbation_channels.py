"""What a perturbation is made of, where that is known."""

from __future__ import annotations

import numpy as np
import pytest

from lazytui.attacks.perturbation_channels import channel_composition, color_share


def test_one_color_everywhere_is_all_color_and_a_pattern_is_none() -> None:
    even = np.zeros((1, 28, 28, 3)) + np.array([0.1, -0.2, 0.0])
    checkered = even * np.where(np.indices((28, 28)).sum(0) % 2, 1, -1)[None, :, :, None]
    np.testing.assert_allclose(color_share(even), 1)
    np.testing.assert_allclose(color_share(checkered), 0, atol=1e-12)
    noise = np.random.default_rng(0).normal(size=(200, 28, 28, 3))
    assert color_share(noise).mean() == pytest.approx(1 / 784, rel=0.2), "by chance"


def test_energy_and_signs_by_channel_on_the_stroke_and_beside_it() -> None:
    """Red falls by .3 on the stroke, a quarter of the image; blue rises by .1 elsewhere."""
    shapes = np.zeros((2, 28, 28), np.uint8)
    shapes[:, :14, :14] = 255
    changes = np.zeros((2, 28, 28, 3))
    changes[:, :14, :14, 0] = -0.3
    changes[:, shapes[0] == 0, 2] = 0.1
    found = channel_composition(changes, shapes)
    red, blue = 0.09 * 1 / 4, 0.01 * 3 / 4
    np.testing.assert_allclose(found.energy, np.array([[red, 0], [0, 0], [0, blue]]) / (red + blue))
    np.testing.assert_allclose(found.signed, [[-0.3, 0], [0, 0], [0, 0.1]], atol=1e-9)


def test_images_that_were_not_changed_do_not_count() -> None:
    changes = np.zeros((3, 28, 28, 3))
    assert np.isnan(channel_composition(changes, np.zeros((3, 28, 28), np.uint8)).color)
    changes[1] = 0.2
    assert channel_composition(changes, np.zeros((3, 28, 28), np.uint8)).color == pytest.approx(1)
