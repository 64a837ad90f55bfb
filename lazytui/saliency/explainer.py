"""Heat maps of any image classifier, one image at a time.

In a script: `Explainer(model, images).explain(images[0], method="grad-cam").heat`.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import cached_property

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lazytui.data.device_split import to_float
from lazytui.evaluation.forward import device_of
from lazytui.hooks.layer_layout import Size
from lazytui.models.scores import Score
from lazytui.saliency.map_layers import available_methods, choose_layer, default_layer, map_sizes
from lazytui.saliency.map_names import METHODS, MethodName
from lazytui.saliency.maps_by_name import MapRequest, explain
from lazytui.saliency.split_maps import mean_color


@dataclass(frozen=True)
class Explanation:
    """Why one image was given a class.

    heat: (h, w) float32, raw and signed. layer: which one it maps; None for methods that score pixels.
    target: the class explained; of a score, the predicted one. probabilities: (classes,) float32.
    """

    heat: NDArray[np.float32]
    layer: str | None
    target: int
    probabilities: NDArray[np.float32]


class Explainer:
    """Explains images by the maps of one network, which isn't changed. One call at a time, from any thread."""

    def __init__(
        self,
        model: nn.Module,
        images: NDArray[np.uint8],
        name: str = "the network",
        *,
        baseline: Tensor | None = None,
        seed: int = 0,
        superpixels: int = 7,
    ) -> None:
        """model: (N, 3, H, W) float32 in [0, 1] -> (N, classes) logits. images: (n, H, W, 3) uint8, a sample of its
        data, whose mean color occluding patches have.

        name: of the model, in errors; the catalog's models have a default layer. baseline: (3, H, W) float32 on the
        model's device, where integrated gradients start and what KernelSHAP shows of absent superpixels; default:
        black. seed: of SmoothGrad's noise and KernelSHAP's coalitions. superpixels: of a row and of a column.
        """
        self._model = model
        self._name = name
        self._device = device_of(model)
        self._color = mean_color(images, self._device)
        self._baseline = baseline if baseline is not None else torch.zeros(3, 1, 1, device=self._device)
        self._seed = seed
        self._superpixels = superpixels
        self._image_shape = 3, images.shape[1], images.shape[2]
        self.layers: dict[str, Size] = map_sizes(model, self._image_shape)
        """Layers that have a map, with its height and width."""
        self.methods: tuple[MethodName, ...] = available_methods(model, self.layers, self._image_shape)
        """The methods that this network allows."""

    def explain(
        self,
        image: NDArray[np.uint8],
        *,
        method: MethodName = "grad-cam",
        layer: str | None = None,
        target: int | Score | None = None,
    ) -> Explanation:
        """The map of one image, (H, W, 3) uint8.

        layer: default: the best one for the method. target: the class to explain, or a number made of the logits;
        default: the predicted class.
        Raises UsageError for a layer that doesn't exist, has no map or doesn't suit the method.
        """
        request = self.request(method, layer)
        batch = to_float(torch.from_numpy(image[None]).to(self._device))
        targets = torch.tensor([target], device=self._device) if isinstance(target, int) else None
        if isinstance(target, Score):
            request = replace(request, score=target)
        maps = explain(self._model, batch, targets, request)
        return Explanation(
            heat=maps.maps[0].cpu().numpy(),
            layer=request.layer,
            target=int(maps.targets[0]),
            probabilities=maps.logits[0].softmax(0).cpu().numpy(),
        )

    def request(self, method: MethodName, layer: str | None = None) -> MapRequest:
        """The argument for `maps_by_name.explain` and `split_maps.explain_split`. UsageError as in `explain`."""
        if layer is None and METHODS[method].of_layer and method != "cam" and self.layers:
            layer = self._default_layer
        map_layer = choose_layer(self._model, self._name, method, layer, self.layers)
        return MapRequest(method, map_layer, self._color, self._baseline, self._seed, self._superpixels)

    @cached_property
    def _default_layer(self) -> str:
        return default_layer(self._model, self._name, self.layers, self._image_shape)
