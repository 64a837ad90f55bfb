"""Where neurons of a layer are active on images, and what they read there (Grad-CAM)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from lazytui.analyses.core.exemplar_maps import map_exemplars

if TYPE_CHECKING:
    import torch
    from torch import Tensor, nn

    from lazytui.analyses.core.exemplar_result import Exemplars
    from lazytui.analyses.networks.model_under_study import Network


@dataclass(frozen=True)
class NeuronMaps:
    """mapped_layer: has the map of each neuron of `layer`. cam_layer: of their Grad-CAM. None where there is no map.
    read: how a neuron's map becomes its activation, which Grad-CAM explains."""

    model: nn.Module
    layer: str
    mapped_layer: str | None
    cam_layer: str | None
    read: str

    @classmethod
    def of(cls, network: Network, layer: str, read: str) -> NeuronMaps:
        from lazytui.saliency.unit_grad_cam import layer_to_explain, mapped_layer

        model = network.model
        cam_layer = layer_to_explain(model, network.trained.model, layer)
        return cls(model, layer, mapped_layer(model, layer), cam_layer, read)

    def activation(self, images: Tensor, own: Tensor) -> Tensor | None:
        """(N, h, w), of the neuron of each image. images: (N, 3, H, W) float32. own: (N,) int64."""
        from lazytui.saliency.unit_grad_cam import unit_maps

        return unit_maps(self.model, images, self.mapped_layer, own) if self.mapped_layer else None

    def grad_cam(self, images: Tensor, own: Tensor) -> Tensor | None:
        """(N, h, w), raw and signed, of the neuron of each image."""
        from lazytui.neurons.activations import map_reduction
        from lazytui.saliency.unit_grad_cam import unit_grad_cam

        if self.cam_layer is None:
            return None
        read = map_reduction(self.read)
        return unit_grad_cam(
            self.model, images, self.cam_layer, self.layer, lambda maps: read(maps).gather(1, own[:, None])[:, 0]
        )

    def of_exemplars(self, exemplars: Exemplars, device: torch.device) -> dict[str, Any]:
        """The fields of `NeuronsResult` with maps of the neurons that have exemplars."""
        maps = map_exemplars(exemplars, self.activation, self.grad_cam, device)
        return {"cam_layer": self.cam_layer, "exemplar_maps": maps}

    def grad_cams(
        self, image: NDArray[np.uint8], neurons: Sequence[int], device: torch.device
    ) -> NDArray[np.float32] | None:
        """(k, h, w): Grad-CAM of each of k neurons on one image (H, W, 3); None where there are none."""
        import torch

        from lazytui.data.device_split import to_float

        if not len(neurons):
            return None
        images = to_float(torch.from_numpy(image[None]).to(device)).expand(len(neurons), -1, -1, -1)
        maps = self.grad_cam(images, torch.tensor(list(neurons), dtype=torch.int64, device=device))
        return None if maps is None else maps.float().cpu().numpy()
