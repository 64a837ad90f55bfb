"""What every editor holds: an image's own property changes nothing, another's is taken over, and little else moves."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pytest
from scipy import ndimage

from lazytui.audit.editors import EDITORS
from lazytui.audit.editors.blur import near_the_object, sharpness
from lazytui.audit.editors.color_spaces import chroma, from_chroma
from lazytui.audit.editors.geometry import proportion
from lazytui.audit.editors.light import light
from lazytui.audit.editors.regions import cell_mask
from lazytui.audit.scene import Scene
from tests.audit.made_images import Look, made

NOISY = Look(noise=0.03, seed=1)
OTHER = Look(
    color=(0.5, 0.2, 0.3),
    level=0.95,
    center=(18.0, 12.0),
    radius=4.0,
    noise=0.06,
    sigma=0.6,
    mark=0.9,
    frame=0.4,
    seed=2,
)


def scene(look: Look) -> Scene:
    return Scene(made(look))


@pytest.mark.parametrize("name", EDITORS)
@pytest.mark.parametrize("look", [NOISY, OTHER, Look()])
def test_its_own_property_leaves_an_image_as_it_is(name: str, look: Look) -> None:
    one = scene(look)
    np.testing.assert_allclose(EDITORS[name].edit(one, one), one.image, atol=1e-5)


def mean_chroma(scene: Scene) -> complex:
    return complex(chroma(scene.image).mean())


def object_chroma(scene: Scene) -> complex:
    return complex(chroma(scene.image)[scene.object].mean())


def ground_chroma(scene: Scene) -> complex:
    return complex(chroma(scene.image)[~scene.halo].mean())


def mean_saturation(scene: Scene) -> float:
    return float(np.abs(chroma(scene.image)).mean())


def tilt(scene: Scene) -> float:
    """The correlation of rows and columns."""
    return float(np.corrcoef(np.nonzero(scene.object))[0, 1])


def noise_power(scene: Scene) -> float:
    return float(scene.luminance[~scene.halo].std())


STATISTICS: dict[str, tuple[Look, Look, Callable[[Scene], float | complex], float]] = {
    "hue": (Look(color=(0.3, 0.2, 0.2)), Look(color=(0.2, 0.3, 0.4)), mean_chroma, 0.002),
    "gain": (Look(), Look(color=(0.2,) * 3, level=0.6), lambda s: sum(s.levels), 0.02),
    "brightness": (Look(), Look(color=(0.1,) * 3, level=0.6), lambda s: s.levels[0] - 2 * s.levels[1], 0.03),
    "ink": (Look(), Look(level=0.5), lambda s: float(s.luminance[13:18, 13:18].mean()), 0.05),
    "blur": (Look(), Look(sigma=1.0), lambda s: sharpness(s.image, near_the_object(s)), 0.03),
    "object hue": (Look(tint=(1, 0.6, 0.5)), Look(tint=(0.5, 0.7, 1)), object_chroma, 0.03),
    "ground hue": (Look(color=(0.3, 0.2, 0.2)), Look(color=(0.2, 0.3, 0.4)), ground_chroma, 0.01),
    "saturation": (Look(color=(0.3, 0.2, 0.2)), Look(color=(0.45, 0.2, 0.2)), mean_saturation, 0.01),
    "contrast": (Look(), Look(level=0.5), lambda s: s.levels[1] - s.levels[0], 0.02),
    "light direction": (Look(), Look(slope=0.3), lambda s: float(light(s)[1]), 0.02),
    "vignette": (Look(), Look(dark=0.2), lambda s: float(light(s)[3]), 0.02),
    "rotation": (Look(long=1.5, turned=0.1), Look(long=1.5, turned=0.7), lambda s: tilt(s), 0.1),
    "proportions": (Look(), Look(long=1.25), lambda s: proportion(s), 0.25),
    "size": (Look(), Look(radius=8.0), lambda s: s.spread, 0.7),
    "position": (Look(), Look(center=(19.0, 10.0)), lambda s: s.center[0] - 2 * s.center[1], 0.6),
    "noise": (Look(noise=0.02), Look(noise=0.06, seed=3), noise_power, 0.012),
    "texture": (Look(noise=0.02), Look(noise=0.06, seed=3), noise_power, 0.012),
    "pattern": (
        Look(),
        Look(color=(0.3, 0.1, 0.2), mark=0.7),
        lambda s: float(s.luminance[-5, -5] - s.luminance[-5, 5]),
        0.02,
    ),
    "background": (Look(), Look(color=(0.5, 0.1, 0.2)), lambda s: float(s.ground_color[0]), 0.01),
    "lower right corner": (Look(), Look(mark=0.9), lambda s: float(s.image[-5, -5, 0]), 0.01),
    "border": (Look(), Look(frame=0.9), lambda s: float(s.image[1].mean()), 0.01),
    "second object": (Look(), Look(mark=0.9), lambda s: float(s.second.sum()), 4),
}
"""Of each editor a host and a donor that differ in its property, what measures it, and how near it must come."""


@pytest.mark.parametrize("name", STATISTICS)
def test_the_donors_property_is_taken_over_and_its_object_is_not(name: str) -> None:
    host_look, donor_look, measured, near = STATISTICS[name]
    host, donor = scene(host_look), scene(donor_look)
    edited = Scene(np.clip(EDITORS[name].edit(host, donor), 0, 1))
    assert abs(measured(host) - measured(donor)) > 2 * near, "else nothing is shown"
    assert abs(measured(edited) - measured(donor)) <= near
    far = Scene(made(Look(center=(8.0, 23.0), radius=3.0, color=donor_look.color)))
    if name not in {"size", "position", "rotation", "proportions"}:  # these move the host's own object
        where = far.object
        assert where is not None
        of_far = np.clip(EDITORS[name].edit(host, far), 0, 1)
        assert np.abs(of_far[where] - far.image[where]).mean() > 0.1, "the donor's object stays with the donor"


@pytest.mark.parametrize("name", ["gain", "blur", "lower right corner", "position", "noise", "border"])
def test_the_hue_of_the_host_stays(name: str) -> None:
    host = scene(Look(color=(0.4, 0.2, 0.2), noise=0.01))
    edited = EDITORS[name].edit(host, scene(Look(color=(0.3, 0.3, 0.3), noise=0.03, sigma=0.5, mark=0.6, frame=0.3)))
    middle = np.s_[4:-12, 4:-12]
    turned = np.angle(chroma(np.clip(edited, 0, 1))[middle].mean() / chroma(host.image)[middle].mean())
    assert abs(turned) < 0.1


def test_chroma_and_luminance_make_the_image_again() -> None:
    image = np.random.default_rng(0).random((8, 8, 3)).astype(np.float32)
    np.testing.assert_allclose(from_chroma(Scene(image).luminance, chroma(image)), image, atol=1e-5)


def test_nine_cells_lie_apart_and_touch_the_border() -> None:
    cells = [cell_mask((32, 32), row, column) for row in range(3) for column in range(3)]
    assert np.sum(cells, axis=0).max() == 1 and {int(cell.sum()) for cell in cells} == {81}
    assert cells[0][0, 0] and cells[8][-1, -1]


def test_an_image_without_contrast_has_no_object() -> None:
    assert scene(Look(level=0.25)).object is None
    assert Scene(np.zeros((16, 16, 3), np.float32)).object is None
    found = scene(Look()).object
    assert found is not None and abs(found.sum() - np.pi * 25) < 30


def test_what_touches_the_object_and_is_of_another_color_lies_beside_it() -> None:
    alone = made(Look(radius=7.0))
    image = alone.copy()
    image[18:26, 18:26] = np.where(alone[18:26, 18:26] > 0.5, alone[18:26, 18:26], 0.6)
    both = Scene(image)
    assert both.object is not None and both.object.sum() < np.pi * 7**2 + 12
    assert both.second[21:26, 21:26].all() and not both.second[15, 15]
    same = np.where(image == np.float32(0.6), np.float32(0.8), image)
    assert not Scene(same).second.any(), "of the object's color it is part of it"
    framed = alone.copy()
    framed[:2] = framed[-2:] = framed[:, :2] = framed[:, -2:] = 0.9
    assert not Scene(framed).second.any(), "a frame is ground"
    edited = EDITORS["second object"].edit(both, Scene(alone))
    np.testing.assert_allclose(edited[21:26, 21:26], 0.25, atol=0.02)


def test_a_mark_on_a_patterned_object_lies_beside_it() -> None:
    """Clothes fill their image and have no flat part, so that a mark in a corner lies on them."""
    rows, columns = np.mgrid[:32, :32]
    image = np.full((32, 32, 3), 0.05, np.float32)
    garment = (rows >= 4) & (columns >= 4) & (columns < 28)
    image[garment] = (0.4 + 0.15 * np.sin(2.1 * rows + 1.3 * columns))[garment][:, None]
    assert not Scene(image).second.any()
    marked = image.copy()
    marked[24:31, 23:30] = 0.9
    found = Scene(marked)
    assert found.second[25:30, 24:29].all() and found.second.sum() < 90
    assert found.object is not None and found.object[6:22, 6:26].mean() > 0.9
    inside = image.copy()
    inside[14:20, 12:18] = 0.9
    assert not Scene(inside).second.any(), "what lies in the middle is part of it"


@pytest.mark.parametrize("center", [(15.0, 15.0), (10.0, 11.0)])
def test_a_faint_object_is_found_beside_a_bright_mark_and_within_a_frame(center: tuple[float, float]) -> None:
    alone = Look(color=(0.25, 0.15, 0.2), level=0.4, noise=0.02, center=center)
    image = made(alone)
    image[-8:-3, -9:-3] = 1.0
    image[:3] = image[-3:] = image[:, :3] = image[:, -3:] = (1, 0, 0)
    found, there = Scene(image).object, np.hypot(*(np.mgrid[:32, :32] - np.array(center)[:, None, None])) <= 5
    assert found is not None
    assert (found & there).sum() >= 0.75 * (found | there).sum()
    assert Scene(image).second[-8:-3, -9:-3].all(), "the mark lies beside it"


def test_a_frame_is_what_ends_on_all_sides_at_once() -> None:
    framed = scene(Look(frame=0.9))
    expected = np.ones((32, 32), bool)
    expected[3:-3, 3:-3] = False
    np.testing.assert_array_equal(framed.frame, expected)
    assert not scene(Look()).frame.any() and not scene(Look(noise=0.05)).frame.any()
    garment = made(Look())
    garment[4:, 3:29] = 0.7
    assert not Scene(garment).frame.any(), "what reaches one side isn't surrounded"
    assert not scene(Look(frame=0.25)).frame.any(), "of the ground's color it can't be told"


@pytest.mark.parametrize(
    "name", ["hue", "object hue", "ground hue", "saturation", "noise", "texture", "pattern", "background"]
)
def test_a_frame_is_not_of_the_ground_nor_of_its_hue(name: str) -> None:
    image = made(Look(color=(0.3, 0.2, 0.2), tint=(1, 0.9, 0.7), noise=0.02))
    framed = image.copy()
    framed[:2] = framed[-2:] = framed[:, :2] = framed[:, -2:] = (0, 1, 1)
    donor = scene(Look(color=(0.2, 0.3, 0.4), tint=(0.5, 0.7, 1), noise=0.05, mark=0.7, seed=3))
    edited = EDITORS[name].edit(Scene(framed), donor)
    np.testing.assert_allclose(edited[Scene(framed).frame], framed[Scene(framed).frame], atol=1e-5)
    inside = np.s_[3:-3, 3:-3]
    alone = EDITORS[name].edit(Scene(image), donor)
    np.testing.assert_allclose(edited[inside].mean((0, 1)), alone[inside].mean((0, 1)), atol=0.02)
    described = [np.asarray(EDITORS[name].describe(Scene(one))) for one in (image, framed)]
    if len(described[0]) <= 2:
        np.testing.assert_allclose(*described, atol=0.01)


@pytest.mark.parametrize("sigma", [0.0, 0.8, 1.5])
def test_a_sharp_mark_or_frame_makes_no_image_sharper(sigma: float) -> None:
    blurred = made(Look(sigma=sigma))
    beside = blurred.copy()
    beside[-8:-3, -8:-3] = 1.0
    beside[:2] = beside[-2:] = beside[:, :2] = beside[:, -2:] = (1, 0, 0)
    (alone,), (with_both,) = (EDITORS["blur"].describe(Scene(image)) for image in (blurred, beside))
    assert abs(alone - with_both) < 0.05
    edited = EDITORS["blur"].edit(Scene(beside), scene(Look(sigma=2.0)))
    np.testing.assert_allclose(edited[-7:-4, -7:-4], 1.0, atol=1e-5)


def test_what_lies_beside_the_object_is_no_texture_of_its_ground() -> None:
    host = scene(Look())
    plain, marked = (EDITORS["texture"].edit(host, scene(Look(noise=0.02, seed=3, mark=mark))) for mark in (None, 0.9))
    assert np.abs(plain - marked).max() < 0.2


def test_an_object_that_reaches_the_edges_is_still_told_from_its_ground() -> None:
    """Clothes fill most of their image: most of what lies near the border isn't ground."""
    image = made(Look(color=(0.1, 0.1, 0.3)))
    image[6:, 3:29] = 0.7
    image[28:, :] = 0.7
    large = Scene(image)
    np.testing.assert_allclose(large.ground_color, (0.1, 0.1, 0.3), atol=1e-5)
    assert large.object is not None and large.object[-1, 3:29].all() and not large.object[:24, :2].any()
    np.testing.assert_allclose(large.cleared[-1, 3:29], large.cleared[0, 3:29], atol=0.02)


