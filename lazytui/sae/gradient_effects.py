"""What a feature adds to each logit where more than the head lies above its layer: to first order, by the gradient."""

from __future__ import annotations

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lazytui.data.device_split import to_float
from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.split_model import SplitModel
from lazytui.models.shapes import shape_of
from lazytui.sae.activation_samples import SampleLayout
from lazytui.sae.autoencoder import Autoencoder
from lazytui.system.hardware import Hardware

_BATCH = 50


def gradient_effects(
    model: Autoencoder, split_model: SplitModel, layout: SampleLayout, images: NDArray[np.uint8], hardware: Hardware
) -> Tensor:
    """(n, classes) float32: the change of each logit for each unit of a feature's activation, to first order.

    images: (N, h, w, 3) uint8. Of sample s (a position of an image) with activation x_s and feature f_i(x_s), the
    mean of W_d,i . dz_c/dx_s, weighted by f_i(x_s): where only the head follows that is W_d . W_head. NaN for a feature
    that is active nowhere.
    """
    classes = shape_of(split_model.model).classes
    weighted = model.decoder.new_zeros((classes, *model.decoder.shape))
    active = model.decoder.new_zeros(len(model.decoder))
    with evaluation_mode(split_model.model):
        for start in range(0, len(images), _BATCH):
            shown = to_float(torch.from_numpy(images[start : start + _BATCH]).to(hardware.device))
            with torch.no_grad():
                activations = split_model.activations(shown)
                f = model.encode(layout.samples(activations))
            leaf = activations.detach().requires_grad_()
            logits = split_model.logits(split_model.pool(leaf), shown)
            for label in range(classes):
                (gradient,) = torch.autograd.grad(logits[:, label].sum(), leaf, retain_graph=label + 1 < classes)
                weighted[label] += f.T @ layout.samples(gradient)
            active += f.sum(0)
    effects: Tensor = (weighted * model.decoder).sum(2).T / active[:, None]
    return effects.detach()
