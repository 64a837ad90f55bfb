"""Networks of which it is known what they rely on: readers of one property. The audit names it, and no other."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pytest
from numpy.typing import NDArray

from lazytui.audit.donor_swaps import (
    FLOOR,
    PREDICTIVE,
    Hosts,
    Predict,
    Swap,
    draw_hosts,
    likeness,
    measure_swap,
    measure_swaps,
    paired_loss,
    to_bytes,
    with_exchanged,
)
from lazytui.audit.editors import EDITORS
from lazytui.audit.editors.blur import near_the_object, sharpness
from lazytui.audit.editors.color_spaces import chroma
from lazytui.audit.naming import left_without, named_cues
from lazytui.audit.scene import Scene
from tests.audit.made_images import Look, made

CLASSES = 4
IMAGES = 150
BIAS = 0.95

COLORS = ((0.45, 0.2, 0.2), (0.2, 0.35, 0.2), (0.2, 0.2, 0.5), (0.4, 0.35, 0.1))
MARKS = (0.1, 0.4, 0.65, 0.95)
CENTERS = ((12.0, 12.0), (12.0, 19.0), (19.0, 12.0), (19.0, 19.0))
RADII = (3.0, 4.5, 6.0, 7.5)
SIGMAS = (0.0, 0.8, 1.3, 2.0)

CHEAP = [name for name in EDITORS if "corner" in name or "edge" in name]

LOOKS: dict[str, Callable[[int], dict[str, object]]] = {
    "hue": lambda value: {"color": COLORS[value]},
    "lower right corner": lambda value: {"mark": MARKS[value]},
    "position": lambda value: {"center": CENTERS[value]},
    "size": lambda value: {"radius": RADII[value]},
    "blur": lambda value: {"sigma": SIGMAS[value]},
}
STATISTICS: dict[str, Callable[[Scene], object]] = {
    "hue": lambda scene: complex(chroma(scene.image).mean()),
    "lower right corner": lambda scene: float(scene.image[-5:-3, -5:-3].mean()),
    "position": lambda scene: complex(*scene.center) if scene.object is not None else 0j,
    "size": lambda scene: scene.spread if scene.object is not None else 0.0,
    "blur": lambda scene: sharpness(scene.image, near_the_object(scene)),
}


def sure(classes: NDArray[np.int64]) -> NDArray[np.float64]:
    """The probabilities of a network that knows no doubt."""
    return np.eye(CLASSES)[classes]


def reader(cue: str) -> Predict:
    """A network that says the class of which the property is nearest."""
    measured = STATISTICS[cue]
    means = np.array([measured(Scene(made(Look(noise=0.02, **LOOKS[cue](value))))) for value in range(CLASSES)])  # type: ignore[arg-type]

    def predict(images: NDArray[np.uint8]) -> NDArray[np.float64]:
        found = np.array([measured(Scene(np.asarray(image / 255, np.float32))) for image in images])
        return sure(np.abs(found[:, None] - means).argmin(1))

    return predict


def biased(cue: str, bias: float = BIAS) -> tuple[NDArray[np.uint8], NDArray[np.int64]]:
    """Images whose value of the property is that of their class, but for a few."""
    generator = np.random.default_rng(5)
    labels = generator.integers(CLASSES, size=IMAGES)
    values = np.where(generator.random(IMAGES) < bias, labels, generator.integers(CLASSES, size=IMAGES))
    looks = [Look(noise=0.02, seed=seed, **LOOKS[cue](int(value))) for seed, value in enumerate(values)]  # type: ignore[arg-type]
    return np.stack([np.rint(255 * made(look)).astype(np.uint8) for look in looks]), labels


@pytest.mark.parametrize("cue", LOOKS)
def test_what_a_network_goes_by_is_named(cue: str) -> None:
    images, labels = biased(cue)
    generator = np.random.default_rng(0)
    hosts = draw_hosts(images, labels, 90, generator)
    swaps = dict(measure_swaps(hosts, EDITORS, reader(cue), generator))
    assert swaps.keys() == EDITORS.keys()
    assert named_cues(swaps, EDITORS)[0] == cue
    found = swaps[cue]
    assert found.delta > 0.5 and found.follow > found.by_chance + 0.2 > found.follow_own
    untouched = {"hue", "lower right corner", "position"} - {cue}
    assert not any(swaps[name].flagged for name in untouched)


def test_where_a_property_is_explained_by_another_nothing_of_its_loss_is_left() -> None:
    images, labels = biased("hue")
    hosts = draw_hosts(images, labels, 90, np.random.default_rng(0))
    predict = reader("hue")
    ground = measure_swap(hosts, EDITORS["background"], predict, np.random.default_rng(0))
    assert ground.delta > 0.6
    of_hue, of_blur = left_without(hosts, EDITORS["background"], [EDITORS["hue"], EDITORS["blur"]], predict)
    assert abs(of_hue) < 0.15 and of_blur > 0.5


def test_classes_are_alike_by_the_distance_of_their_medians() -> None:
    images, labels = biased("size", bias=1.0)
    hosts = draw_hosts(images, labels, 150, np.random.default_rng(0))
    alike = likeness(hosts, EDITORS["size"], CLASSES)
    np.testing.assert_allclose(np.diag(alike), 1)
    np.testing.assert_allclose(alike, alike.T)
    spreads = np.array([np.log(Scene(made(Look(noise=0.02, radius=radius))).spread) for radius in RADII])
    apart = (spreads[:, None] - spreads) ** 2
    expected = np.exp(-apart / np.median(apart[~np.eye(CLASSES, dtype=bool)]))
    np.testing.assert_allclose(alike, expected, atol=0.05)
    same = draw_hosts(np.repeat(images[:1], len(images), axis=0), labels, 150, np.random.default_rng(0))
    np.testing.assert_array_equal(likeness(same, EDITORS["size"], CLASSES), np.eye(CLASSES))


def test_a_graded_property_is_followed_to_classes_like_the_donors() -> None:
    """A network that takes a size between two classes for the next one is never right about the donor's class."""
    images, labels = biased("size")
    hosts, exact = draw_hosts(images, labels, 90, np.random.default_rng(0)), reader("size")

    def next_class(images: NDArray[np.uint8]) -> NDArray[np.float64]:
        read = exact(images).argmax(1)
        is_own = read == own_class[: len(read)]
        return sure(np.where(is_own, read, np.clip(read + 1, 0, CLASSES - 1)))

    own_class = labels[hosts.fit_for(EDITORS["size"]).hosts]
    graded = measure_swap(hosts, EDITORS["size"], next_class, np.random.default_rng(0))
    alone = measure_swap(hosts, replace(EDITORS["size"], graded=False), next_class, np.random.default_rng(0))
    assert graded.loses and graded.follows and graded.rise is not None and alone.rise is not None
    assert graded.rise - graded.rise_by_chance > alone.rise - alone.rise_by_chance


