"""One network kept ready, to answer for one image at a time: what a screen asks while a person presses keys."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from lazytui.data.device_split import to_float
from lazytui.saliency.map_layers import Size, available_methods, choose_layer, map_sizes
from lazytui.saliency.map_names import MethodName
from lazytui.saliency.maps_by_name import MapRequest, explain
from lazytui.saliency.split_maps import device_of, mean_color


@dataclass(frozen=True)
class Explanation:
    """The answer about one image.

    heat: (h, w) float32, raw and signed. layer: whose map it is; None for the image's own pixels.
    target: the class explained. probabilities: (10,) float32.
    """

    heat: NDArray[np.float32]
    layer: str | None
    target: int
    probabilities: NDArray[np.float32]


class Explainer:
    """A network with what its maps need. Safe to call from a thread, one call at a time; the network isn't changed."""

    def __init__(
        self, model: nn.Module, name: str, images: NDArray[np.uint8], *, baseline: Tensor | None = None, seed: int = 0
    ) -> None:
        """name: the model's. images: (n, 28, 28, 3) uint8, typical ones, whose mean color patches take.

        baseline: (3, 28, 28) float32 on the model's device, where integrated gradients start; default black.
        seed: of the noise.
        """
        self._model = model
        self._name = name
        self._color = mean_color(images, device_of(model))
        self._baseline = baseline if baseline is not None else torch.zeros(3, 1, 1, device=device_of(model))
        self._seed = seed
        self.layers: dict[str, Size] = map_sizes(model)
        """Layers that have a map, with its height and width."""
        self.methods: tuple[MethodName, ...] = available_methods(model, self.layers)
        """The methods that this network allows."""

    def explain(
        self,
        image: NDArray[np.uint8],
        *,
        method: MethodName = "grad-cam",
        layer: str | None = None,
        target: int | None = None,
    ) -> Explanation:
        """Where the network looks in one (28, 28, 3) uint8 image.

        layer: None takes the best for the method. target: the class to explain; None takes what is predicted.
        Raises UsageError for a layer that doesn't exist, has no map or doesn't suit the method.
        """
        request = self.request(method, layer)
        device = device_of(self._model)
        batch = to_float(torch.from_numpy(image[None]).to(device))
        targets = None if target is None else torch.tensor([target], device=device)
        maps = explain(self._model, batch, targets, request)
        return Explanation(
            heat=maps.maps[0].cpu().numpy(),
            layer=request.layer,
            target=int(maps.targets[0]),
            probabilities=maps.logits[0].softmax(0).cpu().numpy(),
        )

    def request(self, method: MethodName, layer: str | None = None) -> MapRequest:
        """What to ask `explain` or `survey` for. Raises UsageError as `look` does."""
        map_layer = choose_layer(self._model, self._name, method, layer, self.layers)
        return MapRequest(method, map_layer, self._color, self._baseline, self._seed)
