"""The roles that a neuron can have, and which one its measures give it. Torch-free."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

ROLES = ("traitor", "hero", "mixed", "silent", "flat")
"""traitor: attribute-selective, with more information on the color than on the digit. hero: label-selective, the
reverse. mixed: the two differ by less than the error of their difference. silent: hardly ever active. flat: always
equally active."""

FLAT = 1e-3
"""Share of the largest standard deviation of a layer below which a neuron is always equally active."""

_SILENT = 0.01


def assign_roles(difference: Floats, margin: Floats, strength: Floats, deviation: Floats) -> NDArray[np.int64]:
    """(C,) int64 indices into ROLES. difference: bits on color minus bits on digit; margin: what it must exceed.
    strength, deviation: of the activations; neurons below 1 % of the layer's largest strength are silent, those below
    a thousandth of the layer's largest standard deviation are flat."""
    silent = share_of_largest(strength) < _SILENT
    flat = deviation < FLAT * deviation.max(initial=0.0)
    cases = {"silent": silent, "flat": flat, "traitor": difference > margin, "hero": -difference > margin}
    return np.select(list(cases.values()), [ROLES.index(name) for name in cases], ROLES.index("mixed"))


def share_of_largest(strength: Floats) -> Floats:
    """(C,) strengths -> (C,) in [0, 1]."""
    largest = strength.max(initial=0.0)
    return np.clip(strength / largest, 0, 1) if largest > 0 else np.zeros_like(strength)
