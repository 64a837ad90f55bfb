"""Networks are judged on images with one property of others, made once: they lose by what they rely on."""

from __future__ import annotations

import math

import numpy as np
import pytest
from numpy.typing import NDArray

from lazytui.audit.donor_swaps import draw_hosts
from lazytui.audit.editors import EDITORS
from lazytui.audit.swapped_images import swap, worst_swap
from tests.audit.test_donor_swaps import biased, reader


def test_a_network_loses_by_the_property_that_it_relies_on() -> None:
    """Of 150 images with three donors each nearly all are taken for the class of the donor; and of another property
    nothing is lost."""
    images, labels = biased("hue")
    hosts = draw_hosts(images, labels, 90, np.random.default_rng(0))
    predict = reader("hue")

    def answers(images: NDArray[np.uint8]) -> NDArray[np.int64]:
        return np.asarray(predict(images).argmax(1))

    hue, corner = swap(hosts, EDITORS["hue"]), swap(hosts, EDITORS["lower right corner"])
    assert hue is not None and corner is not None
    assert hue.number == 90 and len(hue.labels) == len(hue.own) == len(hue.other) == 270
    assert 0.8 < hue.loss(answers) < 1 and abs(corner.loss(answers)) < 0.05
    accuracy = float((answers(images) == labels).mean())
    on_donors = [(answers(each) == hue.labels).mean() for each in (hue.own, hue.other)]
    assert hue.loss(answers) == pytest.approx(on_donors[0] - on_donors[1])
    left = worst_swap(accuracy, [hue.loss(answers), corner.loss(answers)])
    assert left == pytest.approx(accuracy - hue.loss(answers)) and left < 0.2


def test_what_too_few_images_show_is_not_exchanged() -> None:
    plain = np.full((40, 32, 32, 3), 90, np.uint8)
    hosts = draw_hosts(plain, np.arange(40) % 4, 40, np.random.default_rng(0))
    assert swap(hosts, EDITORS["position"]) is None, "without an object"
    assert math.isnan(worst_swap(0.9, []))


def test_no_gain_makes_a_network_better_than_it_is() -> None:
    assert worst_swap(0.9, (-0.02, -0.01)) == 0.9 and worst_swap(0.2, (0.5,)) == 0
