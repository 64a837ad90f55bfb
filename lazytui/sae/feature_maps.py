"""A feature on single images: where it is active, what it reads there (Grad-CAM), and the image that it prefers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from lazytui.data.device_split import to_float
from lazytui.evaluation.forward import evaluation_mode
from lazytui.hooks.layer_hooks import capture_activations, maps_of
from lazytui.hooks.split_model import SplitModel
from lazytui.neurons.feature_visualization import Visualizer, visualize_units
from lazytui.sae.activation_samples import SampleLayout
from lazytui.sae.autoencoder import Autoencoder
from lazytui.saliency.unit_grad_cam import mapped_layer, unit_grad_cam


@dataclass(frozen=True)
class LayerFeatures:
    """The features of an autoencoder of a network's layer, one for each image.

    Everywhere: images (N, 3, H, W) float32; own (N,) int64, the feature that is asked about on each. A feature's
    activation on an image is its mean over positions.
    """

    model: Autoencoder
    split_model: SplitModel
    layout: SampleLayout

    def responses(self, images: NDArray[np.uint8], own: NDArray[np.int64]) -> NDArray[np.float32]:
        """(N,) float32: the activation of each image's feature. images: (N, H, W, 3) uint8. own: (N,)."""
        device = self.model.encoder.device
        with torch.inference_mode(), evaluation_mode(self.split_model.model):
            activations = self.split_model.activations(to_float(torch.from_numpy(images).to(device)))
            activity: NDArray[np.float32] = (
                self._activations(activations, torch.from_numpy(own).to(device)).cpu().numpy()
            )
        return activity

    def maps(self, images: Tensor, own: Tensor) -> Tensor | None:
        """(N, h, w): where each image's feature is active; None where the layer has no map.

        Of positions apart: the feature's activation at each; their mean is its activation. Of a layer that is the
        average of a map: (x - b_d) W_e + b_e of each position before it is averaged, signed; by linearity their mean is
        what the activation function is applied to.
        """
        layer = mapped_layer(self.split_model.model, self.split_model.layer)
        if layer is None or (len(self.layout.shape) > 1 and not self.layout.spread):
            return None
        network = self.split_model.model
        with torch.inference_mode(), evaluation_mode(network), capture_activations(network, layer) as captured:
            network(images)
            activation = maps_of(network, layer, captured[layer], images)
            height, width = activation.shape[2:]
            samples = activation.permute(0, 2, 3, 1).flatten(0, 2)
            at_positions = self.model.encode(samples) if self.layout.spread else self.model.pre_activations(samples)
        maps = at_positions.reshape(len(images), height, width, -1)
        return maps[torch.arange(len(own), device=own.device), :, :, own]

    def grad_cam(self, images: Tensor, own: Tensor, layer: str) -> Tensor:
        """(N, h, w): Grad-CAM of the activation of each image's feature, see `unit_grad_cam`."""
        return unit_grad_cam(
            self.split_model.model, images, layer, self.split_model.layer, lambda x: self._activations(x, own)
        )

    def visualize(
        self, strength: NDArray[np.floating], visualizer: Visualizer, starts: int, features: Sequence[int]
    ) -> NDArray[np.float32]:
        """(starts, features, H, W, 3) float32 in [0, 1]: images that maximize features, see `visualize_units`.

        What is climbed is (x - b_d) W_e + b_e, which the activation function is applied to, averaged over positions: it
        has a slope also where the feature isn't active. Where other features are active in its place, as those that
        TopK keeps, the distance to the weakest of them is climbed as well. strength: (n,).
        """
        return visualize_units(self.split_model.model, self._climbed, strength, visualizer, starts, features)

    def _activations(self, activations: Tensor, own: Tensor) -> Tensor:
        f = self.model.encode(self.layout.samples(activations))
        return f.reshape(len(own), self.layout.per_image, -1).mean(1).gather(1, own[:, None])[:, 0]

    def _climbed(self, images: Tensor, own: Tensor) -> Tensor:
        """(N,), see `visualize`."""
        samples = self.layout.samples(self.split_model.activations(images)).float()
        own = own.repeat_interleave(self.layout.per_image)[:, None]
        with torch.autocast(samples.device.type, enabled=False):  # its weights are float32
            f, z = self.model.encode(samples), self.model.pre_activations(samples).gather(1, own)[:, 0]
        weakest = f.masked_fill(f <= 0, torch.inf).amin(1)
        beaten = (f.gather(1, own)[:, 0] <= 0) & weakest.isfinite()
        ahead = torch.where(beaten, weakest - z, 0).relu()
        return (z - ahead).reshape(len(images), -1).mean(1)
