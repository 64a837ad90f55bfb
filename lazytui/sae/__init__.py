"""Sparse autoencoders by variant, readable without torch. Each lives in a file of its own here.

An activation x is explained by a few of many features: f = act(W_e (x - b_d) + b_e), x_hat = W_d f + b_d.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from lazytui.sae.autoencoder import Autoencoder


@dataclass(frozen=True)
class VariantEntry:
    """module, name: where the class is. source: the paper.

    options: what can be chosen of it, with its defaults; the names are fields of VariantOptions.
    """

    summary: str
    module: str
    name: str
    source: str
    options: Mapping[str, float] = field(default_factory=dict)


VARIANTS = {
    "topk": VariantEntry(
        "Each sample keeps its k strongest features; dead ones learn from what is left over.",
        "topk",
        "TopK",
        "Gao 2024",
        options={"k": 4},
    ),
    "batch-topk": VariantEntry(
        "A batch keeps its strongest features, k a sample on average; later a threshold stands in for the batch.",
        "batch_topk",
        "BatchTopK",
        "Bussmann 2024",
        options={"k": 4},
    ),
    "matryoshka": VariantEntry(
        "The same, and the first features alone have to explain the sample too, in five nested groups.",
        "matryoshka",
        "Matryoshka",
        "Bussmann 2025",
        options={"k": 4},
    ),
    "jumprelu": VariantEntry(
        "Each feature has a threshold of its own, learned along with a price for every active feature.",
        "jumprelu",
        "JumpReLU",
        "Rajamanoharan 2024b",
        options={"lam": 0.003, "bandwidth": 0.1},
    ),
    "gated": VariantEntry(
        "One path decides which features are active, another how much; only the first pays for it.",
        "gated",
        "Gated",
        "Rajamanoharan 2024a",
        options={"lam": 0.03},
    ),
    "l1": VariantEntry(
        "A ReLU and a price on the sum of activations; dead features are drawn anew. Shrinks what it finds.",
        "l1",
        "L1",
        "Bricken 2023",
        options={"lam": 0.03},
    ),
}


def variant_class(name: str) -> type[Autoencoder]:
    entry = VARIANTS[name]
    found: type[Autoencoder] = getattr(import_module(f"{__name__}.variants.{entry.module}"), entry.name)
    return found