@pytest.mark.parametrize("direction", [(1.0, 0.0), (0.0, 1.0), (0.9, 0.3)])
def test_stripes_go_on_behind_an_object(direction: tuple[float, float]) -> None:
    rows, columns = np.mgrid[:32, :32]
    stripes = 0.25 + 0.1 * np.sin(1.2 * (direction[0] * rows + direction[1] * columns))
    disc = np.hypot(rows - 15, columns - 15) <= 6
    image = np.repeat(np.where(disc, 0.9, stripes)[..., None], 3, axis=2).astype(np.float32)
    found = Scene(image)
    wrong = np.abs(found.cleared[..., 0] - stripes)[found.halo]
    assert found.object is not None and wrong.mean() < 0.035, "0.08 is what any other part of the image is off"


def test_where_an_object_is_taken_out_nothing_of_the_frame_comes_in() -> None:
    framed = Scene(made(Look(radius=9.0, frame=0.9)))
    np.testing.assert_allclose(framed.cleared[3:-3, 3:-3], 0.25, atol=0.02)
    np.testing.assert_allclose(framed.cleared[:3], 0.9, atol=1e-5)


@pytest.mark.parametrize("seed", range(3))
def test_the_noise_of_a_ground_is_measured_where_it_is_seen(seed: int) -> None:
    """A large object hides half of the ground: its noise is the same."""
    white = np.random.default_rng(seed).normal(size=(32, 32))
    levels = {}
    for sigma in (0.0, 1.5):
        noise = ndimage.gaussian_filter(white, sigma)
        ground = 0.25 + 0.03 * (noise / noise.std())[..., None]
        for radius in (4.0, 11.0):
            alone = made(Look(radius=radius))
            image = np.where((alone == np.float32(0.25)).all(2)[..., None], ground, alone).astype(np.float32)
            levels[sigma, radius] = EDITORS["noise"].describe(Scene(image))[2:16]
    for sigma in (0.0, 1.5):
        assert np.abs(levels[sigma, 4.0] - levels[sigma, 11.0]).mean() < 0.35
    assert np.abs(levels[0.0, 11.0] - levels[1.5, 11.0]).mean() > 0.6


