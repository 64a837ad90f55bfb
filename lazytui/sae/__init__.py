"""Sparse autoencoders. Their list can be read without torch; to add a variant, see `variants`.

An activation x is explained by a few of many features: f = act(W_e (x - b_d) + b_e), x_hat = W_d f + b_d.
"""

from __future__ import annotations

from lazytui.callable_room import make_callable
from lazytui.sae import variants
from lazytui.sae.variants.base import Variant, VariantEntry

VARIANTS = {entry.name: entry for entry in vars(variants).values() if isinstance(entry, VariantEntry)}


def variant_name(variant: Variant) -> str:
    """The name in the list."""
    return next(name for name, entry in VARIANTS.items() if entry.options is type(variant))


make_callable(__name__)
