"""Edits of features, and what they do to the layer: h' = h + (f' - f) W_d.

What the autoencoder doesn't explain of h stays as it is; replacing h by x_hat would confound the edit with the error of
the reconstruction. Edits are functions of features (N, n) that leave their argument alone.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import torch
from torch import Tensor

from lazytui.sae.autoencoder import Autoencoder

Edit = Callable[[Tensor], Tensor]
"""From features (N, n) to those that shall be instead."""


def scaling_edit(features: Sequence[int], factor: float) -> Edit:
    """These features, `factor` times as active; 1 changes nothing."""

    def edit(f: Tensor) -> Tensor:
        edited = f.clone()
        edited[:, list(features)] *= factor
        return edited

    return edit


def ablation_edit(features: Sequence[int]) -> Edit:
    """Without these features."""
    return scaling_edit(features, 0.0)


def steering_edit(features: Sequence[int], amounts: Sequence[float] | Tensor) -> Edit:
    """These features at fixed amounts, whatever they were."""

    def edit(f: Tensor) -> Tensor:
        edited = f.clone()
        edited[:, list(features)] = torch.as_tensor(amounts, dtype=f.dtype, device=f.device)
        return edited

    return edit


def swap_edit(dropped: Sequence[int], added: Sequence[int], amounts: Sequence[float] | Tensor) -> Edit:
    """Without the first features, and with the others at these amounts: one color for another, say."""

    def edit(f: Tensor) -> Tensor:
        return steering_edit(added, amounts)(ablation_edit(dropped)(f))

    return edit


def apply_edit(model: Autoencoder, samples: Tensor, edit: Edit, directions: Tensor | None = None) -> Tensor:
    """(M, d) -> (M, d): the samples with their features edited.

    directions: (n, d), what the features' changes are added along; by default the decoder's. Random ones show what a
    change of that size does by itself.
    """
    f = model.encode(samples)
    return samples + (edit(f) - f) @ (model.decoder if directions is None else directions)