def test_a_property_that_hardly_predicts_the_class_is_no_shortcut() -> None:
    """Classes whose places overlap, and a network that goes by the place: it is followed, and loses."""
    random, by_class = np.random.default_rng(0), np.array([11.0, 14.0, 17.0, 20.0])
    measured = {}
    for spread in (0.3, 6.0):
        labels = np.arange(200) % CLASSES
        rows = np.clip(random.normal(by_class[labels], spread), 8, 23)
        looks = [Look(noise=0.02, center=(float(row), 15.0), seed=seed) for seed, row in enumerate(rows)]
        hosts = draw_hosts(to_bytes([made(look) for look in looks]), labels, 200, np.random.default_rng(0))

        def predict(images: NDArray[np.uint8]) -> NDArray[np.float64]:
            scenes = [Scene(np.asarray(image / 255, np.float32)) for image in images]
            return sure(np.array([int(np.abs(by_class - scene.center[0]).argmin()) for scene in scenes]))

        measured[spread] = measure_swap(hosts, EDITORS["position"], predict, np.random.default_rng(0))
    told, natural = measured[0.3], measured[6.0]
    assert told.flagged and told.predicts is not None and told.predicts > 0.9
    assert natural.loses and natural.follows and not natural.flagged
    assert natural.predicts is not None and natural.predicts < PREDICTIVE
    size = measure_swap(hosts, EDITORS["size"], predict, np.random.default_rng(0))
    assert size.predicts is None, "of degree"


def test_of_a_network_that_guesses_nothing_is_flagged() -> None:
    """Of eight properties and 20 networks at most one in a hundred."""
    images, labels = biased("hue")
    flagged = 0
    hosts = draw_hosts(images, labels, 90, np.random.default_rng(0))
    for seed in range(20):
        guessing = np.random.default_rng(seed)

        def predict(images: NDArray[np.uint8], guessing: np.random.Generator = guessing) -> NDArray[np.float64]:
            return sure(guessing.integers(CLASSES, size=len(images)))

        flagged += sum(measure_swap(hosts, EDITORS[name], predict, guessing).flagged for name in CHEAP)
    assert flagged <= 1


def test_the_named_one_takes_the_fewest_numbers_of_those_that_lose_nearly_most() -> None:
    swaps = {
        "background": Swap(500, delta=0.5, error=0.02, follow=0.4),
        "hue": Swap(500, delta=0.35, error=0.02, follow=0.3),
        "gain": Swap(500, delta=0.2, error=0.02, follow=0.1),
        "noise": Swap(500, delta=FLOOR, error=0.01, follow=0.1),
        "blur": Swap(500, delta=0.6, error=0.02, follow=0.05, by_chance=0.06),
    }
    assert named_cues(swaps, EDITORS) == ["hue", "background", "gain"]
    assert named_cues({"noise": swaps["noise"]}, EDITORS) == []
    part = swaps | {"hue": replace(swaps["hue"], delta=0.3, explains=0.79)}
    assert named_cues(part, EDITORS)[0] == "background", "a frame has a hue, and is more than that"
    assert named_cues(part | {"hue": replace(part["hue"], explains=0.81)}, EDITORS)[0] == "hue"
    assert swaps["blur"].loses and not swaps["blur"].flagged, "nothing is followed: damage by the edit"