def test_a_ground_of_stripes_has_a_color_between_theirs() -> None:
    image = made(Look())
    stripes = (0.1 + 0.1 * np.sin(np.arange(32)))[:, None]
    image = np.where((image == np.float32(0.25)).all(2)[..., None], stripes[..., None], image).astype(np.float32)
    assert 0.05 < Scene(image).ground_color[0] < 0.15


def test_an_object_is_moved_no_further_than_to_the_edge() -> None:
    host, donor = scene(Look(radius=8.0)), scene(Look(center=(24.0, 24.0), radius=3.0))
    moved = Scene(np.clip(EDITORS["position"].edit(host, donor), 0, 1))
    assert host.object is not None and moved.object is not None
    assert moved.object.sum() > 0.95 * host.object.sum() and moved.center[0] > host.center[0] + 4


def test_a_corner_that_an_object_covers_is_not_exchanged() -> None:
    corner = EDITORS["lower right corner"]
    assert corner.is_shown(scene(Look())) and not corner.is_shown(scene(Look(center=(26.0, 26.0))))
    assert not EDITORS["background"].is_shown(scene(Look(level=0.25))), "there is no object to leave where it is"


@pytest.mark.parametrize("name", ["noise", "texture"])
def test_a_mark_is_lost_or_moved_whatever_the_donor_so_that_it_counts_for_neither(name: str) -> None:
    host, same, other = scene(Look(mark=0.9)), scene(Look(mark=0.9)), scene(Look(mark=0.6))
    for donor in (same, other):
        edited = EDITORS[name].edit(host, donor)
        assert np.abs(edited[-6:-2, -6:-2] - host.image[-6:-2, -6:-2]).mean() > 0.2


@pytest.mark.parametrize("shape", [(8, 8), (24, 40), (64, 64)])
@pytest.mark.parametrize("name", EDITORS)
def test_images_of_any_size_are_edited(name: str, shape: tuple[int, int]) -> None:
    height, width = shape
    images = np.random.default_rng(0).random((2, height, width, 3)).astype(np.float32) / 8
    for image, shift in zip(images, (0, 1), strict=True):
        image[height // 3 + shift : 2 * height // 3 + shift, width // 3 : width // 2 + 1] = 0.9
    host, donor = (Scene(image) for image in images)
    assert host.object is not None and donor.object is not None
    edited = EDITORS[name].edit(host, donor)
    assert edited.shape == (*shape, 3) and np.isfinite(edited).all()
