"""How much of a map lies on the digit, on maps whose answer is known."""

from __future__ import annotations

import numpy as np
import pytest
import torch
import torch.nn.functional as F
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.metrics import roc_auc_score

from lazytui.data.content import colored_digits
from lazytui.data.palettes import NO_COLOR
from lazytui.data.sources.gray_shapes import load_digits
from lazytui.saliency.checks import localization as masks
from lazytui.saliency.checks.reason_categories import (
    EVIDENCE_CATEGORIES,
    REASONS,
    evidence_categories,
    reason_categories,
)
from lazytui.saliency.map_resizing import upsample

SHAPES = load_digits("strokes", "test", 300).images
ON = masks.stroke_masks(SHAPES)


def even(count: int = 300) -> np.ndarray:
    return np.ones((count, 28, 28), np.float32)


@pytest.mark.parametrize("size", [3, 4, 7, 10, 14, 28, 5])
def test_upsampling_is_torchs_bilinear_without_aligned_corners(size: int) -> None:
    maps = np.random.default_rng(0).normal(size=(4, size, size)).astype(np.float32)
    theirs = F.interpolate(torch.from_numpy(maps)[None], (28, 28), mode="bilinear", align_corners=False)[0]
    np.testing.assert_allclose(upsample(maps), theirs.numpy(), rtol=1e-5, atol=1e-5)


def test_the_nulls_order_as_they_must() -> None:
    """At 3 x 3 even all evidence on the stroke loses to a center prior; at 7 x 7 and finer it wins."""
    uniform = masks.energy_in_mask(even(), ON).mean()
    center = masks.center_prior_energy(SHAPES, ON).mean()
    perfect = {size: masks.perfect_energy(ON, size, size).mean() for size in (3, 7, 14, 28)}
    assert uniform == pytest.approx(ON.mean(), abs=1e-6)
    assert uniform < perfect[3] < center < perfect[7] < perfect[14] < perfect[28]
    assert perfect[28] == pytest.approx(1)
    assert perfect[3] == pytest.approx(0.27, abs=0.03)
    assert perfect[7] == pytest.approx(0.52, abs=0.03)
    assert perfect[14] == pytest.approx(0.727, abs=0.03)
    assert center == pytest.approx(0.40, abs=0.04)


def test_a_map_of_the_own_stroke_is_perfect_and_one_of_position_has_no_focus() -> None:
    own = ON.astype(np.float32)
    blob = np.broadcast_to(SHAPES.mean(0).astype(np.float32), own.shape)
    for evidence, wanted in ((own, 1.0), (blob, 0.0), (even(), 0.0)):
        score = masks.focus_score(
            masks.energy_in_mask(evidence, ON).mean(keepdims=True),
            masks.energy_in_other_masks(evidence, ON).mean(keepdims=True),
            masks.perfect_energy(ON, 28, 28).mean(keepdims=True),
        )
        assert score[0] == pytest.approx(wanted, abs=1e-5)


def test_where_a_perfect_looker_gains_nothing_there_is_no_focus_score() -> None:
    energy, shuffled, perfect = np.array([0.5, 0.5, 0.5]), np.array([0.4, 0.6, np.nan]), np.array([0.6, 0.6, 0.6])
    np.testing.assert_allclose(masks.focus_score(energy, shuffled, perfect), [0.5, np.nan, np.nan])
    assert masks.focus_score(0.5, 0.4, 0.6) == pytest.approx(0.5)
    assert np.isnan([masks.focus_score(0.5, 0.7, 0.6), masks.focus_score(None, None, None)]).all()


def test_other_masks_are_all_the_others_each_counted_once() -> None:
    evidence = np.random.default_rng(1).random((5, 28, 28)).astype(np.float32)
    expected = [
        np.mean([(evidence[i] * ON[j]).sum() / evidence[i].sum() for j in range(5) if j != i]) for i in range(5)
    ]
    np.testing.assert_allclose(masks.energy_in_other_masks(evidence, ON[:5]), expected, rtol=1e-5)


def test_standing_counts_the_other_masks_that_hold_less() -> None:
    evidence = np.random.default_rng(1).random((6, 28, 28)).astype(np.float32)
    held = np.array([[(evidence[i] * ON[j]).sum() for j in range(6)] for i in range(6)])
    every = [np.mean([held[i, j] < held[i, i] for j in range(6) if j != i]) for i in range(6)]
    np.testing.assert_allclose(masks.mask_percentile(evidence, ON[:6]), every)
    of_four = [np.mean([held[i, j] < held[i, i] for j in range(4) if j != i]) for i in range(6)]
    np.testing.assert_allclose(masks.mask_percentile(evidence, ON[:6], most=4), of_four)