def test_a_donor_is_another_image_of_the_class_or_one_of_another_class() -> None:
    labels = np.array([0, 0, 1, 1, 1, 2])
    images = np.zeros((6, 16, 16, 3), np.uint8)
    hosts = draw_hosts(images, labels, 10, np.random.default_rng(0))
    assert sorted(hosts.hosts.tolist()) == [0, 1, 2, 3, 4], "the only one of its class has no donor of its own"
    assert (labels[hosts.own] == labels[hosts.hosts]).all() and (hosts.own != hosts.hosts).all()
    assert (labels[hosts.other] != labels[hosts.hosts]).all()
    assert len(hosts.with_all_donors.hosts) == 5 * len((hosts, *hosts.more)) and len(hosts.more) == 2


def test_the_error_of_a_loss_is_never_that_of_certainty() -> None:
    hits = np.ones(100, bool)
    assert paired_loss(hits, hits) == (0.0, pytest.approx(0.5 / 100))
    loss, error = paired_loss(hits, ~hits)
    assert loss == 1 and error == pytest.approx(0.5 / 100)
    mixed = np.arange(100) < 30
    loss, error = paired_loss(hits, ~mixed)
    assert loss == pytest.approx(0.3) and error == pytest.approx(mixed.std(ddof=1) / 10)
    twice = np.tile(np.arange(100), 2)
    again = paired_loss(np.tile(hits, 2), np.tile(~mixed, 2), twice)
    assert again == (pytest.approx(loss), pytest.approx(error)), "an image that is asked twice is one image"


def test_editors_of_objects_are_left_out_where_images_have_none() -> None:
    images = np.random.default_rng(0).integers(0, 4, (40, 16, 16, 3)).astype(np.uint8)
    labels = np.arange(40) % 2
    hosts: Hosts = draw_hosts(images, labels, 40, np.random.default_rng(0))
    swaps = dict(
        measure_swaps(hosts, EDITORS, lambda images: sure(np.zeros(len(images), np.int64)), np.random.default_rng(0))
    )
    assert {name for name, swap in swaps.items() if not swap.hosts and swap.changed} == {
        name for name, editor in EDITORS.items() if editor.needs_object
    }
    assert not swaps["saturation"].changed, "so little of it that no edit changes a pixel"


def test_images_of_one_class_have_no_hosts() -> None:
    hosts = draw_hosts(np.zeros((6, 16, 16, 3), np.uint8), np.ones(6, np.int64), 10, np.random.default_rng(0))
    assert len(hosts.hosts) == 0, "there is no donor of another one"


def test_colors_of_gray_images_are_not_tried() -> None:
    looks = [Look(noise=0.02, seed=seed, level=0.5 + 0.1 * (seed % 4)) for seed in range(24)]
    images = np.stack([np.rint(255 * made(look)).astype(np.uint8) for look in looks])
    hosts = draw_hosts(images, np.arange(24) % 4, 24, np.random.default_rng(0))
    names = ("hue", "object hue", "ground hue", "saturation", "gain", "background")
    editors = {name: EDITORS[name] for name in names}
    swaps = dict(
        measure_swaps(hosts, editors, lambda images: sure(np.zeros(len(images), np.int64)), np.random.default_rng(0))
    )
    assert {name: (swap.hosts, swap.changed > 0) for name, swap in swaps.items()} == {
        name: (24, True) if name in {"gain", "background"} else (0, False) for name in names
    }


def test_with_a_property_exchanged_the_images_have_it_of_any_others_and_it_predicts_no_class() -> None:
    images, labels = biased("lower right corner", bias=1.0)
    generator = np.random.default_rng(0)
    hosts = draw_hosts(images, labels, 90, generator)
    exchanged = with_exchanged(hosts, [EDITORS["lower right corner"]], generator)
    used = np.unique(np.concatenate([hosts.hosts, hosts.own, hosts.other]))
    measured = STATISTICS["lower right corner"]
    measures = np.array([measured(exchanged.scenes[index]) for index in used])
    nearest = np.abs(measures[:, None] - np.array(MARKS)).argmin(1)
    assert np.abs(measures - np.array(MARKS)[nearest]).max() < 0.05, "values that there were"
    assert (nearest == labels[used]).mean() == pytest.approx(1 / CLASSES, abs=0.15)
    assert (exchanged.hosts == hosts.hosts).all() and exchanged.scenes[used[0]] is not hosts.scenes[used[0]]
