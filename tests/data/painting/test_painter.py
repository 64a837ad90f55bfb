"""What painting must keep, whatever is asked for: the digit's shape, the bias, and the bytes."""

from __future__ import annotations

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray

from lazytui.data.content import colored_digits
from lazytui.data.painting.assignment import easy_attributes, factorial_design, hard_attributes
from lazytui.data.painting.painter import CHUNK, repaint
from lazytui.data.painting.textures import PIXELS, lay_textures
from lazytui.data.palettes import NO_COLOR, palette
from lazytui.data.params import DatasetParams
from lazytui.data.random_streams import stream
from lazytui.data.strokes.handwriting import strokes

TEN = colored_digits("distinct")
DRAWN = strokes(train=300, test=1).train
TEXTURES = ("level", "uniform", "gaussian", "stripes", "lines")
TIERS = ("none", "z", "e", "m", "h", "vh")

SHARED = {"noise_channels": "shared"}

textures = st.lists(st.sampled_from(TEXTURES), min_size=1, unique=True).map(tuple)
digits = st.integers(0, 2**32).map(lambda seed: stream(seed, "digits").integers(0, 10, 2000).astype(np.uint8))
colored = st.fixed_dictionaries(
    {
        "placement": st.sampled_from(("stroke", "background")),
        "texture": textures,
        "tier": st.sampled_from(TIERS),
        "sigma": st.floats(0, 1),
        "seed": st.integers(0, 2**63 - 1),
    }
).map(lambda chosen: DatasetParams.model_validate({"palette": "bright"} | chosen))


def wide(share: float, n: int) -> float:
    """Six standard deviations of a share of n draws: a correct sampler stays within."""
    return 6 * float(np.sqrt(share * (1 - share) / n)) + 1e-9


@given(digits, st.integers(0, 2**32))
def test_a_digit_never_wears_its_own_color_when_inverted(labels: NDArray[np.uint8], seed: int) -> None:
    colors = hard_attributes(labels, "inverted", TEN, stream(seed))
    assert (colors != labels).all()
    offsets = np.bincount((colors + 10 - labels) % 10, minlength=10)[1:] / len(labels)
    assert np.abs(offsets - 1 / 9).max() < wide(1 / 9, len(labels))


@given(digits, st.floats(0, 1), st.integers(0, 2**32))
def test_the_bias_is_the_aligned_share(labels: NDArray[np.uint8], bias: float, seed: int) -> None:
    others = easy_attributes(labels, bias, "others", TEN, stream(seed))
    assert abs((others == labels).mean() - bias) <= wide(bias, len(labels))
    attributes = easy_attributes(labels, bias, "all", TEN, stream(seed))
    aligned = bias + (1 - bias) / 10
    assert abs((attributes == labels).mean() - aligned) <= wide(aligned, len(labels))
    assert max(others.max(), attributes.max()) <= 9


@given(digits, st.integers(0, 2**32))
def test_the_other_hard_splits(labels: NDArray[np.uint8], seed: int) -> None:
    shares = np.bincount(hard_attributes(labels, "random", TEN, stream(seed)), minlength=10) / len(labels)
    assert np.abs(shares - 0.1).max() < wide(0.1, len(labels))
    cycled = hard_attributes(labels, "cycled", TEN, stream(seed))
    assert ((cycled == labels + 1) | ((labels == 9) & (cycled == 0))).all()
    assert (hard_attributes(labels, "gray", TEN, stream(seed)) == NO_COLOR).all()