def test_maps_that_have_nothing_to_do_with_the_digit_pass_in_one_of_twenty() -> None:
    """Maps of other images' strokes: by exchangeability 5 % stand above .95. A map of the stroke passes always."""
    given_to_others = np.roll(ON, 1, axis=0).astype(np.float32)
    blurred = upsample(given_to_others.reshape(300, 7, 4, 7, 4).mean((2, 4)))
    assert (masks.mask_percentile(blurred, ON) > 0.95).mean() == pytest.approx(0.05, abs=0.03)
    assert (masks.mask_percentile(ON.astype(np.float32), ON) > 0.95).mean() > 0.95


def test_concentration_of_known_maps() -> None:
    one = np.zeros((1, 28, 28), np.float32)
    one[0, 3, 4] = 5
    assert masks.concentration(even(1))[0] == pytest.approx(0.8)
    assert masks.concentration(one)[0] == pytest.approx(0.8 / 784)
    half = np.zeros((1, 28, 28), np.float32)
    half[0, :14] = 2
    assert masks.concentration(half)[0] == pytest.approx(0.4)
    ramp = np.array([4.0, 3, 2, 1], np.float32).repeat(196).reshape(1, 28, 28)
    assert masks.concentration(ramp)[0] == pytest.approx((2 + 0.5) / 4)


@settings(max_examples=20, deadline=None)
@given(st.integers(0, 2**32 - 1))
def test_auroc_agrees_with_scikit_learn_also_where_values_tie(seed: int) -> None:
    evidence = np.random.default_rng(seed).integers(0, 4, (3, 28, 28)).astype(np.float32)
    expected = [roc_auc_score(ON[i].ravel(), evidence[i].ravel()) for i in range(3)]
    np.testing.assert_allclose(masks.auroc(evidence, ON[:3]), expected, rtol=1e-9)


def test_a_map_of_zeros_is_undefined_everywhere_and_never_zero() -> None:
    evidence = even(3)
    evidence[1] = 0
    blank = ON[:3].copy()
    blank[2] = False
    for score in (masks.energy_in_mask, masks.energy_in_other_masks, masks.auroc, masks.mask_percentile):
        assert np.isnan(score(evidence, blank)).tolist() == [False, True, True]
    assert np.isnan(masks.concentration(evidence)).tolist() == [False, True, False]


def test_a_lone_image_has_no_others_to_be_compared_with() -> None:
    assert np.isnan(masks.energy_in_other_masks(even(1), ON[:1])).all()
    assert np.isnan(masks.mask_percentile(even(1), ON[:1])).all()


def test_causes_are_inferred_from_repainting() -> None:
    """A 3 in the color of 5; what it is taken for in each color decides. More than half of nine others is five."""
    digit_in_all, color_in_all = np.full(10, 3), np.arange(10)
    four, five = digit_in_all.copy(), digit_in_all.copy()
    four[:4], five[[0, 1, 2, 4, 6]] = 8, 8
    only_its_own = color_in_all.copy()
    only_its_own[5] = 3
    never = np.full(10, 9)
    rows = [digit_in_all, only_its_own, four, five, color_in_all, never, never]
    predicted = np.array([3, 3, 3, 3, 5, 9, 9], np.uint8)
    colors = np.array([5, 5, 5, 5, 5, 5, NO_COLOR], np.uint8)
    found = reason_categories(
        predicted, np.stack(rows).astype(np.uint8), np.full(7, 3, np.uint8), colors, colored_digits("distinct")
    )
    assert [REASONS[cause] for cause in found] == [
        "right whatever the color",
        "right for the wrong reason",
        "right whatever the color",
        "right for the wrong reason",
        "wrong because of the color",
        "wrong for another reason",
        "cause unknown",
    ]


def test_the_four_ways_and_the_fifth() -> None:
    right = np.array([True, True, False, False, True, False])
    standing = np.array([0.99, 0.95, 0.96, 0.1, np.nan, np.nan])
    names = [EVIDENCE_CATEGORIES[way] for way in evidence_categories(right, standing)]
    assert names == [
        "correct, evidence on the stroke",
        "correct, evidence off the stroke",
        "incorrect, evidence on the stroke",
        "incorrect, evidence off the stroke",
        "no positive evidence",
        "no positive evidence",
    ]
