"""Sparse autoencoders. Their list can be read without torch; to add a variant, see `variants`.

An activation x is explained by a few of many features: f = act(W_e (x - b_d) + b_e), x_hat = W_d f + b_d.
"""

from __future__ import annotations

from lazytui.callable_room import make_callable
from lazytui.sae import variants
from lazytui.sae.variants.base import Variant, VariantEntry
from lazytui.sae.variants.fixed_thresholds import FIXED_THRESHOLDS

VARIANTS = {entry.name: entry for entry in vars(variants).values() if isinstance(entry, VariantEntry)}
"""Those that can be trained."""

SAVED = {**VARIANTS, FIXED_THRESHOLDS.name: FIXED_THRESHOLDS}
"""Those that a file may hold."""


def variant_name(variant: Variant) -> str:
    """The name in a file."""
    return next(name for name, entry in SAVED.items() if entry.options is type(variant))


make_callable(__name__)