@given(st.lists(st.integers(0, 9), max_size=300).map(lambda more: np.array([*range(10), *more], np.uint8)))
def test_factorial_is_exactly_balanced(labels: NDArray[np.uint8]) -> None:
    chosen, colors = factorial_design(labels, (10, 10))
    cells = np.bincount(labels[chosen].astype(int) * 10 + colors, minlength=100)
    assert (cells == len(chosen) // 100).all()
    assert np.array_equal(np.unique(cells[:100]), [len(chosen) // 100])
    if np.bincount(labels).min() >= 10:
        assert len(np.unique(chosen)) == len(chosen)


@settings(max_examples=40, deadline=None)
@given(colored)
def test_the_shape_is_untouched(params: DatasetParams) -> None:
    """Full strokes show their color exactly; elsewhere no texture shines through more than the stroke lets it."""
    colors = easy_attributes(DRAWN.labels, 0.5, "others", TEN, stream(params.seed))
    images = repaint(DRAWN.images, colors, params, "train").astype(float)
    worn = palette(params.palette).rgb[colors].astype(float)
    stroke = np.full_like(worn, 255) if params.placement == "background" else worn
    full = DRAWN.images == 255
    assert np.array_equal(images[full], np.broadcast_to(stroke[:, None, None], images.shape)[full])
    ink = DRAWN.images[..., None] / 255
    darkest = ink * stroke[:, None, None]
    ground = worn if params.placement == "background" else np.full_like(worn, 255)
    brightest = darkest + (1 - ink) * ground[:, None, None]
    assert (images >= darkest - 1.01).all()
    assert (images <= brightest + 1.01).all()


@settings(max_examples=20, deadline=None)
@given(textures, st.sampled_from(TIERS), st.integers(0, 2**32))
def test_the_gray_image_comes_back_from_a_channel_that_the_color_leaves_dark(
    texture: tuple[str, ...], tier: str, seed: int
) -> None:
    params = DatasetParams.model_validate({"texture": texture, "tier": tier, "seed": seed})
    red = np.zeros(len(DRAWN), np.uint8)
    images = repaint(DRAWN.images, red, params, "train")
    assert np.array_equal(images[..., 1], DRAWN.images)
    assert np.array_equal(images[..., 2], DRAWN.images)


def test_a_flat_stroke_is_gray_times_color() -> None:
    params = DatasetParams(dataset="stroke-spectral")
    images = repaint(DRAWN.images, DRAWN.labels, params, "train")
    worn = palette("spectral").rgb[DRAWN.labels].astype(int)
    exact = DRAWN.images[..., None].astype(int) * worn[:, None, None]
    assert np.array_equal(images, (exact + 127) // 255)


def test_a_uniform_background_keeps_u_from_04_to_1_of_its_color() -> None:
    blank = np.zeros((500, 28, 28), np.uint8)
    red = repaint(blank, np.zeros(500, np.uint8), DatasetParams(), "train")[..., 0].ravel()
    assert (red.min(), red.max()) == (102, 255)
    assert red.mean() == pytest.approx(0.7 * 255, abs=0.5)
    assert red.std() == pytest.approx(0.6 * 255 / np.sqrt(12), rel=0.01)
    pixels = red.reshape(500, -1).astype(float)
    assert abs(np.corrcoef(pixels[:, :392].ravel(), pixels[:, 392:].ravel())[0, 1]) < 0.02


@pytest.mark.parametrize("sigma", [0.05, 0.2])
def test_gaussian_noise_has_the_asked_strength(sigma: float) -> None:
    depth = np.empty((400, PIXELS), np.int16)
    lay_textures(depth, DatasetParams(texture=("gaussian",), sigma=sigma), "noise")
    assert np.sqrt((depth.astype(float) ** 2).mean()) / 255 == pytest.approx(sigma, rel=0.02)


@pytest.mark.parametrize(
    ("tier", "probability", "low", "high"),
    [("z", 0, 0, 0), ("e", 0.7, 15, 25), ("m", 0.75, 17.5, 27.5), ("h", 0.8, 20, 30), ("vh", 0.85, 22.5, 32.5)],
)
def test_tiers_make_as_much_noise_as_they_say(tier: str, probability: float, low: float, high: float) -> None:
    depth = np.empty((4000, PIXELS), np.int16)
    lay_textures(
        depth, DatasetParams.model_validate({"texture": ("flat",), "tier": tier, "palette": "spectral"}), "noise"
    )
    typical = np.median(depth, axis=1) / 0.6745
    noisy = typical > 8
    assert abs(noisy.mean() - probability) <= wide(probability, 4000)
    if probability:  # the lines raise the median a little
        assert low - 3 <= np.quantile(typical[noisy], 0.02)
        assert (low + high) / 2 - 1 <= np.median(typical[noisy]) <= high


def test_harder_tiers_have_more_lines() -> None:
    covered = []
    for tier in ("z", "e", "h"):
        depth = np.empty((2000, PIXELS), np.int16)
        params = DatasetParams.model_validate({"dataset": f"gr95{tier}", "noise_layer": "under", **SHARED})
        lay_textures(depth, params, "lines")
        covered.append((depth > 120).mean())
    assert covered[0] == 0
    assert 0 < covered[1] * 1.5 < covered[2]


BLANK, FULL = np.zeros((2000, 28, 28), np.uint8), np.full((2000, 28, 28), 255, np.uint8)


def test_white_digits_on_black_have_no_color_and_are_all_alike() -> None:
    params = DatasetParams(dataset="bw100z")
    images = repaint(DRAWN.images, np.full(len(DRAWN), NO_COLOR, np.uint8), params, "train")
    assert np.array_equal(images, np.broadcast_to(DRAWN.images[..., None], images.shape))


@pytest.mark.parametrize(("tier", "probability", "low", "high"), [("e", 0.7, 15, 25), ("vh", 0.85, 22.5, 32.5)])
def test_noise_of_study_d_lies_over_digit_and_ground_in_every_channel_by_itself(
    tier: str, probability: float, low: float, high: float
) -> None:
    params = DatasetParams.model_validate({"dataset": f"bw100{tier}"})
    colors = np.full(2000, NO_COLOR, np.uint8)
    ground, digit = (repaint(shapes, colors, params, "noise").astype(int) for shapes in (BLANK, FULL))
    added = ground - (255 - digit)  # black shows what is brighter than the image, white what is darker
    typical = np.median(np.abs(added), axis=(1, 2, 3)) / 0.6745
    noisy = typical > 8
    assert abs(noisy.mean() - probability) <= wide(probability, 2000)
    assert low - 3 <= np.quantile(typical[noisy], 0.02)
    assert (low + high) / 2 - 1 <= np.median(typical[noisy]) <= high
    still = ground[noisy][:, :14, :14].reshape(noisy.sum(), -1, 3)
    shares = [np.corrcoef(still[..., a].ravel(), still[..., b].ravel())[0, 1] for a, b in ((0, 1), (0, 2), (1, 2))]
    assert max(shares) < 0.75, "only lines are shared"
    assert (np.ptp(ground, axis=3) > 60).any(), "and these have colors"


def test_a_line_over_the_digit_has_one_color() -> None:
    params = DatasetParams.model_validate(
        {"texture": ("lines",), "noise_layer": "over", "noise_channels": "rgb", "placement": "stroke"}
    )
    images = repaint(FULL, np.full(2000, NO_COLOR, np.uint8), params, "lines").reshape(2000, -1, 3)
    assert all((image != 255).any() for image in images), "each has a line over the digit"
    assert (np.ptp(images, axis=2) > 60).any()


def test_gray_noise_over_all_is_the_same_in_every_channel() -> None:
    params = DatasetParams.model_validate({"texture": ("gaussian", "lines"), "tier": "h", "noise_layer": "over"})
    images = repaint(BLANK, np.full(2000, NO_COLOR, np.uint8), params, "gray")
    assert (np.ptp(images, axis=3) == 0).all() and images.std() > 10


def test_a_texture_stays_when_the_color_changes_and_when_more_images_follow() -> None:
    params = DatasetParams(texture=("level", "uniform", "gaussian", "stripes", "lines"), tier="h")
    blank = np.zeros((CHUNK + 40, 28, 28), np.uint8)
    red, white = np.zeros(len(blank), np.uint8), np.full(len(blank), 3, np.uint8)
    in_red, in_yellow = repaint(blank, red, params, "s"), repaint(blank, white, params, "s")
    assert np.array_equal(in_red[..., 0], in_yellow[..., 0])
    fewer = CHUNK + 7
    assert np.array_equal(repaint(blank[:fewer], red[:fewer], params, "s"), in_red[:fewer])
    assert not np.array_equal(repaint(blank, red, params, "t"), in_red)


@pytest.mark.parametrize("threads", [1, 2, 3, 16])
def test_the_bytes_dont_depend_on_the_number_of_threads(threads: int) -> None:
    params = DatasetParams(dataset="gr95h")
    assert np.array_equal(
        repaint(DRAWN.images, DRAWN.labels, params, "train", threads=threads),
        repaint(DRAWN.images, DRAWN.labels, params, "train"),
    )


SPLIT_BYTES = """
import hashlib, sys
from lazytui.data.params import DatasetParams
from lazytui.data.splits import SPLITS, build_dataset
for name in ("background", "stroke", "stroke-level", "texture", "rg95vh"):
    data = build_dataset(DatasetParams(dataset=name, source="strokes", train_size=700, test_size=300, seed=7))
    for split in (*(data.split(name) for name in SPLITS), data.cue_conflict):
        for array in (split.images, split.labels, split.attributes, split.originals):
            print(hashlib.sha256(array.tobytes()).hexdigest())
"""


def test_another_process_paints_the_same_bytes() -> None:
    runs = {
        subprocess.run([sys.executable, "-c", SPLIT_BYTES], check=True, capture_output=True, env=env).stdout
        for env in ({"PYTHONHASHSEED": "1"}, {"PYTHONHASHSEED": "2"})
    }
    assert len(runs) == 1
    assert len(set(runs.pop().split())) > 25


def test_painting_hasnt_changed_since_this_was_written() -> None:
    """Trained networks name their data by parameters and seed: changed bytes would make their records untrue."""
    shapes = np.arange(600 * 784, dtype=np.uint32).reshape(600, 28, 28).astype(np.uint8)
    params = DatasetParams(texture=("level", "uniform", "gaussian", "stripes", "lines"), tier="vh")
    images = repaint(shapes, np.resize([0, 5, NO_COLOR], 600).astype(np.uint8), params, "train")
    assert (
        hashlib.sha256(images.tobytes()).hexdigest()
        == "d03295e14f0cd213d58b9d0219e10a08f78a383f305ba8e104b5bc733bd879cd"
    )
    over = params.model_copy(update={"noise_layer": "over", "noise_channels": "rgb"})
    images = repaint(shapes, np.resize([0, 5, NO_COLOR], 600).astype(np.uint8), over, "train")
    assert (
        hashlib.sha256(images.tobytes()).hexdigest()
        == "0d12ecadba9f533ffc69a7a3538c3f922397f54c5a0a765ffddc4f24796ea665"
    )
