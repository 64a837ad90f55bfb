"""How color-blind people see colors, and how different two colors look."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from lazytui.figures.color_space import lab, linear_light

Floats = NDArray[np.float64]

VISION: dict[str, Floats] = {
    "usual": np.eye(3),
    "protanopia": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deuteranopia": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]]
    ),
    "tritanopia": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]]
    ),
}
"""On linear sRGB, for the whole loss of a kind of cone: Machado, Oliveira and Fernandes, A physiologically-based model
for simulation of color vision deficiency, IEEE Transactions on Visualization and Computer Graphics 15 (2009),
severity 1."""


def as_seen_with(vision: str, colors: ArrayLike) -> Floats:
    """sRGB (..., 3), 0 to 255, as someone sees them."""
    light = np.clip(linear_light(colors) @ VISION[vision].T, 0, 1)
    return np.asarray(255 * np.where(light <= 0.0031308, 12.92 * light, 1.055 * light ** (1 / 2.4) - 0.055))


def smallest_difference(colors: ArrayLike) -> tuple[float, str]:
    """Of the two colors that are most alike to someone: their difference (CIEDE2000), and to whom."""
    first, second = np.triu_indices(len(np.asarray(colors)), 1)
    smallest = {}
    for vision in VISION:
        looks = lab(as_seen_with(vision, colors))
        smallest[vision] = float(ciede2000(looks[first], looks[second]).min())
    whose = min(smallest, key=lambda vision: smallest[vision])
    return smallest[whose], whose


def ciede2000(one: Floats, other: Floats) -> Floats:
    """The difference of CIELAB colors (..., 3): Sharma, Wu and Dalal, The CIEDE2000 color-difference formula, 2005."""
    (l1, a1, b1), (l2, a2, b2) = np.moveaxis(one, -1, 0), np.moveaxis(other, -1, 0)
    mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    stretch = 1.5 - 0.5 * np.sqrt(mean**7 / (mean**7 + 25.0**7))
    a1, a2 = a1 * stretch, a2 * stretch
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.arctan2(b1, a1) % (2 * np.pi), np.arctan2(b2, a2) % (2 * np.pi)
    turn = np.where(c1 * c2 == 0, 0.0, (h2 - h1 + np.pi) % (2 * np.pi) - np.pi)
    hue = np.where(c1 * c2 == 0, h1 + h2, h1 + turn / 2)
    dl, dc, dh = l2 - l1, c2 - c1, 2 * np.sqrt(c1 * c2) * np.sin(turn / 2)
    light, c = (l1 + l2) / 2, (c1 + c2) / 2
    t = (
        1
        - 0.17 * np.cos(hue - np.pi / 6)
        + 0.24 * np.cos(2 * hue)
        + 0.32 * np.cos(3 * hue + np.radians(6))
        - 0.20 * np.cos(4 * hue - np.radians(63))
    )
    sl = 1 + 0.015 * (light - 50) ** 2 / np.sqrt(20 + (light - 50) ** 2)
    sc, sh = 1 + 0.045 * c, 1 + 0.015 * c * t
    around_blue = ((np.degrees(hue) % 360 - 275) / 25) ** 2
    rotation = -2 * np.sqrt(c**7 / (c**7 + 25.0**7)) * np.sin(2 * np.radians(30) * np.exp(-around_blue))
    return np.asarray(np.sqrt((dl / sl) ** 2 + (dc / sc) ** 2 + (dh / sh) ** 2 + rotation * dc / sc * dh / sh))
